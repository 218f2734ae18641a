import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FormatError, RefusedError, SealBrokenError } from '#errors'
import { nodePrimitives } from '#primitives'
import { BLOB_BYTES_MAX, decodeBlob, encodeBlob } from './blob.ts'
import { KEY, keystream, rising, shared } from './sample.ts'
import { seal } from './seal.ts'

test('blobs come back, raw and compressed, from shared memory too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.constantFrom('off' as const, 1, 3, 11), (plaintext, level) => {
      const stored = encodeBlob(nodePrimitives, KEY, shared(plaintext), level)
      assert.equal(stored.uncompressedLength, level === 'off' ? 0 : plaintext.length)
      assert.deepEqual(decodeBlob(nodePrimitives, KEY, shared(stored.bytes), stored.uncompressedLength), plaintext)
    }),
  )
})

test('an empty blob is stored raw', () => {
  const stored = encodeBlob(nodePrimitives, KEY, new Uint8Array(0), 3)
  assert.equal(stored.uncompressedLength, 0)
  assert.equal(stored.bytes.length, 32)
})

test('what does not compress is stored as a frame all the same', () => {
  const noise = keystream(nodePrimitives, 1024 * 1024)
  const stored = encodeBlob(nodePrimitives, KEY, noise, 3)
  assert.equal(stored.uncompressedLength, noise.length)
  assert.deepEqual(decodeBlob(nodePrimitives, KEY, stored.bytes, noise.length), noise)
})

test('a length other than the one that the index says is refused', () => {
  const { bytes } = encodeBlob(nodePrimitives, KEY, rising(0, 100), 3)
  for (const claimed of [1, 99, 101, BLOB_BYTES_MAX]) {
    assert.throws(() => decodeBlob(nodePrimitives, KEY, bytes, claimed), FormatError)
  }
})

test('a bomb is refused before anything of its size is allocated', () => {
  const bomb = encodeBlob(nodePrimitives, KEY, new Uint8Array(64 * 1024 * 1024), 3)
  const before = process.memoryUsage().arrayBuffers
  assert.throws(() => decodeBlob(nodePrimitives, KEY, bomb.bytes, 1000), FormatError)
  assert.throws(() => decodeBlob(nodePrimitives, KEY, bomb.bytes, BLOB_BYTES_MAX + 1), RefusedError)
  assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024)
})

test('what is sealed but no frame is refused', () => {
  for (const content of [new Uint8Array(0), rising(0, 3), rising(0, 100), Uint8Array.fromHex('28b52ffd')]) {
    assert.throws(() => decodeBlob(nodePrimitives, KEY, seal(nodePrimitives, KEY, content), 5), FormatError)
  }
  assert.throws(() => decodeBlob(nodePrimitives, KEY, rising(1, 31), 0), FormatError)
  assert.throws(() => decodeBlob(nodePrimitives, KEY, rising(1, 50), 0), SealBrokenError)
})
