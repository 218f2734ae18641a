import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FormatError, SealBrokenError } from '#errors'
import { nodePrimitives } from '#primitives'
import type { BlobId } from './id.ts'
import {
  decodePackHeader,
  encodePackHeader,
  PACK_HEADER_BYTES_MAX,
  type PackEntry,
  packBytes,
  packHeaderBytes,
  packHeaderLength,
} from './pack.ts'
import { HELLO_ID, KEY, shared } from './sample.ts'
import { seal, unseal } from './seal.ts'

const HELLO: PackEntry = { id: HELLO_ID, type: 'data', offset: 0, length: 42, uncompressedLength: 5 }

function backToBack(blobs: readonly Omit<PackEntry, 'offset'>[]): PackEntry[] {
  let offset = 0
  return blobs.map((blob) => {
    const entry = { ...blob, offset }
    offset += blob.length
    return entry
  })
}

const blobs = fc
  .array(
    fc.record({
      id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.toHex() as BlobId),
      type: fc.constantFrom('data' as const, 'tree' as const),
      length: fc.integer({ min: 32, max: 9_000_000 }),
      uncompressedLength: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0xffffffff })),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map(backToBack)

test('the entry of the reference vector', () => {
  const header = unseal(nodePrimitives, KEY, encodePackHeader(nodePrimitives, KEY, [HELLO]).subarray(0, -4))
  assert.equal(header.toHex(), '022a000000050000002cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824')
})

test('headers read back, and their sizes are known beforehand', () => {
  fc.assert(
    fc.property(blobs, (entries) => {
      const tail = encodePackHeader(nodePrimitives, KEY, entries)
      assert.equal(tail.length, packHeaderBytes(entries))
      assert.equal(packHeaderLength(tail, packBytes(entries)), tail.length - 4)
      assert.deepEqual(decodePackHeader(nodePrimitives, KEY, shared(tail), packBytes(entries)), entries)
      const longer = new Uint8Array(tail.length + 100)
      longer.set(tail, 100)
      assert.deepEqual(decodePackHeader(nodePrimitives, KEY, longer, packBytes(entries)), entries)
    }),
  )
})

test('blobs that are not back to back from the start cannot be written', () => {
  const bad = [[], [{ ...HELLO, offset: 1 }], [HELLO, HELLO], [HELLO, { ...HELLO, offset: 43 }], [{ ...HELLO, length: 31 }]]
  for (const entries of bad) assert.throws(() => encodePackHeader(nodePrimitives, KEY, entries), FormatError)
  assert.throws(() => encodePackHeader(nodePrimitives, KEY, [{ ...HELLO, uncompressedLength: 2 ** 32 }]), FormatError)
  assert.throws(() => encodePackHeader(nodePrimitives, KEY, [{ ...HELLO, length: 2 ** 32 + 42 }]), FormatError)
})

test('a header that does not fit its pack is refused', () => {
  const tail = encodePackHeader(nodePrimitives, KEY, [HELLO])
  const size = packBytes([HELLO])
  for (const other of [0, 72, 73, size - 1, size + 1, 2 ** 40]) {
    assert.throws(() => decodePackHeader(nodePrimitives, KEY, tail, other), FormatError)
  }
  for (const length of [0, 3, 4, tail.length - 1]) {
    assert.throws(() => decodePackHeader(nodePrimitives, KEY, tail.subarray(tail.length - length), size), FormatError)
  }
})

test('a length of the header that is absurd is refused before anything is read', () => {
  const claims = [0, 31, 32, 68, 97, PACK_HEADER_BYTES_MAX + 1, 2 ** 32 - 1]
  for (const claim of claims) {
    const tail = new Uint8Array(100)
    new DataView(tail.buffer).setUint32(96, claim, true)
    assert.throws(() => packHeaderLength(tail, claim > 100 ? 2 ** 40 : 100), FormatError, String(claim))
  }
})

test('entries of an unknown kind, cut short or impossible are refused', () => {
  const good = unseal(nodePrimitives, KEY, encodePackHeader(nodePrimitives, KEY, [HELLO]).subarray(0, -4))
  const kind4 = good.slice()
  kind4[0] = 4
  const short = good.slice()
  short[1] = 31
  const zero = good.slice()
  zero[5] = 0
  for (const header of [kind4, short, zero, good.subarray(0, 40), new Uint8Array([...good, 0])]) {
    const tail = new Uint8Array(header.length + 36)
    tail.set(seal(nodePrimitives, KEY, header))
    new DataView(tail.buffer).setUint32(tail.length - 4, tail.length - 4, true)
    assert.throws(() => decodePackHeader(nodePrimitives, KEY, tail, 42 + tail.length), FormatError)
  }
})

test('an altered header breaks its seal', () => {
  const tail = encodePackHeader(nodePrimitives, KEY, [HELLO])
  tail[20]! ^= 1
  assert.throws(() => decodePackHeader(nodePrimitives, KEY, tail, packBytes([HELLO])), SealBrokenError)
})

test('100,000 entries are read in a moment', () => {
  const entries = backToBack(Array.from({ length: 100_000 }, () => HELLO))
  const tail = encodePackHeader(nodePrimitives, KEY, entries)
  assert.equal(decodePackHeader(nodePrimitives, KEY, tail, packBytes(entries)).length, 100_000)
})
