import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { localFolderStorage } from '#storage'
import { restic014 } from '../../../tests/peers/peers.ts'
import { type CopyEvent, type CopySelection, copy, planCopy } from './copy.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

describe('copy', { concurrency: 4 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    await bench.fill(4, 700_000, 'first')
    await bench.write('text', 'much the same '.repeat(50_000))
    await bench.backup(['--tag', 'one'])
    await bench.fill(2, 100_000, 'second')
    await bench.backup(['--tag', 'two,more', '--exclude', '*.tmp'], { program: restic014() })
  })
  after(() => bench[Symbol.asyncDispose]())

  async function runCopy(from: string, to: string, selection: CopySelection = {}): Promise<CopyEvent[]> {
    await using source = await bench.open(from)
    await using destination = await bench.open(to)
    const plan = await planCopy(source, destination, selection)
    return Array.fromAsync(copy(source, destination, plan))
  }

  const facts = async (place: string) =>
    (await bench.snapshots(place)).map(({ time, tree, paths, tags, excludes, hostname }) => ({
      time,
      tree,
      paths,
      tags,
      excludes,
      hostname,
    }))

  for (const version of [1, 2] as const) {
    test(`into a repository of version ${version} with another key and another polynomial`, async () => {
      await bench.init(`into-${version}`, { version, chunkerPolynomial: 0x2482734cacca49n })
      const place = bench.path(`into-${version}`)
      const events = await runCopy(bench.repository, place)
      assert.equal(events.filter(({ kind }) => kind === 'copied').length, 2)
      assert.deepEqual(await facts(place), await facts(bench.repository))
      await bench.checkBoth(place)
      assert.equal(await bench.restoreAll(place), 2)
      const originals = (await bench.snapshots(bench.repository)).map(({ id }) => id)
      assert.deepEqual(
        (await bench.snapshots(place)).map(({ original }) => original),
        originals,
      )
    })
  }

  test('from version 1 to version 2 what was raw is compressed', async () => {
    await bench.init('raw', { version: 1 })
    await bench.init('packed')
    await runCopy(bench.repository, bench.path('raw'))
    await runCopy(bench.path('raw'), bench.path('packed'))
    await using repository = await bench.open(bench.path('packed'))
    await repository.loadIndex()
    assert.ok([...repository.index.all()].every(({ uncompressedLength }) => uncompressedLength > 0))
    await bench.checkBoth(bench.path('packed'))
    assert.equal(await bench.restoreAll(bench.path('packed')), 2)
  })

  test('what is there already is not copied again, whoever copied it', async () => {
    await bench.init('again')
    const place = bench.path('again')
    await bench.restic(['copy', '--from-repo', bench.repository], { repository: place })
    await using source = await bench.open()
    await using destination = await bench.open(place)
    const plan = await planCopy(source, destination)
    assert.deepEqual(plan.copy, [])
    assert.deepEqual(plan.skip.map(({ snapshot }) => snapshot.id).sort(), (await source.snapshots()).map(({ id }) => id).sort())
    // And what we copied, stock restic skips.
    await bench.init('ours')
    await runCopy(bench.repository, bench.path('ours'))
    await bench.restic(['copy', '--from-repo', bench.repository], { repository: bench.path('ours') })
    assert.equal((await bench.snapshots(bench.path('ours'))).length, 2)
    // A copy of a copy is the same snapshot still.
    await using copied = await bench.open(bench.path('ours'))
    assert.equal((await planCopy(copied, destination)).skip.length, 2)
  })

  test('one snapshot alone, then the rest: blobs are stored once', async () => {
    await bench.init('parts')
    const place = bench.path('parts')
    await runCopy(bench.repository, place, { snapshots: ['latest'] })
    assert.equal((await bench.snapshots(place)).length, 1)
    const events = await runCopy(bench.repository, place)
    const summary = events.at(-1)
    assert.ok(summary?.kind === 'summary' && summary.copied === 1 && summary.blobs < 5)
    await using repository = await bench.open(place)
    await repository.loadIndex()
    assert.equal(new Set([...repository.index.all()].map(({ id, type }) => id + type)).size, repository.index.size)
    assert.equal(await bench.restoreAll(place), 2)
  })

  test('onto two mirrors at once', async () => {
    await bench.init('mirror-a')
    const places = [bench.path('mirror-a'), bench.path('mirror-b')]
    await rm(places[1]!, { recursive: true, force: true })
    execFileSync('cp', ['-r', places[0]!, places[1]!])
    await using source = await bench.open()
    await using destination = await bench.open(places.map((place) => localFolderStorage(place)))
    await lastOf(copy(source, destination, await planCopy(source, destination)))
    for (const place of places) {
      await bench.check({ repository: place })
      assert.equal(await bench.restoreAll(place), 2)
    }
  })

  test('a snapshot that the source cannot give whole is named, and the others are copied whole', async () => {
    const from = await bench.copyTo('damaged')
    await bench.init('rest')
    {
      // What only the second snapshot has goes.
      await using source = await bench.open(from)
      await source.loadIndex()
      const [, second] = await source.snapshots()
      const { pack } = source.index.find('tree', second!.tree)!
      await rm(localFolderStorage(from).fileOf!('data', pack))
    }
    const events = await runCopy(from, bench.path('rest'))
    const failed = events.filter((event) => event.kind === 'failed')
    assert.equal(failed.length, 1)
    assert.equal(failed[0]!.error.code, 'object-missing')
    await bench.check({ repository: bench.path('rest') })
    assert.equal(await bench.restoreAll(bench.path('rest')), 1)
    // Once the source is whole again, the missing one follows.
    await runCopy(bench.repository, bench.path('rest'))
    await bench.check({ repository: bench.path('rest') })
    assert.equal(await bench.restoreAll(bench.path('rest')), 2)
  })

  test("trees that nobody would write so today keep their bytes: restic's small repository", async () => {
    const archive = fileURLToPath(new URL('../../../tests/vectors/restic/small-repo.tar.gz', import.meta.url))
    execFileSync('tar', ['-xzf', archive, '-C', bench.folder])
    await bench.init('from-small')
    const { openRepository } = await import('#repository')
    await using source = await openRepository(localFolderStorage(bench.path('repo')), { password: 'geheim' })
    await using destination = await bench.open(bench.path('from-small'))
    await lastOf(copy(source, destination, await planCopy(source, destination)))
    await bench.checkBoth(bench.path('from-small'))
    assert.deepEqual(
      (await destination.snapshots()).map(({ tree }) => tree),
      (await source.snapshots()).map(({ tree }) => tree),
    )
  })
})
