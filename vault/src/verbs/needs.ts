/**
 * What snapshots need, and whether it is there: shown before anything is deleted, by prune and by mirrors that let go of what they owe.
 */
import { ObjectMissingError, RefusedError, VaultError } from '#errors'
import type { PackId, SnapshotId } from '#format'
import { loadSnapshot, type Repository, reasonOf, type SnapshotEntry } from '#repository'
import type { CallOptions } from '#storage'
import { askEachMirror, namesOnMirrors } from './each-mirror.ts'
import { PackAccounts } from './prune/accounts.ts'
import { findUsedBlobs, type UsedBlobs } from './used-blobs.ts'

export interface Needs {
  readonly snapshots: readonly SnapshotEntry[]
  readonly used: UsedBlobs
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

/**
 * Reads every snapshot, the index anew, and every tree.
 * @param sizes of the packs that are there; gets those that come meanwhile
 * @throws {RefusedError} when an index, a snapshot or a tree cannot be read, a needed blob is in no index, or a needed pack is missing or
 * has another size
 */
export async function requireNeeds(
  repository: Repository,
  sizes: Map<PackId, number>,
  options: NeedsOptions = {},
): Promise<Needs> {
  const snapshots = await loadSnapshots(repository, options)
  await loadIndex(repository, sizes, options.signal)
  const used = await findUsed(repository, snapshots, options)
  const accounts = new PackAccounts(repository.index, used.flags, sizes)
  refuseFaults(repository, accounts, used, sizes)
  return { snapshots, used, accounts }
}

/** Sizes of the packs there are. Where mirrors disagree, the largest counts: a pack cut short on one is whole on the other. */
export async function packSizes(repository: Repository, signal: AbortSignal | undefined): Promise<Map<PackId, number>> {
  const sizes = new Map<PackId, number>()
  const lists = await askEachMirror(repository, (mirror) => Array.fromAsync(mirror.list('data', { signal })), signal)
  for (const list of lists) {
    for (const { name, sizeBytes } of list) sizes.set(name as PackId, Math.max(sizes.get(name as PackId) ?? 0, sizeBytes))
  }
  return sizes
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
async function loadIndex(repository: Repository, sizes: Map<PackId, number>, signal: AbortSignal | undefined): Promise<void> {
  repository.dropIndex()
  await repository.loadIndex({ signal })
  const [unreadable] = repository.unreadableIndexFiles
  if (unreadable !== undefined) {
    throw new RefusedError(`index/${unreadable} cannot be read, so what the packs hold is not known: repair the index first`)
  }
  for (const id of repository.index.packs) {
    if (sizes.has(id)) continue
    const sizeBytes = await sizeOnAnyMirror(repository, id, { signal })
    if (sizeBytes !== undefined) sizes.set(id, sizeBytes)
  }
}

async function sizeOnAnyMirror(repository: Repository, id: PackId, { signal }: CallOptions): Promise<number | undefined> {
  const entries = await askEachMirror(repository, ({ storage }) => storage.stat('data', id, { signal }), signal)
  return entries.reduce<number | undefined>((most, entry) => (entry ? Math.max(most ?? 0, entry.sizeBytes) : most), undefined)
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
  { index }: Repository,
  accounts: PackAccounts,
  { markedPacks }: UsedBlobs,
  sizes: ReadonlyMap<PackId, number>,
): void {
  const faults = [...accounts.neededAtFault].map((pack) => {
    const fault = accounts.faults.get(pack)!
    const what = fault.kind === 'missing' ? 'missing' : `${fault.sizeBytes} bytes long instead of ${fault.expectedBytes}`
    return `data/${index.packs[pack]} is ${what}`
  })
  for (const id of markedPacks) if (!sizes.has(id)) faults.push(`data/${id} is missing`)
  if (faults.length === 0) return
  const named = faults.length > 3 ? [...faults.slice(0, 3), '…'] : faults
  throw new RefusedError(`snapshots need packs that are not sound: ${named.join(', ')}; repair or heal first`)
}
