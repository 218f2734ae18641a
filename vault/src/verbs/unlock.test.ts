import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { encodeLock, type LockFile } from '#format'
import type { Repository } from '#repository'
import { localFolderStorage } from '#storage'
import { StockBench } from './stock-bench.suite.ts'
import { unlock } from './unlock.ts'

describe('unlock', { concurrency: 4 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
  })
  after(() => bench[Symbol.asyncDispose]())

  const aLock = (facts: Partial<LockFile>): LockFile => ({
    time: Temporal.Now.instant().toString(),
    ...{ exclusive: false, hostname: 'elsewhere', username: 'u', pid: 1, uid: 0, gid: 0 },
    ...facts,
  })
  const save = ({ objects }: Repository, lock: LockFile) => objects.saveUnpacked('locks', encodeLock(lock))
  const minutesAgo = (minutes: number) => Temporal.Now.instant().subtract({ minutes }).toString()

  test('a process that holds a lock survives being asked by stock restic whether it lives', async () => {
    const place = await bench.copyTo('alive')
    await using repository = await bench.open(place)
    await using lock = await repository.lock({ exclusive: false })
    await bench.restic(['unlock'], { repository: place })
    assert.deepEqual(await bench.names('locks', place), [lock.id])
  })

  test('removes what is stale, as stock restic does, and leaves the living', async () => {
    const [mine, theirs] = [await bench.copyTo('mine'), await bench.copyTo('theirs')]
    const locks = [
      aLock({ time: minutesAgo(31) }),
      aLock({ time: minutesAgo(29) }),
      aLock({ hostname: hostname(), pid: process.pid }),
      aLock({ hostname: hostname(), pid: 2 ** 22 + 1 }),
      aLock({ time: minutesAgo(31), exclusive: true, hostname: hostname(), pid: process.pid }),
    ]
    // Stock restic asks whether this process lives by a signal that would end it.
    process.on('SIGHUP', () => {})
    for (const place of [mine, theirs]) {
      await using repository = await bench.open(place)
      for (const lock of locks) await save(repository, lock)
    }
    await bench.restic(['unlock'], { repository: theirs })
    await using repository = await bench.open(mine)
    assert.equal((await unlock(repository)).length, 3)
    assert.equal((await bench.names('locks', mine)).length, 2)
    assert.equal((await bench.names('locks', theirs)).length, 2)
    assert.deepEqual(await unlock(repository), [])
    assert.equal((await unlock(repository, { all: true })).length, 2)
  })

  test('a lock on one mirror alone is found there', async () => {
    const places = [await bench.copyTo('a'), await bench.copyTo('b')]
    {
      await using second = await bench.open(places[1])
      await save(second, aLock({ time: minutesAgo(60) }))
    }
    await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
    assert.deepEqual(
      (await unlock(repository)).map(({ mirror }) => mirror),
      [places[1]],
    )
  })

  test('one on a mirror that is behind goes too; one that does not answer is left alone', async () => {
    const places = [await bench.copyTo('behind-a'), await bench.copyTo('behind-b')]
    await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
    const mirror = repository.storage.mirrors[1]!
    repository.storage.markBehind(mirror, { code: 'away', reason: 'was away' })
    await using second = await bench.open(places[1])
    await save(second, aLock({ time: minutesAgo(60) }))
    assert.deepEqual(
      (await unlock(repository)).map((removed) => removed.mirror),
      [places[1]],
    )
    await rm(places[1]!, { recursive: true })
    assert.deepEqual(await unlock(repository), [])
  })

  test('a lock that cannot be read goes only with all', async () => {
    const place = await bench.copyTo('junk')
    const storage = localFolderStorage(place)
    await storage.save('locks', 'a'.repeat(64), new Uint8Array(50))
    await using repository = await bench.open(place)
    assert.deepEqual(await unlock(repository), [])
    assert.equal((await unlock(repository, { all: true })).length, 1)
  })
})
