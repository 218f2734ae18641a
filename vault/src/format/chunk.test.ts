import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FormatError } from '#errors'
import { nodePrimitives } from '#primitives'
import { CHUNK_BYTES_MAX, CHUNKER_SCRATCH_BYTES, Chunker } from './chunk.ts'
import { instantiateKernels, KERNEL_PAGES_MAX } from './kernels.ts'
import { PlainChunker } from './plain-chunker.ts'
import { keystream } from './sample.ts'

const P1 = 0x3da3358b4dc173n
const P2 = 0x25b468838dcb75n
const MIB = 1024 * 1024
const Z = keystream(nodePrimitives, 16 * MIB)

/** Reference vectors: length, digest at the cut (at the end for the last), first 8 bytes of the chunk's SHA-256. */
const CHUNKS_1 = [
  '545435 00139b2dc0000000 f1fddbd0642e157c',
  '723808 00104876d9200000 bc3a81463da34772',
  '749796 00171d552bb00000 5b037a436dd87cc5',
  '1264568 00096327d5a00000 54b1d8fa4967f7a0',
  '3023250 001e23970be00000 ad34d5aaec293dfc',
  '843443 00073b6f05300000 bf4cb691c35e825a',
  '984879 0013264c30300000 81b7b210f359c25d',
  '946924 0012ea6d03600000 2cd1b9afa4337343',
  '2868814 0001ce2f11100000 ddfd660bffb7161d',
  '658673 000178f3a6b00000 614ea0887012f875',
  '591222 000ba70c5e300000 79b572ac79a4a888',
  '943512 001649b650600000 c2232e4be701479a',
  '649353 00047df40bb00000 9dc8d3b19c5cbb1b',
  '1120413 00196a2148b00000 eb2474eb987f10a4',
  '528788 001a7607a3e00000 e1b580ee7a4bd848',
  '334338 0000000000000001 a00cc7fd6757c214',
]
const CHUNKS_2 = [
  '1474563 001b8d18c5400000 1d7f608150850196',
  '3978072 001e660ad8200000 eaa5b65f9d6016c7',
  '1910694 0009e6ae82000000 3f25e7f673b45a01',
  '3085432 0002dfd61b600000 793440f55f2dd1ff',
  '845056 001f8fb96bf00000 05701b7a6d4eb5ea',
  '666734 001cb7810fa00000 43527c29df2cc820',
  '1944418 001806073f800000 4ff39007a122c085',
  '1041432 0000baf0b4f00000 f3076f858699319f',
  '570679 001f1d78d1c00000 03d9bea2654c0a22',
  '673074 00196a4200600000 bf58085c70fa727e',
  '587062 0008bb2b373bba12 10ae9384a2b46129',
]

/** A chunker that is fed bytes, over two slabs that it lies in by turns, so that chunks straddle them. */
function feeder(polynomial: bigint, slabBytes: number) {
  const kernels = instantiateKernels()
  const chunker = new Chunker(kernels, polynomial)
  const slabs = [kernels.reserve(slabBytes), kernels.reserve(slabBytes + 9) + 9]
  let turn = 0
  let rest: Uint8Array = new Uint8Array(0)
  let at = 0
  return {
    digest: () => chunker.digest,
    next: (bytes: Uint8Array) => {
      if (bytes.buffer !== rest.buffer || bytes.byteOffset !== rest.byteOffset) {
        at = slabs[turn++ % 2]!
        kernels.bytes.set(bytes, at)
      }
      const cut = chunker.next(at, bytes.length)
      if (cut >= 0 && cut < bytes.length) {
        rest = bytes.subarray(cut)
        at += cut
      }
      return cut
    },
  }
}

interface Fed {
  next(bytes: Uint8Array): number
  digest(): bigint
}

/** Feeds `stream` in pieces of `pieceBytes()`; the chunks as the vectors print them. */
function chunksOf(stream: Uint8Array, fed: Fed, pieceBytes: () => number): string[] {
  const chunks: string[] = []
  let start = 0
  const report = (end: number) => {
    const hash = nodePrimitives.sha256Hex(stream.subarray(start, end)).slice(0, 16)
    chunks.push(`${end - start} ${fed.digest().toString(16).padStart(16, '0')} ${hash}`)
    start = end
  }
  for (let at = 0; at < stream.length; ) {
    const end = Math.min(stream.length, at + pieceBytes())
    while (at < end) {
      const cut = fed.next(stream.subarray(at, end))
      at = cut < 0 ? end : at + cut
      if (cut >= 0) report(at)
    }
  }
  if (start < stream.length) report(stream.length)
  return chunks
}

function plain(polynomial: bigint): Fed {
  const chunker = new PlainChunker(polynomial)
  return { next: (bytes) => chunker.next(bytes), digest: () => chunker.digest }
}

test('the stream of the vectors', () => {
  assert.equal(nodePrimitives.sha256Hex(Z), '9ac421b8c711f0e14256dbc48c583dfc2f05d580a26d2ea6ab052648f5c3df62')
})

for (const [polynomial, expected] of [
  [P1, CHUNKS_1],
  [P2, CHUNKS_2],
] as const) {
  const name = polynomial.toString(16)
  test(`the stream is cut as the vectors say under ${name}, given whole`, () => {
    assert.deepEqual(
      chunksOf(Z, feeder(polynomial, Z.length), () => Z.length),
      expected,
    )
  })

  test(`the same under ${name} in odd pieces, which straddle slabs`, () => {
    for (const sizes of [[1 * MIB], [999_983], [65_537, 1, 63, 64, 65, 300_000, 128], [12 * MIB, 1]]) {
      let turn = 0
      assert.deepEqual(
        chunksOf(Z, feeder(polynomial, 12 * MIB), () => sizes[turn++ % sizes.length]!),
        expected,
        sizes.join(),
      )
    }
  })

  test(`the twin cuts the same under ${name}`, () => {
    assert.deepEqual(
      chunksOf(Z, plain(polynomial), () => 1_000_003),
      expected,
    )
  })
}

test('a short stream is cut the same byte by byte', () => {
  const short = Z.subarray(0, 1_400_000)
  assert.deepEqual(chunksOf(short, feeder(P1, 1), () => 1).slice(0, 2), CHUNKS_1.slice(0, 2))
})

test('constant bytes', () => {
  const zeros = new Uint8Array(MIB + 1)
  const ends = (stream: Uint8Array) =>
    chunksOf(stream, feeder(P1, stream.length), () => 700_001).map((line) => line.slice(0, -17))
  assert.deepEqual(ends(zeros), ['524288 0000000000000000', '524288 0000000000000000', '1 0000000000000001'])
  assert.deepEqual(ends(zeros.subarray(0, 524287)), ['524287 0017eb4232e19216'])
  const ones = new Uint8Array(20 * MIB).fill(0xff)
  assert.deepEqual(ends(ones), ['8388608 0006d9879d4c4d97', '8388608 0006d9879d4c4d97', '4194304 0006d9879d4c4d97'])
  assert.deepEqual(ends(Z.subarray(0, 524288)), ['524288 000873ba931b20c4'])
  assert.deepEqual(ends(new Uint8Array(0)), [])
})

test('a chunk that ends exactly at a limit, or where a piece ends', () => {
  const ones = new Uint8Array(2 * CHUNK_BYTES_MAX).fill(0xff)
  for (const piece of [CHUNK_BYTES_MAX - 1, CHUNK_BYTES_MAX, CHUNK_BYTES_MAX + 1]) {
    const lengths = chunksOf(ones, feeder(P1, CHUNK_BYTES_MAX + 1), () => piece).map((line) => line.split(' ')[0])
    assert.deepEqual(lengths, ['8388608', '8388608'])
  }
  for (const piece of [545434, 545435, 545436]) {
    assert.deepEqual(chunksOf(Z.subarray(0, 2 * MIB), feeder(P1, MIB), () => piece).slice(0, 2), CHUNKS_1.slice(0, 2))
  }
})

test('kernel and twin agree on streams that cut often, under any polynomial, in any pieces', () => {
  // Stretches of zeros between noise: a window of zeros has the digest 0, which cuts.
  const stream = Z.slice(0, 6 * MIB)
  for (let at = 500_000; at < stream.length; at += 611_953) stream.fill(0, at, at + 40 + (at % 97))
  const piece = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2_000_000 }))
  fc.assert(
    fc.property(
      fc.constantFrom(P1, P2, 0x2482734cacca49n),
      fc.array(piece, { minLength: 1, maxLength: 6 }),
      (polynomial, pieces) => {
        const sizes = [...pieces, 400_000]
        let turn = 0
        assert.deepEqual(
          chunksOf(stream, feeder(polynomial, 2_000_000), () => sizes[turn++ % sizes.length]!),
          chunksOf(stream, plain(polynomial), () => stream.length),
        )
      },
    ),
    { numRuns: process.env.COURONNE_CAMPAIGN === '1' ? 300 : 6 },
  )
})

test('reset forgets what went in', () => {
  const kernels = instantiateKernels()
  const chunker = new Chunker(kernels, P1)
  const at = kernels.reserve(Z.length)
  kernels.bytes.set(Z, at)
  assert.equal(chunker.next(at + 5, 540_000), -1)
  chunker.reset()
  assert.equal(chunker.next(at, Z.length), 545435)
})

test('chunkers of several instances over one memory do not disturb each other', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: KERNEL_PAGES_MAX, shared: true })
  const one = instantiateKernels(memory)
  const other = instantiateKernels(memory)
  const at = one.reserve(Z.length)
  one.bytes.set(Z, at)
  const [a, b] = [new Chunker(one, P1), new Chunker(other, P2, other.reserve(CHUNKER_SCRATCH_BYTES))]
  assert.equal(a.next(at, 300_000), -1)
  assert.equal(b.next(at, Z.length), 1474563)
  assert.equal(a.next(at + 300_000, Z.length - 300_000), 545435 - 300_000)
})

test('a polynomial of another degree is refused', () => {
  for (const polynomial of [0n, 1n, P1 >> 1n, P1 << 1n]) {
    assert.throws(() => new Chunker(instantiateKernels(), polynomial), FormatError)
  }
})
