/**
 * What every storage and every wrapper passes. A test file calls `storageSuite` with a way to make empty places.
 */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ObjectExistsError } from '#errors'
import type { Storage } from './storage.ts'
import { anObject, listAll, nameOf, type Place } from './suite-places.ts'
import { appendOnlyTests, removalTests, type WithStorage } from './suite-removal.ts'

export interface SuiteTraits {
  /** Objects other than locks cannot be removed or replaced. */
  readonly appendOnly?: boolean
  /** The server writes under the final name (rclone): for a moment others may see half an object. */
  readonly showsHalves?: boolean
  /** Some bytes pass more than once, since calls are repeated. */
  readonly repeats?: boolean
  /** How long the long list is: 2,500 when absent, more than two pages of S3. */
  readonly listCount?: number
  /** What must never be seen in `location`. */
  readonly secrets?: readonly string[]
}

const missingObject = (kind: string) => ({ name: 'ObjectMissingError', code: 'object-missing', kind, retryable: false })
const existingObject = { name: 'ObjectExistsError', code: 'object-exists' } satisfies Partial<ObjectExistsError>
const tooShort = { name: 'StorageError', reason: 'failed', retryable: false }

/** Runs the suite over places that `makePlace` makes: one a test, or one for all when it can be cleared. */
export function storageSuite(title: string, makePlace: () => Promise<Place>, traits: SuiteTraits = {}): void {
  let kept: Place | undefined
  const withStorage = (sentence: string, test: (storage: Storage, place: Place) => Promise<void>) =>
    it(sentence, async () => {
      const ready = kept !== undefined
      kept ??= await makePlace()
      const place = kept
      try {
        await using storage = await place.open()
        if (!ready) await storage.create()
        await test(storage, place)
      } finally {
        if (place.clear) place.clear()
        else {
          kept = undefined
          await place[Symbol.asyncDispose]()
        }
      }
    })

  describe(title, () => {
    after(() => kept?.[Symbol.asyncDispose]())

    describe('objects', () => objectTests(withStorage))
    describe('ranges', () => rangeTests(withStorage))
    describe('names and lists', () => listTests(withStorage, traits))
    describe('many at once', () => concurrencyTests(withStorage, traits))
    describe('stopping', () => abortTests(withStorage, traits))
    describe('removing and replacing', () => (traits.appendOnly ? appendOnlyTests(withStorage) : removalTests(withStorage)))

    withStorage('says where it is without a secret', async (storage) => {
      assert.notEqual(storage.location, '')
      for (const secret of traits.secrets ?? []) assert.ok(!storage.location.includes(secret), storage.location)
      assert.ok(storage.connections >= 1)
    })

    withStorage('tells how much room is left, or that it cannot', async (storage) => {
      const free = await storage.freeBytes()
      assert.ok(free === undefined || free > 0)
    })
  })
}

function objectTests(withStorage: WithStorage): void {
  withStorage('a place may be made ready twice, and keeps its objects', async (storage) => {
    const { name, bytes } = anObject(10)
    await storage.save('keys', name, bytes)
    await storage.create()
    assert.deepEqual(await storage.load('keys', name), bytes)
  })

  withStorage('an object of each kind comes back as it was saved, from a storage opened anew too', async (storage, place) => {
    const kinds = ['data', 'keys', 'locks', 'snapshots', 'index'] as const
    for (const [seed, kind] of kinds.entries()) {
      const { name, bytes } = anObject(1000 + seed, seed)
      await storage.save(kind, name, bytes)
      assert.deepEqual(await storage.load(kind, name), bytes)
      assert.deepEqual(await storage.stat(kind, name), { name, sizeBytes: bytes.length })
    }
    await using again = await place.open()
    for (const [seed, kind] of kinds.entries()) {
      const { name, bytes } = anObject(1000 + seed, seed)
      assert.deepEqual(await again.load(kind, name), bytes)
    }
  })

  withStorage('a destination that tells when an object came tells it by one clock', async (storage) => {
    if (storage.modifiedAt === undefined) return
    const { name, bytes } = anObject(10, 77)
    assert.equal(await storage.modifiedAt('locks', name), undefined)
    await storage.save('index', name, bytes)
    await storage.save('locks', name, bytes)
    const [earlier, later] = [await storage.modifiedAt('index', name), await storage.modifiedAt('locks', name)]
    const ageMs = later!.epochMilliseconds - earlier!.epochMilliseconds
    assert.ok(ageMs >= 0 && ageMs < 60_000, `${ageMs} ms apart`)
  })

  withStorage('the config has no name', async (storage) => {
    const { bytes } = anObject(155)
    assert.equal(await storage.stat('config', ''), undefined)
    await assert.rejects(storage.load('config', ''), missingObject('config'))
    await storage.save('config', '', bytes)
    assert.deepEqual(await storage.load('config', ''), bytes)
    assert.deepEqual(await storage.stat('config', ''), { name: '', sizeBytes: 155 })
    assert.deepEqual(await listAll(storage, 'config'), [{ name: '', sizeBytes: 155 }])
  })

  withStorage('a second config is refused, even one of the same size', async (storage) => {
    const first = anObject(155, 1).bytes
    await storage.save('config', '', first)
    await storage.save('config', '', first)
    await assert.rejects(storage.save('config', '', anObject(155, 2).bytes), existingObject)
    await assert.rejects(storage.save('config', '', anObject(156, 3).bytes), existingObject)
    assert.deepEqual(await storage.load('config', ''), first)
  })

  withStorage('the same bytes again succeed, since a lost reply makes callers repeat themselves', async (storage) => {
    const { name, bytes } = anObject(5000)
    await storage.save('snapshots', name, bytes)
    await storage.save('snapshots', name, bytes)
    assert.equal((await listAll(storage, 'snapshots')).length, 1)
  })

  withStorage('a damaged object of another size is neither overwritten nor taken for the right one', async (storage, place) => {
    const { name, bytes } = anObject(5000)
    await place.plant(`index/${name}`, bytes.subarray(0, 4000))
    await assert.rejects(storage.save('index', name, bytes), existingObject)
    assert.deepEqual(await storage.load('index', name), bytes.slice(0, 4000))
  })

  withStorage('a missing object is a typed error, or none when its size is asked', async (storage) => {
    const { name } = anObject(1)
    for (const kind of ['data', 'keys', 'locks', 'snapshots', 'index'] as const) {
      await assert.rejects(storage.load(kind, name), missingObject(kind))
      await assert.rejects(storage.load(kind, name, { offset: 5, lengthBytes: 5 }), missingObject(kind))
      assert.equal(await storage.stat(kind, name), undefined)
    }
  })

  withStorage('an object without bytes is an object', async (storage) => {
    const { name, bytes } = anObject(0)
    await storage.save('data', name, bytes)
    assert.deepEqual(await storage.load('data', name), bytes)
    assert.deepEqual(await storage.load('data', name, { offset: 0, lengthBytes: 0 }), bytes)
    assert.deepEqual(await storage.stat('data', name), { name, sizeBytes: 0 })
    assert.deepEqual(await listAll(storage, 'data'), [{ name, sizeBytes: 0 }])
  })

  withStorage('an object of 20 MiB comes back whole', async (storage) => {
    const { name, bytes } = anObject(20 * 1024 * 1024)
    await storage.save('data', name, bytes)
    assert.equal(nameOf(await storage.load('data', name)), name)
    assert.deepEqual(await storage.stat('data', name), { name, sizeBytes: bytes.length })
  })

  withStorage('bytes may be a view on shared memory', async (storage) => {
    const { name, bytes } = anObject(700_001)
    const shared = new Uint8Array(new SharedArrayBuffer(800_000)).subarray(17, 17 + bytes.length)
    shared.set(bytes)
    await storage.save('data', name, shared)
    assert.deepEqual(await storage.load('data', name), bytes)
  })

  withStorage('what is loaded belongs to the caller', async (storage) => {
    const { name, bytes } = anObject(100)
    await storage.save('data', name, bytes)
    const first = await storage.load('data', name)
    first.fill(0)
    assert.deepEqual(await storage.load('data', name), bytes)
  })
}

function rangeTests(withStorage: WithStorage): void {
  withStorage('a range is exactly the bytes asked for', async (storage) => {
    const { name, bytes } = anObject(100_000)
    await storage.save('data', name, bytes)
    const ranges = [
      [0, 1],
      [0, 100_000],
      [1, 99_999],
      [99_999, 1],
      [65_535, 2],
      [50_000, 0],
      [100_000, 0],
    ] as const
    for (const [offset, lengthBytes] of ranges) {
      assert.deepEqual(await storage.load('data', name, { offset, lengthBytes }), bytes.slice(offset, offset + lengthBytes))
    }
    for (const offset of [0, 1, 99_999, 100_000]) {
      assert.deepEqual(await storage.load('data', name, { offset }), bytes.slice(offset))
    }
    assert.deepEqual(await storage.load('data', name, { lengthBytes: 10 }), bytes.slice(0, 10))
  })

  withStorage('an object that ends before the range does is an error that no repetition mends', async (storage) => {
    const { name, bytes } = anObject(1000)
    await storage.save('data', name, bytes)
    for (const range of [
      { offset: 999, lengthBytes: 2 },
      { offset: 0, lengthBytes: 1001 },
      { offset: 1000, lengthBytes: 1 },
      { offset: 1001, lengthBytes: 0 },
      { offset: 1001 },
      { offset: 5000, lengthBytes: 5 },
    ]) {
      await assert.rejects(storage.load('data', name, range), tooShort, JSON.stringify(range))
    }
  })

  withStorage('an object larger than any of its kind is damaged, and not loaded', async (storage) => {
    const { name, bytes } = anObject(70_000)
    for (const kind of ['keys', 'data'] as const) await storage.save(kind, name, bytes)
    let passed = 0
    const pace = (count: number) => {
      passed += count
    }
    await assert.rejects(storage.load('keys', name, { pace }), { code: 'object-damaged', kind: 'keys', object: name })
    await assert.rejects(storage.load('keys', name, { offset: 10, pace }), { code: 'object-damaged' })
    assert.equal(passed, 0)
    assert.equal((await storage.load('keys', name, { offset: 10, lengthBytes: 5 })).length, 5)
    assert.equal((await storage.load('data', name)).length, 70_000)
  })

  withStorage('a range that is none is the caller’s mistake', async (storage) => {
    const { name, bytes } = anObject(10)
    await storage.save('data', name, bytes)
    await assert.rejects(storage.load('data', name, { offset: -1 }), { code: 'usage' })
    await assert.rejects(storage.load('data', name, { lengthBytes: 1.5 }), { code: 'usage' })
  })
}

function listTests(withStorage: WithStorage, { listCount = 2500 }: SuiteTraits): void {
  withStorage('an empty place lists nothing', async (storage) => {
    for (const kind of ['data', 'keys', 'locks', 'snapshots', 'index', 'config'] as const) {
      assert.deepEqual(await listAll(storage, kind), [])
    }
  })

  withStorage('each kind lists its own objects with their sizes', async (storage) => {
    const objects = Array.from({ length: 12 }, (_, seed) => anObject(100 + seed, seed))
    for (const { name, bytes } of objects) await storage.save('data', name, bytes)
    await storage.save('index', anObject(5).name, anObject(5).bytes)
    const expected = objects
      .map(({ name, bytes }) => ({ name, sizeBytes: bytes.length }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    assert.deepEqual(await listAll(storage, 'data'), expected)
    assert.deepEqual(await listAll(storage, 'index'), [{ name: anObject(5).name, sizeBytes: 5 }])
  })

  withStorage('files whose names are not 64 hex characters are left out of lists', async (storage, place) => {
    const { name, bytes } = anObject(10)
    await storage.save('snapshots', name, bytes)
    for (const junk of ['.DS_Store', `${name}-tmp-1234`, `${name}0`, name.slice(1), `${name.slice(0, 60)}zzzz`, 'é']) {
      await place.plant(`snapshots/${junk}`, bytes)
      await place.plant(`data/${name.slice(0, 2)}/${junk}`, bytes)
    }
    await place.plant('data/Thumbs.db', bytes)
    assert.deepEqual(await listAll(storage, 'snapshots'), [{ name, sizeBytes: 10 }])
    assert.deepEqual(await listAll(storage, 'data'), [])
  })

  withStorage('a name that the repository cannot have given reaches no path', async (storage) => {
    const bytes = anObject(1).bytes
    for (const name of ['', '..', '../../config', 'A'.repeat(64), `${'a'.repeat(63)}/`, 'a'.repeat(65)]) {
      await assert.rejects(storage.save('data', name, bytes), { code: 'usage' })
      await assert.rejects(storage.load('data', name), { code: 'usage' })
      await assert.rejects(storage.stat('data', name), { code: 'usage' })
      await assert.rejects(storage.remove('data', name), { code: 'usage' })
      await assert.rejects(storage.replace('data', name, bytes), { code: 'usage' })
    }
    await assert.rejects(storage.save('config', 'a'.repeat(64), bytes), { code: 'usage' })
  })

  withStorage(`a list of ${listCount} objects is whole, each object once`, async (storage, place) => {
    const names = Array.from({ length: listCount }, (_, i) => nameOf(Buffer.from(`snapshot ${i}`)))
    const bytes = new Uint8Array(3)
    for (let i = 0; i < names.length; i += 50) {
      await Promise.all(names.slice(i, i + 50).map((name) => place.plant(`snapshots/${name}`, bytes)))
    }
    const listed = await listAll(storage, 'snapshots')
    assert.deepEqual(
      listed.map(({ name }) => name),
      names.sort(),
    )
    assert.ok(listed.every(({ sizeBytes }) => sizeBytes === 3))
  })

  withStorage('a list may be left in the middle', async (storage) => {
    for (const seed of [1, 2, 3]) await storage.save('keys', anObject(9, seed).name, anObject(9, seed).bytes)
    for await (const { sizeBytes } of storage.list('keys')) {
      assert.equal(sizeBytes, 9)
      break
    }
    assert.equal((await listAll(storage, 'keys')).length, 3)
  })
}

function concurrencyTests(withStorage: WithStorage, traits: SuiteTraits): void {
  withStorage('twenty objects are saved and loaded at once', async (storage) => {
    const objects = Array.from({ length: 20 }, (_, seed) => anObject(50_000 + seed * 997, seed))
    await Promise.all(objects.map(({ name, bytes }) => storage.save('data', name, bytes)))
    const loaded = await Promise.all(objects.map(({ name }) => storage.load('data', name)))
    for (const [i, { bytes }] of objects.entries()) assert.deepEqual(loaded[i], bytes)
  })

  withStorage('the same object saved by eight at once is there once, whole', async (storage) => {
    const { name, bytes } = anObject(300_000)
    const saves = await Promise.allSettled(Array.from({ length: 8 }, () => storage.save('data', name, bytes)))
    for (const save of saves) {
      if (save.status === 'rejected') assert.ok(traits.showsHalves && save.reason instanceof ObjectExistsError, save.reason)
    }
    await storage.save('data', name, bytes)
    assert.deepEqual(await storage.load('data', name), bytes)
    assert.deepEqual(await listAll(storage, 'data'), [{ name, sizeBytes: bytes.length }])
  })
}

function abortTests(withStorage: WithStorage, traits: SuiteTraits): void {
  withStorage('a call whose signal is aborted already does nothing and throws the reason', async (storage) => {
    const { name, bytes } = anObject(1000)
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await assert.rejects(storage.save('data', name, bytes, { signal }), reason)
    await assert.rejects(storage.replace('data', name, bytes, { signal }), reason)
    assert.equal(await storage.stat('data', name), undefined)
    await storage.save('data', name, bytes)
    await assert.rejects(storage.load('data', name, { signal }), reason)
    await assert.rejects(storage.stat('data', name, { signal }), reason)
    await assert.rejects(storage.remove('data', name, { signal }), reason)
    await assert.rejects(storage.create({ signal }), reason)
    await assert.rejects(async () => {
      for await (const _ of storage.list('data', { signal }));
    }, reason)
    assert.deepEqual(await storage.load('data', name), bytes)
  })

  withStorage('a save stopped in the middle leaves no object, and may be repeated', async (storage) => {
    const { name, bytes } = anObject(3 * 1024 * 1024)
    const stop = new AbortController()
    const reason = new Error('enough')
    const pace = () => stop.abort(reason)
    await assert.rejects(storage.save('data', name, bytes, { signal: stop.signal, pace }), reason)
    for (let tries = 0; traits.showsHalves && tries < 50 && (await storage.stat('data', name)); tries++) await setTimeout(20)
    assert.equal(await storage.stat('data', name), undefined)
    assert.deepEqual(await listAll(storage, 'data'), [])
    await storage.save('data', name, bytes)
    assert.deepEqual(await storage.load('data', name), bytes)
  })

  withStorage('a load stopped in the middle throws the reason', async (storage) => {
    const { name, bytes } = anObject(3 * 1024 * 1024)
    await storage.save('data', name, bytes)
    const stop = new AbortController()
    const reason = new Error('enough')
    await assert.rejects(storage.load('data', name, { signal: stop.signal, pace: () => stop.abort(reason) }), reason)
    assert.deepEqual(await storage.load('data', name), bytes)
  })

  withStorage('all bytes of an object pass the pace', async (storage) => {
    const { name, bytes } = anObject(400_000)
    let sent = 0
    await storage.save('data', name, bytes, {
      pace(slice) {
        sent += slice
      },
    })
    let received = 0
    await storage.load('data', name, {
      pace(slice) {
        received += slice
      },
    })
    if (traits.repeats) assert.ok(Math.min(sent, received) >= bytes.length)
    else assert.deepEqual({ sent, received }, { sent: bytes.length, received: bytes.length })
  })
}
