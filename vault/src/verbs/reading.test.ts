import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { BlobMissingError, ObjectDamagedError, RefusedError, UsageError } from '#errors'
import { pathText } from '#files'
import type { BlobId } from '#format'
import type { Repository } from '#repository'
import { restic014, restic018, run } from '../../../tests/peers/peers.ts'
import { cat } from './cat.ts'
import { type DiffSummary, diff } from './diff.ts'
import { ARCHIVES, dump } from './dump/index.ts'
import { ZipWriter } from './dump/zip.ts'
import { type FindQuery, find } from './find.ts'
import { factsOf, makeManyKinds, pseudoRandom } from './folder-facts.suite.ts'
import { aNode, Handmade } from './handmade.suite.ts'
import { LISTS, list } from './list.ts'
import { LS_SORTS, ls, printMode } from './ls.ts'
import { snapshots } from './snapshots.ts'
import { STATS_MODES, stats } from './stats.ts'
import { StockBench } from './stock-bench.suite.ts'

interface StockNode {
  readonly path: string
  readonly type: string
  readonly mode: number
  readonly permissions: string
  readonly uid: number
  readonly mtime: string
  readonly size?: number
}

function lines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T)
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream))
}

describe('what stock restic wrote, read as stock restic reads it', () => {
  let bench: StockBench
  let repository: Repository
  const ids: string[] = []

  before(async () => {
    bench = await StockBench.create()
    makeManyKinds(bench.source)
    mkdirSync(join(bench.source, 'gone/for/good'), { recursive: true })
    writeFileSync(join(bench.source, 'gone/for/good/file.txt'), 'gone')
    writeFileSync(join(bench.source, 'copy'), pseudoRandom(1_500_000))
    ids.push(await backup('one', restic014()))
    rmSync(join(bench.source, 'gone'), { recursive: true })
    writeFileSync(join(bench.source, 'sizes/1'), 'changed')
    rmSync(join(bench.source, 'links/good'))
    mkdirSync(join(bench.source, 'links/good'))
    mkdirSync(join(bench.source, 'new/folder'), { recursive: true })
    writeFileSync(join(bench.source, 'new/folder/added.txt'), 'added')
    symlinkSync('x', join(bench.source, 'new/link'))
    utimesSync(join(bench.source, 'copy'), 1, 1)
    ids.push(await backup('two', restic018()))
    ids.push(await backup('two', restic018(), ['--host', 'elsewhere', '--tag', 'a,b']))
    repository = await bench.open()
  })
  after(async () => {
    await repository[Symbol.asyncDispose]()
    await bench[Symbol.asyncDispose]()
  })

  async function backup(_what: string, program: string, args: readonly string[] = []): Promise<string> {
    const { stdout } = await bench.restic(['--json', 'backup', ...args, 'source'], { program })
    return lines<{ snapshot_id?: string }>(stdout).findLast(({ snapshot_id }) => snapshot_id !== undefined)!.snapshot_id!
  }

  const theirs = async (...args: string[]) => (await bench.restic(['--no-lock', '--json', ...args])).stdout

  async function listed(...args: Parameters<typeof ls> extends [Repository, ...infer Rest] ? Rest : never): Promise<StockNode[]> {
    const nodes: StockNode[] = []
    for await (const event of ls(repository, ...args)) {
      assert.notEqual(event.kind, 'finding')
      if (event.kind !== 'entry') continue
      const { node, path } = event.entry
      const { type, mode, uid, mtime, size } = node
      // restic prints bytes that are no UTF-8 as replacement characters.
      const shown = Buffer.from(path).toString()
      nodes.push({ path: shown, type, mode, permissions: printMode(mode), uid, mtime, ...(type === 'file' && { size }) })
    }
    return nodes
  }

  function stockNodes(text: string): StockNode[] {
    return lines<StockNode & { struct_type: string }>(text)
      .filter(({ struct_type }) => struct_type === 'node')
      .map(({ path, type, mode, permissions, uid, mtime, size }) => ({
        path,
        type,
        mode: mode ?? 0,
        permissions,
        uid,
        mtime,
        ...(type === 'file' && { size: size ?? 0 }),
      }))
  }

  test('ls lists what restic lists: all, one folder, several, with and without what is below', async () => {
    assert.deepEqual(await listed('latest'), stockNodes(await theirs('ls', 'latest')))
    assert.deepEqual(await listed(ids[0]!.slice(0, 8)), stockNodes(await theirs('ls', ids[0]!)))
    for (const folders of [['/'], ['/source/deep'], ['/source/names', '/source/new'], ['/nowhere']]) {
      assert.deepEqual(await listed('latest', { folders }), stockNodes(await theirs('ls', 'latest', ...folders)), folders.join())
      const deep = stockNodes(await theirs('ls', '--recursive', 'latest', ...folders))
      assert.deepEqual(await listed('latest', { folders, recursive: true }), deep)
    }
    assert.deepEqual(await listed('latest:/source/deep'), stockNodes(await theirs('ls', 'latest:/source/deep')))
    await assert.rejects(listed('latest', { folders: ['relative'] }), UsageError)
  })

  test('ls sorts as restic sorts', async () => {
    for (const sort of LS_SORTS) {
      for (const reverse of [false, true]) {
        const flags = [...(reverse ? ['--reverse'] : []), '--sort', sort]
        const stock = stockNodes(await theirs('ls', 'latest', ...flags)).map(({ path }) => path)
        const ours = (await listed('latest', { sort, reverse })).map(({ path }) => path)
        // Paths that differ in bytes that are no UTF-8 look the same to restic's JSON.
        assert.deepEqual(ours, stock, flags.join(' '))
      }
    }
  })

  test('stats counts what restic counts, in each mode', async () => {
    for (const mode of STATS_MODES) {
      for (const names of [[], ['latest'], ids.slice(0, 2)]) {
        const stock = JSON.parse(await theirs('stats', '--mode', mode, ...names))
        const ours = await stats(repository, { mode, snapshots: names })
        assert.deepEqual(
          [ours.snapshots, ours.bytes, ours.files, ours.blobs, ours.uncompressedBytes, ours.compressionRatio, ours.savedPercent],
          [
            stock.snapshots_count,
            stock.total_size,
            stock.total_file_count,
            stock.total_blob_count,
            stock.total_uncompressed_size,
            stock.compression_ratio,
            stock.compression_space_saving,
          ],
          `${mode} ${names}`,
        )
        assert.deepEqual(ours.findings, [])
      }
    }
  })

  test('diff tells what restic tells, with its figures', async () => {
    for (const [before, after] of [
      [ids[0]!, ids[1]!],
      [ids[1]!, ids[0]!],
      [ids[1]!, ids[2]!],
      [`${ids[0]}:/source/sizes`, `${ids[1]}:/source/sizes`],
    ] as const) {
      for (const metadata of [false, true]) {
        const stock = lines<Record<string, never>>(await theirs('diff', ...(metadata ? ['--metadata'] : []), before, after))
        const changes: string[] = []
        let summary: DiffSummary | undefined
        for await (const event of diff(repository, before, after, { metadata })) {
          if (event.kind === 'change') changes.push(`${event.modifier} ${Buffer.from(event.path)}`)
          else if (event.kind === 'summary') summary = event.summary
          else assert.equal(event.kind, 'snapshots')
        }
        assert.deepEqual(
          changes,
          stock.filter((line) => line.message_type === 'change').map(({ modifier, path }) => `${modifier} ${path}`),
        )
        const figures: Record<string, Record<string, number>> & { changed_files: number } = stock.find(
          (line) => line.message_type === 'statistics',
        )! as never
        assert.equal(summary!.changedFiles, figures.changed_files)
        for (const side of ['added', 'removed'] as const) {
          const { files, dirs, others, dataBlobs, treeBlobs, bytes } = summary![side]
          assert.deepEqual({ files, dirs, others, data_blobs: dataBlobs, tree_blobs: treeBlobs, bytes }, figures[side])
        }
      }
    }
  })

  async function found(query: FindQuery, options: Parameters<typeof find>[2] = {}): Promise<string[]> {
    const matches: string[] = []
    for await (const event of find(repository, query, options)) {
      assert.notEqual(event.kind, 'finding')
      if (event.kind === 'entry') matches.push(`${event.snapshot.id} ${Buffer.from(event.entry.path)}`)
      else if (event.kind === 'object')
        matches.push(
          `${event.type} ${event.id} ${event.snapshot.id} ${event.entry === undefined ? '/' : Buffer.from(event.entry.path)}`,
        )
    }
    return matches.sort()
  }

  test('find finds entries where restic finds them, in every snapshot', async () => {
    for (const { args, query, options } of [
      { args: ['*.txt'], query: { patterns: ['*.txt'] } },
      { args: ['deep', 'file*'], query: { patterns: ['deep', 'file*'] } },
      { args: ['/source/links/*'], query: { patterns: ['/source/links/*'] } },
      { args: ['--ignore-case', 'ONE'], query: { patterns: ['ONE'], ignoreCase: true } },
      {
        args: ['--oldest', '2024-03-01', '--newest', '2024-03-02', '*'],
        query: {
          patterns: ['*'],
          oldest: Temporal.Instant.from('2024-03-01T00:00:00Z'),
          newest: Temporal.Instant.from('2024-03-02T00:00:00Z'),
        },
      },
      { args: ['--host', 'elsewhere', 'sizes'], query: { patterns: ['sizes'] }, options: { filter: { hosts: ['elsewhere'] } } },
      {
        args: ['--snapshot', 'latest', '--tag', 'a', 'new'],
        query: { patterns: ['new'] },
        options: { snapshots: ['latest'], filter: { tags: [['a']] } },
      },
    ] as const) {
      const { stdout } = await bench.restic(['--no-lock', '--json', 'find', ...args], { env: { TZ: 'UTC' } })
      const stock = (JSON.parse(stdout) as { snapshot: string; matches: { path: string }[] }[]).flatMap(({ snapshot, matches }) =>
        matches.map(({ path }) => `${snapshot} ${path}`),
      )
      assert.ok(stock.length > 0)
      assert.deepEqual(await found({ kind: 'pattern', ...query }, options), stock.sort(), args.join(' '))
    }
    await assert.rejects(found({ kind: 'pattern', patterns: [] }), UsageError)
  })

  test('find finds blobs, trees and the content of packs', async () => {
    await repository.loadIndex()
    const { index } = repository
    const blobs = [...index.all()]
    const data = blobs.find(({ type, length }) => type === 'data' && length > 100_000)!
    const tree = blobs.find(({ type }) => type === 'tree')!
    for (const [kind, id] of [
      ['blob', data.id],
      ['tree', tree.id],
      ['pack', data.pack],
      ['pack', tree.pack],
    ] as const) {
      const stock = (
        JSON.parse(await theirs('find', `--${kind}`, id)) as { object_type: string; id: string; snapshot: string; path: string }[]
      ).map(({ object_type: type, id, snapshot, path }) => `${type === 'tree' ? 'tree' : 'data'} ${id} ${snapshot} ${path}`)
      const ours = await found({ kind, ids: [id.slice(0, 12)] })
      // restic stops at the first place of the last tree that was asked for.
      if (kind === 'blob') assert.deepEqual(ours, stock.sort())
      else for (const line of stock) assert.ok(ours.includes(line), line)
    }
    await assert.rejects(found({ kind: 'pack', ids: ['00000000'] }), UsageError)
    await assert.rejects(found({ kind: 'blob', ids: ['xyz'] }), UsageError)
    for await (const event of find(repository, { kind: 'blob', ids: [data.id] }, { withPacks: true })) {
      assert.ok(event.kind === 'object' && event.packs?.[0]?.pack === data.pack)
    }
  })

  test('list names what restic names', async () => {
    for (const kind of LISTS.filter((each) => each !== 'locks')) {
      const stock = (await theirs('list', kind)).trim().split('\n').sort()
      const ours: string[] = []
      for await (const entry of list(repository, kind)) ours.push(entry.kind === 'blob' ? `${entry.type} ${entry.id}` : entry.id)
      assert.deepEqual(ours.sort(), stock, kind)
    }
    const packs: string[] = []
    for await (const entry of list(repository, 'packs', { snapshot: ids[0]! }))
      packs.push(entry.kind === 'object' ? entry.id : '')
    assert.ok(packs.length > 0 && packs.length < (await bench.names('data')).length)
  })

  test('cat gives what restic gives, and the master key only to who asks for it', async () => {
    const text = async (query: Parameters<typeof cat>[1]) => Buffer.from((await cat(repository, query)).bytes).toString()
    const stock = async (...args: string[]) => (await bench.restic(['--no-lock', 'cat', ...args])).stdout
    const [index] = await bench.names('index')
    const [key] = await bench.names('keys')
    const [pack] = await bench.names('data')
    assert.deepEqual(JSON.parse(await text({ kind: 'config' })), JSON.parse(await stock('config')))
    assert.deepEqual(JSON.parse(await text({ kind: 'index', id: index!.slice(0, 10) })), JSON.parse(await stock('index', index!)))
    assert.deepEqual(JSON.parse(await text({ kind: 'snapshot', id: ids[1]! })), JSON.parse(await stock('snapshot', ids[1]!)))
    assert.equal(JSON.parse(await text({ kind: 'key', id: key! })).salt, JSON.parse(await stock('key', key!)).salt)
    const bytes = await cat(repository, { kind: 'pack', id: pack! })
    assert.ok(Buffer.from(bytes.bytes).equals(readFileSync(join(bench.repository, 'data', pack!.slice(0, 2), pack!))))
    assert.equal(await text({ kind: 'tree', id: 'latest:/source/deep' }), await stock('tree', `${ids[2]}:/source/deep`))
    const { tree } = JSON.parse(await text({ kind: 'snapshot', id: ids[1]! })) as { tree: string }
    assert.equal(await text({ kind: 'blob', id: tree }), await stock('blob', tree))
    assert.equal(await text({ kind: 'tree', id: tree }), await stock('blob', tree))
    await assert.rejects(cat(repository, { kind: 'masterkey' }), RefusedError)
    assert.deepEqual(JSON.parse(await text({ kind: 'masterkey', reveal: true })), JSON.parse(await stock('masterkey')))
    await assert.rejects(cat(repository, { kind: 'index', id: '' }), UsageError)
    await assert.rejects(cat(repository, { kind: 'blob', id: 'ab'.repeat(32) }), BlobMissingError)
    await assert.rejects(cat(repository, { kind: 'blob', id: 'ab' }), UsageError)
  })

  test('snapshots are filtered, grouped and cut to the newest as by restic', async () => {
    const idsOf = (groups: readonly { snapshots: readonly { id: string }[] }[]) =>
      groups.map((group) => group.snapshots.map(({ id }) => id))
    const plain = JSON.parse(await theirs('snapshots')) as { id: string }[]
    assert.deepEqual(idsOf(await snapshots(repository)), [plain.map(({ id }) => id)])
    const latest = JSON.parse(await theirs('snapshots', '--latest', '1')) as { id: string }[]
    assert.deepEqual(new Set(idsOf(await snapshots(repository, { latest: 1 })).flat()), new Set(latest.map(({ id }) => id)))
    const byHost = JSON.parse(await theirs('snapshots', '--group-by', 'host', '--latest', '1')) as {
      snapshots: { id: string }[]
    }[]
    const groupBy = { host: true, paths: false, tags: false }
    assert.deepEqual(
      new Set(idsOf(await snapshots(repository, { groupBy, latest: 1 })).map(String)),
      new Set(idsOf(byHost).map(String)),
    )
    assert.deepEqual(idsOf(await snapshots(repository, { filter: { tags: [['a', 'b']] } })), [[ids[2]]])
    assert.deepEqual(idsOf(await snapshots(repository, { snapshots: [ids[1]!.slice(0, 8)] })), [[ids[1]]])
  })

  test('dump gives a file as it was', async () => {
    for (const name of ['sizes/1500000', 'sizes/0', 'sizes/holes', 'links/two']) {
      assert.ok(
        (await bytesOf(dump(repository, 'latest', `/source/${name}`))).equals(readFileSync(join(bench.source, name))),
        name,
      )
    }
    assert.equal((await bytesOf(dump(repository, `${ids[0]}:/source/gone`, 'for/good/file.txt'))).toString(), 'gone')
    for (const path of ['/source/nothing', '/source/fifo', '/source/links/dangling']) {
      await assert.rejects(bytesOf(dump(repository, 'latest', path)), UsageError)
    }
  })

  test('dump gives a folder as a tar archive: the one that restic gives', async () => {
    const [ours, stock] = [bench.path('ours.tar'), bench.path('stock.tar')]
    const left: string[] = []
    const bytes = await bytesOf(
      dump(repository, 'latest', '/source', { onFinding: ({ path }) => left.push(Buffer.from(path).toString()) }),
    )
    writeFileSync(ours, bytes)
    await bench.restic(['--no-lock', 'dump', 'latest', '/source', '--target', stock])
    for (const [archive, into] of [
      [ours, bench.path('from-ours')],
      [stock, bench.path('from-stock')],
    ] as const) {
      mkdirSync(into)
      await run('tar', ['xf', archive, '--xattrs', '--xattrs-include=*', '--acls', '--numeric-owner', '-C', into])
    }
    // The folder itself is in neither; devices and fifos right below it are files in restic's.
    const isCompared = (line: string) => !/^\/source( |\/(fifo|block|character) )/.test(line)
    const [mine, expected] = ['from-ours', 'from-stock'].map((name) => factsOf(bench.path(name)).filter(isCompared))
    assert.deepEqual(mine, expected)
    assert.deepEqual(left.sort(), ['/source/block', '/source/character', '/source/fifo'])
    const list = async (archive: string) => {
      const { stdout } = await run('tar', ['tvf', archive, '--full-time', '--numeric-owner'])
      return stdout.split('\n').filter((line) => !/ source\/(fifo|block|character)$/.test(line))
    }
    assert.deepEqual(await list(ours), await list(stock))
  })

  test('dump gives a folder as a zip archive with the same content as restic’s', async () => {
    const script = `
import sys, zipfile, hashlib, json
def facts(name):
    z = zipfile.ZipFile(name)
    assert z.testzip() is None
    return [(i.filename, i.external_attr >> 16, i.date_time, i.file_size, hashlib.sha256(z.read(i)).hexdigest()) for i in z.infolist()]
a, b = facts(sys.argv[1]), facts(sys.argv[2])
assert a == b, [x for x in zip(a, b) if x[0] != x[1]][:3]
print(len(a))`
    const [ours, stock] = [bench.path('ours.zip'), bench.path('stock.zip')]
    // Names that are no UTF-8 cannot be in a zip archive as they are: another folder is compared.
    const folder = '/source/sizes'
    writeFileSync(ours, await bytesOf(dump(repository, 'latest', folder, { archive: 'zip' })))
    await bench.restic(['--no-lock', 'dump', 'latest', folder, '--archive', 'zip', '--target', stock])
    const { stdout } = await run('/usr/bin/python3', ['-c', script, ours, stock])
    assert.equal(stdout.trim(), '6')
    writeFileSync(ours, await bytesOf(dump(repository, 'latest', '/', { archive: 'zip' })))
    await run('/usr/bin/python3', ['-m', 'zipfile', '-t', ours])
  })
})

test('a stream that cannot be completed throws where it ends', async () => {
  await using made = await Handmade.create()
  const right = await made.blob('right')
  await made.snapshot([
    aNode('lost', 'file', { content: [right, 'cd'.repeat(32) as BlobId], size: 10 }),
    aNode('nothing', 'file', { content: null }),
  ])
  await using repository = await made.open()
  const given: string[] = []
  const read = async (path: string) => {
    for await (const piece of dump(repository, 'latest', path)) given.push(Buffer.from(piece).toString())
  }
  await assert.rejects(read('/lost'), BlobMissingError)
  assert.deepEqual(given, ['right'])
  await assert.rejects(read('/nothing'), ObjectDamagedError)
  await assert.rejects(bytesOf(dump(repository, 'latest', '/')), /no index/)
})

test('a file is given with all of its parts when the snapshot says another size, and that is told', async () => {
  await using made = await Handmade.create()
  await using bench = await StockBench.create()
  const content = [await made.blob('there'), await made.blob('fore')]
  const claims = { content, size: 9_000_000_000_000 }
  await made.snapshot([aNode('claims', 'file', claims), aNode('grew', 'file', { content, size: 2 })])
  await using repository = await made.open()
  const codes: string[] = []
  const given = (path: string, archive: 'tar' | 'zip' = 'tar') =>
    bytesOf(dump(repository, 'latest', path, { archive, onFinding: ({ code }) => codes.push(code) }))
  for (const path of ['/claims', '/grew']) assert.equal((await given(path)).toString(), 'therefore')
  writeFileSync(bench.path('folder.tar'), await given('/'))
  writeFileSync(bench.path('folder.zip'), await given('/', 'zip'))
  assert.deepEqual(codes, Array(6).fill('SIZE'))
  assert.equal((await run('tar', ['-xOf', bench.path('folder.tar')])).stdout, 'thereforetherefore')
  await run('/usr/bin/python3', ['-m', 'zipfile', '-t', bench.path('folder.zip')])
})

test('who stops reading an archive half-way gets away, with nothing left open', { timeout: 60_000 }, async () => {
  await using made = await Handmade.create()
  const pieces = Array.from({ length: 40 }, (_, i) => pseudoRandom(300_000, `${i}`))
  await made.snapshot([await made.file('a', pieces), await made.file('b', pieces)])
  await using repository = await made.open()
  for (const archive of ARCHIVES) {
    for (const enough of [1, 500_000, 15_000_000]) {
      let bytes = 0
      for await (const piece of dump(repository, 'latest', '/', { archive })) {
        bytes += piece.length
        if (bytes >= enough) break
      }
      assert.ok(bytes >= enough)
    }
  }
})

test('damaged folders are findings, and the others are listed, searched and compared', async () => {
  await using made = await Handmade.create()
  const lost = aNode('lost', 'dir', { subtree: 'ab'.repeat(32) as BlobId })
  const one = await made.snapshot([await made.folder('good', [await made.file('x.txt', ['x'])]), lost], 'one')
  const two = await made.snapshot([await made.folder('good', [await made.file('x.txt', ['y'])]), lost], 'two')
  await using repository = await made.open()
  const codes: string[] = []
  const paths: string[] = []
  for await (const event of ls(repository, one)) {
    if (event.kind === 'finding') codes.push(event.finding.code)
    if (event.kind === 'entry') paths.push(pathText(event.entry.path))
  }
  assert.deepEqual([codes, paths], [['blob-missing'], ['/good', '/good/x.txt', '/lost']])
  const kinds: string[] = []
  for await (const event of find(repository, { kind: 'pattern', patterns: ['*.txt'] }))
    kinds.push(`${event.kind} ${event.snapshot.hostname}`)
  assert.deepEqual(kinds.sort(), ['entry one', 'entry two', 'finding one', 'finding two'])
  const changes: string[] = []
  for await (const event of diff(repository, one, two)) {
    if (event.kind === 'change') changes.push(`${event.modifier} ${pathText(event.path)}`)
    if (event.kind === 'finding') codes.push(event.finding.code)
  }
  assert.deepEqual(changes, ['M? /good/x.txt'])
  assert.ok(codes.length > 1)
  const { findings, files } = await stats(repository, { snapshots: [one] })
  assert.deepEqual([findings.length, files], [1, 3])
})

test('a folder that two snapshots share is searched once and found twice', async () => {
  await using made = await Handmade.create()
  const shared = await made.folder('shared', [
    await made.folder('in', [await made.file('x.txt', ['x'])]),
    await made.file('y.txt', ['y']),
  ])
  const ids = [await made.snapshot([shared], 'one'), await made.snapshot([shared, await made.file('z.txt', ['z'])], 'two')]
  await using repository = await made.open()
  let loads = 0
  const loadBlob = repository.loadBlob.bind(repository)
  repository.loadBlob = (...args) => {
    loads++
    return loadBlob(...args)
  }
  const found: string[] = []
  for await (const event of find(repository, { kind: 'pattern', patterns: ['*.txt'] }, { snapshots: ids })) {
    if (event.kind === 'entry') found.push(`${event.snapshot.hostname} ${pathText(event.entry.path)}`)
  }
  assert.deepEqual(found.sort(), [
    'one /shared/in/x.txt',
    'one /shared/y.txt',
    'two /shared/in/x.txt',
    'two /shared/y.txt',
    'two /z.txt',
  ])
  assert.equal(loads, 4)
})

test('a member of a zip archive that may be large has 64-bit sizes', async () => {
  await using bench = await StockBench.create()
  const writer = new ZipWriter()
  const large = aNode('large', 'file', { size: 5_000_000_000 })
  const pieces = [
    ...(await Array.fromAsync(writer.add(large.name, large, [Buffer.from('less')]))),
    ...(await Array.fromAsync(writer.add(Buffer.from('after'), aNode('after', 'file', { size: 5 }), [Buffer.from('after')]))),
    ...writer.end(),
  ]
  writeFileSync(bench.path('large.zip'), Buffer.concat(pieces))
  const script =
    'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nfor i in z.infolist(): print(i.filename, z.read(i), i.extract_version)'
  const { stdout } = await run('/usr/bin/python3', ['-c', script, bench.path('large.zip')])
  assert.equal(stdout, "large b'less' 45\nafter b'after' 20\n")
})
