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

/** The packs that the current mirrors list. */
export interface ListedPacks {
  /** Where they disagree, the largest size: a pack cut short on one is whole on another. */
  readonly largest: ReadonlyMap<PackId, number>
  /** All sizes of the packs of which there are several. */
  readonly several: ReadonlyMap<PackId, ReadonlySet<number>>
  /** Those that some mirror lacks, or that differ in size between mirrors. */
  readonly uneven: ReadonlySet<PackId>
}

/** Whether some mirror has the pack in this size. */
export function isListedIn({ largest, several }: ListedPacks, pack: PackId, sizeBytes: number): boolean {
  return largest.get(pack) === sizeBytes || several.get(pack)?.has(sizeBytes) === true
}

/** How long each pack must be, by pack number, from what the index says is in it. */
export function expectedBytes(index: BlobIndex): Float64Array {
  const expected = new Float64Array(index.packs.length).fill(PACK_OVERHEAD_BYTES)
  index.forEach((_number, pack, _isTree, length, uncompressedLength) => {
    expected[pack]! += length + headerBytes(uncompressedLength)
  })
  return expected
}

function headerBytes(uncompressedLength: number): number {
  return uncompressedLength === 0 ? HEADER_ENTRY_BYTES : HEADER_ENTRY_COMPRESSED_BYTES
}

/** By first copy: how a needed blob stands in packs that are not sound: right in size on some mirror, or on none. */
const ELSEWHERE = { uneven: 1, atFault: 2 } as const

/** All packs of an index, by pack number. */
export class PackAccounts {
  readonly used: Totals = { blobs: 0, bytes: 0 }
  readonly unused: Totals = { blobs: 0, bytes: 0 }
  readonly duplicate: Totals = { blobs: 0, bytes: 0 }
  /** Packs that no mirror has in the size that the index says. */
  readonly faults = new Map<number, PackFault>()
  /** Pack numbers that hold a needed blob which lies in packs at fault alone. */
  readonly neededAtFault = new Set<number>()
  readonly #index: BlobIndex
  readonly #flags: Uint8Array
  /** For each copy the number of the blob's first copy, by which all is reckoned. */
  readonly #first: Uint32Array
  /** By first copy: how many sound packs hold a needed blob. */
  readonly #copies: Uint8Array
  readonly #elsewhere: Uint8Array
  readonly #usedBlobs: Uint32Array
  readonly #unusedBlobs: Uint32Array
  readonly #duplicateBlobs: Uint32Array
  readonly #usedBytes: Float64Array
  readonly #unusedBytes: Float64Array
  /** 1: some data, 2: some tree, 4: some raw */
  readonly #traits: Uint8Array
  /** 1 for packs that every mirror has in the size that the index says. Others need not keep what one of these holds. */
  readonly #sound: Uint8Array

  /**
   * @param flags 1 for each needed blob, by {@link BlobIndex.numberOf}
   */
  constructor(index: BlobIndex, flags: Uint8Array, listed: ListedPacks) {
    const packs = index.packs.length
    this.#index = index
    this.#flags = flags
    this.#first = new Uint32Array(index.numberLimit)
    this.#copies = new Uint8Array(index.numberLimit)
    this.#elsewhere = new Uint8Array(index.numberLimit)
    this.#usedBlobs = new Uint32Array(packs)
    this.#unusedBlobs = new Uint32Array(packs)
    this.#duplicateBlobs = new Uint32Array(packs)
    this.#usedBytes = new Float64Array(packs).fill(PACK_OVERHEAD_BYTES)
    this.#unusedBytes = new Float64Array(packs)
    this.#traits = new Uint8Array(packs)
    this.#findFaults(listed)
    this.#sound = Uint8Array.from(index.packs, (id, pack) => Number(!listed.uneven.has(id) && !this.faults.has(pack)))
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

  /**
   * By first copy: a needed blob that no pack holds on every mirror. Each of its packs may hold a mirror's only copy, so all that are there
   * count as used.
   */
  isScattered(first: number): boolean {
    return this.#copies[first] === 0 && this.#elsewhere[first] === ELSEWHERE.uneven
  }

  /** What must be carried out of packs: 1, by first copy, for each needed blob that no pack that stays holds on every mirror. */
  blobsToCarry(isRepacked: (pack: number) => boolean, stays: (pack: number) => boolean): Uint8Array {
    const carry = new Uint8Array(this.#flags.length)
    this.#index.forEach((number, pack) => {
      const first = this.#first[number]!
      if (isRepacked(pack)) carry[first] = this.#flags[first]!
    })
    this.#index.forEach((number, pack) => {
      if (stays(pack) && this.#sound[pack] === 1) carry[this.#first[number]!] = 0
    })
    return carry
  }

  #findFaults(listed: ListedPacks): void {
    const expected = expectedBytes(this.#index)
    for (const [pack, id] of this.#index.packs.entries()) {
      const sizeBytes = listed.largest.get(id)
      if (sizeBytes === undefined) this.faults.set(pack, { kind: 'missing' })
      else if (!isListedIn(listed, id, expected[pack]!))
        this.faults.set(pack, { kind: 'size', sizeBytes, expectedBytes: expected[pack]! })
    }
  }

  #countCopies(): void {
    this.#index.forEach((number, pack, isTree, _length, _uncompressedLength, id) => {
      const first = this.#index.numberOf(isTree ? 'tree' : 'data', id)
      this.#first[number] = first
      if (this.#flags[first] !== 1) return
      if (this.#sound[pack] === 1) this.#copies[first] = Math.min(COPIES_MAX, this.#copies[first]! + 1)
      else if (!this.faults.has(pack)) this.#elsewhere[first] = ELSEWHERE.uneven
      else this.#elsewhere[first] ||= ELSEWHERE.atFault
    })
  }

  #countUse(): void {
    this.#index.forEach((number, pack, isTree, length, uncompressedLength) => {
      this.#usedBytes[pack]! += headerBytes(uncompressedLength)
      this.#traits[pack]! |= (isTree ? 2 : 1) | (uncompressedLength === 0 ? 4 : 0)
      const first = this.#first[number]!
      if (this.#copies[first] === 0 && this.#elsewhere[first] === ELSEWHERE.atFault) this.neededAtFault.add(pack)
      const copies = this.#copiesBeside(first, pack)
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
  #copiesBeside(first: number, pack: number): number {
    if (this.#sound[pack] === 1) return this.#copies[first]!
    return this.isScattered(first) && this.faults.get(pack)?.kind !== 'missing' ? 1 : 0
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
      if (this.#sound[pack] === 0 || this.#copies[first]! < 2 || left[first] === 0) return
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
