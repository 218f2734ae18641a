/**
 * Days as programs write them. Which of its numbers is the day and which the month is told by a whole column, not by one value: `03/04/2020`
 * is two days.
 */

/** As they are written in the settings of spreadsheets, with capital months. */
export const DAY_FORMATS = [
  'dd/MM/yyyy',
  'yyyy-MM-dd',
  'MM/dd/yyyy',
  'dd/MM/yy',
  'yyyyMMdd',
  'ddMMyyyy',
  /** days since 30 December 1899, as spreadsheets count them */
  'serial',
] as const
export type DayFormat = (typeof DAY_FORMATS)[number]

/** Separators are `/`, `-`, `.` or a blank, whichever; what follows a day, its hour, is left out. */
const PATTERNS: Readonly<Record<DayFormat, RegExp>> = {
  'dd/MM/yyyy': /^(?<day>\d{1,2})[/. -](?<month>\d{1,2})[/. -](?<year>\d{4})(?:[ T]\d.*)?$/,
  'yyyy-MM-dd': /^(?<year>\d{4})[/. -](?<month>\d{1,2})[/. -](?<day>\d{1,2})(?:[ T]\d.*)?$/,
  'MM/dd/yyyy': /^(?<month>\d{1,2})[/. -](?<day>\d{1,2})[/. -](?<year>\d{4})(?:[ T]\d.*)?$/,
  'dd/MM/yy': /^(?<day>\d{1,2})[/. -](?<month>\d{1,2})[/. -](?<year>\d{2})$/,
  yyyyMMdd: /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/,
  ddMMyyyy: /^(?<day>\d{2})(?<month>\d{2})(?<year>\d{4})$/,
  serial: /^\d{1,5}(?:[.,]\d+)?$/,
}

export type ParsedDay =
  /** `YYYY-MM-DD`, or `YYYY` or `YYYY-MM` where zeros stand for what is not known */
  | { readonly kind: 'day'; readonly on: string }
  /** zeros, or a day that programs write for none */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'wrong'; readonly why: 'no-such-day' | 'not-in-this-format' }

/** What programs write where no day is known: the first day that they can hold, nought, or a day that they offer. */
const PLACEHOLDERS = new Set(['0001-01-01', '1753-01-01', '1899-12-30', '1899-12-31', '1900-01-01', '9999-12-31'])
const YEAR_LEAST = 1800
const YEAR_MOST = 2199
const SERIAL_DAY_ZERO = Date.UTC(1899, 11, 30)
const DAY_MS = 86_400_000
/** Distinct values that are remembered at once; no day is longer than a few words. */
const TEXTS_MAX = 10_000
const TEXT_CHARACTERS_MAX = 50

/**
 * @param text without blanks around it; not empty
 * @param thisYear decides the century of two digits: none of them is after it
 */
export function parseDay(text: string, format: DayFormat, thisYear: number): ParsedDay {
  const groups = PATTERNS[format].exec(text)?.groups
  if (format === 'serial') return parseSerial(text)
  if (groups === undefined) return { kind: 'wrong', why: 'not-in-this-format' }
  const [written, month, day] = [groups.year, groups.month, groups.day].map(Number) as [number, number, number]
  const year = groups.year!.length === 2 && written + month + day > 0 ? withCentury(written, thisYear) : written
  if (year === 0) return month === 0 && day === 0 ? { kind: 'unknown' } : { kind: 'wrong', why: 'no-such-day' }
  const on = [String(year).padStart(4, '0'), month, day].map((part) => String(part).padStart(2, '0')).join('-')
  if (PLACEHOLDERS.has(on)) return { kind: 'unknown' }
  if (year < YEAR_LEAST || year > YEAR_MOST) return { kind: 'wrong', why: 'no-such-day' }
  if (month === 0) return day === 0 ? { kind: 'day', on: on.slice(0, 4) } : { kind: 'wrong', why: 'no-such-day' }
  if (day === 0) return month <= 12 ? { kind: 'day', on: on.slice(0, 7) } : { kind: 'wrong', why: 'no-such-day' }
  return isDay(year, month, day) ? { kind: 'day', on } : { kind: 'wrong', why: 'no-such-day' }
}

export interface DetectedDayFormat {
  readonly format: DayFormat
  /** how many values are days in it, of how many that are not empty */
  readonly days: number
  readonly values: number
  /** another format reads them as well, differently: only a person can tell */
  readonly rival?: DayFormat
}

/** Takes the values of one column, and tells in which format most of them are days; of equal ones the first, the commonest in France. */
export class DayFormatDetector {
  readonly #thisYear: number
  readonly #days = DAY_FORMATS.map(() => 0)
  readonly #unknown = DAY_FORMATS.map(() => 0)
  /** whether two formats have read a value as two days */
  readonly #differ = DAY_FORMATS.map(() => DAY_FORMATS.map(() => false))
  #values = 0
  /** how often each stands there, of those that have not been read */
  readonly #texts = new Map<string, number>()

  constructor(thisYear: number) {
    this.#thisYear = thisYear
  }

  /** @param value empty ones are passed over */
  add(value: string): void {
    const text = value.trim()
    if (text === '') return
    this.#values++
    if (text.length > TEXT_CHARACTERS_MAX) this.#readText(text, 1)
    else this.#texts.set(text, (this.#texts.get(text) ?? 0) + 1)
    if (this.#texts.size > TEXTS_MAX) this.#read()
  }

  /** The same days stand in a column again and again: each is read once. */
  #read(): void {
    for (const [text, times] of this.#texts) this.#readText(text, times)
    this.#texts.clear()
  }

  #readText(text: string, times: number): void {
    const read = DAY_FORMATS.map((format) => parseDay(text, format, this.#thisYear))
    read.forEach((one, i) => {
      if (one.kind === 'unknown') this.#unknown[i]! += times
      if (one.kind !== 'day') return
      this.#days[i]! += times
      read.forEach((other, j) => {
        if (other.kind !== 'day' || other.on !== one.on) this.#differ[i]![j] = true
      })
    })
  }

  /** @returns undefined when hardly any value is a day: it is another column */
  result(): DetectedDayFormat | undefined {
    this.#read()
    const days = Math.max(...this.#days)
    const best = this.#days.indexOf(days)
    if (days === 0 || days + this.#unknown[best]! < this.#values / 2) return undefined
    const rival = DAY_FORMATS.find((_, i) => this.#days[i] === days && this.#differ[best]![i])
    const found = { format: DAY_FORMATS[best]!, days, values: this.#values }
    return rival === undefined ? found : { ...found, rival }
  }
}

function parseSerial(text: string): ParsedDay {
  if (!PATTERNS.serial.test(text)) return { kind: 'wrong', why: 'not-in-this-format' }
  const days = Math.floor(Number(text.replace(',', '.')))
  const on = new Date(SERIAL_DAY_ZERO + days * DAY_MS).toISOString().slice(0, 10)
  // Before March 1900 spreadsheets count a day that never was; nobody alive was born then.
  return days <= 60 || PLACEHOLDERS.has(on) ? { kind: 'unknown' } : { kind: 'day', on }
}

function withCentury(twoDigits: number, thisYear: number): number {
  const century = Math.floor(thisYear / 100) * 100
  return century + twoDigits > thisYear ? century - 100 + twoDigits : century + twoDigits
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
