/**
 * A repository in a folder of this machine: the layout of restic, so that stock tools read the same folder.
 *
 * An object is written beside its place as `<name>-tmp-<random>`, synced, then given its name by `link`, which never overwrites;
 * then the folder is synced. A crash leaves either nothing, a temporary file that nobody lists, or the whole object.
 */
import { createHash, randomBytes } from 'node:crypto'
import { constants, type Stats, statSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { ObjectExistsError, StorageError, VaultError } from '#errors'
import { makeFolders } from '#make-folders'
import {
  allocate,
  checkRange,
  inSlices,
  isObjectName,
  missing,
  objectPath,
  rangeBytes,
  repositoryFolders,
  sameBytes,
} from './layout.ts'
import { type CallOptions, type LoadOptions, NAMING_KINDS, type ObjectEntry, type ObjectKind, type Storage } from './storage.ts'

const SLICE_BYTES = 1024 * 1024
/** Objects from this size on, packs, go past the system's page cache: see {@link LocalFolder.#writeDirectly}. */
const DIRECT_BYTES_MIN = 1024 * 1024
/** What O_DIRECT wants addresses, offsets and lengths to be multiples of, on every disk. */
const DIRECT_BLOCK_BYTES = 4096
const STATS_AT_ONCE = 64
/** Whoever is making a repository just now fills its configuration within moments; clocks may differ by minutes. */
const CONFIG_FILLED_WITHIN_MS = 10 * 60_000
const WINDOWS = process.platform === 'win32'
/**
 * File systems of Linux on disks of this machine, by their `f_type` (statfs(2)). The kernel locks their folders while they are read or
 * changed, so a list has all that came before it, where network file systems and FUSE may answer from a cache.
 */
const OF_THIS_MACHINE: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0x01021994, // tmpfs
])
/** Answers of file systems that cannot sync. */
const NO_SYNC = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOTTY', 'ENOSYS'])

export interface LocalOptions {
  readonly connections?: number | undefined
}

/** The repository folder at `path`, which need not exist yet; `create` makes it. */
export function localFolderStorage(path: string, options: LocalOptions = {}): Storage {
  return new LocalFolder(resolve(path), options)
}

interface Modes {
  readonly file: number
  readonly folder: number
}

class LocalFolder implements Storage {
  readonly location: string
  readonly connections: number
  readonly #root: string
  #modes: Promise<Modes> | undefined
  #isOfThisMachine: Promise<boolean> | undefined
  /** Whether the file system has refused to be written to directly. */
  #refusesDirect = false

  constructor(root: string, options: LocalOptions) {
    this.location = root
    this.connections = options.connections ?? 2
    this.#root = root
  }

  async create({ signal }: CallOptions = {}): Promise<void> {
    await this.#guard('create', async () => {
      signal?.throwIfAborted()
      const { folder } = await this.#findModes()
      const first = makeFolders(this.#root, folder)
      for (const name of repositoryFolders()) await makeFolder(join(this.#root, name), folder)
      await syncFolder(join(this.#root, 'data'))
      await syncFolder(this.#root)
      if (first !== undefined) await syncParents(resolve(this.#root), first)
    })
  }

  async save(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    const path = join(this.#root, objectPath(kind, name))
    await this.#guard(`${kind}/${name}`, async () => {
      if (kind === 'config') await clearLeftOver(path)
      if (await this.#isThere(path, kind, name, bytes)) return
      const temporary = await this.#writeAside(path, bytes, options)
      try {
        if (!(await nameWithoutOverwriting(temporary, path, kind)) && !(await this.#isThere(path, kind, name, bytes))) {
          throw new StorageError('failed', `${kind}/${name}: the object went away while it was being saved`)
        }
      } finally {
        await fs.rm(temporary, { force: true })
      }
      await syncFolder(join(path, '..'))
    })
  }

  async replace(kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> {
    const path = join(this.#root, objectPath(kind, name))
    await this.#guard(`${kind}/${name}`, async () => {
      const temporary = await this.#writeAside(path, bytes, options)
      try {
        if (WINDOWS) await fs.chmod(path, 0o600).catch(() => {})
        await fs.rename(temporary, path)
      } catch (error) {
        await fs.rm(temporary, { force: true })
        throw error
      }
      await syncFolder(join(path, '..'))
    })
  }

  async load(kind: ObjectKind, name: string, options: LoadOptions = {}): Promise<Uint8Array> {
    const path = join(this.#root, objectPath(kind, name))
    checkRange(options)
    return this.#guard(`${kind}/${name}`, async () => {
      options.signal?.throwIfAborted()
      await using file = await openExisting(path, kind, name)
      const about = await file.stat()
      if (isLeftOver(about, kind)) throw missing(kind, name)
      const part = allocate(rangeBytes(kind, name, about.size, options))
      await readFully(file, part, options.offset ?? 0, options)
      return part
    })
  }

  async stat(kind: ObjectKind, name: string, { signal }: CallOptions = {}): Promise<ObjectEntry | undefined> {
    const path = join(this.#root, objectPath(kind, name))
    return this.#guard(`${kind}/${name}`, async () => {
      signal?.throwIfAborted()
      const about = await findObject(path, kind)
      return about && { name, sizeBytes: about.size }
    })
  }

  async modifiedAt(kind: ObjectKind, name: string, { signal }: CallOptions = {}): Promise<Temporal.Instant | undefined> {
    const path = join(this.#root, objectPath(kind, name))
    return this.#guard(`${kind}/${name}`, async () => {
      signal?.throwIfAborted()
      const about = await findObject(path, kind)
      return about && Temporal.Instant.fromEpochMilliseconds(Math.floor(about.mtimeMs))
    })
  }

  async *list(kind: ObjectKind, { signal }: CallOptions = {}): AsyncGenerator<ObjectEntry> {
    signal?.throwIfAborted()
    if (kind === 'config') {
      const config = await this.stat(kind, '')
      if (config) yield config
      return
    }
    const folder = join(this.#root, kind)
    if (kind !== 'data') yield* this.#listFolder(folder, signal)
    else
      for (const name of await this.#names(folder))
        if (/^[0-9a-f]{2}$/.test(name)) yield* this.#listFolder(join(folder, name), signal)
  }

  async remove(kind: ObjectKind, name: string, { signal }: CallOptions = {}): Promise<void> {
    const path = join(this.#root, objectPath(kind, name))
    await this.#guard(`${kind}/${name}`, async () => {
      signal?.throwIfAborted()
      if (WINDOWS) await fs.chmod(path, 0o600).catch(() => {})
      await fs.rm(path, { force: true })
      if (NAMING_KINDS.has(kind)) await syncFolder(join(path, '..')).catch(unlessMissing)
    })
  }

  fileOf(kind: ObjectKind, name: string): string {
    return join(this.#root, objectPath(kind, name))
  }

  listsAtOnce(): Promise<boolean> {
    this.#isOfThisMachine ??= isOfThisMachine(this.#root)
    return this.#isOfThisMachine
  }

  async freeBytes(): Promise<number | undefined> {
    const about = await fs.statfs(this.#root).catch(() => undefined)
    return about && about.bavail * about.bsize
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async *#listFolder(folder: string, signal: AbortSignal | undefined): AsyncGenerator<ObjectEntry> {
    const names = (await this.#names(folder)).filter(isObjectName)
    for (let i = 0; i < names.length; i += STATS_AT_ONCE) {
      signal?.throwIfAborted()
      const some = names.slice(i, i + STATS_AT_ONCE)
      yield* await this.#guard(folder, async () => some.flatMap((name) => findEntry(folder, name)))
      // Others get their turn: a disk that sleeps answers late.
      await setImmediate()
    }
  }

  #names(folder: string): Promise<string[]> {
    return this.#guard(folder, async () => {
      try {
        return await fs.readdir(folder)
      } catch (error) {
        if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return []
        throw error
      }
    })
  }

  /** Whether the object is there with the same bytes. Names are hashes, so the bytes on disk are what is asked, never the size alone. */
  async #isThere(path: string, kind: ObjectKind, name: string, bytes: Uint8Array): Promise<boolean> {
    const size = await findSize(path)
    if (size === undefined) return false
    if (size !== bytes.length) throw new ObjectExistsError(kind, name)
    const there = await fs.readFile(path)
    const same =
      kind === 'config'
        ? sameBytes(there, bytes)
        : createHash('sha256').update(there).digest('hex') === name || sameBytes(there, bytes)
    if (!same) throw new ObjectExistsError(kind, name)
    // A writer that died between naming and syncing left it here: the folder is synced before anybody relies on it.
    await syncFolder(join(path, '..'))
    return true
  }

  async #writeAside(path: string, bytes: Uint8Array, options: CallOptions): Promise<string> {
    const modes = await this.#findModes()
    const temporary = `${path}-tmp-${randomBytes(8).toString('hex')}`
    try {
      options.signal?.throwIfAborted()
      await using file = await this.#createFile(temporary, modes)
      const start = await this.#writeDirectly(temporary, bytes, options)
      await writeSlices(file, bytes.subarray(start), start, options)
      if (!WINDOWS) await file.chmod(modes.file)
      await sync(file)
      options.signal?.throwIfAborted()
      return temporary
    } catch (error) {
      await fs.rm(temporary, { force: true }).catch(() => {})
      throw error
    }
  }

  /**
   * Writes the whole blocks of a pack from memory to the disk without a copy in the page cache, where it would push out what the practice
   * works with. Measured on a virtual machine: 400 MiB take 0.06 to 0.15 s of processor time instead of 0.12 to 0.93
   * (docs/decisions/0018-packs-past-the-page-cache.md).
   *
   * @returns how many bytes were written; 0 where the file system or the place of the bytes in memory does not allow it
   */
  async #writeDirectly(path: string, bytes: Uint8Array, options: CallOptions): Promise<number> {
    const length = bytes.length - (bytes.length % DIRECT_BLOCK_BYTES)
    if (this.#refusesDirect || length < DIRECT_BYTES_MIN || bytes.byteOffset % DIRECT_BLOCK_BYTES !== 0) return 0
    this.#isOfThisMachine ??= isOfThisMachine(this.#root)
    if (!(await this.#isOfThisMachine)) return 0
    try {
      await using file = await fs.open(path, constants.O_WRONLY | constants.O_DIRECT)
      await writeSlices(file, bytes.subarray(0, length), 0, options)
      return length
    } catch (error) {
      if (!hasCode(error, 'EINVAL')) throw error
      this.#refusesDirect = true
      return 0
    }
  }

  /** Makes the folder on demand, but never the root: an unplugged disk must not be filled on the disk below its mount point. */
  async #createFile(path: string, modes: Modes): Promise<fs.FileHandle> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
    // Writable while it is written, by a second descriptor too; it gets its own mode before it gets its name.
    const mode = WINDOWS ? 0o600 : modes.file | 0o200
    try {
      return await fs.open(path, flags, mode)
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
    const folder = join(path, '..')
    if ((await fs.stat(this.#root).catch(() => undefined)) === undefined) {
      throw new StorageError('unreachable', `${this.location}: the folder is not there (a disk that is not plugged in?)`)
    }
    const parent = join(folder, '..')
    if (parent.length > this.#root.length) await makeFolder(parent, modes.folder)
    await makeFolder(folder, modes.folder)
    await syncFolder(parent)
    return fs.open(path, flags, mode)
  }

  /** As restic: a repository whose config its group may read is shared with that group. */
  #findModes(): Promise<Modes> {
    this.#modes ??= fs.stat(join(this.#root, 'config')).then(
      ({ mode }) => ((mode & 0o040) === 0 ? { file: 0o400, folder: 0o700 } : { file: 0o440, folder: 0o770 }),
      () => {
        this.#modes = undefined
        return { file: 0o400, folder: 0o700 }
      },
    )
    return this.#modes
  }

  /** Translates what the system says. */
  async #guard<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw translate(error, this.location, what)
    }
  }
}

async function isOfThisMachine(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const about = await fs.statfs(path).catch(() => undefined)
  return about !== undefined && OF_THIS_MACHINE.has(about.type)
}

function translate(error: unknown, location: string, what: string): unknown {
  if (error instanceof VaultError || !(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return error
  const message = `${location}: ${what}: ${error.code}`
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new StorageError('full', message, { cause: error })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StorageError('refused', message, { cause: error })
    case 'ABORT_ERR':
      return error
    default:
      return new StorageError('failed', message, { cause: error })
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Gives the file its name unless there is one of that name: false. */
async function nameWithoutOverwriting(temporary: string, path: string, kind: ObjectKind): Promise<boolean> {
  try {
    await fs.link(temporary, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) throw error
  }
  // FAT, many network shares and FUSE know no hard links and say so in many ways (EPERM, ENOSYS, EIO): a look and a rename must do
  // there. Two writers of one name write the same bytes, but of a configuration: that name is taken first, by an empty file.
  if (kind === 'config') return claimAndRename(temporary, path)
  if ((await findSize(path)) !== undefined) return false
  await fs.rename(temporary, path)
  return true
}

async function claimAndRename(temporary: string, path: string): Promise<boolean> {
  try {
    await (await fs.open(path, 'wx', 0o600)).close()
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
  try {
    await fs.rename(temporary, path)
    return true
  } catch (error) {
    await fs.rm(path, { force: true })
    throw error
  }
}

/** What {@link claimAndRename} leaves when it is killed between the two: the name of a configuration, and no bytes. */
function isLeftOver({ size, mtimeMs }: Stats, kind: ObjectKind): boolean {
  return kind === 'config' && size === 0 && Date.now() - mtimeMs > CONFIG_FILLED_WITHIN_MS
}

/** Renamed before it goes, so that a configuration that has just come in its place is seen and put back. */
async function clearLeftOver(path: string): Promise<void> {
  const there = await findFile(path)
  if (there === undefined || !isLeftOver(there, 'config')) return
  const aside = `${path}-tmp-${randomBytes(8).toString('hex')}`
  await fs.rename(path, aside).catch(unlessMissing)
  if (((await findSize(aside)) ?? 0) > 0) await nameWithoutOverwriting(aside, path, 'config')
  await fs.rm(aside, { force: true })
}

/** The file of an object; undefined when there is no such object. */
async function findObject(path: string, kind: ObjectKind): Promise<Stats | undefined> {
  const about = await findFile(path)
  return about !== undefined && isLeftOver(about, kind) ? undefined : about
}

async function findSize(path: string): Promise<number | undefined> {
  return (await findFile(path))?.size
}

async function findFile(path: string): Promise<Stats | undefined> {
  try {
    const about = await fs.stat(path)
    return about.isFile() ? about : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

/** Asked without the thread pool, which takes five times as long: a list of all packs is many questions. */
function findEntry(folder: string, name: string): ObjectEntry[] {
  const about = statSync(join(folder, name), { throwIfNoEntry: false })
  return about?.isFile() ? [{ name, sizeBytes: about.size }] : []
}

async function openExisting(path: string, kind: ObjectKind, name: string): Promise<fs.FileHandle> {
  try {
    return await fs.open(path, 'r')
  } catch (error) {
    throw hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') ? missing(kind, name, error) : error
  }
}

async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await fs.mkdir(path, { mode })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

/** Where there is no folder nothing can come back. */
function unlessMissing(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error
}

/** Windows knows no sync of folders. */
async function syncFolder(path: string): Promise<void> {
  if (WINDOWS) return
  await using folder = await fs.open(path, 'r')
  await sync(folder)
}

/** Makes the entries of new folders last, from `path` up to that of `first`, the highest one that is new. */
async function syncParents(path: string, first: string): Promise<void> {
  await syncFolder(join(path, '..'))
  if (path !== first && path.startsWith(first)) await syncParents(join(path, '..'), first)
}

/** Some network file systems cannot; there is nothing better to do than what restic does: to go on. */
async function sync(file: fs.FileHandle): Promise<void> {
  try {
    await file.sync()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && NO_SYNC.has(String(error.code)))) throw error
  }
}

async function writeSlices(file: fs.FileHandle, bytes: Uint8Array, start: number, { signal, pace }: CallOptions): Promise<void> {
  await inSlices(bytes, SLICE_BYTES, async (slice, offset) => {
    await pace?.(slice.length)
    signal?.throwIfAborted()
    await writeFully(file, slice, start + offset)
  })
}

async function writeFully(file: fs.FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

async function readFully(file: fs.FileHandle, into: Uint8Array, at: number, { signal, pace }: CallOptions): Promise<void> {
  for (let done = 0; done < into.length; ) {
    signal?.throwIfAborted()
    const { bytesRead } = await file.read(into, done, Math.min(SLICE_BYTES, into.length - done), at + done)
    if (bytesRead === 0) throw new StorageError('failed', `the file ended at byte ${at + done}, while it was being read`)
    await pace?.(bytesRead)
    done += bytesRead
  }
}
