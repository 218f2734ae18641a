/**
 * planPrune: what a prune would do, as a value to print and approve. Reads only.
 *
 * The order of reading is what makes the two phases safe beside running backups (docs/decisions/0011-two-phase-prune.md): names of
 * index files, packs, locks, snapshots, and the indexes last.
 */
import { ObjectMissingError, RefusedError, VaultError } from '#errors'
import type { IndexId, PackId, SnapshotId } from '#format'
import { type Lock, loadSnapshot, type Repository, reasonOf, type SnapshotEntry } from '#repository'
import type { CallOptions } from '#storage'
import { askEachMirror, namesOnMirrors } from '../each-mirror.ts'
import { findUsedBlobs, type UsedBlobs } from '../used-blobs.ts'
import { PackAccounts, type UnindexedPack } from './accounts.ts'
import { decidePacks, type PackDecision, type RepackRules } from './decide.ts'
import { GRACE_MS_DEFAULT, type Holders, listHolders, loadMarkFiles } from './marks.ts'
import { type MarkPlan, type PruneMode, planMarks } from './plan-marks.ts'
import { type PruneStatistics, statisticsOf } from './statistics.ts'

export interface PruneOptions extends RepackRules {
  readonly mode?: PruneMode
  /** How long a mark stays at the least; {@link GRACE_MS_DEFAULT} when absent. */
  readonly graceMs?: number
  /** Snapshots that are about to be forgotten: counted as gone. */
  readonly ignoreSnapshots?: readonly SnapshotId[]
  /** The lock under which {@link prune} will work, held until it is done; without one the age of marks is known by our clock alone. */
  readonly lock?: Lock
  readonly now?: () => Temporal.Instant
  readonly onProgress?: (progress: PlanProgress) => void
  readonly signal?: AbortSignal
}

export interface PlanProgress {
  readonly step: 'snapshots' | 'trees'
  readonly done: number
}

export interface PrunePlan {
  readonly mode: PruneMode
  readonly statistics: PruneStatistics
  /** Every pack of the index. */
  readonly packs: readonly PackDecision[]
  /** In no index: left by an interrupted run, or by one that is running. */
  readonly unindexed: readonly UnindexedPack[]
  readonly marks: readonly MarkPlan[]
  /** What the plan was made from; {@link prune} refuses it when they have changed and nobody held a lock meanwhile. */
  readonly snapshots: readonly SnapshotId[]
  readonly indexFiles: readonly IndexId[]
  /** Nothing to write, nothing to delete. */
  readonly isEmpty: boolean
}

/** What {@link prune} needs beside the plan, and nobody prints. */
export interface PlanDetails {
  readonly accounts: PackAccounts
  readonly used: UsedBlobs
  readonly holders: Holders
  readonly ignored: ReadonlySet<string>
  readonly lock: Lock | undefined
  readonly now: () => Temporal.Instant
}

const details = new WeakMap<PrunePlan, PlanDetails>()

export function detailsOf(plan: PrunePlan): PlanDetails {
  const found = details.get(plan)
  if (found === undefined) throw new RefusedError('this plan was not made by planPrune in this process: plan again')
  return found
}

/**
 * Decides what to keep, repack, mark and delete. Loads the index anew.
 *
 * @throws {RefusedError} when deleting would be a gamble: an index or a snapshot that cannot be read, a needed blob in no index, a
 * needed pack that is missing or has another size, mirrors that hold different snapshots or indexes
 */
export async function planPrune(repository: Repository, options: PruneOptions = {}): Promise<PrunePlan> {
  const { signal, lock } = options
  const mode = options.mode ?? 'two-phase'
  const now = options.now ?? (() => Temporal.Now.instant())
  const ignored = new Set<string>(options.ignoreSnapshots)
  await refuseUnequalMirrors(repository, signal)
  const marksSince = new Set(await namesOnMirrors(repository, 'index', signal))
  const sizes = await packSizes(repository, signal)
  // Beside the exclusive lock there is nobody.
  const holders = mode === 'instant' ? { known: [], unreadable: [] } : await listHolders(repository, lock, { signal })
  const snapshots = await loadSnapshots(repository, ignored, options)
  await loadIndex(repository, sizes, signal)
  const used = await findUsed(repository, snapshots, options)
  const accounts = new PackAccounts(repository.index, used.flags, sizes)
  refuseFaults(repository, accounts, used, sizes)
  const decisions = decidePacks(accounts, repository.config.version, options)
  const files = await loadMarkFiles(repository, lock, { signal })
  const graceMs = options.graceMs ?? GRACE_MS_DEFAULT
  const marks = planMarks(repository.index, files, { marksSince, holders, used, sizes, mode, now: now(), graceMs })
  const unindexed = findUnindexed(repository, sizes, marks, mode)
  const statistics = statisticsOf(accounts, decisions, unindexed, marks, sizes, repository.config.version)
  const isEmpty = decisions.every(({ action }) => action === 'keep') && unindexed.length === 0 && !marks.some(isWork)
  const plan: PrunePlan = {
    ...{ mode, statistics, packs: decisions, unindexed, marks, isEmpty },
    snapshots: snapshots.map(({ id }) => id),
    indexFiles: repository.indexFiles,
  }
  details.set(plan, { accounts, used, holders, ignored, lock, now })
  return plan
}

function isWork({ delete: gone, recover, drop, mustRewrite }: MarkPlan): boolean {
  return mustRewrite || gone.length + recover.length + drop.length > 0
}

/**
 * A snapshot that only one mirror holds may need packs that the others' snapshots do not. A difference is looked at twice: a backup
 * that is just ending reaches the mirrors one after the other.
 */
async function refuseUnequalMirrors(repository: Repository, signal: AbortSignal | undefined): Promise<void> {
  if (repository.storage.current.length < 2) return
  for (let attempt = 0; ; attempt++) {
    const differing = await differingNames(repository, signal)
    if (differing === undefined) return
    if (attempt === 2) throw differing
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function differingNames(repository: Repository, signal: AbortSignal | undefined): Promise<RefusedError | undefined> {
  for (const kind of ['index', 'snapshots'] as const) {
    const lists = await askEachMirror(
      repository,
      async (mirror) => ({
        location: mirror.location,
        names: (await Array.fromAsync(mirror.list(kind, { signal }))).map(({ name }) => name),
      }),
      signal,
    )
    const all = new Set(lists.flatMap(({ names }) => names))
    const lacking = lists.find(({ names }) => names.length < all.size)
    if (lacking === undefined) continue
    const { location, names } = lacking
    return new RefusedError(`${location}: holds ${names.length} of ${all.size} objects in ${kind}/; let it catch up first`)
  }
  return undefined
}

/** Sizes of the packs there are. Where mirrors disagree, the largest counts: a pack cut short on one is whole on the other. */
async function packSizes(repository: Repository, signal: AbortSignal | undefined): Promise<Map<PackId, number>> {
  const sizes = new Map<PackId, number>()
  const lists = await askEachMirror(repository, (mirror) => Array.fromAsync(mirror.list('data', { signal })), signal)
  for (const list of lists) {
    for (const { name, sizeBytes } of list) sizes.set(name as PackId, Math.max(sizes.get(name as PackId) ?? 0, sizeBytes))
  }
  return sizes
}

async function loadSnapshots(
  repository: Repository,
  ignored: ReadonlySet<string>,
  { signal, onProgress }: PruneOptions,
): Promise<SnapshotEntry[]> {
  const names = (await namesOnMirrors(repository, 'snapshots', signal)).filter((name) => !ignored.has(name))
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
  { signal, onProgress }: PruneOptions,
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

/** Packs in no index. Those marked already wait as such. */
function findUnindexed(
  { index }: Repository,
  sizes: ReadonlyMap<PackId, number>,
  marks: readonly MarkPlan[],
  mode: PruneMode,
): UnindexedPack[] {
  const known = new Set(marks.flatMap(({ file }) => file.packs.map(({ id }) => id)))
  const unindexed: UnindexedPack[] = []
  for (const [id, sizeBytes] of sizes) {
    if (!index.hasPack(id) && !known.has(id)) unindexed.push({ id, sizeBytes })
  }
  return mode === 'instant' ? unindexed : unindexed.sort((a, b) => (a.id < b.id ? -1 : 1))
}
