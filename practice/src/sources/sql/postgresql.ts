/** PostgreSQL, every value in the text that the server itself writes. */
import pg from 'pg'
import Cursor from 'pg-cursor'
import { BLOB_BYTES_MAX } from '../blob-columns.ts'
import {
  CONNECT_TIMEOUT_MS,
  isSocketTrouble,
  KEEP_ALIVE_MS,
  rowsAtOnce,
  type SqlAccess,
  type SqlDatabase,
  type SqlTrouble,
  type SqlValue,
  tlsOptions,
} from './database.ts'
import { textOfBytes } from './text-of.ts'

const PORT = 5432
const BYTEA = 17
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

type Columns = readonly { readonly name: string; readonly dataTypeID: number }[]

export async function openPostgresqlSource(access: SqlAccess): Promise<SqlDatabase> {
  const { settings, password } = access
  const client = new pg.Client({
    host: settings.host,
    port: settings.port ?? PORT,
    database: settings.database,
    user: settings.user,
    password: () => password ?? '',
    ssl: tlsOptions(access),
    application_name: 'couronne',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  })
  client.on('error', () => {}) // whoever reads hears of it
  await client.connect()
  try {
    // The order of days in texts, and how long a reader may take, are not left to the server's settings.
    for (const setting of ["datestyle = 'ISO, YMD'", 'bytea_output = hex', 'idle_in_transaction_session_timeout = 0'])
      await client.query(`set ${setting}`)
    await client.query('set statement_timeout = 0')
    await client.query('begin isolation level repeatable read read only')
    const { rows } = await client.query<{ server_encoding: string }>('show server_encoding')
    return new PostgresqlSource(client, rows[0]?.server_encoding === 'SQL_ASCII', settings.encoding)
  } catch (error) {
    await client.end()
    throw error
  }
}

class PostgresqlSource implements SqlDatabase {
  readonly #client: pg.Client
  /** the server knows no character set: each value is asked for as bytes */
  readonly #isBytes: boolean
  readonly #encoding: SqlAccess['settings']['encoding']

  /** nobody answers any more, neither to a farewell */
  #isOver = false

  constructor(client: pg.Client, isBytes: boolean, encoding: SqlAccess['settings']['encoding']) {
    this.#client = client
    client.once('end', () => {
      this.#isOver = true
    })
    this.#isBytes = isBytes
    this.#encoding = encoding
  }

  quote(name: string): string {
    return pg.escapeIdentifier(name)
  }

  async columnsOf(query: string): Promise<readonly string[]> {
    return (await this.#describe(query)).map(({ name }) => name)
  }

  async *rows(query: string, holdsFiles?: boolean): AsyncGenerator<readonly SqlValue[]> {
    const columns = await this.#describe(query)
    const isBytes = columns.map(({ dataTypeID }) => dataTypeID === BYTEA)
    const cursor = this.#client.query(new Cursor<(string | null)[]>(this.#asked(query, columns), [], CURSOR))
    let isWhole = false
    try {
      const atOnce = rowsAtOnce(holdsFiles)
      for (let rows = await cursor.read(atOnce); rows.length > 0; rows = await cursor.read(atOnce))
        for (const row of rows) yield row.map((text, i) => this.#valueOf(text, isBytes[i] ?? false))
      isWhole = true
    } finally {
      if (isWhole) await cursor.close()
      else await this[Symbol.asyncDispose]()
    }
  }

  troubleOf(error: unknown): SqlTrouble {
    const { code, message = '' } = error as { code?: string; message?: string }
    // SQLSTATE: class 08 is the connection, 57P the server being stopped. Of a socket that was closed the driver says so in words.
    if (code === undefined) return { isLost: /connection|closed/i.test(message), code: 'closed' }
    return { isLost: isSocketTrouble({ code }) || /^(08|57P)/.test(code), code }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) await this.#client.end().catch(() => {})
  }

  /** Planned and not run: no value is looked at. */
  async #describe(query: string): Promise<Columns> {
    const { fields } = await this.#client.query({
      text: `select * from (${query}\n) as asked limit 0`,
      queryMode: 'extended',
    } as pg.QueryConfig)
    return fields
  }

  /** Of bytes no more than is taken, and one: the driver makes a text of them, and fails over one that is too long. */
  #asked(query: string, columns: Columns): string {
    const areNamesOnce = new Set(columns.map(({ name }) => name)).size === columns.length
    if (!this.#isBytes && !(areNamesOnce && columns.some(({ dataTypeID }) => dataTypeID === BYTEA))) return query
    const named = columns.map(({ name, dataTypeID }) => {
      const column = `asked.${this.quote(name)}`
      if (dataTypeID === BYTEA) return `substring(${column} from 1 for ${BLOB_BYTES_MAX + 1})`
      return this.#isBytes ? `convert_to(${column}::text, 'SQL_ASCII')` : column
    })
    return `select ${named.join(', ')} from (${query}\n) as asked`
  }

  #valueOf(text: string | null, isBytes: boolean): SqlValue {
    if (text === null || !(isBytes || this.#isBytes)) return text
    const bytes = Buffer.from(text.slice(2), 'hex')
    return isBytes ? bytes : textOfBytes(bytes, this.#encoding)
  }
}

const CURSOR = { rowMode: 'array', types: AS_TEXT } as const
