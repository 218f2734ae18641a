/**
 * Opens stored blobs between views of memory: unsealed into one slot, decompressed into another, nothing allocated. One a thread.
 * Says exactly what `decodeBlob` of `#format` says; a test compares them.
 */
import { createCipheriv } from 'node:crypto'
import { FormatError, SealBrokenError } from '#errors'
import { CHUNK_BYTES_MAX, refuseLargeBlob, SEAL_OVERHEAD_BYTES, type SealKey } from '#format'
import type { Codec } from '#primitives'

const IV_BYTES = 16
const TAG_BYTES = 16
const ZERO_IV = new Uint8Array(IV_BYTES)
/** A chunk, and what compressing it may add. */
const USUAL_BYTES = CHUNK_BYTES_MAX + 64 * 1024

/**
 * Memory that is used again and again: taken at once for the longest chunk, of which only what is used takes room, and larger only for a
 * giant (a tree of a hundred thousand files), which is let go as soon as something of usual size comes.
 */
class Slot {
  #memory = new Uint8Array(0)

  take(bytes: number): Uint8Array {
    const wanted = Math.max(bytes, USUAL_BYTES)
    if (this.#memory.length < bytes || this.#memory.length > wanted) this.#memory = new Uint8Array(wanted)
    return this.#memory.subarray(0, bytes)
  }
}

export class BlobOpener {
  readonly #codec: Codec
  readonly #key: SealKey
  readonly #oneTimeKey = new Uint8Array(32)
  readonly #tag = new Uint8Array(TAG_BYTES)
  readonly #hash = new Uint8Array(32)
  readonly #nonceCipher: ReturnType<typeof createCipheriv>
  readonly #frame = new Slot()
  /** Plaintexts that are open side by side. */
  readonly #plaintexts = [new Slot(), new Slot()] as const

  constructor(codec: Codec, key: SealKey) {
    this.#codec = codec
    this.#key = key
    this.#oneTimeKey.set(key.macR, 0)
    // ECB keeps no state between blocks: one cipher serves all nonces.
    this.#nonceCipher = createCipheriv('aes-128-ecb', key.macK, null).setAutoPadding(false)
  }

  /**
   * The plaintext of a stored blob, valid until the next call with the same `slot`.
   * @throws {RefusedError} when it is larger than is ever read
   * @throws {FormatError} when its length or frame is wrong
   * @throws {SealBrokenError} when it was altered or sealed with another key
   */
  open(stored: Uint8Array, uncompressedLength: number, slot: 0 | 1 = 0): Uint8Array {
    refuseLargeBlob(stored, uncompressedLength)
    this.#authenticate(stored)
    if (uncompressedLength === 0) return this.#decrypt(stored, this.#plaintexts[slot])
    const plaintext = this.#plaintexts[slot].take(uncompressedLength)
    const length = this.#codec.zstdDecompress(this.#decrypt(stored, this.#frame), plaintext)
    if (length === uncompressedLength) return plaintext
    throw new FormatError(`the blob decodes to ${length} bytes, the index says ${uncompressedLength}`)
  }

  /** Whether a plaintext hashes to `id`, 32 bytes. */
  hasId(plaintext: Uint8Array, id: Uint8Array): boolean {
    this.#codec.sha256(plaintext, this.#hash)
    return Buffer.compare(this.#hash, id) === 0
  }

  #authenticate(stored: Uint8Array): void {
    if (stored.length < SEAL_OVERHEAD_BYTES) throw new FormatError(`sealed bytes are at least 32 long, found ${stored.length}`)
    const iv = stored.subarray(0, IV_BYTES)
    if (Buffer.compare(iv, ZERO_IV) === 0) throw new FormatError('the IV is all zero', { at: 0 })
    this.#oneTimeKey.set(this.#nonceCipher.update(iv), 16)
    this.#codec.poly1305(this.#oneTimeKey, stored.subarray(IV_BYTES, -TAG_BYTES), this.#tag)
    if (Buffer.compare(this.#tag, stored.subarray(-TAG_BYTES)) !== 0) {
      throw new SealBrokenError(`the tag of ${stored.length} sealed bytes does not match`)
    }
  }

  #decrypt(stored: Uint8Array, slot: Slot): Uint8Array {
    const out = slot.take(stored.length - SEAL_OVERHEAD_BYTES)
    this.#codec.aes256Ctr(this.#key.encrypt, stored.subarray(0, IV_BYTES), stored.subarray(IV_BYTES, -TAG_BYTES), out)
    return out
  }
}
