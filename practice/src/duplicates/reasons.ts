/**
 * What speaks for two records being one person's, and what speaks against it, with what each is worth. Pure data: pages have words for each
 * code, tests have an example of each.
 *
 * The points are a judgment, tuned so that the four traits of the RNIV alone (birth name, first given name, birth date, sex) are as good as
 * sure, that one slip in one of them leaves a pair worth a look, and that twins, fathers and sons of one name, and namesakes do not.
 */

export const REASONS_FOR = {
  /** both identities are qualified, and it is one INS: nothing more is needed */
  'ins-qualified': 100,
  ins: 45,
  'birth-date': 40,
  /** 1 January often stands for a day that nobody knows */
  'birth-date-1-january': 25,
  /** day and month the other way round */
  'birth-date-swapped': 25,
  /** day, month or year differs, and the two others do not */
  'birth-date-near': 15,
  /** as far as both are known */
  'birth-date-partly': 10,
  'birth-name': 30,
  /** one was entered under the name of birth, the other under the name that is used */
  'birth-name-used': 22,
  /** sounds alike, or one slip apart */
  'birth-name-alike': 20,
  /** one is a part of the other: `Martin`, `Martin-Dupont` */
  'birth-name-part': 18,
  'used-name': 15,
  /** the name of one is the given name of the other */
  'names-swapped': 42,
  'given-name': 20,
  'given-name-used': 15,
  'given-name-alike': 12,
  /** the first of one stands further back with the other */
  'given-name-other': 10,
  'given-name-initial': 8,
  sex: 5,
  telephone: 12,
  email: 10,
  address: 6,
  'birth-place': 3,
} as const

export const REASONS_AGAINST = {
  /** two qualified identities with two INS are two people */
  'ins-qualified-differ': 0,
  'ins-differ': -25,
  'birth-date-differs': -30,
  'birth-name-differs': -15,
  'given-name-differs': -25,
  /** born together under one name, and called otherwise */
  twins: -20,
  'sex-differs': -20,
  'birth-place-differs': -3,
  /** somebody has written that another has the same traits */
  homonym: -10,
  /** one of the two was invented, for a test */
  fictitious: 0,
} as const

export type ReasonFor = keyof typeof REASONS_FOR
export type ReasonAgainst = keyof typeof REASONS_AGAINST

export const REASON_CODES_FOR = Object.keys(REASONS_FOR) as [ReasonFor, ...ReasonFor[]]
export const REASON_CODES_AGAINST = Object.keys(REASONS_AGAINST) as [ReasonAgainst, ...ReasonAgainst[]]

/** Above which no pair with such a reason comes, whatever else they share. */
export const SCORE_MAX_WITH: Readonly<Partial<Record<ReasonAgainst, number>>> = { 'ins-qualified-differ': 20, fictitious: 40 }

/** Below it nobody is asked. */
export const SCORE_MIN = 60

/** How a score is said: sure is what nothing speaks against. */
export const CERTAINTIES = ['sure', 'probable', 'possible'] as const
export type Certainty = (typeof CERTAINTIES)[number]

/** @returns undefined for two people */
export function certaintyOf(score: number, against: readonly ReasonAgainst[]): Certainty | undefined {
  if (score < SCORE_MIN) return undefined
  if (score >= 90 && against.length === 0) return 'sure'
  return score >= 75 ? 'probable' : 'possible'
}

/** Reasons about who somebody is; the others are about how to reach them, and change without anybody's being another. */
const OF_CONTACT: ReadonlySet<string> = new Set(['telephone', 'email', 'address', 'birth-place'])

/**
 * Whether what is known now is more than what was known when somebody decided that two are not the same: something new speaks for it, or
 * something no longer speaks against it.
 */
export function isNewEvidence(
  decided: { readonly for: readonly string[]; readonly against: readonly string[] },
  now: { readonly for: readonly string[]; readonly against: readonly string[] },
): boolean {
  const isNew = now.for.some((code) => !OF_CONTACT.has(code) && !decided.for.includes(code))
  return isNew || decided.against.some((code) => !OF_CONTACT.has(code) && !now.against.includes(code))
}
