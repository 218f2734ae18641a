/** Reads the values of one row by a table's mapping, and notes what it cannot read. */
import { type DayFormat, parseDay } from '@couronne/formats'
import { isIns, type Surface, type Tooth } from '#patients'
import type { Finding, Refusal, Remark } from './findings.ts'
import type { ColumnRule, TableProfile } from './profile.ts'
import type { Target } from './targets.ts'
import { parseCents, parseSex, parseSurfaces, parseTeeth, parseTime, toLine, toParagraphs } from './values.ts'

/** A row of a source: what stands in each column. */
export type Row = Readonly<Record<string, string>>

export interface MapContext {
  /** decides the century of years of two digits */
  readonly thisYear: number
  /** of the table's columns, as all of their values tell; a profile's own come before them */
  readonly dayFormats: ReadonlyMap<string, DayFormat>
  /** IANA, of the practice: appointments stand at the clock on its wall */
  readonly zone: string
}

interface Cell {
  readonly text: string
  /** absent: the profile's own value */
  readonly column?: string
  readonly format?: DayFormat
}

const TELEPHONE = /^\+?[\d ()./-]{4,30}$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/
const NAME_CHARACTERS_MAX = 100
const GIVEN_NAMES_MAX = 20

export class RowReader {
  readonly findings: Finding[] = []
  readonly row: Row
  readonly context: MapContext
  readonly #table: TableProfile

  constructor(row: Row, table: TableProfile, context: MapContext) {
    this.row = row
    this.#table = table
    this.context = context
  }

  say(code: Refusal | Remark, column?: string): void {
    this.findings.push(column === undefined ? { code } : { code, column })
  }

  /** The row's own key, and that of its patient: the values of several columns with a bar between them. Undefined: all are empty. */
  key(columns: readonly string[]): string | undefined {
    const parts = columns.map((column) => toLine(this.row[column] ?? ''))
    return parts.every((part) => part === '') ? undefined : parts.join('|')
  }

  line(target: Target, charactersMax: number): string | undefined {
    const cell = this.#cell(target)
    return cell && this.#bounded(toLine(cell.text), charactersMax, cell)
  }

  text(target: Target, charactersMax: number): string | undefined {
    const cell = this.#cell(target)
    return cell && this.#bounded(toParagraphs(cell.text), charactersMax, cell)
  }

  /** One of the words that the target knows. */
  word<W extends string>(target: Target, words: readonly W[], remark: Remark): W | undefined {
    return this.#read(target, (text) => words.find((word) => word === text.toLowerCase()), remark)
  }

  /** Given names: separated by commas, or one; blanks stand within names too. */
  names(target: Target): string[] {
    const cell = this.#cell(target)
    const names = toLine(cell?.text ?? '').split(/\s*[,;]\s*/)
    return names
      .filter((name) => name !== '')
      .slice(0, GIVEN_NAMES_MAX)
      .map((name) => this.#bounded(name, NAME_CHARACTERS_MAX, cell!)!)
  }

  /** A day, a month or a year. */
  day(target: Target): string | undefined {
    const cell = this.#cell(target)
    if (cell === undefined) return undefined
    const format = cell.format ?? this.context.dayFormats.get(cell.column ?? '') ?? 'dd/MM/yyyy'
    const parsed = parseDay(toLine(cell.text), format, this.context.thisYear)
    if (parsed.kind === 'day') return parsed.on
    this.say(parsed.kind === 'unknown' ? 'day-unknown' : 'day-wrong', cell.column)
    return undefined
  }

  time(target: Target): string | undefined {
    return this.#read(target, parseTime, 'time-wrong')
  }

  sex(target: Target): 'female' | 'male' | 'unknown' {
    return this.#read(target, parseSex, 'sex-unknown') ?? 'unknown'
  }

  amount(target: Target): number | undefined {
    return this.#read(target, parseCents, 'amount-wrong')
  }

  minutes(target: Target): number | undefined {
    const parse = (text: string) =>
      /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1_440 ? Number(text) : undefined
    return this.#read(target, parse, 'time-wrong')
  }

  teeth(target: Target): readonly Tooth[] {
    const cell = this.#cell(target)
    if (cell === undefined) return []
    const { teeth, isAllTeeth } = parseTeeth(cell.text)
    if (!isAllTeeth) this.say('tooth-unknown', cell.column)
    return teeth
  }

  surfaces(target: Target): readonly Surface[] {
    return this.#read(target, parseSurfaces, 'surface-unknown') ?? []
  }

  telephone(target: Target): string | undefined {
    return this.#read(target, (text) => (TELEPHONE.test(text) ? text : undefined), 'telephone-wrong')
  }

  email(target: Target): string | undefined {
    return this.#read(target, (text) => (EMAIL.test(text) && text.length <= 200 ? text : undefined), 'email-wrong')
  }

  postalCode(target: Target): string | undefined {
    return this.#read(target, (text) => (/^[A-Z\d][A-Z\d -]{1,18}$/i.test(text) ? text : undefined), 'postal-code-wrong')
  }

  /** 15 characters with the right key, without blanks; 13 get theirs. */
  insuredNumber(target: Target): string | undefined {
    return this.#read(
      target,
      (text) => {
        const compact = text.replaceAll(/[\s.-]/g, '').toUpperCase()
        return isIns(compact) ? compact : undefined
      },
      'insured-number-wrong',
    )
  }

  /** The column that a target is read from, where it is not empty. */
  columnOf(target: Target): string | undefined {
    return this.#cell(target)?.column
  }

  #read<T>(target: Target, parse: (text: string) => T | undefined, remark: Remark): T | undefined {
    const cell = this.#cell(target)
    if (cell === undefined) return undefined
    const value = parse(toLine(cell.text))
    if (value === undefined) this.say(remark, cell.column)
    return value
  }

  #cell(target: Target): Cell | undefined {
    const rule = (this.#table.fields as Readonly<Record<string, ColumnRule | undefined>>)[target]
    if (rule === undefined) return undefined
    if (typeof rule === 'string') return this.#filled([rule], undefined, undefined)
    const found = this.#filled([rule.column ?? []].flat(), rule.values, rule.format)
    return found ?? (rule.otherwise === undefined ? undefined : { text: rule.otherwise })
  }

  #filled(
    columns: readonly string[],
    values: Readonly<Record<string, string>> | undefined,
    format: DayFormat | undefined,
  ): Cell | undefined {
    for (const column of columns) {
      const written = this.row[column]
      if (written === undefined || written.trim() === '') continue
      const meant = (values && wordsOf(values).get(written.trim())) ?? written
      if (meant === '') continue
      return { text: meant, column, ...(format === undefined ? {} : { format }) }
    }
    return undefined
  }

  #bounded(text: string, charactersMax: number, { column }: Cell): string | undefined {
    if (text.length <= charactersMax) return text === '' ? undefined : text
    this.say('cut-short', column)
    return text.slice(0, charactersMax).toWellFormed().trim()
  }
}

const wordMaps = new WeakMap<object, ReadonlyMap<string, string>>()

/** A million values asked for as names of members would each become one of the runtime's names first. */
function wordsOf(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const found = wordMaps.get(values) ?? new Map(Object.entries(values))
  wordMaps.set(values, found)
  return found
}
