/** One table of a source by itself, for a look at its first rows; and which tables there are, where the format says so. */
import { ImportSourceError } from '#errors'
import { openTable } from './csv/csv-source.ts'
import { FilesBelow } from './find-below.ts'
import type { Profile } from './profile.ts'
import type { SqlDatabase } from './sql/database.ts'
import { type AskPassword, openSqlDatabase, openSqlTable } from './sql/sql-source.ts'
import { openSqliteFile } from './sql/sqlite-source.ts'
import type { RawTable } from './tables.ts'
import { listSheets, openSheetTable } from './workbooks/workbook-source.ts'

/** Of a text file: its beginning tells its encoding well enough for a look. */
const BYTES_TO_TELL_BY = 4 * 1024 ** 2
const TABLES_MAX = 500

export interface TablePlace {
  readonly folder: string
  readonly source: Profile['source']
  /** absent: no other program's database is asked */
  readonly askPassword?: AskPassword
}

/** @throws {ImportSourceError} there is no such table, or the format says by itself what everything is */
export async function lookIntoTable<T>(place: TablePlace, from: string, look: (table: RawTable) => Promise<T>): Promise<T> {
  const { folder, source } = place
  if (source.type === 'csv') return look(await openTable(folder, from, source, BYTES_TO_TELL_BY))
  if (source.type === 'workbook') return look(await openSheetTable(folder, source.file, from))
  await using database = await openDatabase(place)
  return await look(await openSqlTable(database, from))
}

/** Names of tables or sheets, as `from` names them; of a database those that are somebody's, in their order. */
export async function listTables(place: TablePlace): Promise<readonly string[]> {
  const { folder, source } = place
  if (source.type === 'workbook') return listSheets(folder, source.file)
  if (source.type === 'csv') throw new Error('text files are their own list')
  await using database = await openDatabase(place)
  const names: string[] = []
  for await (const [name] of database.rows(LISTS[source.type === 'sql' ? source.server : 'sqlite']))
    if (names.length < TABLES_MAX && typeof name === 'string') names.push(name.trim())
  return names
}

/** Of each program, the tables of whoever asks. */
const LISTS = {
  sqlite: `select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%' order by name`,
  postgresql: `select table_name::text from information_schema.tables where table_schema = current_schema() order by table_name`,
  mysql: 'select table_name from information_schema.tables where table_schema = database() order by table_name',
  sqlserver: 'select table_name from information_schema.tables where table_schema = schema_name() order by table_name',
  firebird: 'select rdb$relation_name from rdb$relations where rdb$system_flag = 0 order by rdb$relation_name',
} as const

async function openDatabase({ folder, source, askPassword }: TablePlace): Promise<SqlDatabase> {
  const files = await FilesBelow.open(folder)
  if (source.type === 'sqlite') return openSqliteFile(files, source.file)
  if (source.type !== 'sql') throw new ImportSourceError(`a source of the type ${source.type} has no columns to be mapped`)
  if (askPassword === undefined) throw new ImportSourceError('this source is no database: make one whose place is a database')
  return openSqlDatabase(files, source, askPassword)
}
