import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { type CallOptions, memoryStorage, type Storage } from '#storage'
import { Pipeline } from './engine/pipeline.ts'
import type { ReadInto } from './engine/stream.ts'
import { Mirror, MirroredStorage } from './mirrors.ts'
import { initRepository, Repository } from './repository.ts'

const MIB = 1024 * 1024

/** Bytes that look random, always the same for a seed. */
function bytesOf(seed: number, length: number): Uint8Array {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length))
}

function readerOf(bytes: Uint8Array, pieceBytes: number, onRead = () => {}): ReadInto {
  let at = 0
  return async (view) => {
    onRead()
    const piece = bytes.subarray(at, at + Math.min(view.length, pieceBytes))
    view.set(piece)
    at += piece.length
    return piece.length
  }
}

async function openPipeline() {
  const stack = new AsyncDisposableStack()
  const repository = stack.use(
    await initRepository(memoryStorage(), { password: 'p', scrypt: { n: 2, r: 1, p: 1 }, chunkerPolynomial: 0x3da3358b4dc173n }),
  )
  await repository.loadIndex()
  const pipeline = stack.use(new Pipeline(repository, 2, { level: 'off', indexWriter: repository.writer().indexWriter }))
  return { pipeline, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('the next stream is read while workers are at the last one', async () => {
  await using place = await openPipeline()
  const events: string[] = []
  const first = await place.pipeline.storeStream(readerOf(bytesOf(1, 3 * MIB), MIB))
  const sealed = first.stored.then(() => events.push('first is stored'))
  const second = await place.pipeline.storeStream(readerOf(bytesOf(2, 3 * MIB), MIB, () => events.push('second is read')))
  await Promise.all([sealed, second.stored])
  await place.pipeline.finish()
  assert.equal(events[0], 'second is read')
})

test('when it is done nothing listens to its signal, which would keep its memory', async () => {
  await using repository = await initRepository(memoryStorage(), { password: 'p', scrypt: { n: 2, r: 1, p: 1 } })
  await repository.loadIndex()
  const { signal } = new AbortController()
  {
    await using pipeline = new Pipeline(repository, 1, { level: 'off', indexWriter: repository.writer().indexWriter, signal })
    await (await pipeline.storeStream(readerOf(bytesOf(1, MIB), MIB))).stored
    assert.equal(getEventListeners(signal, 'abort').length, 1)
  }
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('a slow mirror of which nobody can take note ends the run, not the process', async () => {
  const [fast, slow] = [memoryStorage(), memoryStorage()]
  const stuck: Storage = Object.assign(Object.create(slow) as Storage, {
    save: (_kind: string, _name: string, _bytes: Uint8Array, { signal }: CallOptions = {}) =>
      new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  })
  await using repository = await initRepository([fast, slow], { password: 'p', scrypt: { n: 2, r: 1, p: 1 } })
  const places = repository.storage.mirrors.map(({ storage }) => (storage === slow ? stuck : storage))
  const mirrored = new MirroredStorage(
    places.map((place) => new Mirror(place)),
    {
      onBehind: () => {
        throw new Error('the disk of the state folder is full')
      },
    },
  )
  const both = new Repository(mirrored, repository.key, repository.keyId, repository.config)
  await both.loadIndex()
  await using pipeline = new Pipeline(both, 1, { level: 'off', indexWriter: both.writer().indexWriter, patienceMs: 100 })
  const storing = pipeline.storeStream(readerOf(bytesOf(1, 400 * MIB), MIB)).then(({ stored }) => stored)
  await assert.rejects(
    storing.then(() => pipeline.finish()),
    /state folder is full/,
  )
})

test('streams that are asked for at once take turns: each is cut as it would be alone', async () => {
  const sources = [1, 2, 3].map((seed) => bytesOf(seed, 9 * MIB))
  const cutAlone = async (bytes: Uint8Array) => {
    await using place = await openPipeline()
    const { stored } = await place.pipeline.storeStream(readerOf(bytes, MIB))
    return (await stored).content
  }
  await using place = await openPipeline()
  const together = sources.map((bytes, i) => place.pipeline.storeStream(readerOf(bytes, (i + 1) * 100_000)))
  for (const [i, reading] of together.entries()) {
    const { stored, sizeBytes } = await reading
    assert.equal(sizeBytes, 9 * MIB)
    assert.deepEqual((await stored).content, await cutAlone(sources[i]!))
  }
})

test('a stream that cannot be read to its end harms none of the others', async () => {
  await using place = await openPipeline()
  const bytes = bytesOf(1, 4 * MIB)
  const { stored } = await place.pipeline.storeStream(readerOf(bytes, MIB))
  const failing = readerOf(bytesOf(2, 20 * MIB), 4 * MIB)
  let reads = 0
  const broken = place.pipeline.storeStream((view) => (++reads > 2 ? Promise.reject(new Error('no more')) : failing(view)))
  const after = place.pipeline.storeStream(readerOf(bytes, MIB))
  await assert.rejects(broken, /no more/)
  assert.deepEqual((await (await after).stored).content, (await stored).content)
  await place.pipeline.finish()
})
