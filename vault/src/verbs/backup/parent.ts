/** The parent of a backup: an earlier snapshot of the same source, so that unchanged files need not be read. Only a speed-up. */
import type { SnapshotEntry, SnapshotFilter } from '#repository'
import { matchesFilter, type Repository } from '#repository'

export interface ParentChoice {
  /** A snapshot that the user named. */
  readonly parent?: string
  /** No parent: every file is read. */
  readonly force?: boolean
  readonly hostname: string
  readonly paths: readonly string[]
  readonly timeMs: number
  /** What must agree with the parent: host and paths, unless said otherwise. */
  readonly groupBy?: readonly ('host' | 'paths' | 'tags')[]
  readonly tags: readonly string[]
}

/** The newest snapshot of the same host that backed up all of these paths, not younger than this backup. */
export async function chooseParent(
  repository: Repository,
  choice: ParentChoice,
  signal?: AbortSignal,
): Promise<SnapshotEntry | undefined> {
  if (choice.force) return undefined
  if (choice.parent !== undefined) return repository.snapshot(choice.parent, filterOf(choice), { signal })
  const snapshots = await repository.snapshots({ signal })
  const filter = filterOf(choice)
  return snapshots.findLast((snapshot) => Date.parse(snapshot.time) <= choice.timeMs && matchesFilter(snapshot, filter))
}

function filterOf({ groupBy = ['host', 'paths'], hostname, paths, tags }: ParentChoice): SnapshotFilter {
  return {
    ...(groupBy.includes('host') && { hosts: [hostname] }),
    ...(groupBy.includes('paths') && { paths }),
    ...(groupBy.includes('tags') && { tags: [tags.length === 0 ? [''] : tags] }),
  }
}
