/**
 * What went wrong, in words: what it means for the practice and what to do next, in French and English, by error code.
 * `docs/errors.md` says the same at length; a test compares the two lists of codes.
 */
import { VaultError } from '@couronne/vault'
import { inFrench } from './french.ts'
import type { Text } from './language.ts'
import { APPLICATION_ADVICE } from './practice/words.ts'
import { WrongUse } from './wrong-use.ts'

/** What it means and what to do; the technical message, in English, follows it. */
export const ADVICE: Readonly<Record<string, Text>> = {
  address: {
    fr: 'Adresse de dépôt incomprise. Exemples : /chemin, rest:https://serveur/, s3:https://serveur/seau, sftp:moi@serveur:/chemin.',
    en: 'The repository address is not understood. Examples: /path, rest:https://host/, s3:https://host/bucket, sftp:me@host:/path.',
  },
  'no-repository': {
    fr: 'Il n’y a pas de dépôt à cette adresse. Vérifiez-la, et que le disque est branché ; « couronne vault init » en crée un, la première fois.',
    en: 'There is no repository at this address. Check it, and that the disk is plugged in; “couronne vault init” creates one, the first time.',
  },
  'no-snapshot': {
    fr: 'Cet instantané n’existe pas. « couronne vault snapshots » montre ceux qui existent.',
    en: 'There is no such snapshot. “couronne vault snapshots” shows those that there are.',
  },
  'repository-exists': {
    fr: 'Un dépôt s’y trouve déjà : rien n’a été changé. Pour y sauvegarder, passez à « couronne vault backup ».',
    en: 'There is a repository already: nothing was changed. To back up there, go on to “couronne vault backup”.',
  },
  'wrong-password': {
    fr: 'Ce mot de passe n’ouvre pas le dépôt. Vérifiez-le sur le papier où il est noté, majuscules comprises.',
    en: 'The password does not open the repository. Check it against the paper on which it stands, capitals included.',
  },
  locked: {
    fr: 'Une autre opération est en cours sur ce dépôt. Réessayez (ou attendez avec --retry-lock 10m) ; si plus rien ne tourne, « couronne vault unlock ».',
    en: 'Somebody else is working on this repository. Try again (or wait: --retry-lock 10m); if nothing runs any more, “couronne vault unlock”.',
  },
  'lock-lost': {
    fr: 'Le verrou a été perdu (mise en veille, réseau). Rien n’est abîmé : relancez la commande.',
    en: 'The lock was lost (standby, network). Nothing is damaged: run the command again.',
  },
  'storage-unreachable': {
    fr: 'La destination ne répond pas. Vérifiez le réseau et relancez : ce qui est déjà copié ne le sera pas deux fois.',
    en: 'The destination does not answer. Check the network and run again: what was copied is not copied twice.',
  },
  'no-current-mirror': {
    fr: 'Aucune copie à jour ne répond. Rebranchez-en une ; si elle est perdue, « couronne vault mirror remove » la fait oublier.',
    en: 'No current mirror answers. Plug one in again; if it is lost, “couronne vault mirror remove” forgets it.',
  },
  'storage-refused': {
    fr: 'La destination refuse : identifiants faux ou absents, droits manquants, ou copie en ajout seul.',
    en: 'The destination refuses: credentials wrong or missing, missing rights, or an append-only copy.',
  },
  'storage-full': {
    fr: 'La destination est pleine. Libérez de la place ou agrandissez-la, puis relancez.',
    en: 'The destination is full. Make room or enlarge it, then run again.',
  },
  'storage-failed': {
    fr: 'La destination a signalé une erreur. Relancez ; si elle revient, contrôlez le disque ou le serveur.',
    en: 'The destination reported an error. Run again; if it comes back, examine the disk or the server.',
  },
  'object-missing': {
    fr: 'Un objet manque. Lancez « couronne vault check », puis « heal » si vous avez une autre copie.',
    en: 'An object is missing. Run “couronne vault check”, then “heal” if you have another copy.',
  },
  'object-damaged': {
    fr: 'Un objet est abîmé. Lancez « couronne vault check », puis « heal » si vous avez une autre copie.',
    en: 'An object is damaged. Run “couronne vault check”, then “heal” if you have another copy.',
  },
  'object-exists': {
    fr: 'Un objet de ce nom existe déjà avec un autre contenu : il n’a pas été remplacé. Lancez « couronne vault check ».',
    en: 'An object of that name is there with other bytes: it was not replaced. Run “couronne vault check”.',
  },
  'blob-missing': {
    fr: 'Un morceau de fichier n’est dans aucun index. Lancez « couronne vault check », puis « repair index ».',
    en: 'A piece of a file is in no index. Run “couronne vault check”, then “repair index”.',
  },
  'seal-broken': {
    fr: 'Ces octets ont été altérés, ou scellés avec une autre clé. Lancez « couronne vault check ».',
    en: 'These bytes were altered, or sealed with another key. Run “couronne vault check”.',
  },
  'folder-held': {
    fr: 'Un autre processus sert déjà ce dossier, ou modifie ses comptes. Arrêtez-le d’abord (Ctrl-C là où il tourne).',
    en: 'Another process serves this folder already, or edits its accounts. Stop that one first (Ctrl-C where it runs).',
  },
  format: {
    fr: 'Ces octets ne suivent pas le format restic : abîmés ou étrangers. Lancez « couronne vault check ».',
    en: 'These bytes do not follow the restic format: damaged or foreign. Run “couronne vault check”.',
  },
  refused: {
    fr: 'Refusé, car des données seraient perdues ou exposées. Le détail dit lesquelles ; « --help » dit comment le vouloir vraiment.',
    en: 'Refused, because data would be lost or exposed. The detail says which; “--help” says how to mean it.',
  },
  usage: {
    fr: 'Cela ne peut pas se faire ainsi. Voyez le détail, puis « --help ».',
    en: 'This cannot be done as asked. See the detail, then “--help”.',
  },
  'self-check': {
    fr: 'Le contrôle avant écriture a échoué : mémoire ou processeur défaillant ? Rien n’a été écrit. Testez la machine.',
    en: 'The check before writing failed: faulty memory or processor? Nothing was written. Test the machine.',
  },
  'size-differs': {
    fr: 'Un fichier n’a pas la taille que l’instantané annonce. Comparez avec un instantané plus ancien, puis lancez « check ».',
    en: 'A file has not the size that the snapshot says. Compare with an earlier snapshot, then run “check”.',
  },
  'command-failed': {
    fr: 'La commande à sauvegarder a échoué : aucun instantané n’a été écrit. Essayez-la seule.',
    en: 'The command to back up failed: no snapshot was written. Try it alone.',
  },
  'worker-died': {
    fr: 'Une tâche de calcul s’est arrêtée (mémoire ?). Rien n’est abîmé : relancez.',
    en: 'A worker ended (memory?). Nothing is damaged: run again.',
  },
  unexpected: {
    fr: 'Erreur imprévue. Rien n’est supposé abîmé ; relancez, et signalez-la avec ce message.',
    en: 'An unexpected error. Nothing should be damaged; run again, and report it with this message.',
  },
}

/** What the system says of a file, a folder or a port that is none of the vault's own: a target, a source. */
const SYSTEM: Readonly<Record<string, Text>> = {
  EACCES: { fr: 'Accès refusé. Changez les droits, ou l’utilisateur.', en: 'Access denied. Change the rights, or the user.' },
  EPERM: { fr: 'Accès refusé. Changez les droits, ou l’utilisateur.', en: 'Access denied. Change the rights, or the user.' },
  EROFS: { fr: 'Ce disque ne se laisse que lire.', en: 'That disk is read-only.' },
  ENOSPC: { fr: 'Plus de place ici. Libérez-en, puis relancez.', en: 'No room left here. Make some, then run again.' },
  ENOENT: { fr: 'Ce chemin n’existe pas, et ne se crée pas.', en: 'That path is not there, and cannot be made.' },
  ENOTDIR: { fr: 'Un fichier est à la place d’un dossier.', en: 'There is a file in the place of a folder.' },
  EEXIST: { fr: 'Un fichier est à la place d’un dossier.', en: 'There is a file in the place of a folder.' },
  EADDRINUSE: {
    fr: 'Ce port sert déjà à un autre programme. Arrêtez-le, ou choisissez-en un autre avec « --listen ».',
    en: 'That port is another program’s already. Stop it, or choose another with “--listen”.',
  },
  EADDRNOTAVAIL: {
    fr: 'Cette adresse n’est pas de cette machine. Voyez « --listen ».',
    en: 'That address is not of this machine. See “--listen”.',
  },
  EIO: { fr: 'Le disque ne répond pas bien : examinez-le.', en: 'The disk does not answer well: examine it.' },
}

/** An error as people and programs are told of it. */
export interface ToldError {
  readonly code: string
  readonly message: string
  readonly words: Text
}

/** What the system answered to one of our calls, when that is something people can do something about. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof VaultError || !('syscall' in error) || !('code' in error)) return undefined
  const code = String(error.code)
  return code in SYSTEM ? code : undefined
}

/** A wrong use or a refusal says all in its message: it stands alone, in either language. */
function refusalWords(code: string, message: string): Text | undefined {
  if (code !== 'usage' && code !== 'refused') return undefined
  const fr = inFrench(message)
  if (fr === undefined) return undefined
  return code === 'usage' ? { fr, en: message } : { fr: `refusé : ${fr}`, en: `refused: ${message}` }
}

export function tell(error: unknown): ToldError {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof VaultError ? error.code : (applicationCode(error) ?? 'unexpected')
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'interrupted', message, words: { fr: 'couronne : interrompu', en: 'couronne: interrupted' } }
  const own = error instanceof WrongUse ? error.text : refusalWords(code, message)
  if (own !== undefined)
    return { code, message, words: { fr: `couronne : ${own.fr} [${code}]`, en: `couronne: ${own.en} [${code}]` } }
  const system = systemCode(error)
  const advice = SYSTEM[system ?? ''] ?? APPLICATION_ADVICE[code] ?? ADVICE[code] ?? ADVICE.unexpected!
  const detail = `\n  ${message} [${system ?? code}]`
  return { code, message, words: { fr: `couronne : ${advice.fr}${detail}`, en: `couronne: ${advice.en}${detail}` } }
}

/** The application's errors are known by their code alone: loading it for its class would slow every verb that goes wrong. */
function applicationCode(error: unknown): string | undefined {
  const { code, about } = error as { code?: unknown; about?: unknown }
  return typeof code === 'string' && about !== undefined && code in APPLICATION_ADVICE ? code : undefined
}
