/** unlock: removes locks that nobody stands behind, or all, on every mirror. */
import type { LockId } from '#format'
import { Mirror, MirroredStorage, ObjectStore, type Repository, removeLocks } from '#repository'

export interface UnlockOptions {
  /** Removes living locks and those that cannot be read too: only for whoever knows that nobody works on the repository. */
  readonly all?: boolean
  readonly now?: Temporal.Instant
}

export interface RemovedLock {
  readonly id: LockId
  /** Where; a lock may be on one mirror alone. */
  readonly mirror: string
}

/**
 * Removes stale locks: older than 30 minutes, or of a process of this machine that is gone. Takes no lock.
 * @throws {StorageError} when a mirror does not let go of one
 */
export async function unlock(repository: Repository, options: UnlockOptions = {}): Promise<RemovedLock[]> {
  const { key, version, primitives } = repository.objects
  const removed: RemovedLock[] = []
  for (const { storage, location } of repository.storage.current) {
    const alone = new ObjectStore(new MirroredStorage([new Mirror(storage)]), key, version, primitives)
    const ids = await removeLocks(alone, options.all ? 'all' : 'stale', options.now)
    removed.push(...ids.map((id) => ({ id, mirror: location })))
  }
  return removed
}
