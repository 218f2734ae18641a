/** list: the names of a repository's objects. */
import type { BlobId, BlobType, PackId } from '#format'
import type { Repository } from '#repository'
import type { ObjectKind } from '#storage'
import { findSnapshot, type ReadingOptions, type SnapshotName, startReading } from './reading.ts'
import { findUsedBlobs } from './used-blobs.ts'

export const LISTS = ['blobs', 'packs', 'index', 'snapshots', 'keys', 'locks'] as const
export type ListKind = (typeof LISTS)[number]

export interface ListOptions extends ReadingOptions {
  /** With `packs`: only those that hold something that this snapshot needs. */
  readonly snapshot?: SnapshotName
}

export type ListEntry =
  /** A blob; once for each pack that holds it. */
  | { readonly kind: 'blob'; readonly type: BlobType; readonly id: BlobId; readonly pack: PackId }
  /** An object; `sizeBytes` is absent for packs of a snapshot. */
  | { readonly kind: 'object'; readonly id: string; readonly sizeBytes?: number }

const FOLDERS = { packs: 'data', index: 'index', snapshots: 'snapshots', keys: 'keys', locks: 'locks' } as const satisfies Record<
  Exclude<ListKind, 'blobs'>,
  ObjectKind
>

/** Lists, in no order; the packs of a snapshot by name. Only blobs and the packs of a snapshot are read under a lock. */
export async function* list(
  repository: Repository,
  kind: ListKind,
  options: ListOptions = {},
): AsyncGenerator<ListEntry, void, undefined> {
  const { snapshot, signal } = options
  if (kind === 'blobs') yield* listBlobs(repository, options)
  else if (kind === 'packs' && snapshot !== undefined) yield* listPacksOf(repository, snapshot, options)
  else {
    for await (const { name, sizeBytes } of repository.storage.list(FOLDERS[kind], { signal })) {
      yield { kind: 'object', id: name, sizeBytes }
    }
  }
}

async function* listBlobs(repository: Repository, options: ListOptions): AsyncGenerator<ListEntry, void, undefined> {
  await using _reading = await startReading(repository, options, async () => undefined)
  for (const { type, id, pack } of repository.index.all()) yield { kind: 'blob', type, id, pack }
}

async function* listPacksOf(
  repository: Repository,
  name: SnapshotName,
  options: ListOptions,
): AsyncGenerator<ListEntry, void, undefined> {
  await using reading = await startReading(repository, options, (signal) => findSnapshot(repository, name, {}, signal))
  const { facts, signal } = reading
  const { flags, markedPacks } = await findUsedBlobs(repository, [facts.snapshot.tree], { signal })
  const packs = new Set<PackId>(markedPacks)
  const { index } = repository
  index.forEach((number, packNumber, isTree, _length, _uncompressedLength, id) => {
    const first = flags[number] === 1 ? number : index.numberOf(isTree ? 'tree' : 'data', id)
    if (flags[first] === 1) packs.add(index.packs[packNumber]!)
  })
  for (const id of [...packs].sort()) yield { kind: 'object', id }
}
