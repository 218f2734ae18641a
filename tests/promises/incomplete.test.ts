/**
 * What cannot be read is named, everything else is saved, and nothing about such a snapshot looks whole: exit code 3, the tag
 * `incomplete`, and a list inside the snapshot. Needs root.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { chmod, cp, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type BackupSummary, backup, type SourceFinding } from '@couronne/vault'
import { type RunResult, run } from '../peers/peers.ts'
import { digestOf, lastJson, type StockSnapshot, Workbench } from './workbench.ts'

const SIDE_FILE = 'couronne-incomplete.jsonl'
/** Root without the right to read what the permissions forbid. */
const AS_EVERYBODY = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] as const

interface Looked {
  readonly snapshot: StockSnapshot
  /** What the list inside the snapshot says. */
  readonly listed: readonly SourceFinding[]
  /** Where stock restic has restored it. */
  readonly restored: string
}

describe('a source that cannot be read whole', { concurrency: 2 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await Workbench.create('incomplete')
    await bench.fill(5, 20_000, 'file')
    await mkdir(join(bench.source, 'folder'))
    await writeFile(join(bench.source, 'folder', 'inside'), 'inside')
  })
  after(() => bench[Symbol.asyncDispose]())

  /** A repository and a copy of the source of one's own. */
  const aScene = async (name: string): Promise<{ place: string; folder: string; source: string }> => {
    const folder = bench.path(name)
    await cp(bench.source, join(folder, 'source'), { recursive: true, preserveTimestamps: true })
    return { place: await bench.init(`${name}/repository`), folder, source: join(folder, 'source') }
  }

  /** Stock restic finds nothing wrong, and restores everything but what is missing. */
  const look = async (place: string, id: string): Promise<Looked> => {
    await bench.check(place)
    const [snapshot] = await bench.snapshots(place, [id])
    const restored = `${place}-${id.slice(0, 8)}`
    await bench.restic(['restore', id, '--target', restored], { at: place })
    const list = existsSync(join(restored, SIDE_FILE)) ? await readFile(join(restored, SIDE_FILE), 'utf8') : ''
    const lines = list.split('\n').filter((line) => line !== '')
    return { snapshot: snapshot!, listed: lines.map((line) => JSON.parse(line) as SourceFinding), restored }
  }

  const snapshotOf = ({ stdout }: RunResult): string => lastJson<{ snapshot_id: string }>(stdout, 'summary').snapshot_id
  /** What was named in JSON, wherever it was printed. */
  const saidOf = ({ stdout, stderr }: RunResult): string[] =>
    `${stdout}\n${stderr}`.split('\n').flatMap((line) => {
      if (!line.startsWith('{')) return []
      const { message_type: type, item } = JSON.parse(line) as { message_type?: string; item?: string }
      return type === 'error' && item !== undefined ? [item] : []
    })

  test('a file and a folder that the permissions close: named, the rest saved; the next run is whole again', async () => {
    const { place, folder, source } = await aScene('closed')
    for (const name of ['file1', 'folder']) await chmod(join(source, name), 0)
    const args = ['backup', '--json', '--tag', 'daily', 'source']
    const result = await bench.couronneThrough(AS_EVERYBODY, args, { at: place, cwd: folder, allow: [3] })
    const closed = ['file1', 'folder'].map((name) => join(source, name))
    assert.deepEqual(saidOf(result).sort(), closed)
    const { snapshot, listed, restored } = await look(place, snapshotOf(result))
    assert.deepEqual(snapshot.tags, ['daily', 'incomplete'])
    assert.deepEqual(
      listed.map(({ path, code }) => [path, code]).sort(),
      closed.map((path) => [path, 'EACCES']),
    )
    assert.ok(!existsSync(join(restored, 'source', 'file1')))
    assert.ok(existsSync(join(restored, 'source', 'file2')))

    for (const name of ['file1', 'folder']) await chmod(join(source, name), 0o755)
    const next = await bench.couronne(args, { at: place, cwd: folder })
    const whole = await look(place, snapshotOf(next))
    assert.deepEqual([whole.snapshot.parent, whole.snapshot.tags], [snapshot.id, ['daily']])
    assert.deepEqual(whole.listed, [])
    assert.equal(await digestOf(join(whole.restored, 'source')), await digestOf(source))
  })

  test('a file whose disk fails while it is read', async () => {
    const { place, folder, source } = await aScene('failing')
    const broken = join(source, 'file3')
    // Reading a process's memory at 0 fails as a failing disk does: EIO.
    await run('mount', ['--bind', `/proc/${process.pid}/mem`, broken])
    try {
      const result = await bench.couronne(['backup', '--json', 'source'], { at: place, cwd: folder, allow: [3] })
      assert.deepEqual(saidOf(result), [broken])
      const { snapshot, listed, restored } = await look(place, snapshotOf(result))
      assert.deepEqual(snapshot.tags, ['incomplete'])
      assert.deepEqual(
        listed.map(({ path, operation, code }) => [path, operation, code]),
        [[broken, 'read', 'EIO']],
      )
      assert.ok(!existsSync(join(restored, 'source', 'file3')))
      assert.ok(existsSync(join(restored, 'source', 'file4')))
    } finally {
      await run('umount', [broken])
    }
  })

  test('a file that grows while it is read: kept as it was read, and read again next time', async () => {
    const { place, folder, source } = await aScene('growing')
    const path = join(source, 'growing')
    await writeFile(path, Buffer.alloc(30_000_000, 'grows '))
    const growing = new AbortController()
    const grow = (async () => {
      await using file = await open(path, 'a')
      for (; !growing.signal.aborted; await pause(2)) await file.write('more')
    })()
    const result = await bench.couronne(['backup', '--json', 'source'], { at: place, cwd: folder, allow: [3] })
    growing.abort()
    await grow
    assert.deepEqual(saidOf(result), [path])
    const { snapshot, listed, restored } = await look(place, snapshotOf(result))
    assert.deepEqual(snapshot.tags, ['incomplete'])
    assert.deepEqual(
      listed.map(({ path, code }) => [path, code]),
      [[path, 'CHANGED']],
    )
    assert.ok(lstatSync(join(restored, 'source', 'growing')).size >= 30_000_000)
    const next = await bench.couronne(['backup', '--json', 'source'], { at: place, cwd: folder })
    assert.equal(lastJson<{ files_changed: number }>(next.stdout, 'summary').files_changed, 1)
    assert.equal(await digestOf(join((await look(place, snapshotOf(next))).restored, 'source')), await digestOf(source))
  })

  test('a target that is not there, beside one that is', async () => {
    const { place, folder } = await aScene('targets')
    const result = await bench.couronne(['backup', '--json', 'source', 'nowhere'], { at: place, cwd: folder, allow: [3] })
    assert.deepEqual(saidOf(result), [join(folder, 'nowhere')])
    const { snapshot, listed } = await look(place, snapshotOf(result))
    assert.deepEqual([snapshot.tags, listed.length], [['incomplete'], 1])
  })

  test('a command that fails leaves no snapshot, however much it printed', async () => {
    const { place, folder } = await aScene('command')
    const command = ['backup', '--stdin-from-command', '--', 'sh', '-c', 'echo half; exit 3']
    const { stderr } = await bench.couronne(command, { at: place, cwd: folder, allow: [1] })
    assert.match(stderr, /\[command-failed\]/)
    assert.deepEqual(await bench.snapshots(place), [])
  })

  test('files that vanish, or become something else, while a backup walks: each is in the snapshot or on the list', async () => {
    const { place, folder, source } = await aScene('vanishing')
    const names = Array.from({ length: 3000 }, (_, i) => `many${String(i).padStart(4, '0')}`)
    for (const name of names) writeFileSync(join(source, name), name)
    const touched = names.filter((_, i) => i > 100 && i % 7 === 0)
    let isUnderWay = false
    let summary: BackupSummary | undefined
    {
      await using repository = await bench.open(place)
      for await (const event of backup(repository, ['source'], { cwd: folder, reportItems: true, workers: 1 })) {
        if (event.kind === 'item' && !isUnderWay) {
          isUnderWay = true
          for (const [i, name] of touched.entries()) disturb(join(source, name), i)
        } else if (event.kind === 'summary') summary = event.summary
      }
    }
    assert.ok(summary && summary.unreadable.length > 0, 'some were too late')
    const { listed, restored, snapshot } = await look(place, summary.snapshot!)
    assert.deepEqual(snapshot.tags, ['incomplete'])
    const missing = new Set(listed.map(({ path }) => path))
    for (const name of names) {
      const isThere = lstatSync(join(restored, 'source', name), { throwIfNoEntry: false }) !== undefined
      assert.ok(isThere || missing.has(join(source, name)), `${name} is neither in the snapshot nor on the list`)
    }
    for (const name of names.filter((name) => !touched.includes(name)))
      assert.equal(await readFile(join(restored, 'source', name), 'utf8'), name)
    await rm(source, { recursive: true })
  })
})

/** Takes a file away, or puts something else in its place. */
function disturb(path: string, how: number): void {
  rmSync(path)
  if (how % 6 === 1) mkdirSync(path)
  else if (how % 6 === 2) symlinkSync('/etc/hostname', path)
  else if (how % 6 === 3) execFileSync('mkfifo', [path])
  else if (how % 6 === 4) writeFileSync(path, Buffer.alloc(1_500_000, 'larger '))
}
