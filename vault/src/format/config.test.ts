import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormatError } from '#errors'
import { nodePrimitives } from '#primitives'
import { type Config, decodeConfig, encodeConfig } from './config.ts'
import { isIrreducible, newPolynomial } from './polynomial.ts'
import { decodeText, encodeText } from './text.ts'

const ID = '5956a3f67a6230d4a92cefb29529f10196c7d92582ec305fd71ff6d331d6271b'
const CONFIG: Config = { version: 2, id: ID, chunkerPolynomial: 0x25b468838dcb75n }

test('a configuration is written as restic writes it and read back', () => {
  assert.equal(decodeText(encodeConfig(CONFIG)), `{"version":2,"id":"${ID}","chunker_polynomial":"25b468838dcb75"}`)
  assert.deepEqual(decodeConfig(encodeConfig(CONFIG)), CONFIG)
  assert.deepEqual(decodeConfig(encodeConfig({ ...CONFIG, version: 1 })), { ...CONFIG, version: 1 })
})

test('members of others are ignored', () => {
  const text = decodeText(encodeConfig(CONFIG)).replace('}', ',"append_only":true,"treepack_size":4194304}')
  assert.deepEqual(decodeConfig(encodeText(text)), CONFIG)
})

test('other versions, malformed ids and polynomials that cannot cut are refused', () => {
  const good = decodeText(encodeConfig(CONFIG))
  const bad = [
    good.replace('"version":2', '"version":3'),
    good.replace('"version":2', '"version":"2"'),
    good.replace(ID, ID.toUpperCase()),
    good.replace(ID, ID.slice(1)),
    good.replace('25b468838dcb75', '38f1e565e288df'),
    good.replace('25b468838dcb75', '0x25b468838dcb'),
    good.replace('25b468838dcb75', ''),
    good.replace('25b468838dcb75', '7'),
    good.replace('25b468838dcb75', '25b468838dcb7500000000000000000000000'),
    good.replace('"25b468838dcb75"', '12'),
    good.slice(1),
    '',
  ]
  for (const text of bad) assert.throws(() => decodeConfig(encodeText(text)), FormatError, text)
})

test('irreducible polynomials are told from reducible ones', () => {
  for (const polynomial of [0x3da3358b4dc173n, 0x2482734cacca49n, 0x25b468838dcb75n, 0b10n, 0b11n, 0b111n, 0b1011n]) {
    assert.equal(isIrreducible(polynomial), true, polynomial.toString(16))
  }
  for (const polynomial of [0x38f1e565e288dfn, 0x30a8295b9d5c91n, 0x255f4350b962cbn, 0n, 1n, 0b101n, 0b110n]) {
    assert.equal(isIrreducible(polynomial), false, polynomial.toString(16))
  }
})

test('new polynomials are irreducible, of degree 53, and not the same', () => {
  const drawn = Array.from({ length: 5 }, () => newPolynomial(nodePrimitives.randomBytes))
  for (const polynomial of drawn) {
    assert.equal(polynomial >> 53n, 1n)
    assert.equal(isIrreducible(polynomial), true)
  }
  assert.equal(new Set(drawn).size, 5)
})
