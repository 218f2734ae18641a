/** Takes packs out of the index and then deletes them: packs that are damaged beyond repair, once what they held is safe elsewhere. */
import { VaultError } from '#errors'
import type { PackId } from '#format'
import { type Lock, type Repository, reasonOf } from '#repository'
import type { CallOptions } from '#storage'
import { writeNewIndexes } from './rewrite-index.ts'

/**
 * New indexes without the packs, then the old indexes go, then the packs: at each moment every index names packs that are there.
 * Needs the index, as it is now; afterwards it has to be loaded again.
 *
 * @param lock exclusive
 * @returns packs that a destination did not let go of: no index names them any more
 */
export async function dropPacks(
  repository: Repository,
  packs: ReadonlySet<PackId>,
  lock: Lock,
  { signal }: CallOptions = {},
): Promise<PackId[]> {
  if (packs.size === 0) return []
  await lock.assertHeld()
  const obsolete = await writeNewIndexes(repository, { gone: packs, joining: [], replaced: [] }, { signal })
  await lock.assertHeld()
  for (const id of obsolete) await repository.storage.remove('index', id, { signal })
  repository.dropIndex()
  const stuck: PackId[] = []
  for (const pack of packs) {
    await lock.assertHeld()
    try {
      await repository.storage.remove('data', pack, { signal })
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof VaultError)) throw error
      stuck.push(pack)
      repository.report({ severity: 'warning', kind: 'data', object: pack, message: `not deleted: ${reasonOf(error)}` })
    }
  }
  return stuck
}
