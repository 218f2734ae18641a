/**
 * Blobs into packs, on the calling thread: trees of a backup, blobs that are copied or moved between packs.
 * (The data of a backup goes through `engine/`, which does the same in workers.)
 */
import { createHash } from 'node:crypto'
import { RefusedError, VaultError } from '#errors'
import {
  BLOB_BYTES_MAX,
  type BlobId,
  type BlobType,
  CHUNK_BYTES_MAX,
  encodePackHeader,
  idBytes,
  type PackEntry,
  type PackId,
  packHeaderBytes,
  seal,
  unseal,
} from '#format'
import { type Codec, nativeCodec, zstdBound } from '#primitives'
import type { BlobIndex } from './blob-index.ts'
import type { GrowingBlob } from './growing-blob.ts'
import { IndexWriter } from './index-writer.ts'
import type { ObjectStore } from './objects.ts'
import { BlobOpener } from './verify/blob-opener.ts'

export const PACK_BYTES_TARGET = 16 * 1024 * 1024
/** What `--pack-size` may ask for, as restic. */
export const PACK_BYTES_MIN = 4 * 1024 * 1024
export const PACK_BYTES_MAX = 128 * 1024 * 1024
/** Larger packs go to the mirrors one at a time. */
const PACKS_SIDE_BY_SIDE_BYTES = 32 * 1024 * 1024
/** Keeps the header of a pack of tiny blobs far below the 16 MiB that readers accept. */
export const PACK_BLOBS_MAX = 50_000
/** Room for what a chunk is compressed to; what is not used takes no memory. */
const SCRATCH_BYTES = zstdBound(CHUNK_BYTES_MAX)
/** Open packs a type: a blob goes into one at random, so that the order of sizes tells nothing (eprint 2025/532). */
const OPEN_PACKS = { data: 2, tree: 1 } as const

interface OpenPack {
  pieces: Uint8Array[]
  entries: PackEntry[]
  bytes: number
}

export interface WriterOptions {
  /** zstd level of what is compressed here, or `off`; trees are compressed whatever it says in version 2. */
  readonly level?: number | 'off'
  readonly packBytes?: number
  /** Asked about a tree that the repository is known to have: when it has not, the tree is stored again. */
  readonly isLostTree?: (tree: BlobId) => Promise<boolean>
  readonly signal?: AbortSignal | undefined
}

export interface WriterTotals {
  blobs: number
  /** plaintext bytes of the blobs that were new */
  addedBytes: number
  /** what they take in packs */
  packedBytes: number
  packs: number
}

/** A blob that was saved; `addedBytes` and `storedBytes`, what it takes in packs, are 0 when the repository had it. */
export interface SavedBlob {
  readonly id: BlobId
  readonly sizeBytes: number
  readonly addedBytes: number
  readonly storedBytes: number
}

export class BlobWriter {
  readonly totals: Record<BlobType, WriterTotals> = {
    data: { blobs: 0, addedBytes: 0, packedBytes: 0, packs: 0 },
    tree: { blobs: 0, addedBytes: 0, packedBytes: 0, packs: 0 },
  }
  readonly indexWriter: IndexWriter
  readonly #objects: ObjectStore
  readonly #index: BlobIndex
  readonly #options: WriterOptions
  readonly #codec: Codec
  readonly #opener: BlobOpener
  readonly #scratch = new Uint8Array(SCRATCH_BYTES)
  readonly #open: Record<BlobType, OpenPack[]> = { data: [], tree: [] }
  readonly #saving = new Set<Promise<void>>()
  #failure: { error: unknown } | undefined

  constructor(objects: ObjectStore, index: BlobIndex, options: WriterOptions = {}, indexWriter?: IndexWriter) {
    this.#objects = objects
    this.#index = index
    this.#options = options
    this.#codec = nativeCodec(objects.primitives)
    this.#opener = new BlobOpener(this.#codec, objects.key)
    this.indexWriter = indexWriter ?? new IndexWriter(objects, index, options.signal)
  }

  /** Stores a blob unless the repository has it. `id` is its hash where the caller knows it. Resolves when it is in an open pack. */
  async save(
    type: BlobType,
    plaintext: Uint8Array,
    id = this.#objects.primitives.sha256Hex(plaintext) as BlobId,
  ): Promise<BlobId> {
    await this.#save(type, id, plaintext.length, (level) => this.#seal(plaintext, level, id))
    return id
  }

  /** As {@link save}, of a blob that came in pieces, with its last one. Tells what it added. */
  async saveGrown(type: BlobType, blob: GrowingBlob, last: Uint8Array): Promise<SavedBlob> {
    const id = blob.end(last)
    return this.#save(type, id, blob.sizeBytes, (level) => {
      if (blob.isOnePiece) return this.#seal(last, level, id)
      return level === 'off' ? this.#seal(blob.joined(), level, id) : this.#sealGrown(blob, level, id)
    })
  }

  async #save(
    type: BlobType,
    id: BlobId,
    sizeBytes: number,
    sealed: (level: number | 'off') => Uint8Array | undefined,
  ): Promise<SavedBlob> {
    if (!this.#index.claim(idBytes(id), type) && !(await this.#isLost(type, id))) {
      return { id, sizeBytes, addedBytes: 0, storedBytes: 0 }
    }
    // What nobody here reads again is not written.
    if (sizeBytes > BLOB_BYTES_MAX)
      throw new RefusedError(`${type} blob ${id}: ${sizeBytes} bytes, and at most ${BLOB_BYTES_MAX} are ever read`)
    const level = this.#levelFor(type)
    const stored = sealed(level)
    if (stored === undefined) {
      throw new VaultError(
        'self-check',
        `${type} blob ${id}: what was just sealed does not open to the same bytes; nothing was stored`,
      )
    }
    this.totals[type].addedBytes += sizeBytes
    await this.#append(type, id, stored, level === 'off' ? 0 : sizeBytes)
    return { id, sizeBytes, addedBytes: sizeBytes, storedBytes: stored.length }
  }

  async #isLost(type: BlobType, id: BlobId): Promise<boolean> {
    return type === 'tree' && ((await this.#options.isLostTree?.(id)) ?? false)
  }

  /**
   * Stores a blob as it stands in another pack of the same key, without opening it; the caller has verified it. Known copies do not
   * stop it: moving a blob out of a pack that is to go is what it is for.
   */
  async saveStored(type: BlobType, id: BlobId, stored: Uint8Array, uncompressedLength: number): Promise<void> {
    this.totals[type].addedBytes += uncompressedLength || stored.length - 32
    await this.#append(type, id, stored, uncompressedLength)
  }

  /** Closes the open packs, waits for them, and writes their index. Afterwards everything saved is durable and known. */
  async flush(): Promise<void> {
    for (const type of ['data', 'tree'] as const) {
      for (const pack of mergeLeftovers(this.#open[type].splice(0), this.#packBytes)) this.#store(type, pack)
    }
    await Promise.all(this.#saving)
    this.#throwFailure()
    await this.indexWriter.flush()
  }

  /** Bounded memory: never more packs under way than the destination takes side by side. */
  get #savingMax(): number {
    if (this.#packBytes > PACKS_SIDE_BY_SIDE_BYTES) return 1
    return Math.max(2, Math.min(4, this.#objects.storage.connections))
  }

  get #packBytes(): number {
    return this.#options.packBytes ?? PACK_BYTES_TARGET
  }

  #levelFor(type: BlobType): number | 'off' {
    if (this.#objects.version === 1) return 'off'
    const { level = 3 } = this.#options
    return type === 'tree' && level === 'off' ? 3 : level
  }

  /** The stored form; undefined when it does not open again. Works in memory that is used again and again. */
  #seal(plaintext: Uint8Array, level: number | 'off', id: BlobId): Uint8Array | undefined {
    const { primitives, key } = this.#objects
    const isRaw = level === 'off' || plaintext.length === 0
    const stored = seal(primitives, key, isRaw ? plaintext : this.#compress(plaintext, level))
    const opened = this.#opener.open(stored, isRaw ? 0 : plaintext.length)
    return this.#opener.hasId(opened, idBytes(id)) ? stored : undefined
  }

  /** As {@link #seal}; what is opened again is hashed piece by piece. */
  #sealGrown(blob: GrowingBlob, level: number, id: BlobId): Uint8Array | undefined {
    const { primitives, key } = this.#objects
    const room = this.#roomFor(blob.sizeBytes)
    const length = this.#codec.zstdCompressPieces(blob.pieces(), blob.sizeBytes, room, level)
    const stored = length < 0 ? undefined : seal(primitives, key, room.subarray(0, length))
    if (stored === undefined) return undefined
    const hash = createHash('sha256')
    this.#codec.zstdDecompressPieces(unseal(primitives, key, stored), this.#scratch, (piece) => hash.update(piece))
    return hash.digest('hex') === id ? stored : undefined
  }

  /** One frame, valid until the next is made. */
  #compress(plaintext: Uint8Array, level: number): Uint8Array {
    const room = this.#roomFor(plaintext.length)
    const length = this.#codec.zstdCompress(plaintext, room, level)
    if (length < 0) throw new VaultError('self-check', 'zstd has taken more room than it ever does; nothing was stored')
    return room.subarray(0, length)
  }

  #roomFor(plainBytes: number): Uint8Array {
    const bytesMax = zstdBound(plainBytes)
    return bytesMax > SCRATCH_BYTES ? new Uint8Array(bytesMax) : this.#scratch
  }

  async #append(type: BlobType, id: BlobId, stored: Uint8Array, uncompressedLength: number): Promise<void> {
    this.#throwFailure()
    const open = this.#open[type]
    while (open.length < OPEN_PACKS[type]) open.push({ pieces: [], entries: [], bytes: 0 })
    const slot = Math.floor(Math.random() * open.length)
    const pack = open[slot]!
    pack.entries.push({ id, type, offset: pack.bytes, length: stored.length, uncompressedLength })
    pack.pieces.push(stored)
    pack.bytes += stored.length
    const totals = this.totals[type]
    totals.blobs++
    totals.packedBytes += stored.length
    if (pack.bytes < this.#packBytes && pack.entries.length < PACK_BLOBS_MAX) return
    open.splice(slot, 1)
    this.#store(type, pack)
    while (this.#saving.size >= this.#savingMax) await Promise.race(this.#saving)
    this.#throwFailure()
  }

  #store(type: BlobType, pack: OpenPack): void {
    if (pack.entries.length === 0) return
    const task = this.#storeNow(type, pack)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#saving.delete(task))
    this.#saving.add(task)
  }

  async #storeNow(type: BlobType, { pieces, entries, bytes }: OpenPack): Promise<void> {
    const { primitives, key, storage } = this.#objects
    const header = encodePackHeader(primitives, key, entries)
    const file = new Uint8Array(bytes + header.length)
    let at = 0
    for (const piece of pieces) {
      file.set(piece, at)
      at += piece.length
    }
    file.set(header, bytes)
    const id = primitives.sha256Hex(file) as PackId
    if (type === 'tree') this.#objects.cache?.noteTreePack(id)
    await storage.save('data', id, file, { signal: this.#options.signal })
    this.totals[type].packs++
    this.totals[type].packedBytes += packHeaderBytes(entries)
    await this.indexWriter.add(id, entries)
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

/** The last, small packs of a type become one where they fit. */
function mergeLeftovers(packs: readonly OpenPack[], packBytes: number): readonly OpenPack[] {
  const filled = packs.filter(({ entries }) => entries.length > 0)
  const [first, ...others] = filled
  if (first === undefined || filled.reduce((sum, { bytes }) => sum + bytes, 0) > packBytes) return filled
  for (const { pieces, entries, bytes } of others) {
    first.entries.push(...entries.map((entry) => ({ ...entry, offset: entry.offset + first.bytes })))
    first.pieces.push(...pieces)
    first.bytes += bytes
  }
  return [first]
}
