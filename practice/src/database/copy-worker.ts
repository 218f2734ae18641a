/** The thread that makes a copy: `VACUUM INTO` blocks whoever calls it. */
import { workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import type { CopyJob } from './copy.ts'
import { unlock } from './unlock.ts'

const { source, target, key } = workerData as CopyJob

const database = new Sqlite(source, { fileMustExist: true, timeout: 60_000 })
try {
  unlock(database, key)
  database.prepare('vacuum into ?').run(target)
} finally {
  database.close()
}
const copy = new Sqlite(target, { fileMustExist: true, readonly: true })
try {
  unlock(copy, key)
  const verdict = copy.pragma('quick_check', { simple: true })
  if (verdict !== 'ok') throw new Error(`the copy does not hold together: ${verdict}`)
} finally {
  copy.close()
}
