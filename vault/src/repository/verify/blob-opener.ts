/**
 * Opens stored blobs in place: unsealed where they lie, decompressed into one slot that is used again and again. One a thread.
 * Says exactly what `decodeBlob` of `#format` says; a test compares them.
 */
import { createCipheriv } from 'node:crypto'
import { FormatError, SealBrokenError } from '#errors'
import { BLOB_BYTES_MAX, SEAL_OVERHEAD_BYTES, type SealKey } from '#format'
import type { Codec } from '#primitives'

const IV_BYTES = 16
const TAG_BYTES = 16
const ZERO_IV = new Uint8Array(IV_BYTES)
const SLOT_BYTES_MIN = 1024 * 1024
/** A slot that one giant blob has blown up is let go after it. */
const SLOT_BYTES_KEPT = 32 * 1024 * 1024

export class BlobOpener {
  readonly #codec: Codec
  readonly #key: SealKey
  readonly #oneTimeKey = new Uint8Array(32)
  readonly #tag = new Uint8Array(TAG_BYTES)
  readonly #hash = new Uint8Array(32)
  readonly #nonceCipher: ReturnType<typeof createCipheriv>
  #slot = new Uint8Array(SLOT_BYTES_MIN)

  constructor(codec: Codec, key: SealKey) {
    this.#codec = codec
    this.#key = key
    this.#oneTimeKey.set(key.macR, 0)
    // ECB keeps no state between blocks: one cipher serves all nonces.
    this.#nonceCipher = createCipheriv('aes-128-ecb', key.macK, null).setAutoPadding(false)
  }

  /**
   * The plaintext of a stored blob, valid until the next call. `stored` is overwritten.
   * @throws {FormatError} when its length or frame is wrong, or larger than is ever read
   * @throws {SealBrokenError} when it was altered or sealed with another key
   */
  open(stored: Uint8Array, uncompressedLength: number): Uint8Array {
    const claimed = uncompressedLength || stored.length - SEAL_OVERHEAD_BYTES
    if (claimed > BLOB_BYTES_MAX) throw new FormatError(`the blob claims ${claimed} bytes, at most ${BLOB_BYTES_MAX} are read`)
    const body = this.#unseal(stored)
    if (uncompressedLength === 0) return body
    const plaintext = this.#slotOf(uncompressedLength)
    const length = this.#codec.zstdDecompress(body, plaintext)
    if (length === uncompressedLength) return plaintext
    throw new FormatError(`the blob decodes to ${length} bytes, the index says ${uncompressedLength}`)
  }

  /** Whether a plaintext hashes to `id`, 32 bytes. */
  hasId(plaintext: Uint8Array, id: Uint8Array): boolean {
    this.#codec.sha256(plaintext, this.#hash)
    return Buffer.compare(this.#hash, id) === 0
  }

  #unseal(stored: Uint8Array): Uint8Array {
    if (stored.length < SEAL_OVERHEAD_BYTES) throw new FormatError(`sealed data has at least 32 bytes, found ${stored.length}`)
    const iv = stored.subarray(0, IV_BYTES)
    if (Buffer.compare(iv, ZERO_IV) === 0) throw new FormatError('the IV is all zero', { at: 0 })
    const body = stored.subarray(IV_BYTES, -TAG_BYTES)
    this.#oneTimeKey.set(this.#nonceCipher.update(iv), 16)
    this.#codec.poly1305(this.#oneTimeKey, body, this.#tag)
    if (Buffer.compare(this.#tag, stored.subarray(-TAG_BYTES)) !== 0) {
      throw new SealBrokenError('the authentication tag does not match: altered bytes, or another key')
    }
    this.#codec.aes256Ctr(this.#key.encrypt, iv, body, body)
    return body
  }

  #slotOf(bytes: number): Uint8Array {
    if (this.#slot.length > SLOT_BYTES_KEPT && bytes <= SLOT_BYTES_KEPT) this.#slot = new Uint8Array(SLOT_BYTES_KEPT)
    if (this.#slot.length < bytes) this.#slot = new Uint8Array(Math.max(bytes, Math.min(SLOT_BYTES_KEPT, this.#slot.length * 2)))
    return this.#slot.subarray(0, bytes)
  }
}
