import assert from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import { test } from 'node:test'
import { CHUNK_BYTES_MAX, Chunker, instantiateKernels, type Kernels } from '#format'
import { SLAB_BYTES, SLABS } from './regions.ts'
import { SlabPool } from './slab-pool.ts'
import { type ReadInto, StreamRun } from './stream.ts'
import type { ExpectedChunk } from './worker.ts'

const MIB = 1024 * 1024
const POLYNOMIAL = 0x3da3358b4dc173n
const OTHER_POLYNOMIAL = 0x25b468838dcb75n

/** Bytes that look random, always the same for a seed. */
function noise(seed: number, length: number): Uint8Array {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(new Uint8Array(length))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function readerOf(bytes: Uint8Array, pieceBytes: number): ReadInto {
  let at = 0
  return async (view) => {
    const piece = bytes.subarray(at, at + Math.min(view.length, pieceBytes))
    view.set(piece)
    at += piece.length
    return piece.length
  }
}

const kernels: Kernels = instantiateKernels(new WebAssembly.Memory({ initial: 1, maximum: 2048, shared: true }))
const slabsAt = kernels.reserve(SLABS * SLAB_BYTES)
const chunkers = new Map([POLYNOMIAL, OTHER_POLYNOMIAL].map((polynomial) => [polynomial, new Chunker(kernels, polynomial)]))

interface Cut {
  readonly chunks: readonly ExpectedChunk[]
  /** Bytes that were handed over to be stored, and bytes that were only compared. */
  readonly storedBytes: number
  readonly comparedBytes: number
}

/** Runs a stream with a pipeline that does all at once, but answers later. */
async function cut(
  bytes: Uint8Array,
  expected: readonly ExpectedChunk[],
  { pieceBytes = 4 * MIB, polynomial = POLYNOMIAL } = {},
): Promise<Cut> {
  const slabs = new SlabPool(Array.from({ length: SLABS }, (_, i) => slabsAt + i * SLAB_BYTES))
  const memory = kernels.bytes
  let storedBytes = 0
  let comparedBytes = 0
  const run = new StreamRun(
    {
      memory,
      slabs,
      chunker: chunkers.get(polynomial)!,
      orFailure: (work) => work,
      storeChunk: async (slab, offset, length) => {
        storedBytes += length
        return { id: sha256(memory.subarray(slab + offset, slab + offset + length)), storedBytes: length }
      },
      compareChunks: async (slab, offset, pieces) => {
        let end = slab + offset
        return pieces.map(({ id, lengthBytes }) => {
          comparedBytes += lengthBytes
          end += lengthBytes
          return sha256(memory.subarray(end - lengthBytes, end)) === id
        })
      },
    },
    readerOf(bytes, pieceBytes),
    expected,
  )
  await run.run()
  assert.equal(run.sizeBytes, bytes.length)
  const ids = await Promise.all(run.chunks.map(({ result }) => result))
  const chunks = run.chunks.map(({ lengthBytes }, i) => ({ id: ids[i]!.id, lengthBytes }))
  return { chunks, storedBytes, comparedBytes }
}

const BEFORE = noise(1, 40 * MIB + 12345)

/** What may become of a file. */
const CHANGES: Readonly<Record<string, (before: Uint8Array) => Uint8Array>> = {
  'nothing changed': (before) => before,
  'one byte in the middle': (before) => withByte(before, 20 * MIB),
  'a byte in each of many places': (before) => [1, 9, 9.5, 17, 30, 40].reduce((bytes, at) => withByte(bytes, at * MIB), before),
  'the first byte': (before) => withByte(before, 0),
  'the last byte': (before) => withByte(before, before.length - 1),
  'something is put in': (before) => Buffer.concat([before.subarray(0, 15 * MIB), noise(2, 777), before.subarray(15 * MIB)]),
  'something is put in and as much taken out': (before) =>
    Buffer.concat([
      before.subarray(0, 10 * MIB),
      noise(2, 5000),
      before.subarray(10 * MIB, 25 * MIB),
      before.subarray(25 * MIB + 5000),
    ]),
  'it grew by a little': (before) => Buffer.concat([before, noise(3, 100)]),
  'it grew by much': (before) => Buffer.concat([before, noise(3, 30 * MIB)]),
  'it was cut short': (before) => before.subarray(0, 17 * MIB + 5),
  'it was cut short and goes on otherwise': (before) => Buffer.concat([before.subarray(0, 17 * MIB), noise(4, 9 * MIB)]),
  'nothing is left': () => new Uint8Array(0),
  'all is another': (before) => noise(5, before.length),
  'holes instead': (before) => Buffer.concat([before.subarray(0, 5 * MIB), new Uint8Array(30 * MIB), before.subarray(35 * MIB)]),
}

function withByte(bytes: Uint8Array, at: number): Uint8Array {
  const changed = new Uint8Array(bytes)
  changed[at]! ^= 0xff
  return changed
}

for (const [name, change] of Object.entries(CHANGES)) {
  test(`chunks are those of the chunker alone, whatever is expected: ${name}`, async () => {
    const { chunks: expected } = await cut(BEFORE, [])
    const after = change(BEFORE)
    const alone = await cut(after, [])
    for (const pieceBytes of [4 * MIB, 1_234_567]) {
      assert.deepEqual((await cut(after, expected, { pieceBytes })).chunks, alone.chunks)
    }
    // And back again, with the other for what is expected.
    assert.deepEqual((await cut(BEFORE, alone.chunks)).chunks, expected)
  })
}

test('what did not change is compared, not cut: all but the first chunk and what is around a change', async () => {
  const { chunks: expected } = await cut(BEFORE, [])
  const same = await cut(BEFORE, expected)
  assert.equal(same.storedBytes, expected[0]!.lengthBytes)
  assert.equal(same.comparedBytes, BEFORE.length - same.storedBytes)
  const changed = await cut(withByte(BEFORE, 20 * MIB), expected)
  assert.ok(changed.storedBytes < expected[0]!.lengthBytes + 3 * CHUNK_BYTES_MAX)
})

test('an earlier backup that was cut by another polynomial, or in equal pieces, or by a liar, changes nothing', async () => {
  const alone = await cut(BEFORE, [])
  const { chunks: foreign } = await cut(BEFORE, [], { polynomial: OTHER_POLYNOMIAL })
  const pieces = (lengthBytes: number): ExpectedChunk[] =>
    Array.from({ length: Math.floor(BEFORE.length / lengthBytes) }, (_, i) => ({
      lengthBytes,
      id: sha256(BEFORE.subarray(i * lengthBytes, (i + 1) * lengthBytes)),
    }))
  const [first] = alone.chunks
  const liars: readonly ExpectedChunk[][] = [
    [first!, { id: 'no', lengthBytes: 0 }],
    [first!, { id: 'no', lengthBytes: 10 }, { id: 'no', lengthBytes: 1 }],
    [first!, { id: 'no', lengthBytes: 1e15 }, { id: 'no', lengthBytes: 1e15 }],
    [first!, first!, first!, first!],
  ]
  for (const expected of [foreign, pieces(MIB), pieces(100_000), pieces(16 * MIB), ...liars]) {
    assert.deepEqual((await cut(BEFORE, expected)).chunks, alone.chunks)
  }
})
