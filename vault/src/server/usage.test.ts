import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noObjects, type Reservation, Usage } from './usage.ts'

const LIMITS = { quotaBytes: 100, objectsMax: 3 }

function granted(outcome: Reservation | string): Reservation {
  if (typeof outcome === 'string') assert.fail(`refused: ${outcome}`)
  return outcome
}

test('exactly the quota fits, one byte more does not', () => {
  const usage = new Usage()
  granted(usage.reserve('data', 60, LIMITS)).keep(60)
  assert.equal(usage.reserve('data', 41, LIMITS), 'quota')
  granted(usage.reserve('data', 40, LIMITS)).keep(40)
  assert.equal(usage.reserve('data', 1, LIMITS), 'quota')
})

test('what is reserved is taken, what is released is free again, once', () => {
  const usage = new Usage()
  const first = granted(usage.reserve('data', 60, LIMITS))
  assert.equal(usage.reserve('data', 60, LIMITS), 'quota')
  first.release()
  first.release()
  const second = granted(usage.reserve('data', 100, LIMITS))
  assert.equal(usage.reserve('index', 1, LIMITS), 'quota')
  second.keep(10)
  second.release()
  assert.equal(usage.current.sizeBytes, 10)
  granted(usage.reserve('data', 90, LIMITS))
})

test('a reservation grows until the quota', () => {
  const usage = new Usage()
  const reservation = granted(usage.reserve('data', 0, LIMITS))
  assert.equal(reservation.grow(99), true)
  assert.equal(reservation.grow(2), false)
  assert.equal(reservation.grow(1), true)
  reservation.release()
  granted(usage.reserve('data', 100, LIMITS))
})

test('objects are counted by kind, those under way too', () => {
  const usage = new Usage()
  for (let i = 0; i < 3; i++) granted(usage.reserve('locks', 1, LIMITS))
  assert.equal(usage.reserve('locks', 1, LIMITS), 'too-many-objects')
  granted(usage.reserve('data', 1, LIMITS))
})

test('a count takes the place of what was known', async () => {
  const usage = new Usage()
  granted(usage.reserve('data', 60, LIMITS)).keep(60)
  await usage.recount(async () => ({ sizeBytes: 7, objects: { ...noObjects(), index: 2 } }))
  assert.deepEqual(usage.current, { sizeBytes: 7, objects: { ...noObjects(), index: 2 } })
})

test('what changes while a count is under way is never counted too low', async () => {
  const usage = new Usage()
  await usage.recount(async () => {
    granted(usage.reserve('data', 60, LIMITS)).keep(60)
    usage.removed('data', 60)
    return { sizeBytes: 0, objects: noObjects() }
  })
  assert.equal(usage.current.sizeBytes, 60)
})

test('a count that fails leaves what was known', async () => {
  const usage = new Usage()
  granted(usage.reserve('data', 60, LIMITS)).keep(60)
  await assert.rejects(usage.recount(() => Promise.reject(new Error('disk'))))
  usage.removed('data', 20)
  assert.equal(usage.current.sizeBytes, 40)
})

test('locks are counted, and take no bytes', async () => {
  const usage = new Usage()
  granted(usage.reserve('data', 100, LIMITS)).keep(100)
  const lock = granted(usage.reserve('locks', 50, LIMITS))
  assert.equal(lock.grow(1000), true)
  lock.keep(1050)
  assert.deepEqual(usage.current, { sizeBytes: 100, objects: { ...noObjects(), data: 1, locks: 1 } })
  usage.removed('locks', 1050)
  assert.deepEqual(usage.current, { sizeBytes: 100, objects: { ...noObjects(), data: 1 } })
})
