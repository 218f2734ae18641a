import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormatError, SealBrokenError } from '#errors'
import { nodePrimitives } from '#primitives'
import { decodeKeyFile, deriveKey, encodeKeyFile, type KeyFile, makeKeyFile, openKeyFile } from './key-file.ts'
import { KEY, rising } from './sample.ts'
import { decodeText, encodeText } from './text.ts'

const FACTS = { created: '2024-03-01T10:00:00.5+01:00', username: 'marie', hostname: 'cabinet' }
const CHEAP = { n: 16, r: 1, p: 2 }

test('a password gives the keys of the reference vector', async () => {
  const key = await deriveKey(nodePrimitives, encodeText('pässwörd'), rising(0, 64), { n: 16384, r: 8, p: 1 })
  assert.equal(key.encrypt.toHex(), '1c42ee15a10baca856005f838e7fc3af4b70fc0839b3d5c2bb0592406b48a845')
  assert.equal(key.macK.toHex(), '0daea989433fea4af311bcd8a5fc13b7')
  assert.equal(key.macR.toHex(), '425f700baf4c2ce9be1bcee0c95ae18b')
})

test('a key file opens with its password and with no other', async () => {
  for (const password of ['secret', '', 'pässwörd '.repeat(30)]) {
    const file = await makeKeyFile(nodePrimitives, KEY, encodeText(password), FACTS, CHEAP)
    assert.deepEqual(await openKeyFile(nodePrimitives, decodeKeyFile(encodeKeyFile(file)), encodeText(password)), KEY)
    await assert.rejects(openKeyFile(nodePrimitives, file, encodeText(`${password}x`)), SealBrokenError)
  }
})

test('members come in the order of restic, without a newline', async () => {
  const file = await makeKeyFile(nodePrimitives, KEY, encodeText('secret'), FACTS, CHEAP)
  assert.match(
    decodeText(encodeKeyFile(file)),
    /^\{"created":"2024-03-01T10:00:00.5\+01:00","username":"marie","hostname":"cabinet","kdf":"scrypt","N":16,"r":1,"p":2,"salt":"[^"]{88}","data":"[^"]+"\}$/,
  )
})

test('unknown members are ignored', () => {
  const text = aKeyFile({}).replace('{', '{"x":[{}],')
  assert.equal(decodeKeyFile(encodeText(text)).n, 16)
})

function aKeyFile(changes: Record<string, unknown>): string {
  const file = { ...FACTS, kdf: 'scrypt', N: 16, r: 1, p: 1, salt: rising(0, 64).toBase64(), data: rising(0, 200).toBase64() }
  return JSON.stringify({ ...file, ...changes })
}

test('scrypt parameters that are invalid or would cost too much are refused before any is computed', async () => {
  const bad = [
    { N: 0 },
    { N: 1 },
    { N: 3 },
    { N: 2 ** 21 },
    { N: -16 },
    { N: 16.5 },
    { N: '16' },
    { N: 2 ** 40 },
    { r: 0 },
    { p: 0 },
    { p: 65 },
    { N: 2 ** 20, r: 9 },
    { N: 2, r: 2 ** 22 },
    { r: 2 ** 24, p: 64 },
    { N: 2 ** 20, r: 8, p: 64 },
  ]
  for (const change of bad) assert.throws(() => decodeKeyFile(encodeText(aKeyFile(change))), FormatError, JSON.stringify(change))
  const file = decodeKeyFile(encodeText(aKeyFile({})))
  await assert.rejects(openKeyFile(nodePrimitives, { ...file, n: 2 ** 30 } satisfies KeyFile, encodeText('x')), FormatError)
})

test('the largest parameters allowed are read', () => {
  assert.equal(decodeKeyFile(encodeText(aKeyFile({ N: 2 ** 20, r: 8, p: 16 }))).n, 2 ** 20)
  assert.equal(decodeKeyFile(encodeText(aKeyFile({ N: 2 ** 15, r: 8, p: 64 }))).p, 64)
})

test('what is no key file is refused', () => {
  const bad = [
    aKeyFile({ kdf: 'argon2' }),
    aKeyFile({ salt: rising(0, 63).toBase64() }),
    aKeyFile({ salt: rising(0, 65).toBase64() }),
    aKeyFile({ salt: 7 }),
    aKeyFile({ data: 'é' }),
    aKeyFile({ data: rising(0, 31).toBase64() }),
    aKeyFile({ data: new Uint8Array(5000).toBase64() }),
    aKeyFile({ username: 7 }),
    aKeyFile({}).slice(0, -1),
    '[]',
    'junk',
    '',
  ]
  for (const text of bad) assert.throws(() => decodeKeyFile(encodeText(text)), FormatError, text)
})
