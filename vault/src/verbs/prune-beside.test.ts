/** Prune beside others: backups of ours and of stock restic, other prunes, sleepers. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BlobId, Snapshot } from '#format'
import type { Lock, Repository, SnapshotEntry } from '#repository'
import { forwarding, localFolderStorage, memoryStorage } from '#storage'
import { backup } from './backup/index.ts'
import { Handmade } from './handmade.suite.ts'
import { type PruneOptions, type PruneSummary, planPrune, prune } from './prune/index.ts'
import { confirmSnapshot } from './recover-marked.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

async function runPrune(repository: Repository, options: PruneOptions = {}, retryMs = 0): Promise<PruneSummary> {
  await using lock = await repository.lock({ purpose: 'prune', exclusive: false, retryMs })
  const plan = await planPrune(repository, { lock, graceMs: 0, maxUnused: { bytes: 0 }, ...options })
  const last = await lastOf(prune(repository, plan))
  assert.ok(last.kind === 'summary')
  return last.summary
}

describe('prune beside others', { concurrency: 3 }, () => {
  let bench: StockBench
  /** A snapshot that was forgotten, and whose blobs are still there. */
  let forgotten: SnapshotEntry
  before(async () => {
    bench = await StockBench.create()
    await bench.fill(6, 60_000, 'old')
    await bench.backup()
    await bench.remove('old0', 'old1', 'old2')
    await bench.fill(3, 60_000, 'new')
    await bench.backup()
    await using repository = await bench.open()
    forgotten = (await repository.snapshots())[0]!
    await bench.restic(['forget', forgotten.id])
  })
  after(() => bench[Symbol.asyncDispose]())

  /** A backup that has read the index before a prune, and counts on blobs that nobody else needs. */
  async function startEarlyBackup(place: string): Promise<{ repository: Repository; lock: Lock; snapshot: Snapshot }> {
    const repository = await bench.open(place)
    const lock = await repository.lock({ exclusive: false })
    await repository.loadIndex()
    const { id: _id, ...facts } = forgotten
    return { repository, lock, snapshot: { ...facts, hostname: 'early' } }
  }

  test('a backup that ends after the marks takes back what it needs before it says that it is done', async () => {
    const place = await bench.copyTo('confirms')
    const early = await startEarlyBackup(place)
    await using pruner = await bench.open(place)
    const { markedPacks } = await runPrune(pruner)
    await early.repository.saveSnapshot(early.snapshot)
    const recovered = await confirmSnapshot(early.repository, early.snapshot)
    assert.ok(recovered.length > 0 && recovered.length <= markedPacks)
    await bench.checkBoth(place)
    await early.lock[Symbol.asyncDispose]()
    assert.equal((await runPrune(pruner, { maxUnused: 'unlimited' })).deletedPacks, markedPacks - recovered.length)
    await bench.checkBoth(place)
    assert.equal(await bench.restoreAll(place), 2)
    await early.repository[Symbol.asyncDispose]()
  })

  test('a stock backup does not know of marks: our readers read on, and the next prune takes back what it needs', async () => {
    const place = await bench.copyTo('stock-early')
    const early = await startEarlyBackup(place)
    await using pruner = await bench.open(place)
    const { markedPacks } = await runPrune(pruner)
    await early.repository.saveSnapshot(early.snapshot)
    await early.lock[Symbol.asyncDispose]()
    {
      await using reader = await bench.open(place)
      await reader.loadIndex()
      assert.ok(!reader.index.has('tree', early.snapshot.tree))
      assert.ok((await reader.loadTree(early.snapshot.tree)).length > 0)
    }
    // A stock prune refuses meanwhile, so that nothing that is needed can go.
    assert.notEqual((await bench.restic(['prune'], { repository: place, allow: 'any' })).status, 0)
    const { recoveredPacks, deletedPacks } = await runPrune(pruner, { maxUnused: 'unlimited' })
    assert.ok(recoveredPacks > 0)
    assert.equal(deletedPacks, markedPacks - recoveredPacks)
    await bench.checkBoth(place)
    assert.equal(await bench.restoreAll(place), 2)
    await early.repository[Symbol.asyncDispose]()
  })

  test('a snapshot that is written while prune works is looked after at its end', async () => {
    const place = await bench.copyTo('late')
    const early = await startEarlyBackup(place)
    await using pruner = await bench.open(place)
    await using lock = await pruner.lock({ purpose: 'prune', exclusive: false })
    const plan = await planPrune(pruner, { lock, graceMs: 0, maxUnused: { bytes: 0 } })
    await early.repository.saveSnapshot(early.snapshot)
    const last = await lastOf(prune(pruner, plan))
    assert.ok(last.kind === 'summary' && last.summary.recoveredPacks > 0)
    await bench.checkBoth(place)
    assert.equal(await bench.restoreAll(place), 2)
    await early.lock[Symbol.asyncDispose]()
    await early.repository[Symbol.asyncDispose]()
  })

  test('a backup that slept through the grace and wakes up still finds its packs', async () => {
    const place = await bench.copyTo('sleeper')
    const early = await startEarlyBackup(place)
    await using pruner = await bench.open(place)
    await runPrune(pruner)
    // A year passes on every clock that prune asks. The sleeper's lock is still there, however stale.
    const nextYear = () => Temporal.Now.instant().add({ hours: 24 * 365 })
    assert.equal((await runPrune(pruner, { now: nextYear })).deletedPacks, 0)
    await early.repository.saveSnapshot(early.snapshot)
    await confirmSnapshot(early.repository, early.snapshot)
    await early.lock[Symbol.asyncDispose]()
    await runPrune(pruner, { now: nextYear })
    await bench.checkBoth(place)
    assert.equal(await bench.restoreAll(place), 2)
    await early.repository[Symbol.asyncDispose]()
  })

  test('a sleeper whose lock was taken away does not write its snapshot', async () => {
    const place = await bench.copyTo('evicted')
    await using repository = await bench.open(place)
    let nowMs = Date.now()
    await using lock = await repository.lock({ exclusive: false, now: () => Temporal.Instant.fromEpochMilliseconds(nowMs) })
    await bench.restic(['unlock', '--remove-all'], { repository: place })
    nowMs += 3600_000
    await assert.rejects(lock.assertHeld(), { code: 'lock-lost' })
  })

  test('a backup whose lock is taken away while its snapshot is being saved does not say that it is stored', async () => {
    const place = await bench.copyTo('evicted-while-saving')
    const inner = localFolderStorage(place)
    const storage = forwarding(inner)
    await using repository = await bench.open({
      ...storage,
      save: async (kind, name, bytes, options) => {
        // The machine sleeps here; somebody unlocks, and prunes.
        if (kind === 'snapshots') for await (const lock of inner.list('locks')) await inner.remove('locks', lock.name)
        await storage.save(kind, name, bytes, options)
      },
    })
    await assert.rejects(lastOf(backup(repository, [bench.source], { hostname: 'sleeper' })), { code: 'lock-lost' })
  })

  test('an index that was read before the lock is read anew: an open repository outlives a prune', async () => {
    const place = await bench.copyTo('long-lived')
    await using daemon = await bench.open(place)
    await daemon.loadIndex()
    assert.ok(daemon.index.has('tree', forgotten.tree))
    await using pruner = await bench.open(place)
    await runPrune(pruner)
    await runPrune(pruner)
    await lastOf(backup(daemon, [bench.source], { hostname: 'daemon' }))
    assert.ok(!daemon.index.has('tree', forgotten.tree as BlobId))
    await bench.checkBoth(place)
  })

  test('two prunes at once: one waits or is told, and the repository is sound', async () => {
    const place = await bench.copyTo('two')
    for (let round = 0; round < 3; round++) {
      const summaries = await Promise.all(
        [1, 2].map(async () => {
          await using repository = await bench.open(place)
          return runPrune(repository, {}, 60_000)
        }),
      )
      await bench.check({ repository: place })
      assert.equal(summaries.length, 2)
    }
    {
      await using repository = await bench.open(place)
      await using _other = await repository.lock({ exclusive: false, purpose: 'prune' })
      await assert.rejects(runPrune(repository), { code: 'locked' })
    }
    await using repository = await bench.open(place)
    await runPrune(repository)
    await runPrune(repository)
    assert.equal(await bench.restoreAll(place), 1)
    const plan = await planPrune(repository, { maxUnused: { bytes: 0 } })
    assert.ok(plan.isEmpty)
  })

  test('stock backups go on while prune works', async () => {
    const place = await bench.copyTo('stock-beside')
    for (let round = 0; round < 3; round++) {
      await using pruner = await bench.open(place)
      const [, summary] = await Promise.all([
        bench.restic(['backup', '--host', `round-${round}`, 'source'], { repository: place }),
        runPrune(pruner),
      ])
      assert.ok(summary.notDeleted.length === 0)
    }
    await using repository = await bench.open(place)
    await runPrune(repository)
    await bench.checkBoth(place)
    assert.equal(await bench.restoreAll(place), 4)
  })

  /** What a snapshot needs is only in marked packs, its data in two of them: whoever saved it knew nothing of marks. */
  async function onlyMarked() {
    const made = await Handmade.create()
    const { objects } = made.storage
    const rival = await made.open()
    await rival.loadIndex()
    const id = await made.snapshot([await made.file('letter', ['Cher confrère'])])
    const saved = objects.get(`snapshots/${id}`)!
    const writer = rival.writer()
    const blob = await writer.save('data', new TextEncoder().encode('Cher confrère'))
    await writer.flush()
    objects.delete(`snapshots/${id}`)
    await runPrune(rival)
    objects.set(`snapshots/${id}`, saved)
    const reader = await made.open()
    await reader.loadIndex()
    const packs = [...reader.marked.findAll('data', blob)].map(({ pack }) => `data/${pack}`)
    assert.equal(packs.length, 2)
    const mirrors = ['a', 'b'].map((name) => memoryStorage({ location: `memory:${name}`, objects: new Map(objects) }))
    return { made, blob, packs, mirrors }
  }

  for (const nth of [0, 1]) {
    test(`of marked packs that hold the same, those that are sound somewhere come back, whichever is not (${nth})`, async () => {
      for (const how of ['cut short on both mirrors', 'missing on one']) {
        const { made, blob, packs, mirrors } = await onlyMarked()
        const key = packs[nth]!
        if (how === 'missing on one') mirrors[1]!.objects.delete(key)
        else for (const { objects } of mirrors) objects.set(key, objects.get(key)!.subarray(0, 20))
        {
          await using pruner = await made.open(mirrors)
          await runPrune(pruner)
        }
        for (const mirror of mirrors) {
          await using alone = await made.open(mirror)
          await alone.loadIndex()
          assert.ok(alone.index.has('data', blob), how)
          assert.equal(new TextDecoder().decode(await alone.loadBlob('data', blob)), 'Cher confrère', how)
        }
      }
    })
  }

  test('when no marked pack that holds something needed is sound, nothing is done', async () => {
    const { made, packs, mirrors } = await onlyMarked()
    for (const { objects } of mirrors) {
      objects.delete(packs[0]!)
      objects.set(packs[1]!, objects.get(packs[1]!)!.subarray(0, 20))
    }
    await using pruner = await made.open(mirrors)
    const message = new RegExp(`${packs[1]} has another size than its marks say`)
    await assert.rejects(planPrune(pruner), { code: 'refused', message })
    await assert.rejects(planPrune(pruner), new RegExp(`${packs[0]} is missing`))
  })
})
