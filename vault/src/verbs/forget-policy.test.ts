import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { UsageError } from '#errors'
import {
  applyPolicy,
  type DatedSnapshot,
  type ForgetPolicy,
  groupSnapshots,
  isEmptyPolicy,
  parseGroupBy,
  parseKeepCount,
  parseKeepDuration,
  printGroup,
  printKeepDuration,
  printPolicy,
} from './forget-policy.ts'

interface Case {
  policy: Record<string, number | string | string[]>
  expected: string
}
interface Expected {
  reasons?: { snapshot: { time: string }; matches: string[]; counters: Record<string, number> }[]
}
type Cases = { snapshots: { time: string; tags?: string[]; paths?: string[] }[]; cases: Case[] }
const folder = new URL('../../../tests/vectors/restic/policy/', import.meta.url)
const readVector = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const vectors: Cases = readVector('cases.json')

function aSnapshot(time: string, facts: Partial<DatedSnapshot> = {}, position = 0): DatedSnapshot {
  const id = position.toString(16).padStart(64, '0') as DatedSnapshot['id']
  return { id, time, tags: [], paths: [], hostname: 'h', ...facts }
}

function readPolicy(policy: Case['policy']): ForgetPolicy {
  const entries = Object.entries(policy).map(([name, value]) => {
    if (name === 'keep-tag') return ['tags', (value as string[]).map((list) => list.split(','))]
    if (name === 'keep-within') return ['within', parseKeepDuration(value as string)]
    return [name.replace('keep-', ''), value]
  })
  return Object.fromEntries(entries)
}

const times = (list: readonly DatedSnapshot[]) => list.map(({ time }) => time)

describe("restic's own retention cases", () => {
  const snapshots = vectors.snapshots.map(({ time, tags, paths }, i) =>
    aSnapshot(time, { ...(tags && { tags }), ...(paths && { paths }) }, i),
  )
  for (const { policy, expected } of vectors.cases) {
    test(`${expected}: ${JSON.stringify(policy)}`, () => {
      const result = applyPolicy(snapshots, readPolicy(policy))
      const reasons = (readVector(expected) as Expected).reasons ?? []
      assert.deepEqual(
        result.keep.map(({ snapshot, matches, counters }) => ({
          time: snapshot.time,
          matches,
          counters: Object.fromEntries(Object.entries(counters).filter(([, left]) => left !== 0)),
        })),
        reasons.map(({ snapshot, matches, counters }) => ({ time: snapshot.time, matches, counters })),
      )
      assert.equal(result.keep.length + result.remove.length, snapshots.length)
    })
  }
})

test('the oldest snapshot is kept while a count is left, and the reason says so', () => {
  const list = ['2024-05-01T10:00:00Z', '2024-05-01T09:00:00Z', '2024-05-01T08:00:00Z'].map((time) => aSnapshot(time))
  const { keep, remove } = applyPolicy(list, { daily: 3 })
  assert.deepEqual(times(remove), ['2024-05-01T09:00:00Z'])
  assert.deepEqual(
    keep.map(({ matches, counters }) => [matches, counters.daily]),
    [
      [['daily snapshot'], 2],
      [['oldest daily snapshot'], 1],
    ],
  )
})

test('a day is the day on the wall where the snapshot was taken', () => {
  const list = [
    aSnapshot('2024-05-02T00:30:00+02:00', {}, 1),
    aSnapshot('2024-05-01T23:30:00+02:00', {}, 2),
    aSnapshot('2024-05-01T20:00:00Z', {}, 3),
  ]
  const { remove } = applyPolicy([...list, aSnapshot('2024-04-01T00:00:00Z', {}, 4)], { daily: -1 })
  assert.deepEqual(times(remove), ['2024-05-01T20:00:00Z'])
})

test('weeks are those of ISO 8601: 30 December 2024 is in week 1 of 2025', () => {
  const list = ['2025-01-05T10:00:00Z', '2024-12-30T10:00:00Z', '2024-12-29T10:00:00Z', '2024-12-24T10:00:00Z']
  const { keep } = applyPolicy(
    list.map((time) => aSnapshot(time)),
    { weekly: 2 },
  )
  assert.deepEqual(times(keep.map(({ snapshot }) => snapshot)), ['2025-01-05T10:00:00Z', '2024-12-29T10:00:00Z'])
})

test('a window starts at the newest snapshot that is not in the future', () => {
  const list = ['2050-01-01T00:00:00Z', '2024-05-10T10:00:00Z', '2024-05-08T09:00:00Z'].map((time) => aSnapshot(time))
  const now = Temporal.Instant.from('2024-06-01T00:00:00Z')
  const { keep, remove } = applyPolicy(list, { within: parseKeepDuration('2d') }, { now })
  assert.deepEqual(times(remove), ['2024-05-08T09:00:00Z'])
  assert.deepEqual(keep[0]?.matches, ['within 2d'])
})

test('only snapshots in the future: a window keeps them all', () => {
  const list = ['2050-01-01T00:00:00Z', '2049-01-01T00:00:00Z'].map((time) => aSnapshot(time))
  const now = Temporal.Instant.from('2024-06-01T00:00:00Z')
  assert.equal(applyPolicy(list, { within: parseKeepDuration('1d') }, { now }).remove.length, 0)
})

test('a month before 31 March is 3 March, as restic counts', () => {
  const list = ['2023-03-31T12:00:00Z', '2023-03-03T12:00:01Z', '2023-03-03T12:00:00Z'].map((time) => aSnapshot(time))
  const { remove } = applyPolicy(list, { within: parseKeepDuration('1m') })
  assert.deepEqual(times(remove), ['2023-03-03T12:00:00Z'])
})

test('a day across the change of the clocks keeps the hour on the wall in the local zone, and 24 hours elsewhere', () => {
  // In Paris the clocks went forward in the night before: a day before noon is noon of the day before, 23 hours earlier.
  const list = ['2024-03-31T12:00:00+02:00', '2024-03-30T12:30:00+01:00', '2024-03-30T11:30:00+01:00']
  const snapshots = list.map((time, i) => aSnapshot(time, {}, i))
  const policy = { within: parseKeepDuration('1d') }
  assert.deepEqual(times(applyPolicy(snapshots, policy, { timeZone: 'Europe/Paris' }).remove), ['2024-03-30T11:30:00+01:00'])
  assert.deepEqual(times(applyPolicy(snapshots, policy, { timeZone: 'Asia/Tokyo' }).remove), [])
})

test('snapshots of the same second are told apart by their IDs, always in the same way', () => {
  const list = [3, 1, 2].map((position) => aSnapshot('2024-01-01T00:00:00Z', {}, position))
  for (const order of [list, list.toReversed()]) {
    const { keep } = applyPolicy(order, { last: 2 })
    assert.deepEqual(
      keep.map(({ snapshot }) => Number.parseInt(snapshot.id, 16)),
      [1, 2],
    )
  }
})

test('counts below -1 and negative durations are refused', () => {
  assert.throws(() => applyPolicy([], { last: -2 }), UsageError)
  assert.throws(() => applyPolicy([], { within: { years: 0, months: 0, days: -1, hours: 0 } }), UsageError)
})

test('an empty policy keeps nothing', () => {
  assert.ok(isEmptyPolicy({}))
  assert.ok(isEmptyPolicy({ last: 0, within: parseKeepDuration('') }))
  assert.ok(!isEmptyPolicy({ tags: [['a']] }))
  assert.equal(applyPolicy([aSnapshot('2024-01-01T00:00:00Z')], {}).remove.length, 1)
})

test('counts, durations and groups are read as restic reads them', () => {
  assert.deepEqual(['unlimited', '-1', '7'].map(parseKeepCount), [-1, -1, 7])
  assert.throws(() => parseKeepCount('-2'), UsageError)
  assert.equal(printKeepDuration(parseKeepDuration('1y5m7d2h')), '1y5m7d2h')
  assert.equal(printKeepDuration(parseKeepDuration(' 2h1d ')), '1d2h')
  for (const wrong of ['1', '1w', 'd', '1y-2d', '1.5d']) assert.throws(() => parseKeepDuration(wrong), UsageError)
  assert.deepEqual(parseGroupBy('host,tags'), { host: true, paths: false, tags: true })
  assert.throws(() => parseGroupBy('size'), UsageError)
})

test('the policy is said in words', () => {
  const policy = {
    last: 2,
    monthly: -1,
    withinDaily: parseKeepDuration('7d'),
    tags: [['a', 'b'], ['c']],
    within: parseKeepDuration('1m'),
  }
  assert.equal(
    printPolicy(policy),
    'keep 2 latest, all monthly snapshots, daily snapshots within 7d and all snapshots with tags [[a, b] [c]] and all snapshots within 1m of the newest',
  )
  assert.equal(printPolicy({}), 'remove')
})

test('snapshots are grouped by what is asked, whatever the order of their paths', () => {
  const list = [
    aSnapshot('2024-01-01T00:00:00Z', { hostname: 'b', paths: ['/y', '/x'] }),
    aSnapshot('2024-01-02T00:00:00Z', { hostname: 'a', paths: ['/x', '/y'], tags: ['t'] }),
    aSnapshot('2024-01-03T00:00:00Z', { hostname: 'b', paths: ['/x', '/y'] }),
  ]
  assert.deepEqual(
    groupSnapshots(list, parseGroupBy('host,paths')).map((group) => [printGroup(group), group.snapshots.length]),
    [
      ['host a, path [/x /y]', 1],
      ['host b, path [/x /y]', 2],
    ],
  )
  assert.equal(groupSnapshots(list, parseGroupBy('')).length, 1)
  assert.deepEqual(
    groupSnapshots(list, parseGroupBy('tags')).map(({ tags }) => tags),
    [['t'], []],
  )
})
