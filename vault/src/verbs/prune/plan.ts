/**
 * planPrune: what a prune would do, as a value to print and approve. Reads only.
 *
 * The order of reading is what makes the two phases safe beside running backups (docs/decisions/0011-two-phase-prune.md): names of
 * index files, packs, locks, snapshots, and the indexes last.
 */
import { RefusedError } from '#errors'
import type { IndexId, PackId, SnapshotId } from '#format'
import type { Lock, Repository } from '#repository'
import { askEachMirror, namesOnMirrors } from '../each-mirror.ts'
import { type PlanProgress, packSizes, requireNeeds } from '../needs.ts'
import type { PackAccounts, UnindexedPack } from './accounts.ts'
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
  const { snapshots, recover, accounts } = await requireNeeds(repository, sizes, { ...options, ignored })
  const decisions = decidePacks(accounts, repository.config.version, options)
  const files = await loadMarkFiles(repository, lock, { signal })
  const graceMs = options.graceMs ?? GRACE_MS_DEFAULT
  const facts = { marksSince, holders, recover, sizes: sizes.largest, mode, now: now(), graceMs }
  const marks = planMarks(repository.index, files, facts)
  const unindexed = findUnindexed(repository, sizes.largest, marks, mode)
  const statistics = statisticsOf(accounts, decisions, unindexed, marks, sizes.largest, repository.config.version)
  const isEmpty = decisions.every(({ action }) => action === 'keep') && unindexed.length === 0 && !marks.some(isWork)
  const plan: PrunePlan = {
    ...{ mode, statistics, packs: decisions, unindexed, marks, isEmpty },
    snapshots: snapshots.map(({ id }) => id),
    indexFiles: repository.indexFiles,
  }
  details.set(plan, { accounts, holders, ignored, lock, now })
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
