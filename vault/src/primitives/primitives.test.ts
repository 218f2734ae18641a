import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { FormatError } from '#errors'
import { decodeZstdFrameHead, instantiateKernels } from '#format'
import { nodePrimitives, primitivesOver } from './primitives.ts'
import { scryptLanes, scryptNode } from './scrypt.ts'

function onSharedMemory(bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(new SharedArrayBuffer(bytes.length + 7)).subarray(7)
  view.set(bytes)
  return view
}

test('every primitive takes views on shared memory', async () => {
  const bytes = new Uint8Array(randomBytes(1000))
  const view = onSharedMemory(bytes)
  const [key, iv] = [bytes.slice(0, 32), bytes.slice(32, 48)]
  const p = nodePrimitives
  assert.deepEqual(p.sha256(view), new Uint8Array(createHash('sha256').update(bytes).digest()))
  assert.equal(p.sha256Hex(view), p.sha256(bytes).toHex())
  assert.deepEqual(p.aes256Ctr(onSharedMemory(key), onSharedMemory(iv), view), p.aes256Ctr(key, iv, bytes))
  assert.deepEqual(p.aes128Block(onSharedMemory(iv), onSharedMemory(iv)), p.aes128Block(iv, iv))
  assert.deepEqual(p.poly1305(onSharedMemory(key), view), p.poly1305(key, bytes))
  assert.equal(p.equal(view, bytes), true)
  assert.deepEqual(p.zstdDecompress(onSharedMemory(p.zstdCompress(view, 3)), 1000), bytes)
  assert.deepEqual(await p.scrypt(onSharedMemory(key), onSharedMemory(iv), 16, 1, 1), await p.scrypt(key, iv, 16, 1, 1))
  assert.deepEqual(await scryptLanes(onSharedMemory(key), onSharedMemory(iv), 16, 1, 1), await scryptNode(key, iv, 16, 1, 1))
})

test('results are plain arrays whose slices are copies', () => {
  for (const result of [
    nodePrimitives.sha256(new Uint8Array(1)),
    nodePrimitives.randomBytes(3),
    nodePrimitives.zstdCompress(new Uint8Array(9), 3),
  ]) {
    assert.equal(Object.getPrototypeOf(result), Uint8Array.prototype)
  }
})

test('arrays of other lengths are not equal', () => {
  assert.equal(nodePrimitives.equal(new Uint8Array(3), new Uint8Array(4)), false)
  assert.equal(nodePrimitives.equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false)
})

test('AES counts through the whole block: the carry passes every byte', () => {
  const key = new Uint8Array(32)
  const iv = new Uint8Array(16).fill(0xff)
  const stream = nodePrimitives.aes256Ctr(key, iv, new Uint8Array(32))
  assert.deepEqual(stream.slice(16), nodePrimitives.aes256Ctr(key, new Uint8Array(16), new Uint8Array(16)))
})

test('Poly1305 of a long message is the same in pieces, in place and after the memory grew', () => {
  const kernels = instantiateKernels()
  const own = primitivesOver(kernels)
  const key = new Uint8Array(randomBytes(32))
  for (const length of [0, 1, 15, 16, 17, 196_607, 196_608, 196_609, 1_000_003]) {
    const message = new Uint8Array(randomBytes(length))
    const at = kernels.reserve(length + 1) + 1
    kernels.bytes.set(message, at)
    const before = kernels.bytes.subarray(at, at + length)
    const expected = nodePrimitives.poly1305(key, message)
    assert.deepEqual(own.poly1305(key, before), expected)
    kernels.reserve(1)
    assert.deepEqual(own.poly1305(key, before), expected)
    assert.deepEqual(own.poly1305(key, message), expected)
  }
  assert.throws(() => own.poly1305(key.subarray(1), key), RangeError)
})

test('zstd frames are those that restic writes: content size, no checksum, window of at most 512 KiB', () => {
  for (const length of [0, 1, 255, 256, 65_792, 524_288, 524_289, 3_000_000]) {
    const frame = nodePrimitives.zstdCompress(new Uint8Array(length).fill(7), 3)
    const head = decodeZstdFrameHead(frame)
    assert.equal(head.contentBytes, BigInt(length))
    assert.ok(head.windowBytes <= 524_288n)
    assert.equal(frame[4]! & 0x0c, 0)
    assert.equal(nodePrimitives.zstdDecompress(frame, length).length, length)
  }
})

test('whatever is compressed comes back, at every level', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.integer({ min: 0, max: 300_000 }).map((length) => new Uint8Array(length).fill(65)),
  )
  fc.assert(
    fc.property(content, fc.integer({ min: 1, max: 19 }), (bytes, level) => {
      assert.deepEqual(nodePrimitives.zstdDecompress(nodePrimitives.zstdCompress(bytes, level), bytes.length), bytes)
    }),
    { numRuns: 60 },
  )
})

test('a frame is never decoded beyond what is allowed, whether it says its size or not', () => {
  const zeros = new Uint8Array(10_000_000)
  const honest = nodePrimitives.zstdCompress(zeros, 3)
  const silent = zstdCompressSync(zeros, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
  assert.equal(decodeZstdFrameHead(silent).contentBytes, undefined)
  for (const frame of [honest, silent]) {
    assert.equal(nodePrimitives.zstdDecompress(frame, 10_000_000).length, 10_000_000)
    for (const limit of [0, 1, 9_999_999]) assert.throws(() => nodePrimitives.zstdDecompress(frame, limit), FormatError)
  }
})

test('a frame that lies about its size, wants a dictionary or a giant window is refused', () => {
  const frame = nodePrimitives.zstdCompress(new Uint8Array(1000).fill(1), 3)
  const lying = frame.slice()
  new DataView(lying.buffer).setUint16(5, 500, true)
  assert.throws(() => nodePrimitives.zstdDecompress(lying, 1_000_000), FormatError)
  assert.throws(() => nodePrimitives.zstdDecompress(Uint8Array.fromHex('28b52ffd23010000000005010000'), 1_000_000), FormatError)
  assert.throws(() => nodePrimitives.zstdDecompress(Uint8Array.fromHex('28b52ffd00f8010000'), 1_000_000), FormatError)
})

test('one frame and nothing else: what follows it is refused', () => {
  const frame = nodePrimitives.zstdCompress(new Uint8Array(1000).fill(1), 3)
  for (const rest of [[0], [1, 2, 3], [...frame]]) {
    assert.throws(() => nodePrimitives.zstdDecompress(Uint8Array.from([...frame, ...rest]), 1_000_000), FormatError)
  }
})

test('a frame cut short at any byte is refused', () => {
  const frame = nodePrimitives.zstdCompress(new Uint8Array(randomBytes(300)), 3)
  for (let length = 0; length < frame.length; length++) {
    assert.throws(() => nodePrimitives.zstdDecompress(frame.subarray(0, length), 1000), FormatError, String(length))
  }
})

test('scrypt is the same in lanes as the system computes it', async () => {
  const [password, salt] = [new Uint8Array(randomBytes(9)), new Uint8Array(randomBytes(64))]
  for (const [n, r, p] of [
    [2, 1, 1],
    [16, 1, 1],
    [64, 8, 3],
    [1024, 8, 5],
    [32768, 8, 2],
  ] as const) {
    assert.deepEqual(await scryptLanes(password, salt, n, r, p), await scryptNode(password, salt, n, r, p), `${n} ${r} ${p}`)
  }
  assert.deepEqual(
    await nodePrimitives.scrypt(new Uint8Array(0), salt, 32768, 8, 1),
    await scryptNode(new Uint8Array(0), salt, 32768, 8, 1),
  )
})

test('scrypt does not hold up the event loop', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 5)
  await nodePrimitives.scrypt(new Uint8Array(3), new Uint8Array(64), 32768, 8, 2)
  clearInterval(timer)
  assert.ok(turns >= 5, `${turns} turns`)
})
