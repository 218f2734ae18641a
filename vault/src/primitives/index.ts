/**
 * The primitives that `format` stands on, from Node's own cryptography and compression, and Poly1305 from our kernel.
 * For everything that seals, opens, hashes or compresses. Holds no key and keeps no message: scratch memory is wiped of keys.
 */

export { type Codec, codecIsRight, nativeCodec, portableCodec, zstdBound } from './native.ts'
export {
  type HashFeed,
  type HashRun,
  type ParallelSha256,
  parallelSha256,
  parallelSha256IsRight,
  plainSha256,
} from './parallel-sha256.ts'
export { nodePrimitives, primitivesOver } from './primitives.ts'
export { scryptLanes } from './scrypt.ts'
