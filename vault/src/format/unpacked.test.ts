import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormatError, SealBrokenError } from '#errors'
import { nodePrimitives } from '#primitives'
import { KEY, rising } from './sample.ts'
import { seal, unseal } from './seal.ts'
import { encodeText } from './text.ts'
import { decodeUnpacked, encodeUnpacked } from './unpacked.ts'

const JSON_BYTES = encodeText(`{"packs":[${'"x",'.repeat(500)}0]}`)

test('documents come back in both versions; version 2 compresses', () => {
  for (const version of [1, 2] as const) {
    const stored = encodeUnpacked(nodePrimitives, KEY, JSON_BYTES, version)
    assert.deepEqual(decodeUnpacked(nodePrimitives, KEY, stored), JSON_BYTES)
    assert.equal(unseal(nodePrimitives, KEY, stored)[0], version === 1 ? 0x7b : 2)
  }
  assert.ok(encodeUnpacked(nodePrimitives, KEY, JSON_BYTES, 2).length < 200)
})

test('raw objects, raw lists and empty documents are read as they are', () => {
  for (const text of ['{}', '[1]', '']) {
    assert.deepEqual(decodeUnpacked(nodePrimitives, KEY, seal(nodePrimitives, KEY, encodeText(text))), encodeText(text))
  }
  assert.deepEqual(
    decodeUnpacked(nodePrimitives, KEY, encodeUnpacked(nodePrimitives, KEY, new Uint8Array(0), 2)),
    new Uint8Array(0),
  )
})

test('an unknown encoding is refused', () => {
  for (const first of [0, 1, 3, 0x20, 0xff]) {
    assert.throws(() => decodeUnpacked(nodePrimitives, KEY, seal(nodePrimitives, KEY, Uint8Array.of(first, 1, 2))), FormatError)
  }
})

test('files shorter than an IV, cut short, or sealed under another key are refused by name', () => {
  const stored = encodeUnpacked(nodePrimitives, KEY, JSON_BYTES, 2)
  for (const length of [0, 1, 15, 16, 31]) {
    assert.throws(() => decodeUnpacked(nodePrimitives, KEY, stored.subarray(0, length)), FormatError)
  }
  assert.throws(() => decodeUnpacked(nodePrimitives, KEY, stored.subarray(0, 60)), SealBrokenError)
  assert.throws(() => decodeUnpacked(nodePrimitives, { ...KEY, macK: rising(9, 16) }, stored), SealBrokenError)
})

test('a document beyond the limit is refused, whatever its compressed size', () => {
  const bomb = encodeUnpacked(nodePrimitives, KEY, new Uint8Array(20_000_000), 2)
  assert.ok(bomb.length < 5000)
  assert.throws(() => decodeUnpacked(nodePrimitives, KEY, bomb, 19_999_999), FormatError)
  assert.equal(decodeUnpacked(nodePrimitives, KEY, bomb, 20_000_000).length, 20_000_000)
  const raw = encodeUnpacked(nodePrimitives, KEY, JSON_BYTES, 1)
  assert.throws(() => decodeUnpacked(nodePrimitives, KEY, raw, 100), FormatError)
})
