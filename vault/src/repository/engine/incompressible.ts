/** Tells cheaply that a chunk will not shrink: photographs, archives, sealed files. */
import type { Codec } from '#primitives'

const PIECES = 16
const PIECE_BYTES = 512
const TRIAL_BYTES = 64 * 1024
/**
 * Sum of squared byte counts over 8,192 sampled bytes: 262,144 + 8,192 when all 256 values are equally likely. Above this the
 * spread is uneven enough for entropy coding to gain something.
 */
const UNEVEN = 300_000
const WORTH_IT = 0.97

const histogram = new Uint32Array(256)

/** @param scratch room for a trial of 64 KiB */
export function looksIncompressible(codec: Codec, chunk: Uint8Array, scratch: Uint8Array): boolean {
  if (chunk.length < TRIAL_BYTES) return false
  histogram.fill(0)
  const stride = Math.floor((chunk.length - PIECE_BYTES) / (PIECES - 1))
  for (let piece = 0; piece < PIECES; piece++) {
    const start = piece * stride
    for (let i = start; i < start + PIECE_BYTES; i++) histogram[chunk[i]!]!++
  }
  let squares = 0
  for (const count of histogram) squares += count * count
  if (squares > UNEVEN) return false
  // Evenly spread bytes may still repeat each other: one short trial from the middle decides.
  const middle = (chunk.length - TRIAL_BYTES) >>> 1
  const length = codec.zstdCompress(chunk.subarray(middle, middle + TRIAL_BYTES), scratch, 1)
  return length < 0 || length > TRIAL_BYTES * WORTH_IT
}
