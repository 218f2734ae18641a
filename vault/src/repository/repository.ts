/** An open repository: key, configuration, the index in memory, blobs in and out. */
import {
  BlobMissingError,
  FormatError,
  NoRepositoryError,
  ObjectDamagedError,
  ObjectExistsError,
  ObjectMissingError,
  RefusedError,
  RepositoryExistsError,
  StorageError,
  UsageError,
  VaultError,
} from '#errors'
import {
  type BlobId,
  type BlobType,
  type Config,
  decodeBlob,
  decodeConfig,
  decodeTree,
  encodeConfig,
  forEachIndexEntry,
  type IndexId,
  type KeyId,
  newPolynomial,
  type PackId,
  type Primitives,
  type ScryptParameters,
  type SealKey,
  type Snapshot,
  type SnapshotId,
  seal,
  type TreeNode,
  unseal,
} from '#format'
import { nodePrimitives } from '#primitives'
import {
  type CallOptions,
  findSamePlace,
  isSameAddress,
  openStorage,
  parseAddress,
  printAddress,
  type Storage,
  type StorageOptions,
  unopenedStorage,
} from '#storage'
import { BlobIndex, type BlobLocation } from './blob-index.ts'
import type { Finding } from './finding.ts'
import { addKey, findKey } from './keys.ts'
import { ByteBudget, inLanes } from './lanes.ts'
import { LocalCache } from './local-cache.ts'
import { Lock, type LockOptions } from './locks.ts'
import { causeOf, Mirror, type MirrorEvents, MirroredStorage } from './mirrors.ts'
import { ObjectStore } from './objects.ts'
import { BlobWriter, PACK_BYTES_MAX, PACK_BYTES_MIN, PACK_BYTES_TARGET, type WriterOptions } from './pack-writer.ts'
import {
  listSnapshots,
  loadSnapshot,
  resolveSnapshot,
  type SnapshotEntry,
  type SnapshotFilter,
  saveSnapshot,
} from './snapshots.ts'

/**
 * Bytes of index that a blob takes on disk, at the least (measured: 46 of restic, 42 of ours; 36 where ids alone differ): a guess of how
 * many will come. Guessing too many costs four bytes each, guessing too few a second table.
 */
const INDEX_BYTES_PER_BLOB = 36
/** Room for more is made when they come, not because a list says so: anybody can put a large file among the indexes. */
const EXPECTED_BLOBS_MAX = 16_000_000
const INDEX_LANES_MAX = 4
const INDEX_LOADED_BYTES_MAX = 64 * 1024 * 1024
/** No blob is larger than this in memory. Trees have no cap in the format; one of 100,000 files takes 40 MB. */
export const BLOB_BYTES_MAX = 512 * 1024 * 1024

export interface RepositoryOptions extends StorageOptions {
  /** The password, or where it comes from when it is needed. */
  readonly password: string | Uint8Array | (() => Promise<string | Uint8Array>)
  /** First characters of the key file to try first. */
  readonly keyHint?: string
  /** What is wrong and did not stop the work: junk objects, mirrors that were left behind. */
  readonly onFinding?: (finding: Finding) => void
  readonly mirrorEvents?: MirrorEvents
  /**
   * New packs are complete from this size on: 4 to 128 MiB, 16 when absent. Memory grows with it: a backup holds about one pack more than
   * it has workers.
   */
  readonly packBytes?: number
  /**
   * Folder of the caches of this machine: what lies elsewhere and is asked for again and again is kept there (indexes, snapshots, packs
   * of trees). None when absent, and none for local folders. Verbs that judge what is at the destination (check, heal, repair) want none.
   */
  readonly cacheFolder?: string | undefined
  readonly signal?: AbortSignal
}

export interface LoadIndexOptions extends CallOptions {
  /**
   * For whoever writes what counts on it: packs that a doubtful mirror ({@link Mirror.isDoubtful}) does not list are then as good as marked,
   * readable where another mirror has them and counted on by nothing new. Costs a listing of packs where there is such a mirror.
   */
  readonly countsOn?: 'listed packs'
}

/** What an index file names: packs that hold blobs, and packs that are marked for deletion. */
export interface IndexContents {
  readonly packs: readonly PackId[]
  readonly marked: readonly PackId[]
}

/** An address as restic writes it, a storage that is open already, or several of them: the mirrors of one repository. */
export type RepositoryPlace = string | Storage | readonly (string | Storage)[]

export interface InitOptions extends RepositoryOptions {
  readonly version?: 1 | 2
  /** Takes the polynomial of another repository, so that `copy` between them deduplicates. */
  readonly chunkerPolynomial?: bigint
  readonly scrypt?: ScryptParameters
  readonly allowEmptyPassword?: boolean
}

interface RepositoryParts {
  readonly packBytes?: number | undefined
  readonly cache?: LocalCache | undefined
  readonly onFinding?: ((finding: Finding) => void) | undefined
}

export interface LoadBlobOptions extends CallOptions {
  /** From these mirrors alone, and from themselves: for whoever wants to know what is there. */
  readonly only?: readonly Mirror[] | undefined
}

export class Repository implements AsyncDisposable {
  readonly config: Config
  readonly keyId: KeyId
  /** Size from which on new packs are complete. */
  readonly packBytes: number
  readonly objects: ObjectStore
  readonly findings: Finding[] = []
  readonly primitives: Primitives = nodePrimitives
  /** Empty until {@link loadIndex}. */
  index = new BlobIndex()
  /** Blobs of packs that prune has marked for deletion: still readable, never counted on. */
  marked = new BlobIndex()
  /** Index files that {@link loadIndex} has read. */
  indexFiles: IndexId[] = []
  /** The packs that each of them names. */
  indexContents = new Map<IndexId, IndexContents>()
  /** Index files that it could not read: whoever deletes packs must not go on. */
  unreadableIndexFiles: IndexId[] = []
  readonly #onFinding: ((finding: Finding) => void) | undefined
  #loadingIndex: Promise<void> | undefined

  constructor(storage: MirroredStorage, master: SealKey, keyId: KeyId, config: Config, parts: RepositoryParts = {}) {
    this.config = config
    this.keyId = keyId
    this.packBytes = parts.packBytes ?? PACK_BYTES_TARGET
    this.objects = new ObjectStore(storage, master, config.version, this.primitives, parts.cache)
    this.#onFinding = parts.onFinding
  }

  get storage(): MirroredStorage {
    return this.objects.storage
  }

  get key(): SealKey {
    return this.objects.key
  }

  get id(): string {
    return this.config.id
  }

  report(finding: Finding): void {
    this.findings.push(finding)
    this.#onFinding?.(finding)
  }

  /**
   * Reads all index files, once. One that is junk or damaged is reported and passed over: its blobs are then unknown, until
   * `repair index` reads them from the packs.
   */
  loadIndex(options: LoadIndexOptions = {}): Promise<void> {
    this.#loadingIndex ??= this.#loadIndex(options).catch((error: unknown) => {
      this.#loadingIndex = undefined
      throw error
    })
    return this.#loadingIndex
  }

  /** Forgets the index, so that the next {@link loadIndex} reads what is there now. */
  dropIndex(): void {
    this.#loadingIndex = undefined
  }

  async #loadIndex({ signal, countsOn }: LoadIndexOptions): Promise<void> {
    const listed = countsOn === undefined ? undefined : await this.#packsListed({ signal })
    const entries = await Array.fromAsync(this.storage.list('index', { signal }))
    const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    this.index = new BlobIndex(Math.min(Math.ceil(bytes / INDEX_BYTES_PER_BLOB), EXPECTED_BLOBS_MAX))
    this.marked = new BlobIndex()
    this.indexFiles = []
    this.indexContents = new Map()
    this.unreadableIndexFiles = []
    const budget = new ByteBudget(INDEX_LOADED_BYTES_MAX)
    await inLanes(entries, Math.min(this.storage.connections, INDEX_LANES_MAX), async ({ name, sizeBytes }) => {
      using _ = await budget.take(sizeBytes)
      await this.#loadIndexFile(name as IndexId, listed, signal)
    })
  }

  /** Packs that each doubtful mirror lists; undefined when there is none. */
  async #packsListed(options: CallOptions): Promise<ReadonlySet<string> | undefined> {
    let listed: ReadonlySet<string> | undefined
    for (const mirror of this.storage.current.filter(({ isDoubtful }) => isDoubtful)) {
      const here = new Set((await Array.fromAsync(mirror.list('data', options))).map(({ name }) => name))
      listed = listed?.intersection(here) ?? here
    }
    return listed
  }

  async #loadIndexFile(id: IndexId, listed: ReadonlySet<string> | undefined, signal: AbortSignal | undefined): Promise<void> {
    try {
      const json = await this.objects.loadUnpacked('index', id, { signal })
      let index = this.index
      let pack = -1
      const contents = { packs: [] as PackId[], marked: [] as PackId[] }
      forEachIndexEntry(
        json,
        (packId, marked) => {
          index = marked || listed?.has(packId.toHex()) === false ? this.marked : this.index
          pack = index.packNumber(packId.toHex() as PackId)
          contents[marked ? 'marked' : 'packs'].push(index.packs[pack]!)
        },
        (blob, isTree, offset, length, uncompressedLength) => {
          index.add(pack, blob, isTree, offset, length, uncompressedLength)
          if (isTree) this.objects.cache?.noteTreePack(index.packs[pack]!)
        },
      )
      this.indexFiles.push(id)
      this.indexContents.set(id, contents)
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof ObjectDamagedError || error instanceof FormatError || error instanceof ObjectMissingError))
        throw error
      // Removed since it was listed: another client has rewritten it, and the new one was or will be read.
      if (error instanceof ObjectMissingError) return
      this.unreadableIndexFiles.push(id)
      this.report({ severity: 'error', kind: 'index', object: id, message: error.message })
    }
  }

  /**
   * A blob's plaintext, hashed and found right. Copies in other packs and on other mirrors are tried before it gives up.
   * Needs {@link loadIndex}.
   * @throws {BlobMissingError} when no index names it
   * @throws {ObjectDamagedError} when no copy is right; it names the pack
   */
  async loadBlob(type: BlobType, id: BlobId, options: LoadBlobOptions = {}): Promise<Uint8Array> {
    let failure: unknown
    for (const index of [this.index, this.marked]) {
      for (const location of index.findAll(type, id)) {
        try {
          return await this.loadBlobAt(location, options)
        } catch (error) {
          options.signal?.throwIfAborted()
          failure ??= error
        }
      }
    }
    throw failure ?? new BlobMissingError(type, id)
  }

  /** One copy of a blob, from whichever mirror has it right. @throws {ObjectDamagedError | ObjectMissingError} */
  async loadBlobAt(location: BlobLocation, { signal, only }: LoadBlobOptions = {}): Promise<Uint8Array> {
    const { pack, offset, length } = location
    if (location.uncompressedLength > BLOB_BYTES_MAX || length > BLOB_BYTES_MAX) {
      throw new RefusedError(`blob ${location.id}: says that it is larger than ${BLOB_BYTES_MAX} bytes`)
    }
    let failure: unknown
    let found = false
    const part = { offset, lengthBytes: length, signal, fresh: only !== undefined }
    for await (const { bytes } of this.storage.loadFromEach('data', pack, part, only)) {
      found = true
      try {
        return this.openBlob(location, bytes)
      } catch (error) {
        if (!(error instanceof VaultError)) throw error
        failure ??= error
      }
    }
    if (found) throw failure
    await this.storage.load('data', pack, part)
    throw new ObjectMissingError('data', pack)
  }

  /** Opens the stored bytes of a blob and compares its hash. @throws {ObjectDamagedError} */
  openBlob({ pack, id, type, uncompressedLength }: BlobLocation, stored: Uint8Array): Uint8Array {
    try {
      const plaintext = decodeBlob(this.primitives, this.key, stored, uncompressedLength)
      if (this.primitives.sha256Hex(plaintext) === id) return plaintext
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      throw new ObjectDamagedError('data', pack, `${type} blob ${id}: ${error.message}`, { cause: error })
    }
    throw new ObjectDamagedError('data', pack, `${type} blob ${id} does not hash to its ID`)
  }

  /** A directory's nodes. @throws as {@link loadBlob}, and {@link ObjectDamagedError} when the blob is no tree */
  async loadTree(id: BlobId, options: CallOptions = {}): Promise<TreeNode[]> {
    const json = await this.loadBlob('tree', id, options)
    try {
      return decodeTree(json)
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      throw new ObjectDamagedError('blob', id, `is no tree: ${error.message}`, { cause: error })
    }
  }

  /** Snapshots that can be read, oldest first. The others are reported. */
  snapshots(options: CallOptions = {}): Promise<SnapshotEntry[]> {
    return listSnapshots(this.objects, (finding) => this.report(finding), options)
  }

  /** The snapshot that a person means; a full ID is read alone, so that junk beside it is no obstacle. @throws {UsageError} */
  async snapshot(name: string, filter: SnapshotFilter = {}, options: CallOptions = {}): Promise<SnapshotEntry> {
    if (/^[0-9a-f]{64}$/.test(name)) return loadSnapshot(this.objects, name as SnapshotId, options)
    return resolveSnapshot(await this.snapshots(options), name, filter)
  }

  saveSnapshot(snapshot: Snapshot, options: CallOptions = {}): Promise<SnapshotId> {
    return saveSnapshot(this.objects, snapshot, options)
  }

  lock(options: LockOptions): Promise<Lock> {
    return Lock.acquire(this.objects, options)
  }

  /** Packs blobs on this thread; {@link BlobWriter.flush} ends it. Needs {@link loadIndex}. */
  writer(options: WriterOptions = {}): BlobWriter {
    return new BlobWriter(this.objects, this.index, { packBytes: this.packBytes, ...options })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.storage[Symbol.asyncDispose]()
  }
}

/**
 * Opens a repository.
 *
 * Several places are mirrors of one repository: each must hold the same configuration. One that cannot be reached is left out as
 * behind; the password may open a key of any of them.
 *
 * @throws {NoRepositoryError} when there is none
 * @throws {WrongPasswordError} when no key opens
 * @throws {StorageError} when no place can be reached
 * @throws {UsageError} when two of the places are one
 */
export async function openRepository(place: RepositoryPlace, options: RepositoryOptions): Promise<Repository> {
  const cache = options.cacheFolder === undefined ? undefined : new LocalCache(options.cacheFolder)
  const storage = await openMirrors(place, options, cache)
  try {
    refuseSameAddress(storage)
    const repository = await openWith(storage, options, cache)
    await refuseSamePlace(storage)
    return repository
  } catch (error) {
    await storage[Symbol.asyncDispose]()
    throw error
  }
}

async function openMirrors(
  place: RepositoryPlace,
  options: RepositoryOptions,
  cache: LocalCache | undefined,
): Promise<MirroredStorage> {
  checkPackBytes(options)
  const places = typeof place === 'string' || !Array.isArray(place) ? [place as string | Storage] : place
  const open = async (each: string | Storage) => {
    if (typeof each !== 'string') return each
    const address = parseAddress(each)
    const storage = await openStorage(each, options).catch((error: unknown) => {
      // Credentials that are missing: of several mirrors this one is left behind.
      if (places.length === 1 || !(error instanceof StorageError)) throw error
      return unopenedStorage(printAddress(address), error)
    })
    return cache === undefined || address.kind === 'local' ? storage : cache.wrap(storage)
  }
  const storages = await Promise.all(places.map(open))
  return new MirroredStorage(
    storages.map((storage) => new Mirror(storage)),
    options.mirrorEvents,
  )
}

/** One disk under two addresses is one copy, however many are counted. A mirror that did not answer is not asked again. */
async function refuseSamePlace({ current }: MirroredStorage): Promise<void> {
  const places: string[] = []
  for (const { location } of current) {
    const same = await findSamePlace(location, places)
    if (same !== undefined) throw samePlaceError(location, same)
    places.push(location)
  }
}

function refuseSameAddress({ mirrors }: MirroredStorage): void {
  for (const [at, { location }] of mirrors.entries()) {
    const same = mirrors.slice(0, at).find((other) => isSameAddress(other.location, location))
    if (same !== undefined) throw samePlaceError(location, same.location)
  }
}

function samePlaceError(location: string, same: string): UsageError {
  return new UsageError(`${location}: leads to the same place as ${same}, which would be no second copy`)
}

function checkPackBytes({ packBytes = PACK_BYTES_TARGET }: RepositoryOptions): void {
  if (packBytes >= PACK_BYTES_MIN && packBytes <= PACK_BYTES_MAX) return
  throw new UsageError(`packs have 4 to 128 MiB, not ${packBytes / 1024 / 1024}`)
}

async function openWith(
  storage: MirroredStorage,
  options: RepositoryOptions,
  cache: LocalCache | undefined,
): Promise<Repository> {
  const { signal } = options
  const password = await passwordBytes(options)
  let failure: unknown
  for (const mirror of storage.mirrors) {
    try {
      const opening = findKey(mirror.storage, nodePrimitives, password, { hint: options.keyHint ?? '', signal })
      opening.catch(() => undefined)
      // Both at once, but a missing repository is said before a wrong password.
      const sealedConfig = await loadConfig(mirror.storage, signal)
      const opened = await opening
      const config = decodeConfig(unseal(nodePrimitives, opened.master, sealedConfig))
      cache?.open(config.id)
      const version = Math.min(config.version, await leaveOutStrangers(storage, opened.master, config.id, signal)) as 1 | 2
      return new Repository(storage, opened.master, opened.id, { ...config, version }, { ...options, cache })
    } catch (error) {
      signal?.throwIfAborted()
      failure ??= error
    }
  }
  throw failure
}

async function passwordBytes({ password }: RepositoryOptions): Promise<Uint8Array> {
  const value = typeof password === 'function' ? await password() : password
  return typeof value === 'string' ? new TextEncoder().encode(value) : value
}

async function loadConfig(storage: Storage, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await storage.load('config', '', { signal })
  } catch (error) {
    if (error instanceof ObjectMissingError) throw new NoRepositoryError(storage.location, { cause: error })
    throw error
  }
}

/**
 * A mirror that does not answer, or holds another repository, takes no part.
 * @returns the lowest format version of those that do: a change that was interrupted between two leaves one behind the other, and what
 * is written must be readable on each
 */
async function leaveOutStrangers(
  storage: MirroredStorage,
  key: SealKey,
  repositoryId: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (storage.mirrors.length === 1) return 2
  const versions = await Promise.all(
    storage.mirrors.map(async (mirror) => {
      try {
        const { id, version } = decodeConfig(unseal(nodePrimitives, key, await loadConfig(mirror.storage, signal)))
        if (id !== repositoryId) throw new UsageError(`${mirror.location}: holds another repository (${id.slice(0, 8)})`)
        return version
      } catch (error) {
        signal?.throwIfAborted()
        storage.markBehind(mirror, causeOf(error))
        return 2
      }
    }),
  )
  return Math.min(...versions)
}

/**
 * Creates a repository, on one place or on several mirrors at once, and opens it.
 * @throws {RepositoryExistsError} when a configuration, a key or a snapshot is there already
 * @throws {UsageError} when two of the places are one
 */
export async function initRepository(place: RepositoryPlace, options: InitOptions): Promise<Repository> {
  const storage = await openMirrors(place, options, undefined)
  try {
    refuseSameAddress(storage)
    for (const mirror of storage.mirrors) await refuseExisting(mirror.storage, options.signal)
    await storage.create({ signal: options.signal })
    await refuseSamePlace(storage)
    const { randomBytes } = nodePrimitives
    const master: SealKey = { encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) }
    const config: Config = {
      version: options.version ?? 2,
      id: randomBytes(32).toHex(),
      chunkerPolynomial: options.chunkerPolynomial ?? newPolynomial(randomBytes),
    }
    const password = await passwordBytes(options)
    const sealedConfig = seal(nodePrimitives, master, encodeConfig(config))
    let keyId: KeyId | undefined
    for (const { storage: each } of storage.mirrors) {
      keyId = await addKey(each, nodePrimitives, master, password, {
        ...(options.scrypt && { parameters: options.scrypt }),
        ...(options.allowEmptyPassword && { allowEmptyPassword: true }),
      })
      await saveConfig(each, keyId, sealedConfig, options.signal)
    }
    return new Repository(storage, master, keyId!, config, options)
  } catch (error) {
    await storage[Symbol.asyncDispose]()
    throw error
  }
}

/** Where somebody else has just made a repository our key would open nothing, and stand in the way of theirs. */
async function saveConfig(storage: Storage, keyId: KeyId, sealed: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  try {
    await storage.save('config', '', sealed, { signal })
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error
    await storage.remove('keys', keyId, { signal })
    throw new RepositoryExistsError(storage.location, 'a config', { cause: error })
  }
}

async function refuseExisting(storage: Storage, signal: AbortSignal | undefined): Promise<void> {
  if ((await storage.stat('config', '', { signal })) !== undefined) throw new RepositoryExistsError(storage.location, 'a config')
  for (const kind of ['keys', 'snapshots'] as const) {
    for await (const { name } of storage.list(kind, { signal })) {
      throw new RepositoryExistsError(storage.location, `${kind}/${name}`)
    }
  }
}
