/** The packs of an index: what each holds and how long it must be, in a few bytes a blob. */
import type { PackId } from '#format'
import type { BlobIndex, IndexedCopy } from '../blob-index.ts'

// restic design, "Pack Format": sealed header and its length; an entry of its list.
const HEADER_FIXED_BYTES = 36
const RAW_ENTRY_BYTES = 37
const COMPRESSED_ENTRY_BYTES = 41

/** Bytes that the header of a pack with these blobs takes, trailer included. */
export function headerBytesOf(copies: readonly Pick<IndexedCopy, 'uncompressedLength'>[]): number {
  return copies.reduce((sum, { uncompressedLength }) => sum + entryBytes(uncompressedLength), HEADER_FIXED_BYTES)
}

function entryBytes(uncompressedLength: number): number {
  return uncompressedLength === 0 ? RAW_ENTRY_BYTES : COMPRESSED_ENTRY_BYTES
}

const HAS_DATA = 1
const HAS_TREES = 2

export class PackTable {
  readonly #index: BlobIndex
  readonly #numbers = new Map<PackId, number>()
  readonly #starts: Uint32Array
  readonly #entries: Uint32Array
  readonly #sizes: Float64Array
  readonly #kinds: Uint8Array
  readonly ids: readonly PackId[]
  readonly blobCount: number

  /** As the index is now. */
  constructor(index: BlobIndex) {
    this.#index = index
    this.ids = index.packs
    for (const [number, id] of index.packs.entries()) this.#numbers.set(id, number)
    const count = index.packs.length
    this.#sizes = new Float64Array(count).fill(HEADER_FIXED_BYTES)
    this.#kinds = new Uint8Array(count)
    this.#starts = new Uint32Array(count + 1)
    index.forEach((_, pack, isTree, length, uncompressedLength) => {
      this.#starts[pack + 1]!++
      this.#sizes[pack]! += length + entryBytes(uncompressedLength)
      this.#kinds[pack]! |= isTree ? HAS_TREES : HAS_DATA
    })
    for (let pack = 0; pack < count; pack++) this.#starts[pack + 1]! += this.#starts[pack]!
    this.blobCount = this.#starts[count]!
    this.#entries = new Uint32Array(this.blobCount)
    const next = this.#starts.slice()
    index.forEach((entry, pack) => {
      this.#entries[next[pack]!++] = entry
    })
  }

  has(id: string): boolean {
    return this.#numbers.has(id as PackId)
  }

  /** Bytes that a pack with these blobs has. */
  sizeBytes(id: PackId): number {
    return this.#sizes[this.#number(id)]!
  }

  isMixed(id: PackId): boolean {
    return this.#kinds[this.#number(id)] === (HAS_DATA | HAS_TREES)
  }

  hasTrees(id: PackId): boolean {
    return (this.#kinds[this.#number(id)]! & HAS_TREES) !== 0
  }

  /** Numbers of the trees of a pack, in the order of their offsets. */
  trees(id: PackId): Uint32Array {
    const entries = this.entries(id)
    return this.isMixed(id) ? entries.filter((entry) => this.#index.at(entry).isTree) : entries
  }

  /** Numbers of a pack's entries in the index, in the order of their offsets. */
  entries(id: PackId): Uint32Array {
    const number = this.#number(id)
    const entries = this.#entries.slice(this.#starts[number], this.#starts[number + 1])
    const offset = (entry: number) => this.#index.offsetAt(entry)
    // Indexes list blobs as they lie in the pack; only those of old versions, and of several indexes, may come otherwise.
    const isSorted = entries.every((entry, at) => at === 0 || offset(entries[at - 1]!) <= offset(entry))
    return isSorted ? entries : entries.sort((a, b) => offset(a) - offset(b))
  }

  #number(id: PackId): number {
    const number = this.#numbers.get(id)
    if (number === undefined) throw new RangeError(`no index names pack ${id}`)
    return number
  }
}
