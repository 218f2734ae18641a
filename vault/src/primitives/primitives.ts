import { createCipheriv, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { instantiateKernels, type Kernels, type Primitives } from '#format'
import { poly1305Over } from './poly1305.ts'
import { scrypt } from './scrypt.ts'
import { zstdCompress, zstdDecompress } from './zstd.ts'

/**
 * Primitives whose Poly1305 runs over `kernels`: messages that lie in that memory (views on its current buffer) are read in place.
 * One for each thread; takes 256 KiB of scratch.
 */
export function primitivesOver(kernels: Kernels): Primitives {
  const poly1305 = poly1305Over(kernels)
  return { ...stateless, poly1305 }
}

const stateless = {
  sha256: (bytes) => plain(hash('sha256', bytes, 'buffer')),
  sha256Hex: (bytes) => hash('sha256', bytes, 'hex'),
  aes256Ctr: (key, iv, input) => plain(createCipheriv('aes-256-ctr', key, iv).update(input)),
  aes128Block: (key, block) => plain(createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block)),
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  randomBytes: (count) => plain(randomBytes(count)),
  zstdCompress,
  zstdDecompress,
  scrypt,
} satisfies Omit<Primitives, 'poly1305'>

// A Buffer's `slice` is a view where a Uint8Array's is a copy: callers get what the type says.
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}

let ofThisThread: ReturnType<typeof poly1305Over> | undefined

/** This thread's primitives. The kernel is made at the first Poly1305. */
export const nodePrimitives: Primitives = {
  ...stateless,
  poly1305: (oneTimeKey, message) => {
    ofThisThread ??= poly1305Over(instantiateKernels())
    return ofThisThread(oneTimeKey, message)
  },
}
