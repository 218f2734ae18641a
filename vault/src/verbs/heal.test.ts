import assert from 'node:assert/strict'
import { cp, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type BlobId, decodeIndexFile, encodeIndexFile, type IndexId, type PackEntry, type PackId } from '#format'
import { MirrorRegistry, type Repository } from '#repository'
import { failing, localFolderStorage, memoryStorage, openStorage } from '#storage'
import { startRestServer } from '../../../tests/peers/rest-server.ts'
import { type CheckFinding, check } from './check/index.ts'
import { readObjects } from './damage.suite.ts'
import { type HealEvent, type HealOptions, type HealSummary, heal } from './heal.ts'
import { planHeal } from './heal-plan.ts'
import { attachMirrors } from './mirror.ts'
import { StockBench } from './stock-bench.suite.ts'

async function healed(
  repository: Repository,
  options: HealOptions = { readData: 'all' },
): Promise<{ summary: HealSummary; events: HealEvent[] }> {
  const events = await Array.fromAsync(heal(repository, options))
  const last = events.at(-1)!
  assert.ok(last.kind === 'summary')
  return { summary: last.summary, events }
}

/** A pack's blobs and its file in a folder. */
async function lookInto(repository: Repository, folder: string, pack: PackId): Promise<{ path: string; blobs: PackEntry[] }> {
  repository.dropIndex()
  await repository.loadIndex()
  return { path: join(folder, 'data', pack.slice(0, 2), pack), blobs: repository.index.byPack().get(pack)! }
}

async function change(path: string, edit: (bytes: Buffer) => Buffer): Promise<void> {
  const bytes = await readFile(path)
  await rm(path)
  await writeFile(path, edit(bytes))
}

/** Spoils one byte in the middle of a blob. */
const spoil =
  (...blobs: readonly PackEntry[]) =>
  (bytes: Buffer): Buffer => {
    for (const { offset, length } of blobs) bytes[offset + (length >> 1)]! ^= 0x55
    return bytes
  }

const dataPackOf = (repository: Repository, blobsMin: number): PackId =>
  [...repository.index.byPack()].find(([, blobs]) => blobs.length >= blobsMin && blobs[0]!.type === 'data')![0]

describe('heal', { concurrency: 3 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    await bench.fill(6, 40_000, 'first')
    await bench.backup()
    await bench.fill(4, 50_000, 'second')
    await bench.write('text', 'compresses well '.repeat(5000))
    await bench.backup()
  })
  after(() => bench[Symbol.asyncDispose]())

  test('what was damaged before it was stored is nothing that copying mends: it is left, and nothing looks sound', async () => {
    const place = await bench.copyTo('before')
    await using repository = await bench.open(place)
    await repository.loadIndex()
    const pack = dataPackOf(repository, 2)
    const { path, blobs } = await lookInto(repository, place, pack)
    const bytes = spoil(blobs[0]!)(await readFile(path))
    const id = repository.primitives.sha256Hex(bytes) as PackId
    await rm(path)
    await mkdir(join(place, 'data', id.slice(0, 2)), { recursive: true })
    await writeFile(join(place, 'data', id.slice(0, 2), id), bytes)
    for (const name of await bench.names('index', place)) {
      const { packs } = decodeIndexFile(await repository.objects.loadUnpacked('index', name as IndexId))
      const renamed = packs.map((each) => (each.id === pack ? { ...each, id } : each))
      await repository.objects.saveUnpacked('index', encodeIndexFile({ packs: renamed, packsToDelete: [] }))
      await rm(join(place, 'index', name))
    }
    await using again = await bench.open(place)
    const { summary } = await healed(again)
    assert.deepEqual([summary.isSound, summary.left.map(({ code, object }) => [code, object])], [false, [['pack-contents', id]]])
  })

  async function twoMirrors(name: string): Promise<{ a: string; b: string; open: () => Promise<Repository> }> {
    const [a, b] = [await bench.copyTo(`${name}-a`), await bench.copyTo(`${name}-b`)]
    return { a, b, open: () => bench.open([localFolderStorage(a), localFolderStorage(b)]) }
  }

  async function requirePristine(...folders: string[]): Promise<void> {
    const pristine = await readObjects(bench.repository)
    for (const folder of folders) assert.deepEqual(await readObjects(folder), pristine, folder)
  }

  test('a sound repository is left alone', async () => {
    const { a, b, open } = await twoMirrors('sound')
    await using repository = await open()
    const { summary } = await healed(repository)
    assert.ok(summary.isSound)
    assert.deepEqual([summary.mended, summary.refused, summary.salvaged, summary.left], [[], [], [], []])
    await requirePristine(a, b)
  })

  test('a pack that both mirrors have damaged in different places is put together again, byte for byte', async () => {
    const { a, b, open } = await twoMirrors('pieces')
    await using repository = await open()
    await repository.loadIndex()
    const pack = dataPackOf(repository, 4)
    const inA = await lookInto(repository, a, pack)
    const inB = await lookInto(repository, b, pack)
    await change(inA.path, spoil(inA.blobs[0]!, inA.blobs[2]!))
    await change(inB.path, (bytes) => spoil(inB.blobs[1]!)(bytes).subarray(0, -9))
    const { summary } = await healed(repository)
    assert.ok(summary.isSound)
    assert.deepEqual(
      summary.mended.map(({ object, mirror }) => [object, mirror]).sort(),
      [
        [pack, a],
        [pack, b],
      ].sort(),
    )
    await requirePristine(a, b)
    for (const folder of [a, b]) await bench.check({ repository: folder })
  })

  test('a single mirror mends what only hangs on behind a pack', async () => {
    const place = await bench.copyTo('tail')
    await using repository = await bench.open(place)
    await repository.loadIndex()
    const { path } = await lookInto(repository, place, dataPackOf(repository, 2))
    await change(path, (bytes) => Buffer.concat([bytes, Buffer.from('left over')]))
    assert.ok((await healed(repository, {})).summary.isSound, 'its size alone gives it away')
    await requirePristine(place)
  })

  test('a pack damaged everywhere, whose blobs another pack has too, leaves the index and nothing is lost', async () => {
    const { a, b, open } = await twoMirrors('elsewhere')
    await using repository = await open()
    await repository.loadIndex()
    const pack = dataPackOf(repository, 4)
    const [inA, inB] = [await lookInto(repository, a, pack), await lookInto(repository, b, pack)]
    // A second copy of one blob, as a backup that ran beside another leaves it.
    const twice = inA.blobs[1]!
    const writer = repository.writer()
    await writer.saveStored(
      twice.type,
      twice.id,
      (await readFile(inA.path)).subarray(twice.offset, twice.offset + twice.length),
      twice.uncompressedLength,
    )
    await writer.flush()
    for (const { path, blobs } of [inA, inB]) await change(path, spoil(blobs[1]!))
    const { summary } = await healed(repository)
    assert.ok(summary.isSound, JSON.stringify(summary.left))
    assert.deepEqual(summary.salvaged, [{ pack, saved: inA.blobs.length - 1, elsewhere: 1, lost: [], dropped: true }])
    for (const folder of [a, b]) {
      await bench.check({ repository: folder })
      assert.equal(await bench.restoreAll(folder), 2)
      assert.ok(!(await bench.names('data', folder)).includes(pack))
    }
    assert.deepEqual(await readObjects(a), await readObjects(b))
  })

  test('what nobody has any more is named; the rest is saved, nothing is deleted, and a second run adds nothing', async () => {
    const { a, b, open } = await twoMirrors('lost')
    await using repository = await open()
    await repository.loadIndex()
    const pack = dataPackOf(repository, 4)
    const [inA, inB] = [await lookInto(repository, a, pack), await lookInto(repository, b, pack)]
    for (const { path, blobs } of [inA, inB]) await change(path, spoil(blobs[0]!))
    const first = await healed(repository)
    assert.ok(!first.summary.isSound)
    const lost: BlobId[] = [inA.blobs[0]!.id]
    assert.deepEqual(first.summary.salvaged, [{ pack, saved: inA.blobs.length - 1, elsewhere: 0, lost, dropped: false }])
    assert.ok((await bench.names('data', a)).includes(pack))
    const objects = await readObjects(a)
    const second = await healed(repository)
    assert.deepEqual(second.summary.salvaged, [{ pack, saved: 0, elsewhere: inA.blobs.length - 1, lost, dropped: false }])
    assert.deepEqual([...(await readObjects(a)).keys()].sort(), [...objects.keys()].sort())
  })

  test('a destination that keeps what it has: blobs go into a new pack beside the damaged one, once, and its owner is told', async () => {
    await using server = await startRestServer({ appendOnly: true })
    const a = await bench.copyTo('append-a')
    await cp(bench.repository, join(server.folder, 'mirror'), { recursive: true, filter: (path) => !path.includes('/locks/') })
    const b = join(server.folder, 'mirror')
    await using repository = await bench.open([localFolderStorage(a), await openStorage(`${server.address}mirror/`)])
    await repository.loadIndex()
    const pack = dataPackOf(repository, 4)
    const { path, blobs } = await lookInto(repository, b, pack)
    await change(path, spoil(blobs[0]!))
    const [snapshot] = await bench.names('snapshots', b)
    await rm(join(b, 'snapshots', snapshot!))
    const [index] = await bench.names('index', b)
    await change(join(b, 'index', index!), () => Buffer.from('no index'))
    const { summary } = await healed(repository)
    assert.ok(!summary.isSound)
    assert.deepEqual(
      summary.mended.map(({ kind, object }) => [kind, object]),
      [['snapshots', snapshot]],
      'what is missing is stored',
    )
    assert.deepEqual(
      summary.refused.map(({ kind, object }) => [kind, object]),
      [
        ['data', pack],
        ['index', index],
      ],
    )
    assert.match(summary.refused[0]!.advice, new RegExp(`must delete data/${pack}`))
    assert.deepEqual(summary.salvaged, [{ pack, saved: blobs.length, elsewhere: 0, lost: [], dropped: false }])
    assert.deepEqual((await bench.names('data', a)).sort(), (await bench.names('data', b)).sort())
    await using alone = await bench.open(b)
    await alone.loadIndex()
    await repository.loadIndex()
    for (const { type, id } of repository.index.all()) await alone.loadBlob(type, id)
    const again = await healed(repository)
    assert.deepEqual(again.summary.salvaged, [{ pack, saved: 0, elsewhere: blobs.length, lost: [], dropped: false }])
    assert.equal((await bench.names('index', a)).length, (await bench.names('index', b)).length, 'nothing is stored twice')
    for (const name of [path, join(b, 'index', index!)]) await rm(name)
    const end = await healed(repository)
    assert.ok(end.summary.isSound)
    assert.equal(await bench.restoreAll(b), 2)
    await bench.check({ repository: b })
  })

  for (const [what, bytes] of [
    ['damaged', 'no configuration'],
    ['emptied', ''],
  ] as const) {
    test(`a mirror whose configuration was ${what} long ago takes part again`, async () => {
      const { a, b, open } = await twoMirrors(`config-${what}`)
      await rm(join(b, 'config'))
      await writeFile(join(b, 'config'), bytes)
      await utimes(join(b, 'config'), 0, 0)
      await rm(join(b, 'snapshots', (await bench.names('snapshots', b))[0]!))
      await using repository = await open()
      assert.ok(!repository.storage.mirrors[1]!.isCurrent)
      const { summary } = await healed(repository)
      assert.ok(summary.isSound && repository.storage.mirrors[1]!.isCurrent)
      await requirePristine(a, b)
    })
  }

  test('a mirror that is behind, since it has lost an index, gets what it lacks and takes part again', async () => {
    const { a, b, open } = await twoMirrors('behind')
    for (const name of await bench.names('index', b)) await rm(join(b, 'index', name))
    const [pack] = await bench.names('data', b)
    await change(join(b, 'data', pack!.slice(0, 2), pack!), (bytes) => bytes.subarray(0, 100))
    await using repository = await open()
    await attachMirrors(repository, new MirrorRegistry(repository.id, { folder: bench.path('behind-state') }))
    assert.ok(!repository.storage.mirrors[1]!.isCurrent)
    const { summary } = await healed(repository)
    assert.ok(summary.isSound && repository.storage.mirrors[1]!.isCurrent)
    assert.deepEqual(
      summary.caughtUp.map(({ mirror }) => mirror),
      [b],
    )
    assert.deepEqual(summary.left, [])
    await requirePristine(a, b)
  })

  test('a mirror that is opened by another address is mended as the one that is known', async () => {
    const { a, b, open } = await twoMirrors('linked')
    const link = bench.path('linked-link')
    await symlink(b, link)
    const gone = 'f'.repeat(64)
    let registry: MirrorRegistry
    {
      await using repository = await open()
      registry = new MirrorRegistry(repository.id, { folder: bench.path('linked-state') })
      for (const place of [a, b]) registry.add(place)
      const { name } = registry.find(b)!
      registry.noteOwed({ mirror: name, kind: 'data', object: gone })
      registry.markDamaged(name, 'lacked what nobody had')
    }
    await using repository = await bench.open([localFolderStorage(a), localFolderStorage(link)])
    await attachMirrors(repository, registry)
    const { summary } = await healed(repository, { readData: 'all', registry })
    assert.ok(summary.isSound)
    const { name, behind } = registry.find(b)!
    assert.deepEqual([behind, registry.owed(name).size], [undefined, 0])
  })

  test('a mirror that cannot be reached stays behind, and that is said', async () => {
    const { a, b, open } = await twoMirrors('away')
    await using repository = await open()
    repository.storage.markBehind(repository.storage.mirrors[1]!, { code: 'away', reason: 'a drawer' })
    await rm(b, { recursive: true })
    const { summary } = await healed(repository)
    assert.ok(!repository.storage.mirrors[1]!.isCurrent)
    assert.deepEqual(summary.caughtUp, [])
    assert.ok(!summary.isSound && summary.left.some(({ code, mirror }) => code === 'mirror-unreachable' && mirror === b))
    await requirePristine(a)
  })

  test('an empty folder in the place of a mirror is taken for a disk that is not there: nothing is written into it', async () => {
    const { a, b, open } = await twoMirrors('unmounted')
    await rm(b, { recursive: true })
    await mkdir(b)
    await using repository = await open()
    const { summary } = await healed(repository)
    assert.deepEqual(
      summary.left.map(({ code, mirror }) => [code, mirror]),
      [['mirror-unreachable', b]],
    )
    assert.ok(!summary.isSound)
    assert.deepEqual(await readdir(b), [])
    await requirePristine(a)
  })

  test('junk that only one mirror holds does not travel to the other', async () => {
    const { a, b, open } = await twoMirrors('junk')
    await using repository = await open()
    const bytes = repository.primitives.randomBytes(3000)
    const name = repository.primitives.sha256Hex(bytes)
    for (const kind of ['index', 'snapshots', 'data', 'keys'] as const) await localFolderStorage(b).save(kind, name, bytes)
    const { summary } = await healed(repository)
    assert.ok(!summary.isSound)
    assert.deepEqual(new Set(summary.left.map(({ code }) => code)), new Set(['index-junk', 'snapshot-junk', 'key-junk']))
    await requirePristine(a)
  })

  test('removals do not travel: what one mirror lost is copied back, never removed from the other', async () => {
    const { a, b, open } = await twoMirrors('removed')
    for (const kind of ['snapshots', 'index', 'data']) {
      for (const name of await bench.names(kind, a)) await rm(join(a, kind, kind === 'data' ? name.slice(0, 2) : '', name))
    }
    await using repository = await open()
    assert.ok((await healed(repository, {})).summary.isSound)
    await requirePristine(a, b)
  })

  test('right bytes are not replaced, even when a finding says that they are wrong', async () => {
    const { b, open } = await twoMirrors('right')
    await using repository = await open()
    const [pack] = await bench.names('data')
    const finding: CheckFinding = {
      code: 'object-damaged',
      severity: 'error',
      kind: 'data',
      object: pack!,
      message: 'old news',
      advice: '',
      mirror: b,
    }
    const { summary } = await healed(repository, { findings: [finding] })
    assert.deepEqual([summary.mended, summary.refused], [[], []])
  })

  test('a destination that changes what it stores is found out at once', async () => {
    const [a, b] = ['memory:a', 'memory:b'].map((location) => memoryStorage({ location }))
    const objects = await readObjects(bench.repository)
    for (const { objects: each } of [a!, b!]) for (const [name, bytes] of objects) each.set(name, bytes)
    const pack = [...objects.keys()].find((name) => name.startsWith('data/'))!
    b!.objects.delete(pack)
    const lying = failing(b!, { mishap: 'lies', at: 1, concerns: ({ method, kind }) => method === 'save' && kind === 'data' })
    await using repository = await bench.open([a!, lying])
    const { summary } = await healed(repository)
    assert.ok(!summary.isSound)
    assert.match(summary.refused[0]!.message, /just stored, and read back/)
    assert.ok((await healed(repository)).summary.isSound, 'the next run mends it')
  })

  test('the plan is a value: what, where, in which order, and what is left to others', async () => {
    const { a, open } = await twoMirrors('plan')
    await rm(join(a, 'config'))
    const [index] = await bench.names('index', a)
    await rm(join(a, 'index', index!))
    await using repository = await open()
    const findings: CheckFinding[] = []
    for await (const event of check(repository)) if (event.kind === 'finding') findings.push(event.finding)
    const plan = planHeal(findings)
    assert.deepEqual(plan.items[0], { kind: 'config', object: '', mirrors: [a] })
    assert.deepEqual(plan.keyless, [])
  })
})
