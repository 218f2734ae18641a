/** Why a mirror is behind, in French and English: the vault's reasons are for programs. */
import { BEHIND, type BehindCause } from '@couronne/vault'
import { inFrench } from '../french.ts'
import type { Text } from '../language.ts'

const ABSENT = {
  fr: 'rien à cet endroit : le disque est-il branché, le partage monté ?',
  en: 'nothing there: is the disk plugged in, the share mounted?',
}

const WORDS: Readonly<Record<string, Text>> = {
  'object-missing': ABSENT,
  'no-repository': ABSENT,
  'storage-unreachable': { fr: 'elle ne répond pas', en: 'it does not answer' },
  'storage-full': { fr: 'pleine', en: 'full' },
  'storage-refused': { fr: 'elle refuse : identifiants, droits ?', en: 'it refuses: credentials, rights?' },
  [BEHIND.slow]: { fr: 'trop lente, les autres attendaient', en: 'too slow, the others were waiting' },
  [BEHIND.lacking]: { fr: 'il y manque des sauvegardes que les autres ont', en: 'it lacks backups that others have' },
  [BEHIND.filling]: { fr: 'pas encore remplie', en: 'not filled yet' },
  [BEHIND.damaged]: { fr: 'ce qui y manque est abîmé partout : heal', en: 'what it lacks is damaged everywhere: heal' },
}

/** In words, with the reason itself in brackets. */
export function sayBehind({ code, reason }: BehindCause): Text {
  const words = WORDS[code]
  return words === undefined
    ? { fr: inFrench(reason) ?? reason, en: reason }
    : { fr: `${words.fr} [${reason}]`, en: `${words.en} [${reason}]` }
}
