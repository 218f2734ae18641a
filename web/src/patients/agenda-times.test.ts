import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doubleBooked, freeTimes, type Held, meets, type Wanted } from './agenda-times.ts'

const DAY = '2026-03-12'

test('free times stand one behind the other, around what is taken', () => {
  const held = [heldAt('09:00', 45), heldAt('10:30', 210)]
  assert.deepEqual(freeTimes(DAY, held, { minutes: 45, practitionerId: 'a' }).slice(0, 4), ['08:00', '09:45', '14:00', '14:45'])
})

test('an appointment that begins when another ends meets nobody', () => {
  const held = [heldAt('09:00', 30)]
  assert.equal(meeting(held, { startsAt: `${DAY}T09:30`, minutes: 30, practitionerId: 'a' }).length, 0)
  assert.equal(meeting(held, { startsAt: `${DAY}T08:45`, minutes: 15, practitionerId: 'a' }).length, 0)
  assert.equal(meeting(held, { startsAt: `${DAY}T09:29`, minutes: 30, practitionerId: 'a' }).length, 1)
})

test('whoever was cancelled, or did not come, takes no time', () => {
  const held = [heldAt('09:00', 30, { state: 'cancelled' }), heldAt('09:00', 30, { state: 'missed' })]
  assert.equal(meeting(held, { startsAt: `${DAY}T09:00`, minutes: 30, practitionerId: 'a' }).length, 0)
  assert.equal(doubleBooked([...held, heldAt('09:00', 30)]).size, 0)
})

test('another practitioner’s time is no obstacle, unless it is the same patient', () => {
  const held = [heldAt('09:00', 30, { practitionerId: 'b', entry: { id: '1', patient: { id: 'anne' } } })]
  const wanted = { startsAt: `${DAY}T09:00`, minutes: 30, practitionerId: 'a' }
  assert.equal(meeting(held, wanted).length, 0)
  assert.equal(meeting(held, { ...wanted, patientId: 'anne' }).length, 1)
})

test('two appointments without a practitioner are not of the same practitioner', () => {
  const nobodys = heldAt('09:00', 30, { practitionerId: undefined, entry: { id: '1', patient: { id: 'anne' } } })
  const other = heldAt('09:15', 30, { practitionerId: undefined, entry: { id: '2', patient: { id: 'zoe' } } })
  const wanted = { startsAt: `${DAY}T09:00`, minutes: 30 }
  assert.equal(meeting([nobodys, other], wanted).length, 0)
  assert.deepEqual(meeting([nobodys, other], { ...wanted, patientId: 'zoe' }), [other])
  assert.equal(doubleBooked([nobodys, other]).size, 0)
})

test('free times are a practitioner’s: without one there are none', () => {
  assert.deepEqual(freeTimes(DAY, [], { minutes: 30, patientId: 'anne' }), [])
})

test('what is moved is no obstacle to itself, and a limited record is one', () => {
  const mine = heldAt('09:00', 30, { entry: { id: '1', patient: { id: 'anne' } } })
  const wanted = { startsAt: `${DAY}T09:15`, minutes: 30, practitionerId: 'a', patientId: 'anne', entryId: '1' }
  assert.equal(meeting([mine], wanted).length, 0)
  assert.equal(meeting([mine, heldAt('09:30', 30)], wanted).length, 1)
})

test('two at the same time are both said to be', () => {
  const [one, two, later] = [heldAt('09:00', 30), heldAt('09:15', 30), heldAt('10:00', 30)]
  assert.deepEqual([...doubleBooked([one, two, later])], [one, two])
})

test('what is over today is not proposed; a length of nothing proposes nothing', () => {
  const practitionerId = 'a'
  assert.equal(freeTimes(DAY, [], { minutes: 30, practitionerId }, 14 * 60 + 5)[0], '14:15')
  assert.deepEqual(freeTimes(DAY, [], { minutes: 30, practitionerId }, 19 * 60), [])
  assert.deepEqual(freeTimes(DAY, [], { minutes: 0, practitionerId }), [])
  assert.equal(freeTimes(DAY, [], { minutes: 660, practitionerId }).length, 1)
})

function meeting(held: readonly Held[], wanted: Wanted): Held[] {
  return held.filter((each) => meets(each, wanted))
}

function heldAt(time: string, minutes: number, more: Partial<Held> = {}): Held {
  return { startsAt: `${DAY}T${time}`, minutes, practitionerId: 'a', state: 'booked', ...more }
}
