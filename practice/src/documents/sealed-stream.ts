/**
 * A document at rest: one file, sealed in segments so that any part of it opens without the rest. Exactly Tink's AES256_GCM_HKDF_1MB
 * (developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming): a stock Tink opens it with the document's key and the same
 * associated data.
 *
 * ```
 * file     = header ‖ segment 0 ‖ segment 1 ‖ … ‖ segment n-1
 * header   = length of the header, 1 byte (40) ‖ salt (32) ‖ nonce prefix (7)
 * segment  = AES-256-GCM ciphertext ‖ tag (16), without associated data of its own
 * key      = HKDF-SHA256(document's key, salt, info = associated data), 32 bytes
 * nonce i  = nonce prefix (7) ‖ i, 4 bytes big endian ‖ 1 byte: 1 for the last segment, else 0
 * ```
 *
 * Header and segment 0 have 1 MiB together, every other segment has 1 MiB, the last one what is left: 0 bytes of plaintext only when the
 * document is empty. Hence a segment that was cut off, swapped, repeated or taken from another file does not open, and neither does the
 * last one in the middle or a middle one at the end.
 *
 * 1 MiB and not Tink's other choice, 4 KiB: sixteen bytes a mebibyte instead of four a thousand, one read of the disk a segment, and little
 * that a range opens in vain. A letter is no larger for it: the last segment is as long as what is in it.
 *
 * A segment's nonce is never used for two plaintexts: whoever writes a segment again takes a new header (`upload-file.ts`).
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { DamagedError } from '#errors'

const TAG_BYTES = 16
const NONCE_PREFIX_BYTES = 7
const NONCE_BYTES = 12
const SEGMENTS_MAX = 2 ** 32

/** What Tink calls the key's parameters. */
export interface StreamShape {
  readonly segmentBytes: number
  /** of the derived key, and of the salt */
  readonly keyBytes: 16 | 32
  readonly hash: 'sha1' | 'sha256' | 'sha512'
}

/** AES256_GCM_HKDF_1MB. */
export const DOCUMENT_SHAPE: StreamShape = { segmentBytes: 1024 * 1024, keyBytes: 32, hash: 'sha256' }

export const DOCUMENT_KEY_BYTES = 32

/** Where segments lie, for a stream of `plainBytes`. All offsets and sizes in bytes. */
export class SegmentLayout {
  readonly plainBytes: number
  readonly headerBytes: number
  readonly count: number
  readonly sealedBytes: number
  readonly #segmentBytes: number
  readonly #firstBytes: number
  readonly #nextBytes: number

  constructor(plainBytes: number, shape: StreamShape = DOCUMENT_SHAPE) {
    this.plainBytes = plainBytes
    this.headerBytes = headerBytes(shape)
    this.#segmentBytes = shape.segmentBytes
    this.#nextBytes = shape.segmentBytes - TAG_BYTES
    this.#firstBytes = this.#nextBytes - this.headerBytes
    this.count = 1 + Math.ceil(Math.max(0, plainBytes - this.#firstBytes) / this.#nextBytes)
    this.sealedBytes = this.headerBytes + plainBytes + this.count * TAG_BYTES
    if (this.count > SEGMENTS_MAX) throw new RangeError(`${plainBytes} bytes do not fit one stream`)
  }

  /** Where a segment's plaintext begins. */
  plainStart(segment: number): number {
    return segment === 0 ? 0 : this.#firstBytes + (segment - 1) * this.#nextBytes
  }

  /** Where it ends, exclusive. */
  plainEnd(segment: number): number {
    return Math.min(this.plainBytes, this.plainStart(segment + 1))
  }

  /** Where a sealed segment begins in the file. */
  sealedStart(segment: number): number {
    return segment === 0 ? this.headerBytes : segment * this.#segmentBytes
  }

  sealedEnd(segment: number): number {
    return Math.min(this.sealedBytes, this.sealedStart(segment + 1))
  }

  /** The segment that holds a plaintext byte; the last one for what lies beyond. */
  segmentOf(plainOffset: number): number {
    if (plainOffset < this.#firstBytes) return 0
    return Math.min(this.count - 1, 1 + Math.floor((plainOffset - this.#firstBytes) / this.#nextBytes))
  }

  isLast(segment: number): boolean {
    return segment === this.count - 1
  }
}

export function headerBytes({ keyBytes }: StreamShape): number {
  return 1 + keyBytes + NONCE_PREFIX_BYTES
}

/** Seals and opens the segments of one stream. */
export class SegmentCipher {
  readonly header: Uint8Array
  readonly #key: Uint8Array
  readonly #noncePrefix: Uint8Array
  readonly #algorithm: 'aes-128-gcm' | 'aes-256-gcm'

  /**
   * @param key of the document, at least as long as the derived one
   * @param header of the stream; {@link makeHeader} for a new one
   * @param associatedData what the stream is; not stored, and needed to open it
   * @throws {DamagedError} when the header is not one
   */
  constructor(key: Uint8Array, header: Uint8Array, associatedData: string, shape: StreamShape = DOCUMENT_SHAPE) {
    const length = headerBytes(shape)
    if (header.length !== length || header[0] !== length)
      throw new DamagedError(`a header of ${length} bytes that says so is expected, byte 0 says ${header[0]}`)
    this.header = header
    const salt = header.subarray(1, 1 + shape.keyBytes)
    this.#key = new Uint8Array(hkdfSync(shape.hash, key, salt, Buffer.from(associatedData), shape.keyBytes))
    this.#noncePrefix = header.subarray(1 + shape.keyBytes)
    this.#algorithm = shape.keyBytes === 16 ? 'aes-128-gcm' : 'aes-256-gcm'
  }

  sealSegment(segment: number, isLast: boolean, plain: Uint8Array): Uint8Array {
    const cipher = createCipheriv(this.#algorithm, this.#key, this.#nonce(segment, isLast))
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  /** @throws {DamagedError} when anything about it is not as it was sealed */
  openSegment(segment: number, isLast: boolean, sealed: Uint8Array): Uint8Array {
    if (sealed.length < TAG_BYTES) throw new DamagedError(`segment ${segment}: has ${sealed.length} bytes, less than its tag`)
    const end = sealed.length - TAG_BYTES
    const decipher = createDecipheriv(this.#algorithm, this.#key, this.#nonce(segment, isLast), { authTagLength: TAG_BYTES })
    decipher.setAuthTag(sealed.subarray(end))
    const plain = decipher.update(sealed.subarray(0, end))
    try {
      decipher.final()
    } catch (cause) {
      throw new DamagedError(`segment ${segment}: does not open`, { cause })
    }
    return plain
  }

  #nonce(segment: number, isLast: boolean): Uint8Array {
    const nonce = Buffer.alloc(NONCE_BYTES)
    nonce.set(this.#noncePrefix)
    nonce.writeUInt32BE(segment, NONCE_PREFIX_BYTES)
    nonce[NONCE_BYTES - 1] = isLast ? 1 : 0
    return nonce
  }
}

/** A new header. @param random gives so many random bytes */
export function makeHeader(random: (bytes: number) => Uint8Array, shape: StreamShape = DOCUMENT_SHAPE): Uint8Array {
  const length = headerBytes(shape)
  return Buffer.concat([Uint8Array.of(length), random(length - 1)])
}

export interface SealOptions {
  readonly key: Uint8Array
  readonly associatedData: string
  readonly random: (bytes: number) => Uint8Array
  readonly shape?: StreamShape
}

/** Seals a stream whose length nobody knows yet. Holds one segment in memory. */
export async function* sealStream(plain: AsyncIterable<Uint8Array>, options: SealOptions): AsyncGenerator<Uint8Array> {
  const { key, associatedData, random, shape = DOCUMENT_SHAPE } = options
  const cipher = new SegmentCipher(key, makeHeader(random, shape), associatedData, shape)
  yield cipher.header
  const layout = new SegmentLayout(0, shape) // where segments begin does not depend on where the last one ends
  let segment = 0
  let waiting: Uint8Array = new Uint8Array()
  for await (const piece of inPieces(plain, (index) => layout.plainStart(index + 1) - layout.plainStart(index))) {
    if (segment > 0) yield cipher.sealSegment(segment - 1, false, waiting)
    waiting = piece
    segment++
  }
  yield cipher.sealSegment(Math.max(0, segment - 1), true, waiting)
}

/** A sealed file: any part of it, as it lies there. */
export interface SealedSource {
  readonly sizeBytes: number
  read(offset: number, lengthBytes: number): AsyncIterable<Uint8Array>
}

export interface OpenOptions {
  readonly key: Uint8Array
  readonly associatedData: string
  /** of the plaintext */
  readonly sizeBytes: number
  /** first byte of the plaintext; 0 when absent */
  readonly offset?: number
  /** to the end when absent */
  readonly lengthBytes?: number
  readonly shape?: StreamShape
}

/**
 * Opens a part of a sealed file, segment by segment: what is yielded was authenticated. Holds two segments in memory.
 *
 * @throws {DamagedError} when the file is not as long as it must be, or a segment does not open
 */
export async function* openStream(source: SealedSource, options: OpenOptions): AsyncGenerator<Uint8Array> {
  const { shape = DOCUMENT_SHAPE, offset = 0 } = options
  const layout = new SegmentLayout(options.sizeBytes, shape)
  const end = Math.min(options.sizeBytes, offset + (options.lengthBytes ?? options.sizeBytes))
  if (source.sizeBytes !== layout.sealedBytes)
    throw new DamagedError(`a sealed file of ${layout.sealedBytes} bytes is expected, it has ${source.sizeBytes}`)
  const header = await gather(source.read(0, layout.headerBytes), layout.headerBytes)
  const cipher = new SegmentCipher(options.key, header, options.associatedData, shape)
  const first = layout.segmentOf(offset)
  const last = layout.segmentOf(Math.max(offset, end - 1))
  const start = layout.sealedStart(first)
  const sealed = source.read(start, layout.sealedEnd(last) - start)
  let segment = first
  for await (const bytes of inPieces(sealed, (index) => layout.sealedEnd(first + index) - layout.sealedStart(first + index))) {
    if (segment > last) throw new DamagedError('there is more than was asked for')
    const plain = cipher.openSegment(segment, layout.isLast(segment), bytes)
    const from = Math.max(0, offset - layout.plainStart(segment))
    const to = Math.min(plain.length, end - layout.plainStart(segment))
    if (to > from) yield plain.subarray(from, to)
    segment++
  }
  if (segment <= last) throw new DamagedError(`segment ${segment}: is not there`)
}

/** The same bytes in pieces of the sizes asked for; the last one may be shorter. Copies only what comes in other pieces. */
export async function* inPieces(
  source: AsyncIterable<Uint8Array>,
  sizeOf: (index: number) => number,
): AsyncGenerator<Uint8Array> {
  let index = 0
  let piece: Uint8Array | undefined
  let filled = 0
  for await (const chunk of source) {
    let at = 0
    while (at < chunk.length) {
      const size = sizeOf(index)
      if (piece === undefined && chunk.length - at >= size) {
        yield chunk.subarray(at, at + size)
        at += size
        index++
        continue
      }
      piece ??= Buffer.allocUnsafe(size)
      const taken = chunk.subarray(at, at + size - filled)
      piece.set(taken, filled)
      filled += taken.length
      at += taken.length
      if (filled < size) continue
      yield piece
      piece = undefined
      filled = 0
      index++
    }
  }
  if (piece !== undefined) yield piece.subarray(0, filled)
}

async function gather(source: AsyncIterable<Uint8Array>, lengthBytes: number): Promise<Uint8Array> {
  const bytes = Buffer.concat(await Array.fromAsync(source))
  if (bytes.length !== lengthBytes) throw new DamagedError(`${lengthBytes} bytes are expected, ${bytes.length} are there`)
  return bytes
}
