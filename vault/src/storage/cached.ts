/**
 * Keeps indexes, snapshots and, if wished, packs of trees in a folder of this machine, encrypted as they are stored.
 *
 * The cache is only ever a copy: what it holds is compared with its name, which is its SHA-256, before it is trusted; what does not fit
 * is thrown away and fetched. It may be deleted at any time, by several processes too. The layout is restic's.
 */
import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { forwarding } from './forwarding.ts'
import { checkName, checkRange, isObjectName, rangeBytes } from './layout.ts'
import type { CallOptions, LoadOptions, ObjectKind, Storage } from './storage.ts'

const PACK_BYTES_MAX = 2 * 1024 * 1024 * 1024
/** Names of files that were compared with their hash by this process, so that each is read whole once only. */
const TRUSTED_MAX = 50_000

export interface CacheOptions {
  /** Of this repository alone: `<cache>/<repository id>`. Made when needed; nothing is kept while there is none. */
  readonly folder: string | (() => string | undefined)
  /** Which packs are kept: those that hold trees. None when absent. */
  readonly keepsPack?: ((name: string) => boolean) | undefined
  /** Packs beyond this are not kept any more. 2 GiB when absent. */
  readonly packBytesMax?: number | undefined
}

/** `inner`, with a cache in a folder. A cache that cannot be read or written never makes a call fail. */
export function cached(inner: Storage, options: CacheOptions): Storage {
  const files = new CacheFolder(options)
  const keeps = (kind: ObjectKind, name: string) =>
    files.exists && (kind === 'index' || kind === 'snapshots' || (kind === 'data' && options.keepsPack?.(name) === true))

  async function load(kind: ObjectKind, name: string, call: LoadOptions = {}): Promise<Uint8Array> {
    checkName(kind, name)
    if (call.fresh || !keeps(kind, name)) return inner.load(kind, name, call)
    checkRange(call)
    call.signal?.throwIfAborted()
    const kept = await files.find(kind, name, call)
    if (kept !== undefined) {
      await call.pace?.(kept.length)
      call.signal?.throwIfAborted()
      return kept
    }
    const whole = await fetchOnce(kind, name, call)
    const offset = call.offset ?? 0
    return whole.slice(offset, offset + rangeBytes(kind, name, whole.length, call))
  }

  /** Ranges of one object that are asked for side by side fetch it once. */
  const underWay = new Map<string, Promise<Uint8Array>>()
  async function fetchOnce(kind: ObjectKind, name: string, { signal, pace }: CallOptions): Promise<Uint8Array> {
    const path = `${kind}/${name}`
    const others = await underWay.get(path)?.catch(() => undefined)
    if (others !== undefined) return others
    const fetching = inner.load(kind, name, { signal, pace })
    underWay.set(path, fetching)
    try {
      const bytes = await fetching
      await files.add(kind, name, bytes)
      return bytes
    } finally {
      if (underWay.get(path) === fetching) underWay.delete(path)
    }
  }

  return {
    ...forwarding(inner),
    load,
    async save(kind, name, bytes, call) {
      await inner.save(kind, name, bytes, call)
      if (keeps(kind, name)) await files.add(kind, name, bytes)
    },
    async replace(kind, name, bytes, call) {
      await inner.replace(kind, name, bytes, call)
      if (keeps(kind, name)) await files.add(kind, name, bytes)
    },
    async remove(kind, name, call) {
      await inner.remove(kind, name, call)
      await files.remove(kind, name)
    },
    /** Once the whole list was seen, what is not in it leaves the cache. */
    async *list(kind, call) {
      const vanished = await files.names(kind)
      for await (const entry of inner.list(kind, call)) {
        vanished.delete(entry.name)
        yield entry
      }
      for (const name of vanished) await files.remove(kind, name)
    },
  }
}

class CacheFolder {
  readonly #folderNow: () => string | undefined
  readonly #packBytesMax: number
  /** File → what it looked like when its bytes were right. */
  readonly #trusted = new Map<string, string>()
  #packBytes: Promise<number> | undefined

  constructor({ folder, packBytesMax = PACK_BYTES_MAX }: CacheOptions) {
    this.#folderNow = typeof folder === 'string' ? () => folder : folder
    this.#packBytesMax = packBytesMax
  }

  get exists(): boolean {
    return this.#folderNow() !== undefined
  }

  get #folder(): string {
    return this.#folderNow() ?? ''
  }

  /** The part asked for, when the file is there, whole and right. */
  async find(kind: ObjectKind, name: string, options: LoadOptions): Promise<Uint8Array | undefined> {
    const path = this.#path(kind, name)
    try {
      await using file = await fs.open(path, 'r')
      const about = await file.stat({ bigint: true })
      const look = `${about.ino} ${about.size} ${about.mtimeNs}`
      const sizeBytes = Number(about.size)
      if (this.#trusted.get(path) !== look) {
        const whole = await readAll(file, sizeBytes)
        if (createHash('sha256').update(whole).digest('hex') !== name) throw new Error('not the right bytes')
        this.#trust(path, look)
      }
      return await readPart(file, options.offset ?? 0, rangeBytes(kind, name, sizeBytes, options))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) await this.remove(kind, name)
      return undefined
    }
  }

  /** Keeps an object whose bytes are right; quietly does nothing when they are not, or when there is no room. */
  async add(kind: ObjectKind, name: string, bytes: Uint8Array): Promise<void> {
    if (createHash('sha256').update(bytes).digest('hex') !== name) return
    if (kind === 'data' && !(await this.#hasRoom(bytes.length))) return
    const path = this.#path(kind, name)
    const temporary = `${path}-tmp-${randomBytes(6).toString('hex')}`
    try {
      await this.#prepare(dirname(path))
      // Not synced: what a crash leaves is compared with its name before it is used.
      await fs.writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' })
      await fs.rename(temporary, path)
    } catch {
      await fs.rm(temporary, { force: true }).catch(() => {})
    }
  }

  async remove(kind: ObjectKind, name: string): Promise<void> {
    if (kind === 'config' || !this.exists) return
    const path = this.#path(kind, name)
    this.#trusted.delete(path)
    await fs.rm(path, { force: true }).catch(() => {})
  }

  /** What the cache holds of a kind. */
  async names(kind: ObjectKind): Promise<Set<string>> {
    if (!this.exists) return new Set()
    const all = await fs.readdir(join(this.#folder, kind), { recursive: true }).catch(() => [])
    return new Set(all.map((path) => path.slice(-64)).filter(isObjectName))
  }

  #path(kind: ObjectKind, name: string): string {
    return join(this.#folder, kind, name.slice(0, 2), name)
  }

  #trust(path: string, look: string): void {
    const [oldest] = this.#trusted.keys()
    if (this.#trusted.size >= TRUSTED_MAX && oldest !== undefined) this.#trusted.delete(oldest)
    this.#trusted.set(path, look)
  }

  async #hasRoom(bytes: number): Promise<boolean> {
    this.#packBytes ??= this.#countPacks()
    const present = await this.#packBytes
    if (present + bytes > this.#packBytesMax) return false
    this.#packBytes = Promise.resolve(present + bytes)
    return true
  }

  async #countPacks(): Promise<number> {
    let total = 0
    for (const name of await this.names('data')) {
      total += await fs.stat(this.#path('data', name)).then(
        ({ size }) => size,
        () => 0,
      )
    }
    return total
  }

  /** The marks that restic leaves: backup programs skip folders that call themselves caches. */
  async #prepare(folder: string): Promise<void> {
    const first = await fs.mkdir(folder, { recursive: true, mode: 0o700 })
    if (first === undefined) return
    await fs.writeFile(join(this.#folder, 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n')
    await fs.writeFile(join(this.#folder, 'version'), '1')
  }
}

async function readAll(file: fs.FileHandle, sizeBytes: number): Promise<Uint8Array> {
  return readPart(file, 0, sizeBytes)
}

async function readPart(file: fs.FileHandle, offset: number, lengthBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(lengthBytes)
  for (let done = 0; done < lengthBytes; ) {
    const { bytesRead } = await file.read(bytes, done, lengthBytes - done, offset + done)
    if (bytesRead === 0) throw new Error('the file ended early')
    done += bytesRead
  }
  return bytes
}
