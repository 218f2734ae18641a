/** tag: other tags for snapshots. A snapshot is written anew under another ID, remembers its first one, and the old file goes. */
import { UsageError } from '#errors'
import type { Snapshot, SnapshotId } from '#format'
import type { Lock, Repository, SnapshotEntry, SnapshotFilter } from '#repository'
import { eventStream } from './event-stream.ts'
import { findSnapshots, stillThere } from './find-snapshots.ts'

/** What becomes of the tags: other ones in their place (an empty list for none), or some added, some removed. */
export type TagChange =
  | { readonly set: readonly string[] }
  | { readonly add?: readonly string[]; readonly remove?: readonly string[] }

export interface TagOptions {
  readonly snapshots?: readonly string[]
  readonly filter?: SnapshotFilter
  readonly signal?: AbortSignal
}

export interface TagPlan {
  readonly changes: readonly { readonly snapshot: SnapshotEntry; readonly tags: readonly string[] }[]
}

export type TagEvent =
  | { readonly kind: 'changed'; readonly oldId: SnapshotId; readonly newId: SnapshotId }
  | { readonly kind: 'summary'; readonly changedSnapshots: number }

/** Which snapshots change, and to what. @throws {UsageError} when nothing is to be changed, or a named snapshot does not exist */
export async function planTag(repository: Repository, change: TagChange, options: TagOptions = {}): Promise<TagPlan> {
  if (!('set' in change) && (change.add ?? []).length + (change.remove ?? []).length === 0) {
    throw new UsageError('no tags to set, add or remove')
  }
  const snapshots = await findSnapshots(repository, options.snapshots ?? [], options.filter ?? {}, { signal: options.signal })
  const changes = snapshots.flatMap((snapshot) => {
    const tags = changeTags(snapshot.tags, change)
    return tags === undefined ? [] : [{ snapshot, tags }]
  })
  return { changes }
}

/** The tags afterwards, undefined when they stay; setting always counts as a change, as in restic. */
export function changeTags(tags: readonly string[], change: TagChange): readonly string[] | undefined {
  if ('set' in change) return change.set.filter((tag) => tag !== '')
  const added = (change.add ?? []).filter((tag) => tag !== '' && !tags.includes(tag))
  const kept = [...tags, ...new Set(added)].filter((tag) => !(change.remove ?? []).includes(tag))
  return kept.length === tags.length && kept.every((tag, i) => tag === tags[i]) ? undefined : kept
}

/** Carries out the plan under an exclusive lock, as restic. The last event is the summary. */
export function tag(
  repository: Repository,
  plan: TagPlan,
  options: { lockRetryMs?: number; signal?: AbortSignal } = {},
): AsyncGenerator<TagEvent, void, undefined> {
  return eventStream(async (emit, signal) => {
    await using lock = await repository.lock({ exclusive: true, retryMs: options.lockRetryMs ?? 0, signal })
    const changes = await stillThere(repository, plan.changes, signal)
    for (const { snapshot, tags } of changes) {
      const { id, ...facts } = snapshot
      const newId = await replaceSnapshot(repository, id, { ...facts, tags, original: snapshot.original ?? id }, lock, signal)
      emit({ kind: 'changed', oldId: id, newId })
    }
    emit({ kind: 'summary', changedSnapshots: changes.length })
  }, options.signal)
}

/** The new snapshot is durable before the old one goes; killed in between, both are there. */
export async function replaceSnapshot(
  repository: Repository,
  oldId: SnapshotId,
  snapshot: Snapshot,
  lock: Lock,
  signal: AbortSignal,
): Promise<SnapshotId> {
  await lock.assertHeld()
  const newId = await repository.saveSnapshot(snapshot, { signal })
  await lock.assertHeld()
  await repository.storage.remove('snapshots', oldId, { signal })
  return newId
}
