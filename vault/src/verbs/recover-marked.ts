/**
 * Recovering packs that were marked for deletion and turn out to be needed: a backup that began before the mark may have counted on
 * them. Either side looks after it has written (prune for new snapshots, backup for new marks), so that one of them sees the other.
 */
import { FormatError, ObjectDamagedError, ObjectMissingError } from '#errors'
import { type BlobId, decodeIndexFile, type IndexPack, type PackId, type Snapshot, type SnapshotId } from '#format'
import { loadSnapshot, type Repository } from '#repository'
import type { CallOptions } from '#storage'
import { writeNewIndexes } from './rewrite-index.ts'
import { findUsedBlobs } from './used-blobs.ts'

/**
 * Puts marked packs that these trees need back into the index. Loads the index anew.
 * @returns the packs that were recovered; blobs that are nowhere are reported as findings
 */
export async function recoverNeeded(
  repository: Repository,
  trees: readonly BlobId[],
  options: CallOptions = {},
): Promise<PackId[]> {
  repository.dropIndex()
  await repository.loadIndex(options)
  const { markedPacks, missing } = await findUsedBlobs(repository, trees, options)
  for (const { type, id } of missing) {
    repository.report({
      severity: 'error',
      kind: 'blob',
      object: id,
      message: `${type} blob that a snapshot needs is in no index`,
    })
  }
  if (markedPacks.size === 0) return []
  const joining = entriesOf(repository, markedPacks)
  await writeNewIndexes(repository, { gone: new Set(), joining, replaced: [] }, options)
  return joining.map(({ id }) => id)
}

function entriesOf({ marked }: Repository, packs: ReadonlySet<PackId>): IndexPack[] {
  const wanted = new Map([...packs].map((pack) => [pack, [] as IndexPack['blobs'][number][]]))
  for (const { pack, ...entry } of marked.all()) wanted.get(pack)?.push(entry)
  return [...wanted].map(([id, blobs]) => ({ id, blobs: blobs.sort((a, b) => a.offset - b.offset) }))
}

/**
 * For whoever has just saved a snapshot and still holds its lock: recovers what a prune has marked meanwhile and the snapshot needs.
 * Costs a listing of `index/` when nothing was marked.
 * @returns the packs that were recovered
 */
export async function confirmSnapshot(repository: Repository, snapshot: Snapshot, options: CallOptions = {}): Promise<PackId[]> {
  const known = new Set<string>(repository.indexFiles)
  for await (const { name } of repository.storage.list('index', options)) {
    if (known.has(name)) continue
    if (await marksWhatWeKnow(repository, name, options)) return recoverNeeded(repository, [snapshot.tree], options)
  }
  return []
}

async function marksWhatWeKnow(repository: Repository, name: string, options: CallOptions): Promise<boolean> {
  try {
    const { packsToDelete } = decodeIndexFile(await repository.objects.loadUnpacked('index', name, options))
    return packsToDelete.some(({ id }) => repository.index.hasPack(id))
  } catch (error) {
    options.signal?.throwIfAborted()
    // Gone again means that another file stands in its place, which may be one that this listing does not show.
    if (error instanceof ObjectMissingError) return true
    if (!isDamage(error)) throw error
    repository.report({ severity: 'error', kind: 'index', object: name, message: error.message })
    return false
  }
}

/** Junk beside what is looked for is reported; a destination that does not answer is no such thing. */
function isDamage(error: unknown): error is ObjectDamagedError | FormatError {
  return error instanceof ObjectDamagedError || error instanceof FormatError
}

/** Snapshots that came since, and recovers what they need. */
export async function recoverForNewSnapshots(
  repository: Repository,
  names: readonly string[],
  known: ReadonlySet<string>,
  options: CallOptions,
): Promise<PackId[]> {
  const trees: BlobId[] = []
  for (const name of names) {
    if (known.has(name)) continue
    try {
      trees.push((await loadSnapshot(repository.objects, name as SnapshotId, options)).tree)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (error instanceof ObjectMissingError) continue
      if (!isDamage(error)) throw error
      repository.report({ severity: 'error', kind: 'snapshots', object: name, message: error.message })
    }
  }
  return trees.length === 0 ? [] : recoverNeeded(repository, trees, options)
}
