/** MySQL and MariaDB, every value in the text that the server itself writes. */
import { once } from 'node:events'
import { type Connection, createConnection, type FieldPacket, type RowDataPacket } from 'mysql2'
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

const PORT = 3306
const BINARY = 63
/** Types that hold bytes when their character set is none: BLOBs, VARBINARY, BINARY, BIT, GEOMETRY; numbers and days have none either. */
const BYTE_TYPES: ReadonlySet<number> = new Set([15, 16, 249, 250, 251, 252, 253, 254, 255])
/** As the driver calls character sets: those of which each text tells by itself in which one it is written. */
const READ_ENCODINGS: ReadonlySet<string> = new Set(['utf8', 'cesu8', 'latin1', 'ascii', 'binary'])
/** Longer than any import waits for its own disk. */
const WAIT_SECONDS = 86_400

export async function openMysqlSource(access: SqlAccess): Promise<SqlDatabase> {
  const { settings, password } = access
  const tls = tlsOptions(access)
  const connection = createConnection({
    host: settings.host,
    port: settings.port ?? PORT,
    database: settings.database,
    user: settings.user,
    ...(password === undefined ? {} : { password }),
    ...(tls === false ? {} : { ssl: tls }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    charset: 'utf8mb4',
    multipleStatements: false,
    // The server may ask for any file of this machine otherwise.
    flags: ['-LOCAL_FILES'],
  })
  connection.on('error', () => {}) // whoever reads hears of it
  try {
    await once(connection, 'connect')
    // Texts come in the bytes of their columns: what is declared wrongly can be read rightly (`text-of.ts`).
    await run(connection, `set character_set_results = null, net_write_timeout = ${WAIT_SECONDS}, wait_timeout = ${WAIT_SECONDS}`)
    await run(connection, 'set session transaction isolation level repeatable read')
    await run(connection, 'start transaction with consistent snapshot, read only')
    return new MysqlSource(connection, settings.encoding)
  } catch (error) {
    connection.destroy()
    throw error
  }
}

function run(connection: Connection, statement: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(statement, (error) => (error ? reject(error) : resolve()))
  })
}

class MysqlSource implements SqlDatabase {
  readonly #connection: Connection
  readonly #encoding: SqlAccess['settings']['encoding']

  constructor(connection: Connection, encoding: SqlAccess['settings']['encoding']) {
    this.#connection = connection
    this.#encoding = encoding
  }

  quote(name: string): string {
    return `\`${name.replaceAll('`', '``')}\``
  }

  async columnsOf(query: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#connection.prepare(query, (error, statement) => {
        if (error) return reject(error)
        const { columns = [] } = statement as unknown as { columns?: readonly FieldPacket[] }
        statement.close()
        const foreign = this.#encoding === undefined && columns.find(({ encoding = 'utf8' }) => !READ_ENCODINGS.has(encoding))
        if (foreign)
          reject(new Error(`${foreign.name} is in ${foreign.encoding}: ask for convert(… using utf8mb4), or say encoding`))
        else resolve(columns.map(({ name }) => name))
      })
    })
  }

  async *rows(query: string, holdsFiles?: boolean): AsyncGenerator<readonly SqlValue[]> {
    const command = this.#connection.query<RowDataPacket[]>({
      sql: query,
      rowsAsArray: true,
      typeCast: (field) => field.buffer(),
    })
    let isBytes: readonly boolean[] = []
    const stream = command.stream({ highWaterMark: rowsAtOnce(holdsFiles) })
    // The driver tells a connection's end to the connection, and leaves who reads from it waiting.
    const lose = (error: Error) => stream.destroy(error)
    this.#connection.on('error', lose)
    stream.once('fields', (fields: readonly FieldPacket[]) => {
      isBytes = fields.map(({ characterSet, columnType }) => characterSet === BINARY && BYTE_TYPES.has(columnType ?? 0))
    })
    let isWhole = false
    try {
      for await (const row of stream as AsyncIterable<readonly (Buffer | null)[]>)
        yield row.map((bytes, i) => (bytes === null || isBytes[i] ? bytes : textOfBytes(bytes, this.#encoding)))
      isWhole = true
    } finally {
      this.#connection.off('error', lose)
      // What is left of an answer would stand before the next one.
      if (!isWhole) this.#connection.destroy()
    }
  }

  troubleOf(error: unknown): SqlTrouble {
    const { code = 'unknown', fatal = false } = error as { code?: string; fatal?: boolean }
    return { isLost: fatal || isSocketTrouble({ code }) || code.startsWith('PROTOCOL_') || STOPPING.has(code), code }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.destroy()
  }
}

const STOPPING: ReadonlySet<string> = new Set(['ER_SERVER_SHUTDOWN', 'ER_CONNECTION_KILLED', 'ER_QUERY_INTERRUPTED'])
