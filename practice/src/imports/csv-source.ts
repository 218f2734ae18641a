/**
 * A folder of text files. Each is read twice: once to find out in which encoding, with which separator and with which days it was written,
 * once for its rows. Memory holds a piece of it.
 */
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CsvReader,
  type CsvRecord,
  type DayFormat,
  DayFormatDetector,
  type DetectedEncoding,
  detectDelimiter,
  EncodingDetector,
  readLines,
  type TextLine,
} from '@couronne/formats'
import { InvalidInputError } from '#errors'
import { FilesBelow } from './find-below.ts'
import type { Finding } from './findings.ts'
import { type ColumnRule, type Profile, type TableProfile, tablesInOrder } from './profile.ts'
import type { Row } from './row-reader.ts'
import type { Source, SourceNote, SourceRow, SourceTable } from './source.ts'
import { type Entity, TARGETS } from './targets.ts'

type CsvSettings = Extract<Profile['source'], { type: 'csv' }>

const LINES_TO_TELL_BY = 100
/** French letters in UTF-8 that a program took for windows-1252 and wrote in UTF-8 again: `Ã©`, `Ã¨`, `Ã§`, `Ãª`. */
const TWICE_ENCODED = /Ã[©¨§ª¢´®»¯«‰€]/

/**
 * @param thisYear decides the century of years of two digits
 * @throws {InvalidInputError} when a table has no file or several, or its file not the columns that the profile names
 */
export async function openCsvSource(folder: string, profile: Profile, settings: CsvSettings, thisYear: number): Promise<Source> {
  const files = await FilesBelow.open(folder)
  const tables: SourceTable[] = []
  for (const table of tablesInOrder(profile)) tables.push(await openTable(folder, table, settings, thisYear))
  return { tables: agreeOnDays(tables), findFile: (path) => files.find(path), [Symbol.asyncDispose]: async () => {} }
}

/** A program writes its days in one way: what one column tells for certain settles another of which both readings are possible. */
function agreeOnDays(tables: readonly SourceTable[]): SourceTable[] {
  const notes = tables.flatMap((table) => table.notes)
  const certain = new Set(notes.filter(({ code }) => code === 'day-format').map(({ about }) => about.format))
  const settled = (note: SourceNote): SourceNote =>
    note.code === 'day-format-unsure' && certain.has(note.about.format) && !certain.has(note.about.rival)
      ? { code: 'day-format', about: note.about }
      : note
  return tables.map((table) => ({ ...table, notes: table.notes.map(settled) }))
}

async function openTable(folder: string, profile: TableProfile, settings: CsvSettings, thisYear: number): Promise<SourceTable> {
  const name = await findOne(folder, profile.from)
  const file = join(folder, name)
  const detected = await detectEncoding(file, settings)
  const { delimiter, isSaid } = await detectSeparator(file, detected, settings)
  const head = await firstRecord(file, detected, delimiter, isSaid)
  const columns = columnNames(head?.fields ?? [])
  requireColumns(name, columns, profile)

  async function* rows(signal?: AbortSignal): AsyncGenerator<SourceRow> {
    let isHead = true
    for await (const record of records(file, detected, delimiter, isSaid, signal)) {
      if (isHead) isHead = false
      else if (record.text.trim() !== '') yield toRow(record, columns)
    }
  }

  const { dayFormats, notes, rowCount } = await detectDays(rows(), profile, thisYear)
  return {
    profile,
    name,
    columns,
    rowCount,
    dayFormats,
    notes: [...encodingNotes(detected), ...notes, ...unusedNotes(columns, profile)],
    rows,
  }
}

/** The one file whose name the pattern fits, whatever its capitals. */
async function findOne(folder: string, pattern: string): Promise<string> {
  const expression = new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 'i')
  const names = (await readdir(folder)).filter((name) => expression.test(name.normalize('NFC'))).toSorted()
  const [name] = names
  if (name === undefined) throw new InvalidInputError(`no file of the folder is called ${pattern}`)
  if (names.length > 1)
    throw new InvalidInputError(`${names.length} files of the folder are called ${pattern}: ${names.slice(0, 5).join(', ')}`)
  return name
}

async function detectEncoding(file: string, { encoding }: CsvSettings): Promise<DetectedEncoding> {
  const detector = new EncodingDetector()
  for await (const piece of createReadStream(file)) detector.add(piece as Buffer)
  const detected = detector.result()
  return encoding === undefined ? detected : { encoding, markBytes: detected.encoding === encoding ? detected.markBytes : 0 }
}

async function detectSeparator(file: string, detected: DetectedEncoding, { delimiter }: CsvSettings) {
  const lines: TextLine[] = []
  for await (const line of readLines(createReadStream(file), detected)) {
    lines.push(line)
    if (lines.length === LINES_TO_TELL_BY) break
  }
  const found = detectDelimiter(lines)
  return delimiter === undefined ? found : { ...found, delimiter }
}

async function* records(
  file: string,
  detected: DetectedEncoding,
  delimiter: string,
  isSaid: boolean,
  signal?: AbortSignal,
): AsyncGenerator<CsvRecord> {
  const reader = new CsvReader(delimiter)
  const stream = createReadStream(file, signal === undefined ? {} : { signal })
  for await (const line of readLines(stream, detected)) {
    if (isSaid && line.number === 1) continue
    yield* reader.add(line)
  }
  yield* reader.end()
}

async function firstRecord(
  file: string,
  detected: DetectedEncoding,
  delimiter: string,
  isSaid: boolean,
): Promise<CsvRecord | undefined> {
  for await (const record of records(file, detected, delimiter, isSaid)) return record
  return undefined
}

/** Without blanks around them; a name that stands there twice gets a number. */
function columnNames(fields: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return fields.map((field) => {
    const name = field.trim()
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}

function requireColumns(name: string, columns: readonly string[], profile: TableProfile): void {
  const missing = namedColumns(profile).filter((column) => !columns.includes(column))
  if (missing.length > 0)
    throw new InvalidInputError(`${name} has no column ${missing.join(', ')}; it has ${columns.slice(0, 50).join(', ')}`)
}

function namedColumns({ key, patient = [], fields }: TableProfile): string[] {
  return [...new Set([...key, ...patient, ...Object.values(fields).flatMap(columnsOf)])]
}

function columnsOf(rule: ColumnRule): string[] {
  return typeof rule === 'string' ? [rule] : [rule.column ?? []].flat()
}

function toRow({ fields, text, line, flaw }: CsvRecord, columns: readonly string[]): SourceRow {
  // A separator at the end of each line is a habit of some programs; anything else that does not fit may stand in the wrong column.
  const extra = fields.slice(columns.length)
  const findings: Finding[] = []
  if (fields.length < columns.length || extra.some((field) => field !== '')) findings.push({ code: 'columns-differ' })
  if (flaw !== undefined) findings.push({ code: flaw })
  const row: Row = Object.fromEntries(columns.map((column, i) => [column, fields[i] ?? '']))
  return { row, raw: text, line, findings }
}

async function detectDays(rows: AsyncIterable<SourceRow>, profile: TableProfile, thisYear: number) {
  const targets: Readonly<Record<string, string>> = TARGETS[profile.entity as Entity]
  const dayColumns = Object.entries(profile.fields)
    .filter(([target, rule]) => targets[target] === 'day' && !(typeof rule === 'object' && rule.format !== undefined))
    .flatMap(([, rule]) => columnsOf(rule))
  const detectors = new Map([...new Set(dayColumns)].map((column) => [column, new DayFormatDetector(thisYear)]))
  let twiceEncoded = 0
  let rowCount = 0
  for await (const { row, raw } of rows) {
    for (const [column, detector] of detectors) detector.add(row[column] ?? '')
    rowCount++
    if (TWICE_ENCODED.test(raw)) twiceEncoded++
  }
  const dayFormats = new Map<string, DayFormat>()
  const notes: SourceNote[] = []
  for (const [column, detector] of detectors) {
    const found = detector.result()
    if (found === undefined) continue
    dayFormats.set(column, found.format)
    const about = { column, format: found.format, days: found.days, values: found.values }
    notes.push(
      found.rival === undefined
        ? { code: 'day-format', about }
        : { code: 'day-format-unsure', about: { ...about, rival: found.rival } },
    )
  }
  if (twiceEncoded > 0) notes.push({ code: 'double-encoded', about: { lines: twiceEncoded } })
  return { dayFormats, notes, rowCount }
}

function encodingNotes({ encoding, mixed }: DetectedEncoding): SourceNote[] {
  if (mixed === undefined) return [{ code: 'encoding', about: { encoding } }]
  return [{ code: 'two-encodings', about: { encoding, ...mixed } }]
}

function unusedNotes(columns: readonly string[], profile: TableProfile): SourceNote[] {
  const named = new Set(namedColumns(profile))
  const unused = columns.filter((column) => column !== '' && !named.has(column))
  return unused.length === 0 ? [] : [{ code: 'columns-unused', about: { columns: unused.join(', ') } }]
}
