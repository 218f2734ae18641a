/**
 * Packs: stored blobs back to back, then a sealed list of them. Named by the SHA-256 of the whole file.
 *
 *     blob 1 || … || blob n || H || length of H (u32, little endian)          H = seal(entry 1 || … || entry n)
 *     entry: kind (1) || stored length (u32) || [uncompressed length (u32), kinds 2 and 3] || id (32)
 *     kinds: 0 data, 1 tree, 2 data compressed, 3 tree compressed
 */
import { FormatError } from '#errors'
import type { BlobType } from './blob.ts'
import { type BlobId, idFromBytes } from './id.ts'
import type { Primitives } from './primitives.ts'
import { SEAL_OVERHEAD_BYTES, type SealKey, seal, unseal } from './seal.ts'

/** One blob in a pack. */
export interface PackEntry {
  readonly id: BlobId
  readonly type: BlobType
  /** First byte in the pack. */
  readonly offset: number
  /** Bytes as stored, sealing included. */
  readonly length: number
  /** Bytes of the plaintext when it is compressed, 0 when it is stored raw. */
  readonly uncompressedLength: number
}

/** The longest sealed header that is read, as restic. */
export const PACK_HEADER_BYTES_MAX = 16 * 1024 * 1024
/** The shortest pack that may be one: a header of one entry, its seal, the length. */
export const PACK_BYTES_MIN = 73
const TRAILER_BYTES = 4
const RAW_ENTRY_BYTES = 37
const COMPRESSED_ENTRY_BYTES = 41
const UINT32_MAX = 0xffffffff

/** Bytes at the end of a pack of these blobs: sealed header and trailer. */
export function packHeaderBytes(entries: readonly PackEntry[]): number {
  return entries.reduce((sum, entry) => sum + entryBytes(entry), SEAL_OVERHEAD_BYTES + TRAILER_BYTES)
}

/** Bytes of a whole pack of these blobs. */
export function packBytes(entries: readonly PackEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.length, packHeaderBytes(entries))
}

function entryBytes(entry: PackEntry): number {
  return entry.uncompressedLength === 0 ? RAW_ENTRY_BYTES : COMPRESSED_ENTRY_BYTES
}

/** Called for each blob of a list; `id` is a view of it. */
export type OnPackBlob = (id: Uint8Array, type: BlobType, offset: number, length: number, uncompressedLength: number) => void

/**
 * The blobs of a pack that is being written, as its header lists them, not sealed yet: 41 bytes each, where a {@link PackEntry} takes
 * two hundred.
 */
export class PackList {
  count = 0
  /** Where the next blob starts in the pack. */
  blobBytes = 0
  #bytes = new Uint8Array(64 * COMPRESSED_ENTRY_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #at = 0

  /** @throws {FormatError} when they are not back to back from 0 */
  static of(entries: readonly PackEntry[]): PackList {
    const list = new PackList()
    for (const { id, type, offset, length, uncompressedLength } of entries) {
      if (offset !== list.blobBytes) throw new FormatError(`a blob starts at ${offset}, the one before ends at ${list.blobBytes}`)
      list.add(Uint8Array.fromHex(id), type, length, uncompressedLength)
    }
    return list
  }

  /** Adds a blob that starts where the one before ends. @throws {FormatError} for lengths that no header can hold */
  add(id: Uint8Array, type: BlobType, length: number, uncompressedLength: number): void {
    if (length < SEAL_OVERHEAD_BYTES || length > UINT32_MAX || uncompressedLength > UINT32_MAX) {
      throw new FormatError(`a pack cannot hold a blob of ${length} bytes, ${uncompressedLength} when it is decompressed`)
    }
    if (this.#at + COMPRESSED_ENTRY_BYTES > this.#bytes.length) this.#grow()
    const view = this.#view
    const isCompressed = uncompressedLength !== 0
    view.setUint8(this.#at, (type === 'tree' ? 1 : 0) + (isCompressed ? 2 : 0))
    view.setUint32(this.#at + 1, length, true)
    if (isCompressed) view.setUint32(this.#at + 5, uncompressedLength, true)
    this.#at += isCompressed ? 9 : 5
    this.#bytes.set(id.length === 32 ? id : id.subarray(0, 32), this.#at)
    this.#at += 32
    this.count++
    this.blobBytes += length
  }

  /** What was added so far: a view. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/**
 * What follows the blobs: sealed header and its length. Decoded and compared before it is returned.
 * @throws {FormatError} when the entries are none, too many, or not back to back from 0
 */
export function encodePackHeader(primitives: Primitives, key: SealKey, entries: readonly PackEntry[]): Uint8Array {
  return sealPackList(primitives, key, PackList.of(entries).bytes)
}

/** As {@link encodePackHeader}, of {@link PackList.bytes}. */
export function sealPackList(primitives: Primitives, key: SealKey, list: Uint8Array): Uint8Array {
  if (list.length === 0 || list.length + SEAL_OVERHEAD_BYTES > PACK_HEADER_BYTES_MAX) {
    throw new FormatError(`a pack cannot hold a list of ${list.length} bytes`)
  }
  const sealed = seal(primitives, key, list)
  const tail = new Uint8Array(sealed.length + TRAILER_BYTES)
  tail.set(sealed)
  new DataView(tail.buffer).setUint32(sealed.length, sealed.length, true)
  const again = unseal(primitives, key, tail.subarray(0, -TRAILER_BYTES))
  if (!primitives.equal(again, list)) throw new FormatError('the pack header does not read back as it was written')
  return tail
}

/**
 * Length of the sealed header, from the last bytes of a pack (four at least).
 * @throws {FormatError} when it does not fit the pack
 */
export function packHeaderLength(tail: Uint8Array, packBytes: number): number {
  if (packBytes < PACK_BYTES_MIN || tail.length < TRAILER_BYTES) {
    throw new FormatError(`a pack has at least ${PACK_BYTES_MIN} bytes, found ${packBytes}`)
  }
  const length = new DataView(tail.buffer, tail.byteOffset + tail.length - TRAILER_BYTES).getUint32(0, true)
  const longest = Math.min(packBytes - TRAILER_BYTES, PACK_HEADER_BYTES_MAX)
  if (length < SEAL_OVERHEAD_BYTES + RAW_ENTRY_BYTES || length > longest) {
    throw new FormatError(`the pack header claims ${length} bytes, the pack has ${packBytes}`, { at: packBytes - TRAILER_BYTES })
  }
  return length
}

/**
 * The entries of a pack's header, in file order; back to back from 0 to where the header starts.
 *
 * @param tail last bytes of the pack, long enough to hold the header ({@link packHeaderLength} + 4)
 * @param packBytes size of the whole pack
 * @throws {FormatError} when the header does not fit the pack
 * @throws {SealBrokenError} when it was altered or sealed under another key
 */
export function decodePackHeader(primitives: Primitives, key: SealKey, tail: Uint8Array, packBytes: number): PackEntry[] {
  const length = packHeaderLength(tail, packBytes)
  const start = tail.length - TRAILER_BYTES - length
  if (start < 0) throw new FormatError(`the pack header has ${length} bytes, only ${tail.length} were read`)
  const entries = decodeEntries(unseal(primitives, key, tail.subarray(start, start + length)))
  const last = entries[entries.length - 1]
  const end = last === undefined ? 0 : last.offset + last.length
  if (end !== packBytes - TRAILER_BYTES - length) {
    throw new FormatError(`the pack's blobs end at ${end}, its header starts at ${packBytes - TRAILER_BYTES - length}`)
  }
  return entries
}

function decodeEntries(header: Uint8Array): PackEntry[] {
  const entries: PackEntry[] = []
  forEachPackBlob(header, (id, type, offset, length, uncompressedLength) =>
    entries.push({ id: idFromBytes<BlobId>(id), type, offset, length, uncompressedLength }),
  )
  return entries
}

/**
 * Calls `visit` for each blob of a list: {@link PackList.bytes}, or an opened header.
 * @throws {FormatError} when it is none; what lies before the mistake was visited
 */
export function forEachPackBlob(list: Uint8Array, visit: OnPackBlob): void {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength)
  let offset = 0
  for (let at = 0; at < list.length; ) {
    const kind = view.getUint8(at)
    if (kind > 3) throw new FormatError(`the pack header has an entry of kind ${kind}`, { at })
    const compressed = kind >= 2
    const idAt = at + (compressed ? 9 : 5)
    if (idAt + 32 > list.length) throw new FormatError('the pack header ends within an entry', { at })
    const length = view.getUint32(at + 1, true)
    const uncompressedLength = compressed ? view.getUint32(at + 5, true) : 0
    if (length < SEAL_OVERHEAD_BYTES || (compressed && uncompressedLength === 0)) {
      throw new FormatError('the pack header has an entry of an impossible length', { at })
    }
    visit(list.subarray(idAt, idAt + 32), kind & 1 ? 'tree' : 'data', offset, length, uncompressedLength)
    offset += length
    at = idAt + 32
  }
}
