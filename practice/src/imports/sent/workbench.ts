/**
 * Files that were sent, open for those that read them: programs of other formats take files by name, so they lie in the clear in a private folder
 * for as long as somebody looks at them or imports them, and some minutes more. A start takes away what a kill has left.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { newId } from '#database'
import { ImportSourceError } from '#errors'
import { translateFull } from '#files'
import type { OpenPractice } from '#open-practice'
import { liftTables } from './lift-tables.ts'
import { readFile } from './staged-files.ts'
import { listAllFiles, stampOf } from './staged-store.ts'
import { unpack } from './unpack.ts'

/** A person at the mapping page comes back within that. */
const KEPT_MS = 5 * 60_000
const TRIES_MAX = 5
const ZIP_MARK = Buffer.from('PK\u0003\u0004')

interface Bench {
  readonly folder: string
  readonly stamp: string
  readonly ready: Promise<void>
  /** when nobody waits for it any more */
  readonly stopping: AbortController
  users: number
  timer?: NodeJS.Timeout
}

export interface OpenedFiles extends AsyncDisposable {
  readonly folder: string
}

export class Workbench {
  readonly #benches = new Map<string, Bench>()
  readonly #cleared = new Map<string, Promise<void>>()
  readonly #keptMs: number

  constructor(keptMs = KEPT_MS) {
    this.#keptMs = keptMs
  }

  /**
   * The files of a source in a folder, archives unpacked. Whoever asks for them meanwhile waits for the same, also when the first goes away.
   *
   * @throws {ImportSourceError} there is none, or one is not here whole
   */
  async open(practice: OpenPractice, sourceId: string, signal?: AbortSignal): Promise<OpenedFiles> {
    await this.clear(practice)
    for (let tries = 1; ; tries++) {
      const stamp = await stampOf(practice.db, practice.id, sourceId)
      try {
        return await this.#openAs(practice, sourceId, stamp, signal)
      } catch (error) {
        signal?.throwIfAborted()
        // Somebody has removed or replaced files while they were opened: what is there now counts.
        if (tries === TRIES_MAX || stamp === (await stampOf(practice.db, practice.id, sourceId))) throw error
      }
    }
  }

  async #openAs(practice: OpenPractice, sourceId: string, stamp: string, signal: AbortSignal | undefined): Promise<OpenedFiles> {
    const known = this.#benches.get(sourceId)
    const bench = known?.stamp === stamp ? known : this.#begin(practice, sourceId, stamp)
    bench.users++
    clearTimeout(bench.timer)
    try {
      await whileWanted(bench.ready, signal)
    } catch (error) {
      await this.#leave(sourceId, bench, 0)
      throw error
    }
    return { folder: bench.folder, [Symbol.asyncDispose]: () => this.#leave(sourceId, bench, this.#keptMs) }
  }

  /** Takes away what a kill has left in the clear: once, and before anything is opened. */
  clear(practice: OpenPractice): Promise<void> {
    const folder = openFolder(practice)
    const cleared = this.#cleared.get(folder) ?? rm(folder, { recursive: true, force: true })
    this.#cleared.set(folder, cleared)
    return cleared
  }

  #begin(practice: OpenPractice, sourceId: string, stamp: string): Bench {
    const folder = join(openFolder(practice), newId())
    const stopping = new AbortController()
    const bench: Bench = { folder, stamp, users: 0, stopping, ready: layOut(practice, sourceId, folder, stopping.signal) }
    bench.ready.catch(() => {})
    const before = this.#benches.get(sourceId)
    this.#benches.set(sourceId, bench)
    if (before?.users === 0) void remove(before)
    return bench
  }

  async #leave(sourceId: string, bench: Bench, keptMs: number): Promise<void> {
    bench.users--
    if (bench.users > 0) return
    const forget = async () => {
      if (bench.users > 0) return
      if (this.#benches.get(sourceId) === bench) this.#benches.delete(sourceId)
      await remove(bench)
    }
    if (keptMs === 0 || this.#benches.get(sourceId) !== bench) return forget()
    bench.timer = setTimeout(() => void forget(), keptMs).unref()
  }

  /** At once, of a source whose files go. */
  async close(sourceId: string): Promise<void> {
    const bench = this.#benches.get(sourceId)
    if (bench === undefined) return
    this.#benches.delete(sourceId)
    clearTimeout(bench.timer)
    if (bench.users === 0) await remove(bench)
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#benches.keys()].map((sourceId) => this.close(sourceId)))
  }
}

/** Waits for as long as the one who asked does. */
async function whileWanted(ready: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return ready
  signal.throwIfAborted()
  const gone = Promise.withResolvers<never>()
  const leave = () => gone.reject(signal.reason)
  signal.addEventListener('abort', leave)
  try {
    await Promise.race([ready, gone.promise])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

async function remove({ folder, ready, stopping }: Bench): Promise<void> {
  stopping.abort()
  await ready.catch(() => {}) // what still writes into it would bring it back
  await rm(folder, { recursive: true, force: true }).catch(() => {}) // a start takes it away
}

async function layOut(practice: OpenPractice, sourceId: string, folder: string, signal: AbortSignal): Promise<void> {
  const files = await listAllFiles(practice.db, practice.id, sourceId)
  const whole = files.filter(({ receivedBytes, sizeBytes }) => receivedBytes === sizeBytes)
  if (files.length === 0) throw new ImportSourceError('no file was sent')
  if (whole.length < files.length)
    throw new ImportSourceError(`${files.length - whole.length} files are not here whole: send the rest, or remove them`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const file of files) {
    signal?.throwIfAborted()
    const target = join(folder, ...file.path.split('/'))
    try {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await pipeline(readFile(practice, file), createWriteStream(target, { flags: 'wx', mode: 0o600 }))
    } catch (error) {
      throw translate(error, folder)
    }
    if (await isArchive(target)) {
      // One that was sent alone is the source itself; others lie in folders called as they are.
      await unpack(target, files.length === 1 ? folder : target.replace(/\.zip$/i, ''), signal)
      await rm(target)
      if (files.length === 1) await liftTables(folder)
    }
  }
}

/** A sealed file may be taken from under one, and one name may stand where another wants a folder; names stay out of errors. */
function translate(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return new ImportSourceError('a file that was sent is not there any more: send it again', { cause: error })
  if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR')
    return new ImportSourceError('a file and a folder of this source have one name, and stand in the way of each other', {
      cause: error,
    })
  return translateFull(error, folder)
}

/** Workbooks are archives too: the name says which is meant. */
async function isArchive(path: string): Promise<boolean> {
  if (!/\.zip$/i.test(path)) return false
  await using file = await open(path)
  const head = Buffer.alloc(ZIP_MARK.length)
  const { bytesRead } = await file.read(head, 0, head.length, 0)
  return bytesRead === head.length && head.equals(ZIP_MARK)
}

function openFolder({ folder }: OpenPractice): string {
  return join(folder, 'imports', 'open')
}
