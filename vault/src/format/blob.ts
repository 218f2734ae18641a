/**
 * Blobs: what packs are made of. A chunk of a file (`data`) or a folder's list (`tree`), named by the SHA-256 of its plaintext.
 *
 *     seal(plaintext), or seal(zstd(plaintext)) in version 2; the pack's header tells which
 */
import { FormatError, RefusedError } from '#errors'
import type { Primitives } from './primitives.ts'
import { SEAL_OVERHEAD_BYTES, type SealKey, seal, unseal } from './seal.ts'

/** Also part of a blob's identity: the same 32 bytes may name one of each. */
export type BlobType = 'data' | 'tree'

export interface StoredBlob {
  readonly bytes: Uint8Array
  /** Length of the plaintext when it was compressed, 0 when it is stored raw. */
  readonly uncompressedLength: number
}

/** No blob larger than 512 MiB is decoded, whatever an index claims: chunks end at 8 MiB, the largest trees known have 100 MB. */
export const BLOB_BYTES_MAX = 512 * 1024 * 1024

/** The stored form of a blob; an empty one is never compressed. `level` is zstd's. */
export function encodeBlob(primitives: Primitives, key: SealKey, plaintext: Uint8Array, level: number | 'off'): StoredBlob {
  if (level === 'off' || plaintext.length === 0) return { bytes: seal(primitives, key, plaintext), uncompressedLength: 0 }
  const frame = primitives.zstdCompress(plaintext, level)
  return { bytes: seal(primitives, key, frame), uncompressedLength: plaintext.length }
}

/**
 * The plaintext of a stored blob. Does not hash: callers compare the id.
 *
 * @param uncompressedLength as index and header say; 0 for a blob stored raw
 * @throws {RefusedError} when it exceeds {@link BLOB_BYTES_MAX}, which says nothing of its bytes
 * @throws {FormatError} when it does not decode to exactly that length
 * @throws {SealBrokenError} when it was altered or sealed under another key
 */
export function decodeBlob(primitives: Primitives, key: SealKey, stored: Uint8Array, uncompressedLength: number): Uint8Array {
  refuseLargeBlob(stored, uncompressedLength)
  const plaintext = unseal(primitives, key, stored)
  if (uncompressedLength === 0) return plaintext
  const blob = primitives.zstdDecompress(plaintext, uncompressedLength)
  if (blob.length !== uncompressedLength) {
    throw new FormatError(`the blob decodes to ${blob.length} bytes, the index says ${uncompressedLength}`)
  }
  return blob
}

/** @throws {RefusedError} when a stored blob is larger than is ever read */
export function refuseLargeBlob(stored: Uint8Array, uncompressedLength: number): void {
  const claimed = uncompressedLength === 0 ? stored.length - SEAL_OVERHEAD_BYTES : uncompressedLength
  if (claimed > BLOB_BYTES_MAX) throw new RefusedError(`the blob claims ${claimed} bytes, at most ${BLOB_BYTES_MAX} are read`)
}
