/**
 * Full disks, real ones (a tmpfs of a few megabytes; needs root): whoever is full is named with the code `storage-full`, nothing that
 * was saved is lost, other mirrors go on, and everything goes on after room is made.
 */
import assert from 'node:assert/strict'
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type RunResult, run } from '../peers/peers.ts'
import { digestOf, lastJson, objectsOf, Workbench } from './workbench.ts'

const MEGABYTE = 1024 * 1024

/** A disk of its own. */
class TinyDisk implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async mount(folder: string, sizeBytes: number): Promise<TinyDisk> {
    await mkdir(folder)
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'couronne-test', folder])
    return new TinyDisk(folder)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Leaves so much room. */
  async fill(leaveBytes = 0): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder)
    await writeFile(this.path('filler'), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
  }

  async makeRoom(): Promise<void> {
    await rm(this.path('filler'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', [this.folder])
  }
}

describe('a full disk', { concurrency: 2 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await Workbench.create('full')
    await bench.fill(4, 200_000, 'first')
    await bench.init('beginning')
    await bench.backup({ at: bench.path('beginning') })
    await rm(join(bench.source, 'first0'))
    await bench.fill(12, 250_000, 'second')
    await bench.copyOf('beginning', 'rehearsal')
    await bench.backup({ at: bench.path('rehearsal') })
  })
  after(() => bench[Symbol.asyncDispose]())

  const backUp = (at: string | readonly string[], allow: readonly number[] = [0]) =>
    bench.couronne(['backup', 'source', '--json'], { at, allow })

  test('of the only repository: the backup fails and says so, what was there restores, and it goes on after room is made', async () => {
    await using disk = await TinyDisk.mount(bench.path('only'), 8 * MEGABYTE)
    const place = await bench.copyOf('beginning', disk.path('repository'))
    for (const room of [0, 100_000, 2 * MEGABYTE]) {
      await disk.fill(room)
      requireFull(await backUp(place, [1]), place)
      assert.equal(await bench.restoreAll(place), 1)
      await disk.makeRoom()
      await bench.check(place)
    }
    await backUp(place)
    await bench.check(place)
    assert.equal(await bench.restoreAll(place), 2)
  })

  for (const full of [0, 1] as const) {
    test(`of the ${full === 0 ? 'first' : 'second'} mirror: the other goes on, this one is behind and catches up`, async () => {
      await using disk = await TinyDisk.mount(bench.path(`mirror-${full}`), 8 * MEGABYTE)
      const tight = await bench.copyOf('beginning', disk.path('repository'))
      const roomy = await bench.copyOf('beginning', `roomy-${full}`)
      const places = full === 0 ? [tight, roomy] : [roomy, tight]
      await disk.fill(MEGABYTE)
      const { stdout, stderr } = await backUp(places)
      const { mirrors } = lastJson<{ mirrors: { location: string; behind?: string }[] }>(stdout, 'summary')
      assert.deepEqual(
        mirrors.map(({ behind }) => behind?.includes('ENOSPC')),
        full === 0 ? [true, undefined] : [undefined, true],
      )
      assert.match(stderr, /left behind/)
      assert.equal(await bench.restoreAll(roomy), 2)
      assert.equal(await bench.restoreAll(tight), 1)
      await bench.check(tight)
      // While it stays full, backups go on and say that it stays behind.
      assert.match((await backUp(places)).stderr, /behind/)
      await disk.makeRoom()
      const { stdout: later } = await backUp(places)
      assert.equal(lastJson<{ mirror: string }>(later, 'caught_up').mirror, tight)
      assert.deepEqual(await objectsOf(tight), await objectsOf(roomy))
      await bench.check(tight)
      assert.equal(await bench.restoreAll(tight), 4)
    })
  }

  test('of both mirrors: the backup fails, and nothing is lost', async () => {
    await using disk = await TinyDisk.mount(bench.path('both'), 12 * MEGABYTE)
    const places = [await bench.copyOf('beginning', disk.path('a')), await bench.copyOf('beginning', disk.path('b'))]
    await disk.fill(MEGABYTE)
    requireFull(await backUp(places, [1]))
    await disk.makeRoom()
    for (const place of places) {
      await bench.check(place)
      assert.equal(await bench.restoreAll(place), 1)
    }
    await backUp(places)
    for (const place of places) assert.equal(await bench.restoreAll(place), 2)
  })

  test('under prune and copy: they fail and say so, snapshots are whole, and the next run ends', async () => {
    await using disk = await TinyDisk.mount(bench.path('verbs'), 12 * MEGABYTE)
    const prunable = await bench.copyOf('rehearsal', 'prunable')
    await bench.restic(['forget', (await bench.snapshots(prunable))[0]!.id], { at: prunable })
    const place = disk.path('repository')
    const verbs: readonly (readonly [args: readonly string[], beginning: string])[] = [
      [['prune', '--max-unused', '0'], 'prunable'],
      [['prune', '--max-unused', '0', '--instant-delete'], 'prunable'],
      [['copy', '--from-repo', bench.path('rehearsal')], 'empty'],
    ]
    await bench.init('empty')
    for (const [args, beginning] of verbs) {
      await bench.copyOf(beginning, place)
      const snapshots = beginning === 'empty' ? 0 : 1
      for (const room of [0, 300_000]) {
        await disk.fill(room)
        requireFull(await bench.couronne(args, { at: place, allow: [1] }))
        await disk.makeRoom()
        await bench.check(place)
        assert.equal(await bench.restoreAll(place), snapshots)
      }
      await bench.couronne(args, { at: place })
      await bench.check(place)
      assert.equal(await bench.restoreAll(place), beginning === 'empty' ? 2 : 1)
    }
  })

  test('of what this machine keeps for itself: it is said whose disk it is, and nothing is lost', async () => {
    await using disk = await TinyDisk.mount(bench.path('state'), MEGABYTE)
    const places = [await bench.copyOf('beginning', 'state-a'), await bench.copyOf('beginning', 'state-b')]
    const env = { COURONNE_STATE_DIR: disk.path('couronne') }
    await disk.fill()
    const failed = await bench.couronne(['backup', 'source'], { at: places, env, allow: [1] })
    requireFull(failed, disk.folder)
    await disk.makeRoom()
    await bench.couronne(['backup', 'source'], { at: places, env })
    for (const place of places) assert.equal(await bench.restoreAll(place), 2)
  })

  test('as the target of a restore: it is said, and the same restore goes on after room is made', async () => {
    await using disk = await TinyDisk.mount(bench.path('target'), 8 * MEGABYTE)
    await disk.fill(MEGABYTE)
    const args = ['restore', 'latest', '--target', disk.path('restored')]
    requireFull(await bench.couronne(args, { at: bench.path('rehearsal'), allow: [1] }), disk.folder)
    await disk.makeRoom()
    await bench.couronne(args, { at: bench.path('rehearsal') })
    assert.equal(await digestOf(join(disk.path('restored'), 'source')), await digestOf(bench.source))
  })
})

/** It says what is full, and the code that the manual explains. */
function requireFull({ stderr }: RunResult, place = ''): void {
  assert.match(stderr, /\[storage-full\]/)
  assert.ok(stderr.includes(place), stderr)
}
