import assert from 'node:assert/strict'
import { rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RefusedError } from '#errors'
import type { IndexPack } from '#format'
import { localFolderStorage } from '#storage'
import { restic014 } from '../../../tests/peers/peers.ts'
import { type PruneOptions, type PrunePlan, type PruneSummary, planPrune, prune } from './prune/index.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

/** Plans and carries out under one lock; `no grace` unless the options say otherwise. */
async function runPrune(
  bench: StockBench,
  options: PruneOptions = {},
  place?: string,
): Promise<{ plan: PrunePlan; summary: PruneSummary }> {
  await using repository = await bench.open(place)
  await using lock = await repository.lock({ purpose: 'prune', exclusive: options.mode === 'instant' })
  const plan = await planPrune(repository, { lock, graceMs: 0, maxUnused: { bytes: 0 }, ...options })
  const last = await lastOf(prune(repository, plan))
  assert.ok(last.kind === 'summary')
  return { plan, summary: last.summary }
}

describe('prune', { concurrency: 4 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    // Three snapshots, of which the middle one goes: packs that are used, partly used and unused.
    await bench.fill(8, 100_000, 'kept')
    await bench.fill(8, 100_000, 'half')
    await bench.backup()
    await bench.remove('half0', 'half1', 'half2', 'half3', 'half4')
    await bench.fill(6, 90_000, 'middle')
    await bench.backup(['--tag', 'middle'])
    await bench.remove(...Array.from({ length: 6 }, (_, i) => `middle${i}`))
    await bench.write('last', 'the last')
    await bench.backup([], { program: restic014() })
    const [first, middle] = await bench.snapshots()
    await bench.restic(['forget', first!.id, middle!.id])
  })
  after(() => bench[Symbol.asyncDispose]())

  test('two phases: marked packs stay, stock restic is content, and the next run deletes them', async () => {
    const place = await bench.copyTo('two-phases')
    const packsBefore = await bench.names('data', place)
    const first = await runPrune(bench, {}, place)
    assert.ok(first.summary.markedPacks >= 2)
    assert.equal(first.summary.deletedPacks, 0)
    const packsBetween = new Set(await bench.names('data', place))
    assert.ok(packsBefore.every((pack) => packsBetween.has(pack)))
    await bench.checkBoth(place)
    assert.equal(await bench.restoreAll(place), 1)
    const second = await runPrune(bench, {}, place)
    assert.equal(second.summary.deletedPacks, first.summary.markedPacks)
    await bench.checkBoth(place)
    assert.equal(await bench.restoreAll(place), 1)
    const third = await runPrune(bench, {}, place)
    assert.ok(third.plan.isEmpty)
    await using repository = await bench.open(place)
    assert.deepEqual((await planPrune(repository)).marks, [])
  })

  test('instant: packs go at once, as with stock restic', async () => {
    const place = await bench.copyTo('instant')
    const { summary } = await runPrune(bench, { mode: 'instant' }, place)
    assert.ok(summary.deletedPacks >= 2)
    const output = await bench.check({ repository: place })
    assert.ok(!output.includes('additional files'))
    assert.equal(await bench.restoreAll(place), 1)
    assert.ok((await runPrune(bench, { mode: 'instant' }, place)).plan.isEmpty)
  })

  test("the plan has the figures of stock restic's", async () => {
    await using repository = await bench.open()
    for (const maxUnused of ['0', '5%', 'unlimited'] as const) {
      const { stdout } = await bench.restic(['prune', '--dry-run', '-v', '--max-unused', maxUnused])
      const { blobs, packfiles } = (
        await planPrune(repository, {
          maxUnused: maxUnused === '0' ? { bytes: 0 } : maxUnused === '5%' ? { percent: 5 } : maxUnused,
        })
      ).statistics
      const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(stdout)?.[1])
      assert.deepEqual(
        {
          used: blobs.used,
          unused: blobs.unused,
          repack: blobs.repack,
          repackRemove: blobs.repack_remove,
          remaining: blobs.remaining,
          packs: [packfiles.used, packfiles.partly_used, packfiles.unused],
        },
        {
          used: figure('used'),
          unused: figure('unused'),
          repack: figure('to repack'),
          repackRemove: figure('this removes'),
          remaining: figure('remaining'),
          packs: [figure('totally used packs'), figure('partly used packs'), figure('unused packs')],
        },
        maxUnused,
      )
    }
  })

  test('a plan reads only', async () => {
    const place = await bench.copyTo('dry')
    const namesBefore = await Promise.all(['data', 'index', 'locks'].map((kind) => bench.names(kind, place)))
    await using repository = await bench.open(place)
    const plan = await planPrune(repository, { maxUnused: { bytes: 0 } })
    assert.ok(!plan.isEmpty)
    assert.deepEqual(await Promise.all(['data', 'index', 'locks'].map((kind) => bench.names(kind, place))), namesBefore)
  })

  test('the grace keeps marked packs, whoever asks', async () => {
    const place = await bench.copyTo('grace')
    const { summary } = await runPrune(bench, {}, place)
    const hourMs = 3600_000
    const { plan } = await runPrune(bench, { graceMs: hourMs }, place)
    assert.equal(plan.statistics.marks.waiting, summary.markedPacks)
    assert.deepEqual(plan.marks[0]?.waitsFor, ['60 minutes of grace'])
    // Our clock goes wrong by a year: the destination's, which the folder has, still says that the marks are young.
    const inAYear = () => Temporal.Now.instant().add({ hours: 24 * 365 })
    assert.equal((await runPrune(bench, { graceMs: hourMs, now: inAYear }, place)).summary.deletedPacks, 0)
    // The clock stood in the future when the marks were written: they are dated anew, and wait their grace from now.
    const lastYear = () => Temporal.Now.instant().subtract({ hours: 24 * 365 })
    const redated = await runPrune(bench, { graceMs: hourMs, now: lastYear }, place)
    assert.ok(redated.plan.marks.every(({ mustRewrite }) => mustRewrite))
    assert.equal(redated.summary.deletedPacks, 0)
    assert.equal((await runPrune(bench, {}, place)).summary.deletedPacks, summary.markedPacks)
    await bench.check({ repository: place })
  })

  test('marks wait for those who held a lock when the packs left the index, not for those who came later', async () => {
    const place = await bench.copyTo('holders')
    await using elsewhere = await bench.open(place)
    const backupLock = await elsewhere.lock({ exclusive: false })
    const { summary } = await runPrune(bench, {}, place)
    const waiting = await runPrune(bench, {}, place)
    assert.equal(waiting.summary.deletedPacks, 0)
    assert.match(waiting.plan.marks[0]!.waitsFor[0]!, new RegExp(`PID ${process.pid} on `))
    await backupLock[Symbol.asyncDispose]()
    // Somebody else, who came after the marks: of another process, as the lock says.
    const stranger = { ...lockOfStranger, time: Temporal.Now.instant().toString() }
    await elsewhere.objects.saveUnpacked('locks', new TextEncoder().encode(JSON.stringify(stranger)))
    assert.equal((await runPrune(bench, {}, place)).summary.deletedPacks, summary.markedPacks)
    assert.equal(await bench.restoreAll(place), 1)
  })

  test('a lock that was left behind by a crash holds the marks until it is removed, however old it is', async () => {
    const place = await bench.copyTo('crashed')
    await using repository = await bench.open(place)
    const old = { ...lockOfStranger, time: '2020-01-01T00:00:00Z' }
    await repository.objects.saveUnpacked('locks', new TextEncoder().encode(JSON.stringify(old)))
    const { summary } = await runPrune(bench, {}, place)
    assert.equal((await runPrune(bench, {}, place)).summary.deletedPacks, 0)
    await bench.restic(['unlock'], { repository: place })
    assert.equal((await runPrune(bench, {}, place)).summary.deletedPacks, summary.markedPacks)
  })

  test('a stock prune between the phases deletes the marked packs, harmlessly', async () => {
    const place = await bench.copyTo('stock-between')
    await runPrune(bench, {}, place)
    await bench.restic(['prune', '--max-unused', 'unlimited'], { repository: place })
    await bench.checkBoth(place)
    assert.equal(await bench.restoreAll(place), 1)
    assert.equal((await runPrune(bench, {}, place)).summary.deletedPacks, 0)
    await bench.check({ repository: place })
  })

  test('a stock repair of the index brings marked packs back; the marks go', async () => {
    const place = await bench.copyTo('stock-repair')
    const { summary } = await runPrune(bench, {}, place)
    await bench.restic(['repair', 'index'], { repository: place })
    const { plan } = await runPrune(bench, { maxUnused: 'unlimited', maxRepackBytes: 0 }, place)
    assert.equal(plan.statistics.marks.delete, 0)
    assert.ok(plan.statistics.packfiles.unused > 0)
    await bench.checkBoth(place)
    assert.ok(summary.markedPacks > 0)
    assert.equal(await bench.restoreAll(place), 1)
  })

  test('with a lock of a reader there, an instant prune is refused', async () => {
    await using repository = await bench.open()
    await using _reader = await repository.lock({ exclusive: false })
    const plan = await planPrune(repository, { mode: 'instant' })
    await assert.rejects(lastOf(prune(repository, plan)), { code: 'locked' })
  })

  test('a plan made without a lock is refused when the repository has changed since', async () => {
    const place = await bench.copyTo('outdated')
    await using repository = await bench.open(place)
    const plan = await planPrune(repository, { mode: 'instant' })
    await bench.restic(['tag', '--add', 'changed', 'latest'], { repository: place })
    await assert.rejects(lastOf(prune(repository, plan)), RefusedError)
  })

  test('a plan that ignores snapshots is refused while they are there', async () => {
    await using repository = await bench.open()
    const [snapshot] = await repository.snapshots()
    const plan = await planPrune(repository, { ignoreSnapshots: [snapshot!.id] })
    assert.equal(plan.statistics.blobs.used, 0)
    await assert.rejects(lastOf(prune(repository, plan)), /was to be forgotten first/)
  })

  test('a pack in no index is marked, then deleted; alone, at once', async () => {
    const place = await bench.copyTo('unindexed')
    const [pack] = (await bench.names('data', place)).sort()
    const id = `ff${pack!.slice(2)}`
    await writeFile(join(place, 'data', 'ff', id), 'left by an interrupted run')
    const first = await runPrune(bench, { maxUnused: 'unlimited' }, place)
    assert.deepEqual(first.plan.unindexed, [{ id, sizeBytes: 26 }])
    assert.ok((await bench.names('data', place)).includes(id))
    await runPrune(bench, {}, place)
    assert.ok(!(await bench.names('data', place)).includes(id))
    await writeFile(join(place, 'data', 'ff', id), 'left by an interrupted run')
    await runPrune(bench, { mode: 'instant' }, place)
    assert.ok(!(await bench.names('data', place)).includes(id))
    await bench.check({ repository: place })
  })

  describe('refuses', () => {
    test('when an index cannot be read', async () => {
      const place = await bench.copyTo('index')
      await writeFile(join(place, 'index', 'a'.repeat(64)), 'junk')
      await using repository = await bench.open(place)
      await assert.rejects(planPrune(repository), /index\/a+ cannot be read/)
    })

    test('when a snapshot cannot be read', async () => {
      const place = await bench.copyTo('snapshot')
      await writeFile(join(place, 'snapshots', 'a'.repeat(64)), 'junk')
      await using repository = await bench.open(place)
      await assert.rejects(planPrune(repository), /snapshots\/a+ cannot be read/)
    })

    test('when a needed blob is in no index', async () => {
      const place = await bench.copyTo('blob')
      await using repository = await bench.open(place)
      await repository.loadIndex()
      const needed = repository.index.find('tree', (await repository.snapshots())[0]!.tree)!
      const named = [...repository.indexContents].find(([, { packs }]) => packs.includes(needed.pack))!
      await rm(join(place, 'index', named[0]))
      await assert.rejects(planPrune(repository), { code: 'refused' })
    })

    test('when a needed pack is missing or has another size', async () => {
      const place = await bench.copyTo('pack')
      await using repository = await bench.open(place)
      const plan = await planPrune(repository, { maxUnused: 'unlimited' })
      const used = plan.packs.find(({ kind, action }) => kind === 'data' && action === 'keep')!
      const path = localFolderStorage(place).fileOf!('data', used.id)
      await rm(path)
      await assert.rejects(planPrune(repository), new RegExp(`data/${used.id} is missing`))
      await writeFile(path, 'short')
      await assert.rejects(planPrune(repository), /is 5 bytes long instead of/)
    })

    test('nothing when it is only unneeded packs that are missing or cut short', async () => {
      const place = await bench.copyTo('unneeded')
      await using repository = await bench.open(place)
      const unused = (await planPrune(repository)).packs.filter(({ action }) => action === 'remove')
      assert.ok(unused.length >= 2)
      await rm(localFolderStorage(place).fileOf!('data', unused[0]!.id))
      await truncate(localFolderStorage(place).fileOf!('data', unused[1]!.id), 10)
      const { plan } = await runPrune(bench, { mode: 'instant' }, place)
      assert.equal(plan.packs.filter(({ action }) => action === 'forget').length, 1)
      await bench.checkBoth(place)
      assert.equal(await bench.restoreAll(place), 1)
    })

    test('mirrors that hold different snapshots', async () => {
      const a = await bench.copyTo('mirror-a')
      const b = await bench.copyTo('mirror-b')
      const [name] = await bench.names('snapshots', b)
      await rm(join(b, 'snapshots', name!))
      await using repository = await bench.open([localFolderStorage(a), localFolderStorage(b)])
      await assert.rejects(planPrune(repository), /holds 0 of 1 objects in snapshots/)
    })
  })

  test('with two mirrors both are pruned and both are sound', async () => {
    const places = [await bench.copyTo('both-a'), await bench.copyTo('both-b')]
    await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
    for (let i = 0; i < 2; i++) {
      await using lock = await repository.lock({ purpose: 'prune', exclusive: false })
      const plan = await planPrune(repository, { lock, graceMs: 0, maxUnused: { bytes: 0 } })
      await lastOf(prune(repository, plan))
    }
    assert.deepEqual((await bench.names('data', places[0])).sort(), (await bench.names('data', places[1])).sort())
    for (const place of places) {
      await bench.check({ repository: place })
      assert.equal(await bench.restoreAll(place), 1)
    }
  })

  test('marks of others, without a list of holders, wait for everybody who holds a lock now', async () => {
    const place = await bench.copyTo('rustic')
    await runPrune(bench, {}, place)
    await using repository = await bench.open(place)
    await repository.loadIndex()
    // As rustic leaves it: the same marks, without what we add.
    const file = [...repository.indexContents].find(([, { marked }]) => marked.length > 0)![0]
    const json = JSON.parse(new TextDecoder().decode(await repository.objects.loadUnpacked('index', file)))
    delete json.waits_for
    await repository.objects.saveUnpacked('index', new TextEncoder().encode(JSON.stringify(json)))
    await repository.storage.remove('index', file)
    const lock = await repository.lock({ exclusive: false })
    const { plan, summary } = await runPrune(bench, {}, place)
    assert.equal(summary.deletedPacks, 0)
    assert.ok(plan.marks[0]!.mustRewrite)
    await lock[Symbol.asyncDispose]()
    assert.equal((await runPrune(bench, {}, place)).summary.deletedPacks, (json.packs_to_delete as IndexPack[]).length)
    await bench.check({ repository: place })
  })
})

const lockOfStranger = { exclusive: false, hostname: 'another-machine', username: 'somebody', pid: 4711 }
