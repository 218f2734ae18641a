/**
 * A folder of text files. Each is read twice: once to find out in which encoding, with which separator and with which days it was written,
 * once for its rows. Memory holds a piece of it.
 */
import { createReadStream, type Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import {
  CsvReader,
  type CsvRecord,
  type DetectedEncoding,
  detectDelimiter,
  EncodingDetector,
  readLines,
  type TextLine,
} from '@couronne/formats'
import { ImportSourceError } from '#errors'
import { withBlobs } from '../blob-columns.ts'
import { columnNames } from '../column-names.ts'
import { FilesBelow } from '../find-below.ts'
import type { Finding } from '../findings.ts'
import { type Profile, tablesInOrder } from '../profile.ts'
import type { SeenTable } from '../propose-profile.ts'
import type { Row } from '../row-reader.ts'
import type { ColumnRow, ColumnSource, ColumnTable, SourceNote } from '../source.ts'
import { agreeOnDays, describeTable, type RawTable } from '../tables.ts'

type CsvSettings = Extract<Profile['source'], { type: 'csv' }>

const LINES_TO_TELL_BY = 100
/** Of a file’s name: more would make some names long to compare. */
const STARS_MAX = 3

/**
 * @param thisYear decides the century of years of two digits
 * @throws {ImportSourceError} when a table has no file or several, or its file not the columns that the profile names
 */
export async function openCsvSource(
  folder: string,
  profile: Profile,
  settings: CsvSettings,
  thisYear: number,
): Promise<ColumnSource> {
  const files = await FilesBelow.open(folder)
  const tables: ColumnTable[] = []
  for (const table of tablesInOrder(profile))
    tables.push(await describeTable(withBlobs(await openTable(folder, table.from, settings), table), table, thisYear))
  return { tables: agreeOnDays(tables), findFile: (path) => files.findFile(path), [Symbol.asyncDispose]: async () => {} }
}

/** The text files of a folder and the columns of each, for a proposal. */
export async function seeCsvTables(folder: string): Promise<SeenTable[]> {
  const below = await FilesBelow.open(folder)
  const names = (await readdir(folder)).filter((name) => /\.(csv|txt|tsv)$/i.test(name)).toSorted()
  const tables: SeenTable[] = []
  for (const name of names) {
    const file = await below.find(name)
    if (file === undefined) continue
    const { columns } = await openFile(file, name, { type: 'csv' })
    tables.push({ name, columns: columns.filter((column) => column !== '') })
  }
  return tables
}

/** @param bytesToTellBy how much of it decides its encoding; absent: all of it */
export async function openTable(
  folder: string,
  pattern: string,
  settings: CsvSettings,
  bytesToTellBy?: number,
): Promise<CsvTable> {
  const name = await findOne(folder, pattern)
  const file = await (await FilesBelow.open(folder)).find(name)
  // A pipe never ends, and a link may lead anywhere.
  if (file === undefined) throw new ImportSourceError(`${name} is no ordinary file of the folder`)
  return openFile(file, name, settings, bytesToTellBy).catch((error: unknown) => {
    throw gone(error, name)
  })
}

/** A file that cannot be read any more is told by its name; an error of ours stays what it is. */
function gone(error: unknown, name: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? new ImportSourceError(`${name} cannot be read: ${code}`) : error
}

/** Its last line may be half of one while somebody writes: it is believed when the file is still what it was. */
async function requireUnchanged(file: string, name: string, was: Stats): Promise<void> {
  const { size, mtimeMs, ino } = await stat(file)
  if (size !== was.size || mtimeMs !== was.mtimeMs || ino !== was.ino)
    throw new ImportSourceError(`${name} changes while it is read: import it when the other program is done`)
}

export interface CsvTable extends RawTable {
  readonly encoding: string
  readonly delimiter: string
}

async function openFile(file: string, name: string, settings: CsvSettings, bytesToTellBy?: number): Promise<CsvTable> {
  const was = await stat(file)
  const detected = await detectEncoding(file, settings, bytesToTellBy)
  const { delimiter, isSaid } = await detectSeparator(file, detected, settings)
  const head = await firstRecord(file, detected, delimiter, isSaid)
  const columns = columnNames(head?.fields ?? [])

  async function* rows(signal?: AbortSignal): AsyncGenerator<ColumnRow> {
    let isHead = true
    let last: CsvRecord | undefined
    try {
      await requireUnchanged(file, name, was) // else its columns may be others by now
      for await (const record of records(file, detected, delimiter, isSaid, signal)) {
        if (isHead) isHead = false
        else if (record.text.trim() !== '') {
          if (last !== undefined) yield toRow(last, columns)
          last = record
        }
      }
      await requireUnchanged(file, name, was)
    } catch (error) {
      throw gone(error, name)
    }
    if (last !== undefined) yield toRow(last, columns)
  }

  return { name, columns, notes: encodingNotes(detected), rows, encoding: detected.encoding, delimiter }
}

/** The one file whose name the pattern fits, whatever its capitals. */
async function findOne(folder: string, pattern: string): Promise<string> {
  if (pattern.split('*').length - 1 > STARS_MAX) throw new ImportSourceError(`${pattern}: at most ${STARS_MAX} stars`)
  const expression = new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 'i')
  const names = (await readdir(folder)).filter((name) => expression.test(name.normalize('NFC'))).toSorted()
  const [name] = names
  if (name === undefined)
    throw new ImportSourceError(`no file of the folder is called ${pattern}`, { about: { missingFile: pattern } })
  if (names.length > 1)
    throw new ImportSourceError(`${names.length} files of the folder are called ${pattern}: ${names.slice(0, 5).join(', ')}`)
  return name
}

async function detectEncoding(
  file: string,
  { encoding }: CsvSettings,
  bytesToTellBy: number | undefined,
): Promise<DetectedEncoding> {
  const detector = new EncodingDetector()
  const end = bytesToTellBy === undefined ? {} : { end: bytesToTellBy - 1 }
  for await (const piece of createReadStream(file, end)) detector.add(piece as Buffer)
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

function toRow({ fields, text, line, flaw }: CsvRecord, columns: readonly string[]): ColumnRow {
  // A separator at the end of each line is a habit of some programs; anything else that does not fit may stand in the wrong column.
  const extra = fields.slice(columns.length)
  const findings: Finding[] = []
  if (fields.length < columns.length || extra.some((field) => field !== '')) findings.push({ code: 'columns-differ' })
  if (flaw !== undefined) findings.push({ code: flaw })
  const row: Row = Object.fromEntries(columns.map((column, i) => [column, fields[i] ?? '']))
  return { row, raw: text, line, findings }
}

function encodingNotes({ encoding, mixed }: DetectedEncoding): SourceNote[] {
  if (mixed === undefined) return [{ code: 'encoding', about: { encoding } }]
  return [{ code: 'two-encodings', about: { encoding, ...mixed } }]
}
