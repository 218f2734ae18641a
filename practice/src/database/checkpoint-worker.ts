/** The thread that makes checkpoints when it is asked to, and says when one is done. One that fails is no loss: the log stays, and the next tries again. */
import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import type { CheckpointedFile } from './checkpoints.ts'
import { unlock } from './unlock.ts'

const { file, key } = workerData as CheckpointedFile

const connection = new Sqlite(file, { fileMustExist: true })
unlock(connection, key)
connection.pragma('synchronous = FULL')

parentPort?.on('message', (asked: 'checkpoint' | 'close') => {
  if (asked === 'close') {
    connection.close()
    parentPort?.close()
    return
  }
  try {
    connection.pragma('wal_checkpoint(passive)')
  } finally {
    parentPort?.postMessage('done')
  }
})
