/**
 * A repository in a folder of an SSH server, by SFTP version 3 and OpenSSH's extensions where the server has them.
 *
 * As on a local disk, an object is written beside its place, synced (`fsync@openssh.com`) and then renamed, which in version 3 does
 * not overwrite. The folder is synced the same way, by a handle opened on it. Servers without these extensions promise less.
 */
import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2'
import { StorageError, VaultError } from '#errors'
import { type Address, printAddress } from './address.ts'
import { allocate, checkRange, isObjectName, isThere, missing, objectPath, rangeBytes, repositoryFolders } from './layout.ts'
import { type SftpServer, SftpSession } from './sftp-session.ts'
import type { CallOptions, LoadOptions, ObjectEntry, ObjectKind, Storage } from './storage.ts'

/** One packet of SFTP that every server takes. */
const SLICE_BYTES = 32 * 1024
/** Slices under way at once: 2 MiB, so that the way there and back does not set the speed. */
const SLICES_AT_ONCE = 64
const FOLDERS_AT_ONCE = 16
/** Less room than this beside a general failure means a full disk: the largest object that is usual, and some. */
const FULL_BELOW_BYTES = 32 * 1024 * 1024

/** Replies of the server (draft-ietf-secsh-filexfer-02, section 7). */
const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3
const FAILURE = 4

export interface SftpOptions extends SftpServer {
  /** From the user's home unless it starts with `/`. */
  readonly path: string
  readonly connections?: number | undefined
}

/** The repository folder on an SSH server. Nothing is sent before the first call. */
export function sftpStorage(options: SftpOptions): Storage {
  return new Sftp(options)
}

type Done<T> = (error?: Error | null, result?: T) => void

class Sftp implements Storage {
  readonly location: string
  readonly connections: number
  readonly #root: string
  readonly #session: SftpSession

  constructor(options: SftpOptions) {
    const { user, host, port, path } = options
    this.location = printAddress({ kind: 'sftp', user, host, port, path } satisfies Address)
    this.connections = options.connections ?? 5
    this.#root = path
    this.#session = new SftpSession(options)
  }

  async create({ signal }: CallOptions = {}): Promise<void> {
    await this.#guard('create', signal, async () => {
      await this.#makeParents(this.#root)
      const [kinds, packs] = [repositoryFolders().slice(0, 5), repositoryFolders().slice(5)]
      for (const name of kinds) await this.#makeFolder(name)
      await inGroups(packs, FOLDERS_AT_ONCE, (name) => this.#makeFolder(name))
      await this.#syncFolder(posix.join(this.#root, 'data'))
      await this.#syncFolder(this.#root)
    })
  }

  async save(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    const path = this.#path(kind, name)
    if (await isThere(this, kind, name, bytes, options)) return
    await this.#guard(`${kind}/${name}`, options.signal, async () => {
      const temporary = await this.#writeAside(path, bytes, options)
      try {
        await this.#call<void>((sftp, done) => sftp.rename(temporary, path, done))
      } catch (error) {
        await this.#forget(temporary)
        // Somebody was quicker: the rename of version 3 does not overwrite.
        if (!(await isThere(this, kind, name, bytes, options))) throw error
      }
      await this.#syncFolder(posix.dirname(path))
    })
  }

  async replace(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    const path = this.#path(kind, name)
    await this.#guard(`${kind}/${name}`, options.signal, async () => {
      const temporary = await this.#writeAside(path, bytes, options)
      try {
        await this.#renameOver(temporary, path)
      } catch (error) {
        await this.#forget(temporary)
        throw error
      }
      await this.#syncFolder(posix.dirname(path))
    })
  }

  async load(kind: ObjectKind, name: string, options: LoadOptions = {}): Promise<Uint8Array> {
    const path = this.#path(kind, name)
    checkRange(options)
    return this.#guard(`${kind}/${name}`, options.signal, async () => {
      const handle = await this.#openExisting(path, kind, name)
      try {
        const { size } = await this.#call<Stats>((sftp, done) => sftp.fstat(handle, done))
        const part = allocate(rangeBytes(kind, name, size, options))
        await this.#readFully(handle, part, options.offset ?? 0, options)
        return part
      } finally {
        await this.#close(handle)
      }
    })
  }

  async stat(kind: ObjectKind, name: string, { signal }: CallOptions = {}): Promise<ObjectEntry | undefined> {
    const path = this.#path(kind, name)
    return this.#guard(`${kind}/${name}`, signal, async () => {
      const about = await this.#findStats(path)
      return about?.isFile() ? { name, sizeBytes: about.size } : undefined
    })
  }

  async modifiedAt(kind: ObjectKind, name: string, { signal }: CallOptions = {}): Promise<Temporal.Instant | undefined> {
    const path = this.#path(kind, name)
    return this.#guard(`${kind}/${name}`, signal, async () => {
      const about = await this.#findStats(path)
      return about && Temporal.Instant.fromEpochMilliseconds(about.mtime * 1000)
    })
  }

  async *list(kind: ObjectKind, { signal }: CallOptions = {}): AsyncGenerator<ObjectEntry> {
    if (kind === 'config') {
      const config = await this.stat(kind, '', { signal })
      if (config) yield config
      return
    }
    const folder = posix.join(this.#root, kind)
    const entries = await this.#entries(folder, signal)
    if (kind !== 'data') return yield* objectsOf(entries)
    const packs = entries.map(({ filename }) => filename).filter((name) => /^[0-9a-f]{2}$/.test(name))
    for (let i = 0; i < packs.length; i += FOLDERS_AT_ONCE) {
      const some = packs.slice(i, i + FOLDERS_AT_ONCE).map((name) => this.#entries(posix.join(folder, name), signal))
      for (const inside of await Promise.all(some)) yield* objectsOf(inside)
    }
  }

  async remove(kind: ObjectKind, name: string, { signal }: CallOptions = {}): Promise<void> {
    const path = this.#path(kind, name)
    await this.#guard(`${kind}/${name}`, signal, () => this.#unlink(path))
  }

  async freeBytes({ signal }: CallOptions = {}): Promise<number | undefined> {
    return this.#guard('free space', signal, async () => {
      // Not every server knows this extension; its types are not known here either.
      const about = await this.#call<{ f_bavail: number; f_frsize: number }>((sftp, done) =>
        sftp.ext_openssh_statvfs(this.#root, done),
      ).catch(() => undefined)
      return about && about.f_bavail * about.f_frsize
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session[Symbol.dispose]()
  }

  #path(kind: ObjectKind, name: string): string {
    return posix.join(this.#root, objectPath(kind, name))
  }

  /** One request and its reply. */
  async #call<T>(ask: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    const sftp = await this.#session.sftp()
    return new Promise<T>((resolve, reject) => ask(sftp, (error, result) => (error ? reject(error) : resolve(result as T))))
  }

  async #openExisting(path: string, kind: ObjectKind, name: string): Promise<Buffer> {
    try {
      return await this.#call<Buffer>((sftp, done) => sftp.open(path, 'r', done))
    } catch (error) {
      throw hasCode(error, NO_SUCH_FILE) ? missing(kind, name, error) : error
    }
  }

  async #writeAside(path: string, bytes: Uint8Array, options: CallOptions): Promise<string> {
    const temporary = `${path}-tmp-${randomBytes(8).toString('hex')}`
    const handle = await this.#createFile(temporary)
    try {
      try {
        await this.#writeFully(handle, bytes, options)
        await this.#sync(handle)
      } finally {
        await this.#close(handle)
      }
      options.signal?.throwIfAborted()
      return temporary
    } catch (error) {
      await this.#forget(temporary)
      throw error
    }
  }

  /** Makes the folder on demand, but never the root: see the local storage. */
  async #createFile(path: string): Promise<Buffer> {
    const open = () => this.#call<Buffer>((sftp, done) => sftp.open(path, 'wx', { mode: 0o400 }, done))
    try {
      return await open()
    } catch (error) {
      if (!hasCode(error, NO_SUCH_FILE)) throw error
    }
    if ((await this.#findStats(this.#root)) === undefined) {
      throw new StorageError('unreachable', `${this.location}: the folder is not there (a disk that is not mounted?)`)
    }
    const folder = posix.relative(this.#root, posix.dirname(path))
    if (folder.startsWith('data/')) await this.#makeFolder('data')
    await this.#makeFolder(folder)
    return open()
  }

  async #writeFully(handle: Buffer, bytes: Uint8Array, options: CallOptions): Promise<void> {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    await inSlicesAtOnce(bytes.length, options, (at, length) =>
      this.#call<void>((sftp, done) => sftp.write(handle, whole, at, length, at, done)),
    )
  }

  async #readFully(handle: Buffer, into: Uint8Array, from: number, options: CallOptions): Promise<void> {
    const whole = Buffer.from(into.buffer, into.byteOffset, into.length)
    await inSlicesAtOnce(into.length, options, async (at, length) => {
      for (let done = 0; done < length; ) {
        const got = await this.#call<number>((sftp, reply) =>
          sftp.read(handle, whole, at + done, length - done, from + at + done, reply),
        )
        if (got === 0) throw new StorageError('failed', `the file ended at byte ${from + at + done}, while it was being read`)
        done += got
      }
    })
  }

  /** Where the server offers it. */
  async #sync(handle: Buffer): Promise<void> {
    try {
      await this.#call<void>((sftp, done) => sftp.ext_openssh_fsync(handle, done))
    } catch (error) {
      if (!isUnsupported(error)) throw error
    }
  }

  /** OpenSSH opens a folder like a file, and syncs it; a server that does not is left alone. */
  async #syncFolder(path: string): Promise<void> {
    try {
      const handle = await this.#call<Buffer>((sftp, done) => sftp.open(path, 'r', done))
      try {
        await this.#sync(handle)
      } finally {
        await this.#close(handle)
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) throw error
    }
  }

  async #renameOver(temporary: string, path: string): Promise<void> {
    try {
      await this.#call<void>((sftp, done) => sftp.ext_openssh_rename(temporary, path, done))
    } catch (error) {
      if (!isUnsupported(error)) throw error
      await this.#unlink(path)
      await this.#call<void>((sftp, done) => sftp.rename(temporary, path, done))
    }
  }

  async #unlink(path: string): Promise<void> {
    try {
      await this.#call<void>((sftp, done) => sftp.unlink(path, done))
    } catch (error) {
      if (!hasCode(error, NO_SUCH_FILE)) throw error
    }
  }

  /** Clearing up after a failure, which is what the caller hears about. */
  async #forget(path: string): Promise<void> {
    await this.#unlink(path).catch(() => {})
  }

  async #close(handle: Buffer): Promise<void> {
    await this.#call<void>((sftp, done) => sftp.close(handle, done)).catch(() => {})
  }

  async #findStats(path: string): Promise<Stats | undefined> {
    try {
      return await this.#call<Stats>((sftp, done) => sftp.stat(path, done))
    } catch (error) {
      if (hasCode(error, NO_SUCH_FILE)) return undefined
      throw error
    }
  }

  #entries(folder: string, signal: AbortSignal | undefined): Promise<FileEntryWithStats[]> {
    return this.#guard(folder, signal, async () => {
      try {
        return await this.#call<FileEntryWithStats[]>((sftp, done) => sftp.readdir(folder, done))
      } catch (error) {
        if (hasCode(error, NO_SUCH_FILE)) return []
        throw error
      }
    })
  }

  async #makeParents(path: string): Promise<void> {
    if (path === '/' || path === '.' || (await this.#findStats(path)) !== undefined) return
    await this.#makeParents(posix.dirname(path))
    await this.#make(path)
  }

  #makeFolder(name: string): Promise<void> {
    return this.#make(posix.join(this.#root, name))
  }

  /** SFTP has no reply for "it is there already" but a general failure. */
  async #make(path: string): Promise<void> {
    try {
      await this.#call<void>((sftp, done) => sftp.mkdir(path, { mode: 0o700 }, done))
    } catch (error) {
      if (!(hasCode(error, FAILURE) && (await this.#findStats(path)))) throw error
    }
  }

  /** Stops waiting when the signal says so, and translates what the server says. */
  async #guard<T>(what: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted()
    const stopped = Promise.withResolvers<never>()
    const stop = () => stopped.reject(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([work(), stopped.promise])
    } catch (error) {
      // Whoever stops because nothing moves has found a dead connection.
      if (signal?.aborted && signal.reason instanceof StorageError) this.#session.drop()
      signal?.throwIfAborted()
      throw await this.#translate(error, what)
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async #translate(error: unknown, what: string): Promise<unknown> {
    if (error instanceof VaultError || !(error instanceof Error)) return error
    const code = 'code' in error ? error.code : undefined
    const message = `${this.location}: ${what}: ${error.message}`
    if (code === PERMISSION_DENIED) return new StorageError('refused', message, { cause: error })
    if (code === FAILURE && (await this.#isFull())) return new StorageError('full', message, { cause: error })
    if (typeof code === 'number' && code <= 8) return new StorageError('failed', message, { cause: error })
    // Everything else is the connection's: closed, reset, not answering.
    this.#session.drop()
    return new StorageError('unreachable', message, { cause: error })
  }

  /** A full disk is a general failure too: what tells is how much room is left. */
  async #isFull(): Promise<boolean> {
    const free = await this.freeBytes().catch(() => undefined)
    return free !== undefined && free < FULL_BELOW_BYTES
  }
}

function* objectsOf(entries: readonly FileEntryWithStats[]): Generator<ObjectEntry> {
  for (const { filename, attrs } of entries) {
    if (isObjectName(filename) && attrs.isFile()) yield { name: filename, sizeBytes: attrs.size }
  }
}

async function inGroups<T>(items: readonly T[], size: number, work: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += size) await Promise.all(items.slice(i, i + size).map(work))
}

/** Slices of `length` bytes with several under way; the first failure stops the rest and is thrown once all have ended. */
async function inSlicesAtOnce(
  length: number,
  { signal, pace }: CallOptions,
  work: (at: number, length: number) => Promise<void>,
): Promise<void> {
  const under = new Set<Promise<void>>()
  const failures: unknown[] = []
  for (let at = 0; at < length && failures.length === 0; at += SLICE_BYTES) {
    const size = Math.min(SLICE_BYTES, length - at)
    await pace?.(size)
    signal?.throwIfAborted()
    const one = work(at, size)
      .catch((error) => void failures.push(error))
      .finally(() => under.delete(one))
    under.add(one)
    if (under.size >= SLICES_AT_ONCE) await Promise.race(under)
  }
  await Promise.all(under)
  if (failures.length > 0) throw failures[0]
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && (/not support/i.test(error.message) || hasCode(error, 8))
}
