import assert from 'node:assert/strict'
import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { instantiateKernels, type Kernels, POLY1305_STATE_BYTES, RABIN_TABLES_BYTES } from './kernels.ts'
import { rising } from './sample.ts'
import { encodeText } from './text.ts'
import { plainPoly1305, plainROMix } from './twins.ts'

const kernels = instantiateKernels()
const scratch = kernels.reserve(2 * 1024 * 1024)

function poly1305(key: Uint8Array, message: Uint8Array): Uint8Array {
  const [keyAt, tagAt] = [scratch + POLY1305_STATE_BYTES, scratch + POLY1305_STATE_BYTES + 32]
  const messageAt = tagAt + 19
  kernels.bytes.set(key, keyAt)
  kernels.bytes.set(message, messageAt)
  kernels.poly1305(scratch, keyAt, messageAt, message.length, tagAt)
  return kernels.bytes.slice(tagAt, tagAt + 16)
}

/** RFC 8439 §2.5.2 and appendix A.3: key, message, tag, in hex. */
const RFC8439 = [
  [
    '85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b',
    encodeText('Cryptographic Forum Research Group').toHex(),
    'a8061dc1305136c6c22b8baf0c0127a9',
  ],
  ['00'.repeat(32), '00'.repeat(64), '00'.repeat(16)],
  [`02${'00'.repeat(31)}`, 'ff'.repeat(16), `03${'00'.repeat(15)}`],
  [`02${'00'.repeat(15)}${'ff'.repeat(16)}`, `02${'00'.repeat(15)}`, `03${'00'.repeat(15)}`],
  [`01${'00'.repeat(31)}`, `${'ff'.repeat(16)}f0${'ff'.repeat(15)}11${'00'.repeat(15)}`, `05${'00'.repeat(15)}`],
  [`01${'00'.repeat(31)}`, `${'ff'.repeat(16)}fb${'fe'.repeat(15)}${'01'.repeat(16)}`, '00'.repeat(16)],
  [`02${'00'.repeat(31)}`, `fd${'ff'.repeat(15)}`, `fa${'ff'.repeat(15)}`],
  [
    `0100000000000000040000000000000000000000000000000000000000000000`,
    'e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000',
    '14000000000000005500000000000000',
  ],
  [
    `0100000000000000040000000000000000000000000000000000000000000000`,
    'e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000',
    '13000000000000000000000000000000',
  ],
] as const

test('Poly1305 gives the tags of RFC 8439', () => {
  for (const [key, message, tag] of RFC8439) {
    assert.equal(poly1305(Uint8Array.fromHex(key), Uint8Array.fromHex(message)).toHex(), tag)
    assert.equal(plainPoly1305(Uint8Array.fromHex(key), Uint8Array.fromHex(message)).toHex(), tag)
  }
})

test('Poly1305 agrees with its twin, on random and on extreme bytes', () => {
  const extreme = fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xfb, 0xfe, 0xff)
  const bytes = (size: { minLength?: number; maxLength: number }) =>
    fc.oneof(
      fc.uint8Array(size),
      fc.array(extreme, size).map((list) => Uint8Array.from(list)),
    )
  fc.assert(
    fc.property(bytes({ minLength: 32, maxLength: 32 }), bytes({ maxLength: 300 }), (key, message) => {
      assert.deepEqual(poly1305(key, message), plainPoly1305(key, message))
    }),
    { numRuns: 2000 },
  )
  for (const fill of [0x00, 0xff]) {
    const message = new Uint8Array(100_003).fill(fill)
    const key = new Uint8Array(32).fill(0xff)
    assert.deepEqual(poly1305(key, message), plainPoly1305(key, message))
  }
})

test('Poly1305 leaves no key behind', () => {
  poly1305(rising(1, 32), rising(0, 21))
  assert.deepEqual(kernels.bytes.slice(scratch, scratch + POLY1305_STATE_BYTES), new Uint8Array(POLY1305_STATE_BYTES))
})

test('the Rabin tables are those of the reference vectors', () => {
  kernels.rabinTables(scratch, 0x3da3358b4dc173n)
  const tables = new DataView(kernels.bytes.buffer, scratch, RABIN_TABLES_BYTES)
  const mod = (index: number) => tables.getBigUint64(index * 8, true).toString(16)
  assert.deepEqual([1, 2, 127, 255].map(mod), ['3da3358b4dc173', '46e55e9dd64395', 'fe507dfe8dcdbea', '1ff7ac8a5af476a7'])
})

function romix(own: Kernels, lane: Uint8Array, n: number, r: number): Uint8Array {
  const at = own.reserve((n + 3) * 128 * r)
  own.bytes.set(lane, at)
  own.scryptROMix(at, r, n, at + 3 * 128 * r, at + 128 * r)
  return own.bytes.slice(at, at + 128 * r)
}

test('ROMix agrees with its twin and with the system', () => {
  for (const [n, r] of [
    [2, 1],
    [16, 1],
    [4, 3],
    [64, 2],
    [1024, 8],
  ] as const) {
    const lane = pbkdf2Sync('password', 'salt', 1, 128 * r, 'sha256')
    const mixed = romix(instantiateKernels(), lane, n, r)
    if (n < 1024) assert.deepEqual(plainROMix(new Uint8Array(lane), n, r), mixed)
    const key = pbkdf2Sync('password', mixed, 1, 64, 'sha256')
    assert.deepEqual(key, scryptSync('password', 'salt', 64, { N: n, r, p: 1 }))
  }
})
