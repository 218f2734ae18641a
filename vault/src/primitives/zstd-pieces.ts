/** zstd of what is too large to be in memory twice: in pieces, on Node's own threads. */
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { frameParameters } from './zstd.ts'

/** One frame of all pieces, as `zstdCompress` makes it of one. */
export async function zstdCompressPieces(pieces: readonly Uint8Array[], level: number): Promise<Uint8Array> {
  const pledgedSrcSize = pieces.reduce((sum, { length }) => sum + length, 0)
  const frame: Uint8Array[] = []
  await pipeline(pieces, createZstdCompress({ params: frameParameters(level), pledgedSrcSize }), async (compressed) => {
    for await (const piece of compressed) frame.push(piece)
  })
  const bytes = Buffer.concat(frame)
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Gives what a frame decodes to, piece by piece, each valid until the next. Rejects when it does not decode. */
export async function zstdDecompressPieces(frame: Uint8Array, onPiece: (piece: Uint8Array) => void): Promise<void> {
  const options = { params: { [constants.ZSTD_d_windowLogMax]: 27 } }
  await pipeline([frame], createZstdDecompress(options), async (content) => {
    for await (const piece of content) onPiece(piece)
  })
}
