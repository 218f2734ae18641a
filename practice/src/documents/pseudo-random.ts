/** For tests: large contents that need not be kept. */
import { createHash } from 'node:crypto'

/** The bytes from `start` to `end` of a stream that the seed names, as a socket gives them. */
export async function* pseudoRandom(of: number, start: number, end: number): AsyncGenerator<Uint8Array> {
  const block = 65_536
  for (let at = start; at < end; ) {
    const index = Math.floor(at / block)
    const bytes = Buffer.alloc(block, createHash('sha512').update(`${of} ${index}`).digest())
    const from = at - index * block
    yield bytes.subarray(from, Math.min(block, end - index * block))
    at += block - from
  }
}
