/**
 * A database file of SQLite, opened for reading and nothing else. What it holds is hostile: its views and triggers run no function that could do
 * harm, and a damaged page is an error, not a crash.
 */
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { ImportSourceError } from '#errors'
import { FilesBelow } from './find-below.ts'
import { type Profile, tablesInOrder } from './profile.ts'
import type { ColumnRow, ColumnSource, ColumnTable } from './source.ts'
import { agreeOnDays, describeTable, type RawTable } from './tables.ts'

type SqliteSettings = Extract<Profile['source'], { type: 'sqlite' }>
type Value = string | number | bigint | Uint8Array | null

/** Longer texts and blobs are no fields of a record. */
const VALUE_CHARACTERS_MAX = 1024 ** 2
/** Others have their turn after so many rows: the database answers at once. */
const ROWS_AT_ONCE = 500

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
  const file = await files.find(settings.file)
  if (file === undefined) throw new ImportSourceError(`no file of the folder is called ${settings.file}`)
  const db = open(file, settings.file)
  try {
    const tables: ColumnTable[] = []
    for (const table of tablesInOrder(profile)) tables.push(await describeTable(openTable(db, table.from), table, thisYear))
    return {
      tables: agreeOnDays(tables),
      findFile: (path) => files.findFile(path),
      [Symbol.asyncDispose]: async () => {
        db.close()
      },
    }
  } catch (error) {
    db.close()
    throw error
  }
}

function open(file: string, name: string): Sqlite.Database {
  try {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true })
    for (const pragma of ['trusted_schema = off', 'cell_size_check = on', 'query_only = on', 'mmap_size = 0']) db.pragma(pragma)
    // A file that was cut off reads as rows of nothing where its end is missing: all of it is checked before any of it is believed.
    const verdict = db.pragma('quick_check(1)', { simple: true })
    if (verdict !== 'ok') throw new Error(String(verdict).replaceAll(/\s+/g, ' '))
    return db
  } catch (error) {
    throw new ImportSourceError(`${name} is no database of SQLite that can be read: ${messageOf(error)}`)
  }
}

/** @param from a table's name, or a query */
function openTable(db: Sqlite.Database, from: string): RawTable {
  const isQuery = /^\s*(select|with)\s/i.test(from)
  const text = isQuery ? from : `select * from "${from.replaceAll('"', '""')}"`
  const prepare = () => {
    try {
      const statement = db.prepare<[], Value[]>(text).raw().safeIntegers()
      if (!statement.reader || !statement.readonly) throw new Error('it reads nothing')
      return statement
    } catch (error) {
      throw new ImportSourceError(`${from.slice(0, 200)}: ${messageOf(error)}`)
    }
  }
  const columns = prepare()
    .columns()
    .map(({ name }) => name)
  const name = isQuery ? `${from.trim().slice(0, 60)}…` : from

  async function* rows(signal?: AbortSignal): AsyncGenerator<ColumnRow> {
    let line = 0
    try {
      for (const values of prepare().iterate()) {
        signal?.throwIfAborted()
        const texts = values.map(toText)
        line++
        yield {
          row: Object.fromEntries(columns.map((column, i) => [column, texts[i]!])),
          raw: JSON.stringify(texts),
          line,
          findings: [],
        }
        if (line % ROWS_AT_ONCE === 0) await new Promise(setImmediate)
      }
    } catch (error) {
      if (error instanceof Sqlite.SqliteError) throw new ImportSourceError(`${name}, row ${line + 1}: ${messageOf(error)}`)
      throw error
    }
  }

  return { name, columns, notes: [], rows }
}

/** Bytes as base64; what is not there as nothing. */
function toText(value: Value): string {
  if (value === null) return ''
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value)
  return text.slice(0, VALUE_CHARACTERS_MAX)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
