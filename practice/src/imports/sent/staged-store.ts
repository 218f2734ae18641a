/** Files that were sent for sources, in the database. */
import { type Db, instantText, type Tx } from '#database'
import type { OpenPractice } from '#open-practice'

export interface StagedFile {
  readonly id: string
  readonly sourceId: string
  /** with `/` between folders */
  readonly path: string
  readonly sizeBytes: number
  readonly receivedBytes: number
  readonly modifiedMs?: number
}

const COLUMNS = ['id', 'source_id', 'path', 'size_bytes', 'received_bytes', 'modified_ms'] as const

export async function insertFile(tx: Tx, practice: OpenPractice, file: StagedFile): Promise<void> {
  const at = instantText(practice.now())
  await tx
    .insertInto('import_file')
    .values({
      id: file.id,
      practice_id: practice.id,
      source_id: file.sourceId,
      path: file.path,
      size_bytes: file.sizeBytes,
      modified_ms: file.modifiedMs ?? null,
      received_bytes: file.receivedBytes,
      begun_at: at,
      changed_at: at,
    })
    .execute()
}

export async function saveReceived({ db, id: practiceId, now }: OpenPractice, id: string, receivedBytes: number): Promise<void> {
  await db
    .updateTable('import_file')
    .set({ received_bytes: receivedBytes, changed_at: instantText(now()) })
    .where('practice_id', '=', practiceId)
    .where('id', '=', id)
    .execute()
}

export async function findFile(db: Db, practiceId: string, id: string): Promise<StagedFile | undefined> {
  const row = await db
    .selectFrom('import_file')
    .select(COLUMNS)
    .where('practice_id', '=', practiceId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toFile(row)
}

export async function findFileByPath(
  db: Db,
  practiceId: string,
  sourceId: string,
  path: string,
): Promise<StagedFile | undefined> {
  const row = await db
    .selectFrom('import_file')
    .select(COLUMNS)
    .where('practice_id', '=', practiceId)
    .where('source_id', '=', sourceId)
    .where('path', '=', path)
    .executeTakeFirst()
  return row && toFile(row)
}

/** By name. */
export async function listFiles(
  db: Db,
  practiceId: string,
  sourceId: string,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<StagedFile[]> {
  const all = db.selectFrom('import_file').select(COLUMNS).where('practice_id', '=', practiceId).where('source_id', '=', sourceId)
  const rows = await (after === undefined ? all : all.where('path', '>', after)).orderBy('path').limit(limit).execute()
  return rows.map(toFile)
}

export async function listAllFiles(db: Db, practiceId: string, sourceId: string): Promise<StagedFile[]> {
  return listFiles(db, practiceId, sourceId, { limit: 1_000_000 })
}

export interface FileCount {
  readonly all: number
  readonly whole: number
  readonly bytes: number
}

export async function countFiles(db: Db, practiceId: string, sourceId: string): Promise<FileCount> {
  const all = db.selectFrom('import_file').where('practice_id', '=', practiceId).where('source_id', '=', sourceId)
  const count = await all
    .select((row) => [row.fn.countAll<number>().as('all'), row.fn.sum<number | null>('size_bytes').as('bytes')])
    .executeTakeFirstOrThrow()
  const whole = await all
    .whereRef('received_bytes', '=', 'size_bytes')
    .select((row) => row.fn.countAll<number>().as('whole'))
    .executeTakeFirstOrThrow()
  return { all: Number(count.all), whole: Number(whole.whole), bytes: Number(count.bytes ?? 0) }
}

/** What tells whether any of them has changed since. */
export async function stampOf(db: Db, practiceId: string, sourceId: string): Promise<string> {
  const row = await db
    .selectFrom('import_file')
    .select((each) => [
      each.fn.countAll<number>().as('files'),
      each.fn.max('changed_at').as('changedAt'),
      each.fn.max('id').as('newest'),
    ])
    .where('practice_id', '=', practiceId)
    .where('source_id', '=', sourceId)
    .executeTakeFirstOrThrow()
  return `${row.files} ${row.changedAt} ${row.newest}`
}

export async function deleteFile(tx: Tx, practiceId: string, id: string): Promise<void> {
  await tx.deleteFrom('import_file').where('practice_id', '=', practiceId).where('id', '=', id).execute()
}

export async function deleteFiles(tx: Tx, practiceId: string, sourceId: string): Promise<void> {
  await tx.deleteFrom('import_file').where('practice_id', '=', practiceId).where('source_id', '=', sourceId).execute()
}

function toFile(row: {
  id: string
  source_id: string
  path: string
  size_bytes: number
  received_bytes: number
  modified_ms: number | null
}): StagedFile {
  return {
    id: row.id,
    sourceId: row.source_id,
    path: row.path,
    sizeBytes: row.size_bytes,
    receivedBytes: row.received_bytes,
    ...(row.modified_ms === null ? {} : { modifiedMs: row.modified_ms }),
  }
}
