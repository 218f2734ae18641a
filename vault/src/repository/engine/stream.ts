/**
 * One stream on its way into the pipeline: read into slabs, cut into chunks.
 *
 * Where an earlier backup of the same file is known, its chunks are expected at their old places: workers hash what lies there, and what is
 * still the same needs no cutting. Where something else lies, the chunker cuts as ever, until one of its cuts falls on an expected one
 * again. The chunks are those that the chunker alone would give: a cut depends on nothing but the bytes since the cut before, so bytes that
 * are the same from a cut on are cut at the same place. The first chunk is always cut, which also tells whether the earlier backup was cut
 * as this repository cuts.
 */
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, type Chunker } from '#format'
import { SLAB_BYTES } from './regions.ts'
import type { SlabPool } from './slab-pool.ts'
import type { ChunkResult } from './small-file.ts'
import type { ExpectedChunk } from './worker.ts'

/** A read asks for so much, so that chunking and workers start before a slab is full. */
const READ_BYTES = 4 * 1024 * 1024

/** Fills (part of) the view and says how many bytes; 0 is the end. */
export type ReadInto = (view: Uint8Array) => Promise<number>

/** What a stream asks of the pipeline. Offsets count from the start of the slab. */
export interface StreamStores {
  readonly memory: Uint8Array
  readonly chunker: Chunker
  readonly slabs: SlabPool
  /** Hands a chunk to a worker. */
  storeChunk(slab: number, offset: number, length: number): Promise<ChunkResult>
  /** Whether each of some pieces that lie one after the other from `offset` on is the chunk expected there. */
  compareChunks(slab: number, offset: number, expected: readonly ExpectedChunk[]): Promise<readonly boolean[]>
  /** Rejects as soon as the pipeline fails. */
  orFailure<T>(work: Promise<T>): Promise<T>
}

/** Pieces that are being compared with what is expected of them. */
interface Comparison {
  readonly count: number
  readonly results: Promise<readonly boolean[]>
}

export class StreamRun {
  readonly #stores: StreamStores
  readonly #read: ReadInto
  readonly #expected: ExpectedChunks
  readonly chunks: { readonly lengthBytes: number; readonly result: Promise<ChunkResult> }[] = []
  sizeBytes = 0
  #slab = -1
  /** In the slab: where bytes end, where the chunker stands, where the current chunk starts. */
  #filled = 0
  #scanned = 0
  #chunkStart = 0
  /** In the stream: where the current chunk starts. */
  #position = 0
  /** The chunk at {@link #position} is expected: the cut before fell where the earlier backup has one. */
  #follows = false
  /** Sent to be compared and not yet judged; how far they reach into the slab. */
  #comparisons: Comparison[] = []
  #comparedTo = 0

  constructor(stores: StreamStores, read: ReadInto, expected: readonly ExpectedChunk[]) {
    this.#stores = stores
    this.#read = read
    this.#expected = new ExpectedChunks(expected)
  }

  /** Reads to the end. Chunks may still be with workers then. */
  async run(): Promise<void> {
    const { slabs, orFailure, chunker } = this.#stores
    chunker.reset()
    this.#slab = await orFailure(slabs.take())
    try {
      while (await this.#readMore()) {
        if (this.#follows) this.#compareMore(false)
        else this.#scan()
      }
      await this.#judge(true)
      if (this.#filled > this.#chunkStart) this.#store(this.#filled)
    } finally {
      // Chunks under way hold the slab themselves.
      slabs.give(this.#slab)
    }
  }

  /** Fills some of the slab, or of the next one. False at the end of the stream. */
  async #readMore(): Promise<boolean> {
    if (this.#filled === SLAB_BYTES) await this.#nextSlab()
    const { memory, orFailure } = this.#stores
    const from = this.#slab + this.#filled
    const got = await orFailure(this.#read(memory.subarray(from, from + Math.min(READ_BYTES, SLAB_BYTES - this.#filled))))
    this.sizeBytes += got
    this.#filled += got
    return got > 0
  }

  /** The chunk that is not complete is carried over. */
  async #nextSlab(): Promise<void> {
    await this.#judge(false)
    const { slabs, memory, orFailure } = this.#stores
    const next = await orFailure(slabs.take())
    memory.copyWithin(next, this.#slab + this.#chunkStart, this.#slab + this.#filled)
    slabs.give(this.#slab)
    this.#slab = next
    this.#filled -= this.#chunkStart
    this.#scanned -= this.#chunkStart
    this.#comparedTo = 0
    this.#chunkStart = 0
  }

  /** Cuts what has come; stops where the next chunk is expected. */
  #scan(): void {
    const { chunker } = this.#stores
    while (!this.#follows && this.#scanned < this.#filled) {
      const used = chunker.next(this.#slab + this.#scanned, this.#filled - this.#scanned)
      this.#scanned = used < 0 ? this.#filled : this.#scanned + used
      if (used < 0) continue
      this.#store(this.#scanned)
      this.#follows = this.#expected.startsAt(this.#position)
    }
    if (!this.#follows) return
    this.#comparedTo = this.#chunkStart
    this.#compareMore(false)
  }

  /** Sends what has come of expected chunks to be compared, as if those before were the same. */
  #compareMore(isEnd: boolean): void {
    const offset = this.#comparedTo
    const position = this.#position + offset - this.#chunkStart
    const found = this.#expected.within(position, this.#filled - offset, isEnd)
    if (found.length === 0) return
    this.#comparedTo += found.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
    const results = this.#stores.compareChunks(this.#slab, offset, found)
    results.catch(() => undefined)
    this.#comparisons.push({ count: found.length, results })
  }

  /** Takes the chunks that are as expected. What is left then, and is no beginning of an expected chunk, is cut. */
  async #judge(isEnd: boolean): Promise<void> {
    while (this.#follows) {
      this.#compareMore(isEnd)
      const left = (await this.#takeComparisons()) ? this.#filled - this.#chunkStart : undefined
      if (left === 0 || (!isEnd && left !== undefined && this.#expected.mayBegin(this.#position, left))) return
      this.#follows = false
      this.#scanned = this.#chunkStart
      this.#stores.chunker.reset()
      this.#scan()
    }
  }

  /** True when all were as expected. */
  async #takeComparisons(): Promise<boolean> {
    const comparisons = this.#comparisons
    this.#comparisons = []
    for (const { results } of comparisons) {
      for (const isSame of await this.#stores.orFailure(results)) {
        if (!isSame) return false
        const { id, lengthBytes } = this.#expected.at(this.#position)
        this.chunks.push({ lengthBytes, result: Promise.resolve({ id, storedBytes: 0 }) })
        this.#chunkStart += lengthBytes
        this.#position += lengthBytes
        this.#scanned = this.#chunkStart
      }
    }
    return true
  }

  #store(end: number): void {
    const lengthBytes = end - this.#chunkStart
    this.chunks.push({ lengthBytes, result: this.#stores.storeChunk(this.#slab, this.#chunkStart, lengthBytes) })
    this.#chunkStart = end
    this.#position += lengthBytes
  }
}

/** The chunks of an earlier backup by their places. */
class ExpectedChunks {
  readonly #chunks: readonly ExpectedChunk[]
  /** Number of the chunk that starts at each place. */
  readonly #numbers = new Map<number, number>()

  constructor(chunks: readonly ExpectedChunk[]) {
    this.#chunks = chunks
    let position = 0
    for (const [number, { lengthBytes }] of chunks.entries()) {
      this.#numbers.set(position, number)
      position += lengthBytes
    }
  }

  startsAt(position: number): boolean {
    return this.#numbers.has(position)
  }

  at(position: number): ExpectedChunk {
    return this.#chunks[this.#numbers.get(position)!]!
  }

  /** Whether so many bytes can be the beginning of the chunk that is expected at a place, and not all of it. */
  mayBegin(position: number, lengthBytes: number): boolean {
    const chunk = this.#chunks[this.#numbers.get(position) ?? -1]
    return chunk !== undefined && lengthBytes < chunk.lengthBytes && chunk.lengthBytes <= CHUNK_BYTES_MAX
  }

  /**
   * The chunks that lie whole in `lengthBytes` from a place on. The earlier stream's last chunk ended because the stream did: it is
   * expected only where this stream ends too.
   */
  within(position: number, lengthBytes: number, isEnd: boolean): readonly ExpectedChunk[] {
    const first = this.#numbers.get(position)
    if (first === undefined) return []
    let end = first
    for (let left = lengthBytes; end < this.#chunks.length; end++) {
      const isLast = end === this.#chunks.length - 1
      const length = this.#chunks[end]!.lengthBytes
      left -= length
      if (left < 0 || (isLast ? !(isEnd && left === 0) : length < CHUNK_BYTES_MIN || length > CHUNK_BYTES_MAX)) break
    }
    return this.#chunks.slice(first, end)
  }
}
