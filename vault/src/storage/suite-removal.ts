/** The part of the suite about objects that go: on destinations that let them, and on those that do not. */
import assert from 'node:assert/strict'
import type { Storage } from './storage.ts'
import { anObject, listAll, type Place } from './suite-places.ts'

const refused = { name: 'StorageError', reason: 'refused', retryable: false }

/** Declares a test that gets a storage over an empty place. */
export type WithStorage = (sentence: string, test: (storage: Storage, place: Place) => Promise<void>) => void

/** Where objects may go. */
export function removalTests(withStorage: WithStorage): void {
  withStorage('a removed object is gone, and may be removed or saved again', async (storage) => {
    const { name, bytes } = anObject(100)
    for (const kind of ['data', 'keys', 'locks', 'snapshots', 'index'] as const) {
      await storage.save(kind, name, bytes)
      await storage.remove(kind, name)
      await storage.remove(kind, name)
      assert.equal(await storage.stat(kind, name), undefined)
      assert.deepEqual(await listAll(storage, kind), [])
      await storage.save(kind, name, bytes)
      assert.deepEqual(await storage.load(kind, name), bytes)
    }
    await storage.save('config', '', bytes)
    await storage.remove('config', '')
    assert.equal(await storage.stat('config', ''), undefined)
  })

  withStorage('a damaged object is replaced by the right bytes, whatever its size', async (storage, place) => {
    const { name, bytes } = anObject(200_000)
    const flipped = bytes.slice()
    flipped[77] = (flipped[77] ?? 0) ^ 4
    for (const damaged of [bytes.subarray(0, 5), new Uint8Array(), flipped, anObject(300_000, 9).bytes]) {
      await place.plant(`data/${name.slice(0, 2)}/${name}`, damaged)
      await storage.replace('data', name, bytes)
      assert.deepEqual(await storage.load('data', name), bytes)
      assert.deepEqual(await listAll(storage, 'data'), [{ name, sizeBytes: bytes.length }])
    }
  })

  withStorage('a missing object is put in its place too', async (storage) => {
    const { name, bytes } = anObject(2000)
    await storage.replace('index', name, bytes)
    await storage.replace('index', name, bytes)
    assert.deepEqual(await storage.load('index', name), bytes)
  })
}

/** Where they may not. */
export function appendOnlyTests(withStorage: WithStorage): void {
  withStorage('only locks are removed', async (storage) => {
    const { name, bytes } = anObject(100)
    await storage.save('locks', name, bytes)
    await storage.remove('locks', name)
    assert.deepEqual(await listAll(storage, 'locks'), [])
    for (const kind of ['data', 'keys', 'snapshots', 'index'] as const) {
      await storage.save(kind, name, bytes)
      await assert.rejects(storage.remove(kind, name), refused)
      assert.deepEqual(await storage.load(kind, name), bytes)
    }
  })

  withStorage('a damaged object stays, and the refusal is typed', async (storage, place) => {
    const { name, bytes } = anObject(2000)
    await place.plant(`data/${name.slice(0, 2)}/${name}`, bytes.subarray(0, 100))
    await assert.rejects(storage.replace('data', name, bytes), refused)
    assert.deepEqual(await storage.load('data', name), bytes.slice(0, 100))
  })

  withStorage('a missing object may be put in its place', async (storage) => {
    const { name, bytes } = anObject(2000)
    await storage.replace('data', name, bytes)
    assert.deepEqual(await storage.load('data', name), bytes)
  })
}
