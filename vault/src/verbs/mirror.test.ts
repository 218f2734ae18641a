import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { StorageError } from '#errors'
import { initRepository, Mirror, MirrorRegistry, openRepository, type Repository } from '#repository'
import { failing, forwarding, localFolderStorage, type MemoryStorage, memoryStorage, openStorage, type Storage } from '#storage'
import { startRestServer } from '../../../tests/peers/rest-server.ts'
import { type BackupEvent, backup } from './backup/index.ts'
import { type CatchUpEvent, catchUp, catchUpUnderLock } from './catch-up.ts'
import { check } from './check/index.ts'
import { readObjects, seeded } from './damage.suite.ts'
import { aloneWith } from './each-mirror.ts'
import { addMirror, attachMirrors, listMirrors, mirrorsThatLack, removeMirror } from './mirror.ts'
import { planPrune, prune } from './prune/index.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

const CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'

async function caughtUp(events: AsyncIterable<CatchUpEvent>) {
  const last = await lastOf(events)
  assert.ok(last.kind === 'summary')
  return last.summary
}

async function backedUp(repository: Repository, source: string) {
  const last: BackupEvent = await lastOf(backup(repository, [source]))
  assert.ok(last.kind === 'summary')
  return last.summary
}

async function pruned(repository: Repository): Promise<void> {
  await using lock = await repository.lock({ purpose: 'prune', exclusive: true })
  await lastOf(prune(repository, await planPrune(repository, { lock, mode: 'instant', graceMs: 0, maxUnused: { bytes: 0 } })))
}

describe('mirrors', { concurrency: 3 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    await bench.fill(6, 40_000, 'first')
    await bench.backup()
    await bench.fill(4, 50_000, 'second')
    await bench.backup()
  })
  after(() => bench[Symbol.asyncDispose]())

  const registryFor = (repository: Repository, name: string) =>
    new MirrorRegistry(repository.id, { folder: bench.path(`state-${name}`) })

  async function requireSame(a: string, b: string, kinds = ['data', 'index', 'snapshots', 'config']): Promise<void> {
    const [inA, inB] = [await readObjects(a), await readObjects(b)]
    const names = (objects: Map<string, unknown>) =>
      [...objects.keys()].filter((key) => kinds.includes(key.split('/')[0]!)).sort()
    assert.deepEqual(names(inA), names(inB))
    for (const name of names(inA)) assert.ok(Buffer.compare(inA.get(name)!, inB.get(name)!) === 0, name)
  }

  test('a new mirror: the same objects, the same key, a whole repository alone; the next backup goes to both', async () => {
    const [a, b] = [await bench.copyTo('add-a'), bench.path('add-b')]
    await using repository = await bench.open(a)
    const registry = registryFor(repository, 'add')
    const summary = await caughtUp(addMirror(repository, registry, b, { name: 'disk' }))
    assert.equal(summary.copied.snapshots, 2)
    await requireSame(a, b, ['data', 'index', 'snapshots', 'config', 'keys'])
    await bench.check({ repository: b })
    assert.equal(await bench.restoreAll(b), 2)
    assert.deepEqual(
      listMirrors(registry).map(({ name, address, behind, owed }) => [name, address, behind, owed]),
      [
        ['add-a', a, undefined, 0],
        ['disk', b, undefined, 0],
      ],
    )
    await backedUp(repository, bench.source)
    await requireSame(a, b)
    await bench.check({ repository: b })
  })

  test('a mirror with a password of its own opens with it, and with no other', async () => {
    const [a, b] = [await bench.copyTo('own-a'), bench.path('own-b')]
    await using repository = await bench.open(a)
    await caughtUp(addMirror(repository, registryFor(repository, 'own'), b, { password: 'its own' }))
    await bench.restic(['check', '--read-data'], { repository: b, env: { RESTIC_PASSWORD: 'its own' } })
    assert.equal((await bench.restic(['snapshots'], { repository: b, allow: 'any' })).status, 12)
    await requireSame(a, b)
  })

  test('a place that holds something else is refused and left as it is', async () => {
    const a = await bench.copyTo('refuse-a')
    await bench.init('refuse-other')
    await using repository = await bench.open(a)
    const registry = registryFor(repository, 'refuse')
    const before = await readObjects(bench.path('refuse-other'))
    await assert.rejects(caughtUp(addMirror(repository, registry, bench.path('refuse-other'))), { code: 'repository-exists' })
    assert.deepEqual(await readObjects(bench.path('refuse-other')), before)
    assert.equal(listMirrors(registry).length, 1)
    assert.equal(repository.storage.mirrors.length, 1)
  })

  test('where a crash has left an empty configuration a mirror, or a repository, is made all the same', async () => {
    await using repository = await bench.open(await bench.copyTo('crashed-a'))
    const registry = registryFor(repository, 'crashed')
    const init = (place: string) => initRepository(localFolderStorage(place), { password: 'x', scrypt: { n: 2, r: 1, p: 1 } })
    for (const [name, make] of [
      ['crashed-mirror', (place: string) => caughtUp(addMirror(repository, registry, place))],
      ['crashed-init', async (place: string) => (await init(place))[Symbol.asyncDispose]()],
    ] as const) {
      const place = bench.path(name)
      await mkdir(place)
      await writeFile(join(place, 'config'), '')
      await assert.rejects(make(place), { code: 'repository-exists' })
      await utimes(join(place, 'config'), 0, 0)
      await make(place)
      assert.ok((await localFolderStorage(place).load('config', '')).length > 0)
    }
  })

  test('another path to a folder that is a mirror already is no second mirror', async () => {
    const a = await bench.copyTo('same-a')
    await using repository = await bench.open(a)
    const registry = registryFor(repository, 'same')
    await symlink(a, bench.path('same-link'))
    const again = (place: string) => caughtUp(addMirror(repository, registry, place))
    await assert.rejects(again(bench.path('same-link')), { code: 'usage', message: /is a mirror already, by another address/ })
    const b = bench.path('same-b')
    await again(b)
    repository.storage.markBehind(repository.storage.mirrors[1]!, { code: 'away', reason: 'was away' })
    await symlink(b, bench.path('same-link-b'))
    await assert.rejects(again(bench.path('same-link-b')), { code: 'usage' })
    assert.deepEqual(
      listMirrors(registry).map(({ address }) => address),
      [a, b],
    )
    for (const place of [a, b]) assert.deepEqual(await bench.names('locks', place), [])
  })

  test('one place under two addresses is one: it is not opened as two mirrors', async () => {
    const a = await bench.copyTo('twice-a')
    await symlink(a, bench.path('twice-link'))
    const refused = { code: 'usage', message: /leads to the same place as/ }
    for (const other of [bench.path('twice-link'), `${a}/`, join(a, '..', 'twice-link', '.')])
      await assert.rejects(bench.open([localFolderStorage(a), localFolderStorage(other)]), refused)
    const address = 'rest:http://127.0.0.1:9/x'
    await assert.rejects(openRepository([address, a, `${address}/`], { password: 'x' }), refused)
  })

  test('init refuses one place under two addresses and stores no key there; of one address written twice it makes no folder', async () => {
    const init = (places: readonly string[]) => initRepository(places, { password: 'x', scrypt: { n: 2, r: 1, p: 1 } })
    const refused = { code: 'usage', message: /leads to the same place as/ }
    const place = bench.path('twice-new')
    await assert.rejects(init([place, `${place}/`]), refused)
    assert.ok(!existsSync(place))
    await symlink(dirname(place), bench.path('twice-new-link'))
    await assert.rejects(init([place, join(bench.path('twice-new-link'), basename(place))]), refused)
    assert.deepEqual(await bench.names('keys', place), [])
  })

  test('a mirror that is opened by another address is the one that is known, with what it owes', async () => {
    const [a, b] = [await bench.copyTo('moved-a'), bench.path('moved-b')]
    const link = bench.path('moved-link')
    await symlink(a, link)
    let registry: MirrorRegistry
    {
      await using repository = await bench.open(a)
      registry = registryFor(repository, 'moved')
      await caughtUp(addMirror(repository, registry, b))
      registry.noteOwed({ mirror: 'moved-a', kind: 'data', object: 'f'.repeat(64) })
    }
    const written = () => readFile(join(registry.folder, 'mirrors.json'), 'utf8')
    const before = await written()
    for (const place of [link, a]) {
      await using repository = await bench.open(place)
      const { names } = await attachMirrors(repository, registry)
      assert.deepEqual([...names.values()].sort(), ['moved-a', 'moved-b'])
      // The address of today may be that of a passing mount.
      assert.equal(await written(), before)
      assert.equal(repository.storage.mirrors[0]!.debts.size, 1)
      const c = bench.path(`moved-to-${place === a ? 'c' : 'd'}`)
      await caughtUp(addMirror(repository, registry, c))
      await removeMirror(registry, c, repository)
      assert.equal(await written(), before)
    }
    // As when the mount point of one disk has become a link to the other.
    registry.add(link)
    await using repository = await bench.open(a)
    await attachMirrors(repository, registry)
    assert.equal(registry.find(link)!.behind?.reason, `${link}: is the mirror ${a} by another address`)
    assert.equal(repository.storage.current.length, 2)
    // Nor does it catch up with itself.
    await assert.rejects(caughtUp(catchUp(repository, repository.storage.mirrors[2]!)), { code: 'usage' })
    await removeMirror(registry, link, repository)
    assert.equal(repository.storage.mirrors.length, 2)
  })

  test('a mirror that is opened by another address is let go by its name', async () => {
    const [a, b] = [await bench.copyTo('named-a'), bench.path('named-b')]
    await symlink(a, bench.path('named-link'))
    let registry: MirrorRegistry
    {
      await using repository = await bench.open(a)
      registry = registryFor(repository, 'named')
      await caughtUp(addMirror(repository, registry, b))
    }
    await using repository = await bench.open(bench.path('named-link'))
    await attachMirrors(repository, registry)
    await removeMirror(registry, 'named-a', repository)
    assert.deepEqual(
      repository.storage.mirrors.map(({ location }) => location),
      [b],
    )
  })

  test('forgetting a mirror deletes nothing there', async () => {
    const [a, b] = [await bench.copyTo('remove-a'), bench.path('remove-b')]
    await using repository = await bench.open(a)
    const registry = registryFor(repository, 'remove')
    await caughtUp(addMirror(repository, registry, b))
    const before = await readObjects(b)
    await removeMirror(registry, 'remove-b', repository)
    assert.deepEqual(
      listMirrors(registry).map(({ address }) => address),
      [a],
    )
    await backedUp(repository, bench.source)
    assert.deepEqual(await readObjects(b), before)
    await assert.rejects(removeMirror(registry, 'remove-b'), { code: 'usage' })
  })

  /** Opens `a` and takes in the mirrors that the registry knows; `away` stands in for those that fail. */
  async function openKnown(
    a: string,
    registry: MirrorRegistry,
  ): Promise<{ repository: Repository; names: ReadonlyMap<Mirror, string> }> {
    const repository = await bench.open(a)
    const { names } = await attachMirrors(repository, registry)
    return { repository, names }
  }

  test('away during a backup and a prune: it then gets what it lacks, lets go of what it owes, and nothing else', async () => {
    const [a, b] = [await bench.copyTo('away-a'), bench.path('away-b')]
    const registry = new MirrorRegistry(JSON.parse((await bench.restic(['cat', 'config'])).stdout).id, {
      folder: bench.path('state-away'),
    })
    {
      await using repository = await bench.open(a)
      await caughtUp(addMirror(repository, registry, b))
    }
    // A pack of nobody's, which was never owed.
    await using stray = await bench.open(a)
    const bytes = stray.primitives.randomBytes(500)
    const strayName = stray.primitives.sha256Hex(bytes)
    await localFolderStorage(b).save('data', strayName, bytes)
    await cp(b, `${b}-away`, { recursive: true })
    await rm(b, { recursive: true })
    {
      const { repository } = await openKnown(a, registry)
      await using _ = repository
      assert.match(registry.find('away-b')!.behind!.reason, /no such object|not there/)
      for (const { id } of await repository.snapshots()) await repository.storage.remove('snapshots', id)
      await bench.write('new', 'written while it was away')
      await bench.remove('first0', 'first1')
      await backedUp(repository, bench.source)
      await pruned(repository)
      assert.ok(registry.owed('away-b').size >= 4)
    }
    await cp(`${b}-away`, b, { recursive: true })
    {
      const { repository, names } = await openKnown(a, registry)
      await using _ = repository
      const mirror = repository.storage.mirrors.find(({ location }) => location === b)!
      assert.ok(!mirror.isCurrent)
      const summary = await caughtUp(catchUp(repository, mirror, { registry, name: names.get(mirror)! }))
      assert.equal(summary.stillOwed, 0)
      assert.ok(summary.removed >= 4 && summary.copied.snapshots === 1)
      assert.ok(mirror.isCurrent)
    }
    assert.equal(registry.find('away-b')!.behind, undefined)
    assert.ok((await bench.names('data', b)).includes(strayName), 'what was not owed stays')
    await rm(join(b, 'data', strayName.slice(0, 2), strayName))
    await requireSame(a, b)
    await bench.check({ repository: b })
  })

  test('what somebody backed up to a mirror alone keeps what it needs there, whatever was pruned elsewhere', async () => {
    const [a, b] = [await bench.copyTo('foreign-a'), bench.path('foreign-b')]
    await using repository = await bench.open(a)
    const registry = registryFor(repository, 'foreign')
    await caughtUp(addMirror(repository, registry, b))
    const old = await bench.names('snapshots', b)
    for (const name of old) registry.noteOwed({ mirror: 'foreign-b', kind: 'snapshots', object: name })
    for (const kind of ['index', 'data'] as const) {
      for (const name of await bench.names(kind, b)) registry.noteOwed({ mirror: 'foreign-b', kind, object: name })
    }
    // As after a prune on the first mirror alone.
    for (const kind of ['snapshots', 'index', 'data'] as const) {
      for (const name of await bench.names(kind, a)) await localFolderStorage(a).remove(kind, name)
    }
    await bench.restic(['backup', bench.source], { repository: b })
    const mirror = repository.storage.mirrors[1]!
    repository.storage.markBehind(mirror, { code: 'away', reason: 'was away' })
    const events = await Array.fromAsync(catchUp(repository, mirror, { registry, name: 'foreign-b' }))
    const findings = events.flatMap((event) => (event.kind === 'finding' ? [event.finding.kind] : []))
    assert.deepEqual(findings, ['config'])
    assert.equal(registry.owed('foreign-b').size, 0, 'what is needed there is owed no more')
    assert.equal((await bench.names('snapshots', b)).length, 1)
    await bench.check({ repository: b })
  })

  test('a removal that is owed is none any more when an index there names the pack', async () => {
    const [a, b] = [await bench.copyTo('needed-a'), bench.path('needed-b')]
    await using repository = await bench.open(a)
    const registry = registryFor(repository, 'needed')
    await caughtUp(addMirror(repository, registry, b))
    const [pack] = await bench.names('data', a)
    const [snapshot] = await bench.names('snapshots', a)
    registry.noteOwed({ mirror: 'needed-b', kind: 'data', object: pack! })
    registry.noteOwed({ mirror: 'needed-b', kind: 'snapshots', object: snapshot! })
    const mirror = repository.storage.mirrors[1]!
    const summary = await caughtUp(catchUp(repository, mirror, { registry, name: 'needed-b' }))
    assert.deepEqual([summary.removed, summary.stillOwed, registry.owed('needed-b').size], [0, 0, 0])
    await requireSame(a, b)
  })

  /** Two mirrors, of which the second was away while the first one let go of a snapshot and all that it needed alone. */
  async function pruneWithoutSecond(name: string) {
    const [a, b] = [await bench.copyTo(`${name}-a`), bench.path(`${name}-b`)]
    const repository = await bench.open(a)
    const registry = registryFor(repository, name)
    await caughtUp(addMirror(repository, registry, b))
    await attachMirrors(repository, registry)
    const mirror = repository.storage.mirrors[1]!
    repository.storage.markBehind(mirror, { code: 'away', reason: 'was away' })
    const [first] = await repository.snapshots()
    await repository.storage.remove('snapshots', first!.id)
    await pruned(repository)
    assert.ok([...registry.owed(`${name}-b`)].some((key) => key.startsWith('data/')))
    return { a, b, repository, registry, mirror, options: { registry, name: `${name}-b` } }
  }

  test('stock repair there makes an index of packs that were to go: they live again, and come to the others with it', async () => {
    const { a, b, repository, registry, mirror, options } = await pruneWithoutSecond('repaired')
    await using _ = repository
    await bench.restic(['repair', 'index'], { repository: b })
    await caughtUp(catchUp(repository, mirror, options))
    await bench.check({ repository: b })
    assert.ok(![...registry.owed('repaired-b')].some((key) => key.startsWith('data/')))
    const [lacking] = await mirrorsThatLack(repository)
    assert.equal(lacking?.location, a)
    await caughtUp(catchUp(repository, lacking!, { registry, name: 'repaired-a' }))
    await bench.check({ repository: a })
    await requireSame(a, b)
  })

  test('an index that cannot be removed there keeps its packs', async () => {
    const { b, repository, mirror, options } = await pruneWithoutSecond('kept-index')
    await using _ = repository
    const { storage } = mirror
    const remove: Storage['remove'] = async (kind, name, how) => {
      if (kind === 'index') throw new StorageError('failed', 'not now')
      await storage.remove(kind, name, how)
    }
    const moody = new Mirror(Object.assign(Object.create(storage) as Storage, { remove }), mirror.behind)
    const summary = await caughtUp(catchUp(repository, moody, options))
    assert.ok(summary.removed === 1 && summary.stillOwed >= 2)
    await bench.check({ repository: b })
  })

  test('a stock backup that begins while indexes go finds what it counted on', async () => {
    const { b, repository, mirror, options } = await pruneWithoutSecond('meanwhile')
    await using _ = repository
    await bench.fill(6, 40_000, 'first') // what only the forgotten snapshot had
    const { storage } = mirror
    let isFirst = true
    const remove: Storage['remove'] = async (kind, name, how) => {
      if (kind === 'index' && isFirst) await bench.restic(['backup', bench.source], { repository: b })
      if (kind === 'index') isFirst = false
      await storage.remove(kind, name, how)
    }
    const watched = new Mirror(Object.assign(Object.create(storage) as Storage, { remove }), mirror.behind)
    const events = await Array.fromAsync(catchUp(repository, watched, options))
    assert.ok(!isFirst && events.some((event) => event.kind === 'finding' && event.finding.kind === 'snapshots'))
    await bench.check({ repository: b })
  })

  /** The mirror, with something that happens to it as soon as it is being shown that it needs nothing of what it owes. */
  function whileShown(mirror: Mirror, act: () => Promise<unknown>): Mirror {
    const { storage } = mirror
    let isFirst = true
    const load: Storage['load'] = async (kind, name, how) => {
      if (kind === 'data' && isFirst) {
        isFirst = false
        await act()
      }
      return storage.load(kind, name, how)
    }
    return new Mirror(Object.assign(Object.create(storage) as Storage, { load }), mirror.behind)
  }

  const changes = {
    'an index that comes': async ({ repository, mirror }: Awaited<ReturnType<typeof pruneWithoutSecond>>) => {
      const alone = aloneWith(repository, mirror)
      const [owed] = [...mirror.debts].filter((key) => key.startsWith('index/'))
      const json = await alone.loadUnpacked('index', owed!.slice('index/'.length))
      // The same packs, in an index file that nobody has seen yet.
      await alone.saveUnpacked('index', new TextEncoder().encode(`${new TextDecoder().decode(json)} `))
    },
    'an index that goes': async ({ mirror, b }: Awaited<ReturnType<typeof pruneWithoutSecond>>) => {
      const stays = (await bench.names('index', b)).find((name) => !mirror.debts.has(`index/${name}`))
      await mirror.storage.remove('index', stays!)
    },
  }
  for (const [name, change] of Object.entries(changes)) {
    test(`${name} on a mirror while it is shown what it can do without: what it owes stays until the next time`, async () => {
      const second = await pruneWithoutSecond(name.replaceAll(' ', '-'))
      const { b, repository, registry, mirror, options } = second
      await using _ = repository
      const owed = [...registry.owed(options.name)].filter((key) => /^(index|data)/.test(key))
      const watched = whileShown(mirror, () => change(second))
      const events = await Array.fromAsync(catchUp(repository, watched, options))
      const findings = events.flatMap((event) => (event.kind === 'finding' ? [event.finding] : []))
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ['index'],
      )
      const there = new Set(await Promise.all([bench.names('index', b), bench.names('data', b)]).then((names) => names.flat()))
      for (const key of owed) assert.ok(there.has(key.slice(key.indexOf('/') + 1)), key)
      assert.ok(new Set(owed).isSubsetOf(registry.owed(options.name)))
    })
  }

  test('whoever catches a mirror up under a lock of theirs holds it there before the one for catching up goes', async () => {
    const [a, b] = [await bench.copyTo('locked-a'), await bench.copyTo('locked-b')]
    const storage = localFolderStorage(b)
    const left: number[] = []
    const remove: Storage['remove'] = async (kind, name, how) => {
      await storage.remove(kind, name, how)
      if (kind === 'locks') left.push((await bench.names('locks', b)).length)
    }
    await using repository = await bench.open([localFolderStorage(a), { ...forwarding(storage), remove }])
    const mirror = repository.storage.mirrors[1]!
    repository.storage.markBehind(mirror, { code: 'away', reason: 'was away' })
    await using lock = await repository.lock({ exclusive: false })
    await catchUpUnderLock(repository, mirror, lock, { signal: new AbortController().signal }, () => {})
    assert.ok(mirror.isCurrent)
    assert.deepEqual(await bench.names('locks', b), [lock.id])
    assert.ok(left.length > 0 && !left.includes(0), `locks left after each removal: ${left}`)
  })

  test('who holds a mirror alone, a stock prune say, is not copied beside', async () => {
    const { b, repository, mirror, options } = await pruneWithoutSecond('held')
    await using _ = repository
    await using alone = await bench.open(b)
    await using _lock = await alone.lock({ exclusive: true })
    await assert.rejects(caughtUp(catchUp(repository, mirror, options)), { code: 'locked' })
    assert.ok(!mirror.isCurrent)
  })

  test('when none that is current answers, one that was behind is gone on with; what both got alone they have in the end', async () => {
    const { a, b, repository, registry } = await pruneWithoutSecond('turns')
    await repository[Symbol.asyncDispose]()
    await rename(a, `${a}-away`)
    {
      await using second = await bench.open(b)
      await attachMirrors(second, registry)
      assert.deepEqual(
        second.storage.mirrors.map(({ location, isCurrent }) => [location, isCurrent]),
        [
          [b, true],
          [a, false],
        ],
      )
      assert.equal(registry.owed('turns-b').size, 0)
      await bench.write('turns', 'written while the first was away')
      await backedUp(second, bench.source)
      await bench.check({ repository: b })
    }
    await rename(`${a}-away`, a)
    await using both = await bench.open(b)
    await attachMirrors(both, registry)
    for (const mirror of both.storage.mirrors.filter(({ isCurrent }) => !isCurrent))
      await caughtUp(catchUp(both, mirror, { registry, name: registry.find(mirror.location)!.name }))
    for (const mirror of await mirrorsThatLack(both))
      await caughtUp(catchUp(both, mirror, { registry, name: registry.find(mirror.location)!.name }))
    await requireSame(a, b)
    for (const place of [a, b]) await bench.check({ repository: place })
  })

  test('the last mirror that is left is behind nobody and owes nothing', async () => {
    const { a, b, repository, registry } = await pruneWithoutSecond('last')
    await repository[Symbol.asyncDispose]()
    await rm(a, { recursive: true })
    await removeMirror(registry, a)
    assert.deepEqual([registry.find(b)?.behind, registry.owed('last-b').size], [undefined, 0])
    await using second = await bench.open(b)
    await attachMirrors(second, registry)
    await backedUp(second, bench.source)
    await bench.check({ repository: b })
  })

  test('a mirror that is full stops nobody; with room again it goes on where it stopped', async () => {
    const source = await readObjects(bench.repository)
    const a = memoryStorage({ location: 'memory:a', objects: source })
    const b = memoryStorage({ location: 'memory:b' })
    let room = 0
    const full: Storage = {
      ...failing(b, { mishap: 'fails', at: 1e9 }),
      save: async (kind, name, bytes, options) => {
        if (kind === 'data') room -= bytes.length
        if (kind === 'data' && room < 0) throw new StorageError('full', 'no room left')
        return b.save(kind, name, bytes, options)
      },
    }
    await using repository = await bench.open([a])
    const registry = registryFor(repository, 'full')
    await assert.rejects(caughtUp(addMirror(repository, registry, full)), { code: 'storage-full' })
    const mirror = repository.storage.mirrors[1]!
    assert.ok(!mirror.isCurrent)
    room = 250_000
    await assert.rejects(caughtUp(catchUp(repository, mirror, { registry, name: 'memory-b' })), { code: 'storage-full' })
    const copied = [...b.objects.keys()].filter((key) => key.startsWith('data/')).length
    assert.ok(copied > 0)
    assert.ok(![...b.objects.keys()].some((key) => key.startsWith('index/') || key.startsWith('snapshots/')), 'packs come first')
    room = 1e9
    const summary = await caughtUp(catchUp(repository, mirror, { registry, name: 'memory-b' }))
    assert.equal(summary.copied.data, [...source.keys()].filter((key) => key.startsWith('data/')).length - copied)
    requireMirrored(a, b)
  })

  function requireMirrored(a: MemoryStorage, b: MemoryStorage): void {
    const names = ({ objects }: MemoryStorage) => [...objects.keys()].filter((key) => !/^(locks|keys)/.test(key)).sort()
    assert.deepEqual(names(b), names(a))
    for (const name of names(a)) assert.ok(Buffer.compare(a.objects.get(name)!, b.objects.get(name)!) === 0, name)
  }

  test('whatever call it dies at, the mirror alone is consistent, and the next run finishes', async (context) => {
    const objects = await readObjects(bench.repository)
    const count = async () => {
      const storage = failing(memoryStorage({ location: 'memory:b' }), { mishap: 'dies', at: 1e9 })
      await using repository = await bench.open([memoryStorage({ location: 'memory:a', objects: new Map(objects) })])
      await caughtUp(addMirror(repository, registryFor(repository, 'count'), storage))
      return storage.operations
    }
    const calls = await count()
    const random = seeded(Number(process.env.COURONNE_SEED ?? Date.now()))
    const points = CAMPAIGN
      ? Array.from({ length: calls }, (_, i) => i + 1)
      : Array.from({ length: 6 }, () => 1 + Math.floor(random() * calls))
    for (const at of points) {
      context.diagnostic(`dies at call ${at} of ${calls}`)
      const a = memoryStorage({ location: 'memory:a', objects: new Map(objects) })
      const b = memoryStorage({ location: 'memory:b' })
      {
        await using repository = await bench.open([a])
        const registry = new MirrorRegistry(repository.id, { folder: bench.path(`state-dies-${at}`) })
        await caughtUp(addMirror(repository, registry, failing(b, { mishap: 'dies', at }))).catch(() => undefined)
      }
      await requireConsistent(b)
      await using repository = await bench.open([a])
      const registry = new MirrorRegistry(repository.id, { folder: bench.path(`state-dies-${at}`) })
      await caughtUp(addMirror(repository, registry, b))
      requireMirrored(a, b)
      await rm(bench.path(`state-dies-${at}`), { recursive: true })
    }
  })

  /** Every index names packs that are there, every snapshot has its tree: as far as it has come. */
  async function requireConsistent(storage: MemoryStorage): Promise<void> {
    if (!storage.objects.has('config/')) return
    await using repository = await bench.open([storage])
    for await (const event of check(repository, { readData: 'all', withoutLock: true })) {
      if (event.kind === 'finding') assert.notEqual(event.finding.severity, 'error', event.finding.message)
    }
  }

  test('a source that does not answer just then is no damage: the run fails, and the next one is whole', async () => {
    const a = memoryStorage({ location: 'memory:a', objects: await readObjects(bench.repository) })
    const silent = failing(a, { mishap: 'fails', at: 1, concerns: ({ method, kind }) => method === 'load' && kind === 'data' })
    const b = memoryStorage({ location: 'memory:b' })
    await using repository = await bench.open([silent])
    const registry = registryFor(repository, 'silence')
    await assert.rejects(caughtUp(addMirror(repository, registry, b)), { code: 'storage-unreachable' })
    assert.equal(registry.find('memory:b')?.behind?.code, 'filling')
    const summary = await caughtUp(addMirror(repository, registry, b))
    assert.equal(summary.notCopied, 0)
    requireMirrored(a, b)
  })

  test('a pack that the first mirror has damaged is copied from the second, and junk from nobody', async () => {
    const objects = await readObjects(bench.repository)
    const [a, b, c] = ['a', 'b', 'c'].map((name) =>
      memoryStorage({ location: `memory:${name}`, objects: name === 'c' ? new Map() : new Map(objects) }),
    ) as [MemoryStorage, MemoryStorage, MemoryStorage]
    const pack = [...objects.keys()].find((key) => key.startsWith('data/'))!
    a.objects.set(
      pack,
      a.objects.get(pack)!.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    )
    await using repository = await bench.open([a, b])
    const junk = repository.primitives.randomBytes(900)
    a.objects.set(`index/${repository.primitives.sha256Hex(junk)}`, junk)
    const events = await Array.fromAsync(addMirror(repository, registryFor(repository, 'damaged'), c))
    assert.deepEqual(
      events.flatMap((event) => (event.kind === 'finding' ? [event.finding.kind] : [])),
      ['index'],
    )
    requireMirrored(b, c)
  })

  test('a damaged pack that no index names, as an interrupted run leaves it, makes no mirror damaged', async () => {
    const a = memoryStorage({ location: 'memory:a', objects: await readObjects(bench.repository) })
    const b = memoryStorage({ location: 'memory:b' })
    a.objects.set(`data/${'ab'.repeat(32)}`, new Uint8Array(100))
    await using repository = await bench.open([a])
    const registry = registryFor(repository, 'needless')
    const events = await Array.fromAsync(addMirror(repository, registry, b))
    const findings = events.flatMap((event) => (event.kind === 'finding' ? [[event.finding.severity, event.finding.object]] : []))
    assert.deepEqual(findings, [['warning', 'ab'.repeat(32)]])
    assert.equal(registry.find('memory:b')!.behind, undefined)
  })

  test('a mirror that another machine left behind is noticed by what it lists', async () => {
    const [a, b] = [await bench.copyTo('silent-a'), bench.path('silent-b')]
    await using repository = await bench.open(a)
    const registry = registryFor(repository, 'silent')
    await caughtUp(addMirror(repository, registry, b))
    await bench.restic(['backup', 'source'], { repository: a })
    const { repository: next, names } = await openKnown(a, registry)
    await using _ = next
    const mirror = next.storage.mirrors[1]!
    assert.match(mirror.behind!.reason, /lacks \d+ of \d+ indexes and snapshots/)
    await caughtUp(catchUp(next, mirror, { registry, name: names.get(mirror)! }))
    await requireSame(a, b)
  })

  test('an append-only mirror owes what it does not let go of, is current all the same, and check knows', async () => {
    await using server = await startRestServer({ appendOnly: true })
    const a = await bench.copyTo('owes-a')
    const b = join(server.folder, 'b')
    await using repository = await bench.open(a)
    const registry = registryFor(repository, 'owes')
    await caughtUp(
      addMirror(repository, registry, await openStorage(`${server.address}b/`, { retry: { totalMs: 100 } }), { name: 'rest' }),
    )
    const { owed, names } = await attachMirrors(repository, registry)
    const [first] = await repository.snapshots()
    await repository.storage.remove('snapshots', first!.id)
    await pruned(repository)
    const mirror = repository.storage.mirrors[1]!
    assert.ok(mirror.isCurrent && registry.owed('rest').size >= 2)
    const errors = (await Array.fromAsync(check(repository, { readData: 'all', owed }))).filter(
      (event) => event.kind === 'finding' && event.finding.severity === 'error',
    )
    assert.deepEqual(errors, [])
    const summary = await caughtUp(catchUp(repository, mirror, { registry, name: names.get(mirror)! }))
    assert.equal(summary.stillOwed, registry.owed('rest').size)
    await bench.check({ repository: b })
  })

  test('catching up is refused where there is no other mirror', async () => {
    await using repository = await bench.open()
    await assert.rejects(caughtUp(catchUp(repository, repository.storage.mirrors[0]!)), { code: 'usage' })
  })

  test('a damaged list of mirrors is said before anything is done', async () => {
    await using repository = await bench.open()
    const registry = registryFor(repository, 'damaged-list')
    registry.add('/somewhere')
    await writeFile(join(registry.folder, 'mirrors.json'), 'junk')
    await assert.rejects(attachMirrors(repository, registry), { code: 'format' })
  })
})
