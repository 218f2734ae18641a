/** Times as the format writes them: RFC 3339 with up to nine digits of fraction, read to and printed from nanoseconds since 1970. */
import { FormatError } from '#errors'

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,32}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/**
 * Nanoseconds since 1970-01-01T00:00:00Z. Digits beyond nanoseconds are dropped.
 * @throws {FormatError} when `text` is no RFC 3339 time
 */
export function parseTimeNs(text: string): bigint {
  const { seconds, fraction } = parseTime(text)
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
}

/** Whether stock restic reads it: one time that it does not read makes it refuse the whole tree. */
export function isTime(text: string): boolean {
  try {
    parseTime(text)
    return true
  } catch (error) {
    if (error instanceof FormatError) return false
    throw error
  }
}

/** Seconds since 1970, and the digits of their fraction. */
function parseTime(text: string): { readonly seconds: number; readonly fraction: string } {
  const match = SHAPE.exec(text)
  if (match === null) throw new FormatError('expected an RFC 3339 time')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const offset = match[8] === undefined ? 0 : (match[8] === '-' ? -1 : 1) * (Number(match[9]) * 60 + Number(match[10]))
  const inDay = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  if (!inDay || hour > 23 || minute > 59 || second > 59 || Math.abs(offset) >= 24 * 60 || Number(match[10] ?? 0) > 59) {
    throw new FormatError('expected an RFC 3339 time, found one that does not exist')
  }
  const seconds = daysFromCivil(year, month, day) * 86400 + hour * 3600 + (minute - offset) * 60 + second
  return { seconds, fraction: match[7] ?? '' }
}

/**
 * The time as Go prints RFC3339Nano: trailing zeros of the fraction removed, `Z` when the offset is 0. Years outside 0…9999 become
 * 0 or 9999 with the same month and day, as restic does.
 *
 * @param offsetMinutes east of Greenwich, as valid at that instant
 */
export function printTime(ns: bigint, offsetMinutes: number): string {
  let seconds = Number(floorDivide(ns, 1_000_000_000n)) + offsetMinutes * 60
  const fraction = Number(ns - floorDivide(ns, 1_000_000_000n) * 1_000_000_000n)
  let day = Math.floor(seconds / 86400)
  seconds -= day * 86400
  let [year, month, dayOfMonth] = civilFromDays(day)
  if (year < 0 || year > 9999) {
    day = daysFromCivil(year < 0 ? 0 : 9999, month, 1) + dayOfMonth - 1
    ;[year, month, dayOfMonth] = civilFromDays(day)
  }
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${date}T${time}${printFraction(fraction)}${printOffset(offsetMinutes)}`
}

function printFraction(nanoseconds: number): string {
  return nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`
}

function printOffset(minutes: number): string {
  if (minutes === 0) return 'Z'
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

// Days since 1970-01-01 in the proleptic Gregorian calendar; years counted from March, so that the leap day comes last.
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

function civilFromDays(days: number): [year: number, month: number, day: number] {
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36524) + Math.floor(dayOfEra / 146096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day]
}
