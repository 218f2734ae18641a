import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FormatError, SealBrokenError } from '#errors'
import { nodePrimitives } from '#primitives'
import { KEY, keystream, rising, shared } from './sample.ts'
import { isValidSealKey, parseMasterKey, printMasterKey, type SealKey, seal, unseal } from './seal.ts'
import { decodeText, encodeText } from './text.ts'

const REFERENCE = '404142434445464748494a4b4c4d4e4fc71bb14bf6369a8df21809b2fd8c1aafb3d430c50d19127eb648f8f1e4'

test('sealing gives the bytes of the reference vector', () => {
  assert.equal(nodePrimitives.aes128Block(KEY.macK, rising(0x40, 16)).toHex(), '859469c07743c7e45b318d151d3d87e9')
  assert.equal(seal(nodePrimitives, KEY, encodeText('dental backup'), rising(0x40, 16)).toHex(), REFERENCE)
  assert.equal(decodeText(unseal(nodePrimitives, KEY, Uint8Array.fromHex(REFERENCE))), 'dental backup')
})

test('what was sealed comes back, from shared memory too, and each seal has an IV of its own', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (plaintext) => {
      const sealed = seal(nodePrimitives, KEY, shared(plaintext))
      assert.equal(sealed.length, plaintext.length + 32)
      assert.notDeepEqual(seal(nodePrimitives, KEY, plaintext), sealed)
      assert.deepEqual(unseal(nodePrimitives, KEY, shared(sealed)), plaintext)
    }),
  )
})

test('a large message is sealed as a small one is', () => {
  const plaintext = keystream(nodePrimitives, 3 * 1024 * 1024 + 5)
  assert.deepEqual(unseal(nodePrimitives, KEY, seal(nodePrimitives, KEY, plaintext)), plaintext)
})

test('any flipped bit breaks the seal', () => {
  const sealed = seal(nodePrimitives, KEY, rising(0, 40))
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const altered = sealed.slice()
    altered[bit >> 3]! ^= 1 << (bit & 7)
    assert.throws(() => unseal(nodePrimitives, KEY, altered), SealBrokenError)
  }
})

test('bytes cut short break the seal, and fewer than 32 are no sealed bytes at all', () => {
  const sealed = seal(nodePrimitives, KEY, rising(0, 40))
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => unseal(nodePrimitives, KEY, sealed.subarray(0, length)), length < 32 ? FormatError : SealBrokenError)
  }
})

test('another key does not open', () => {
  const sealed = seal(nodePrimitives, KEY, rising(0, 40))
  for (const part of ['macK', 'macR'] as const) {
    assert.throws(() => unseal(nodePrimitives, { ...KEY, [part]: rising(1, 16) }, sealed), SealBrokenError)
  }
})

test('keys with a part that is all zero or of a wrong length are refused, and all-zero IVs', () => {
  const bad: SealKey[] = [
    { ...KEY, encrypt: new Uint8Array(32) },
    { ...KEY, macK: new Uint8Array(16) },
    { ...KEY, macR: new Uint8Array(16) },
    { ...KEY, encrypt: rising(0, 31) },
    { ...KEY, macK: rising(0, 17) },
    { ...KEY, macR: rising(0, 0) },
  ]
  for (const key of bad) {
    assert.equal(isValidSealKey(key), false)
    assert.throws(() => seal(nodePrimitives, key, rising(0, 4)), FormatError)
    assert.throws(() => unseal(nodePrimitives, key, Uint8Array.fromHex(REFERENCE)), FormatError)
  }
  assert.throws(() => seal(nodePrimitives, KEY, rising(0, 4), new Uint8Array(16)), FormatError)
  assert.throws(() => seal(nodePrimitives, KEY, rising(0, 4), rising(0, 12)), FormatError)
  assert.throws(() => unseal(nodePrimitives, KEY, new Uint8Array(40)), FormatError)
})

test('a master key is printed as restic prints it and read back', () => {
  const json = printMasterKey(KEY)
  const expected =
    '{"mac":{"k":"ICEiIyQlJicoKSorLC0uLw==","r":"MDEyMzQ1Njc4OTo7PD0+Pw=="},"encrypt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}'
  assert.equal(decodeText(json), expected)
  assert.deepEqual(parseMasterKey(json), KEY)
})

test('what is no master key is refused', () => {
  const good = decodeText(printMasterKey(KEY))
  const bad = ['', 'null', '[]', '{}', '{"mac":[],"encrypt":""}', good.replace('ICEi', 'ICE'), good.replace('"AAEC', '"!AEC')]
  for (const text of bad) assert.throws(() => parseMasterKey(encodeText(text)), FormatError, text)
  assert.throws(() => parseMasterKey(encodeText(good.replace(/"encrypt":".*"/, `"encrypt":"${'A'.repeat(43)}="`))), FormatError)
})
