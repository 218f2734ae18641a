/** Why a mirror is behind, in French and English: the vault's reasons are for programs. */
import type { Text } from '../language.ts'

const WORDS: readonly (readonly [reason: RegExp, text: Text])[] = [
  [
    /there is no repository here|holds no such object|folder is not there/,
    {
      fr: 'rien à cet endroit : le disque est-il branché, le partage monté ?',
      en: 'nothing there: is the disk plugged in, the share mounted?',
    },
  ],
  [
    /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|timed out|not tried, since|did not answer/,
    { fr: 'elle ne répond pas', en: 'it does not answer' },
  ],
  [/^lacks \d+ of \d+/, { fr: 'il y manque des sauvegardes que les autres ont', en: 'it lacks backups that others have' }],
  [/being filled/, { fr: 'pas encore remplie', en: 'not filled yet' }],
  [/no mirror has right/, { fr: 'ce qui y manque est abîmé partout : heal', en: 'what it lacks is damaged everywhere: heal' }],
  [/kept the other mirrors waiting/, { fr: 'trop lente, les autres attendaient', en: 'too slow, the others were waiting' }],
  [/ENOSPC|EDQUOT|: the server answered 507/, { fr: 'pleine', en: 'full' }],
]

/** In words, with the reason itself in brackets. */
export function sayBehind(reason: string): Text {
  const words = WORDS.find(([pattern]) => pattern.test(reason))?.[1]
  return words === undefined ? { fr: reason, en: reason } : { fr: `${words.fr} [${reason}]`, en: `${words.en} [${reason}]` }
}
