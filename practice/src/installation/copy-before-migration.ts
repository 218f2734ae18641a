/** Before a database is brought to a newer form, a copy of it is made: the way back, should the newer form prove wrong. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { copySqlite, type Db, dumpPostgresql, type Engine, pendingMigrations } from '#database'
import { journalHead } from '#journal'
import type { MasterKey } from '#keys'

export const COPIES_FOLDER = 'copies'

export interface CopySource {
  readonly db: Db
  readonly engine: Engine
  readonly folder: string
  readonly master: MasterKey
  /** PostgreSQL's address */
  readonly address: string | undefined
  readonly now: Temporal.Instant
}

/**
 * Copies when there is something to migrate. The journal's head at that moment lies beside the copy.
 *
 * @returns the copy's folder; undefined when nothing is pending
 */
export async function copyBeforeMigration(source: CopySource): Promise<string | undefined> {
  const pending = await pendingMigrations(source.db)
  if (pending.length === 0) return undefined
  const copies = join(source.folder, COPIES_FOLDER)
  await mkdir(copies, { recursive: true, mode: 0o700 })
  const moment = source.now.toString({ smallestUnit: 'millisecond' }).replaceAll(/[-:]/g, '')
  const target = join(copies, `before-${pending[0]}-${moment}`)
  if (source.engine === 'sqlite') {
    await copySqlite(
      source.folder,
      { records: source.master.derive('records'), keyring: source.master.derive('keyring') },
      target,
    )
  } else {
    await mkdir(target, { mode: 0o700 })
    await dumpPostgresql(source.address as string, join(target, 'database.dump'))
  }
  await writeJournalHead(source.db, target)
  return target
}

async function writeJournalHead(db: Db, folder: string): Promise<void> {
  const practices = await db.selectFrom('practice').select('id').execute()
  const heads = await Promise.all(practices.map(async ({ id }) => ({ practiceId: id, ...(await journalHead(db, id)) })))
  await writeFile(join(folder, 'journal-head.json'), `${JSON.stringify(heads)}\n`, { flush: true })
}
