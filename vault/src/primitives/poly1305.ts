/**
 * Poly1305 over the kernel, with scratch memory of a fixed size: long messages go through it in pieces, messages that lie in the
 * kernels' own memory are read in place.
 */
import { type Kernels, POLY1305_STATE_BYTES } from '#format'

const PIECE_BYTES = 192 * 1024
const KEY = POLY1305_STATE_BYTES
const TAG = KEY + 32
const PIECE = 256

/** A function `poly1305(oneTimeKey, message)` with scratch of its own in the kernels' memory. */
export function poly1305Over(kernels: Kernels): (oneTimeKey: Uint8Array, message: Uint8Array) => Uint8Array {
  const scratch = kernels.reserve(PIECE + PIECE_BYTES)
  return (oneTimeKey, message) => {
    if (oneTimeKey.length !== 32) throw new RangeError('a Poly1305 key has 32 bytes')
    kernels.bytes.set(oneTimeKey, scratch + KEY)
    kernels.poly1305Start(scratch, scratch + KEY)
    const memory = kernels.bytes
    memory.fill(0, scratch + KEY, scratch + KEY + 32)
    const whole = message.length & ~15
    const rest = message.length - whole
    let restAt: number
    if (message.buffer === memory.buffer) {
      kernels.poly1305Blocks(scratch, message.byteOffset, whole)
      restAt = message.byteOffset + whole
    } else {
      restAt = scratch + PIECE
      for (let at = 0; at < whole; at += PIECE_BYTES) {
        const piece = Math.min(PIECE_BYTES, whole - at)
        memory.set(message.subarray(at, at + piece), restAt)
        kernels.poly1305Blocks(scratch, restAt, piece)
      }
      memory.set(message.subarray(whole), restAt)
    }
    kernels.poly1305Finish(scratch, restAt, rest, scratch + TAG)
    return memory.slice(scratch + TAG, scratch + TAG + 16)
  }
}
