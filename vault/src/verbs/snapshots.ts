/** snapshots: which there are, filtered, in groups, the newest of each. */
import { parseTimeNs } from '#format'
import type { Repository, SnapshotEntry, SnapshotFilter } from '#repository'
import type { CallOptions } from '#storage'
import { findSnapshots } from './find-snapshots.ts'
import { type GroupBy, groupSnapshots, type SnapshotGroup } from './forget-policy.ts'

export interface SnapshotsOptions extends CallOptions {
  /** Only these: IDs, their beginnings, `latest`. */
  readonly snapshots?: readonly string[]
  readonly filter?: SnapshotFilter
  /** One group of everything when absent. */
  readonly groupBy?: GroupBy
  /** Only so many of each group, the newest; without groups, of each host and set of paths. */
  readonly latest?: number
}

/**
 * Snapshots in groups, oldest first in each. Those that cannot be read are reported to the repository's `onFinding`. Takes no lock: a
 * snapshot is read whole or not at all.
 * @throws {UsageError} when a name fits none or several
 */
export async function snapshots(repository: Repository, options: SnapshotsOptions = {}): Promise<SnapshotGroup[]> {
  const { snapshots: names = [], filter = {}, groupBy = NO_GROUPS, latest = 0, signal } = options
  const chosen = byTime(await findSnapshots(repository, names, filter, { signal }))
  if (latest <= 0) return groupSnapshots(chosen, groupBy)
  const isGrouped = groupBy.host || groupBy.paths || groupBy.tags
  if (!isGrouped) return groupSnapshots(newestOfEach(chosen, latest), groupBy)
  return groupSnapshots(chosen, groupBy).map((group) => ({ ...group, snapshots: group.snapshots.slice(-latest) }))
}

const NO_GROUPS: GroupBy = { host: false, paths: false, tags: false }

/** Oldest first. */
export function byTime(snapshots: readonly SnapshotEntry[]): SnapshotEntry[] {
  const times = new Map(snapshots.map((snapshot) => [snapshot, parseTimeNs(snapshot.time)]))
  return snapshots.toSorted((a, b) => (times.get(a)! < times.get(b)! ? -1 : times.get(a)! > times.get(b)! ? 1 : 0))
}

function newestOfEach(list: readonly SnapshotEntry[], count: number): SnapshotEntry[] {
  const seen = new Map<string, number>()
  const kept = list.toReversed().filter(({ hostname, paths }) => {
    const key = JSON.stringify([hostname, paths.toSorted()])
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    return before < count
  })
  return kept.reverse()
}
