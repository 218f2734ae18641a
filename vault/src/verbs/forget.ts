/** forget: snapshots that no rule keeps, or that are named, are removed. Their data goes with the next prune. */
import { RefusedError, UsageError, VaultError } from '#errors'
import type { SnapshotId } from '#format'
import { type Lock, matchesFilter, type Repository, reasonOf, type SnapshotEntry, type SnapshotFilter } from '#repository'
import { eventStream } from './event-stream.ts'
import { findSnapshots } from './find-snapshots.ts'
import {
  applyPolicy,
  type ForgetPolicy,
  GROUP_BY_DEFAULT,
  type GroupBy,
  groupSnapshots,
  isEmptyPolicy,
  type KeptSnapshot,
  printGroup,
} from './forget-policy.ts'

export interface ForgetOptions {
  readonly filter?: SnapshotFilter
  readonly groupBy?: GroupBy
  readonly policy?: ForgetPolicy
  /** IDs, their beginnings, or `latest`: these go, whatever the policy says. */
  readonly snapshots?: readonly string[]
  /** Lets a policy that keeps nothing take away all that the filter, which must not be empty, chooses. */
  readonly allowRemoveAll?: boolean
  /** The local zone; the system's when absent. */
  readonly timeZone?: string
  readonly now?: Temporal.Instant
  readonly signal?: AbortSignal
}

export interface ForgetGroup {
  /** Empty when not grouped by it; so are the two lists. */
  readonly host: string
  readonly paths: readonly string[]
  readonly tags: readonly string[]
  /** Newest first, with the reasons. */
  readonly keep: readonly KeptSnapshot[]
  readonly remove: readonly SnapshotEntry[]
}

export interface ForgetPlan {
  /** None when snapshots were named. */
  readonly groups: readonly ForgetGroup[]
  readonly remove: readonly SnapshotEntry[]
}

export type ForgetEvent =
  | { readonly kind: 'removed'; readonly snapshot: SnapshotId; readonly done: number; readonly total: number }
  | { readonly kind: 'summary'; readonly removed: readonly SnapshotId[]; readonly notRemoved: readonly SnapshotId[] }

/**
 * Decides which snapshots go. Reads only. A snapshot that cannot be read is reported and takes no part: what it would have used
 * up of a count keeps another one.
 *
 * @throws {UsageError} when there is no policy, or a named snapshot does not exist
 * @throws {RefusedError} when a group would lose its last snapshot, or everything would go without a filter
 */
export async function planForget(repository: Repository, options: ForgetOptions = {}): Promise<ForgetPlan> {
  const { filter = {}, policy = {}, signal } = options
  if (options.snapshots !== undefined && options.snapshots.length > 0) {
    const remove = await findSnapshots(repository, options.snapshots, filter, { signal })
    const all = await repository.snapshots({ signal })
    if (remove.length > 0 && remove.length === all.length && !options.allowRemoveAll)
      throw new RefusedError('these are all the snapshots that there are: with --unsafe-allow-remove-all they go')
    return { groups: [], remove }
  }
  const isEmpty = isEmptyPolicy(policy)
  if (isEmpty && !options.allowRemoveAll) throw new UsageError('no policy was given, so no snapshot would be removed')
  if (isEmpty && isEmptyFilter(filter)) throw new RefusedError('all snapshots go only with a filter that says which')
  const snapshots = (await repository.snapshots({ signal })).filter((snapshot) => matchesFilter(snapshot, filter))
  const timeZone = options.timeZone ?? Temporal.Now.timeZoneId()
  const groups = groupSnapshots(snapshots, options.groupBy ?? GROUP_BY_DEFAULT).map(({ snapshots: members, ...group }) => {
    const { keep, remove } = applyPolicy(members, policy, { timeZone, ...(options.now && { now: options.now }) })
    if (!isEmpty && keep.length === 0)
      throw new RefusedError(`the policy would remove the last snapshot of the group ${printGroup(group)}`)
    return { ...group, keep, remove }
  })
  return { groups, remove: groups.flatMap(({ remove }) => remove) }
}

function isEmptyFilter({ hosts = [], tags = [], paths = [] }: SnapshotFilter): boolean {
  return hosts.length + tags.length + paths.length === 0
}

/**
 * Removes what the plan says; a snapshot that cannot be removed is reported, and the rest goes on. The last event is the summary.
 * Takes a shared lock unless one is given: nobody who reads or writes minds a snapshot that goes.
 *
 * @throws {LockedError} when somebody holds the repository exclusively
 */
export function forget(
  repository: Repository,
  plan: ForgetPlan,
  options: { lock?: Lock; lockRetryMs?: number; signal?: AbortSignal } = {},
): AsyncGenerator<ForgetEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    if (options.lock !== undefined) return removeAll(repository, plan, options.lock, emit, signal)
    await using lock = await repository.lock({ exclusive: false, retryMs: options.lockRetryMs ?? 0, signal })
    await removeAll(repository, plan, lock, emit, signal)
  }, options.signal)
}

async function removeAll(
  repository: Repository,
  { remove }: ForgetPlan,
  lock: Lock,
  emit: (event: ForgetEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const removed: SnapshotId[] = []
  const notRemoved: SnapshotId[] = []
  for (const { id } of remove) {
    await lock.assertHeld()
    try {
      await repository.storage.remove('snapshots', id, { signal })
      removed.push(id)
      emit({ kind: 'removed', snapshot: id, done: removed.length, total: remove.length })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      notRemoved.push(id)
      repository.report({ severity: 'error', kind: 'snapshots', object: id, message: `not removed: ${reasonOf(error)}` })
    }
  }
  emit({ kind: 'summary', removed, notRemoved })
}
