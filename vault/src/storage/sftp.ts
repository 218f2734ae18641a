/**
 * A repository in a folder of an SSH server, by SFTP version 3 and OpenSSH's extensions where the server has them.
 *
 * As on a local disk, an object is written beside its place, synced (`fsync@openssh.com`) and then renamed, which in version 3 does
 * not overwrite. The folder is synced the same way, by a handle opened on it. Servers without these extensions promise less.
 */
import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import type { FileEntryWithStats } from 'ssh2'
import { StorageError, VaultError } from '#errors'
import { type Address, printAddress } from './address.ts'
import { allocate, checkRange, isObjectName, isThere, missing, objectPath, rangeBytes, repositoryFolders } from './layout.ts'
import { FAILURE, hasCode, LAST_REPLY, NO_SUCH_FILE, type OpenFile, PERMISSION_DENIED, SftpFiles } from './sftp-files.ts'
import { type SftpServer, SftpSession } from './sftp-session.ts'
import { type CallOptions, type LoadOptions, NAMING_KINDS, type ObjectEntry, type ObjectKind, type Storage } from './storage.ts'

const FOLDERS_AT_ONCE = 16
/** Less room than this beside a general failure means a full disk: the largest object that is usual, and some. */
const FULL_BELOW_BYTES = 32 * 1024 * 1024

export interface SftpOptions extends SftpServer {
  /** From the user's home unless it starts with `/`. */
  readonly path: string
  readonly connections?: number | undefined
}

/** The repository folder on an SSH server. Nothing is sent before the first call. */
export function sftpStorage(options: SftpOptions): Storage {
  return new Sftp(options)
}

class Sftp implements Storage {
  readonly location: string
  readonly connections: number
  readonly #root: string
  readonly #session: SftpSession
  readonly #files: SftpFiles

  constructor(options: SftpOptions) {
    const { user, host, port, path } = options
    this.location = printAddress({ kind: 'sftp', user, host, port, path } satisfies Address)
    this.connections = options.connections ?? 5
    this.#root = path
    this.#session = new SftpSession(options)
    this.#files = new SftpFiles(this.#session)
  }

  async create({ signal }: CallOptions = {}): Promise<void> {
    await this.#guard('create', signal, async () => {
      await this.#makeParents(this.#root)
      const [kinds, packs] = [repositoryFolders().slice(0, 5), repositoryFolders().slice(5)]
      for (const name of kinds) await this.#makeFolder(name)
      await inGroups(packs, FOLDERS_AT_ONCE, (name) => this.#makeFolder(name))
      await this.#files.syncFolder(posix.join(this.#root, 'data'))
      await this.#files.syncFolder(this.#root)
    })
  }

  async save(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    const path = this.#path(kind, name)
    if (await isThere(this, kind, name, bytes, options)) {
      // Perhaps of ours, whose reply was lost after the rename: its folder may not be synced yet.
      await this.#guard(`${kind}/${name}`, options.signal, () => this.#files.syncFolder(posix.dirname(path)))
      return
    }
    await this.#guard(`${kind}/${name}`, options.signal, async () => {
      const temporary = await this.#writeAside(path, bytes, options)
      try {
        await this.#files.rename(temporary, path)
      } catch (error) {
        await this.#files.forget(temporary)
        // Somebody was quicker: the rename of version 3 does not overwrite.
        if (!(await isThere(this, kind, name, bytes, options))) throw error
      }
      await this.#files.syncFolder(posix.dirname(path))
    })
  }

  async replace(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    const path = this.#path(kind, name)
    await this.#guard(`${kind}/${name}`, options.signal, async () => {
      const temporary = await this.#writeAside(path, bytes, options)
      try {
        await this.#files.renameOver(temporary, path)
      } catch (error) {
        await this.#files.forget(temporary)
        throw error
      }
      await this.#files.syncFolder(posix.dirname(path))
    })
  }

  async load(kind: ObjectKind, name: string, options: LoadOptions = {}): Promise<Uint8Array> {
    const path = this.#path(kind, name)
    checkRange(options)
    return this.#guard(`${kind}/${name}`, options.signal, async () => {
      const file = await this.#openExisting(path, kind, name)
      try {
        const part = allocate(rangeBytes(kind, name, await this.#files.sizeOf(file), options))
        await this.#files.read(file, part, options.offset ?? 0, options)
        return part
      } finally {
        await this.#files.close(file)
      }
    })
  }

  async stat(kind: ObjectKind, name: string, { signal }: CallOptions = {}): Promise<ObjectEntry | undefined> {
    const path = this.#path(kind, name)
    return this.#guard(`${kind}/${name}`, signal, async () => {
      const about = await this.#files.findStats(path)
      return about?.isFile() ? { name, sizeBytes: about.size } : undefined
    })
  }

  async modifiedAt(kind: ObjectKind, name: string, { signal }: CallOptions = {}): Promise<Temporal.Instant | undefined> {
    const path = this.#path(kind, name)
    return this.#guard(`${kind}/${name}`, signal, async () => {
      const about = await this.#files.findStats(path)
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
    await this.#guard(`${kind}/${name}`, signal, async () => {
      await this.#files.unlink(path)
      if (NAMING_KINDS.has(kind)) await this.#files.syncFolder(posix.dirname(path))
    })
  }

  async freeBytes({ signal }: CallOptions = {}): Promise<number | undefined> {
    return this.#guard('free space', signal, () => this.#files.freeBytes(this.#root))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session[Symbol.dispose]()
  }

  #path(kind: ObjectKind, name: string): string {
    return posix.join(this.#root, objectPath(kind, name))
  }

  async #openExisting(path: string, kind: ObjectKind, name: string): Promise<OpenFile> {
    try {
      return await this.#files.open(path)
    } catch (error) {
      throw hasCode(error, NO_SUCH_FILE) ? missing(kind, name, error) : error
    }
  }

  async #writeAside(path: string, bytes: Uint8Array, options: CallOptions): Promise<string> {
    const temporary = `${path}-tmp-${randomBytes(8).toString('hex')}`
    const file = await this.#createFile(temporary)
    try {
      try {
        await this.#files.write(file, bytes, options)
        await this.#files.sync(file)
      } finally {
        await this.#files.close(file)
      }
      options.signal?.throwIfAborted()
      return temporary
    } catch (error) {
      await this.#files.forget(temporary)
      throw error
    }
  }

  /** Makes the folder on demand, but never the root: see the local storage. */
  async #createFile(path: string): Promise<OpenFile> {
    try {
      return await this.#files.create(path)
    } catch (error) {
      if (!hasCode(error, NO_SUCH_FILE)) throw error
    }
    if ((await this.#files.findStats(this.#root)) === undefined) {
      throw new StorageError('unreachable', `${this.location}: the folder is not there (a disk that is not mounted?)`)
    }
    const folder = posix.relative(this.#root, posix.dirname(path))
    if (folder.startsWith('data/')) await this.#makeFolder('data')
    await this.#makeFolder(folder)
    return this.#files.create(path)
  }

  #entries(folder: string, signal: AbortSignal | undefined): Promise<FileEntryWithStats[]> {
    return this.#guard(folder, signal, () => this.#files.entries(folder))
  }

  async #makeParents(path: string): Promise<void> {
    if (path === '/' || path === '.' || (await this.#files.findStats(path)) !== undefined) return
    await this.#makeParents(posix.dirname(path))
    await this.#files.makeFolder(path)
  }

  #makeFolder(name: string): Promise<void> {
    return this.#files.makeFolder(posix.join(this.#root, name))
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
    if (typeof code === 'number' && code <= LAST_REPLY) return new StorageError('failed', message, { cause: error })
    // Everything else is the connection's: closed, reset, not answering.
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
