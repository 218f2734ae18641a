/** New index files in the place of those that name a pack that goes. */
import { decodeIndexFile, encodeIndexFile, type IndexId, type IndexPack, type PackEntry, type PackId } from '#format'
import { INDEX_BLOBS_MAX, type ObjectStore, type Repository } from '#repository'
import type { CallOptions } from '#storage'

/** An index file of so few packs is joined with others when indexes are rewritten anyway. */
const FEW_PACKS = 64
const FEW_FILES = 8

export interface IndexChange {
  /** Packs that leave the index. */
  readonly gone: ReadonlySet<PackId>
  /** Packs that join it. */
  readonly joining: readonly IndexPack[]
  /** Index files that are replaced whatever they name: files of marks that changed. */
  readonly replaced: readonly IndexId[]
}

export interface WriteOptions extends CallOptions {
  /** Where new files go; the repository's own objects when absent. */
  readonly objects?: ObjectStore
  /** Gets what the index said of each pack that leaves it. */
  readonly onGone?: (pack: IndexPack) => Promise<void>
  /** What becomes of marks in files that are replaced: kept when absent. */
  readonly marks?: 'written by the caller'
}

/**
 * Writes the new index files, and removes nothing yet.
 * @returns those to be removed once everything that stands in their place is stored
 */
export async function writeNewIndexes(
  repository: Repository,
  change: IndexChange,
  { objects = repository.objects, onGone, marks, ...options }: WriteOptions,
): Promise<ReadonlySet<IndexId>> {
  const obsolete = findObsolete(repository, change)
  const split = entriesOfSplitPacks(repository, obsolete)
  const writer = new PackListWriter(async (packs) => {
    await objects.saveUnpacked('index', encodeIndexFile({ packs, packsToDelete: [] }), options)
  })
  const done = new Set<PackId>()
  for (const id of obsolete) {
    const { packs, packsToDelete } = decodeIndexFile(await repository.objects.loadUnpacked('index', id, options))
    // rustic writes packs and marks into one file.
    if (packsToDelete.length > 0 && marks === undefined) {
      await objects.saveUnpacked('index', encodeIndexFile({ packs: [], packsToDelete }), options)
    }
    for (const pack of packs) {
      if (done.has(pack.id)) continue
      done.add(pack.id)
      const whole = { id: pack.id, blobs: split.get(pack.id) ?? pack.blobs }
      if (change.gone.has(pack.id)) await onGone?.(whole)
      else await writer.add(whole)
    }
  }
  for (const { id, blobs } of change.joining) await writer.add({ id, blobs })
  await writer.flush()
  return obsolete
}

function findObsolete({ indexContents }: Repository, { gone, replaced, joining }: IndexChange): Set<IndexId> {
  const obsolete = new Set<IndexId>(replaced)
  for (const [id, { packs }] of indexContents) if (packs.some((pack) => gone.has(pack))) obsolete.add(id)
  if (obsolete.size === 0 && joining.length === 0) return obsolete
  // Now that indexes are rewritten: small ones become one, and a pack that several name gets into one.
  const small = [...indexContents].filter(([, { packs, marked }]) => marked.length === 0 && packs.length < FEW_PACKS)
  if (small.length >= FEW_FILES) for (const [id] of small) obsolete.add(id)
  const several = packsInSeveral(indexContents)
  for (const [id, { packs, marked }] of indexContents) {
    if (marked.length === 0 && packs.some((pack) => several.has(pack))) obsolete.add(id)
  }
  return obsolete
}

function packsInSeveral(indexContents: Repository['indexContents']): Set<PackId> {
  const seen = new Set<PackId>()
  const several = new Set<PackId>()
  for (const { packs } of indexContents.values()) {
    for (const pack of packs) {
      if (seen.has(pack)) several.add(pack)
      seen.add(pack)
    }
  }
  return several
}

/** Old versions of restic spread a pack over several index files; it is put together again from what all of them say. */
function entriesOfSplitPacks({ index, indexContents }: Repository, obsolete: ReadonlySet<IndexId>): Map<PackId, PackEntry[]> {
  const several = packsInSeveral(indexContents)
  const wanted = new Map<number, PackEntry[]>()
  for (const id of obsolete) {
    for (const pack of indexContents.get(id)?.packs ?? []) if (several.has(pack)) wanted.set(index.packNumber(pack), [])
  }
  if (wanted.size === 0) return new Map()
  for (const { pack, ...entry } of index.all()) wanted.get(index.packNumber(pack))?.push(entry)
  return new Map([...wanted].map(([number, entries]) => [index.packs[number]!, entries.sort((a, b) => a.offset - b.offset)]))
}

/** Collects packs into files of bounded size. */
export class PackListWriter {
  readonly #save: (packs: readonly IndexPack[]) => Promise<void>
  #packs: IndexPack[] = []
  #blobs = 0

  constructor(save: (packs: readonly IndexPack[]) => Promise<void>) {
    this.#save = save
  }

  async add(pack: IndexPack): Promise<void> {
    this.#packs.push(pack)
    this.#blobs += pack.blobs.length
    if (this.#blobs >= INDEX_BLOBS_MAX) await this.flush()
  }

  async flush(): Promise<void> {
    const packs = this.#packs
    if (packs.length === 0) return
    this.#packs = []
    this.#blobs = 0
    await this.#save(packs)
  }
}
