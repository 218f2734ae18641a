/** unlock: removes locks that nobody stands behind, or all, on every mirror. */
import { VaultError } from '#errors'
import type { LockId } from '#format'
import { type Repository, removeLocks } from '#repository'
import { aloneWith } from './each-mirror.ts'

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
 * Removes stale locks: older than 30 minutes, or of a process of this machine that is gone. Takes no lock. One that is behind is looked at
 * too, when it answers: whoever was filling it may have been killed.
 * @throws {StorageError} when a mirror that is current does not let go of one
 */
export async function unlock(repository: Repository, options: UnlockOptions = {}): Promise<RemovedLock[]> {
  const removed: RemovedLock[] = []
  for (const mirror of repository.storage.mirrors) {
    try {
      const ids = await removeLocks(aloneWith(repository, mirror), options.all ? 'all' : 'stale', options.now)
      removed.push(...ids.map((id) => ({ id, mirror: mirror.location })))
    } catch (error) {
      if (mirror.isCurrent || !(error instanceof VaultError)) throw error
    }
  }
  return removed
}
