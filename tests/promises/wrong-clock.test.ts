/**
 * Clocks that are years ahead or behind, and clocks that jump while something runs: whole processes under faketime. Nothing is lost, no
 * grace is cut short, and the time that a snapshot bears is the only thing that is wrong.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { faketime, type RunResult } from '../peers/peers.ts'
import { lastJson, type StockSnapshot, type VaultOptions, Workbench } from './workbench.ts'

const AHEAD = '+1095d'
const BEHIND = '-1095d'
const DAY_MS = 24 * 3600_000

describe('a wrong clock', { concurrency: 2 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await Workbench.create('clock')
    await bench.fill(8, 150_000, 'file')
    await bench.init('beginning')
    await bench.backup({ at: bench.path('beginning') })
  })
  after(() => bench[Symbol.asyncDispose]())

  /** With the clock of that offset; the monotonic one, by which time-outs go, is right. */
  const at = (offset: string, args: readonly string[], options: VaultOptions): Promise<RunResult> =>
    offset === ''
      ? bench.couronne(args, options)
      : bench.couronneThrough([faketime(), '--exclude-monotonic', '-f', offset], args, {
          ...options,
          env: { NO_FAKE_STAT: '1' },
        })

  test('a backup of the future is no parent of today’s, and one of the past has no parent; all restore', async () => {
    const place = await bench.copyOf('beginning', 'parents')
    const backUp = async (offset: string): Promise<[StockSnapshot, { files_unmodified: number; data_added: number }]> => {
      const { stdout } = await at(offset, ['backup', '--json', 'source'], { at: place })
      const summary = lastJson<{ snapshot_id: string; files_unmodified: number; data_added: number }>(stdout, 'summary')
      const [snapshot] = await bench.snapshots(place, [summary.snapshot_id])
      return [snapshot!, summary]
    }
    const [first] = await bench.snapshots(place)
    const [future] = await backUp(AHEAD)
    assert.equal(future.parent, first!.id)
    const [today, { files_unmodified: unmodified }] = await backUp('')
    assert.deepEqual([today.parent, unmodified], [first!.id, 8])
    const [past, { files_unmodified: read, data_added: added }] = await backUp(BEHIND)
    assert.deepEqual([past.parent, read, added], [undefined, 0, 0])
    assert.ok(past.time < today.time && today.time < future.time)
    await bench.check(place)
    assert.equal(await bench.restoreAll(place), 4)
  })

  const prune = async (place: string, offset = '') => {
    const { stdout } = await at(offset, ['prune', '--json', '--max-unused', '0'], { at: place })
    return lastJson<{ marked_packs: number; deleted_packs: number }>(stdout, 'summary')
  }

  for (const marking of ['', AHEAD, BEHIND]) {
    test(`marks made with a clock of ${marking || '±0'}: no clock of a later prune cuts their grace short`, async () => {
      const place = await forgottenIn(bench, `grace${marking}`)
      assert.ok((await prune(place, marking)).marked_packs > 0)
      // A few seconds have passed, whatever any clock says.
      for (const offset of ['', AHEAD, BEHIND]) assert.equal((await prune(place, offset)).deleted_packs, 0, offset)
      assert.ok((await bench.check(place)).includes('additional files'))
    })
  }

  test('the grace is over when both clocks say so, ours and the destination’s', async () => {
    const place = await forgottenIn(bench, 'grace')
    await prune(place)
    assert.equal((await prune(place, '+2d')).deleted_packs, 0)
    await age(join(place, 'index'), 2)
    assert.equal((await prune(place)).deleted_packs, 0)
    assert.ok((await prune(place, '+2d')).deleted_packs > 0)
    assert.ok(!(await bench.check(place)).includes('additional files'))
    assert.equal((await bench.snapshots(place)).length, 1)
  })

  for (const jump of ['+1d', '-1d', AHEAD, BEHIND]) {
    test(`a clock that jumps by ${jump} in the middle of a backup: it ends, and holds everything`, async () => {
      const place = await bench.copyOf('beginning', `jump${jump}`)
      const running = await slowBackup(bench, place)
      await running.setClock(jump)
      const { status, stderr } = await running.end()
      assert.equal(status, 0, stderr)
      await bench.check(place)
      const dumped = await bench.restic(['dump', 'latest', '/stdin'], { at: place })
      assert.equal(dumped.stdout, 'beginning\nend\n')
      assert.deepEqual(await readdir(join(place, 'locks')), [])
      const { summary } = (await bench.snapshots(place)).find(({ hostname }) => hostname === 'slow')!
      const elapsedMs = Date.parse(summary!.backup_end) - Date.parse(summary!.backup_start)
      assert.ok(Math.abs(elapsedMs) > 0.9 * DAY_MS, 'its clock has jumped')
    })
  }

  test('a backup whose lock was taken away, by an unlock whose clock is ahead, does not say that it saved anything', async () => {
    const place = await bench.copyOf('beginning', 'evicted')
    const running = await slowBackup(bench, place)
    const { stdout } = await at('+1d', ['unlock'], { at: place })
    assert.match(stdout, /1 lock/)
    await bench.couronne(['prune', '--instant-delete', '--max-unused', '0'], { at: place })
    const { status, stderr } = await running.end()
    assert.equal(status, 1)
    assert.match(stderr, /\[lock-lost\]/)
    await bench.check(place)
    assert.equal(await bench.restoreAll(place), 1)
  })
})

/** A repository where most of what is there is needed by no snapshot. */
async function forgottenIn(bench: Workbench, name: string): Promise<string> {
  const place = await bench.copyOf('beginning', name)
  const [first] = await bench.snapshots(place)
  await bench.couronne(['backup', 'source/file0'], { at: place })
  await bench.couronne(['forget', first!.id], { at: place })
  return place
}

interface SlowBackup {
  setClock(offset: string): Promise<void>
  /** Lets it go on, and waits for its end. */
  end(): Promise<{ readonly status: number | null; readonly stderr: string }>
}

/** A backup of a stream that has begun and does not end; its clock can be set. */
async function slowBackup(bench: Workbench, place: string): Promise<SlowBackup> {
  const [clock, go] = [`${place}.clock`, `${place}.go`]
  await writeFile(clock, '+0\n')
  const script = `echo beginning; while [ ! -e ${go} ]; do sleep 0.05; done; echo end`
  const env = {
    LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1',
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  }
  const child = bench.start(['backup', '--host', 'slow', '--stdin-from-command', '--', 'sh', '-c', script], { at: place, env })
  let stderr = ''
  child.stderr!.on('data', (bytes) => (stderr += bytes))
  child.stdout!.resume()
  const closed = once(child, 'close') as Promise<[number | null]>
  while ((await readdir(join(place, 'locks'))).length === 0) {
    assert.equal(child.exitCode, null, stderr)
    await pause(20)
  }
  // The lock has settled, and the first bytes are read.
  await pause(1500)
  return {
    setClock: (offset) => writeFile(clock, `${offset}\n`),
    end: async () => {
      await writeFile(go, '')
      const [status] = await closed
      return { status, stderr }
    },
  }
}

/** Makes files look older by days. */
async function age(folder: string, days: number): Promise<void> {
  const then = new Date(Date.now() - days * DAY_MS)
  for (const name of await readdir(folder)) await utimes(join(folder, name), then, then)
}
