/** What imports keep in the database, as functions of it. */
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { type Db, insertMany, instantText, newId, type Tx } from '#database'
import { type Finding, isRefusal } from '#sources'
import type { ImportReport } from './report.ts'

const compress = promisify(zstdCompress)
/** SQLite takes 32,766 values a statement. */
const ROWS_A_STATEMENT = 500

export interface KnownRow {
  readonly key: string
  readonly digest: string
  readonly patient_id: string
  readonly entry_id: string
  readonly run_id: string
  readonly changed_run_id: string | null
}

/** The source of this name; made when it is not there. */
export async function ensureSource(
  db: Db,
  practiceId: string,
  name: string,
  profile: string,
  now: Temporal.Instant,
): Promise<string> {
  const id = newId()
  await db
    .insertInto('import_source')
    .values({ id, practice_id: practiceId, name, profile, created_at: instantText(now) })
    .onConflict((conflict) => conflict.columns(['practice_id', 'name']).doUpdateSet({ profile }))
    .execute()
  const row = await db
    .selectFrom('import_source')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return row.id
}

export async function beginRun(
  db: Db,
  practiceId: string,
  run: { readonly sourceId: string; readonly accountId: string; readonly isDry: boolean; readonly now: Temporal.Instant },
): Promise<string> {
  const id = newId()
  await db
    .insertInto('import_run')
    .values({
      id,
      practice_id: practiceId,
      source_id: run.sourceId,
      account_id: run.accountId,
      is_dry: run.isDry ? 1 : 0,
      state: 'running',
      report: '[]',
      started_at: instantText(run.now),
      ended_at: null,
    })
    .execute()
  return id
}

/** Goes on with a run that a stop or a kill has left: what is said of rows that became nothing is said anew. */
export async function goOnWithRun(db: Db, practiceId: string, runId: string, isDry: boolean): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('import_run')
      .set({ state: 'running', ended_at: null })
      .where('practice_id', '=', practiceId)
      .where('id', '=', runId)
      .execute()
    const left = tx.deleteFrom('import_left').where('practice_id', '=', practiceId).where('run_id', '=', runId)
    await (isDry ? left : left.where('is_refused', '=', 1)).execute()
  })
}

export async function endRun(
  db: Db,
  practiceId: string,
  runId: string,
  end: { readonly state: 'done' | 'stopped'; readonly tables: ImportReport['tables']; readonly now: Temporal.Instant },
): Promise<void> {
  await db
    .updateTable('import_run')
    .set({ state: end.state, report: JSON.stringify(end.tables), ended_at: instantText(end.now) })
    .where('practice_id', '=', practiceId)
    .where('id', '=', runId)
    .execute()
}

/** What rows of these keys have become. */
export async function loadKnown(
  db: Db,
  { practiceId, sourceId }: Pick<RowOfTable, 'practiceId' | 'sourceId'>,
  table: string,
  keys: readonly string[],
): Promise<Map<string, KnownRow>> {
  const known = new Map<string, KnownRow>()
  for (let at = 0; at < keys.length; at += ROWS_A_STATEMENT) {
    const rows = await db
      .selectFrom('import_row')
      .select(['key', 'digest', 'patient_id', 'entry_id', 'run_id', 'changed_run_id'])
      .where('practice_id', '=', practiceId)
      .where('source_id', '=', sourceId)
      .where('table_name', '=', table)
      .where('key', 'in', keys.slice(at, at + ROWS_A_STATEMENT))
      .execute()
    for (const row of rows) known.set(row.key, row)
  }
  return known
}

/** Patients of the practice by their file numbers, which are one patient's each. */
export async function loadByFileNumber(db: Db, practiceId: string, numbers: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const asked = [...new Set(numbers)]
  for (let at = 0; at < asked.length; at += ROWS_A_STATEMENT) {
    const rows = await db
      .selectFrom('patient')
      .select(['id', 'file_number'])
      .where('practice_id', '=', practiceId)
      .where('file_number', 'in', asked.slice(at, at + ROWS_A_STATEMENT))
      .execute()
    for (const { id, file_number } of rows) found.set(file_number, id)
  }
  return found
}

export interface KnownTarget {
  readonly patientId: string
  readonly entryId: string
  readonly kind: string
}

/** What rows of these keys have become, with its kind; a patient's row stands for the patient. */
export async function loadTargets(
  db: Db,
  { practiceId, sourceId }: Pick<RowOfTable, 'practiceId' | 'sourceId'>,
  table: string,
  keys: readonly string[],
): Promise<Map<string, KnownTarget>> {
  const targets = new Map<string, KnownTarget>()
  for (let at = 0; at < keys.length; at += ROWS_A_STATEMENT) {
    const rows = await db
      .selectFrom('import_row')
      .leftJoin('record_entry', (join) =>
        join
          .onRef('record_entry.id', '=', 'import_row.entry_id')
          .onRef('record_entry.practice_id', '=', 'import_row.practice_id'),
      )
      .select(['import_row.key', 'import_row.patient_id', 'import_row.entry_id', 'record_entry.kind'])
      .where('import_row.practice_id', '=', practiceId)
      .where('import_row.source_id', '=', sourceId)
      .where('import_row.table_name', '=', table)
      .where('import_row.key', 'in', keys.slice(at, at + ROWS_A_STATEMENT))
      .execute()
    for (const { key, patient_id: patientId, entry_id: entryId, kind } of rows)
      targets.set(key, { patientId, entryId, kind: kind ?? 'identity' })
  }
  return targets
}

export interface RowOfTable {
  readonly practiceId: string
  readonly sourceId: string
  readonly runId: string
  readonly table: string
}

export interface BecameRow {
  readonly key: string
  readonly digest: string
  readonly patientId: string
  readonly entryId: string
}

/**
 * Notes what rows have become, for the first time: another import that took one over meanwhile makes this transaction fail, and nothing is
 * there twice.
 */
export async function insertKnown(tx: Tx, run: RowOfTable, rows: readonly BecameRow[]): Promise<void> {
  const values = rows.map(({ key, digest, patientId, entryId }) => ({
    practice_id: run.practiceId,
    source_id: run.sourceId,
    table_name: run.table,
    key,
    digest,
    run_id: run.runId,
    patient_id: patientId,
    entry_id: entryId,
    changed_run_id: null,
  }))
  await insertMany(tx, 'import_row', values)
}

/** Notes that a row says something else now. */
export async function updateKnown(tx: Tx, run: RowOfTable, { key, digest }: Pick<BecameRow, 'key' | 'digest'>): Promise<void> {
  await tx
    .updateTable('import_row')
    .set({ digest, changed_run_id: run.runId })
    .where('practice_id', '=', run.practiceId)
    .where('source_id', '=', run.sourceId)
    .where('table_name', '=', run.table)
    .where('key', '=', key)
    .execute()
}

export interface LeftRow {
  readonly line: number
  readonly key?: string | undefined
  readonly findings: readonly Finding[]
  readonly raw: string
  /** as decisions name it */
  readonly rowDigest: string
}

/** Rows of which something is to be said; said again when a run goes on after a kill. Text of a source may hold what PostgreSQL's cannot: U+0000 becomes U+FFFD. */
export async function saveLeft(tx: Tx, { practiceId, runId, table }: RowOfTable, rows: readonly LeftRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    const values = rows.slice(at, at + ROWS_A_STATEMENT).map(({ line, key, findings, raw, rowDigest }) => {
      const refused = findings.some(isRefusal)
      return {
        practice_id: practiceId,
        run_id: runId,
        table_name: table,
        line,
        key: key === undefined ? null : storable(key),
        is_refused: refused ? 1 : 0,
        findings: JSON.stringify(findings),
        raw: refused ? storable(raw) : null,
        digest: refused ? rowDigest : null,
      }
    })
    await tx
      .insertInto('import_left')
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(['run_id', 'table_name', 'line']).doUpdateSet((row) => ({
          key: row.ref('excluded.key'),
          is_refused: row.ref('excluded.is_refused'),
          findings: row.ref('excluded.findings'),
          raw: row.ref('excluded.raw'),
          digest: row.ref('excluded.digest'),
        })),
      )
      .execute()
  }
}

/** Keys of a table's rows that were taken over with something to say, by an earlier attempt of this run. */
export async function listLeftKeys(db: Db, { practiceId, runId, table }: RowOfTable): Promise<Set<string>> {
  const rows = await db
    .selectFrom('import_left')
    .select('key')
    .where('practice_id', '=', practiceId)
    .where('run_id', '=', runId)
    .where('table_name', '=', table)
    .where('is_refused', '=', 0)
    .execute()
  return new Set(rows.flatMap(({ key }) => key ?? []))
}

/** Rows as they stood in the source. */
export async function saveChunk(
  tx: Tx,
  { practiceId, runId, table }: RowOfTable,
  rows: readonly { readonly line: number; readonly raw: string }[],
): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const text = rows.map(({ line, raw }) => `${JSON.stringify([line, raw])}\n`).join('')
  await tx
    .insertInto('import_chunk')
    .values({
      practice_id: practiceId,
      run_id: runId,
      table_name: table,
      first_line: first.line,
      row_count: rows.length,
      rows: await compress(text),
    })
    // A run that goes on after a kill meets what it had kept: all of it is there.
    .onConflict((conflict) => conflict.columns(['run_id', 'table_name', 'first_line']).doNothing())
    .execute()
}

export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{fffd}')
}
