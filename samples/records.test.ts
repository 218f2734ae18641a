import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KINDS } from '@couronne/practice/contract'
import { SeededRandom } from './random.ts'
import { inventRecords } from './records.ts'

const OPTIONS = { patients: 400, today: Temporal.PlainDate.from('2026-03-02'), practitionerIds: ['one', 'two'] }
const records = [...inventRecords(new SeededRandom('records'), OPTIONS)]

test('every part fits the practice’s contract', () => {
  for (const { identity, entries } of records) {
    KINDS.identity.schema.parse(identity)
    for (const { kind, body } of entries) KINDS[kind].schema.parse(body)
  }
})

test('the same seed gives the same records, another one others', () => {
  assert.deepEqual([...inventRecords(new SeededRandom('records'), OPTIONS)], records)
  assert.notDeepEqual([...inventRecords(new SeededRandom('others'), OPTIONS)], records)
})

test('each file number stands once', () => {
  assert.equal(new Set(records.map(({ identity }) => identity.fileNumber)).size, records.length)
})

test('allergies come in all three states', () => {
  const states = records.map(({ entries }) => {
    const alert = entries.find(({ kind, body }) => kind === 'alert' && body.category === 'allergy')
    return alert?.body.state ?? 'not-recorded'
  })
  assert.deepEqual([...new Set(states)].sort(), ['absent', 'not-recorded', 'present'])
})

test('children have someone who decides for them', () => {
  const children = records.filter(({ identity }) => identity.bornOn > '2008-03-03')
  assert.ok(children.length > 10)
  for (const { entries } of children)
    assert.ok(entries.some(({ kind, body }) => kind === 'relatedPerson' && body.authority !== undefined))
})

test('the diary is full around today, and nobody is in two places at once', () => {
  const appointments = records
    .flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'appointment'))
    .map(({ body }) => KINDS.appointment.schema.parse(body))
  assert.ok(appointments.some(({ startsAt }) => startsAt < '2026-03-02'))
  assert.ok(appointments.some(({ startsAt }) => startsAt > '2026-03-09'))
  const byChair = Map.groupBy(appointments, ({ practitionerId }) => practitionerId)
  assert.equal(byChair.size, 2)
  for (const [, chair] of byChair) {
    const inOrder = chair.sort((one, other) => one.startsAt.localeCompare(other.startsAt))
    for (const [i, { startsAt, minutes }] of inOrder.entries()) {
      const next = inOrder[i + 1]
      const endsAt = Temporal.PlainDateTime.from(startsAt).add({ minutes })
      if (next !== undefined) assert.ok(Temporal.PlainDateTime.compare(endsAt, next.startsAt) <= 0, startsAt)
    }
  }
})
