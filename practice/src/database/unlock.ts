/** Handing SQLCipher's key to a connection: the first thing to do with it. */
import type Sqlite from 'better-sqlite3-multiple-ciphers'

/** @throws SQLITE_NOTADB when the key is wrong, or the first page damaged */
export function unlock(connection: Sqlite.Database, key: Uint8Array): void {
  connection.pragma("cipher = 'sqlcipher'")
  connection.pragma('legacy = 4')
  connection.pragma(`key = "${rawKey(key)}"`)
  connection.prepare('select count(*) from sqlite_master').get() // the key is tried at the first read, not before
}

/** SQLCipher's way to say that this is the key itself and no passphrase. */
export function rawKey(key: Uint8Array): string {
  return `x'${Buffer.from(key).toString('hex')}'`
}
