/**
 * Where each blob is: an index of everything, in tables that threads share.
 *
 * A blob takes 48 bytes (32 of its ID, four fields) and its share of an open-addressing table, 54 in all. Tables are segments of
 * fixed size: growing adds one and copies nothing, so that worker threads go on looking things up meanwhile. An entry becomes
 * visible by one atomic store of its number into a slot, after its ID is written. A blob may be in several packs (legal
 * duplicates); its copies are separate entries with one ID.
 */
import { type BlobId, type BlobType, idBytes, idFromBytes, type PackEntry, type PackId } from '#format'

/** One copy of a blob. `length` is what it takes in the pack; `uncompressedLength` is 0 when it is stored raw. */
export interface BlobLocation extends PackEntry {
  readonly pack: PackId
}

const TREE_BIT = 0x80000000
/** Pack number of a blob that a worker has claimed and that no pack holds yet. */
const CLAIMED = 0x7fffffff
const ENTRIES_PER_SLOT = 0.7
const HEADER_INTS = 4
const SEGMENT_ENTRIES_MIN = 8192
const RESERVE_FACTOR = 4

/** One table. Built over the same memory in every thread. */
class Segment {
  readonly memory: SharedArrayBuffer
  readonly capacity: number
  readonly slotCount: number
  readonly header: Int32Array
  readonly slots: Int32Array
  readonly keys: Uint32Array
  readonly keyBytes: Uint8Array
  /** pack number and type bit, offset, length, uncompressed length of each entry */
  readonly fields: Uint32Array

  constructor(memory: SharedArrayBuffer, capacity: number) {
    this.memory = memory
    this.capacity = capacity
    this.slotCount = slotsFor(capacity)
    const slotBytes = this.slotCount * 4
    const keyStart = HEADER_INTS * 4 + slotBytes
    this.header = new Int32Array(memory, 0, HEADER_INTS)
    this.slots = new Int32Array(memory, HEADER_INTS * 4, this.slotCount)
    this.keys = new Uint32Array(memory, keyStart, capacity * 8)
    this.keyBytes = new Uint8Array(memory, keyStart, capacity * 32)
    this.fields = new Uint32Array(memory, keyStart + capacity * 32, capacity * 4)
  }

  static create(capacity: number): Segment {
    return new Segment(new SharedArrayBuffer(HEADER_INTS * 4 + slotsFor(capacity) * 4 + capacity * 48), capacity)
  }

  get count(): number {
    return Math.min(Atomics.load(this.header, 0), this.capacity)
  }
}

function slotsFor(capacity: number): number {
  return Math.ceil(capacity / ENTRIES_PER_SLOT)
}

/** One copy of a blob as the tables hold it; `packNumber` is that of {@link BlobIndex.packNumber}. */
export interface IndexedCopy {
  readonly id: Uint8Array
  readonly packNumber: number
  readonly isTree: boolean
  readonly offset: number
  readonly length: number
  readonly uncompressedLength: number
}

function copyOf({ keyBytes, fields }: Segment, entry: number): IndexedCopy {
  const at = entry * 4
  return {
    id: keyBytes.subarray(entry * 32, entry * 32 + 32),
    packNumber: fields[at]! & CLAIMED,
    isTree: fields[at]! >= TREE_BIT,
    offset: fields[at + 1]!,
    length: fields[at + 2]!,
    uncompressedLength: fields[at + 3]!,
  }
}

export interface SharedSegment {
  readonly memory: SharedArrayBuffer
  readonly capacity: number
}

export class BlobIndex {
  readonly #segments: Segment[] = []
  readonly #packNumbers = new Map<string, number>()
  readonly #packs: PackId[] = []
  readonly #scratch = new Uint32Array(8)
  readonly #scratchBytes = new Uint8Array(this.#scratch.buffer)

  /** @param expected how many blobs are likely to come; a good guess saves memory, a bad one costs a little speed */
  constructor(expected = 0) {
    this.#segments.push(Segment.create(Math.max(SEGMENT_ENTRIES_MIN, expected)))
  }

  /** An index over segments that another thread owns: finds and claims, knows no packs. */
  static shared(segments: readonly SharedSegment[]): BlobIndex {
    const index = new BlobIndex(1)
    index.#segments.length = 0
    for (const { memory, capacity } of segments) index.#segments.push(new Segment(memory, capacity))
    return index
  }

  get segments(): readonly SharedSegment[] {
    return this.#segments
  }

  addSegment({ memory, capacity }: SharedSegment): void {
    this.#segments.push(new Segment(memory, capacity))
  }

  /** Entries, copies counted each. */
  get size(): number {
    let size = 0
    for (const segment of this.#segments) size += segment.count
    return size
  }

  get memoryBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.memory.byteLength, 0)
  }

  /** Packs named so far, in the order in which they came. */
  get packs(): readonly PackId[] {
    return this.#packs
  }

  hasPack(pack: PackId): boolean {
    return this.#packNumbers.has(pack)
  }

  /** A short number that stands for a pack in {@link add}. */
  packNumber(pack: PackId): number {
    const known = this.#packNumbers.get(pack)
    if (known !== undefined) return known
    const number = this.#packs.length
    this.#packs.push(pack)
    this.#packNumbers.set(pack, number)
    return number
  }

  /** Makes room for `more` entries at once. Returns the new segment, for the other threads, when one was needed. */
  reserve(more: number): SharedSegment | undefined {
    const last = this.#segments.at(-1)!
    if (last.count + more <= last.capacity) return undefined
    // Room for several times what was asked: the next call would else find one entry too few, and every table is one more to look in.
    const segment = Segment.create(Math.max(SEGMENT_ENTRIES_MIN, RESERVE_FACTOR * more, this.size))
    this.#segments.push(segment)
    return segment
  }

  /** Adds a copy of a blob, unless that very copy is known: a pack may hold a blob twice. `id` is read at once. */
  add(packNumber: number, id: Uint8Array, isTree: boolean, offset: number, length: number, uncompressedLength: number): void {
    const tag = (packNumber | (isTree ? TREE_BIT : 0)) >>> 0
    this.#setKey(id)
    for (const segment of this.#segments) {
      if (this.#match(segment, isTree) < 0) continue
      const { fields } = segment
      if (this.#matches(segment, isTree).some((entry) => fields[entry * 4] === tag && fields[entry * 4 + 1] === offset)) return
    }
    this.reserve(1)
    this.#insert(this.#segments.at(-1)!, tag, offset, length, uncompressedLength, false)
  }

  addEntries(pack: PackId, entries: readonly PackEntry[]): void {
    const number = this.packNumber(pack)
    for (const { id, type, offset, length, uncompressedLength } of entries) {
      this.add(number, idBytes(id), type === 'tree', offset, length, uncompressedLength)
    }
  }

  /**
   * Claims a blob for storing: true when nobody has it and the caller must store it, false when it is known or claimed.
   * Two threads that claim one blob at the same instant get one true between them, unless the tables are growing: then both may,
   * and the repository holds a legal duplicate.
   */
  claim(id: Uint8Array, type: BlobType = 'data'): boolean {
    const isTree = type === 'tree'
    this.#setKey(id)
    const last = this.#segments.length - 1
    for (let i = 0; i < last; i++) if (this.#match(this.#segments[i]!, isTree) >= 0) return false
    return this.#insert(this.#segments[last]!, (CLAIMED | (isTree ? TREE_BIT : 0)) >>> 0, 0, 0, 0, true)
  }

  /** Says where a claimed blob went. `id` is read at once. */
  settle(packNumber: number, id: Uint8Array, isTree: boolean, offset: number, length: number, uncompressedLength: number): void {
    this.#setKey(id)
    for (const segment of this.#segments) {
      const { slots, slotCount, fields } = segment
      let slot = this.#match(segment, isTree)
      while (slot >= 0) {
        const at = (slots[slot]! - 1) * 4
        if ((fields[at]! & CLAIMED) === CLAIMED) {
          fields[at] = (packNumber | (isTree ? TREE_BIT : 0)) >>> 0
          fields[at + 1] = offset
          fields[at + 2] = length
          fields[at + 3] = uncompressedLength
          return
        }
        slot = this.#match(segment, isTree, slot + 1 === slotCount ? 0 : slot + 1)
      }
    }
    this.add(packNumber, id, isTree, offset, length, uncompressedLength)
  }

  /** Whether a pack of the repository holds the blob (a claim is not yet a pack). */
  has(type: BlobType, id: BlobId): boolean {
    return this.find(type, id) !== undefined
  }

  /** The first copy of a blob. */
  find(type: BlobType, id: BlobId): BlobLocation | undefined {
    for (const location of this.findAll(type, id)) return location
    return undefined
  }

  /** All copies of a blob. */
  *findAll(type: BlobType, id: BlobId): Generator<BlobLocation> {
    const isTree = type === 'tree'
    const bytes = idBytes(id)
    for (const segment of this.#segments) {
      this.#setKey(bytes)
      for (const entry of this.#matches(segment, isTree)) {
        const location = this.#location(segment, entry)
        if (location !== undefined) yield location
      }
    }
  }

  /** A number for a blob, stable while the index lives and smaller than {@link numberLimit}; all copies share the first copy's. -1 when unknown. */
  numberOf(type: BlobType, id: Uint8Array): number {
    const isTree = type === 'tree'
    this.#setKey(id)
    let base = 0
    for (const segment of this.#segments) {
      const { slots, slotCount, fields, capacity } = segment
      let slot = this.#match(segment, isTree)
      while (slot >= 0) {
        const entry = slots[slot]! - 1
        if ((fields[entry * 4]! & CLAIMED) !== CLAIMED) return base + entry
        slot = this.#match(segment, isTree, slot + 1 === slotCount ? 0 : slot + 1)
      }
      base += capacity
    }
    return -1
  }

  get numberLimit(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.capacity, 0)
  }

  /** Every copy of every blob, in no useful order. */
  *all(): Generator<BlobLocation> {
    for (const segment of this.#segments) {
      for (let entry = 0; entry < segment.count; entry++) {
        const location = this.#location(segment, entry)
        if (location !== undefined) yield location
      }
    }
  }

  /** Calls `visit` for every copy without building objects: entry number as of {@link numberOf}, pack number, type and sizes. */
  forEach(
    visit: (
      number: number,
      packNumber: number,
      isTree: boolean,
      length: number,
      uncompressedLength: number,
      id: Uint8Array,
    ) => void,
  ): void {
    let base = 0
    for (const segment of this.#segments) {
      for (let entry = 0; entry < segment.count; entry++) {
        const tag = segment.fields[entry * 4]!
        const pack = tag & CLAIMED
        if (pack === CLAIMED) continue
        const id = segment.keyBytes.subarray(entry * 32, entry * 32 + 32)
        visit(base + entry, pack, tag >= TREE_BIT, segment.fields[entry * 4 + 2]!, segment.fields[entry * 4 + 3]!, id)
      }
      base += segment.capacity
    }
  }

  /** The copy that {@link forEach} visits under this number; its `id` is a view of the table. */
  at(number: number): IndexedCopy {
    let entry = number
    for (const segment of this.#segments) {
      if (entry < segment.capacity) return copyOf(segment, entry)
      entry -= segment.capacity
    }
    throw new RangeError(`no entry has the number ${number}`)
  }

  /** Only the offset of {@link at}. */
  offsetAt(number: number): number {
    let entry = number
    for (const { capacity, fields } of this.#segments) {
      if (entry < capacity) return fields[entry * 4 + 1]!
      entry -= capacity
    }
    throw new RangeError(`no entry has the number ${number}`)
  }

  /** All blobs grouped by pack, each pack's in file order. */
  byPack(): Map<PackId, PackEntry[]> {
    const groups = new Map<PackId, PackEntry[]>(this.#packs.map((pack) => [pack, []]))
    for (const { pack, ...entry } of this.all()) groups.get(pack)!.push(entry)
    for (const entries of groups.values()) entries.sort((a, b) => a.offset - b.offset)
    return groups
  }

  #location(segment: Segment, entry: number): BlobLocation | undefined {
    const tag = segment.fields[entry * 4]!
    const number = tag & CLAIMED
    if (number === CLAIMED) return undefined
    return {
      pack: this.#packs[number]!,
      id: idFromBytes<BlobId>(segment.keyBytes, entry * 32),
      type: tag >= TREE_BIT ? 'tree' : 'data',
      offset: segment.fields[entry * 4 + 1]!,
      length: segment.fields[entry * 4 + 2]!,
      uncompressedLength: segment.fields[entry * 4 + 3]!,
    }
  }

  #setKey(id: Uint8Array): void {
    this.#scratchBytes.set(id.length === 32 ? id : id.subarray(0, 32))
  }

  /** Slot of the next entry with the ID in the scratch key, of one type, from `slot` on; -1 when there is none. */
  #match(segment: Segment, isTree: boolean, slot = firstSlot(this.#scratch[0]!, segment.slotCount)): number {
    const { slots, slotCount, fields } = segment
    for (;;) {
      const entry = Atomics.load(slots, slot) - 1
      if (entry < 0) return -1
      if (fields[entry * 4]! >= TREE_BIT === isTree && this.#sameKey(segment, entry)) return slot
      slot = slot + 1 === slotCount ? 0 : slot + 1
    }
  }

  /** Entries of a segment with the ID in the scratch key, of one type. */
  #matches(segment: Segment, isTree: boolean): number[] {
    const entries: number[] = []
    let slot = this.#match(segment, isTree)
    while (slot >= 0) {
      entries.push(segment.slots[slot]! - 1)
      slot = this.#match(segment, isTree, slot + 1 === segment.slotCount ? 0 : slot + 1)
    }
    return entries
  }

  /**
   * Puts the scratch key into a segment. With `unique`, false when one of the same ID and type is there already; an entry that
   * lost such a race stays unseen, since no slot names it and a claim is no location.
   */
  #insert(segment: Segment, tag: number, offset: number, length: number, uncompressed: number, unique: boolean): boolean {
    const { slots, slotCount, fields, keys, capacity } = segment
    let own = -1
    let slot = firstSlot(this.#scratch[0]!, slotCount)
    for (;;) {
      const entry = Atomics.load(slots, slot) - 1
      if (entry >= 0) {
        if (unique && fields[entry * 4]! >= TREE_BIT === tag >= TREE_BIT && this.#sameKey(segment, entry)) return false
        slot = slot + 1 === slotCount ? 0 : slot + 1
        continue
      }
      if (own < 0) {
        own = Atomics.add(segment.header, 0, 1)
        // Full: reserve() keeps this from happening; storing the blob once more is right, only wasteful.
        if (own >= capacity) return true
        keys.set(this.#scratch, own * 8)
        fields[own * 4] = tag
        fields[own * 4 + 1] = offset
        fields[own * 4 + 2] = length
        fields[own * 4 + 3] = uncompressed
      }
      if (Atomics.compareExchange(slots, slot, 0, own + 1) === 0) return true
    }
  }

  #sameKey(segment: Segment, entry: number): boolean {
    const { keys } = segment
    const start = entry * 8
    for (let i = 0; i < 8; i++) if (keys[start + i] !== this.#scratch[i]) return false
    return true
  }
}

/** IDs are hashes: their first word, scaled to the table, spreads evenly. */
function firstSlot(word: number, slotCount: number): number {
  return Math.floor((word / 0x100000000) * slotCount)
}
