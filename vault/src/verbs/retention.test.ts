import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { StorageError } from '#errors'
import { initRepository } from '#repository'
import type { ObjectKind, ObjectRetention, Storage } from '#storage'
import { localFolderStorage, openStorage } from '#storage'
import { startS3 } from '../../../tests/peers/s3.ts'
import { copy, planCopy } from './copy.ts'
import { planPrune, prune } from './prune/index.ts'
import { extendRetention, planRetention } from './retention.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

/** A folder that holds objects, as S3's object lock does: retention is never shortened, and what is held is not removed. */
function holding(storage: Storage, held = new Map<string, ObjectRetention>(), now = () => Temporal.Now.instant()): Storage {
  const retention: Storage['retention'] = {
    read: async (kind, name) => held.get(`${kind}/${name}`),
    extend: async (kind, name, wanted) => {
      const there = held.get(`${kind}/${name}`)
      if (there !== undefined && Temporal.Instant.compare(there.until, wanted.until) > 0)
        throw new StorageError('refused', 'never shorter')
      if ((await storage.stat(kind, name)) === undefined) throw new StorageError('failed', 'no such object')
      held.set(`${kind}/${name}`, wanted)
    },
  }
  const remove = async (kind: ObjectKind, name: string) => {
    const there = held.get(`${kind}/${name}`)
    if (there !== undefined && Temporal.Instant.compare(there.until, now()) > 0) throw new StorageError('refused', 'held')
    await storage.remove(kind, name)
  }
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'retention') return retention
      if (name === 'remove') return remove
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describe('retention', { concurrency: 4 }, () => {
  let bench: StockBench
  const until = Temporal.Now.instant().add({ hours: 24 * 90 })
  before(async () => {
    bench = await StockBench.create()
    await bench.fill(3, 60_000, 'gone')
    await bench.backup()
    await bench.remove('gone0', 'gone1')
    await bench.fill(3, 60_000, 'new')
    await bench.backup()
    const [first] = await bench.snapshots()
    await bench.restic(['forget', first!.id])
  })
  after(() => bench[Symbol.asyncDispose]())

  test('everything that a snapshot needs is held, and nothing else', async () => {
    const held = new Map<string, ObjectRetention>()
    const place = await bench.copyTo('needed')
    await using repository = await bench.open([holding(localFolderStorage(place), held)])
    const last = await lastOf(extendRetention(repository, await planRetention(repository), { until }))
    assert.ok(last.kind === 'summary')
    assert.equal(last.summaries[0]!.extended, held.size)
    await repository.loadIndex()
    const needed = (await planPrune(repository)).packs.filter(({ usedBlobs }) => usedBlobs > 0).map(({ id }) => `data/${id}`)
    const [index, snapshots, keys] = await Promise.all(['index', 'snapshots', 'keys'].map((kind) => bench.names(kind, place)))
    const others = [
      ...index!.map((name) => `index/${name}`),
      ...snapshots!.map((name) => `snapshots/${name}`),
      ...keys!.map((name) => `keys/${name}`),
      'config/',
    ]
    assert.deepEqual([...held.keys()].sort(), [...needed, ...others].sort())
    assert.ok((await bench.names('data', place)).length > needed.length)
  })

  test('a second run finds everything held; a later day extends it; a mode that is there stays', async () => {
    const held = new Map<string, ObjectRetention>()
    await using repository = await bench.open([holding(localFolderStorage(await bench.copyTo('again')), held)])
    const plan = await planRetention(repository)
    await lastOf(extendRetention(repository, plan, { until, mode: 'compliance' }))
    const second = await lastOf(extendRetention(repository, plan, { until }))
    assert.ok(second.kind === 'summary')
    assert.deepEqual([second.summaries[0]!.extended, second.summaries[0]!.alreadyHeld], [0, held.size])
    const later = until.add({ hours: 24 })
    await lastOf(extendRetention(repository, plan, { until: later }))
    assert.ok([...held.values()].every(({ mode, until: day }) => mode === 'compliance' && day.equals(later)))
  })

  test('what cannot be held is reported, and the rest is held', async () => {
    const held = new Map<string, ObjectRetention>()
    const place = await bench.copyTo('refusing')
    const storage = holding(localFolderStorage(place), held)
    const retention = { ...storage.retention!, extend: storage.retention!.extend }
    const refusing = new Proxy(storage, {
      get: (target, name) =>
        name === 'retention'
          ? {
              ...retention,
              extend: (kind: ObjectKind, object: string, wanted: ObjectRetention) =>
                kind === 'snapshots'
                  ? Promise.reject(new StorageError('refused', 'not those'))
                  : retention.extend(kind, object, wanted),
            }
          : Reflect.get(target, name),
    })
    await using repository = await bench.open([refusing])
    const last = await lastOf(extendRetention(repository, await planRetention(repository), { until }))
    assert.ok(last.kind === 'summary')
    assert.deepEqual(
      last.summaries[0]!.notHeld.map(({ kind }) => kind),
      ['snapshots'],
    )
    assert.equal(repository.findings.length, 1)
  })

  test('on a real S3 server with object lock everything needed is held, and read back', async () => {
    await using server = await startS3()
    const password = { password: 'a test', scrypt: { n: 2, r: 1, p: 1 } }
    await using destination = await initRepository(
      await openStorage(`${server.address}/held`, { environment: server.env, s3: { retentionDays: 1 } }),
      password,
    )
    await using source = await bench.open()
    await lastOf(copy(source, destination, await planCopy(source, destination)))
    const plan = await planRetention(destination)
    const last = await lastOf(extendRetention(destination, plan, { until, mode: 'governance' }))
    assert.ok(last.kind === 'summary')
    assert.deepEqual(last.summaries[0]!.notHeld, [])
    const { retention } = destination.storage.current[0]!.storage
    for (const { kind, name } of plan.objects) {
      const held = await retention!.read(kind, name)
      assert.ok(
        held !== undefined && held.until.epochMilliseconds >= until.epochMilliseconds - 1000,
        `${kind}/${name}: ${held?.until}`,
      )
    }
  })

  test('a destination without object lock is refused', async () => {
    await using repository = await bench.open()
    await assert.rejects(planRetention(repository), { code: 'usage' })
  })

  test('prune goes on where packs are held: they stay marked until they can go', async () => {
    const place = await bench.copyTo('prune')
    const held = new Map<string, ObjectRetention>()
    await using repository = await bench.open([holding(localFolderStorage(place), held)])
    const unused = (await planPrune(repository)).packs.filter(({ action }) => action === 'remove')
    for (const { id } of unused) held.set(`data/${id}`, { mode: 'compliance', until })
    const run = async () => {
      await using lock = await repository.lock({ purpose: 'prune', exclusive: false })
      const last = await lastOf(prune(repository, await planPrune(repository, { lock, graceMs: 0, maxUnused: 'unlimited' })))
      assert.ok(last.kind === 'summary')
      return last.summary
    }
    assert.equal((await run()).markedPacks, unused.length)
    const refused = await run()
    assert.deepEqual([...refused.notDeleted].sort(), unused.map(({ id }) => id).sort())
    await bench.checkBoth(place)
    held.clear()
    assert.equal((await run()).deletedPacks, unused.length)
    await bench.check({ repository: place })
    assert.equal(await bench.restoreAll(place), 1)
  })
})
