import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { BlobId, PackEntry, PackId } from '#format'
import { BlobIndex } from './blob-index.ts'

function id(n: number): Uint8Array {
  return createHash('sha256').update(String(n)).digest()
}

function hex(n: number): BlobId {
  return Buffer.from(id(n)).toString('hex') as BlobId
}

function entry(n: number, offset = 0): PackEntry {
  return { id: hex(n), type: 'data', offset, length: 100 + n, uncompressedLength: 200 + n }
}

const PACK_A = 'a'.repeat(64) as PackId
const PACK_B = 'b'.repeat(64) as PackId

test('a blob is found with all that was said of it', () => {
  const index = new BlobIndex()
  index.addEntries(PACK_A, [entry(1, 7)])
  assert.deepEqual(index.find('data', hex(1)), { ...entry(1, 7), pack: PACK_A })
  assert.equal(index.find('data', hex(2)), undefined)
})

test('the same ID as tree and as data are two blobs', () => {
  const index = new BlobIndex()
  index.addEntries(PACK_A, [entry(1)])
  index.addEntries(PACK_B, [{ ...entry(1), type: 'tree', uncompressedLength: 0 }])
  assert.equal(index.find('data', hex(1))?.pack, PACK_A)
  assert.equal(index.find('tree', hex(1))?.pack, PACK_B)
  assert.equal([...index.findAll('tree', hex(1))].length, 1)
})

test('a pack that holds a blob twice has both copies', () => {
  const index = new BlobIndex()
  for (let round = 0; round < 2; round++) index.addEntries(PACK_A, [entry(1, 0), entry(1, 101)])
  assert.deepEqual(
    index
      .byPack()
      .get(PACK_A)!
      .map(({ offset }) => offset),
    [0, 101],
  )
})

test('copies in several packs are all kept, the same copy once', () => {
  const index = new BlobIndex()
  for (const pack of [PACK_A, PACK_B, PACK_A]) index.addEntries(pack, [entry(1)])
  assert.deepEqual(
    [...index.findAll('data', hex(1))].map(({ pack }) => pack),
    [PACK_A, PACK_B],
  )
  assert.equal(index.size, 2)
})

test('it grows far beyond what was expected and loses nothing', () => {
  const index = new BlobIndex(10)
  for (let n = 0; n < 50_000; n++) index.addEntries(PACK_A, [entry(n, n)])
  for (let n = 0; n < 50_000; n++) assert.equal(index.find('data', hex(n))?.offset, n)
  assert.equal(index.size, 50_000)
})

test('room that is reserved before each of many claims is found in few tables', () => {
  const index = new BlobIndex()
  for (let i = 0; i < 20_000; i++) {
    index.reserve(8192)
    index.claim(id(i))
  }
  assert.equal(index.size, 20_000)
  assert.ok(index.segments.length <= 4, `${index.segments.length} tables`)
})

test('a claim is granted once, and is no location until it is settled', () => {
  const index = new BlobIndex()
  assert.equal(index.claim(id(1)), true)
  assert.equal(index.claim(id(1)), false)
  assert.equal(index.has('data', hex(1)), false)
  assert.equal(index.claim(id(1), 'tree'), true)
  index.settle(index.packNumber(PACK_A), id(1), false, 5, 101, 201)
  assert.deepEqual(index.find('data', hex(1)), { ...entry(1, 5), pack: PACK_A })
  assert.equal(index.size, 2)
})

test('threads that claim the same blobs at once are granted each once', async () => {
  const index = new BlobIndex(20_000)
  const source = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { createHash } = require('node:crypto')
    import(workerData.module).then(({ BlobIndex }) => {
      const index = BlobIndex.shared(workerData.segments)
      let granted = 0
      for (let n = 0; n < 10000; n++) if (index.claim(createHash('sha256').update(String(n)).digest())) granted++
      parentPort.postMessage(granted)
    })`
  const workerData = { module: new URL('./blob-index.ts', import.meta.url).href, segments: index.segments }
  const granted = await Promise.all(
    Array.from(
      { length: 3 },
      () =>
        new Promise<number>((resolve, reject) => {
          new Worker(source, { eval: true, workerData }).once('message', resolve).once('error', reject)
        }),
    ),
  )
  assert.equal(
    granted.reduce((sum, n) => sum + n, 0),
    10_000,
  )
})

test('a blob takes at most 80 bytes of memory', () => {
  // The benchmark measures the whole process at five million.
  const blobs = 500_000
  const index = new BlobIndex(blobs)
  const key = new Uint8Array(32)
  const words = new Uint32Array(key.buffer)
  let state = 1
  for (let n = 0; n < blobs; n++) {
    for (let i = 0; i < 8; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      words[i] = state ^ (n << i)
    }
    index.add(index.packNumber(PACK_A), key, false, n, 1, 1)
  }
  assert.equal(index.size, blobs)
  assert.ok(index.memoryBytes / blobs <= 80, `${index.memoryBytes / blobs} bytes a blob`)
})
