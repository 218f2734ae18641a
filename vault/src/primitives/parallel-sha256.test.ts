import assert from 'node:assert/strict'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { test } from 'node:test'
import { type HashRun, type ParallelSha256, parallelSha256, parallelSha256IsRight, plainSha256 } from './parallel-sha256.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const hex = (run: HashRun) => Buffer.from(run.digest()).toString('hex')

function hashesOf(hashes: ParallelSha256, texts: readonly Uint8Array[], cutAt: (length: number) => number): string[] {
  const runs = texts.map(() => hashes.newRun())
  const cuts = texts.map(({ length }) => cutAt(length))
  hashes.feed(texts.map((text, i) => ({ run: runs[i]!, bytes: text.subarray(0, cuts[i]) })))
  hashes.feed(texts.map((text, i) => ({ run: runs[i]!, bytes: text.subarray(cuts[i]) })))
  return runs.map(hex)
}

for (const [name, hashes] of [
  ['as fast as this machine can', parallelSha256()],
  ['one by one', plainSha256()],
] as const) {
  test(`hashes of any number of texts of any length, in pieces, are those of each alone (${name})`, () => {
    for (let round = 0; round < 300; round++) {
      const texts = Array.from({ length: randomInt(1, 5) }, () => randomBytes(randomInt(0, round % 10 === 0 ? 600_000 : 400)))
      const cutAt = (length: number) => randomInt(0, length + 1)
      assert.deepEqual(hashesOf(hashes, texts, cutAt), texts.map(sha256))
    }
  })

  test(`a run that was reset starts anew (${name})`, () => {
    const run = hashes.newRun()
    hashes.feed([{ run, bytes: randomBytes(1000) }])
    run.digest()
    run.reset()
    hashes.feed([{ run, bytes: new TextEncoder().encode('abc') }])
    assert.equal(hex(run), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  test(`views on shared memory and at odd addresses are hashed as they stand (${name})`, () => {
    const shared = new Uint8Array(new SharedArrayBuffer(300_011))
    shared.set(randomBytes(shared.length))
    const texts = [shared.subarray(1, 200_002), shared.subarray(3, 150_000), shared.subarray(7)]
    assert.deepEqual(
      hashesOf(hashes, texts, (length) => length >> 1),
      texts.map((text) => sha256(Uint8Array.from(text))),
    )
  })
}

test('a length counter beyond 32 bits is carried', () => {
  // 600 MiB are 5.03 Gbit: more than the low word of the length holds.
  const hashes = parallelSha256()
  const piece = new Uint8Array(50 * 1024 * 1024).fill(7)
  const runs = [hashes.newRun(), hashes.newRun()]
  const alone = createHash('sha256')
  for (let i = 0; i < 12; i++) {
    hashes.feed(runs.map((run) => ({ run, bytes: piece })))
    alone.update(piece)
  }
  const expected = alone.digest('hex')
  assert.deepEqual(runs.map(hex), [expected, expected])
})

test('an implementation that drops the end of long texts is not taken', () => {
  const plain = plainSha256()
  const short: ParallelSha256 = {
    newRun: plain.newRun,
    feed: (feeds) => plain.feed(feeds.map(({ run, bytes }) => ({ run, bytes: bytes.subarray(0, 100_000) }))),
  }
  assert.equal(parallelSha256IsRight(plain), true)
  assert.equal(parallelSha256IsRight(short), false)
})
