import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ObjectMissingError, StorageError } from '#errors'
import { memoryStorage, type Storage } from '#storage'
import { Mirror, MirroredStorage } from './mirrors.ts'

const NAME = 'ab'.repeat(32)
const bytes = new TextEncoder().encode('an object')

/** A storage whose saves end only when the test says so. */
function stalling(storage: Storage): { storage: Storage; release: () => void } {
  const gate = Promise.withResolvers<void>()
  const save: Storage['save'] = async (kind, name, object, options) => {
    const aborted = new Promise<never>((_, reject) =>
      options?.signal?.addEventListener('abort', () => reject(options.signal?.reason)),
    )
    await Promise.race([gate.promise, aborted])
    await storage.save(kind, name, object, options)
  }
  return { storage: Object.assign(Object.create(storage) as Storage, { save }), release: gate.resolve }
}

function refusing(storage: Storage): Storage {
  const save: Storage['save'] = async () => {
    throw new StorageError('full', 'no space left')
  }
  return Object.assign(Object.create(storage) as Storage, { save, remove: save })
}

async function names(storage: Storage): Promise<string[]> {
  return (await Array.fromAsync(storage.list('data'))).map(({ name }) => name)
}

test('what is saved is on every mirror, byte for byte', async () => {
  const places = [memoryStorage(), memoryStorage()]
  const mirrored = new MirroredStorage(places.map((place) => new Mirror(place)))
  await mirrored.create()
  await mirrored.save('data', NAME, bytes)
  for (const place of places) assert.deepEqual(await place.load('data', NAME), bytes)
})

test('a mirror that refuses is marked behind with its reason, and the others go on', async () => {
  const good = memoryStorage()
  const told: string[] = []
  const mirrored = new MirroredStorage([new Mirror(refusing(memoryStorage())), new Mirror(good)], {
    onBehind: (_, { reason }) => told.push(reason),
  })
  await mirrored.save('data', NAME, bytes)
  assert.deepEqual(told, ['no space left'])
  assert.equal(mirrored.mirrors[0]?.isCurrent, false)
  assert.deepEqual(await names(good), [NAME])
})

test('when no mirror takes an object, saving fails and nobody is marked behind', async () => {
  const mirrored = new MirroredStorage([new Mirror(refusing(memoryStorage())), new Mirror(refusing(memoryStorage()))])
  await assert.rejects(mirrored.save('data', NAME, bytes), { code: 'storage-full' })
  assert.equal(mirrored.current.length, 2)
})

test('a mirror that is behind is rid of locks, where it can be, and owes every other removal', async () => {
  const places = [memoryStorage(), memoryStorage()]
  const owed: string[] = []
  const mirrored = new MirroredStorage(
    places.map((place) => new Mirror(place)),
    { onRemovalOwed: (_, kind) => owed.push(kind) },
  )
  for (const kind of ['locks', 'index'] as const) await mirrored.save(kind, NAME, bytes)
  mirrored.markBehind(mirrored.mirrors[1]!, { code: 'away', reason: 'is full' })
  for (const kind of ['locks', 'index'] as const) await mirrored.remove(kind, NAME)
  assert.deepEqual([...places[1]!.objects.keys()], [`index/${NAME}`])
  assert.deepEqual(owed, ['index'])
})

test('what needs others could not be removed somewhere: there the others stay too, for whoever reads it alone', async () => {
  const places = [memoryStorage(), memoryStorage()]
  let refusals = 1
  const remove: Storage['remove'] = async (kind, name, options) => {
    if (kind === 'index' && refusals-- > 0) throw new StorageError('failed', 'not now')
    await places[1]!.remove(kind, name, options)
  }
  const moody = Object.assign(Object.create(places[1]!) as Storage, { remove })
  const owed: string[] = []
  const mirrored = new MirroredStorage([new Mirror(places[0]!), new Mirror(moody)], {
    onRemovalOwed: (mirror, kind) => owed.push(`${kind} ${mirrored.mirrors.indexOf(mirror)}`),
  })
  for (const kind of ['snapshots', 'index', 'data'] as const) await mirrored.save(kind, NAME, bytes)
  for (const kind of ['snapshots', 'index', 'data'] as const) await mirrored.remove(kind, NAME)
  assert.deepEqual(owed, ['index 1', 'data 1'])
  assert.deepEqual([...places[1]!.objects.keys()], [`index/${NAME}`, `data/${NAME}`])
  mirrored.mirrors[1]!.noteSettled()
  await mirrored.remove('data', NAME)
  assert.deepEqual([...places[1]!.objects.keys()], [`index/${NAME}`])
})

test('a mirror that keeps the others waiting can be left behind, and what it was doing ends', async () => {
  const { storage: slow } = stalling(memoryStorage())
  const fast = memoryStorage()
  const mirrored = new MirroredStorage([new Mirror(slow), new Mirror(fast)])
  const saving = mirrored.save('data', NAME, bytes)
  while ((await names(fast)).length === 0) await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  mirrored.leaveSlowBehind('too slow')
  await saving
  assert.equal(mirrored.mirrors[0]?.behind?.reason, 'too slow')
  await mirrored.save('data', 'cd'.repeat(32), bytes)
  assert.equal((await names(fast)).length, 2)
})

test('while nobody else has an object either, no mirror is slow', async () => {
  const { storage: slow, release } = stalling(memoryStorage())
  const mirrored = new MirroredStorage([new Mirror(slow)])
  const saving = mirrored.save('data', NAME, bytes)
  mirrored.leaveSlowBehind('too slow')
  release()
  await saving
  assert.equal(mirrored.current.length, 1)
})

test('an object that one mirror lacks is read from another', async () => {
  const [first, second] = [memoryStorage(), memoryStorage()]
  await second.save('data', NAME, bytes)
  const mirrored = new MirroredStorage([new Mirror(first), new Mirror(second)])
  assert.deepEqual(await mirrored.load('data', NAME), bytes)
  await assert.rejects(mirrored.load('data', 'cd'.repeat(32)), ObjectMissingError)
})

test('a removal that a mirror could not be told of is owed by it', async () => {
  const away = refusing(memoryStorage())
  const here = memoryStorage()
  await here.save('snapshots', NAME, bytes)
  const owed: string[] = []
  const mirrored = new MirroredStorage([new Mirror(here), new Mirror(away)], {
    onRemovalOwed: (_, kind, name) => owed.push(`${kind}/${name}`),
  })
  await mirrored.remove('snapshots', NAME)
  assert.equal(await here.stat('snapshots', NAME), undefined)
  assert.deepEqual(owed, [`snapshots/${NAME}`])
})

test('what no mirror has removed is still there, and owed by nobody', async () => {
  const owed: string[] = []
  const events = { onRemovalOwed: (_: Mirror, kind: string, name: string) => owed.push(`${kind}/${name}`) }
  const mirrored = new MirroredStorage([new Mirror(refusing(memoryStorage())), new Mirror(refusing(memoryStorage()))], events)
  await assert.rejects(mirrored.remove('snapshots', NAME))
  const stopped = new MirroredStorage([new Mirror(memoryStorage()), new Mirror(memoryStorage())], events)
  await assert.rejects(stopped.remove('snapshots', NAME, { signal: AbortSignal.abort() }))
  assert.deepEqual(owed, [])
})
