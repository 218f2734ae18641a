/**
 * Whether two records may be one person's: a score from 0 to 100, and why. Pure, and the same whichever comes first. It never decides: two
 * records become one only when a person says so.
 *
 * INS equal and qualified, or the four traits equal (RNIV: birth name, first given name, birth date, sex): as good as sure, unless
 * something contradicts. All else is a candidate for a person to look at.
 */
import { distanceOf } from '#patients'
import {
  type Certainty,
  certaintyOf,
  REASON_CODES_AGAINST,
  REASON_CODES_FOR,
  REASONS_AGAINST,
  REASONS_FOR,
  type ReasonAgainst,
  type ReasonFor,
  SCORE_MAX_WITH,
} from './reasons.ts'
import type { Name, Traits } from './traits.ts'

export interface Comparison {
  /** 0 to 100 */
  readonly score: number
  /** undefined: two people */
  readonly certainty: Certainty | undefined
  /** in the order of the table */
  readonly for: readonly ReasonFor[]
  readonly against: readonly ReasonAgainst[]
}

type Reason = ReasonFor | ReasonAgainst

export function compareTraits(one: Traits, other: Traits): Comparison {
  const births = compareBirthDates(one.bornOn, other.bornOn)
  const names = areSwapped(one, other)
    ? (['names-swapped'] as const)
    : [...compareFamilyNames(one, other), ...compareGivenNames(one, other)]
  const found = new Set<Reason>([
    ...compareIns(one, other),
    ...births,
    ...names,
    ...compareSexes(one.sex, other.sex),
    ...compareContacts(one, other),
    ...compareFlags(one, other),
  ])
  if (areTwins(found)) found.add('twins')
  return weigh(found)
}

function weigh(found: ReadonlySet<Reason>): Comparison {
  const speaking = REASON_CODES_FOR.filter((code) => found.has(code))
  const against = REASON_CODES_AGAINST.filter((code) => found.has(code))
  const sum =
    speaking.reduce((total, code) => total + REASONS_FOR[code], 0) +
    against.reduce((total, code) => total + REASONS_AGAINST[code], 0)
  const most = Math.min(100, ...against.map((code) => SCORE_MAX_WITH[code] ?? 100))
  const score = Math.max(0, Math.min(most, sum))
  return { score, certainty: certaintyOf(score, against), for: speaking, against }
}

/** A provisional number (NIA) and the final one (NIR) of one person differ. */
function compareIns({ ins: one }: Traits, { ins: other }: Traits): Reason[] {
  if (one === undefined || other === undefined || one.kind !== other.kind) return []
  const areQualified = one.isQualified && other.isQualified
  if (one.who === other.who) return [areQualified ? 'ins-qualified' : 'ins']
  return [areQualified ? 'ins-qualified-differ' : 'ins-differ']
}

function compareBirthDates(one: string | undefined, other: string | undefined): Reason[] {
  if (one === undefined || other === undefined) return []
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one]
  if (shorter.length < 10) return [longer.startsWith(shorter) ? 'birth-date-partly' : 'birth-date-differs']
  if (one === other) return [one.endsWith('-01-01') ? 'birth-date-1-january' : 'birth-date']
  const [year, month, day] = one.split('-')
  const [otherYear, otherMonth, otherDay] = other.split('-')
  if (year === otherYear && month === otherDay && day === otherMonth) return ['birth-date-swapped']
  const differing = [year !== otherYear, month !== otherMonth, day !== otherDay].filter(Boolean).length
  return [differing === 1 ? 'birth-date-near' : 'birth-date-differs']
}

type Likeness = 'same' | 'alike' | 'part' | undefined

/** Letters that a name has at least where one slip still leaves it itself. */
const SLIP_UNITS_MIN = 5

function likenessOf(one: Name | undefined, other: Name | undefined): Likeness {
  if (one === undefined || other === undefined || one.whole === '' || other.whole === '') return undefined
  if (one.whole === other.whole || one.full === other.full) return 'same'
  const shortest = Math.min(one.whole.length, other.whole.length)
  if (shortest >= 3 && one.sound === other.sound) return 'alike'
  if (shortest >= SLIP_UNITS_MIN && distanceOf(one.whole, other.whole) === 1) return 'alike'
  return isPart(one, other) || isPart(other, one) ? 'part' : undefined
}

function isPart(one: Name, other: Name): boolean {
  return one.whole.length >= 3 && one.words.every((word) => other.words.includes(word))
}

function compareFamilyNames(one: Traits, other: Traits): Reason[] {
  if (one.birth.whole === '' || other.birth.whole === '') return []
  const likeness = likenessOf(one.birth, other.birth)
  if (likeness === 'same') return ['birth-name']
  const isUsed = likenessOf(one.used, other.birth) === 'same' || likenessOf(one.birth, other.used) === 'same'
  if (isUsed) return ['birth-name-used']
  if (likeness !== undefined) return [likeness === 'alike' ? 'birth-name-alike' : 'birth-name-part']
  return [likenessOf(one.used, other.used) === 'same' ? 'used-name' : 'birth-name-differs']
}

function compareGivenNames(one: Traits, other: Traits): Reason[] {
  const [first, otherFirst] = [one.given[0], other.given[0]]
  const called = [first, one.usedGiven].filter((each) => each !== undefined)
  const otherCalled = [otherFirst, other.usedGiven].filter((each) => each !== undefined)
  if (called.length === 0 || otherCalled.length === 0) return []
  const likeness = likenessOf(first, otherFirst)
  if (likeness === 'same') return ['given-name']
  const pairs = called.flatMap((name) => otherCalled.map((otherName) => [name, otherName] as const))
  if (pairs.some(([name, otherName]) => likenessOf(name, otherName) === 'same')) return ['given-name-used']
  if (likeness !== undefined) return ['given-name-alike']
  const isFurtherBack =
    one.given.some((name) => likenessOf(name, otherFirst) === 'same') ||
    other.given.some((name) => likenessOf(name, first) === 'same')
  if (isFurtherBack) return ['given-name-other']
  const isInitial = pairs.some(([name, otherName]) => beginsAs(name, otherName) || beginsAs(otherName, name))
  return [isInitial ? 'given-name-initial' : 'given-name-differs']
}

/** `J.` and `Jean`; `J.-P.` and `Jean-Pierre`. */
function beginsAs(short: Name, long: Name): boolean {
  const areInitials = short.words.every((word) => word.length === 1) && short.words.length <= long.words.length
  return areInitials && short.words.every((letter, i) => long.words[i]?.startsWith(letter))
}

function areSwapped(one: Traits, other: Traits): boolean {
  const crossed =
    likenessOf(one.birth, other.given[0]) === 'same' &&
    (likenessOf(one.given[0], other.birth) === 'same' || likenessOf(one.given[0], other.used) === 'same')
  const crossedBack =
    likenessOf(other.birth, one.given[0]) === 'same' &&
    (likenessOf(other.given[0], one.birth) === 'same' || likenessOf(other.given[0], one.used) === 'same')
  return (crossed || crossedBack) && likenessOf(one.birth, other.birth) !== 'same'
}

function compareSexes(one: Traits['sex'], other: Traits['sex']): Reason[] {
  if (one === 'unknown' || other === 'unknown') return []
  return [one === other ? 'sex' : 'sex-differs']
}

function compareContacts(one: Traits, other: Traits): Reason[] {
  const reasons: Reason[] = []
  if (!one.telephones.isDisjointFrom(other.telephones)) reasons.push('telephone')
  if (!one.emails.isDisjointFrom(other.emails)) reasons.push('email')
  if (!one.addresses.isDisjointFrom(other.addresses)) reasons.push('address')
  if (one.birthPlace !== undefined && other.birthPlace !== undefined)
    reasons.push(one.birthPlace === other.birthPlace ? 'birth-place' : 'birth-place-differs')
  return reasons
}

function compareFlags(one: Traits, other: Traits): Reason[] {
  const reasons: Reason[] = []
  if (one.isHomonym || other.isHomonym) reasons.push('homonym')
  if (one.isFictitious !== other.isFictitious) reasons.push('fictitious')
  return reasons
}

function areTwins(found: ReadonlySet<Reason>): boolean {
  const areBornTogether = found.has('birth-date') || found.has('birth-date-1-january')
  const isOneFamily = (['birth-name', 'birth-name-alike', 'birth-name-used', 'birth-name-part'] as const).some((code) =>
    found.has(code),
  )
  return areBornTogether && isOneFamily && found.has('given-name-differs')
}
