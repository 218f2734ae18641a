/**
 * Another program's database, read by SQL and changed by nothing of ours. It is read twice, in one transaction: once to be described, once for
 * its rows. What goes wrong is told by its code: programs quote the values that they stumble over.
 */
import { readFile } from 'node:fs/promises'
import { ImportSourceError, SourceLostError } from '#errors'
import { blobColumns, takeBlob } from '../blob-columns.ts'
import { FilesBelow } from '../find-below.ts'
import type { Finding } from '../findings.ts'
import { type Profile, tablesInOrder } from '../profile.ts'
import type { ColumnRow, ColumnSource, ColumnTable } from '../source.ts'
import type { SourceFile } from '../source-file.ts'
import { agreeOnDays, describeTable, type RawTable } from '../tables.ts'
import type { SqlAccess, SqlDatabase, SqlSettings, SqlValue } from './database.ts'

/** Asked once; undefined: the server asks for none. */
export type AskPassword = () => Promise<string | undefined>

/** Longer texts are no fields of a record. */
const VALUE_CHARACTERS_MAX = 1024 ** 2
/** A query may answer without end; no practice has done as much. */
const ROWS_MAX = 50_000_000

/**
 * @param folder that documents lie below, and the authority's certificate
 * @throws {ImportSourceError} when the server lets nobody in, or has not the tables and columns of the profile; {@link SourceLostError}
 */
export async function openSqlSource(
  folder: string,
  profile: Profile,
  settings: SqlSettings,
  thisYear: number,
  askPassword: AskPassword,
): Promise<ColumnSource> {
  const files = await FilesBelow.open(folder)
  return openSqlTables(await openSqlDatabase(files, settings, askPassword), files, profile, thisYear)
}

/** @throws {ImportSourceError} when the server lets nobody in */
export async function openSqlDatabase(files: FilesBelow, settings: SqlSettings, askPassword: AskPassword): Promise<SqlDatabase> {
  const authority = await loadAuthority(files, settings)
  return connect({ settings, password: await askPassword(), authority })
}

/** The tables of a profile in a database that is open, which is closed with the source. */
export async function openSqlTables(
  database: SqlDatabase,
  files: FilesBelow,
  profile: Profile,
  thisYear: number,
): Promise<ColumnSource> {
  try {
    const tables: ColumnTable[] = []
    for (const table of tablesInOrder(profile))
      tables.push(await describeTable(await openSqlTable(database, table.from, blobColumns(table)), table, thisYear))
    return {
      tables: agreeOnDays(tables),
      findFile: (path) => files.findFile(path),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

async function loadAuthority(files: FilesBelow, { authority }: SqlSettings): Promise<string | undefined> {
  if (authority === undefined) return undefined
  const file = await files.find(authority)
  if (file === undefined) throw new ImportSourceError(`no file of the folder is called ${authority}`)
  return readFile(file, 'utf8')
}

async function connect(access: SqlAccess): Promise<SqlDatabase> {
  const open = await driverOf(access.settings)
  try {
    return await open(access)
  } catch (error) {
    throw new ImportSourceError(`${nameOf(access.settings)} lets us not in: ${messageOf(error)}`, { cause: error })
  }
}

/** Each driver is loaded when it is asked for. */
async function driverOf({ server }: SqlSettings): Promise<(access: SqlAccess) => Promise<SqlDatabase>> {
  switch (server) {
    case 'postgresql':
      return (await import('./postgresql.ts')).openPostgresqlSource
    case 'mysql':
      return (await import('./mysql.ts')).openMysqlSource
    case 'firebird':
      return (await import('./firebird.ts')).openFirebirdSource
    case 'sqlserver':
      return (await import('./sql-server.ts')).openSqlServerSource
  }
}

function nameOf({ server, host, database }: SqlSettings): string {
  return `${server}, ${host}, ${database}`
}

/** @param from a table's name, with its schema's and a point before it where it has one, or a whole query */
export async function openSqlTable(
  database: SqlDatabase,
  from: string,
  blobs: ReadonlySet<string> = new Set(),
  rowsMax = ROWS_MAX,
): Promise<RawTable> {
  const isQuery = /^\s*(select|with)\s/i.test(from)
  const quoted = () => from.split('.').map((name) => database.quote(name))
  const query = isQuery ? from : `select * from ${quoted().join('.')}`
  const name = isQuery ? `${from.trim().slice(0, 60)}…` : from
  const columns = await describe(database, query, name)

  async function* rows(signal?: AbortSignal): AsyncGenerator<ColumnRow> {
    let line = 0
    try {
      for await (const values of database.rows(query, blobs.size > 0)) {
        signal?.throwIfAborted()
        if (line === rowsMax) throw new ImportSourceError(`${name}: more than ${rowsMax} rows`)
        yield toRow(columns, values, blobs, ++line)
      }
    } catch (error) {
      throw troubled(database, error, `${name}, row ${line + 1}`)
    }
  }

  return { name, columns, notes: [], rows }
}

function toRow(columns: readonly string[], values: readonly SqlValue[], blobs: ReadonlySet<string>, line: number): ColumnRow {
  const files = new Map<string, SourceFile>()
  const findings: Finding[] = []
  const texts = columns.map((column, i) => {
    const value = values[i] ?? null
    if (!blobs.has(column)) return toText(value)
    const { text, file, finding } = takeBlob(column, value)
    if (file !== undefined) files.set(column, file)
    if (finding !== undefined) findings.push(finding)
    return text
  })
  const row = Object.fromEntries(columns.map((column, i) => [column, texts[i] ?? '']))
  return { row, raw: JSON.stringify(texts), line, findings, ...(files.size === 0 ? {} : { files }) }
}

/** No value has been read yet: the program's own words say best what is wrong with a query. */
async function describe(database: SqlDatabase, query: string, name: string): Promise<readonly string[]> {
  try {
    return await database.columnsOf(query)
  } catch (error) {
    if (error instanceof ImportSourceError || database.troubleOf(error).isLost) throw troubled(database, error, name)
    throw new ImportSourceError(`${name}: ${messageOf(error)}`)
  }
}

/** Errors of ours, and what stops an import, stay what they are. */
function troubled(database: SqlDatabase, error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof ImportSourceError || error.name === 'AbortError') return error
  const { isLost, code } = database.troubleOf(error)
  if (isLost) return new SourceLostError(`${where}: the database is gone (${code})`)
  return new ImportSourceError(`${where}: the database refuses (${code})`)
}

/** Bytes as base64; what is not there as nothing. */
function toText(value: SqlValue): string {
  if (value === null) return ''
  return (typeof value === 'string' ? value : Buffer.from(value).toString('base64')).slice(0, VALUE_CHARACTERS_MAX)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
