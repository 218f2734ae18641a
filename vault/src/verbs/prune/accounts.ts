/** What each pack holds: used, unused, held twice. The basis of every decision of prune. */
import type { PackId } from '#format'
import type { BlobIndex } from '#repository'

/** Sealed header and length of a pack with no blob, and what a blob adds to it, raw or compressed (restic design, "Pack Format"). */
const PACK_OVERHEAD_BYTES = 36
const HEADER_ENTRY_BYTES = 37
const HEADER_ENTRY_COMPRESSED_BYTES = 41
const COPIES_MAX = 255

export type PackKind = 'data' | 'tree' | 'mixed'

/** One pack's account. Bytes of blobs are as stored; the header counts as used. */
export interface PackAccount {
  readonly id: PackId
  readonly kind: PackKind
  readonly usedBlobs: number
  /** Blobs that nobody needs, or that are held elsewhere too and count there. */
  readonly unusedBlobs: number
  readonly duplicateBlobs: number
  readonly usedBytes: number
  readonly unusedBytes: number
  /** Some blob is stored raw. */
  readonly isRaw: boolean
}

/** A pack that no index names. */
export interface UnindexedPack {
  readonly id: PackId
  readonly sizeBytes: number
}

export interface Totals {
  blobs: number
  bytes: number
}

/** Why a pack that the index names cannot be relied on. */
export type PackFault =
  | { readonly kind: 'missing' }
  | { readonly kind: 'size'; readonly sizeBytes: number; readonly expectedBytes: number }

/** All packs of an index, by pack number. */
export class PackAccounts {
  readonly used: Totals = { blobs: 0, bytes: 0 }
  readonly unused: Totals = { blobs: 0, bytes: 0 }
  readonly duplicate: Totals = { blobs: 0, bytes: 0 }
  /** Packs that are missing or have another size than the index says. */
  readonly faults = new Map<number, PackFault>()
  /** Pack numbers that hold a needed blob and are at fault, with no other pack to have it from. */
  readonly neededAtFault = new Set<number>()
  /**
   * By first copy: needed blobs that no pack holds on every mirror. Each of their packs may hold a mirror's only copy, so all count as used.
   */
  readonly scattered = new Set<number>()
  readonly #index: BlobIndex
  readonly #flags: Uint8Array
  /** For each copy the number of the blob's first copy, by which all is reckoned. */
  readonly #first: Uint32Array
  readonly #copies: Uint8Array
  readonly #usedBlobs: Uint32Array
  readonly #unusedBlobs: Uint32Array
  readonly #duplicateBlobs: Uint32Array
  readonly #usedBytes: Float64Array
  readonly #unusedBytes: Float64Array
  /** 1: some data, 2: some tree, 4: some raw */
  readonly #traits: Uint8Array
  /** 1 for packs that some mirror lacks: what another pack holds on all of them counts there. */
  readonly #uneven: Uint8Array

  /**
   * @param flags 1 for each needed blob, by {@link BlobIndex.numberOf}
   * @param sizes the packs that the destinations hold, with their size, and those that not all of them hold
   */
  constructor(
    index: BlobIndex,
    flags: Uint8Array,
    sizes: { readonly largest: ReadonlyMap<PackId, number>; readonly uneven: ReadonlySet<PackId> },
  ) {
    const packs = index.packs.length
    this.#index = index
    this.#flags = flags
    this.#first = new Uint32Array(index.numberLimit)
    this.#copies = new Uint8Array(index.numberLimit)
    this.#usedBlobs = new Uint32Array(packs)
    this.#unusedBlobs = new Uint32Array(packs)
    this.#duplicateBlobs = new Uint32Array(packs)
    this.#usedBytes = new Float64Array(packs).fill(PACK_OVERHEAD_BYTES)
    this.#unusedBytes = new Float64Array(packs)
    this.#traits = new Uint8Array(packs)
    this.#uneven = Uint8Array.from(index.packs, (id) => Number(sizes.uneven.has(id)))
    this.#findFaults(sizes.largest)
    this.#countCopies()
    this.#countUse()
    this.#chooseDuplicates()
  }

  get packCount(): number {
    return this.#traits.length
  }

  account(pack: number): PackAccount {
    const traits = this.#traits[pack]! & 3
    return {
      id: this.#index.packs[pack]!,
      kind: traits === 3 ? 'mixed' : traits === 2 ? 'tree' : 'data',
      usedBlobs: this.#usedBlobs[pack]!,
      unusedBlobs: this.#unusedBlobs[pack]!,
      duplicateBlobs: this.#duplicateBlobs[pack]!,
      usedBytes: this.#usedBytes[pack]!,
      unusedBytes: this.#unusedBytes[pack]!,
      isRaw: (this.#traits[pack]! & 4) !== 0,
    }
  }

  /** The number of the first copy of the blob whose copy has this number. */
  firstOf(number: number): number {
    return this.#first[number]!
  }

  /** What must be carried out of packs: 1, by first copy, for each needed blob that no pack that stays holds on every mirror. */
  blobsToCarry(isRepacked: (pack: number) => boolean, stays: (pack: number) => boolean): Uint8Array {
    const carry = new Uint8Array(this.#flags.length)
    this.#index.forEach((number, pack) => {
      const first = this.#first[number]!
      if (isRepacked(pack)) carry[first] = this.#flags[first]!
    })
    this.#index.forEach((number, pack) => {
      if (stays(pack) && this.#isSound(pack)) carry[this.#first[number]!] = 0
    })
    return carry
  }

  #isSound(pack: number): boolean {
    return this.#uneven[pack] === 0 && !this.faults.has(pack)
  }

  #findFaults(sizes: ReadonlyMap<PackId, number>): void {
    const expected = new Float64Array(this.packCount).fill(PACK_OVERHEAD_BYTES)
    this.#index.forEach((_, pack, isTree, length, uncompressedLength) => {
      const header = uncompressedLength === 0 ? HEADER_ENTRY_BYTES : HEADER_ENTRY_COMPRESSED_BYTES
      expected[pack]! += length + header
      this.#usedBytes[pack]! += header
      this.#traits[pack]! |= (isTree ? 2 : 1) | (uncompressedLength === 0 ? 4 : 0)
    })
    for (const [pack, id] of this.#index.packs.entries()) {
      const sizeBytes = sizes.get(id)
      if (sizeBytes === undefined) this.faults.set(pack, { kind: 'missing' })
      else if (sizeBytes !== expected[pack]) this.faults.set(pack, { kind: 'size', sizeBytes, expectedBytes: expected[pack]! })
    }
  }

  #countCopies(): void {
    const elsewhere = new Map<number, number>()
    this.#index.forEach((number, pack, isTree, _length, _uncompressedLength, id) => {
      const first = this.#index.numberOf(isTree ? 'tree' : 'data', id)
      this.#first[number] = first
      if (this.#flags[first] !== 1) return
      if (!this.#isSound(pack)) {
        // A pack that only some mirrors lack comes before one that is sound nowhere.
        if (!this.faults.has(pack) || !elsewhere.has(first)) elsewhere.set(first, pack)
      } else if (this.#copies[first]! < COPIES_MAX) this.#copies[first]!++
    })
    for (const [first, pack] of elsewhere) {
      if (this.#copies[first]! > 0) continue
      if (this.faults.has(pack)) this.neededAtFault.add(pack)
      else this.scattered.add(first)
    }
  }

  #countUse(): void {
    this.#index.forEach((number, pack, _isTree, length) => {
      const copies = this.#copiesBeside(number, pack)
      if (copies === 1) {
        this.#usedBlobs[pack]!++
        this.#usedBytes[pack]! += length
        add(this.used, 1, length)
        return
      }
      this.#unusedBlobs[pack]!++
      this.#unusedBytes[pack]! += length
      if (copies > 1) this.#duplicateBlobs[pack]!++
      add(copies > 1 ? this.duplicate : this.unused, 1, length)
    })
  }

  /** How many copies there are to choose from, this one among them; 0 when this one is not needed. */
  #copiesBeside(number: number, pack: number): number {
    const first = this.#first[number]!
    if (this.#isSound(pack)) return this.#copies[first]!
    return !this.faults.has(pack) && this.scattered.has(first) ? 1 : 0
  }

  /**
   * Of several copies one counts as used: the first that lies in a pack with other used blobs, or in a pack of nothing but
   * duplicates (what an interrupted prune leaves behind), else the last.
   */
  #chooseDuplicates(): void {
    if (this.duplicate.blobs === 0) return
    const left = Uint8Array.from(this.#copies)
    this.#index.forEach((number, pack, _isTree, length) => {
      const first = this.#first[number]!
      if (!this.#isSound(pack) || this.#copies[first]! < 2 || left[first] === 0) return
      const isWelcome = this.#usedBlobs[pack]! > 0 || this.#duplicateBlobs[pack] === this.#unusedBlobs[pack]
      if (!isWelcome && left[first]! > 1) {
        left[first]!--
        return
      }
      left[first] = 0
      this.#usedBlobs[pack]!++
      this.#usedBytes[pack]! += length
      this.#unusedBlobs[pack]!--
      this.#unusedBytes[pack]! -= length
      add(this.used, 1, length)
      add(this.duplicate, -1, -length)
    })
  }
}

function add(totals: Totals, blobs: number, bytes: number): void {
  totals.blobs += blobs
  totals.bytes += bytes
}
