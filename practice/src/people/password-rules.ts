/**
 * What is asked of a password that somebody chooses: length, and that it is neither among the commonest nor drawn from what anybody knows of
 * them. No rule about capitals or digits, no expiry: those make passwords worse.
 *
 * @see NIST SP 800-63B-4 §3.1.1.2; CNIL, délibération 2022-100 du 21 juillet 2022 (recommandation mots de passe), §§ 30-43; decision 0022
 */
import { dictionary } from '@zxcvbn-ts/language-common'
import { InvalidInputError } from '#errors'
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './contract.ts'

/** What others know of somebody: none of it may be the heart of their password. */
export interface KnownAbout {
  readonly login: string
  readonly displayName: string
  readonly practiceName: string
}

export type PasswordProblem = 'too-short' | 'too-long' | 'too-common' | 'too-like-a-name' | 'one-character-repeated'

/** The commonest that the English lists lack: what a French practice would think of first. */
const COMMON_HERE = [
  ...[
    'motdepasse',
    'monmotdepasse',
    'azerty',
    'azertyuiop',
    'azertyuiopqsdfghjklm',
    'qsdfghjklm',
    'wxcvbn',
    'bonjour',
    'jetaime',
  ],
  ...[
    'soleil',
    'doudou',
    'loulou',
    'chouchou',
    'marseille',
    'secret',
    'bienvenue',
    'administrateur',
    'utilisateur',
    'secretariat',
  ],
  ...['cabinet', 'cabinetdentaire', 'dentiste', 'dentaire', 'chirurgiendentiste', 'assistante', 'accueil', 'couronne', 'docteur'],
]
const COMMON: ReadonlySet<string> = new Set([...dictionary['passwords-common'], ...COMMON_HERE])

/** Parts of names below this are in too many honest passwords. */
const NAME_PART_LENGTH_MIN = 4
/** What is left of a password when names are taken out must still be so long. */
const REST_LENGTH_MIN = 8

/** The first thing that is wrong with it; undefined: it is good. */
export function passwordProblem(password: string, about: KnownAbout): PasswordProblem | undefined {
  const length = [...password.normalize('NFKC')].length
  if (length < PASSWORD_LENGTH_MIN) return 'too-short'
  if (length > PASSWORD_LENGTH_MAX) return 'too-long'
  const folded = fold(password)
  if (new Set(folded).size <= 2) return 'one-character-repeated'
  if (isLikeAName(folded, about)) return 'too-like-a-name'
  if (isCommon(folded)) return 'too-common'
  return undefined
}

/** @throws {InvalidInputError} naming `field` and the problem */
export function requireGoodPassword(password: string, about: KnownAbout, field = 'newPassword'): void {
  const problem = passwordProblem(password, about)
  if (problem === undefined) return
  throw new InvalidInputError('the password is too easy to guess', [{ path: field, problem, message: MESSAGES[problem] }])
}

const MESSAGES: Readonly<Record<PasswordProblem, string>> = {
  'too-short': `at least ${PASSWORD_LENGTH_MIN} characters are expected`,
  'too-long': `at most ${PASSWORD_LENGTH_MAX} characters are expected`,
  'too-common': 'it is, but for decoration, among the commonest passwords',
  'too-like-a-name': 'it is, but for decoration, a name that others know',
  'one-character-repeated': 'it repeats one or two characters',
}

/** The whole, its heart without digits and signs around it, its letters read through the usual disguises, or one of those said several times. */
function isCommon(folded: string): boolean {
  const heart = heartOf(folded)
  const forms = [folded, heart, undisguise(folded), heartOf(undisguise(heart))]
  return forms.some((form) => COMMON.has(form) || COMMON.has(onceOf(form)))
}

function isLikeAName(folded: string, about: KnownAbout): boolean {
  const names = [about.login, about.displayName, about.practiceName].flatMap((name) => [
    fold(name).replaceAll(/[^\p{L}\p{N}]/gu, ''),
    ...fold(name).split(/[^\p{L}\p{N}]+/u),
  ])
  const parts = [...new Set(names)].filter((part) => part.length >= NAME_PART_LENGTH_MIN).sort((a, b) => b.length - a.length)
  const rest = parts.reduce((left, part) => left.replaceAll(part, ''), folded)
  if (rest === folded) return false
  return rest.length < REST_LENGTH_MIN || isCommon(rest) || !/\p{L}/u.test(rest)
}

/** Capitals and accents say nothing. */
function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

function heartOf(folded: string): string {
  return folded.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '')
}

/** The shortest text of which this is a repetition. */
function onceOf(text: string): string {
  const period = text.length === 0 ? -1 : `${text}${text}`.indexOf(text, 1)
  return period > 0 && period < text.length ? text.slice(0, period) : text
}

const DISGUISES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

function undisguise(folded: string): string {
  return folded.replaceAll(/[013457@$!]/g, (sign) => DISGUISES[sign] ?? sign)
}
