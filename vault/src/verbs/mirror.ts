/**
 * Mirrors: adding one, forgetting one, and taking in those that this machine knows of.
 *
 * A mirror holds the same objects as the others, byte for byte, under the same configuration; its keys are its own.
 */
import { NoRepositoryError, ObjectMissingError, RepositoryExistsError, UsageError, VaultError } from '#errors'
import { decodeConfig, type KeyId, unseal } from '#format'
import {
  addKey,
  BEHIND,
  causeOf,
  findKey,
  Lock,
  Mirror,
  type MirrorRecord,
  type MirrorRegistry,
  type Repository,
  type RepositoryOptions,
} from '#repository'
import {
  type CallOptions,
  findSamePlace,
  isSameAddress,
  openStorage,
  type Storage,
  type StorageOptions,
  unopenedStorage,
} from '#storage'
import { type CatchUpEvent, catchUpUnderLock, sameMirrorError } from './catch-up.ts'
import { aloneWith } from './each-mirror.ts'
import { eventStream } from './event-stream.ts'
import { findRightBytes } from './right-bytes.ts'

/** A mirror that is behind is hardly the place that just answered: it is not waited for. */
const SAME_PLACE_MS = 5000
const BEING_FILLED = { code: BEHIND.filling, reason: 'is being filled' }

export interface AddMirrorOptions extends StorageOptions {
  /** Unique in a repository; made from the address when absent. */
  readonly name?: string
  /** Its own password; the key file that opened the repository is copied when absent. */
  readonly password?: RepositoryOptions['password']
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal
}

/**
 * Makes a place into another mirror and fills it. Interrupted, it is run again and goes on. The last event is the summary of catching up.
 *
 * @throws {RepositoryExistsError} when there is something else at that place
 * @throws {UsageError} when another mirror has the name
 */
export function addMirror(
  repository: Repository,
  registry: MirrorRegistry,
  place: string | Storage,
  options: AddMirrorOptions = {},
): AsyncGenerator<CatchUpEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    await using lock = await repository.lock({ exclusive: false, retryMs: options.lockRetryMs ?? 0, signal })
    const held = AbortSignal.any([signal, lock.lost])
    for (const mirror of repository.storage.mirrors) nameOf(registry, mirror)
    const { mirror, name } = await takeIn(repository, registry, place, lock, { ...options, signal: held })
    await catchUpUnderLock(repository, mirror, lock, { registry, name, signal: held }, emit)
  }, options.signal)
}

async function takeIn(
  repository: Repository,
  registry: MirrorRegistry,
  place: string | Storage,
  lock: Lock,
  options: AddMirrorOptions & { readonly signal: AbortSignal },
): Promise<{ mirror: Mirror; name: string }> {
  const storage = typeof place === 'string' ? await openStorage(place, options) : place
  const open = repository.storage.mirrors.find(({ location }) => location === storage.location)
  if (open !== undefined) {
    if (open.storage !== storage) await storage[Symbol.asyncDispose]()
    return { mirror: open, name: nameOf(registry, open) }
  }
  try {
    await refuseSamePlace(repository, storage, lock, options)
    await prepare(repository, storage, options)
    const { name } = registry.add(storage.location, { behind: BEING_FILLED, ...(options.name && { name: options.name }) })
    const mirror = new Mirror(storage, { ...BEING_FILLED, since: Temporal.Now.instant() })
    registry.recognise(mirror, name)
    repository.storage.add(mirror)
    return { mirror, name }
  } catch (error) {
    await storage[Symbol.asyncDispose]()
    throw error
  }
}

/** The name of an open mirror, which is on the list from now on. */
function nameOf(registry: MirrorRegistry, mirror: Mirror): string {
  const { name } = registry.recordOf(mirror) ?? registry.add(mirror.location)
  registry.recognise(mirror, name)
  return name
}

/**
 * Another address of a place that is a mirror already: two copies on one disk would be taken for two. What we have just written to the
 * mirrors stands there, too, then. One that is behind has nothing of it and gets a lock for the question.
 */
async function refuseSamePlace(
  repository: Repository,
  storage: Storage,
  lock: Lock,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  if ((await storage.stat('locks', lock.id, { signal })) !== undefined)
    throw new UsageError(`${storage.location}: is a mirror already, by another address`)
  for (const mirror of repository.storage.mirrors) {
    if (mirror.isCurrent) continue
    const soon = AbortSignal.any([signal, AbortSignal.timeout(SAME_PLACE_MS)])
    const asked = await Lock.acquire(aloneWith(repository, mirror), { exclusive: false, signal: soon }).catch(() => undefined)
    signal.throwIfAborted()
    await using there = asked
    if (there !== undefined && (await storage.stat('locks', there.id, { signal })) !== undefined)
      throw sameMirrorError(storage.location, mirror.location)
  }
}

/** Key, then configuration: as stock restic makes a repository. */
async function prepare(
  repository: Repository,
  storage: Storage,
  { name, password, signal }: AddMirrorOptions & { readonly signal: AbortSignal },
): Promise<void> {
  if (name === '') throw new UsageError('a mirror needs a name')
  const config = await loadConfig(storage, { signal })
  if (config !== undefined) requireOurs(repository, storage, config)
  const { mirrors } = repository.storage
  const own = password === undefined ? undefined : await passwordBytes(password)
  const keyId = await findOurKey(repository, storage, own, { signal })
  if (config === undefined && keyId === undefined) await refuseOccupied(storage, { signal })
  await storage.create({ signal })
  if (keyId === undefined) await storeKey(repository, storage, own, { signal })
  if (config !== undefined) return
  const right = await findRightBytes(repository, 'config', '', mirrors, { signal })
  if (right === undefined) throw new NoRepositoryError(repository.storage.location)
  await storage.save('config', '', right.bytes, { signal })
}

async function passwordBytes(password: RepositoryOptions['password']): Promise<Uint8Array> {
  const value = typeof password === 'function' ? await password() : password
  return typeof value === 'string' ? new TextEncoder().encode(value) : value
}

async function loadConfig(storage: Storage, options: CallOptions): Promise<Uint8Array | undefined> {
  try {
    return await storage.load('config', '', options)
  } catch (error) {
    if (error instanceof ObjectMissingError) return undefined
    throw error
  }
}

function requireOurs({ primitives, key, config }: Repository, storage: Storage, stored: Uint8Array): void {
  try {
    if (decodeConfig(unseal(primitives, key, stored)).id === config.id) return
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    throw new RepositoryExistsError(storage.location, 'another repository', { cause: error })
  }
  throw new RepositoryExistsError(storage.location, 'another repository')
}

/** A key that an interrupted attempt has left there, or that somebody has put there for us. */
async function findOurKey(
  { primitives, key, keyId }: Repository,
  storage: Storage,
  password: Uint8Array | undefined,
  options: CallOptions,
): Promise<KeyId | undefined> {
  if (password === undefined) return (await storage.stat('keys', keyId, options)) === undefined ? undefined : keyId
  try {
    const opened = await findKey(storage, primitives, password, options)
    return primitives.equal(opened.master.encrypt, key.encrypt) ? opened.id : undefined
  } catch (error) {
    if (error instanceof VaultError && error.code === 'wrong-password') return undefined
    throw error
  }
}

async function refuseOccupied(storage: Storage, options: CallOptions): Promise<void> {
  for (const kind of ['keys', 'snapshots'] as const) {
    for await (const { name } of storage.list(kind, options)) {
      throw new RepositoryExistsError(storage.location, `${kind}/${name}`)
    }
  }
}

async function storeKey(
  repository: Repository,
  storage: Storage,
  password: Uint8Array | undefined,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const { primitives, key, keyId, objects } = repository
  if (password === undefined) {
    await storage.save('keys', keyId, await objects.loadVerified('keys', keyId, { signal }), { signal })
  } else {
    await addKey(storage, primitives, key, password, { signal })
  }
}

/**
 * Forgets a mirror: nothing more is written there, and nothing there is deleted. The last one that is left is the repository: it is behind
 * nobody, and owes nothing.
 * @throws {UsageError} when there is no such mirror
 */
export async function removeMirror(
  registry: MirrorRegistry,
  nameOrAddress: string,
  repository?: Repository,
): Promise<MirrorRecord> {
  const record = registry.find(nameOrAddress)
  if (record === undefined) throw new UsageError(`there is no mirror named ${nameOrAddress}`)
  const mirror = repository?.storage.mirrors.find((each) => registry.recordOf(each)?.name === record.name)
  if (mirror !== undefined) await repository!.storage.letGo(mirror)
  registry.remove(record.name)
  const [last, ...others] = registry.list()
  if (last !== undefined && others.length === 0) registry.resume(last.name)
  return record
}

export interface MirrorStatus extends MirrorRecord {
  /** Removals that it owes. */
  readonly owed: number
}

/** The mirrors that this machine knows of. Asks none of them. */
export function listMirrors(registry: MirrorRegistry): MirrorStatus[] {
  return registry.list().map((record) => ({ ...record, owed: registry.owed(record.name).size }))
}

export interface AttachedMirrors {
  /** Mirrors by their names; those that this machine did not know are not among them. */
  readonly names: ReadonlyMap<Mirror, string>
  /** What {@link check} needs to know. */
  readonly owed: (mirror: Mirror) => ReadonlySet<string>
}

/**
 * Opens the mirrors that this machine knows of, beside those that are open, and writes down what happens to them from now on. One that
 * cannot be opened or reached, or lacks an index or a snapshot that others have, takes no part until it has caught up. Where that leaves
 * none, those that were behind and answer are gone on with: of two disks that are plugged in by turns each is current in its week, and
 * they even out when they meet.
 */
export async function attachMirrors(
  repository: Repository,
  registry: MirrorRegistry,
  options: StorageOptions & CallOptions = {},
): Promise<AttachedMirrors> {
  const names = new Map<Mirror, string>()
  const records = registry.list()
  const { storage } = repository
  storage.listen(registry.events())
  const opened = [...storage.mirrors]
  // Only these are looked for by what they are: a place that is gone may keep us waiting.
  const strange = opened.filter((mirror) => !records.some(({ address }) => isWritten(mirror, address)))
  for (const record of records) {
    const isFree = (mirror: Mirror) => !names.has(mirror)
    const open = await findOpen(record.address, opened.filter(isFree), strange.filter(isFree))
    const mirror = open ?? new Mirror(await openOrExcuse(record.address, options), record.behind)
    names.set(mirror, record.name)
    registry.recognise(mirror, record.name)
    if (mirror !== open) storage.add(mirror)
    else if (open.behind !== undefined) registry.markBehind(record.name, open.behind)
    else if (record.behind !== undefined) open.markBehind(record.behind)
  }
  if (storage.mirrors.length > 1) await leaveOutThoseThatLack(repository, options)
  if (storage.current.length === 0) {
    const late = records.filter(({ behind }) => behind !== undefined)
    for (const [mirror, name] of names)
      if (late.some((record) => record.name === name)) await resumeIfThere(repository, mirror, options)
    if (storage.current.length > 1) await leaveOutThoseThatLack(repository, options)
  }
  return { names, owed: ({ debts }) => debts }
}

/**
 * The open mirror that this address leads to, by whatever address it was opened.
 * @param strange those of them whose own address is on no record
 */
async function findOpen(address: string, opened: readonly Mirror[], strange: readonly Mirror[]): Promise<Mirror | undefined> {
  const written = opened.find((mirror) => isWritten(mirror, address))
  if (written !== undefined) return written
  const same = await findSamePlace(
    address,
    strange.map(({ location }) => location),
  )
  return strange.find(({ location }) => location === same)
}

function isWritten({ location }: Mirror, address: string): boolean {
  return location === address || isSameAddress(location, address)
}

/** A mirror whose credentials are missing today is one that does not answer: it stops nobody. */
async function openOrExcuse(address: string, options: StorageOptions): Promise<Storage> {
  try {
    return await openStorage(address, options)
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    return unopenedStorage(address, error)
  }
}

/**
 * A run on another machine, or one that was killed, may have left a mirror behind without anybody writing it down. Where each lacks
 * something that another has, the one that has most stays current: indexes must not name packs for a mirror that another has alone.
 */
async function leaveOutThoseThatLack(repository: Repository, { signal }: CallOptions): Promise<void> {
  const { storage } = repository
  const listed = await listEach(repository, { signal })
  const all = new Set([...listed.values()].flatMap((names) => [...names])).size
  const most = Math.max(...[...listed.values()].map(({ size }) => size))
  const base = [...listed].find(([, { size }]) => size === most)?.[0]
  for (const [mirror, { size }] of listed) {
    if (size < all && mirror !== base)
      storage.markBehind(mirror, { code: BEHIND.lacking, reason: `lacks ${all - size} of ${all} indexes and snapshots` })
  }
  await leaveOutTwins(repository)
}

/** What two records lead to is one copy: the second takes no part, and its owner may remove it. Each has answered just now. */
async function leaveOutTwins({ storage }: Repository): Promise<void> {
  const places: string[] = []
  for (const mirror of storage.current) {
    const same = await findSamePlace(mirror.location, places)
    if (same === undefined) places.push(mirror.location)
    else storage.markBehind(mirror, causeOf(sameMirrorError(mirror.location, same)))
  }
}

/** Indexes and snapshots that each current mirror lists. One that does not answer, or is no longer ours, is left behind. */
async function listEach(repository: Repository, { signal }: CallOptions): Promise<ReadonlyMap<Mirror, ReadonlySet<string>>> {
  const { storage } = repository
  const listed = new Map<Mirror, Set<string>>()
  await Promise.all(
    storage.current.map(async (mirror) => {
      try {
        await requireLikeOurs(repository, mirror, { signal })
        const names = new Set<string>()
        for (const kind of ['snapshots', 'index'] as const) {
          for await (const { name } of mirror.list(kind, { signal })) names.add(`${kind}/${name}`)
        }
        listed.set(mirror, names)
      } catch (error) {
        signal?.throwIfAborted()
        if (!(error instanceof VaultError)) throw error
        storage.markBehind(mirror, causeOf(error))
      }
    }),
  )
  return listed
}

/**
 * Current mirrors that lack an index or a snapshot that another one has: after one has caught up that was written to by itself, the
 * others catch up with it.
 */
export async function mirrorsThatLack(repository: Repository, options: CallOptions = {}): Promise<Mirror[]> {
  if (repository.storage.current.length < 2) return []
  const listed = await listEach(repository, options)
  const all = new Set([...listed.values()].flatMap((names) => [...names])).size
  return [...listed].flatMap(([mirror, { size }]) => (size < all ? [mirror] : []))
}

async function resumeIfThere(repository: Repository, mirror: Mirror, { signal }: CallOptions): Promise<void> {
  try {
    await requireLikeOurs(repository, mirror, { signal })
    repository.storage.resume(mirror)
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof VaultError)) throw error
  }
}

/** @throws {UsageError} when it holds another repository, or cannot read what is written in this one's format version */
async function requireLikeOurs(
  { primitives, key, config }: Repository,
  { storage, location }: Mirror,
  options: CallOptions,
): Promise<void> {
  const { id, version } = decodeConfig(unseal(primitives, key, await storage.load('config', '', options)))
  if (id !== config.id) throw new UsageError(`${location}: holds another repository`)
  if (version < config.version)
    throw new UsageError(`${location}: has format version ${version}; migrate all mirrors together, each named by -r`)
}
