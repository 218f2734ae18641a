/**
 * The embedded database: two files in SQLCipher's format, version 4, each with a raw key, so that any SQLCipher program opens them with
 * `PRAGMA key = "x'…'"`. `records.db` holds everything; `keyring.db` holds the documents' keys and is attached as `keyring`.
 *
 * What a commit acknowledges is on disk (`synchronous = FULL`). Nothing is spilled in the clear (`temp_store = memory`), and what is deleted
 * from the keyring is overwritten.
 */
import { closeSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { type DatabaseConnection, type Kysely, SqliteDialect, SqliteDriver } from 'kysely'
import { DamagedError, WrongKeyError } from '#errors'
import { Checkpoints } from './checkpoints.ts'
import { RetryingKysely } from './retrying.ts'
import type { Tables } from './schema.ts'
import { keepingStatements } from './statements.ts'
import { rawKey, unlock } from './unlock.ts'

export const RECORDS_FILE = 'records.db'
export const KEYRING_FILE = 'keyring.db'

/** 32 bytes each, drawn from the practice's master key. */
export interface DatabaseKeys {
  readonly records: Uint8Array
  readonly keyring: Uint8Array
}

/** Of the machine's memory a sixteenth at most: what an import of years goes back to again and again. */
const CACHE_KIB = Math.min(256 * 1024, Math.floor(totalmem() / 16 / 1024))
/** Another process (a copy being made, `couronne journal verify`) may hold the write lock this long. */
const BUSY_TIMEOUT_MS = 10_000

/**
 * Opens the two files in `folder`, making them when they are absent.
 *
 * @throws {WrongKeyError} when a file is there that these keys do not open
 * @throws {DamagedError} when a file opens and does not hold together
 */
export function openSqlite(folder: string, keys: DatabaseKeys): Kysely<Tables> {
  const connection = connect(folder, keys)
  const checkpoints = new Checkpoints(connection, { file: join(folder, RECORDS_FILE), key: keys.records })
  return new RetryingKysely<Tables>({ dialect: new EmbeddedDialect(connection, checkpoints) })
}

class EmbeddedDialect extends SqliteDialect {
  readonly #database: Sqlite.Database
  readonly #checkpoints: Checkpoints

  constructor(database: Sqlite.Database, checkpoints: Checkpoints) {
    super({ database })
    this.#database = database
    this.#checkpoints = checkpoints
  }

  override createDriver(): SqliteDriver {
    return new EmbeddedDriver(this.#database, this.#checkpoints)
  }
}

class EmbeddedDriver extends SqliteDriver {
  readonly #database: Sqlite.Database
  readonly #checkpoints: Checkpoints

  constructor(database: Sqlite.Database, checkpoints: Checkpoints) {
    super({ database: keepingStatements(database) })
    this.#database = database
    this.#checkpoints = checkpoints
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await super.commitTransaction(connection)
    await this.#checkpoints.committed()
  }

  override async destroy(): Promise<void> {
    await this.#checkpoints.close()
    await super.destroy()
  }

  /** A full or failing disk makes SQLite roll back by itself; asking it again is an error, behind which the first one would be hidden. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection)
  }
}

function connect(folder: string, keys: DatabaseKeys): Sqlite.Database {
  let file = join(folder, RECORDS_FILE)
  for (const name of [RECORDS_FILE, KEYRING_FILE]) closeSync(openSync(join(folder, name), 'a', 0o600)) // for this user alone, from the first byte
  const connection = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    unlock(connection, keys.records)
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = FULL')
    connection.pragma('foreign_keys = ON')
    connection.pragma('temp_store = memory')
    connection.pragma(`cache_size = -${CACHE_KIB}`)
    file = join(folder, KEYRING_FILE)
    connection.prepare('attach ? as keyring key ?').run(file, Buffer.from(rawKey(keys.keyring)))
    connection.pragma('keyring.journal_mode = DELETE')
    connection.pragma('keyring.synchronous = FULL')
    connection.pragma('keyring.secure_delete = ON')
    connection.prepare('select count(*) from keyring.sqlite_master').get()
    return connection
  } catch (cause) {
    connection.close()
    throw translate(cause, file)
  }
}

function translate(cause: unknown, file: string): unknown {
  const code = (cause as { code?: string }).code ?? ''
  // SQLCipher cannot tell a wrong key from a first page that was damaged: both fail its authentication.
  if (code === 'SQLITE_NOTADB')
    return new WrongKeyError(`${file}: the key does not open it, or its first page is damaged`, { cause })
  if (code.startsWith('SQLITE_CORRUPT')) return new DamagedError(`${file}: does not hold together`, { cause })
  return cause
}

/** Whether a practice's embedded database is in `folder`. */
export async function hasSqlite(folder: string): Promise<boolean> {
  try {
    await (await open(join(folder, RECORDS_FILE), 'r')).close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
