/** zstd through Node, with restic's frame parameters on the way in and a hard bound on the way out. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { FormatError } from '#errors'
import { decodeZstdFrameHead } from '#format'

const WINDOW_LOG = 19
/** Frames with a longer history than 128 MiB are refused; restic writes 512 KiB. */
const WINDOW_BYTES_MAX = 1n << 27n

/** One frame: content size present, no checksum, window of 512 KiB. */
export function zstdCompress(bytes: Uint8Array, level: number): Uint8Array {
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_windowLog]: WINDOW_LOG,
    [constants.ZSTD_c_contentSizeFlag]: 1,
    [constants.ZSTD_c_checksumFlag]: 0,
  }
  return plain(zstdCompressSync(bytes, { params, chunkSize: compressBound(bytes.length) }))
}

// One output buffer of zstd's own worst case: Node then neither calls again nor concatenates.
function compressBound(length: number): number {
  return Math.max(128, length + (length >>> 8) + 1024)
}

/**
 * What one frame decodes to.
 * @throws {FormatError} when it is no valid frame, or when its content would exceed `maxBytes`; nothing larger is ever allocated
 */
export function zstdDecompress(frame: Uint8Array, maxBytes: number): Uint8Array {
  const head = decodeZstdFrameHead(frame)
  if (head.contentBytes !== undefined && head.contentBytes > BigInt(maxBytes)) {
    throw new FormatError(`zstd frame claims ${head.contentBytes} bytes, at most ${maxBytes} are allowed`)
  }
  if (head.contentBytes === undefined && head.windowBytes > WINDOW_BYTES_MAX) {
    throw new FormatError(`zstd frame wants a window of ${head.windowBytes} bytes`)
  }
  const expected = Number(head.contentBytes ?? BigInt(Math.min(maxBytes, 65536)))
  const options = { maxOutputLength: Math.max(1, maxBytes), chunkSize: Math.max(64, expected + 1), info: true as const }
  const { buffer, engine } = decode(frame, options)
  if (engine.bytesWritten !== frame.length)
    throw new FormatError(`something follows the zstd frame, from byte ${engine.bytesWritten}`)
  if (buffer.length > maxBytes || (head.contentBytes !== undefined && head.contentBytes !== BigInt(buffer.length))) {
    throw new FormatError(`zstd frame decodes to ${buffer.length} bytes, not to what it claims`)
  }
  return plain(buffer)
}

interface Decoded {
  readonly buffer: Buffer
  /** `bytesWritten` counts what was consumed. */
  readonly engine: { readonly bytesWritten: number }
}

function decode(frame: Uint8Array, options: { maxOutputLength: number; chunkSize: number; info: true }): Decoded {
  try {
    // @types/node has `info` for the other formats only.
    return zstdDecompressSync(frame, options) as unknown as Decoded
  } catch (error) {
    throw new FormatError(`zstd frame does not decode to at most ${options.maxOutputLength} bytes`, { cause: error })
  }
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
