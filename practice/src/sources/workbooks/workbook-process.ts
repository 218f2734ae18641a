/**
 * The process that reads one sheet of a workbook: the file on standard input, on standard output a line of JSON for each row
 * that is not empty (`ToldRow`). It is there to be killed (`confined-process.ts`). Without a sheet's name it tells the names of all sheets, as one
 * such line.
 *
 * Days and times come as `2026-03-12T10:15:00`, days alone without their time, numbers with a point and no thousands, whatever the sheet shows.
 * Exit code 3: it is no workbook that can be read; 4: it has no such sheet.
 */
import { buffer } from 'node:stream/consumers'
import { type CellObject, read, SSF, type WorkBook, type WorkSheet } from '@e965/xlsx'

const UNREADABLE = 3
const NO_SUCH_SHEET = 4
/** A row of a million cells of nothing is no row of a table. */
const COLUMNS_MAX = 2_000
const ROW_CHARACTERS_MAX = 1024 ** 2
/** What is kept of one that is longer. */
const HEAD_CHARACTERS = 10_000

/** What is said of a row. */
export interface ToldRow {
  /** from 1 */
  readonly line: number
  readonly texts: readonly string[]
  /** these are its beginning */
  readonly isTooLong: boolean
}

await main()

async function main(): Promise<void> {
  const sheet = process.argv[2]
  const book = parse(await buffer(process.stdin))
  if (book === undefined) process.exitCode = UNREADABLE
  else if (sheet === undefined) print({ line: 1, texts: book.SheetNames, isTooLong: false })
  else if (!book.SheetNames.includes(sheet)) process.exitCode = NO_SUCH_SHEET
  else await tell(book.Sheets[sheet]!, book.Workbook?.WBProps?.date1904 ?? false)
}

function parse(bytes: Uint8Array): WorkBook | undefined {
  try {
    return read(bytes, { dense: true, cellNF: true, cellFormula: false, cellHTML: false, cellText: false, bookVBA: false })
  } catch {
    return undefined
  }
}

async function tell(sheet: WorkSheet, date1904: boolean): Promise<void> {
  const rows = (sheet['!data'] ?? []) as readonly (readonly (CellObject | undefined)[] | undefined)[]
  for (const [i, row] of rows.entries()) {
    if (row === undefined) continue
    const told = { line: i + 1, ...textsOf(row, date1904) }
    if (told.texts.length > 0 && !print(told)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
}

/** @returns whether there is room for more */
function print(row: ToldRow): boolean {
  return process.stdout.write(`${JSON.stringify(row)}\n`)
}

/** Without the empty cells at its end. */
function textsOf(row: readonly (CellObject | undefined)[], date1904: boolean): Omit<ToldRow, 'line'> {
  const texts = Array.from(row.slice(0, COLUMNS_MAX), (cell) => textOf(cell, date1904))
  const isFilled = (cell: CellObject | undefined) => textOf(cell, date1904) !== ''
  const isTooWide = row.length > COLUMNS_MAX && row.slice(COLUMNS_MAX).some(isFilled)
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  if (isTooWide || characters > ROW_CHARACTERS_MAX) return { texts: beginningOf(texts), isTooLong: true }
  return { texts: texts.slice(0, texts.findLastIndex((text) => text !== '') + 1), isTooLong: false }
}

function beginningOf(texts: readonly string[]): string[] {
  let left = HEAD_CHARACTERS
  return texts.map((text) => {
    const kept = text.slice(0, left)
    left -= kept.length
    return kept
  })
}

function textOf(cell: CellObject | undefined, date1904: boolean): string {
  if (cell?.v === undefined || cell.t === 'e' || cell.t === 'z') return ''
  if (cell.t === 'n' && typeof cell.z === 'string' && SSF.is_date(cell.z)) return dayOf(Number(cell.v), date1904)
  return String(cell.v)
}

/** @param serial days since the workbook's first one */
function dayOf(serial: number, date1904: boolean): string {
  const { y, m, d, H, M, S } = SSF.parse_date_code(serial, { date1904 }) as Readonly<
    Record<'y' | 'm' | 'd' | 'H' | 'M' | 'S', number>
  >
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const time = `${two(H)}:${two(M)}:${two(S)}`
  if (serial < 1) return time.slice(0, 5) // an hour without a day
  const day = `${String(y).padStart(4, '0')}-${two(m)}-${two(d)}`
  return time === '00:00:00' ? day : `${day}T${time}`
}
