import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupVisits, type Trace } from './visits.ts'

const trace = (at: string, more: Partial<Trace> = {}): Trace => ({
  at: `2026-03-02T${at}:00.000Z`,
  accountId: 'noa',
  role: 'assistant',
  sessionId: 'at the desk',
  action: 'record.read',
  subject: null,
  reason: null,
  details: JSON.stringify({ kinds: ['identity'] }),
  ...more,
})
const reading = (at: string, ...kinds: string[]) => trace(at, { details: JSON.stringify({ kinds }) })
const spans = (traces: readonly Trace[]) =>
  groupVisits(traces).map(({ startsAt, endsAt }) => `${startsAt.slice(11, 16)} ${endsAt.slice(11, 16)}`)

test('the lines that one opening of a record writes are one visit, with what was read', () => {
  const [visit, ...others] = groupVisits([
    reading('08:00', 'identity', 'alert', 'stewardship'),
    reading('08:00', 'observation', 'procedure'),
    trace('08:01', { action: 'document.read', subject: 'document:1' }),
    trace('08:01', { action: 'document.read', subject: 'document:1' }),
    trace('08:02', { action: 'record.corrected', subject: 'alert:2', details: '{"version":2}' }),
  ])
  assert.deepEqual(others, [])
  assert.deepEqual(visit, {
    accountId: 'noa',
    role: 'assistant',
    startsAt: '2026-03-02T08:00:00.000Z',
    endsAt: '2026-03-02T08:02:00.000Z',
    read: ['identity', 'alert', 'procedure', 'observation', 'stewardship'],
    documents: 1,
    changed: ['alert'],
    printed: [],
    isExported: false,
    isGlassBroken: false,
    traces: 5,
  })
})

test('a pause of a quarter of an hour is still the same visit, a longer one is not', () => {
  assert.deepEqual(spans([trace('08:00'), trace('08:15'), trace('08:30')]), ['08:00 08:30'])
  assert.deepEqual(spans([trace('08:00'), trace('08:16')]), ['08:16 08:16', '08:00 08:00'])
})

test('two people, two sessions, and one person in two roles are visits of their own', () => {
  const others = [{ accountId: 'camille' }, { sessionId: 'at home' }, { role: 'owner' }]
  for (const other of others) assert.equal(groupVisits([trace('08:00'), trace('08:01', other)]).length, 2)
})

test('breaking the glass is said with its reason, and looks through broken glass too', () => {
  const [visit] = groupVisits([
    trace('08:00', { action: 'glass.broken', subject: 'glass:1', reason: 'malaise au fauteuil', details: '{}' }),
    reading('08:01', 'procedure'),
  ])
  assert.deepEqual([visit?.isGlassBroken, visit?.reason], [true, 'malaise au fauteuil'])
  const [later] = groupVisits([trace('08:40', { details: '{"kinds":["procedure"],"throughBrokenGlass":true}' })])
  assert.deepEqual([later?.isGlassBroken, later?.reason], [true, undefined])
})

test('sheets that were printed are no whole record', () => {
  const print = (at: string, subject: string) =>
    trace(at, { action: 'record.exported', subject, details: '{"kinds":["identity"],"version":1}' })
  const [visit] = groupVisits([print('08:00', 'quote:1'), print('08:01', 'prescription:2'), print('08:01', 'prescription:2')])
  assert.deepEqual([visit?.printed, visit?.isExported], [['prescription', 'quote'], false])
})

test('a whole record that a program took out, and a limit that was put on one, are said', () => {
  const [limited, exported] = groupVisits([
    trace('08:00', { action: 'record.exported', sessionId: null, details: '{"total":12}' }),
    trace('09:00', { action: 'record.limited', details: '{}' }),
  ])
  assert.equal(exported?.isExported, true)
  assert.deepEqual(limited?.changed, ['limit'])
})
