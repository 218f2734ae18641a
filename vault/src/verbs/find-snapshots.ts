/** The snapshots that a verb is to work on: those named, or all that pass a filter. */
import { UsageError } from '#errors'
import { matchesFilter, type Repository, resolveSnapshot, type SnapshotEntry, type SnapshotFilter } from '#repository'
import type { CallOptions } from '#storage'
import { namesOnMirrors } from './each-mirror.ts'

/**
 * Snapshots by ID, beginning of one, or `latest`, each once; with no names all that pass the filter, oldest first.
 * @throws {UsageError} when a name fits none or several, or a filter is given beside IDs
 */
export async function findSnapshots(
  repository: Repository,
  names: readonly string[],
  filter: SnapshotFilter,
  options: CallOptions = {},
): Promise<SnapshotEntry[]> {
  if (names.length > 0 && names.every((name) => !name.startsWith('latest')) && Object.values(filter).some(isGiven)) {
    throw new UsageError('a filter and explicit snapshot IDs exclude each other')
  }
  const all = await listOrOne(repository, names, options)
  if (names.length === 0) return all.filter((snapshot) => matchesFilter(snapshot, filter))
  const found = new Map(names.map((name) => resolveSnapshot(all, name, filter)).map((snapshot) => [snapshot.id, snapshot]))
  return [...found.values()]
}

function isGiven(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0
}

/** Full IDs are read alone, so that junk beside them is no obstacle. */
async function listOrOne(repository: Repository, names: readonly string[], options: CallOptions): Promise<SnapshotEntry[]> {
  const areFull = names.length > 0 && names.every((name) => /^[0-9a-f]{64}$/.test(name))
  if (!areFull) return repository.snapshots(options)
  return Promise.all(names.map((name) => repository.snapshot(name, {}, options)))
}

/** The changes of snapshots that nobody has forgotten since the plan was made: saved from memory they would come back, without their data. */
export async function stillThere<Change extends { readonly snapshot: SnapshotEntry }>(
  repository: Repository,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<readonly Change[]> {
  const names = new Set<string>(await namesOnMirrors(repository, 'snapshots', signal))
  return changes.filter(({ snapshot: { id } }) => {
    if (names.has(id)) return true
    repository.report({
      severity: 'warning',
      kind: 'snapshots',
      object: id,
      message: 'was forgotten or changed meanwhile: left alone',
    })
    return false
  })
}
