/**
 * Files that hold one sealed JSON document: index, snapshots, locks. Named by the SHA-256 of their bytes.
 *
 *     version 1: seal(JSON)
 *     version 2: seal(0x02 || zstd(JSON)); raw JSON, starting with '{' or '[', is read too
 */
import { FormatError } from '#errors'
import type { Primitives } from './primitives.ts'
import { type SealKey, seal, unseal } from './seal.ts'

const ZSTD = 2
const LEVEL = 3
const UNPACKED_BYTES_MAX = 256 * 1024 * 1024

/** The file's bytes for a JSON document. */
export function encodeUnpacked(primitives: Primitives, key: SealKey, json: Uint8Array, version: 1 | 2): Uint8Array {
  if (version === 1 || json.length === 0) return seal(primitives, key, json)
  const frame = primitives.zstdCompress(json, LEVEL)
  const plaintext = new Uint8Array(frame.length + 1)
  plaintext[0] = ZSTD
  plaintext.set(frame, 1)
  return seal(primitives, key, plaintext)
}

/**
 * The JSON document of a file of either version. Does not hash: callers compare the name first.
 *
 * @param maxBytes of the document; 256 MiB when absent
 * @throws {FormatError} when it is too short, too large, or of an unknown kind
 * @throws {SealBrokenError} when it was altered or sealed under another key
 */
export function decodeUnpacked(
  primitives: Primitives,
  key: SealKey,
  stored: Uint8Array,
  maxBytes = UNPACKED_BYTES_MAX,
): Uint8Array {
  if (stored.length > maxBytes) throw new FormatError(`the file has ${stored.length} bytes, at most ${maxBytes} are read`)
  const plaintext = unseal(primitives, key, stored)
  const first = plaintext[0]
  if (first === undefined || first === 0x7b || first === 0x5b) return plaintext
  if (first === ZSTD) return primitives.zstdDecompress(plaintext.subarray(1), maxBytes)
  throw new FormatError(`the document starts with 0x${first.toString(16).padStart(2, '0')}, which is no known encoding`, {
    at: 0,
  })
}
