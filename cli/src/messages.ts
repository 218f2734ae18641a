/**
 * What went wrong, in words: what it means for the practice and what to do next, in French and English, by error code.
 * `docs/errors.md` says the same at length; a test compares the two lists of codes.
 */
import { VaultError } from '@couronne/vault'
import type { Text } from './language.ts'

/** The message comes first (technical, English); these say what it means and what to do. */
export const ADVICE: Readonly<Record<string, Text>> = {
  address: {
    fr: 'Adresse de dépôt incomprise. Exemples : /chemin, rest:https://serveur/, s3:https://serveur/seau, sftp:moi@serveur:/chemin.',
    en: 'The repository address is not understood. Examples: /path, rest:https://host/, s3:https://host/bucket, sftp:me@host:/path.',
  },
  'no-repository': {
    fr: 'Aucune sauvegarde à cette adresse. Vérifiez l’adresse, ou créez le dépôt avec « init ».',
    en: 'There is no repository at this address. Check the address, or create it with “init”.',
  },
  'no-snapshot': {
    fr: 'Aucun instantané de ce nom. « snapshots » en donne la liste.',
    en: 'There is no snapshot of that name. “snapshots” lists them.',
  },
  'repository-exists': {
    fr: 'Un dépôt s’y trouve déjà : rien n’a été changé.',
    en: 'There is a repository already: nothing was changed.',
  },
  'wrong-password': {
    fr: 'Mot de passe refusé. Vérifiez-le sur la fiche de secours.',
    en: 'The password opens no key. Check it against the recovery sheet.',
  },
  locked: {
    fr: 'Une autre opération est en cours sur ce dépôt. Réessayez ; si plus rien ne tourne, lancez « unlock ».',
    en: 'Somebody else is working on this repository. Try again; if nothing runs any more, run “unlock”.',
  },
  'lock-lost': {
    fr: 'Le verrou a été perdu (mise en veille, réseau). Rien n’est abîmé : relancez la commande.',
    en: 'The lock was lost (standby, network). Nothing is damaged: run the command again.',
  },
  'storage-unreachable': {
    fr: 'La destination ne répond pas. Vérifiez le réseau et relancez : ce qui est déjà copié ne le sera pas deux fois.',
    en: 'The destination does not answer. Check the network and run again: what was copied is not copied twice.',
  },
  'storage-refused': {
    fr: 'La destination refuse l’opération : droits, identifiants, ou copie en ajout seul.',
    en: 'The destination refuses: rights, credentials, or an append-only copy.',
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
    fr: 'Un objet manque dans la copie. Lancez « check », puis « heal » depuis une copie saine.',
    en: 'An object is missing. Run “check”, then “heal” from a healthy copy.',
  },
  'object-damaged': {
    fr: 'Un objet de la copie est abîmé. Lancez « check », puis « heal » depuis une copie saine.',
    en: 'An object is damaged. Run “check”, then “heal” from a healthy copy.',
  },
  'object-exists': {
    fr: 'Un objet de ce nom existe déjà avec un autre contenu : il n’a pas été remplacé. Lancez « check ».',
    en: 'An object of that name is there with other bytes: it was not replaced. Run “check”.',
  },
  'blob-missing': {
    fr: 'Un morceau de fichier n’est dans aucun index. Lancez « check », puis « repair index ».',
    en: 'A piece of a file is in no index. Run “check”, then “repair index”.',
  },
  'seal-broken': {
    fr: 'Ces octets ont été altérés, ou scellés avec une autre clé. Lancez « check ».',
    en: 'These bytes were altered, or sealed with another key. Run “check”.',
  },
  format: {
    fr: 'Ces octets ne suivent pas le format restic : abîmés ou étrangers. Lancez « check ».',
    en: 'These bytes do not follow the restic format: damaged or foreign. Run “check”.',
  },
  refused: {
    fr: 'Refusé, car des données seraient perdues. Le message dit lesquelles.',
    en: 'Refused, because data would be lost. The message says which.',
  },
  usage: { fr: 'La commande n’est pas comprise : voyez « --help ».', en: 'The command is not understood: see “--help”.' },
  'self-check': {
    fr: 'Le contrôle avant écriture a échoué : mémoire ou processeur défaillant ? Rien n’a été écrit. Testez la machine.',
    en: 'The check before writing failed: faulty memory or processor? Nothing was written. Test the machine.',
  },
  'size-differs': {
    fr: 'Un fichier n’a pas la taille que l’instantané annonce. Comparez avec un instantané plus ancien, puis lancez « check ».',
    en: 'A file has not the size that the snapshot says. Compare with an earlier snapshot, then run “check”.',
  },
  'command-failed': {
    fr: 'La commande à sauvegarder a échoué : aucun instantané n’a été écrit.',
    en: 'The command to back up failed: no snapshot was written.',
  },
  'worker-died': {
    fr: 'Une tâche de calcul s’est arrêtée (mémoire ?). Rien n’est abîmé : relancez.',
    en: 'A worker ended (memory?). Nothing is damaged: run again.',
  },
  unexpected: {
    fr: 'Erreur imprévue. Rien n’est supposé abîmé ; relancez, et signalez-la avec ce message.',
    en: 'An unexpected error. Run again, and report it with this message.',
  },
}

/** The words for an error: what happened, then what to do. */
export function wordsFor(error: unknown): Text {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof VaultError ? error.code : 'unexpected'
  const advice = ADVICE[code] ?? ADVICE.unexpected!
  return { fr: `couronne : ${message}\n${advice.fr} [${code}]`, en: `couronne: ${message}\n${advice.en} [${code}]` }
}
