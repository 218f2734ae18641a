/**
 * Brings what was committed from SQLite's write-ahead log into the database (a checkpoint, sqlite.org/wal.html §2.1) in a thread of its own: each
 * page is deciphered and enciphered again on that way, and whoever commits need not wait for it. What is in the log is on disk already.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type Sqlite from 'better-sqlite3-multiple-ciphers'

export interface CheckpointedFile {
  readonly file: string
  readonly key: Uint8Array
}

/** In pages of the log, as SQLite numbers them. */
interface LogState {
  readonly log: number
  readonly checkpointed: number
}

/** In pages of 4 KiB. */
export interface LogLimits {
  /** so many that wait begin a checkpoint: pages that are changed again and again meanwhile go the way once */
  readonly waiting: number
  /** whoever commits beyond waits, so that the log begins again from its start */
  readonly log: number
}

/** 64 and 256 MiB. */
const LIMITS: LogLimits = { waiting: 16_384, log: 65_536 }
const PAGE_BYTES = 4096

export class Checkpoints {
  readonly #file: CheckpointedFile
  readonly #state: Sqlite.Statement<[], LogState>
  readonly #limits: LogLimits
  #worker: Worker | undefined
  #underWay: Promise<void> | undefined

  constructor(connection: Sqlite.Database, file: CheckpointedFile, limits = LIMITS) {
    this.#file = file
    this.#limits = limits
    connection.pragma(`wal_autocheckpoint = ${limits.log}`) // of commits that are told to nobody here, and where the thread fails
    connection.pragma(`journal_size_limit = ${limits.waiting * PAGE_BYTES}`) // what stays of the log's file when it begins again
    this.#state = connection.prepare('pragma main.wal_checkpoint(noop)')
  }

  /** After a commit, while its connection is nobody else's. */
  async committed(): Promise<void> {
    const { log, checkpointed } = this.#look()
    if (log - checkpointed < this.#limits.waiting) return
    const underWay = this.#checkpoint()
    if (log < this.#limits.log) return
    // One that is under way may have begun before the last commit; a reader elsewhere may hold back both, and then the log grows on.
    await underWay
    const after = this.#look()
    if (after.checkpointed < after.log) await this.#checkpoint()
  }

  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    worker.ref()
    const ended = new Promise((resolve) => worker.once('exit', resolve)) // `once` would reject where it fails, and it ends then too
    worker.postMessage('close')
    await ended
  }

  #look(): LogState {
    return this.#state.get() ?? { log: 0, checkpointed: 0 }
  }

  #checkpoint(): Promise<void> {
    this.#underWay ??= this.#ask().finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  async #ask(): Promise<void> {
    this.#worker ??= this.#start()
    const answered = once(this.#worker, 'message').catch(() => {}) // it failed: the next commit begins another
    this.#worker.postMessage('checkpoint')
    await answered
  }

  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: this.#file })
    worker.unref()
    worker.once('error', () => {
      this.#worker = undefined
    })
    return worker
  }
}
