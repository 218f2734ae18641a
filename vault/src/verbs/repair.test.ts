import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { decodeIndexFile, encodeIndexFile, type IndexId, type PackEntry, type PackId, type SnapshotId } from '#format'
import type { Repository } from '#repository'
import { failing, localFolderStorage, type Storage } from '#storage'
import { check } from './check/index.ts'
import { Fixture } from './fixtures.suite.ts'
import { planPrune, prune } from './prune/index.ts'
import {
  planRecover,
  planRepairIndex,
  planRepairPacks,
  planRepairSnapshots,
  type RepairIndexOptions,
  type RepairSnapshotsOptions,
  recover,
  repairIndex,
  repairPacks,
  repairSnapshots,
} from './repair/index.ts'
import { writeNewIndexes } from './rewrite-index.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

async function mendIndex(repository: Repository, options: RepairIndexOptions = {}) {
  const plan = await planRepairIndex(repository, options)
  const last = await lastOf(repairIndex(repository, plan))
  assert.ok(last.kind === 'summary')
  return { plan, summary: last.summary }
}

async function mendPacks(repository: Repository, packs: readonly PackId[]) {
  const plan = await planRepairPacks(repository, packs)
  const last = await lastOf(repairPacks(repository, plan))
  assert.ok(last.kind === 'summary')
  return { plan, summary: last.summary }
}

async function mendSnapshots(repository: Repository, options: RepairSnapshotsOptions = { forget: true }) {
  const plan = await planRepairSnapshots(repository, options)
  const last = await lastOf(repairSnapshots(repository, plan))
  assert.ok(last.kind === 'summary')
  return { plan, summary: last }
}

/** Trees of the snapshots, as stock restic lists them. */
async function treesOf(fixture: Fixture): Promise<string[]> {
  const { stdout } = await fixture.restic('--json', 'snapshots', '--no-lock')
  return (JSON.parse(stdout) as { tree: string }[]).map(({ tree }) => tree).sort()
}

describe('the restic project’s damaged repositories end as stock restic 0.18 leaves them', { concurrency: 3 }, () => {
  for (const name of ['repo-data-missing', 'repo-index-missing', 'repo-obsolete-index', 'repo-unreferenced-data']) {
    test(name, async () => {
      await using ours = await Fixture.unpack(name)
      await using theirs = await Fixture.unpack(name)
      await theirs.restic('repair', 'index')
      await theirs.restic('repair', 'snapshots', '--forget')
      await using repository = await ours.open()
      await mendIndex(repository)
      await mendSnapshots(repository)
      const [judged, verdict] = [await ours.restic('check', '--read-data'), await theirs.restic('check', '--read-data')]
      assert.equal(judged.status, verdict.status, judged.stdout + judged.stderr)
      assert.equal(judged.status, 0)
      assert.deepEqual(await treesOf(ours), await treesOf(theirs))
      assert.ok(!judged.stdout.includes('contained in several indexes'))
    })
  }

  test('repo-index-missing: reading all packs comes to the same', async () => {
    await using fixture = await Fixture.unpack('repo-index-missing')
    await using repository = await fixture.open()
    const { summary } = await mendIndex(repository, { readAllPacks: true })
    assert.equal(summary.packsRead, 4)
    assert.equal((await fixture.restic('check', '--read-data')).status, 0)
  })

  test('repo-data-missing: a snapshot that stays beside the repaired one', async () => {
    await using ours = await Fixture.unpack('repo-data-missing')
    await using theirs = await Fixture.unpack('repo-data-missing')
    await theirs.restic('repair', 'index')
    await theirs.restic('repair', 'snapshots')
    await using repository = await ours.open()
    await mendIndex(repository)
    await mendSnapshots(repository, {})
    assert.deepEqual(await treesOf(ours), await treesOf(theirs))
    const tagged = (await repository.snapshots()).filter(({ tags }) => tags.includes('repaired'))
    assert.equal(tagged.length, 1)
    assert.ok(tagged[0]!.original !== undefined)
  })
})

describe('repair', { concurrency: 3 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    await bench.fill(6, 40_000, 'first')
    await bench.backup()
    await bench.fill(4, 50_000, 'second')
    await bench.backup()
  })
  after(() => bench[Symbol.asyncDispose]())

  const pathOf = (place: string, pack: string) => join(place, 'data', pack.slice(0, 2), pack)

  async function packsWith(repository: Repository, type: 'data' | 'tree'): Promise<[PackId, PackEntry[]][]> {
    repository.dropIndex()
    await repository.loadIndex()
    return [...repository.index.byPack()].filter(([, blobs]) => blobs[0]!.type === type)
  }

  async function spoil(place: string, pack: PackId, { offset, length }: PackEntry): Promise<void> {
    const bytes = await readFile(pathOf(place, pack))
    bytes[offset + (length >> 1)]! ^= 0x55
    await rm(pathOf(place, pack))
    await writeFile(pathOf(place, pack), bytes)
  }

  test('index: without any index everything is found again, and the snapshots restore', async () => {
    const place = await bench.copyTo('no-index')
    for (const name of await bench.names('index', place)) await rm(join(place, 'index', name))
    await using repository = await bench.open(place)
    const { plan, summary } = await mendIndex(repository)
    assert.ok(plan.packsToRead.every(({ why }) => why === 'is in no index'))
    assert.equal(summary.packsRead, (await bench.names('data', place)).length)
    await bench.check({ repository: place })
    assert.equal(await bench.restoreAll(place), 2)
  })

  test('index: junk among the indexes is removed, and what is right stays as it is', async () => {
    const place = await bench.copyTo('junk-index')
    const good = await bench.names('index', place)
    await using repository = await bench.open(place)
    for (const length of [3, 5000]) {
      const junk = repository.primitives.randomBytes(length)
      await localFolderStorage(place).save('index', repository.primitives.sha256Hex(junk), junk)
    }
    const { plan, summary } = await mendIndex(repository)
    assert.equal(plan.unreadableIndexes.length, 2)
    assert.equal(summary.removedIndexes, 2)
    assert.deepEqual((await bench.names('index', place)).sort(), good.sort())
    await bench.check({ repository: place })
  })

  test('index: a pack that was cut short leaves it, as with stock restic', async () => {
    const [ours, theirs] = [await bench.copyTo('short-ours'), await bench.copyTo('short-theirs')]
    await using repository = await bench.open(ours)
    const [[pack]] = (await packsWith(repository, 'data')) as [[PackId, PackEntry[]]]
    for (const place of [ours, theirs]) {
      const bytes = await readFile(pathOf(place, pack))
      await rm(pathOf(place, pack))
      await writeFile(pathOf(place, pack), bytes.subarray(0, bytes.length - 10))
    }
    const { plan, summary } = await mendIndex(repository)
    assert.deepEqual(
      plan.packsToRead.map(({ why }) => why),
      ['has another size than the index says'],
    )
    assert.deepEqual(summary.unreadablePacks, [pack])
    await mendSnapshots(repository)
    await bench.restic(['repair', 'index'], { repository: theirs })
    await bench.restic(['repair', 'snapshots', '--forget'], { repository: theirs })
    await bench.check({ repository: ours })
    const trees = async (place: string) => (await bench.snapshots(place)).map(({ tree }) => tree).sort()
    assert.deepEqual(await trees(ours), await trees(theirs))
  })

  test('packs: sound blobs are saved, the damaged one is named; snapshots then end as stock restic leaves them', async () => {
    const [ours, theirs] = [await bench.copyTo('packs-ours'), await bench.copyTo('packs-theirs')]
    await using repository = await bench.open(ours)
    const [pack, blobs] = (await packsWith(repository, 'data')).find(([, each]) => each.length > 2)!
    for (const place of [ours, theirs]) await spoil(place, pack, blobs[1]!)
    const { plan, summary } = await mendPacks(repository, [pack])
    assert.deepEqual(plan.packs, [{ pack, readable: blobs.length - 1, elsewhere: 0, lost: [blobs[1]!.id] }])
    assert.equal(summary.savedBlobs, blobs.length - 1)
    await mendSnapshots(repository)
    await bench.restic(['repair', 'packs', pack], { repository: theirs })
    await bench.restic(['repair', 'snapshots', '--forget'], { repository: theirs })
    await bench.check({ repository: ours })
    const trees = async (place: string) => (await bench.snapshots(place)).map(({ tree }) => tree).sort()
    assert.deepEqual(await trees(ours), await trees(theirs))
    assert.ok(!(await bench.names('data', ours)).includes(pack))
  })

  test('packs: what one mirror has damaged comes from the other, and nothing is lost', async () => {
    const [a, b] = [await bench.copyTo('packs-a'), await bench.copyTo('packs-b')]
    await using repository = await bench.open([localFolderStorage(a), localFolderStorage(b)])
    const [pack, blobs] = (await packsWith(repository, 'data')).find(([, each]) => each.length > 2)!
    await spoil(a, pack, blobs[0]!)
    await spoil(b, pack, blobs[1]!)
    const copies: string[] = []
    const plan = await planRepairPacks(repository, [pack])
    assert.deepEqual(plan.packs[0]!.lost, [])
    const keepCopy = async (_: PackId, bytes: Uint8Array, mirror: string) => {
      copies.push(`${mirror} ${bytes.length}`)
    }
    await lastOf(repairPacks(repository, plan, { keepCopy }))
    assert.equal(copies.length, 2)
    for (const place of [a, b]) {
      await bench.check({ repository: place })
      assert.equal(await bench.restoreAll(place), 2)
    }
  })

  /** A mirror that is not plugged in. */
  const away = (place: string): Storage => failing(localFolderStorage(place), { mishap: 'dies', at: 1 })

  test('packs: what a mirror does not give just now is not lost: nothing is done, and later nothing is lost', async () => {
    const [a, b] = [await bench.copyTo('silent-a'), await bench.copyTo('silent-b')]
    let isSilent = false
    const silent = failing(localFolderStorage(b), {
      ...{ mishap: 'fails', at: 1, times: Number.POSITIVE_INFINITY },
      concerns: ({ method, kind }) => isSilent && method === 'load' && kind === 'data',
    })
    await using repository = await bench.open([localFolderStorage(a), silent])
    const [pack, blobs] = (await packsWith(repository, 'data')).find(([, each]) => each.length > 2)!
    await spoil(a, pack, blobs[1]!)
    isSilent = true
    await assert.rejects(mendPacks(repository, [pack]), { code: 'refused', message: new RegExp(b) })
    for (const place of [a, b]) assert.ok((await bench.names('data', place)).includes(pack))
    isSilent = false
    const { summary } = await mendPacks(repository, [pack])
    assert.equal(summary.lostBlobs, 0)
    for (const place of [a, b]) await bench.check({ repository: place })
  })

  test('packs: what a mirror that is away may have is not lost either: nothing is done', async () => {
    const [a, b] = [await bench.copyTo('away-a'), await bench.copyTo('away-b')]
    await using repository = await bench.open([localFolderStorage(a), away(b)])
    const [pack, blobs] = (await packsWith(repository, 'data')).find(([, each]) => each.length > 2)!
    await spoil(a, pack, blobs[1]!)
    await assert.rejects(mendPacks(repository, [pack]), { code: 'refused', message: new RegExp(b) })
    assert.ok((await bench.names('data', a)).includes(pack))
  })

  test('index: packs that a mirror that is away may have stay in it', async () => {
    const [a, b] = [await bench.copyTo('index-away-a'), await bench.copyTo('index-away-b')]
    await using repository = await bench.open([localFolderStorage(a), away(b)])
    const [[pack]] = (await packsWith(repository, 'data')) as [[PackId, PackEntry[]]]
    await rm(pathOf(a, pack))
    const before = await bench.names('index', a)
    await assert.rejects(mendIndex(repository), { code: 'refused', message: new RegExp(b) })
    assert.deepEqual(await bench.names('index', a), before)
  })

  test('index: a pack whose header a mirror does not give just now stays in it', async () => {
    const place = await bench.copyTo('index-silent')
    const silent = failing(localFolderStorage(place), {
      ...{ mishap: 'fails', at: 1, times: Number.POSITIVE_INFINITY },
      concerns: ({ method, kind }) => method === 'load' && kind === 'data',
    })
    await using repository = await bench.open(silent)
    await assert.rejects(mendIndex(repository, { readAllPacks: true }), { code: 'refused' })
    await bench.check({ repository: place })
  })

  test('a mirror that is away keeps nobody from repairs that give nothing up', async () => {
    const [a, b] = [await bench.copyTo('free-a'), await bench.copyTo('free-b')]
    await using repository = await bench.open([localFolderStorage(a), away(b)])
    for (const name of await bench.names('index', a)) await rm(join(a, 'index', name))
    await mendIndex(repository)
    await mendSnapshots(repository)
    await bench.check({ repository: a })
    assert.equal(await bench.restoreAll(a), 2)
  })

  test('snapshots: what a mirror that is away may have is not taken out of them', async () => {
    const [a, b] = [await bench.copyTo('snapshots-away-a'), await bench.copyTo('snapshots-away-b')]
    {
      await using alone = await bench.open(a)
      const [[pack]] = (await packsWith(alone, 'data')) as [[PackId, PackEntry[]]]
      await rm(pathOf(a, pack))
      await mendIndex(alone)
    }
    await using repository = await bench.open([localFolderStorage(a), away(b)])
    const before = await bench.names('snapshots', a)
    await assert.rejects(mendSnapshots(repository), { code: 'refused', message: new RegExp(b) })
    assert.deepEqual(await bench.names('snapshots', a), before)
  })

  test('snapshots: while an index file cannot be read nothing is taken out of them, whenever it was damaged', async () => {
    const place = await bench.copyTo('snapshots-junk-index')
    await using repository = await bench.open(place)
    const plan = await planRepairSnapshots(repository)
    const [index] = await bench.names('index', place)
    await rm(join(place, 'index', index!))
    await writeFile(join(place, 'index', index!), 'junk')
    const before = await bench.names('snapshots', place)
    await assert.rejects(planRepairSnapshots(repository, { forget: true }), {
      code: 'refused',
      message: /repair the index first/,
    })
    await assert.rejects(lastOf(repairSnapshots(repository, { ...plan, forget: true })), { code: 'refused' })
    assert.deepEqual(await bench.names('snapshots', place), before)
    await mendIndex(repository)
    assert.deepEqual((await mendSnapshots(repository)).plan.repairs, [])
    assert.equal(await bench.restoreAll(place), 2)
  })

  test('index: a pack that a mirror was to remove and still has is there; while it has such, nothing is given up', async () => {
    const place = await bench.copyTo('index-debts')
    await using repository = await bench.open(place)
    const [[pack], [other]] = (await packsWith(repository, 'data')) as [[PackId, PackEntry[]], [PackId, PackEntry[]]]
    repository.storage.mirrors[0]!.knowDebts(() => new Set([`data/${pack}`]))
    assert.deepEqual((await planRepairIndex(repository)).missingPacks, [])
    await rm(pathOf(place, other))
    await assert.rejects(mendIndex(repository), { code: 'refused', message: new RegExp(place) })
  })

  test('index: a pack that came back since the plan was made stays in it', async () => {
    const place = await bench.copyTo('index-back')
    await using repository = await bench.open(place)
    const [[pack]] = (await packsWith(repository, 'data')) as [[PackId, PackEntry[]]]
    const bytes = await readFile(pathOf(place, pack))
    await rm(pathOf(place, pack))
    const plan = await planRepairIndex(repository)
    assert.deepEqual(plan.missingPacks, [pack])
    await writeFile(pathOf(place, pack), bytes)
    await lastOf(repairIndex(repository, plan))
    await bench.check({ repository: place })
  })

  test('index: what the plan did not name is not given up', async () => {
    const place = await bench.copyTo('index-worse')
    await using repository = await bench.open(place)
    const plan = await planRepairIndex(repository)
    const [[pack]] = (await packsWith(repository, 'data')) as [[PackId, PackEntry[]]]
    await rm(pathOf(place, pack))
    await assert.rejects(lastOf(repairIndex(repository, plan)), { code: 'refused', message: /plan again/ })
  })

  test('snapshots: one that was forgotten since the plan was made does not come back', async () => {
    const place = await bench.copyTo('snapshots-forgotten')
    await using repository = await bench.open(place)
    const [[pack]] = (await packsWith(repository, 'data')) as [[PackId, PackEntry[]]]
    await rm(pathOf(place, pack))
    await mendIndex(repository)
    const plan = await planRepairSnapshots(repository)
    assert.ok(plan.repairs.length > 0)
    for (const { snapshot } of plan.repairs) await repository.storage.remove('snapshots', snapshot.id)
    const left = await bench.names('snapshots', place)
    assert.deepEqual(await lastOf(repairSnapshots(repository, plan)), { kind: 'summary', repaired: 0, removed: 0 })
    assert.deepEqual(await bench.names('snapshots', place), left)
  })

  /** Index files in the place of those that are there. */
  async function reindex(
    repository: Repository,
    change: (file: ReturnType<typeof decodeIndexFile>) => typeof file,
  ): Promise<void> {
    repository.dropIndex()
    await repository.loadIndex()
    for (const name of repository.indexFiles) {
      const file = decodeIndexFile(await repository.objects.loadUnpacked('index', name))
      await repository.objects.saveUnpacked('index', encodeIndexFile(change(file)))
      await repository.storage.remove('index', name)
    }
  }

  test('snapshots: what is marked for deletion and needed is no loss: check says so, and prune takes it back', async () => {
    const place = await bench.copyTo('marked')
    await using repository = await bench.open(place)
    await reindex(repository, ({ packs }) => ({
      packs: packs.filter(({ blobs }) => blobs[0]!.type === 'tree'),
      packsToDelete: packs
        .filter(({ blobs }) => blobs[0]!.type === 'data')
        .map((pack) => ({ ...pack, markedAt: Temporal.Now.instant().toString() })),
    }))
    const codes = async () => {
      const events = await Array.fromAsync(check(repository, { withoutLock: true }))
      return new Set(
        events.flatMap((event) => (event.kind === 'finding' && event.finding.severity === 'error' ? [event.finding.code] : [])),
      )
    }
    assert.deepEqual(await codes(), new Set(['blob-marked']))
    assert.deepEqual((await planRepairSnapshots(repository, { forget: true })).repairs, [])
    {
      await using lock = await repository.lock({ purpose: 'prune', exclusive: false })
      await lastOf(prune(repository, await planPrune(repository, { lock, maxUnused: 'unlimited' })))
    }
    assert.deepEqual(await codes(), new Set())
    await bench.check({ repository: place })
    assert.equal(await bench.restoreAll(place), 2)
  })

  test('index: marks in a file that names packs, too, outlive its rewriting', async () => {
    const place = await bench.copyTo('mixed-marks')
    await using repository = await bench.open(place)
    const marked = { id: 'ab'.repeat(32) as PackId, blobs: [], markedAt: '2024-03-01T10:00:00Z' }
    await reindex(repository, ({ packs }) => ({ packs, packsToDelete: [marked] }))
    const gone = new Set((await packsWith(repository, 'data')).map(([pack]) => pack))
    const obsolete = await writeNewIndexes(repository, { gone, joining: [], replaced: [] }, {})
    for (const id of obsolete) await repository.storage.remove('index', id as IndexId)
    repository.dropIndex()
    await repository.loadIndex()
    for (const pack of gone) assert.ok(!repository.index.hasPack(pack))
    assert.ok([...repository.indexContents.values()].some((contents) => contents.marked.includes(marked.id)))
  })

  test('packs: one that nobody knows is refused', async () => {
    await using repository = await bench.open()
    await assert.rejects(planRepairPacks(repository, ['0'.repeat(64) as PackId]), { code: 'usage' })
  })

  test('snapshots: one without a root goes only when asked', async () => {
    const place = await bench.copyTo('trees')
    await using repository = await bench.open(place)
    for (const [pack] of await packsWith(repository, 'tree')) await rm(pathOf(place, pack))
    await mendIndex(repository)
    const plan = await planRepairSnapshots(repository)
    assert.deepEqual(
      plan.repairs.map(({ newTree }) => newTree),
      [undefined, undefined],
    )
    const kept = await Array.fromAsync(repairSnapshots(repository, plan))
    assert.deepEqual(
      kept.map(({ kind }) => kind),
      ['hopeless', 'hopeless', 'summary'],
    )
    assert.equal((await bench.names('snapshots', place)).length, 2)
    const { summary } = await mendSnapshots(repository)
    assert.equal(summary.removed, 2)
    await bench.check({ repository: place })
  })

  test('snapshots: a folder whose tree is lost becomes an empty one, as with stock restic', async () => {
    const [ours, theirs] = [await bench.copyTo('folder-ours'), await bench.copyTo('folder-theirs')]
    await using repository = await bench.open(ours)
    const roots = new Set((await repository.snapshots()).map(({ tree }) => tree))
    const [pack, blobs] = (await packsWith(repository, 'tree'))[0]!
    const folder = blobs.find(({ id }) => !roots.has(id))!
    for (const place of [ours, theirs]) await spoil(place, pack, folder)
    await mendPacks(repository, [pack])
    const { plan } = await mendSnapshots(repository)
    assert.deepEqual(
      plan.repairs.map(({ losses }) => losses),
      [{ files: 0, sizes: 0, folders: 1 }],
    )
    await bench.restic(['repair', 'packs', pack], { repository: theirs })
    await bench.restic(['repair', 'snapshots', '--forget'], { repository: theirs })
    await bench.check({ repository: ours })
    // restic 0.18 writes the empty folder as {"nodes":null}, newer ones and we as {"nodes":[]}: what they list is the same.
    const list = async (place: string) => {
      const snapshots = await bench.snapshots(place)
      const lists = await Promise.all(
        snapshots.map(async ({ id }) => (await bench.restic(['ls', '--no-lock', id], { repository: place })).stdout),
      )
      return lists.map((text) => text.split('\n').filter((line) => line.startsWith('/')))
    }
    assert.deepEqual(await list(ours), await list(theirs))
  })

  test('snapshots: sound ones are not touched, and an unreadable file goes only by its full name', async () => {
    const place = await bench.copyTo('unreadable')
    await using repository = await bench.open(place)
    const junk = repository.primitives.randomBytes(700)
    const id = repository.primitives.sha256Hex(junk) as SnapshotId
    await localFolderStorage(place).save('snapshots', id, junk)
    assert.deepEqual(await planRepairSnapshots(repository, { forget: true }), { repairs: [], unreadable: [], forget: true })
    const { summary } = await mendSnapshots(repository, { snapshots: [id], forget: true })
    assert.equal(summary.removed, 1)
    assert.equal((await bench.names('snapshots', place)).length, 2)
    await bench.check({ repository: place })
  })

  test('recover: a forgotten snapshot’s folders are found again, as stock restic finds them', async () => {
    const [ours, theirs] = [await bench.copyTo('recover-ours'), await bench.copyTo('recover-theirs')]
    for (const place of [ours, theirs]) {
      for (const { id } of await bench.snapshots(place)) await bench.restic(['forget', id], { repository: place })
    }
    await using repository = await bench.open(ours)
    const plan = await planRecover(repository)
    assert.equal(plan.roots.length, 2)
    const last = await lastOf(recover(repository, plan))
    assert.ok(last.kind === 'recovered')
    await bench.restic(['recover'], { repository: theirs })
    const list = async (place: string) => {
      const { stdout } = await bench.restic(['ls', 'latest'], { repository: place })
      return stdout.split('\n').filter((line) => line.startsWith('/'))
    }
    assert.deepEqual(await list(ours), await list(theirs))
    assert.deepEqual((await repository.snapshots())[0]!.tags, ['recovered'])
    await bench.check({ repository: ours })
  })

  test('recover: what was pruned since the plan was made is not shown', async () => {
    const place = await bench.copyTo('recover-pruned')
    for (const { id } of await bench.snapshots(place)) await bench.restic(['forget', id], { repository: place })
    await using repository = await bench.open(place)
    const plan = await planRecover(repository)
    assert.equal(plan.roots.length, 2)
    await bench.restic(['prune'], { repository: place })
    assert.deepEqual(await Array.fromAsync(recover(repository, plan)), [{ kind: 'nothing' }])
    assert.deepEqual(await bench.names('snapshots', place), [])
  })

  test('recover: while somebody prunes it waits, for what it shows may be about to be deleted', async () => {
    const place = await bench.copyTo('recover-beside')
    for (const { id } of await bench.snapshots(place)) await bench.restic(['forget', id], { repository: place })
    await using repository = await bench.open(place)
    const plan = await planRecover(repository)
    await using other = await bench.open(place)
    await using _lock = await other.lock({ exclusive: false, purpose: 'prune' })
    await assert.rejects(lastOf(recover(repository, plan)), { code: 'locked' })
  })

  test('recover: where every tree is in a snapshot, there is nothing to do', async () => {
    await using repository = await bench.open()
    const plan = await planRecover(repository)
    assert.deepEqual(plan.roots, [])
    assert.deepEqual(await Array.fromAsync(recover(repository, plan)), [{ kind: 'nothing' }])
  })
})
