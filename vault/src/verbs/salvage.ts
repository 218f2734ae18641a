/**
 * Blobs of packs that cannot be put right, stored anew: of packs that no mirror has whole, and of packs that a destination keeps damaged.
 * Each blob is stored once, and none that another pack has right; that is found out by reading it, so that a second run stores nothing.
 */
import { VaultError } from '#errors'
import { type BlobId, decodeIndexFile, encodeIndexFile, type IndexId, type PackEntry, type PackId } from '#format'
import { type BlobWriter, PackTable, type Repository } from '#repository'
import type { CallOptions } from '#storage'
import { gatherPieces, type PackPieces } from './pack-pieces.ts'

/** A pack that no mirror had whole, or that a destination keeps damaged. */
export interface SalvagedPack {
  readonly pack: PackId
  /** Blobs that were stored anew. */
  readonly saved: number
  /** Blobs that another pack holds, too. */
  readonly elsewhere: number
  /** Blobs that no mirror gave: nobody has them any more, or who has them did not answer. */
  readonly lost: readonly BlobId[]
  /** Whether the pack has left the index: only when all that it held is elsewhere. */
  readonly dropped: boolean
}

export class Salvage {
  readonly #repository: Repository
  readonly #table: PackTable
  readonly #doubtful: ReadonlySet<PackId>
  readonly #writer: BlobWriter
  readonly #options: CallOptions
  readonly #savedBlobs = new Set<string>()

  private constructor(repository: Repository, doubtful: ReadonlySet<PackId>, options: CallOptions) {
    this.#repository = repository
    this.#table = new PackTable(repository.index)
    this.#doubtful = doubtful
    this.#options = options
    this.#writer = repository.writer({ signal: options.signal })
  }

  /** Loads the index anew. @param doubtful packs on which nothing may be built */
  static async start(repository: Repository, doubtful: ReadonlySet<PackId>, options: CallOptions): Promise<Salvage> {
    repository.dropIndex()
    await repository.loadIndex(options)
    return new Salvage(repository, doubtful, options)
  }

  /** The pack itself when its pieces give it; otherwise what became of its blobs. Undefined when nothing is known of it. */
  async takeApart(pack: PackId): Promise<Uint8Array | SalvagedPack | undefined> {
    const pieces = await gatherPieces(this.#repository, pack, entriesOf(this.#repository, this.#table, pack), this.#options)
    if (pieces.whole !== undefined) return pieces.whole
    let { saved, elsewhere } = await this.#saveAnew(pieces)
    const lost: BlobId[] = []
    for (const entry of pieces.lost) {
      if (await this.#isElsewhere(entry)) elsewhere++
      else lost.push(entry.id)
    }
    if (lost.length > 0) this.#sayWhoIsSilent(pack, pieces)
    return saved + elsewhere + lost.length === 0 ? undefined : { pack, saved, elsewhere, lost, dropped: false }
  }

  /** A destination keeps a damaged pack: what it held is stored once more, so that this mirror alone has it. */
  async storeBeside(pack: PackId): Promise<SalvagedPack | undefined> {
    const pieces = await gatherPieces(this.#repository, pack, entriesOf(this.#repository, this.#table, pack), this.#options)
    const { saved, elsewhere } = await this.#saveAnew(pieces)
    return saved + elsewhere === 0 ? undefined : { pack, saved, elsewhere, lost: [], dropped: false }
  }

  /** A destination keeps damaged index files: the packs that only they name are named by a new one, too. */
  async indexBeside(indexes: ReadonlySet<IndexId>): Promise<void> {
    const { indexContents, objects } = this.#repository
    const others = [...indexContents].filter(([id]) => !indexes.has(id))
    const named = new Set(others.flatMap(([, { packs }]) => packs))
    const packs = []
    for (const id of indexes) {
      const file = decodeIndexFile(await objects.loadUnpacked('index', id, this.#options))
      packs.push(...file.packs.filter((pack) => !named.has(pack.id)))
    }
    if (packs.length > 0) await objects.saveUnpacked('index', encodeIndexFile({ packs, packsToDelete: [] }), this.#options)
  }

  /** Afterwards what was saved is durable and indexed. */
  flush(): Promise<void> {
    return this.#writer.flush()
  }

  #sayWhoIsSilent(pack: PackId, { unanswered }: PackPieces): void {
    for (const mirror of unanswered) {
      const message = 'did not answer: what the other mirrors lack of this pack may be here'
      this.#repository.report({ severity: 'warning', kind: 'data', object: pack, message, mirror })
    }
  }

  async #saveAnew({ found }: PackPieces): Promise<{ saved: number; elsewhere: number }> {
    let saved = 0
    for (const { entry, stored } of found) {
      if (await this.#isElsewhere(entry)) continue
      // A copy: the writer keeps it until its pack is full, and must not keep the whole damaged pack with it.
      await this.#writer.saveStored(entry.type, entry.id, Uint8Array.from(stored), entry.uncompressedLength)
      this.#savedBlobs.add(`${entry.type}/${entry.id}`)
      saved++
    }
    return { saved, elsewhere: found.length - saved }
  }

  async #isElsewhere({ type, id }: PackEntry): Promise<boolean> {
    if (this.#savedBlobs.has(`${type}/${id}`)) return true
    for (const location of this.#repository.index.findAll(type, id)) {
      if (this.#doubtful.has(location.pack)) continue
      try {
        await this.#repository.loadBlobAt(location, this.#options)
        return true
      } catch (error) {
        this.#options.signal?.throwIfAborted()
        if (!(error instanceof VaultError)) throw error
      }
    }
    return false
  }
}

/** Whether every blob of these packs is in another pack of the index: asked under the exclusive lock, before a pack leaves it. */
export function packsThatAreElsewhere(repository: Repository, packs: readonly PackId[]): Set<PackId> {
  const { index } = repository
  const table = new PackTable(index)
  const going = new Set(packs)
  const isElsewhere = ({ type, id }: PackEntry) => [...index.findAll(type, id)].some((copy) => !going.has(copy.pack))
  return new Set(packs.filter((pack) => entriesOf(repository, table, pack).every(isElsewhere)))
}

function entriesOf({ index }: Repository, table: PackTable, pack: PackId): PackEntry[] {
  if (!table.has(pack)) return []
  return Array.from(table.entries(pack), (number): PackEntry => {
    const { id, isTree, offset, length, uncompressedLength } = index.at(number)
    return { id: id.toHex() as BlobId, type: isTree ? 'tree' : 'data', offset, length, uncompressedLength }
  })
}
