/**
 * The head of a zstd frame (RFC 8878 §3.1.1): what a frame claims before anything is decoded.
 *
 *     magic 28 b5 2f fd · descriptor · [window] · [dictionary id 0, 1, 2 or 4] · [content size 0, 1, 2, 4 or 8] · blocks
 */
import { FormatError } from '#errors'

export interface ZstdFrameHead {
  /** Bytes of the head; the first block follows. */
  readonly headBytes: number
  /** What the frame says that it decodes to, when it says so. */
  readonly contentBytes: bigint | undefined
  /** History that a decoder must keep. */
  readonly windowBytes: bigint
  readonly hasDictionary: boolean
}

/**
 * The head of the frame at the start of `frame`.
 * @throws {FormatError} when it is no zstd frame
 */
export function decodeZstdFrameHead(frame: Uint8Array): ZstdFrameHead {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < 6 || view.getUint32(0, true) !== 0xfd2fb528) throw new FormatError('expected a zstd frame', { at: 0 })
  const descriptor = view.getUint8(4)
  if (descriptor & 8) throw new FormatError('reserved bit set in the zstd frame', { at: 4 })
  const single = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  const headBytes = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes
  if (frame.length < headBytes) throw new FormatError('zstd frame cut short', { at: frame.length })
  const contentBytes = readSize(view, headBytes - sizeBytes, sizeBytes)
  const windowBytes = single ? (contentBytes ?? 0n) : windowOf(view.getUint8(5))
  return { headBytes, contentBytes, windowBytes, hasDictionary: dictionaryBytes > 0 }
}

function readSize(view: DataView, at: number, sizeBytes: number): bigint | undefined {
  if (sizeBytes === 0) return undefined
  if (sizeBytes === 1) return BigInt(view.getUint8(at))
  if (sizeBytes === 2) return BigInt(view.getUint16(at, true) + 256)
  if (sizeBytes === 4) return BigInt(view.getUint32(at, true))
  return view.getBigUint64(at, true)
}

function windowOf(byte: number): bigint {
  const base = 1n << BigInt(10 + (byte >> 3))
  return base + (base / 8n) * BigInt(byte & 7)
}
