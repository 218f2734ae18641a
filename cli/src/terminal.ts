/**
 * What a command prints. Results go to standard output, messages and progress to standard error; with `--json` standard output holds
 * JSON and nothing else. A progress line appears on a terminal only.
 */
import { styleText } from 'node:util'
import { type Language, languageOf, type Text } from './language.ts'
import { wrap } from './wrap.ts'

export interface TerminalOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

export class Terminal {
  readonly language: Language = languageOf(process.env)
  readonly isJson: boolean
  readonly isQuiet: boolean
  #hasProgress = false

  constructor({ json = false, quiet = false }: TerminalOptions = {}) {
    this.isJson = json
    this.isQuiet = quiet
  }

  say(text: string | Text): string {
    return typeof text === 'string' ? text : text[this.language]
  }

  /** A line of result for people; nothing with `--json`. */
  line(text: string | Text = ''): void {
    if (this.isJson) return
    this.#clearProgress()
    process.stdout.write(`${this.say(text)}\n`)
  }

  /** A sentence for people, as wide as the terminal, that `--quiet` leaves out. */
  info(text: string | Text): void {
    if (!this.isQuiet) this.line(fitted(this.say(text), process.stdout))
  }

  /** One JSON value on a line of its own; nothing without `--json`. */
  json(value: unknown): void {
    if (this.isJson) process.stdout.write(`${JSON.stringify(value)}\n`)
  }

  /** Something that people must see, whatever the options. */
  warn(text: string | Text): void {
    this.#say(fitted(this.say(text), process.stderr))
  }

  error(text: string | Text): void {
    this.#say(styleText('red', fitted(this.say(text), process.stderr), { stream: process.stderr }))
  }

  /** Trouble with one thing: in words, or as JSON, on standard error either way, as restic has it. */
  problem(text: string | Text, json: Readonly<Record<string, unknown>>): void {
    if (this.isJson) process.stderr.write(`${JSON.stringify({ message_type: 'error', ...json })}\n`)
    else this.warn(text)
  }

  /** A line that the next one replaces; on a terminal only. */
  progress(text: string): void {
    if (this.isJson || this.isQuiet || !process.stderr.isTTY) return
    this.#hasProgress = true
    process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
  }

  #say(text: string): void {
    this.#clearProgress()
    process.stderr.write(`${text}\n`)
  }

  #clearProgress(): void {
    if (!this.#hasProgress) return
    this.#hasProgress = false
    process.stderr.write('\r\u001b[2K')
  }
}

/** Lines no wider than the terminal, broken between words; those that follow stand as far in as the first. */
function fitted(text: string, { isTTY, columns }: NodeJS.WriteStream): string {
  if (!isTTY || columns === 0) return text
  const lines = text.split('\n').map((line) => wrap(line.trimStart(), columns, line.search(/\S|$/)))
  return lines.join('\n')
}

const UNITS: Readonly<Record<Language, readonly string[]>> = {
  fr: ['o', 'Kio', 'Mio', 'Gio', 'Tio'],
  en: ['B', 'KiB', 'MiB', 'GiB', 'TiB'],
}

const SEPARATORS = { fr: { thousands: '\u202f', decimal: ',' }, en: { thousands: ',', decimal: '.' } } as const

/** A size for people: `1,5 Gio`. */
export function printSize(bytes: number, language: Language): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < 4) {
    value /= 1024
    unit++
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${printNumber(value, language, digits)} ${UNITS[language][unit]}`
}

/** A number for people, with the language's separators: as `toLocaleString`, whose first call takes 20 ms. */
export function printNumber(value: number, language: Language, digits = 0): string {
  const { thousands, decimal } = SEPARATORS[language]
  const [whole = '', fraction] = value.toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands)
  return fraction === undefined ? grouped : `${grouped}${decimal}${fraction}`
}

/** A duration for people: `0,8 s`, `2 min 05 s`, `1 h 20 min`. */
export function printDuration(ms: number, language: Language): string {
  const seconds = ms / 1000
  if (seconds < 60) return `${printNumber(seconds, language, seconds < 10 ? 1 : 0)} s`
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`
}

/** Several of something: `1 instantané`, `3 instantanés`. French has one form for 0 and 1, English for 1 alone. */
export function printCount(value: number, language: Language, one: string, several = `${one}s`): string {
  const isOne = language === 'fr' ? value < 2 : value === 1
  return `${printNumber(value, language)} ${isOne ? one : several}`
}

/** A moment by this machine's clock: `2026-11-23 10:00:00`. What is no time is given as it is. */
export function printMoment(time: string | Temporal.Instant): string {
  try {
    const instant = typeof time === 'string' ? Temporal.Instant.from(time) : time
    const local = instant.toZonedDateTimeISO(Temporal.Now.timeZoneId()).toPlainDateTime()
    return local.toString({ smallestUnit: 'second', roundingMode: 'trunc' }).replace('T', ' ')
  } catch {
    return typeof time === 'string' ? time : time.toString()
  }
}
