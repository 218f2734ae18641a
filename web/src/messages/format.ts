import { dayFormat } from './day-format.ts'

/** Dates and numbers as the reader writes them. Instants are shown in the time zone of this machine; a day is a day everywhere. */
export interface Format {
  /** 26 novembre 2026, of a calendar day: `2026-11-26` */
  readonly day: (day: string) => string
  /** the same, of an instant: on which day it was here */
  readonly dayOf: (instant: string) => string
  /** 26 nov. 2026, 21:04:12 */
  readonly instant: (iso: string) => string
  /** 21:04:12 */
  readonly time: (iso: string) => string
  readonly number: (value: number) => string
  /** 12 Ko, 3,4 Mo: decimal, as files are sold and shown */
  readonly size: (bytes: number) => string
  readonly list: (items: readonly string[]) => string
}

export function makeFormat(language: string): Format {
  const locale = language === 'en' ? 'en-GB' : 'fr-FR'
  // JavaScript takes a day for its midnight in Greenwich, which is the evening before in Guadeloupe.
  const days = dayFormat(language, { dateStyle: 'long', timeZone: 'UTC' })
  const daysHere = dayFormat(language, { dateStyle: 'long' })
  const instants = dayFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
  const times = dayFormat(language, { timeStyle: 'medium' })
  const units = language === 'en' ? ['B', 'kB', 'MB', 'GB', 'TB'] : ['octets', 'Ko', 'Mo', 'Go', 'To']
  const numbers = new Intl.NumberFormat(locale)
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' })
  return {
    day: (day) => days(new Date(day)),
    dayOf: (instant) => daysHere(new Date(instant)),
    instant: (iso) => instants(new Date(iso)),
    time: (iso) => times(new Date(iso)),
    number: (value) => numbers.format(value),
    size: (bytes) => {
      let [value, at] = [bytes, 0]
      for (; value >= 1000 && at < units.length - 1; at++) value /= 1000
      const rounded = value < 10 && at > 0 ? Math.round(value * 10) / 10 : Math.round(value)
      return `${numbers.format(rounded)}\u00a0${rounded < 2 ? units[at]?.replace('octets', 'octet') : units[at]}`
    },
    list: (items) => lists.format(items),
  }
}
