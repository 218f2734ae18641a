/**
 * A database file of SQLite, opened for reading and nothing else. What it holds is hostile: its views and triggers run no function that could do
 * harm, and a damaged page is an error, not a crash.
 */
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { ImportSourceError } from '#errors'
import { FilesBelow } from '../find-below.ts'
import type { Profile } from '../profile.ts'
import type { ColumnSource } from '../source.ts'
import { rowsAtOnce, type SqlDatabase, type SqlTrouble, type SqlValue } from './database.ts'
import { openSqlTables } from './sql-source.ts'

type SqliteSettings = Extract<Profile['source'], { type: 'sqlite' }>
type Value = string | number | bigint | Uint8Array | null

/**
 * @param folder that the profile's file lies in, and documents below
 * @throws {ImportSourceError} when it is no such database, or a table or query is none
 */
export async function openSqliteSource(
  folder: string,
  profile: Profile,
  settings: SqliteSettings,
  thisYear: number,
): Promise<ColumnSource> {
  const files = await FilesBelow.open(folder)
  return openSqlTables(await openSqliteFile(files, settings.file), files, profile, thisYear)
}

/** @throws {ImportSourceError} when there is no such file, or it is no such database */
export async function openSqliteFile(files: FilesBelow, name: string): Promise<SqlDatabase> {
  const file = await files.find(name)
  if (file === undefined) throw new ImportSourceError(`no file of the folder is called ${name}`, { about: { missingFile: name } })
  await requireSound(file, name)
  return new SqliteFile(open(file, name))
}

/** Files that were found whole, by what changes with them: a page that shows a mapping asks again and again. */
const sound = new Set<string>()
const SOUND_MAX = 1_000

/**
 * A file that was cut off reads as rows of nothing where its end is missing: all of it is checked before any of it is believed, in a thread of
 * its own, since that takes as long as reading it.
 */
async function requireSound(file: string, name: string): Promise<void> {
  const { size, mtimeMs, ino } = await stat(file)
  const version = `${file} ${ino} ${size} ${mtimeMs}`
  if (sound.has(version)) return
  const worker = new Worker(new URL('./sqlite-check-worker.ts', import.meta.url), { workerData: file })
  const [verdict] = (await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(() => ['it could not be read']),
  ])) as [string]
  await worker.terminate()
  if (verdict !== 'ok')
    throw new ImportSourceError(`${name} is no database of SQLite that can be read: ${verdict.replaceAll(/\s+/g, ' ')}`)
  if (sound.size >= SOUND_MAX) sound.clear()
  sound.add(version)
}

function open(file: string, name: string): Sqlite.Database {
  try {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true })
    for (const pragma of ['trusted_schema = off', 'cell_size_check = on', 'query_only = on', 'mmap_size = 0']) db.pragma(pragma)
    db.exec('begin') // all tables as they stand at the first read, whoever writes meanwhile
    return db
  } catch (error) {
    throw new ImportSourceError(
      `${name} is no database of SQLite that can be read: ${error instanceof Error ? error.message : error}`,
    )
  }
}

class SqliteFile implements SqlDatabase {
  readonly #db: Sqlite.Database

  constructor(db: Sqlite.Database) {
    this.#db = db
  }

  quote(name: string): string {
    return `"${name.replaceAll('"', '""')}"`
  }

  async columnsOf(query: string): Promise<readonly string[]> {
    return this.#prepare(query)
      .columns()
      .map(({ name }) => name)
  }

  async *rows(query: string): AsyncGenerator<readonly SqlValue[]> {
    let count = 0
    for (const values of this.#prepare(query).iterate()) {
      yield values.map((value) => (value === null || value instanceof Uint8Array ? value : String(value)))
      if (++count % rowsAtOnce(false) === 0) await new Promise(setImmediate)
    }
  }

  /** A file does not go away. */
  troubleOf(error: unknown): SqlTrouble {
    return { isLost: false, code: (error as { code?: string }).code ?? 'SQLITE_ERROR' }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#db.close()
  }

  #prepare(query: string) {
    const statement = this.#db.prepare<[], Value[]>(query).raw().safeIntegers()
    if (!statement.reader || !statement.readonly) throw new Error('it reads nothing')
    return statement
  }
}
