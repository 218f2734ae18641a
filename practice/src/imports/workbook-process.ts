/**
 * The process that reads one sheet of a workbook: the file on standard input, on standard output a line for each row, a JSON array of texts. It
 * is there to be killed (`confined-process.ts`). Without a sheet's name it tells the names of all sheets, as one such line.
 *
 * Days and times come as `2026-03-12T10:15:00`, days alone without their time, numbers with a point and no thousands, whatever the sheet shows.
 * Exit code 3: it is no workbook that can be read; 4: it has no such sheet.
 */
import { buffer } from 'node:stream/consumers'
import { type CellObject, read, SSF, type WorkBook, type WorkSheet } from '@e965/xlsx'

const UNREADABLE = 3
const NO_SUCH_SHEET = 4

await main()

async function main(): Promise<void> {
  const sheet = process.argv[2]
  const book = parse(await buffer(process.stdin))
  if (book === undefined) process.exitCode = UNREADABLE
  else if (sheet === undefined) process.stdout.write(`${JSON.stringify(book.SheetNames)}\n`)
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
  for (const row of rows) {
    const texts = Array.from(row ?? [], (cell) => textOf(cell, date1904))
    if (!process.stdout.write(`${JSON.stringify(texts)}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
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
