/** One table of a source, batch by batch: each is looked at, then written. */
import { isAboutTheRow, type SourceRow, type SourceTable } from '#sources'
import { KeyMap } from './key-map.ts'
import { lookAt } from './look-at-rows.ts'
import { PossibleDuplicates } from './possible-duplicates.ts'
import type { TableRun } from './table-run.ts'
import { writeRows } from './write-rows.ts'

/** Rows that are in memory at once. */
const ROWS_A_BATCH = 5_000
/** Of their text, and of files within: some rows carry whole documents. */
const SIZE_A_BATCH = 32 * 1024 ** 2

/** Notes every row; writes them unless the run is dry. */
export async function importTable(run: TableRun, table: SourceTable): Promise<void> {
  const seen = new KeyMap()
  const duplicates = run.table === run.patientTable ? await PossibleDuplicates.begin(run) : undefined
  for await (const rows of inBatches(table.rows(run.signal))) {
    run.signal?.throwIfAborted()
    const looked = await lookAt(run, table, rows, seen)
    for (const row of looked) {
      run.count.rows++
      run.count[row.fate]++
      for (const { code } of row.findings) run.count.say(code)
      if (row.fate === 'repeated' || row.findings.some(isAboutTheRow)) run.onRow?.(row)
    }
    await duplicates?.look(looked)
    await writeRows(run, looked)
    run.onProgress()
  }
  await duplicates?.end()
}

async function* inBatches(rows: AsyncIterable<SourceRow>): AsyncGenerator<SourceRow[]> {
  let batch: SourceRow[] = []
  let size = 0
  for await (const row of rows) {
    batch.push(row)
    size += sizeOf(row)
    if (batch.length < ROWS_A_BATCH && size < SIZE_A_BATCH) continue
    yield batch
    batch = []
    size = 0
  }
  if (batch.length > 0) yield batch
}

function sizeOf(row: SourceRow): number {
  const files = 'files' in row ? [...(row.files?.values() ?? [])] : []
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, row.raw.length)
}
