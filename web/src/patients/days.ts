/** Days, months and years as a record knows them, in words; ages. A day is a day: no time zone moves it. */
import type { Language, Messages } from '#messages'
import { dayFormat } from '#messages/day-format'
import { isoOf } from '#messages/today'

export interface Days {
  /** 12 mars 2026 · mars 2026 · 2026 */
  readonly day: (partial: string) => string
  /** 12/03/2026 · 03/2026 · 2026 */
  readonly short: (partial: string) => string
  /** jeudi 12 mars 2026 */
  readonly weekday: (iso: string) => string
  /** jeudi 12 mars 2026, 10:15, of a local time without offset */
  readonly local: (startsAt: string) => string
  /** 26 nov. 2026, 21:04 */
  readonly instant: (iso: string) => string
  readonly euros: (cents: number) => string
}

export function makeDays(language: Language): Days {
  const locale = language === 'en' ? 'en-GB' : 'fr-FR'
  const of = (options: Intl.DateTimeFormatOptions) => dayFormat(language, { timeZone: 'UTC', ...options })
  const day = of({ dateStyle: 'long' })
  const month = of({ month: 'long', year: 'numeric' })
  const weekday = of({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const instant = dayFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  const euros = new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' })
  return {
    day: (partial) => (partial.length === 4 ? partial : (partial.length === 7 ? month : day)(new Date(partial))),
    short: (partial) => partial.split('-').toReversed().join('/'),
    weekday: (iso) => weekday(new Date(iso)),
    local: (startsAt) => `${weekday(new Date(startsAt.slice(0, 10)))}, ${startsAt.slice(11, 16)}`,
    instant: (iso) => instant(new Date(iso)),
    euros: (cents) => euros.format(cents / 100),
  }
}

/** @param days may be negative */
export function addDays(iso: string, days: number): string {
  const date = new Date(`${iso}T12:00:00`)
  date.setDate(date.getDate() + days)
  return isoOf(date)
}

export type Age = { readonly kind: 'years' | 'about' | 'months'; readonly count: number }

/** In months below two years; about, where only the year of birth is known. Undefined: not born yet, or unknown. */
export function ageOn(bornOn: string | undefined, today: string): Age | undefined {
  if (bornOn === undefined) return undefined
  const [year = 0, month, day] = bornOn.split('-').map(Number)
  const [thisYear = 0, thisMonth = 1, thisDay = 1] = today.split('-').map(Number)
  if (month === undefined) return thisYear < year ? undefined : { kind: 'about', count: thisYear - year }
  const months = (thisYear - year) * 12 + thisMonth - month - (day !== undefined && thisDay < day ? 1 : 0)
  if (months < 0) return undefined
  return months < 24 ? { kind: 'months', count: months } : { kind: 'years', count: Math.floor(months / 12) }
}

export function ageInWords(age: Age | undefined, m: Messages): string | undefined {
  return age === undefined ? undefined : m.patients.age[age.kind](age.count)
}
