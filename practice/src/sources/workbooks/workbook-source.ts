/**
 * A workbook: xls, xlsx, ods and what else spreadsheets save. It is read in a process that may be killed (`workbook-process.ts`), twice: once to be
 * described, once for its rows. The first row with two filled cells is the head.
 */
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { feed, startConfined, watchSize } from '#confined-process'
import { ImportSourceError } from '#errors'
import { withBlobs } from '../blob-columns.ts'
import { columnNames } from '../column-names.ts'
import { FilesBelow } from '../find-below.ts'
import { type Profile, tablesInOrder } from '../profile.ts'
import type { ColumnRow, ColumnSource, ColumnTable } from '../source.ts'
import { agreeOnDays, describeTable, type RawTable } from '../tables.ts'
import type { ToldRow } from './workbook-process.ts'

type WorkbookSettings = Extract<Profile['source'], { type: 'workbook' }>

const PROGRAM = fileURLToPath(new URL('./workbook-process.ts', import.meta.url))
const HEAP_MEGABYTES = 2_048
/** Of the process that reads: a workbook of two hundred thousand rows takes a third of it. */
const RESIDENT_BYTES_MAX = 3 * 1024 ** 3
/** Until the next row: all of a workbook is read before its first. */
const TIMEOUT_MS = 10 * 60_000
const NO_SUCH_SHEET = 4

interface WorkbookLimits {
  readonly residentBytesMax: number
  readonly timeoutMs: number
}

const LIMITS: WorkbookLimits = { residentBytesMax: RESIDENT_BYTES_MAX, timeoutMs: TIMEOUT_MS }

/**
 * @param folder that the profile's file lies in, and documents below
 * @throws {ImportSourceError} when it is no workbook, is too large to be read, or has not the sheets and columns that the profile names
 */
export async function openWorkbookSource(
  folder: string,
  profile: Profile,
  settings: WorkbookSettings,
  thisYear: number,
  limits = LIMITS,
): Promise<ColumnSource> {
  const files = await FilesBelow.open(folder)
  const file = await files.find(settings.file)
  if (file === undefined)
    throw new ImportSourceError(`no file of the folder is called ${settings.file}`, { about: { missingFile: settings.file } })
  const tables: ColumnTable[] = []
  for (const table of tablesInOrder(profile))
    tables.push(
      await describeTable(
        withBlobs(await openSheet({ file, fileName: settings.file, sheet: table.from, limits }), table),
        table,
        thisYear,
      ),
    )
  return { tables: agreeOnDays(tables), findFile: (path) => files.findFile(path), [Symbol.asyncDispose]: async () => {} }
}

/** One sheet of a workbook. @throws {ImportSourceError} */
export async function openSheetTable(folder: string, fileName: string, sheet: string): Promise<RawTable> {
  return openSheet({ file: await findWorkbook(folder, fileName), fileName, sheet, limits: LIMITS })
}

/** The names of its sheets, in their order. @throws {ImportSourceError} */
export async function listSheets(folder: string, fileName: string): Promise<readonly string[]> {
  const file = await findWorkbook(folder, fileName)
  for await (const { texts } of readSheet({ file, fileName, limits: LIMITS })) return texts
  return []
}

async function findWorkbook(folder: string, fileName: string): Promise<string> {
  const file = await (await FilesBelow.open(folder)).find(fileName)
  if (file === undefined) throw new ImportSourceError(`no file of the folder is called ${fileName}`)
  return file
}

interface Sheet {
  readonly file: string
  readonly fileName: string
  readonly sheet: string
  readonly limits: WorkbookLimits
}

async function openSheet(sheet: Sheet): Promise<RawTable> {
  const head = await findHead(sheet)
  const columns = columnNames(head.texts)

  async function* rows(signal?: AbortSignal): AsyncGenerator<ColumnRow> {
    for await (const { texts, line, isTooLong } of readSheet(sheet, signal)) {
      if (line <= head.line || (!isTooLong && texts.every((text) => text.trim() === ''))) continue
      const row = Object.fromEntries(columns.map((column, i) => [column, texts[i] ?? '']))
      const isWider = texts.slice(columns.length).some((text) => text !== '')
      const code = isTooLong ? 'line-too-long' : isWider ? 'columns-differ' : undefined
      yield { row, raw: JSON.stringify(texts), line, findings: code === undefined ? [] : [{ code }] }
    }
  }

  return { name: sheet.sheet, columns, notes: [], rows }
}

async function findHead(sheet: Sheet): Promise<Pick<ToldRow, 'texts' | 'line'>> {
  for await (const row of readSheet(sheet)) if (row.texts.filter((text) => text.trim() !== '').length > 1) return row
  return { texts: [], line: 0 }
}

function placeOf(sheet: string | undefined, line: number): string {
  return sheet === undefined ? '' : `, ${sheet}, row ${line + 1}`
}

/** @throws {ImportSourceError} */
async function* readSheet(
  { file, fileName, sheet, limits }: Omit<Sheet, 'sheet'> & { readonly sheet?: string },
  signal?: AbortSignal,
): AsyncGenerator<ToldRow> {
  const child = startConfined([PROGRAM, ...(sheet === undefined ? [] : [sheet])], { heapMegabytes: HEAP_MEGABYTES })
  const stop = () => child.kill('SIGKILL')
  let line = 0
  const timer = setTimeout(stop, limits.timeoutMs)
  const watch = watchSize(child, limits.residentBytesMax)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const ended = once(child, 'close') as Promise<[number | null]>
    const fed = feed(child, createReadStream(file))
    fed.catch(() => {}) // heard below
    for await (const text of createInterface({ input: child.stdout! })) {
      const row = JSON.parse(text) as ToldRow
      line = row.line
      yield row
      timer.refresh()
    }
    await fed
    const [code] = await ended
    signal?.throwIfAborted()
    if (code === NO_SUCH_SHEET)
      throw new ImportSourceError(`${fileName} has no sheet called ${sheet}`, { about: { missingFile: sheet ?? fileName } })
    if (code !== 0)
      throw new ImportSourceError(
        `${fileName}${placeOf(sheet, line)}: no workbook that can be read, or too large: save it as CSV`,
      )
  } finally {
    signal?.removeEventListener('abort', stop)
    clearTimeout(timer)
    clearInterval(watch)
    stop()
  }
}
