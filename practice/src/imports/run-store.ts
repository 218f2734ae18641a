/** Runs and their rows, as people read them. */
import type { Db } from '#database'
import { NotFoundError } from '#errors'
import type { Finding } from '#sources'
import type { TableReport } from './report.ts'

export interface StoredRun {
  readonly id: string
  readonly sourceId: string
  readonly isDry: boolean
  readonly state: 'running' | 'done' | 'stopped'
  readonly accountId: string
  readonly startedAt: string
  readonly endedAt: string | undefined
  readonly tables: readonly TableReport[]
}

export async function findRun(db: Db, practiceId: string, id: string): Promise<StoredRun | undefined> {
  const row = await db
    .selectFrom('import_run')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toRun(row)
}

/** @throws {NotFoundError} */
export async function getRun(db: Db, practiceId: string, id: string): Promise<StoredRun> {
  const run = await findRun(db, practiceId, id)
  if (run === undefined) throw new NotFoundError('there is no such run', { about: { run: id } })
  return run
}

/** Newest first. @param before where the page before ended */
export async function listRuns(
  db: Db,
  practiceId: string,
  sourceId: string,
  { before, limit }: { readonly before?: string; readonly limit: number },
): Promise<StoredRun[]> {
  const all = db.selectFrom('import_run').selectAll().where('practice_id', '=', practiceId).where('source_id', '=', sourceId)
  // Ids of version 7 are in the order of time.
  const rows = await (before === undefined ? all : all.where('id', '<', before)).orderBy('id', 'desc').limit(limit).execute()
  return rows.map(toRun)
}

export interface RunOfSource extends StoredRun {
  /** the source's name */
  readonly source: string
}

/** Of all sources, newest first. */
export async function listRunsOfAll(db: Db, practiceId: string, limit: number): Promise<RunOfSource[]> {
  const rows = await db
    .selectFrom('import_run')
    .innerJoin('import_source', 'import_source.id', 'import_run.source_id')
    .selectAll('import_run')
    .select('import_source.name')
    .where('import_run.practice_id', '=', practiceId)
    .where('import_source.practice_id', '=', practiceId)
    .orderBy('import_run.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...toRun(row), source: row.name }))
}

/** The run of the same source before this one that came to its end and was not dry. */
export async function lastRunBefore(db: Db, practiceId: string, { id, sourceId }: StoredRun): Promise<StoredRun | undefined> {
  const row = await db
    .selectFrom('import_run')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('source_id', '=', sourceId)
    .where('state', '=', 'done')
    .where('is_dry', '=', 0)
    .where('id', '<', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && toRun(row)
}

export interface LeftAsked {
  readonly which: 'refused' | 'remarked'
  readonly table?: string
  readonly code?: string
  /** table and line of the last row of the page before */
  readonly after?: readonly [string, number]
  readonly limit: number
}

export interface StoredLeft {
  readonly table: string
  readonly line: number
  readonly key?: string
  readonly digest?: string
  readonly raw?: string
  readonly isRefused: boolean
  readonly findings: Finding[]
}

/** By table and line. */
export async function listLeft(db: Db, practiceId: string, runId: string, asked: LeftAsked): Promise<StoredLeft[]> {
  const { which, table, code, after, limit } = asked
  let query = db
    .selectFrom('import_left')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('run_id', '=', runId)
    .where('is_refused', '=', which === 'refused' ? 1 : 0)
    .orderBy('table_name')
    .orderBy('line')
    .limit(limit)
  if (table !== undefined) query = query.where('table_name', '=', table)
  if (code !== undefined) query = query.where('findings', 'like', `%"code":"${code}"%`)
  if (after !== undefined) {
    const [afterTable, afterLine] = after
    query = query.where((row) =>
      row.or([row('table_name', '>', afterTable), row.and([row('table_name', '=', afterTable), row('line', '>', afterLine)])]),
    )
  }
  return (await query.execute()).map(({ table_name, line, key, digest, raw, is_refused, findings }) => ({
    table: table_name,
    line,
    ...(key === null ? {} : { key }),
    ...(digest === null ? {} : { digest }),
    ...(raw === null ? {} : { raw }),
    isRefused: is_refused === 1,
    findings: JSON.parse(findings) as Finding[],
  }))
}

type Newer = 'table' | 'unknownWords' | 'used' | 'duplicates'

function toRun(row: {
  id: string
  source_id: string
  is_dry: number
  state: 'running' | 'done' | 'stopped'
  account_id: string
  started_at: string
  ended_at: string | null
  report: string
}): StoredRun {
  const tables = JSON.parse(row.report) as (Omit<TableReport, Newer> & Partial<TableReport>)[]
  return {
    id: row.id,
    sourceId: row.source_id,
    isDry: row.is_dry === 1,
    state: row.state,
    accountId: row.account_id,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    // Runs of before these were counted.
    tables: tables.map((table) => ({
      ...table,
      table: table.table ?? table.entity,
      unknownWords: table.unknownWords ?? [],
      used: table.used ?? 0,
      duplicates: table.duplicates ?? { practice: 0, source: 0 },
    })),
  }
}
