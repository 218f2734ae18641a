import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { type BlobId, encodeTree, type SnapshotId } from '#format'
import { initRepository, loadSnapshot, type Repository } from '#repository'
import { memoryStorage, type Storage } from '#storage'
import { type BackupOptions, type BackupSource, backup } from './backup.ts'
import type { BackupEvent, BackupSummary } from './events.ts'

const CHEAP_SCRYPT = { n: 16, r: 1, p: 1 }
const folder = mkdtempSync(join(tmpdir(), 'couronne-backup-'))
const source = join(folder, 'source')

after(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  rmSync(source, { recursive: true, force: true })
  mkdirSync(join(source, 'below'), { recursive: true })
  writeFileSync(join(source, 'a.txt'), 'one')
  writeFileSync(join(source, 'below', 'b.txt'), 'two')
  writeFileSync(join(source, 'large.bin'), Buffer.alloc(2_000_000, 'large'))
})

function aRepository(places: readonly Storage[] = [memoryStorage()]): Promise<Repository> {
  return initRepository(places, { password: 'x', scrypt: CHEAP_SCRYPT })
}

async function run(
  repository: Repository,
  what: BackupSource = ['source'],
  options: BackupOptions = {},
): Promise<{ events: BackupEvent[]; summary: BackupSummary }> {
  const events = await Array.fromAsync(backup(repository, what, { cwd: folder, workers: 2, ...options }))
  const last = events.at(-1)
  assert.equal(last?.kind, 'summary')
  return { events, summary: last.summary }
}

async function objects(storage: Storage): Promise<string[]> {
  const lists = (['data', 'index', 'snapshots'] as const).map((kind) => Array.fromAsync(storage.list(kind)))
  return (await Promise.all(lists))
    .flat()
    .map(({ name }) => name)
    .sort()
}

test('the second time nothing is read again and nothing is stored but the snapshot', async () => {
  await using repository = await aRepository()
  const first = await run(repository)
  const second = await run(repository)
  assert.equal(first.summary.counts.files_new, 3)
  assert.equal(second.summary.counts.files_unmodified, 3)
  assert.equal(second.summary.counts.data_added, 0)
  assert.equal(second.summary.parent, first.summary.snapshot)
  assert.equal(second.summary.tree, first.summary.tree)
})

test('a file that changed is read, the others are not', async () => {
  await using repository = await aRepository()
  await run(repository)
  writeFileSync(join(source, 'a.txt'), 'changed')
  const { summary } = await run(repository)
  assert.deepEqual([summary.counts.files_new, summary.counts.files_changed, summary.counts.files_unmodified], [0, 1, 2])
  assert.equal(summary.counts.data_blobs, 1)
})

test('a folder counts as the same only when each of its entries is, to the last detail', async () => {
  const below = join(source, 'below')
  const changes: readonly (() => void)[] = [
    () => chmodSync(join(below, 'b.txt'), 0o600),
    () => utimesSync(join(below, 'b.txt'), 5, 5),
    () => writeFileSync(join(below, 'b.txt'), 'six'),
    () => writeFileSync(join(below, 'new.txt'), 'new'),
    () => rmSync(join(below, 'new.txt')),
    () => renameSync(join(below, 'b.txt'), join(below, 'c.txt')),
    () => mkdirSync(join(below, 'deep', 'deeper'), { recursive: true }),
    () => chmodSync(join(below, 'deep', 'deeper'), 0o700),
    () => symlinkSync('c.txt', join(below, 'link')),
    () => {
      rmSync(join(below, 'link'))
      symlinkSync('d.txt', join(below, 'link'))
    },
    () => utimesSync(below, 7, 7),
  ]
  await using repository = await aRepository()
  await run(repository)
  const seen = new Set<string>()
  for (const [i, change] of changes.entries()) {
    change()
    const { summary } = await run(repository)
    assert.ok(summary.parent !== undefined && !seen.has(summary.tree), `change ${i} gives a tree of its own`)
    seen.add(summary.tree)
    assert.equal((await run(repository, ['source'], { force: true })).summary.tree, summary.tree)
    assert.equal((await run(repository)).summary.tree, summary.tree)
  }
})

test('trees of a program that writes them otherwise are written anew', async () => {
  await using repository = await aRepository()
  const { summary } = await run(repository)
  const nodes = await repository.loadTree(summary.tree as BlobId)
  const top = nodes.find(({ name }) => Buffer.from(name).toString() === 'source')!
  // The same nodes as another encoder might write them: with white space.
  const otherwise = Buffer.from(
    Buffer.from(encodeTree(await repository.loadTree(top.subtree!)))
      .toString()
      .replace('[', '[ '),
  )
  const writer = repository.writer()
  const subtree = await writer.save('tree', otherwise)
  const tree = await writer.save('tree', encodeTree([{ ...top, subtree }]))
  await writer.flush()
  const snapshot = await repository.saveSnapshot({
    ...(await loadSnapshot(repository.objects, summary.snapshot as SnapshotId)),
    time: '2099-01-01T00:00:00Z',
    tree,
    programVersion: 'another 1.0',
  })
  const { summary: next } = await run(repository, ['source'], { parent: snapshot })
  assert.deepEqual([next.parent, next.tree, next.counts.files_unmodified], [snapshot, summary.tree, 3])
})

test('with force every file is read and nothing is stored twice', async () => {
  await using repository = await aRepository()
  await run(repository)
  const { summary } = await run(repository, ['source'], { force: true })
  assert.equal(summary.parent, undefined)
  assert.equal(summary.counts.files_new, 3)
  assert.equal(summary.counts.data_blobs, 0)
})

test('a dry run counts everything and stores nothing', async () => {
  const storage = memoryStorage()
  await using repository = await aRepository([storage])
  const { summary } = await run(repository, ['source'], { dryRun: true })
  assert.equal(summary.counts.files_new, 3)
  assert.ok(summary.counts.data_added > 2_000_000)
  assert.equal(summary.snapshot, undefined)
  assert.deepEqual(await objects(storage), [])
})

test('an unchanged source gives no snapshot where that is asked for', async () => {
  const storage = memoryStorage()
  await using repository = await aRepository([storage])
  await run(repository)
  const before = await objects(storage)
  const { summary } = await run(repository, ['source'], { skipIfUnchanged: true })
  assert.equal(summary.snapshot, undefined)
  assert.deepEqual(await objects(storage), before)
})

test('two mirrors hold the same objects, byte for byte', async () => {
  const places = [memoryStorage(), memoryStorage()] as const
  await using repository = await aRepository(places)
  await run(repository)
  const names = await objects(places[0])
  assert.deepEqual(await objects(places[1]), names)
  for (const kind of ['data', 'index', 'snapshots'] as const) {
    for await (const { name } of places[0].list(kind))
      assert.deepEqual(await places[0].load(kind, name), await places[1].load(kind, name))
  }
})

test('a stream is one file in the folders of its name', async () => {
  await using repository = await aRepository()
  async function* pieces() {
    for (let i = 0; i < 30; i++) yield Buffer.alloc(100_000, `piece ${i}`)
  }
  const { summary } = await run(repository, { filename: 'dumps/practice.sql', bytes: pieces() })
  assert.equal(summary.counts.total_bytes_processed, 3_000_000)
  const [top] = await repository.loadTree(summary.tree as never)
  assert.equal(Buffer.from(top!.name).toString(), 'dumps')
  const [file] = await repository.loadTree(top!.subtree!)
  assert.deepEqual([Buffer.from(file!.name).toString(), file!.size], ['practice.sql', 3_000_000])
})

test('what a command prints is backed up', async () => {
  await using repository = await aRepository()
  const { summary } = await run(repository, { filename: 'out', bytes: { command: ['printf', 'hello'] } })
  assert.equal(summary.counts.total_bytes_processed, 5)
})

test('a command that fails leaves no snapshot', async () => {
  const storage = memoryStorage()
  await using repository = await aRepository([storage])
  const failing = run(repository, { filename: 'out', bytes: { command: ['sh', '-c', 'echo half; exit 7'] } })
  await assert.rejects(failing, { code: 'command-failed' })
  await assert.rejects(run(repository, { filename: 'out', bytes: { command: ['/no/such/program'] } }), { code: 'command-failed' })
  assert.deepEqual(await Array.fromAsync(storage.list('snapshots')), [])
})

test('a target that does not exist beside one that does makes the snapshot incomplete, and the side file names it', async () => {
  await using repository = await aRepository()
  const { summary } = await run(repository, ['source', 'nowhere'])
  assert.deepEqual(
    summary.unreadable.map(({ path, code }) => [path, code]),
    [[join(folder, 'nowhere'), 'ENOENT']],
  )
  const { tags, extra } = await repository.snapshot(summary.snapshot!)
  assert.deepEqual(tags, ['incomplete'])
  assert.deepEqual(extra, { incomplete: { count: 1, list: '/couronne-incomplete.jsonl' } })
  const side = (await repository.loadTree(summary.tree as never)).find(
    ({ name }) => Buffer.from(name).toString() === 'couronne-incomplete.jsonl',
  )
  const list = await repository.loadBlob('data', side!.content![0]!)
  assert.equal((JSON.parse(Buffer.from(list).toString()) as { path: string }).path, join(folder, 'nowhere'))
})

test('a file of the user that has the name of the list of what is missing stays, and the list has the next name', async () => {
  const repository = await aRepository()
  writeFileSync(join(source, 'couronne-incomplete.jsonl'), 'mine')
  writeFileSync(join(source, 'couronne-incomplete-2.jsonl'), 'mine too')
  const { summary } = await run(repository, ['.', 'gone'], { cwd: source })
  const { extra } = await loadSnapshot(repository.objects, summary.snapshot as SnapshotId)
  assert.deepEqual(extra, { incomplete: { count: 1, list: '/couronne-incomplete-3.jsonl' } })
  const nodes = await repository.loadTree(summary.tree as BlobId)
  const contents = new Map<string, string>()
  for (const { name, content } of nodes.filter(({ type }) => type === 'file')) {
    contents.set(Buffer.from(name).toString(), Buffer.from(await repository.loadBlob('data', content![0]!)).toString())
  }
  assert.equal(contents.get('couronne-incomplete.jsonl'), 'mine')
  assert.equal(contents.get('couronne-incomplete-2.jsonl'), 'mine too')
  assert.match(contents.get('couronne-incomplete-3.jsonl')!, /"ENOENT"/)
})

test('the list of what is missing has its place in a root of more entries than are kept until its end', async () => {
  const repository = await aRepository()
  for (let i = 0; i < 1500; i++) writeFileSync(join(source, `${i % 2 === 0 ? 'before' : 'past'} ${i}`), '')
  const { summary } = await run(repository, ['.', 'gone'], { cwd: source })
  const names = (await repository.loadTree(summary.tree as BlobId)).map(({ name }) => Buffer.from(name).toString())
  assert.equal(names.length, 1504)
  assert.equal(names.indexOf('couronne-incomplete.jsonl'), 752)
})

test('a file that changes while it is read is kept as it was read, and reported', async () => {
  await using repository = await aRepository()
  const path = join(source, 'large.bin')
  const events: BackupEvent[] = []
  for await (const event of backup(repository, ['source'], { cwd: folder, workers: 2 })) {
    events.push(event)
    // The first progress of a large file comes in the middle of it.
    if (event.kind === 'progress' && events.length === 1) utimesSync(path, 1, 1)
  }
  const findings = events.flatMap((event) => (event.kind === 'finding' ? [event.finding] : []))
  assert.deepEqual(
    findings.map(({ path: where, code }) => [where, code]),
    [[path, 'CHANGED']],
  )
})

test('several backups at once into one repository are all whole', async () => {
  const storage = memoryStorage()
  await using _first = await aRepository([storage])
  const { openRepository } = await import('#repository')
  const summaries = await Promise.all(
    Array.from({ length: 3 }, async (_, i) => {
      await using repository = await openRepository(storage, { password: 'x' })
      return (await run(repository, ['source'], { hostname: `host ${i}` })).summary
    }),
  )
  await using repository = await openRepository(storage, { password: 'x' })
  await repository.loadIndex()
  assert.equal(new Set(summaries.map(({ tree }) => tree)).size, 1)
  for (const { tree } of summaries) assert.equal((await repository.loadTree(tree as never)).length, 1)
  assert.equal((await repository.snapshots()).length, 3)
})

test('leaving the events early stops the backup, leaves no snapshot and no lock', async () => {
  const storage = memoryStorage()
  await using repository = await aRepository([storage])
  for await (const _event of backup(repository, ['source'], { cwd: folder, workers: 2 })) break
  assert.deepEqual(await Array.fromAsync(storage.list('snapshots')), [])
  assert.deepEqual(await Array.fromAsync(storage.list('locks')), [])
})
