/**
 * What snapshots need, and whether it is there: shown before anything is deleted, by prune and by mirrors that let go of what they owe.
 */
import { ObjectMissingError, RefusedError, VaultError } from '#errors'
import type { PackId, SnapshotId } from '#format'
import { loadSnapshot, type Repository, reasonOf, type SnapshotEntry } from '#repository'
import type { CallOptions } from '#storage'
import { askEachMirror, namesOnMirrors } from './each-mirror.ts'
import { expectedBytes, isListedIn, type ListedPacks, PackAccounts } from './prune/accounts.ts'
import { findUsedBlobs, type UsedBlobs } from './used-blobs.ts'

export interface Needs {
  readonly snapshots: readonly SnapshotEntry[]
  /** Marked packs that are needed again: what they hold is in no other pack, or in none that every mirror has. */
  readonly recover: ReadonlySet<PackId>
  readonly accounts: PackAccounts
}

export interface NeedsOptions extends CallOptions {
  /** Snapshots that count as gone. */
  readonly ignored?: ReadonlySet<string>
  readonly onProgress?: ((progress: PlanProgress) => void) | undefined
}

export interface PlanProgress {
  readonly step: 'snapshots' | 'trees'
  readonly done: number
}

/** The packs that the current mirrors list. */
export interface PackSizes extends ListedPacks {
  readonly largest: Map<PackId, number>
  readonly several: Map<PackId, Set<number>>
  readonly uneven: Set<PackId>
}

/**
 * Reads every snapshot, the index anew, and every tree.
 * @param sizes gets the packs that come meanwhile
 * @throws {RefusedError} when an index, a snapshot or a tree cannot be read, a needed blob is in no index, or a needed pack is missing or
 * has another size
 */
export async function requireNeeds(repository: Repository, sizes: PackSizes, options: NeedsOptions = {}): Promise<Needs> {
  const snapshots = await loadSnapshots(repository, options)
  await loadIndex(repository, sizes, options.signal)
  const used = await findUsed(repository, snapshots, options)
  const accounts = new PackAccounts(repository.index, used.flags, sizes)
  const sound = soundMarked(repository, sizes)
  const recover = used.markedPacks.intersection(sound).union(markedCopiesOf(repository, accounts, sound))
  refuseFaults(repository, accounts, used, sound, sizes)
  return { snapshots, recover, accounts }
}

/** Marked packs that some mirror holds in the size that their marks give them. */
function soundMarked({ marked }: Repository, sizes: PackSizes): Set<PackId> {
  const expected = expectedBytes(marked)
  return new Set(marked.packs.filter((id, pack) => isListedIn(sizes, id, expected[pack]!)))
}

/** Marked packs that hold what no pack of the index holds on every mirror. */
function markedCopiesOf({ index, marked }: Repository, accounts: PackAccounts, sound: ReadonlySet<PackId>): Set<PackId> {
  const packs = new Set<PackId>()
  marked.forEach((_number, pack, isTree, _length, _uncompressedLength, id) => {
    const first = index.numberOf(isTree ? 'tree' : 'data', id)
    if (first >= 0 && accounts.isScattered(first) && sound.has(marked.packs[pack]!)) packs.add(marked.packs[pack]!)
  })
  return packs
}

/** The packs that each current mirror lists, without what it was to remove. One that does not answer is left behind; some must. */
export async function packSizes(repository: Repository, signal: AbortSignal | undefined): Promise<PackSizes> {
  const sizes: PackSizes = { largest: new Map(), several: new Map(), uneven: new Set() }
  const lists = await askEachMirror(repository, (mirror) => Array.fromAsync(mirror.list('data', { signal })), signal)
  const holders = new Map<PackId, number>()
  for (const list of lists) {
    for (const { name, sizeBytes } of list) {
      noteSize(sizes, name as PackId, sizeBytes)
      holders.set(name as PackId, (holders.get(name as PackId) ?? 0) + 1)
    }
  }
  for (const [id, count] of holders) if (count < lists.length) sizes.uneven.add(id)
  return sizes
}

function noteSize({ largest, several, uneven }: PackSizes, id: PackId, sizeBytes: number): void {
  const before = largest.get(id) ?? sizeBytes
  if (before !== sizeBytes) {
    uneven.add(id)
    several.set(id, (several.get(id) ?? new Set([before])).add(sizeBytes))
  }
  largest.set(id, Math.max(before, sizeBytes))
}

async function loadSnapshots(repository: Repository, { ignored, signal, onProgress }: NeedsOptions): Promise<SnapshotEntry[]> {
  const names = (await namesOnMirrors(repository, 'snapshots', signal)).filter((name) => !ignored?.has(name))
  const snapshots: SnapshotEntry[] = []
  for (const name of names) {
    try {
      snapshots.push(await loadSnapshot(repository.objects, name as SnapshotId, { signal }))
    } catch (error) {
      signal?.throwIfAborted()
      // Forgotten since it was listed.
      if (error instanceof ObjectMissingError) continue
      if (!(error instanceof VaultError)) throw error
      throw new RefusedError(`snapshots/${name} cannot be read, so what it needs is not known: ${reasonOf(error)}`, {
        cause: error,
      })
    }
    onProgress?.({ step: 'snapshots', done: snapshots.length })
  }
  return snapshots
}

/** The index, and the size of each pack that came after the listing. */
async function loadIndex(repository: Repository, sizes: PackSizes, signal: AbortSignal | undefined): Promise<void> {
  repository.dropIndex()
  await repository.loadIndex({ signal })
  const [unreadable] = repository.unreadableIndexFiles
  if (unreadable !== undefined) {
    throw new RefusedError(`index/${unreadable} cannot be read, so what the packs hold is not known: repair the index first`)
  }
  for (const id of repository.index.packs) if (!sizes.largest.has(id)) await askForSize(repository, id, sizes, { signal })
}

async function askForSize(repository: Repository, id: PackId, sizes: PackSizes, { signal }: CallOptions): Promise<void> {
  const entries = await askEachMirror(repository, ({ storage }) => storage.stat('data', id, { signal }), signal)
  for (const entry of entries) if (entry !== undefined) noteSize(sizes, id, entry.sizeBytes)
  if (entries.includes(undefined)) sizes.uneven.add(id)
}

async function findUsed(
  repository: Repository,
  snapshots: readonly SnapshotEntry[],
  { signal, onProgress }: NeedsOptions,
): Promise<UsedBlobs> {
  const trees = snapshots.map(({ tree }) => tree)
  let used: UsedBlobs
  try {
    used = await findUsedBlobs(repository, trees, { signal, onTree: (done) => onProgress?.({ step: 'trees', done }) })
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof VaultError) || error.retryable) throw error
    throw new RefusedError(`a tree that a snapshot needs cannot be read: ${error.message}`, { cause: error })
  }
  const [first] = used.missing
  if (first === undefined) return used
  throw new RefusedError(
    `${used.missing.length} blob(s) that snapshots need are in no index, ${first.type} ${first.id} for one: repair the index first`,
  )
}

function refuseFaults(
  { index, marked }: Repository,
  accounts: PackAccounts,
  { onlyMarked }: UsedBlobs,
  sound: ReadonlySet<PackId>,
  { largest }: PackSizes,
): void {
  const faults = new Set<string>()
  for (const pack of accounts.neededAtFault) {
    const fault = accounts.faults.get(pack)!
    const what = fault.kind === 'missing' ? 'missing' : `${fault.sizeBytes} bytes long instead of ${fault.expectedBytes}`
    faults.add(`data/${index.packs[pack]} is ${what}`)
  }
  for (const { type, id } of onlyMarked) {
    const packs = [...marked.findAll(type, id)].map(({ pack }) => pack)
    if (packs.some((pack) => sound.has(pack))) continue
    for (const pack of packs)
      faults.add(`data/${pack} ${largest.has(pack) ? 'has another size than its marks say' : 'is missing'}`)
  }
  if (faults.size === 0) return
  const named = [...faults].slice(0, 3).concat(faults.size > 3 ? '…' : [])
  throw new RefusedError(`snapshots need packs that are not sound: ${named.join(', ')}; repair or heal first`)
}
