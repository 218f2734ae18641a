import assert from 'node:assert/strict'
import { readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type BlobId, decodeIndexFile, decodeUnpacked, encodeIndexFile, encodeLock, encodeUnpacked, seal } from '#format'
import { initRepository, type Repository } from '#repository'
import { failing, localFolderStorage, memoryStorage, type ObjectKind, type Storage } from '#storage'
import { type CheckFinding, type CheckOptions, type CheckSummary, check, type ReadData } from './check/index.ts'
import { readObjects } from './damage.suite.ts'
import { Fixture } from './fixtures.suite.ts'
import { StockBench } from './stock-bench.suite.ts'

async function judge(
  repository: Repository,
  options: CheckOptions = { readData: 'all' },
): Promise<{ findings: CheckFinding[]; summary: CheckSummary }> {
  const findings: CheckFinding[] = []
  for await (const event of check(repository, { withoutLock: true, ...options })) {
    if (event.kind === 'finding') findings.push(event.finding)
    if (event.kind === 'summary') return { findings, summary: event.summary }
  }
  throw new Error('no summary came')
}

const codes = (findings: readonly CheckFinding[]) => findings.map(({ severity, code }) => `${severity} ${code}`).sort()

describe('repositories of the restic project are judged as restic 0.18 judges them', { concurrency: 3 }, () => {
  const good = ['repo-duplicates', 'repo-same-timestamps']
  const expected: Readonly<Record<string, readonly string[]>> = {
    'repo-data-missing': ['error pack-missing'],
    'repo-index-missing': ['error tree-missing', 'hint pack-unindexed', 'hint pack-unindexed'],
    'repo-layout-default': ['hint pack-mixed', 'hint pack-mixed', 'hint pack-mixed'],
    'repo-mixed': ['hint pack-mixed'],
    'repo-obsolete-index': ['warning pack-twice', 'warning pack-twice'],
    'repo-restore-permissions-test': ['hint pack-mixed', 'hint pack-mixed'],
    'repo-unreferenced-data': ['hint pack-unindexed'],
    'small-repo': ['hint pack-mixed', 'hint pack-mixed', 'hint pack-mixed'],
    ...Object.fromEntries(good.map((name) => [name, []])),
  }
  for (const [name, findings] of Object.entries(expected)) {
    test(`${name}: ${findings.length === 0 ? 'nothing to say' : [...new Set(findings)].join(', ')}`, async () => {
      await using fixture = await Fixture.unpack(name)
      await using repository = await fixture.open()
      const ours = await judge(repository)
      const theirs = await fixture.restic('check', '--read-data', '--no-lock')
      assert.deepEqual(codes(ours.findings), findings)
      assert.equal(ours.summary.isSound, theirs.status === 0, theirs.stdout + theirs.stderr)
      assert.equal((await judge(repository, {})).summary.isSound, theirs.status === 0)
    })
  }

  for (const [name, password] of [
    ['rustic/restic-repo', 'restic'],
    ['rustic/rustic-repo', 'rustic'],
  ] as const) {
    test(`${name}: sound in version 2`, async () => {
      await using fixture = await Fixture.unpack(name, password)
      await using repository = await fixture.open()
      const { summary, findings } = await judge(repository)
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error'),
        [],
      )
      assert.ok(summary.isSound && summary.trees > 0 && summary.packsRead > 0)
    })
  }
})

/** Puts bytes under a name of one's choice, or under their hash. */
async function plant(folder: string, kind: ObjectKind, bytes: Uint8Array, repository: Repository): Promise<string> {
  const name = repository.primitives.sha256Hex(bytes)
  await localFolderStorage(folder).save(kind, name, bytes)
  return name
}

describe('check', { concurrency: 3 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    await bench.fill(6, 40_000, 'first')
    await bench.write('text', 'a text that compresses well, '.repeat(2000))
    await bench.backup()
    await bench.fill(4, 50_000, 'second')
    await bench.backup()
  })
  after(() => bench[Symbol.asyncDispose]())

  test('a sound repository: no finding, every pack read, the lock given back', async () => {
    await using repository = await bench.open()
    const { findings, summary } = await judge(repository, { readData: 'all', withoutLock: false })
    assert.deepEqual(findings, [])
    assert.equal(summary.packsRead, summary.packs)
    assert.equal(summary.snapshots, 2)
    assert.ok(summary.trees >= 4 && summary.bytesRead > 400_000)
    assert.deepEqual(await bench.names('locks'), [])
  })

  for (const [what, move, expected] of [
    ['is no error', 0, 'warning pack-twice'],
    ['is one where they name the same bytes differently', 1, 'error pack-contradictory'],
  ] as const) {
    test(`a pack that two index files describe in parts ${what}`, async () => {
      const place = await bench.copyTo(`parts-${move}`)
      await using repository = await bench.open(place)
      await repository.loadIndex()
      for (const name of repository.indexFiles) {
        const { packs } = decodeIndexFile(await repository.objects.loadUnpacked('index', name))
        const some = packs.map((pack) => ({ ...pack, blobs: pack.blobs.slice(0, 2) }))
        const others = packs.map(({ blobs, ...pack }) => ({
          ...pack,
          blobs: [...blobs.slice(1, 2).map((blob) => ({ ...blob, offset: blob.offset - move })), ...blobs.slice(2)],
        }))
        const save = (part: typeof packs) =>
          repository.objects.saveUnpacked('index', encodeIndexFile({ packs: part, packsToDelete: [] }))
        await save(some)
        await save(others)
        await repository.storage.remove('index', name)
      }
      const { findings } = await judge(repository, {})
      const described = codes(findings.filter(({ code }) => code === 'pack-twice' || code === 'pack-contradictory'))
      assert.deepEqual([...new Set(described)], [expected])
    })
  }

  test('two mirrors: each is read, and a finding says which one it is about', async () => {
    const [a, b] = [await bench.copyTo('two-a'), await bench.copyTo('two-b')]
    const [pack] = await bench.names('data', b)
    const path = join(b, 'data', pack!.slice(0, 2), pack!)
    const bytes = await readFile(path)
    bytes[bytes.length >> 1]! ^= 1
    await rm(path)
    await writeFile(path, bytes)
    await using repository = await bench.open([localFolderStorage(a), localFolderStorage(b)])
    const { findings, summary } = await judge(repository)
    assert.deepEqual(codes(findings), ['error object-damaged'])
    assert.deepEqual([findings[0]!.kind, findings[0]!.object, findings[0]!.mirror], ['data', pack, b])
    assert.match(findings[0]!.advice, /heal/)
    assert.equal(summary.packsRead, summary.packs * 2)
    assert.deepEqual(summary.damagedPacks, [pack])
    const ofFirst = await judge(repository, { readData: 'all', readFrom: 'first' })
    assert.equal(ofFirst.summary.packsRead, summary.packs)
    assert.ok(ofFirst.summary.isSound)
    const listed = await judge(repository, {})
    assert.ok(listed.summary.isSound, 'without reading, a flipped bit in data is not seen')
  })

  test('an empty configuration is named as damaged, fresh or old, and a repository that has no other does not open', async () => {
    const [a, b] = [bench.repository, await bench.copyTo('empty-config')]
    const config = join(b, 'config')
    await rm(config)
    await writeFile(config, '')
    for (const [age, code] of [
      ['fresh', 'format'],
      ['old', 'no-repository'],
    ] as const) {
      if (age === 'old') await utimes(config, 0, 0)
      await using repository = await bench.open([a, b].map((place) => localFolderStorage(place)))
      const { findings } = await judge(repository, {})
      assert.deepEqual(
        findings.map((finding) => [finding.code, finding.kind, finding.mirror]),
        [['config-damaged', 'config', b]],
        age,
      )
      await assert.rejects(bench.open(b), { code })
    }
  })

  test('junk of every kind is a finding and never ends the check', async () => {
    const place = await bench.copyTo('junk')
    await using repository = await bench.open(place)
    const { primitives, key } = repository
    const sealed = (text: string) => encodeUnpacked(primitives, key, new TextEncoder().encode(text), 2)
    const junk: [ObjectKind, Uint8Array, string][] = [
      ...(['index', 'snapshots', 'keys', 'locks', 'data'] as const).flatMap((kind): [ObjectKind, Uint8Array, string][] => [
        [kind, new Uint8Array([1, 2, 3]), 'short'],
        [kind, primitives.randomBytes(5000), 'random'],
      ]),
      ['index', sealed('{"packs":['), 'sealed, cut short'],
      ['index', sealed('[1,2'), 'sealed, of another shape'],
      ['snapshots', sealed('{"time":"yesterday"}'), 'sealed, no snapshot'],
      ['snapshots', seal(primitives, key, new Uint8Array(0)), 'sealed nothing'],
      ['keys', new TextEncoder().encode('{"kdf":"scrypt","N":3}'), 'JSON, no key'],
    ]
    const planted = await Promise.all(junk.map(async ([kind, bytes]) => [kind, await plant(place, kind, bytes, repository)]))
    const { findings, summary } = await judge(repository)
    for (const [at, [kind, name]] of planted.entries()) {
      const found = findings.filter((finding) => finding.kind === kind && finding.object === name)
      assert.equal(found.length, 1, `${kind}: ${junk[at]![2]}`)
      assert.equal(found[0]!.mirror, place)
    }
    assert.deepEqual(
      new Set(findings.map(({ code }) => code)),
      new Set(['index-junk', 'snapshot-junk', 'key-junk', 'lock-unreadable', 'pack-unindexed']),
    )
    assert.equal(summary.snapshots, 2)
  })

  test('a pack that is missing, too short, too long, or swapped with another is named', async () => {
    const place = await bench.copyTo('packs')
    const packs = await bench.names('data', place)
    const path = (pack: string) => join(place, 'data', pack.slice(0, 2), pack)
    const [gone, short, long] = packs as [string, string, string]
    await rm(path(gone))
    await truncate(path(short), 100)
    const bytes = await readFile(path(long))
    await rm(path(long))
    await writeFile(path(long), Buffer.concat([bytes, Buffer.from('more')]))
    await using repository = await bench.open(place)
    const { findings } = await judge(repository)
    const about = (pack: string) => findings.filter(({ object }) => object === pack).map(({ code }) => code)
    assert.deepEqual(about(gone), ['pack-missing'])
    assert.deepEqual(about(short), ['pack-size'])
    assert.deepEqual(about(long), ['pack-size'])
  })

  test('a file whose blob no index names is found through its tree, once, and without its name', async () => {
    const place = await bench.copyTo('index-gone')
    for (const name of (await bench.names('index', place)).slice(0, 1)) await rm(join(place, 'index', name))
    await using repository = await bench.open(place)
    const { findings, summary } = await judge(repository, {})
    assert.ok(!summary.isSound)
    const missing = findings.filter(({ code }) => code === 'blob-missing' || code === 'tree-missing')
    assert.ok(missing.length > 0)
    assert.equal(new Set(missing.map(({ message, object }) => `${object} ${message}`)).size, missing.length)
    assert.ok(missing.every(({ message }) => !/first|second|text/.test(message)))
    assert.notEqual((await bench.restic(['check', '--no-lock'], { repository: place, allow: 'any' })).status, 0)
  })

  test('groups of packs: each pack is in one of them, all together read everything', async () => {
    await using repository = await bench.open()
    let read = 0
    for (let part = 1; part <= 5; part++) read += (await judge(repository, { readData: { part, of: 5 } })).summary.packsRead
    assert.equal(read, (await bench.names('data')).length)
  })

  test('a share of the packs: at least one, at most all; a wrong one is refused before any work', async () => {
    await using repository = await bench.open()
    const packs = (await bench.names('data')).length
    const read = async (readData: ReadData) => (await judge(repository, { readData })).summary.packsRead
    assert.equal(await read({ percent: 0.001 }), 1)
    assert.equal(await read({ percent: 100 }), packs)
    assert.equal(await read({ bytes: 1 }), 1)
    assert.equal(await read({ bytes: 1e12 }), packs)
    for (const wrong of [
      { part: 0, of: 3 },
      { part: 4, of: 3 },
      { part: 1, of: 257 },
      { percent: 0 },
      { percent: 101 },
      { bytes: 0 },
    ]) {
      await assert.rejects(judge(repository, { readData: wrong }), { code: 'usage' })
    }
  })

  test('a destination that lies now and then is called unsteady, not damaged', async () => {
    const storage = failing(localFolderStorage(await bench.copyTo('lies')), {
      mishap: 'lies',
      at: 1,
      concerns: ({ method, kind }) => method === 'load' && kind === 'data',
    })
    await using repository = await bench.open([storage])
    const { findings, summary } = await judge(repository)
    assert.deepEqual(codes(findings), ['warning pack-unsteady'])
    assert.ok(summary.isSound)
  })

  test('a mirror that cannot be listed is an error of its own; the other is checked', async () => {
    const a = localFolderStorage(await bench.copyTo('reach-a'))
    const b = failing(localFolderStorage(await bench.copyTo('reach-b')), {
      mishap: 'fails',
      at: 1,
      times: 1000,
      concerns: ({ method, kind }) => method === 'list' && kind === 'data',
    })
    await using repository = await bench.open([a, b])
    const { findings, summary } = await judge(repository)
    assert.deepEqual(codes(findings), ['error mirror-unreachable'])
    assert.deepEqual(summary.mirrors, [a.location])
    assert.equal(summary.packsRead, summary.packs)
    repository.storage.markBehind(repository.storage.mirrors[1]!, { code: 'away', reason: 'away' })
    const known = await judge(repository)
    assert.deepEqual(codes(known.findings), ['error mirror-unreachable'])
    assert.ok(!known.summary.isSound)
  })

  test('a mirror that is behind is told apart from a damaged one', async () => {
    const [a, b] = [localFolderStorage(await bench.copyTo('behind-a')), localFolderStorage(await bench.copyTo('behind-b'))]
    for (const name of await bench.names('snapshots', b.location)) await b.remove('snapshots', name)
    await using repository = await bench.open([a, b])
    repository.storage.markBehind(repository.storage.mirrors[1]!, { code: 'away', reason: 'it was unplugged' })
    const { findings, summary } = await judge(repository)
    assert.deepEqual(codes(findings), ['warning mirror-behind'])
    assert.match(findings[0]!.message, /lacks 2 objects: it was unplugged/)
    assert.ok(summary.isSound)
  })

  test('a stale lock is a hint, and somebody else’s exclusive lock keeps us out', async () => {
    const place = await bench.copyTo('locks')
    await using repository = await bench.open(place)
    const lock = { time: '2020-01-01T00:00:00Z', exclusive: true, hostname: 'elsewhere', username: 'x', pid: 1, uid: 0, gid: 0 }
    await plant(place, 'locks', encodeUnpacked(repository.primitives, repository.key, encodeLock(lock), 2), repository)
    assert.deepEqual(codes((await judge(repository)).findings), ['hint lock-stale'])
    await assert.rejects(judge(repository, { withoutLock: false }), { code: 'locked' })
  })

  test('indexes that are rewritten beside us are read again, and nothing is called missing', async () => {
    const inner = localFolderStorage(await bench.copyTo('rewritten'))
    let rewrites = 2
    const storage: Storage = {
      ...failing(inner, { mishap: 'fails', at: 1e9 }),
      load: async (kind, name, options) => {
        if (kind === 'index' && rewrites-- > 0) await rewriteIndex(inner, name)
        return inner.load(kind, name, options)
      },
    }
    await using repository = await bench.open([storage])
    const rewriteIndex = async (from: Storage, name: string) => {
      const { primitives, key } = repository
      const again = encodeUnpacked(primitives, key, decodeUnpacked(primitives, key, await from.load('index', name)), 2)
      await from.save('index', primitives.sha256Hex(again), again)
      await from.remove('index', name)
    }
    const { findings, summary } = await judge(repository)
    assert.deepEqual(findings, [])
    assert.equal(summary.indexFiles, (await bench.names('index')).length)
  })

  test('it stops when asked to', async () => {
    await using repository = await bench.open()
    await assert.rejects(judge(repository, { signal: AbortSignal.abort(new Error('enough')) }), /enough/)
  })

  test('worker threads say the same, from files and from memory', async () => {
    await using large = await StockBench.create()
    await large.fill(3, 3_700_000)
    await large.backup()
    const objects = await readObjects(large.repository)
    for (const damaged of [false, true]) {
      const pack = [...objects.keys()]
        .filter((name) => name.startsWith('data/'))
        .sort((a, b) => objects.get(b)!.length - objects.get(a)!.length)[0]!
      const name = pack.slice('data/'.length)
      if (damaged) {
        objects.get(pack)![2_000_000]! ^= 1
        const path = join(large.repository, 'data', name.slice(0, 2), name)
        await rm(path)
        await writeFile(path, objects.get(pack)!)
      }
      for (const place of [memoryStorage({ objects }), localFolderStorage(large.repository)]) {
        await using repository = await large.open([place])
        const { findings, summary } = await judge(repository)
        assert.deepEqual(
          findings.map(({ code, object }) => [code, object]),
          damaged ? [['object-damaged', name]] : [],
        )
        assert.ok(summary.bytesRead > 11_000_000)
        if (damaged) assert.match(findings[0]!.message, /1 of its \d+ blobs cannot be read/)
      }
    }
  })
})

describe('trees and indexes that nobody honest writes', { concurrency: 3 }, () => {
  const encode = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value)}\n`)
  const folder = (name: string, subtree: string | null) => ({
    name,
    type: 'dir',
    mtime: TIME,
    atime: TIME,
    ctime: TIME,
    uid: 0,
    gid: 0,
    content: null,
    subtree,
  })
  const TIME = '2024-01-01T00:00:00Z'

  /** A repository whose one snapshot has this tree. */
  async function withTree(build: (save: (nodes: unknown[]) => Promise<BlobId>) => Promise<BlobId>): Promise<Repository> {
    const repository = await initRepository(memoryStorage(), { password: 'x', scrypt: { n: 2, r: 1, p: 1 } })
    await repository.loadIndex()
    const writer = repository.writer()
    const tree = await build((nodes) => writer.save('tree', encode({ nodes })))
    await writer.flush()
    const facts = {
      time: TIME,
      paths: ['/x'],
      hostname: 'h',
      username: 'u',
      uid: 0,
      gid: 0,
      excludes: [],
      tags: [],
      programVersion: '',
    }
    await repository.saveSnapshot({ ...facts, tree, extra: {} })
    return repository
  }

  test('a folder that is named a thousand times in a thousand folders is looked at once', async () => {
    const levels = 60
    await using repository = await withTree(async (save) => {
      let tree = await save([])
      for (let level = 1; level < levels; level++) {
        const below = tree
        tree = await save(Array.from({ length: 1000 }, (_, i) => folder(`f${String(i).padStart(4, '0')}`, below)))
      }
      return tree
    })
    const { findings, summary } = await judge(repository)
    assert.deepEqual(findings, [])
    assert.equal(summary.trees, levels)
  })

  test('folders ten thousand deep are followed without a word', async () => {
    await using repository = await withTree(async (save) => {
      let tree = await save([])
      for (let level = 1; level < 10_000; level++) tree = await save([folder('deeper', tree)])
      return tree
    })
    const { findings, summary } = await judge(repository, {})
    assert.deepEqual(findings, [])
    assert.equal(summary.trees, 10_000)
  })

  test('nodes without content, without a tree, with the null blob, of an unknown type: each is named by its place', async () => {
    const file = { type: 'file', mtime: TIME, atime: TIME, ctime: TIME, uid: 0, gid: 0 }
    await using repository = await withTree(async (save) => {
      const odd = await save([{ ...file, name: 'x', type: 'teapot', content: null }])
      return save([
        { ...file, name: 'a', content: null },
        { ...file, name: 'b', content: ['0'.repeat(64)] },
        { ...file, name: 'c', content: ['12'.repeat(32)] },
        folder('d', null),
        folder('e', '0'.repeat(64)),
        folder('f', '34'.repeat(32)),
        folder('g', odd),
      ])
    })
    const { findings } = await judge(repository)
    assert.deepEqual(findings.map(({ code, message }) => `${code}: ${message.slice(0, 20)}`).sort(), [
      'blob-missing: file 3 needs data bl',
      'tree-missing: folder 6 needs tree ',
      'tree-node: file 1 has no list o',
      'tree-node: file 2 names the nul',
      'tree-node: folder 4 has no tree',
      'tree-node: folder 5 names the n',
      'tree-node: is no tree: tree: a ',
    ])
  })

  test('an index that claims four gigabytes for a blob, or a blob beyond its pack, costs no memory', async () => {
    await using repository = await withTree((save) => save([]))
    const { primitives, key, storage } = repository
    repository.dropIndex()
    await repository.loadIndex()
    const [copy] = [...repository.index.all()]
    const { pack, ...entry } = copy!
    for (const name of await Array.fromAsync(storage.list('index'), (each) => each.name)) await storage.remove('index', name)
    const claims = [
      { ...entry, uncompressedLength: 0xffffffff },
      { ...entry, id: 'ab'.repeat(32) as BlobId, offset: 0xf0000000, length: 0x0fffffff },
    ]
    for (const blob of claims) {
      const stored = encodeUnpacked(
        primitives,
        key,
        encodeIndexFile({ packs: [{ id: pack, blobs: [blob] }], packsToDelete: [] }),
        2,
      )
      await storage.save('index', primitives.sha256Hex(stored), stored)
    }
    const before = process.memoryUsage().rss
    const { summary } = await judge(repository)
    assert.ok(!summary.isSound)
    assert.ok(process.memoryUsage().rss - before < 300e6)
  })
})
