/** Days, months and years as texts, reckoned with as numbers: `2026-03` is any day of that March. Pure. */

/** Days since 1970, inclusive. */
export interface DayRange {
  readonly first: number
  readonly last: number
}

/** The first and the last day that it may be. */
export function rangeOf(partialDay: string): DayRange {
  const known = kept.get(partialDay)
  if (known !== undefined) return known
  const range = reckonRange(partialDay)
  if (kept.size < KEPT_MAX) kept.set(partialDay, range)
  return range
}

/** A hundred years have forty thousand days, which a hundred thousand records name again and again. */
const kept = new Map<string, DayRange>()
const KEPT_MAX = 50_000

function reckonRange(partialDay: string): DayRange {
  const year = Number(partialDay.slice(0, 4))
  if (partialDay.length === 4) return { first: numberOf(year, 1, 1), last: numberOf(year, 12, 31) }
  const month = Number(partialDay.slice(5, 7))
  if (partialDay.length === 7) return { first: numberOf(year, month, 1), last: numberOf(year, month + 1, 0) }
  const day = numberOf(year, month, Number(partialDay.slice(8, 10)))
  return { first: day, last: day }
}

/** @param day `YYYY-MM-DD` */
export function dayNumber(day: string): number {
  return rangeOf(day).first
}

export function printDay(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10)
}

/** The same day so many months earlier, or the last one of that month. */
export function monthsEarlier(number: number, months: number): number {
  const date = new Date(number * DAY_MS)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1 - months]
  return Math.min(numberOf(year, month, date.getUTCDate()), numberOf(year, month + 1, 0))
}

const DAY_MS = 86_400_000

/** Months and days may be beyond their ends: they go on into the next. */
function numberOf(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / DAY_MS
}
