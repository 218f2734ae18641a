import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RefusedError, UsageError } from '#errors'
import type { BlobId, Snapshot } from '#format'
import type { Repository } from '#repository'
import { restic014 } from '../../../tests/peers/peers.ts'
import { type ForgetOptions, type ForgetPlan, forget, planForget } from './forget.ts'
import { parseGroupBy, parseKeepCount, parseKeepDuration } from './forget-policy.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

interface StockGroup {
  tags: string[] | null
  host: string
  paths: string[] | null
  keep: { id: string; time: string }[] | null
  remove: { id: string; time: string }[] | null
  reasons: { matches: string[]; counters?: Record<string, number> }[] | null
}

const COUNTS = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

/** The same wish for stock restic and for us. */
function wish(args: readonly string[]): ForgetOptions {
  const options: { policy: Record<string, unknown>; tags: string[][]; groupBy?: ReturnType<typeof parseGroupBy> } = {
    policy: {},
    tags: [],
  }
  for (let i = 0; i < args.length; i += 2) {
    const [name, value] = [args[i]!.replace('--', ''), args[i + 1]!]
    const rule = name.replace('keep-', '').replace(/-(.)/, (_, letter: string) => letter.toUpperCase())
    if (name === 'group-by') options.groupBy = parseGroupBy(value)
    else if (name === 'keep-tag') options.tags.push(value.split(','))
    else if (name.startsWith('keep-within')) options.policy[rule] = parseKeepDuration(value)
    else options.policy[rule] = parseKeepCount(value)
  }
  return { policy: { ...options.policy, tags: options.tags }, ...(options.groupBy && { groupBy: options.groupBy }) }
}

/** Groups in one order, and of each what both programs say. */
function ours({ groups }: ForgetPlan, withCounters: boolean) {
  return groups.map(({ host, paths, tags, keep, remove }) => ({
    ...{ host, paths, tags },
    keep: keep.map(({ snapshot, matches, counters }) => ({
      id: snapshot.id as string,
      matches,
      ...(withCounters && {
        counters: Object.fromEntries(COUNTS.flatMap((rule) => (counters[rule] ? [[rule, counters[rule]]] : []))),
      }),
    })),
    remove: remove.map(({ id }) => id as string),
  }))
}

function stock(groups: readonly StockGroup[], withCounters: boolean) {
  return groups.map(({ host, paths, tags, keep, reasons, remove }) => ({
    ...{ host, paths: paths ?? [], tags: tags ?? [] },
    keep: (reasons ?? []).map(({ matches, counters }, i) => ({
      id: keep![i]!.id,
      matches,
      ...(withCounters && { counters: counters ?? {} }),
    })),
    remove: (remove ?? []).map(({ id }) => id),
  }))
}

function byKey(a: { host: string; paths: readonly string[]; tags: readonly string[] }, b: typeof a): number {
  const key = ({ host, paths, tags }: typeof a) => JSON.stringify([host, paths, tags])
  return key(a) < key(b) ? -1 : 1
}

/** Snapshots of three years, from a seed: several hosts, paths, tags, zones; no two of the same instant, which restic orders by chance. */
async function saveSnapshots(repository: Repository, count: number): Promise<void> {
  let state = 12345
  const random = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >> 8) % limit
  }
  const tree = (await repository.writer().save('tree', new TextEncoder().encode('{"nodes":[]}\n'))) as BlobId
  for (let i = 0; i < count; i++) {
    // Crowded near the end, as backups that have been thinned out are.
    const age = Math.floor((random(1000) / 1000) ** 3 * 3 * 365 * 86400) + i
    const at = Temporal.Instant.from('2024-11-20T12:00:00Z').subtract({ seconds: age, nanoseconds: random(1e9) })
    const zone = ['UTC', 'Europe/Paris', 'Asia/Kolkata', 'America/St_Johns'][random(4)]!
    const snapshot: Snapshot = {
      time: at.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' }).replace('+00:00', 'Z'),
      tree,
      paths: random(2) === 0 ? ['/home', '/etc'] : ['/etc', '/home', '/srv'],
      hostname: ['cabinet', 'portable'][random(2)]!,
      username: 'u',
      ...{ uid: 0, gid: 0, excludes: [], programVersion: '', extra: {} },
      tags: [[], ['daily'], ['keep', 'daily'], ['été & <co>']][random(4)]!,
    }
    await repository.saveSnapshot(snapshot)
  }
}

describe('forget', () => {
  let bench: StockBench
  let repository: Repository
  before(async () => {
    bench = await StockBench.create()
    repository = await bench.open()
    await saveSnapshots(repository, 120)
  })
  after(async () => {
    await repository[Symbol.asyncDispose]()
    await bench[Symbol.asyncDispose]()
  })

  const wishes = [
    ['--keep-last', '3'],
    ['--keep-hourly', '4', '--keep-daily', '7', '--keep-weekly', '5', '--keep-monthly', '12', '--keep-yearly', '3'],
    ['--keep-daily', 'unlimited', '--group-by', ''],
    ['--keep-weekly', '100', '--group-by', 'host,tags'],
    ['--keep-within', '1m14d', '--keep-yearly', '1'],
    ['--keep-within-daily', '30d', '--keep-within-weekly', '3m', '--keep-within-monthly', '1y', '--keep-within-yearly', '5y'],
    ['--keep-within-hourly', '200h', '--group-by', 'tags'],
    ['--keep-tag', 'keep,daily', '--keep-last', '1', '--group-by', 'paths'],
    ['--keep-tag', 'daily', '--keep-tag', 'été & <co>', '--keep-monthly', '2', '--group-by', 'host'],
  ]
  for (const args of wishes) {
    test(`keeps what stock restic keeps, for the same reasons: ${args.join(' ')}`, async () => {
      const theirs = await bench.json<StockGroup[]>(['forget', '--dry-run', '--no-lock', ...args])
      const plan = await planForget(repository, wish(args))
      assert.ok(plan.remove.length > 0)
      assert.deepEqual(ours(plan, false).sort(byKey), stock(theirs, false).sort(byKey))
      // The older one says what is left of the counts; it knows no word for all, and no oldest snapshot within a window.
      if (/unlimited|within-/.test(args.join())) return
      const theirs014 = await bench.json<StockGroup[]>(['forget', '--dry-run', ...args], { program: restic014() })
      assert.deepEqual(ours(plan, true).sort(byKey), stock(theirs014, true).sort(byKey))
    })
  }

  for (const zone of ['Europe/Paris', 'America/St_Johns', 'UTC']) {
    test(`the local zone counts as it does for stock restic: ${zone}`, async () => {
      for (const within of ['7m20d', '8m4d', '19d']) {
        const env = { TZ: zone }
        const { stdout } = await bench.restic(['--json', 'forget', '--dry-run', '--no-lock', '--keep-within', within], { env })
        const plan = await planForget(repository, { ...wish(['--keep-within', within]), timeZone: zone })
        assert.deepEqual(ours(plan, false).sort(byKey), stock(JSON.parse(stdout), false).sort(byKey))
      }
    })
  }

  test('no policy, no forgetting; everything, only with a filter', async () => {
    await assert.rejects(planForget(repository), UsageError)
    await assert.rejects(planForget(repository, { allowRemoveAll: true }), RefusedError)
    const all = await planForget(repository, { allowRemoveAll: true, filter: { hosts: ['portable'] } })
    assert.ok(all.remove.length > 0 && all.remove.every(({ hostname }) => hostname === 'portable'))
  })

  test('a policy that would empty a group is refused', async () => {
    await assert.rejects(planForget(repository, { policy: { tags: [['mistyped']] } }), /last snapshot of the group host /)
  })

  test('what is planned is removed, and stock restic sees the rest', async () => {
    const place = await bench.copyTo('removed')
    await using mine = await bench.open(place)
    const plan = await planForget(mine, { policy: { last: 2 } })
    const last = await lastOf(forget(mine, plan))
    assert.ok(last.kind === 'summary')
    assert.deepEqual([...last.removed].sort(), plan.remove.map(({ id }) => id).sort())
    const left = await bench.snapshots(place)
    assert.deepEqual(
      left.map(({ id }) => id).sort(),
      plan.groups.flatMap(({ keep }) => keep.map(({ snapshot }) => snapshot.id as string)).sort(),
    )
    assert.deepEqual(await bench.names('locks', place), [])
  })

  test('named snapshots go, whatever a policy would keep', async () => {
    const place = await bench.copyTo('named')
    await using mine = await bench.open(place)
    const [first, second] = await mine.snapshots()
    const plan = await planForget(mine, {
      snapshots: [first!.id.slice(0, 16), second!.id, 'latest'],
      filter: { hosts: ['cabinet'] },
    })
    assert.deepEqual(plan.groups, [])
    assert.equal(plan.remove.length, 3)
    await lastOf(forget(mine, plan))
    assert.equal((await bench.snapshots(place)).length, 117)
    await assert.rejects(planForget(mine, { snapshots: [first!.id] }), { code: 'object-missing' })
    await assert.rejects(planForget(mine, { snapshots: [second!.id.slice(0, 16)], filter: { hosts: ['x'] } }), UsageError)
  })

  test('a snapshot that cannot be read is reported and stops nobody', async () => {
    const place = await bench.copyTo('junk')
    await writeFile(join(place, 'snapshots', 'f'.repeat(64)), 'junk')
    await using mine = await bench.open(place)
    assert.ok((await planForget(mine, { policy: { last: 1 } })).remove.length > 0)
    assert.deepEqual(
      mine.findings.map(({ object }) => object),
      ['f'.repeat(64)],
    )
  })

  test('beside a running backup, not beside an exclusive lock', async () => {
    const place = await bench.copyTo('locked')
    await using mine = await bench.open(place)
    const plan = await planForget(mine, { policy: { last: 1 } })
    {
      await using _backup = await mine.lock({ exclusive: false })
      await lastOf(forget(mine, { ...plan, remove: plan.remove.slice(0, 1) }))
    }
    await using _prune = await mine.lock({ exclusive: true })
    await assert.rejects(lastOf(forget(mine, plan)), { code: 'locked' })
  })
})
