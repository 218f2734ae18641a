/** Firebird 2.5 to 5. */
import { attachAsync, type Database, ISOLATION_REPEATABLE_READ, type Transaction, type TypeCastColumn } from 'node-firebird'
import {
  CONNECT_TIMEOUT_MS,
  isSocketTrouble,
  KEEP_ALIVE_MS,
  rowsAtOnce,
  type SqlAccess,
  type SqlDatabase,
  type SqlTrouble,
  type SqlValue,
} from './database.ts'
import { ofLocalParts, textOfBytes, textOfDateTime, textOfDay, textOfFloat32, textOfTime } from './text-of.ts'

const PORT = 3050
const BLOB_BYTES_AT_ONCE = 65_535
/** The network's read and write errors, a connection that was closed, a database or a server that is being stopped. */
const LOST: ReadonlySet<number> = new Set([335544721, 335544726, 335544727, 335544741, 335544528, 335544856])

type BlobReader = (transaction: Transaction, done: (error: unknown, name: string, blob: BlobEvents) => void) => void
interface BlobEvents {
  on(event: 'data', heard: (chunk: Buffer) => void): void
  on(event: 'end', heard: () => void): void
  on(event: 'error', heard: (error: unknown) => void): void
}

export async function openFirebirdSource({ settings, password }: SqlAccess): Promise<SqlDatabase> {
  const db = await attachAsync({
    host: settings.host,
    port: settings.port ?? PORT,
    database: settings.database,
    user: settings.user,
    ...(password === undefined ? {} : { password }),
    // Without a character set the server converts nothing: what it calls NONE, or calls wrongly, can be read rightly (`text-of.ts`).
    encoding: 'NONE',
    blobAsText: true,
    blobReadChunkSize: BLOB_BYTES_AT_ONCE,
    numericMode: 'string',
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    typeCast: (column, next) => castedTo(column, next(), settings.encoding),
  })
  try {
    const snapshot = { isolation: ISOLATION_REPEATABLE_READ, readOnly: true, wait: true }
    return new FirebirdSource(db, await db.transactionAsync(snapshot))
  } catch (error) {
    await db.detachAsync(true).catch(() => {})
    throw error
  }
}

/** @param value as the driver makes it: texts with a character for each byte, days by the clock of this process */
function castedTo({ typeName, type }: TypeCastColumn, value: unknown, encoding: SqlAccess['settings']['encoding']): unknown {
  if (typeof value === 'string') return isText(typeName) ? textOfBytes(Buffer.from(value, 'latin1'), encoding) : value
  if (typeof value === 'number') return typeName === 'FLOAT' ? textOfFloat32(value) : String(value)
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Date) return textOfClock(type, ofLocalParts(value))
  return value
}

const DAY = 570
const TIME = 560

function textOfClock(type: number, shown: Date): string {
  if (type === DAY) return textOfDay(shown)
  return type === TIME ? textOfTime(shown) : textOfDateTime(shown)
}

function isText(typeName: string): boolean {
  return ['TEXT', 'VARYING', 'BLOB'].includes(typeName)
}

class FirebirdSource implements SqlDatabase {
  readonly #db: Database
  readonly #transaction: Transaction

  constructor(db: Database, transaction: Transaction) {
    this.#db = db
    this.#transaction = transaction
  }

  quote(name: string): string {
    return `"${name.replaceAll('"', '""')}"`
  }

  async columnsOf(query: string): Promise<readonly string[]> {
    const statement = await this.#transaction.newStatementAsync(query)
    const { output } = statement as unknown as { readonly output: readonly TypeCastColumn[] }
    await statement.dropAsync()
    return output.map(({ alias, field }) => alias ?? field ?? '')
  }

  async *rows(query: string, holdsFiles?: boolean): AsyncGenerator<readonly SqlValue[]> {
    const stream = this.#transaction.queryStream(query, [], { asObject: false, highWaterMark: rowsAtOnce(holdsFiles) })
    for await (const row of stream as AsyncIterable<readonly unknown[]>) {
      const values: SqlValue[] = []
      for (const value of row)
        values.push(typeof value === 'function' ? await this.#readBlob(value as BlobReader) : (value as SqlValue))
      yield values
    }
  }

  troubleOf(error: unknown): SqlTrouble {
    const { gdscode, code, message = '' } = error as { gdscode?: number; code?: string; message?: string }
    if (gdscode !== undefined) return { isLost: LOST.has(gdscode), code: String(gdscode) }
    return { isLost: isSocketTrouble({ code }) || /connection|socket|closed/i.test(message), code: code ?? 'closed' }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transaction.rollbackAsync().catch(() => {})
    await this.#db.detachAsync(true).catch(() => {})
  }

  #readBlob(read: BlobReader): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      read(this.#transaction, (error, _name, blob) => {
        if (error) return reject(error)
        const chunks: Buffer[] = []
        blob.on('data', (chunk) => chunks.push(chunk))
        blob.on('end', () => resolve(Buffer.concat(chunks)))
        blob.on('error', reject)
      })
    })
  }
}
