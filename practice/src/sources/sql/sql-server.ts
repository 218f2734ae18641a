/**
 * Microsoft's SQL Server, 2012 and later. It cannot run where our tests do: what is pure of this driver is tested, the rest follows the
 * documentation of `tedious` (decision 0056, README 'Limits').
 */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { Connection, Request, TYPES } from 'tedious'
import {
  CONNECT_TIMEOUT_MS,
  isSocketTrouble,
  rowsAtOnce,
  type SqlAccess,
  type SqlDatabase,
  type SqlTrouble,
  type SqlValue,
  tlsOf,
} from './database.ts'
import { textOfDateTime, textOfDay, textOfFloat32, textOfTime } from './text-of.ts'

const PORT = 1433
/** Of `tedious`, ISOLATION_LEVEL. */
const READ_COMMITTED = 0x02
const SNAPSHOT = 0x05

export async function openSqlServerSource(access: SqlAccess): Promise<SqlDatabase> {
  const connection = new Connection(sqlServerConfig(access))
  connection.on('error', () => {}) // whoever reads hears of it
  connection.connect()
  const [refused] = (await once(connection, 'connect')) as [Error | undefined]
  if (refused) throw refused
  const database = new SqlServerSource(connection)
  try {
    // Without it each row is read as it stands at its moment: whoever works meanwhile may be seen in one table and not in another.
    const state =
      "select snapshot_isolation_state_desc from sys.databases where name = db_name() and snapshot_isolation_state_desc = 'ON'"
    const hasSnapshots = (await Array.fromAsync(database.rows(state))).length > 0
    await begin(connection, hasSnapshots ? SNAPSHOT : READ_COMMITTED)
    return database
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Options of `tedious`. */
export function sqlServerConfig({ settings, password, authority }: SqlAccess) {
  const tls = tlsOf(settings)
  const [host = '', instanceName] = settings.host.split('\\')
  return {
    server: host,
    authentication: { type: 'default' as const, options: { userName: settings.user, password: password ?? '' } },
    options: {
      database: settings.database,
      ...(instanceName === undefined ? { port: settings.port ?? PORT } : { instanceName }),
      encrypt: tls !== 'off',
      trustServerCertificate: tls !== 'verify',
      ...(authority === undefined ? {} : { cryptoCredentialsDetails: { ca: authority } }),
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: 0,
      readOnlyIntent: true,
      useUTC: true,
      textsize: 2_147_483_647,
      appName: 'couronne',
    },
  }
}

/** Nothing of it stays: it is never committed. */
function begin(connection: Connection, isolation: number): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.beginTransaction((error) => (error ? reject(error) : resolve()), '', isolation)
  })
}

class SqlServerSource implements SqlDatabase {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  quote(name: string): string {
    return `[${name.replaceAll(']', ']]')}]`
  }

  async columnsOf(query: string): Promise<readonly string[]> {
    const names: string[] = []
    const ask =
      'select name from sys.dm_exec_describe_first_result_set(@query, null, 0) where is_hidden = 0 order by column_ordinal'
    for await (const [name] of this.rows(ask, false, query)) names.push(String(name ?? ''))
    return names
  }

  async *rows(query: string, holdsFiles?: boolean, parameter?: string): AsyncGenerator<readonly SqlValue[]> {
    let done: (error?: Error | null) => void = () => {}
    const request = new Request(query, (error) => done(error))
    if (parameter !== undefined) request.addParameter('query', TYPES.NVarChar, parameter)
    const stream = new Readable({ objectMode: true, highWaterMark: rowsAtOnce(holdsFiles), read: () => request.resume() })
    done = (error) => void (error ? stream.destroy(error) : stream.push(null))
    request.on('row', (columns: readonly SqlServerColumn[]) => {
      if (!stream.push(columns.map(sqlServerValue))) request.pause()
    })
    this.#connection.execSql(request)
    let isWhole = false
    try {
      yield* stream as AsyncIterable<readonly SqlValue[]>
      isWhole = true
    } finally {
      if (!isWhole) this.#connection.close()
    }
  }

  troubleOf(error: unknown): SqlTrouble {
    const { code = 'unknown', number } = error as { code?: string; number?: number }
    const isLost = ['ESOCKET', 'ECONNCLOSED', 'ETIMEOUT'].includes(code) || isSocketTrouble({ code })
    return { isLost, code: number === undefined ? code : String(number) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close()
  }
}

export interface SqlServerColumn {
  readonly value: unknown
  readonly metadata: { readonly type: { readonly name: string } }
}

/** @param column as `tedious` gives it: days and times with the parts of their clock in UTC */
export function sqlServerValue({ value, metadata }: SqlServerColumn): SqlValue {
  if (value === null || value === undefined) return null
  if (value instanceof Uint8Array) return value
  if (!(value instanceof Date)) return typeof value === 'number' && isReal(metadata) ? textOfFloat32(value) : String(value)
  switch (metadata.type.name) {
    case 'Date':
      return textOfDay(value)
    case 'Time':
      return textOfTime(value)
    case 'DateTimeOffset':
      // The driver keeps the moment and forgets the clock that showed it.
      return value.toISOString()
    default:
      return textOfDateTime(value)
  }
}

function isReal({ type }: SqlServerColumn['metadata']): boolean {
  return type.name === 'Real'
}
