/**
 * Seals chunks into a pack that grows in shared memory, in place: compress, encrypt, authenticate, then open again and compare the
 * hash, all between views of one memory. One packer a worker.
 *
 * Hashing is most of the work: each chunk twice (as it came, and opened again), each pack once. Two hashes side by side take little
 * more than one, so what a chunk leaves to be hashed waits for the next chunk; a pack is handed over when nothing is owed.
 */
import { createCipheriv, randomFillSync, timingSafeEqual } from 'node:crypto'
import { VaultError } from '#errors'
import { idFromBytes, type PackId, PackList, type Primitives, type SealKey, sealPackList } from '#format'
import { type Codec, type HashFeed, type HashRun, type ParallelSha256, zstdBound } from '#primitives'
import { PACK_BLOBS_MAX } from '../pack-writer.ts'
import { looksIncompressible } from './incompressible.ts'
import type { RegionPool } from './regions.ts'

const IV_BYTES = 16
const TAG_BYTES = 16
const OVERHEAD_BYTES = IV_BYTES + TAG_BYTES
const HEADER_ENTRY_BYTES = 41
const HEADER_SLACK_BYTES = 64
const IV_POOL_BYTES = 4096

/** A pack that is complete in memory, from `start` on. */
export interface FinishedPack {
  readonly start: number
  readonly lengthBytes: number
  readonly id: PackId
  /** Its blobs: `PackList.bytes`. */
  readonly list: Uint8Array
}

export interface PackerOptions {
  readonly memory: Uint8Array
  readonly buffers: RegionPool
  readonly bufferBytes: number
  /** A pack is complete from this size on. */
  readonly packBytes: number
  readonly codec: Codec
  readonly hashes: ParallelSha256
  readonly primitives: Primitives
  readonly key: SealKey
  /** zstd level, or `off` */
  readonly level: number | 'off'
  /** Scratch for opening again: twice the largest compressed chunk. */
  readonly scratch: { readonly sealed: Uint8Array; readonly plain: Uint8Array }
  readonly onPack: (pack: FinishedPack) => void
}

/** What is still to be hashed of the last chunk that was sealed. Both lie in shared memory and stay as they are until then. */
interface Owed {
  readonly plain: Uint8Array
  readonly sealed: Uint8Array
}

export class Packer {
  readonly #options: PackerOptions
  readonly #oneTimeKey = new Uint8Array(32)
  readonly #tag = new Uint8Array(16)
  readonly #chunkRun: HashRun
  readonly #openedRun: HashRun
  readonly #packRun: HashRun
  readonly #owedId = new Uint8Array(32)
  #owed: Owed | undefined
  readonly #ivs = new Uint8Array(IV_POOL_BYTES)
  /** What Poly1305 adds under each of these IVs, in one go: the cipher's call costs more than its work. */
  #pads: Uint8Array = new Uint8Array(0)
  #ivAt = IV_POOL_BYTES
  readonly #nonceCipher: ReturnType<typeof createCipheriv>
  #start = -1
  #list = new PackList()

  constructor(options: PackerOptions) {
    this.#options = options
    this.#chunkRun = options.hashes.newRun()
    this.#openedRun = options.hashes.newRun()
    this.#packRun = options.hashes.newRun()
    this.#oneTimeKey.set(options.key.macR, 0)
    // ECB keeps no state between blocks: one cipher serves all nonces.
    this.#nonceCipher = createCipheriv('aes-128-ecb', options.key.macK, null).setAutoPadding(false)
  }

  /** The SHA-256 of a chunk, to be read at once; the last chunk that was added is proven meanwhile. */
  hash(chunk: Uint8Array): Uint8Array {
    this.#chunkRun.reset()
    this.#settle({ run: this.#chunkRun, bytes: chunk })
    return this.#chunkRun.digest()
  }

  /** Seals a chunk whose hash is `id` into the pack. Returns the stored length. */
  add(id: Uint8Array, chunk: Uint8Array): number {
    this.#settle()
    this.#makeRoom(zstdBound(chunk.length) + OVERHEAD_BYTES)
    const { memory } = this.#options
    const at = this.#start + this.#list.blobBytes
    const room = memory.subarray(at + IV_BYTES, at + IV_BYTES + zstdBound(chunk.length))
    const compressed = this.#compress(chunk, room)
    const bodyBytes = compressed || chunk.length
    const body = room.subarray(0, bodyBytes)
    const iv = memory.subarray(at, at + IV_BYTES)
    const fresh = this.#freshIv()
    iv.set(this.#ivs.subarray(fresh, fresh + IV_BYTES))
    this.#options.codec.aes256Ctr(this.#options.key.encrypt, iv, compressed > 0 ? body : chunk, body)
    const pad = this.#pads.subarray(fresh, fresh + IV_BYTES)
    this.#authenticate(pad, body, memory.subarray(at + IV_BYTES + bodyBytes, at + OVERHEAD_BYTES + bodyBytes))
    const length = bodyBytes + OVERHEAD_BYTES
    const uncompressedLength = compressed > 0 ? chunk.length : 0
    this.#owedId.set(id)
    const sealed = memory.subarray(at, at + length)
    this.#owed = { sealed, plain: this.#openAgain(sealed, chunk.length, compressed > 0) }
    this.#list.add(id, 'data', length, uncompressedLength)
    if (this.#list.blobBytes >= this.#options.packBytes || this.#list.count >= PACK_BLOBS_MAX) this.finish()
    return length
  }

  /** Completes the open pack, if there is one, and hands it over. */
  finish(): void {
    this.#settle()
    if (this.#list.count === 0) return
    const { memory, primitives, key, hashes } = this.#options
    const { bytes, blobBytes } = this.#list
    const header = sealPackList(primitives, key, bytes)
    memory.set(header, this.#start + blobBytes)
    hashes.feed([{ run: this.#packRun, bytes: header }])
    const lengthBytes = blobBytes + header.length
    // A copy: what travels to the other thread is the whole buffer behind a view.
    const pack = { start: this.#start, lengthBytes, id: idFromBytes<PackId>(this.#packRun.digest()), list: bytes.slice() }
    this.#packRun.reset()
    this.#start = -1
    this.#list = new PackList()
    this.#options.onPack(pack)
  }

  /** Hashes what is owed, and `beside` with it. @throws {VaultError} `self-check` when what was sealed does not open to the same bytes */
  #settle(beside?: HashFeed): void {
    const owed = this.#owed
    this.#owed = undefined
    const feeds = beside === undefined ? [] : [beside]
    if (owed !== undefined) {
      feeds.push({ run: this.#openedRun, bytes: owed.plain }, { run: this.#packRun, bytes: owed.sealed })
    }
    if (feeds.length > 0) this.#options.hashes.feed(feeds)
    if (owed === undefined) return
    const isRight = timingSafeEqual(this.#openedRun.digest(), this.#owedId)
    this.#openedRun.reset()
    if (!isRight) throw notTheSame(this.#owedId)
  }

  #makeRoom(blobBytes: number): void {
    const headerBytes = (this.#list.count + 1) * HEADER_ENTRY_BYTES + HEADER_SLACK_BYTES
    if (this.#start >= 0 && this.#list.blobBytes + blobBytes + headerBytes > this.#options.bufferBytes) this.finish()
    if (this.#start < 0) this.#start = this.#options.buffers.take()
  }

  /** Compresses into `out`; 0 when the chunk is better stored raw. */
  #compress(chunk: Uint8Array, out: Uint8Array): number {
    const { level, codec } = this.#options
    if (level === 'off' || looksIncompressible(codec, chunk, this.#options.scratch.sealed)) return 0
    const length = codec.zstdCompress(chunk, out, level)
    return length > 0 && length < chunk.length ? length : 0
  }

  /** Where an IV that was never used lies in the pool, and its pad. */
  #freshIv(): number {
    if (this.#ivAt >= IV_POOL_BYTES) {
      randomFillSync(this.#ivs)
      this.#pads = this.#nonceCipher.update(this.#ivs)
      this.#ivAt = 0
    }
    this.#ivAt += IV_BYTES
    return this.#ivAt - IV_BYTES
  }

  #authenticate(pad: Uint8Array, body: Uint8Array, tag: Uint8Array): void {
    this.#oneTimeKey.set(pad, 16)
    this.#options.codec.poly1305(this.#oneTimeKey, body, tag)
  }

  /**
   * The plaintext of what was just sealed, in scratch, to be hashed and compared. What restic calls extra verification: two bugs of
   * compression libraries were caught this way.
   */
  #openAgain(sealed: Uint8Array, plainBytes: number, isCompressed: boolean): Uint8Array {
    const { codec, key, scratch } = this.#options
    const iv = sealed.subarray(0, IV_BYTES)
    const body = sealed.subarray(IV_BYTES, -TAG_BYTES)
    // Computed anew, as a reader will.
    this.#authenticate(this.#nonceCipher.update(iv), body, this.#tag)
    const opened = scratch.sealed.subarray(0, body.length)
    codec.aes256Ctr(key.encrypt, iv, body, opened)
    const plain = isCompressed ? scratch.plain.subarray(0, plainBytes) : opened
    const length = isCompressed ? this.#decompress(opened, plain) : opened.length
    if (length !== plainBytes || !timingSafeEqual(this.#tag, sealed.subarray(-TAG_BYTES))) throw notTheSame(this.#owedId)
    return plain
  }

  #decompress(frame: Uint8Array, out: Uint8Array): number {
    try {
      return this.#options.codec.zstdDecompress(frame, out)
    } catch (cause) {
      throw notTheSame(this.#owedId, cause)
    }
  }
}

function notTheSame(id: Uint8Array, cause?: unknown): VaultError {
  const name = idFromBytes(id)
  const message = `data blob ${name}: what was just sealed does not open to the same bytes; nothing was stored`
  return new VaultError('self-check', message, { cause })
}
