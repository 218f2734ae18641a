/** The thread that checks a database file of SQLite from end to end, and tells what it finds: `ok`, or what is wrong. */
import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3-multiple-ciphers'

parentPort?.postMessage(check(workerData as string))

function check(file: string): string {
  try {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true })
    try {
      for (const pragma of ['trusted_schema = off', 'cell_size_check = on', 'query_only = on', 'mmap_size = 0']) db.pragma(pragma)
      return String(db.pragma('quick_check(1)', { simple: true }))
    } finally {
      db.close()
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
