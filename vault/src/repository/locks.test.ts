import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { LockedError, StorageError } from '#errors'
import { encodeLock, type LockFile } from '#format'
import { nodePrimitives } from '#primitives'
import { failing, localFolderStorage, memoryStorage, retrying, type Storage } from '#storage'
import { isStale, Lock, listLocks, removeLocks } from './locks.ts'
import { Mirror, MirroredStorage } from './mirrors.ts'
import { ObjectStore } from './objects.ts'

const MINUTE = 60_000

function aRepository(places: readonly Storage[] = [memoryStorage()]): ObjectStore {
  const key = { encrypt: new Uint8Array(32).fill(1), macK: new Uint8Array(16).fill(2), macR: new Uint8Array(16).fill(3) }
  return new ObjectStore(new MirroredStorage(places.map((place) => new Mirror(place))), key, 2, nodePrimitives)
}

function aLock(facts: Partial<LockFile> = {}): LockFile {
  const now = Temporal.Now.instant().toString()
  return { time: now, exclusive: false, hostname: 'elsewhere', username: 'a', pid: 1, uid: 0, gid: 0, ...facts }
}

/** A clock that the test moves. */
function aClock(): { now: () => Temporal.Instant; advance: (ms: number) => void } {
  let ms = Date.now()
  return {
    now: () => Temporal.Instant.fromEpochMilliseconds(ms),
    advance: (by) => {
      ms += by
    },
  }
}

test('many may share a lock, one may hold it alone', async () => {
  const objects = aRepository()
  {
    await using _first = await Lock.acquire(objects, { exclusive: false })
    await using _second = await Lock.acquire(objects, { exclusive: false })
    await assert.rejects(Lock.acquire(objects, { exclusive: true }), LockedError)
  }
  {
    await using _alone = await Lock.acquire(objects, { exclusive: true })
    await assert.rejects(Lock.acquire(objects, { exclusive: false }), LockedError)
  }
  assert.deepEqual(await listLocks(objects), [])
})

test('two who have it written anew at the same time have it written once, after a standby too', async () => {
  const objects = aRepository()
  const clock = aClock()
  await using lock = await Lock.acquire(objects, { exclusive: false, now: clock.now })
  clock.advance(60 * MINUTE)
  const refreshing = lock.refresh()
  await pause(50)
  await lock.assertHeld()
  await refreshing
  assert.ok(!lock.lost.aborted)
  assert.equal((await listLocks(objects)).length, 1)
})

test('a mirror that could not take the lock is no holder of it: taking part again, it is not missed there', async () => {
  const moody = memoryStorage()
  let refusals = 1
  const save: Storage['save'] = async (kind, name, bytes, options) => {
    if (kind === 'locks' && refusals-- > 0) throw new StorageError('failed', 'not now')
    await moody.save(kind, name, bytes, options)
  }
  const objects = aRepository([memoryStorage(), Object.assign(Object.create(moody) as Storage, { save })])
  await using lock = await Lock.acquire(objects, { exclusive: false })
  const mirror = objects.storage.mirrors[1]!
  assert.ok(!mirror.isCurrent)
  mirror.markCurrent()
  await lock.assertHeld()
})

test('of two who want it alone at the same instant, not both get it, and no lock stays behind', async () => {
  const objects = aRepository()
  const outcomes = await Promise.allSettled([
    Lock.acquire(objects, { exclusive: true }),
    Lock.acquire(objects, { exclusive: true }),
  ])
  const held = outcomes.filter((outcome) => outcome.status === 'fulfilled')
  assert.ok(held.length <= 1)
  for (const { value } of held) await value[Symbol.asyncDispose]()
  assert.deepEqual(await listLocks(objects), [])
})

test('in a local folder, where nobody waits, an exclusive lock is never held beside another', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-locks-'))
  try {
    await localFolderStorage(folder).create()
    let holders = 0
    for (let round = 0; round < 40; round++) {
      // Each with a storage of its own, as processes have; started a little apart, so that they meet at every step.
      const wanted = Array.from({ length: 4 }, async (_, i) => {
        await pause((round % 8) * i)
        return Lock.acquire(aRepository([localFolderStorage(folder)]), { exclusive: i < 3 })
      })
      const outcomes = await Promise.allSettled(wanted)
      const held = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value)
      holders += held.length
      assert.ok(held.length < 2 || held.every(({ exclusive }) => !exclusive), `${held.length} at once in round ${round}`)
      for (const lock of held) await lock[Symbol.asyncDispose]()
      for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof LockedError)
    }
    assert.ok(holders > 0)
    assert.deepEqual(await listLocks(aRepository([localFolderStorage(folder)])), [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('of several who come for the same purpose at one instant one has it, the others wait, and nobody else is kept out', async () => {
  const objects = aRepository()
  let atWork = 0
  const work = async () => {
    await using _lock = await Lock.acquire(objects, { exclusive: false, purpose: 'prune', retryMs: 60_000 })
    assert.equal(++atWork, 1)
    await using _backup = await Lock.acquire(objects, { exclusive: false })
    await pause(20)
    atWork--
  }
  await Promise.all([work(), work(), work()])
  await using _lock = await Lock.acquire(objects, { exclusive: false, purpose: 'prune' })
  await assert.rejects(Lock.acquire(objects, { exclusive: false, purpose: 'prune' }), LockedError)
})

test('a stale lock keeps nobody out who has the same purpose', async () => {
  const objects = aRepository()
  const longAgo = Temporal.Now.instant().subtract({ hours: 1 }).toString()
  await objects.saveUnpacked('locks', encodeLock(aLock({ time: longAgo, purpose: 'prune' })))
  await objects.saveUnpacked('locks', encodeLock(aLock({ hostname: hostname(), pid: 2 ** 22 + 1, purpose: 'prune' })))
  await using lock = await Lock.acquire(objects, { exclusive: false, purpose: 'prune' })
  assert.equal(lock.purpose, 'prune')
})

test('a lock that cannot be read excludes everybody until it is removed by name', async () => {
  const objects = aRepository()
  const junk = new TextEncoder().encode('junk')
  await objects.storage.save('locks', nodePrimitives.sha256Hex(junk), junk)
  await assert.rejects(Lock.acquire(objects, { exclusive: false }), { code: 'locked' })
  assert.equal((await removeLocks(objects, 'stale')).length, 0)
  assert.equal((await removeLocks(objects, 'all')).length, 1)
})

test('an empty lock file is passed over, as in restic', async () => {
  const objects = aRepository()
  await objects.storage.save('locks', nodePrimitives.sha256Hex(new Uint8Array(0)), new Uint8Array(0))
  await using lock = await Lock.acquire(objects, { exclusive: true })
  assert.equal(lock.exclusive, true)
})

test('a lock is stale after 30 minutes, or when its process on this host is gone', () => {
  const now = Temporal.Now.instant()
  const minutesAgo = (minutes: number) => now.subtract({ minutes }).toString()
  assert.equal(isStale(aLock({ time: minutesAgo(29) }), now), false)
  assert.equal(isStale(aLock({ time: minutesAgo(31) }), now), true)
  assert.equal(isStale(aLock({ hostname: hostname(), pid: process.pid }), now), false)
  assert.equal(isStale(aLock({ hostname: hostname(), pid: 2 ** 22 - 1 }), now), true)
})

test('unlock removes stale locks only', async () => {
  const objects = aRepository()
  await objects.saveUnpacked('locks', encodeLock(aLock({ time: Temporal.Now.instant().subtract({ hours: 1 }).toString() })))
  const fresh = await objects.saveUnpacked('locks', encodeLock(aLock()))
  assert.equal((await removeLocks(objects, 'stale')).length, 1)
  assert.deepEqual(
    (await listLocks(objects)).map(({ id }) => id),
    [fresh],
  )
})

test('a refresh replaces the file, and never leaves a moment without one', async () => {
  const objects = aRepository()
  await using lock = await Lock.acquire(objects, { exclusive: true })
  const before = lock.id
  await lock.refresh()
  assert.notEqual(lock.id, before)
  assert.deepEqual(
    (await listLocks(objects)).map(({ id }) => id),
    [lock.id],
  )
})

test('after a standby the hold revives when the old lock is still there', async () => {
  const objects = aRepository()
  const clock = aClock()
  await using lock = await Lock.acquire(objects, { exclusive: false, now: clock.now })
  clock.advance(90 * MINUTE)
  await lock.assertHeld()
  assert.equal(lock.lost.aborted, false)
})

test('after a standby the hold is lost when somebody removed the lock meanwhile', async () => {
  const objects = aRepository()
  const clock = aClock()
  await using lock = await Lock.acquire(objects, { exclusive: false, now: clock.now })
  clock.advance(90 * MINUTE)
  await removeLocks(objects, 'all')
  await assert.rejects(lock.assertHeld(), { code: 'lock-lost' })
  assert.deepEqual(await listLocks(objects), [])
})

test('a lock that somebody took away is missed at the next step that counts on it', async () => {
  const objects = aRepository()
  await using lock = await Lock.acquire(objects, { exclusive: false })
  await lock.assertHeld()
  await Promise.all([lock.refresh(), lock.assertHeld()])
  await removeLocks(objects, 'all')
  await assert.rejects(lock.assertHeld(), { code: 'lock-lost' })
  assert.equal(lock.lost.aborted, true)
})

test('a lock that somebody took away is not revived when it is written anew', async () => {
  const objects = aRepository()
  await using lock = await Lock.acquire(objects, { exclusive: false })
  await removeLocks(objects, 'all')
  await lock.refresh()
  assert.deepEqual(await listLocks(objects), [])
  await assert.rejects(lock.assertHeld(), { code: 'lock-lost' })
})

test('a mirror that became current since the lock was written need not have it yet', async () => {
  const objects = aRepository([memoryStorage(), memoryStorage()])
  const [, second] = objects.storage.mirrors
  objects.storage.markBehind(second!, { code: 'away', reason: 'was away' })
  await using lock = await Lock.acquire(objects, { exclusive: false })
  second!.markCurrent()
  await lock.assertHeld()
  await lock.refresh()
  await lock.assertHeld()
  await second!.storage.remove('locks', lock.id)
  await assert.rejects(lock.assertHeld(), { code: 'lock-lost' })
})

test('a clock that was set back makes the hold doubtful, not lost', async () => {
  const objects = aRepository()
  const clock = aClock()
  await using lock = await Lock.acquire(objects, { exclusive: false, now: clock.now })
  clock.advance(-600 * MINUTE)
  await lock.assertHeld()
  assert.equal(lock.lost.aborted, false)
  await removeLocks(objects, 'all')
  clock.advance(-600 * MINUTE)
  await assert.rejects(lock.assertHeld(), { code: 'lock-lost' })
})

test('a lock that somebody holds on one mirror alone counts on all', async () => {
  const places = [memoryStorage(), memoryStorage()]
  const both = aRepository(places)
  await using _theirs = await Lock.acquire(aRepository([places[1]!]), { exclusive: true })
  await assert.rejects(Lock.acquire(both, { exclusive: false }), LockedError)
  assert.deepEqual(await Array.fromAsync(places[0]!.list('locks')), [])
})

test('a lock that cannot be read counts, on whichever mirror it is', async () => {
  const junk = new TextEncoder().encode('junk')
  for (const at of [0, 1]) {
    const places = [memoryStorage(), memoryStorage()]
    await places[at]!.save('locks', nodePrimitives.sha256Hex(junk), junk)
    const both = aRepository(places)
    assert.equal((await listLocks(both)).length, 1)
    await assert.rejects(Lock.acquire(both, { exclusive: false }), LockedError)
  }
})

test('a refresh that fails does not stand for having seen the lock', async () => {
  const place = memoryStorage()
  const clock = aClock()
  let isFull = false
  const storage: Storage = new Proxy(place, {
    get: (target, name) =>
      name === 'save' && isFull ? () => Promise.reject(new Error('no room')) : Reflect.get(target, name).bind?.(target),
  })
  await using lock = await Lock.acquire(aRepository([storage]), { exclusive: false, now: clock.now })
  isFull = true
  clock.advance(10 * MINUTE)
  await lock.assertHeld()
  await place.remove('locks', lock.id)
  await assert.rejects(lock.assertHeld(), { code: 'lock-lost' })
})

test('after a standby the hold is lost when one mirror has lost the lock', async () => {
  const places = [memoryStorage(), memoryStorage()]
  const clock = aClock()
  await using lock = await Lock.acquire(aRepository(places), { exclusive: false, now: clock.now })
  await places[1]!.remove('locks', lock.id)
  clock.advance(90 * MINUTE)
  await assert.rejects(lock.assertHeld(), { code: 'lock-lost' })
})

/** A storage that gives no answer, and listens to no signal, once it is told to. */
function aStorageThatGoesAway(): { readonly storage: Storage; goAway: () => void } {
  const inner = memoryStorage()
  let isAway = false
  const silence = new Promise<never>(() => undefined)
  const storage = new Proxy(inner, {
    get(target, name) {
      const value = Reflect.get(target, name)
      return typeof value !== 'function' || name === 'list' ? value : (...args: unknown[]) => (isAway ? silence : value(...args))
    },
  })
  return {
    storage,
    goAway: () => {
      isAway = true
    },
  }
}

test('giving back a lock waits ten seconds at the most for a destination that is gone, while it is written anew too', async () => {
  const { storage, goAway } = aStorageThatGoesAway()
  const lock = await Lock.acquire(aRepository([storage]), { exclusive: false })
  goAway()
  void lock.refresh()
  // Timers of the lock keep no process alive.
  using _ = keepingAlive()
  const startedAt = performance.now()
  await lock[Symbol.asyncDispose]()
  assert.ok(performance.now() - startedAt < 12_000)
})

test('giving back a lock ends the refresh that is under way, and leaves none of its files', async () => {
  const memory = memoryStorage()
  let saves = 0
  const storage: Storage = {
    ...memory,
    // The second lock comes there, and the answer does not.
    save: async (kind, name, bytes, options) => {
      await memory.save(kind, name, bytes, options)
      if (kind === 'locks' && ++saves === 2) await failing(memory, { mishap: 'stalls', at: 1 }).stat(kind, name, options)
    },
  }
  const objects = aRepository([storage])
  const lock = await Lock.acquire(objects, { exclusive: false })
  void lock.refresh()
  await pause(50)
  assert.equal((await listLocks(objects)).length, 2)
  const startedAt = performance.now()
  await lock[Symbol.asyncDispose]()
  assert.ok(performance.now() - startedAt < 5_000)
  assert.deepEqual(await listLocks(objects), [])
})

/** Where a lock takes a while to be written, and comes to be there whoever has given up waiting, as on a disk that is slow. */
function aSlowStorage(): { storage: Storage; writing: () => Promise<void> } {
  const memory = memoryStorage()
  let begun = Promise.withResolvers<void>()
  const slow: Storage = {
    ...memory,
    save: async (kind, name, bytes) => {
      begun.resolve()
      await pause(200)
      await memory.save(kind, name, bytes)
    },
  }
  const writing = () => {
    begun = Promise.withResolvers<void>()
    return begun.promise
  }
  return { storage: retrying(slow), writing }
}

test('whoever is told to stop while a lock is being written leaves none', async () => {
  const { storage, writing } = aSlowStorage()
  const objects = aRepository([storage])
  const stop = new AbortController()
  const begun = writing()
  const acquired = Lock.acquire(objects, { exclusive: false, signal: stop.signal })
  await begun
  stop.abort(new Error('stopped'))
  await assert.rejects(acquired, { message: 'stopped' })
  await pause(500)
  assert.deepEqual(await listLocks(objects), [])
})

test('giving back a lock while it is written anew leaves none', async () => {
  const { storage, writing } = aSlowStorage()
  const objects = aRepository([storage])
  const lock = await Lock.acquire(objects, { exclusive: false })
  const begun = writing()
  void lock.refresh()
  await begun
  await lock[Symbol.asyncDispose]()
  await pause(500)
  assert.deepEqual(await listLocks(objects), [])
})

test('who asks whether the lock is held and is told to stop does not wait for a destination that is gone', async () => {
  const { storage, goAway } = aStorageThatGoesAway()
  const stop = new AbortController()
  const lock = await Lock.acquire(aRepository([storage]), { exclusive: false, signal: stop.signal })
  goAway()
  const asked = lock.assertHeld()
  stop.abort(new Error('stopped'))
  await assert.rejects(asked, { message: 'stopped' })
})

test('a refresh that gets no answer loses the hold when that counts as lost', async () => {
  const clock = aClock()
  const objects = aRepository([
    failing(memoryStorage(), { mishap: 'stalls', at: 1, times: 100, concerns: ({ method }) => method === 'stat' }),
  ])
  const lock = await Lock.acquire(objects, { exclusive: false, now: clock.now })
  clock.advance(22.5 * MINUTE - 100)
  using _ = keepingAlive()
  await lock.refresh()
  assert.throws(() => lock.lost.throwIfAborted(), { code: 'lock-lost' })
  await lock[Symbol.asyncDispose]()
})

function keepingAlive(): Disposable {
  const timer = setInterval(() => undefined, 1000)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
