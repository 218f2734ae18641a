/**
 * Before a database is brought to a newer form, a copy of it is made: the way back, should the newer form prove wrong. It goes after a month,
 * since it has the documents' keys: what is destroyed meanwhile could be opened with it.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { copySqlite, type Db, dumpPostgresql, type Engine, type Migration, pendingMigrations } from '#database'
import { syncFolder, translateFull } from '#files'
import { journalHead } from '#journal'
import type { MasterKey } from '#keys'

export const COPIES_FOLDER = 'copies'
/** What a copy is called while it is being made: whatever has another name is whole. */
const UNFINISHED = '.unfinished'
const KEPT_DAYS = 30

export interface CopySource {
  readonly db: Db
  readonly engine: Engine
  readonly folder: string
  readonly master: MasterKey
  /** PostgreSQL's address */
  readonly address: string | undefined
  readonly now: Temporal.Instant
  /** absent: all that this version has */
  readonly migrations?: readonly Migration[] | undefined
}

/**
 * Copies when there is something to migrate. The journal's head at that moment lies beside the copy.
 *
 * @returns the copy's folder; undefined when nothing is pending
 */
export async function copyBeforeMigration(source: CopySource): Promise<string | undefined> {
  const pending = await pendingMigrations(source.db, source.migrations)
  if (pending.length === 0) return undefined
  const copies = join(source.folder, COPIES_FOLDER)
  await mkdir(copies, { recursive: true, mode: 0o700 })
  await removeUnfinished(copies)
  const target = join(copies, `before-${pending[0]}-${printMoment(source.now)}`)
  const unfinished = `${target}${UNFINISHED}`
  try {
    await copyInto(source, unfinished)
    await writeJournalHead(source.db, unfinished)
    await syncFolder(unfinished)
    await rename(unfinished, target)
    await syncFolder(copies)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw translateFull(error, target)
  }
  return target
}

/**
 * Removes the copies that are more than a month old, and were so the last time that somebody looked.
 *
 * @param before what this returned the last time: the clock may be wrong today
 * @returns the names of those that are too old, removed or not
 */
export async function removeOldCopies(
  folder: string,
  now: Temporal.Instant,
  before: readonly string[],
): Promise<readonly string[]> {
  const copies = join(folder, COPIES_FOLDER)
  const latest = printMoment(now.subtract({ hours: 24 * KEPT_DAYS }))
  const names = await readdir(copies).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const old = names.filter((name) => /^before-.*-\d{8}T\d{6}\.\d{3}Z$/.test(name) && name.slice(-latest.length) < latest)
  for (const name of old) if (before.includes(name)) await rm(join(copies, name), { recursive: true })
  return old
}

/** Without what Windows allows in no name; in the order of time. */
function printMoment(moment: Temporal.Instant): string {
  return moment.toString({ smallestUnit: 'millisecond' }).replaceAll(/[-:]/g, '')
}

/** What a kill left: it is no copy, and as large as one. */
async function removeUnfinished(copies: string): Promise<void> {
  for (const name of await readdir(copies))
    if (name.endsWith(UNFINISHED)) await rm(join(copies, name), { recursive: true, force: true })
}

async function copyInto({ engine, folder, master, address }: CopySource, target: string): Promise<void> {
  if (engine === 'sqlite') {
    await copySqlite(folder, { records: master.derive('records'), keyring: master.derive('keyring') }, target)
    return
  }
  await mkdir(target, { mode: 0o700 })
  await dumpPostgresql(address as string, join(target, 'database.dump'))
}

async function writeJournalHead(db: Db, folder: string): Promise<void> {
  const practices = await db.selectFrom('practice').select('id').execute()
  const heads = await Promise.all(practices.map(async ({ id }) => ({ practiceId: id, ...(await journalHead(db, id)) })))
  await writeFile(join(folder, 'journal-head.json'), `${JSON.stringify(heads)}\n`, { flush: true })
}
