import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { test } from 'node:test'
import { VaultError } from '#errors'
import { BLOB_BYTES_MAX, decodeBlob, encodeBlob, type SealKey } from '#format'
import { nativeCodec, nodePrimitives, portableCodec } from '#primitives'
import { BlobOpener } from './blob-opener.ts'

const key: SealKey = { encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) }

/** What a decoder says: bytes, or the kind of error. */
function outcome(decode: () => Uint8Array): string {
  try {
    return Buffer.from(decode()).toString('hex')
  } catch (error) {
    if (error instanceof VaultError) return error.code
    throw error
  }
}

function plaintextOf(round: number): Uint8Array {
  const length = round < 70 ? round : randomInt(0, round % 20 === 0 ? 3_000_000 : 5000)
  return round % 3 === 0 ? new Uint8Array(length).fill(round) : randomBytes(length)
}

for (const [name, codec] of [
  ['native', nativeCodec(nodePrimitives)],
  ['portable', portableCodec(nodePrimitives)],
] as const) {
  test(`it says what decodeBlob says, of whole blobs and of damaged ones (${name})`, () => {
    const opener = new BlobOpener(codec, key)
    for (let round = 0; round < 200; round++) {
      const { bytes, uncompressedLength } = encodeBlob(nodePrimitives, key, plaintextOf(round), round % 2 === 0 ? 3 : 'off')
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 5)).subarray(5)
      shared.set(bytes)
      const same = (stored: Uint8Array, length: number) => {
        const expected = outcome(() => decodeBlob(nodePrimitives, key, Uint8Array.from(stored), length))
        assert.equal(
          outcome(() => opener.open(stored, length, (round & 1) as 0 | 1)),
          expected,
        )
      }
      same(shared, uncompressedLength)
      same(shared.subarray(0, randomInt(0, shared.length)), uncompressedLength)
      same(shared, uncompressedLength + 1)
      same(shared, Math.max(0, uncompressedLength - 1))
      same(shared, uncompressedLength === 0 ? 100 : 0)
      shared[randomInt(0, shared.length)]! ^= 1 << randomInt(0, 8)
      same(shared, uncompressedLength)
    }
  })
}

test('a blob that claims more than is ever read is refused before anything is allocated', () => {
  const opener = new BlobOpener(nativeCodec(nodePrimitives), key)
  const { bytes } = encodeBlob(nodePrimitives, key, new Uint8Array(100), 3)
  assert.throws(() => opener.open(bytes, BLOB_BYTES_MAX + 1), { code: 'refused' })
})

test('a frame that decodes to more than the index says is refused: a bomb is not unpacked', () => {
  const opener = new BlobOpener(nativeCodec(nodePrimitives), key)
  const { bytes } = encodeBlob(nodePrimitives, key, new Uint8Array(100_000_000), 3)
  assert.ok(bytes.length < 100_000)
  assert.throws(() => opener.open(bytes, 1000), { code: 'format' })
})

test('two plaintexts are open side by side', () => {
  const opener = new BlobOpener(nativeCodec(nodePrimitives), key)
  const [one, two] = [randomBytes(5000), randomBytes(7000)]
  const opened = [one, two].map((plaintext, slot) => {
    const { bytes, uncompressedLength } = encodeBlob(nodePrimitives, key, plaintext, slot === 0 ? 3 : 'off')
    return opener.open(bytes, uncompressedLength, slot as 0 | 1)
  })
  assert.deepEqual(
    opened.map((bytes) => Buffer.from(bytes)),
    [one, two],
  )
})
