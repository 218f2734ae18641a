/** What verbs have in common that only read: a lock that keeps others from deleting, the snapshot that is meant, the index. */
import { UsageError } from '#errors'
import { type BlobId, printName } from '#format'
import type { Repository, SnapshotEntry, SnapshotFilter } from '#repository'
import { findEntry } from './tree-walk.ts'

export interface ReadingOptions {
  /** Reads without a lock: from a destination that takes no object, or while somebody holds the repository. */
  readonly withoutLock?: boolean
  /** Waits so long for somebody else's exclusive lock. */
  readonly lockRetryMs?: number
  readonly signal?: AbortSignal | undefined
}

/** A repository that nobody deletes from until this is disposed of. */
export interface Reading<Facts> extends AsyncDisposable {
  readonly facts: Facts
  /** Aborts with the caller's signal, or when the lock is lost. */
  readonly signal: AbortSignal
}

/**
 * Takes a lock, looks at snapshots and loads the index, in this order: what a snapshot names is then in an index that was read.
 * @throws {LockedError} when somebody holds the repository exclusively
 */
export async function startReading<Facts>(
  repository: Repository,
  { withoutLock = false, lockRetryMs = 0, signal = new AbortController().signal }: ReadingOptions,
  look: (signal: AbortSignal) => Promise<Facts>,
): Promise<Reading<Facts>> {
  let facts: Facts
  const whileSettling = async () => {
    facts = await look(signal)
    await repository.loadIndex({ signal })
  }
  if (withoutLock) {
    await whileSettling()
    return { facts: facts!, signal, [Symbol.asyncDispose]: async () => {} }
  }
  const lock = await repository.lock({ exclusive: false, retryMs: lockRetryMs, signal, whileSettling })
  return {
    facts: facts!,
    signal: AbortSignal.any([signal, lock.lost]),
    [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose](),
  }
}

/** A snapshot, or what names one: an ID or its beginning, `latest`, `latest~2`; `:` and a folder in it may follow. */
export type SnapshotName = string | SnapshotEntry

export interface SnapshotPlace {
  readonly snapshot: SnapshotEntry
  /** The folder that was named, `/` for all of it. */
  readonly folder: string
}

/** @throws {NoSnapshotError} when no snapshot is meant; {UsageError} when several are */
export async function findSnapshot(
  repository: Repository,
  name: SnapshotName,
  filter: SnapshotFilter = {},
  signal?: AbortSignal,
): Promise<SnapshotPlace> {
  if (typeof name !== 'string') return { snapshot: name, folder: '/' }
  const colon = name.indexOf(':')
  const id = colon < 0 ? name : name.slice(0, colon)
  return { snapshot: await repository.snapshot(id, filter, { signal }), folder: colon < 0 ? '/' : name.slice(colon + 1) || '/' }
}

/** The tree of the folder that was named. Needs the index. @throws {UsageError} when there is no such folder */
export async function folderTree(
  repository: Repository,
  { snapshot, folder }: SnapshotPlace,
  signal?: AbortSignal,
): Promise<BlobId> {
  const entry = await findEntry(repository, snapshot.tree, folder, { signal })
  if (entry === undefined) return snapshot.tree
  if (entry.node.type !== 'dir') throw new UsageError(`${printName(entry.path)} is no folder`)
  return entry.node.subtree!
}
