/** What could not be done with one file or folder, in words. The vault's own sentence, in English, goes to programs. */
import { type EntryFinding, printName, type RestoreFinding } from '@couronne/vault'
import type { Text } from '../language.ts'
import type { Terminal } from '../terminal.ts'

/** By code: what the system says. */
const SYSTEM: Readonly<Record<string, Text>> = {
  ENOENT: { fr: 'n’existe pas, ou plus', en: 'is not there, or not any more' },
  EACCES: { fr: 'accès refusé', en: 'access denied' },
  EPERM: { fr: 'accès refusé', en: 'access denied' },
  EIO: { fr: 'le disque ne répond pas bien : examinez-le', en: 'the disk does not answer well: examine it' },
  EBUSY: { fr: 'occupé par un autre programme', en: 'in use by another program' },
  EROFS: { fr: 'ce disque ne se laisse que lire', en: 'that disk is read-only' },
  ENOSPC: { fr: 'plus de place', en: 'no room left' },
  ENAMETOOLONG: { fr: 'nom trop long pour ce disque', en: 'a name too long for that disk' },
  ENOTSUP: { fr: 'ce disque ne sait pas le garder', en: 'that disk cannot keep it' },
  EOPNOTSUPP: { fr: 'ce disque ne sait pas le garder', en: 'that disk cannot keep it' },
  ESTALE: { fr: 'remplacé par un autre programme à cet instant', en: 'another program exchanged it at that moment' },
}

/** By code: what the vault says; its own sentence is the English. */
const FRENCH: Readonly<Record<string, string>> = {
  CHANGED: 'a changé pendant la lecture ; gardé comme il a été lu',
  EBADTAG: 'la marque d’exclusion a un autre en-tête : le dossier est gardé',
  ECASEFOLD: 'la cible confond deux noms qui ne diffèrent que par leurs majuscules : l’un a reçu ~2, ~3…',
  EINVAL: 'n’est plus un fichier ordinaire',
  NAME: 'contient une entrée dont le nom pourrait mener ailleurs : elle est laissée de côté',
  NOTREE: 'l’instantané ne dit pas où est le contenu de ce dossier',
  NOCONTENT: 'l’instantané ne dit pas ce qu’il y a dans ce fichier',
  CYCLE: 'ce dossier se contient lui-même',
  DEPTH: 'trop de dossiers les uns dans les autres',
  SIZE: 'la taille annoncée n’est pas celle du contenu, qui est donné en entier',
  TYPE: 'cette sorte d’entrée ne se remet pas (connexion d’un programme, appareil)',
  UNREADABLE: 'a été écrit, et ne se laisse pas relire pour être comparé',
  verify: 'ce qui a été écrit se relit autrement : examinez ce disque',
  'blob-missing': 'un morceau du contenu manque dans le dépôt',
  'object-missing': 'un paquet du dépôt manque',
  'object-damaged': 'le contenu est abîmé dans le dépôt',
  'seal-broken': 'le contenu est altéré dans le dépôt',
  format: 'le contenu est abîmé dans le dépôt',
  refused: 'refusé : ce que dit l’instantané n’est pas sûr',
}

/** By what was tried: the rest of the entry is there. */
const PARTS: Readonly<Record<string, Text>> = {
  chown: { fr: 'propriétaire', en: 'owner' },
  chmod: { fr: 'droits', en: 'permissions' },
  utimes: { fr: 'dates', en: 'times' },
  xattr: { fr: 'attributs étendus', en: 'extended attributes' },
}

const OUTCOMES = {
  untouched: 'le fichier qui était là n’a pas été touché',
  removed: 'rien n’en est laissé dans la cible',
  aside: 'le fichier qui était là, entamé, est mis de côté avec la fin « .incomplete »',
  left: 'ce qui en était écrit n’a pas pu être retiré',
} as const satisfies Record<NonNullable<RestoreFinding['outcome']>, string>

type AnyFinding = Omit<EntryFinding, 'path'> & Pick<RestoreFinding, 'outcome'> & { readonly path: Uint8Array | string }

/** `/path: what, because of what`. */
export function sayFinding({ path, operation, code, message, outcome }: AnyFinding): Text {
  const name = typeof path === 'string' ? path : printName(path)
  const part = PARTS[operation]
  const system = SYSTEM[code]
  const fr = [name, part?.fr, system?.fr ?? (code in FRENCH ? `${FRENCH[code]} [${code}]` : message)].filter(
    (each) => each !== undefined,
  )
  const en = [name, part?.en, system?.en ?? message].filter((each) => each !== undefined)
  return { fr: `${fr.join(' : ')}${outcome === undefined ? '' : ` ; ${OUTCOMES[outcome]}`}`, en: en.join(': ') }
}

/** A finding of a verb that reads a snapshot. */
export function printFinding(finding: EntryFinding, terminal: Terminal): void {
  terminal.problem(sayFinding(finding), { message: finding.message, item: printName(finding.path) })
}
