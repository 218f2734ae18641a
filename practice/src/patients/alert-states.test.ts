import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertStates } from './alert-states.ts'
import type { EntryOf } from './contract.ts'
import { stewardAt } from './steward-at.ts'

test('nobody has asked: not recorded, in every category', () => {
  assert.ok(alertStates([], '2026-03-02').every(({ state }) => state === 'not-recorded'))
})

test('no known allergy is not the same as nothing recorded', () => {
  assert.equal(allergies({ state: 'absent' }).state, 'absent')
})

test('one thing that is absent says nothing of the others', () => {
  const state = allergies({ state: 'absent', label: 'Latex' })
  assert.deepEqual([state.state, state.labels], ['not-recorded', ['Latex']])
})

test('a thing that is absent by its code alone says nothing of the others either', () => {
  const state = allergies({ state: 'absent', code: { system: 'local', code: 'PEN', label: 'Pénicilline' } })
  assert.deepEqual([state.state, state.labels], ['not-recorded', ['Pénicilline']])
})

test('what is present outweighs what is absent', () => {
  const state = allergies({ state: 'absent' }, { state: 'present', label: 'Pénicilline' })
  assert.deepEqual([state.state, state.labels, state.entryIds.length], ['present', ['Pénicilline'], 2])
})

test('what has ended is no longer present, what will end still is', () => {
  const pregnant = (to: string) => ({ state: 'present', label: 'Grossesse', to })
  assert.deepEqual([allergies(pregnant('2020-05')).state, allergies(pregnant('2020-05')).labels], ['not-recorded', []])
  assert.equal(allergies(pregnant('2026-03-01')).state, 'not-recorded')
  assert.equal(allergies(pregnant('2026-03-02')).state, 'present')
  assert.equal(allergies(pregnant('2026-03')).state, 'present')
  assert.equal(allergies(pregnant('2026')).state, 'present')
  assert.equal(allergies(pregnant('2020-05'), { state: 'absent' }).state, 'absent')
})

test('what is shown counts as verified since the day of the one that was asked about longest ago', () => {
  const asked = (label: string, days: object) => ({ state: 'present', label, ...days })
  const both = allergies(
    asked('Latex', { recordedOn: '2020-01-01', checkedOn: '2026-02-01' }),
    asked('Iode', { recordedOn: '2024-05-01' }),
  )
  assert.equal(both.checkedOn, '2024-05-01')
  assert.equal(allergies(asked('Latex', { checkedOn: '2026-02-01' }), asked('Iode', {})).checkedOn, undefined)
  assert.equal(allergies({ state: 'absent', recordedOn: '2025-01-01' }).checkedOn, '2025-01-01')
  assert.equal(allergies().checkedOn, undefined)
})

test('whose patient is answered at each date', () => {
  const entries = [
    steward('a', '2010-01-01', { kind: 'practitioner', practitionerId: 'martin' }),
    steward('b', '2018-07-01', { kind: 'company', name: 'SELARL' }),
  ]
  assert.equal(stewardAt(entries, '2009-12-31'), undefined)
  assert.equal(stewardAt(entries, '2018-06-30')?.id, 'a')
  assert.equal(stewardAt(entries, '2018-07-01')?.id, 'b')
  assert.equal(stewardAt(entries, '2030-01-01')?.id, 'b')
})

test('of two that begin on the same day, the one recorded later holds', () => {
  const earlier = { ...steward('a', '2020-01-01', { kind: 'practice' }), createdAt: '2020-01-01T08:00:00.000Z' }
  const later = { ...steward('b', '2020-01-01', { kind: 'practice' }), createdAt: '2020-01-02T08:00:00.000Z' }
  assert.equal(stewardAt([later, earlier], '2020-06-01')?.id, 'b')
})

function allergies(...bodies: object[]) {
  const entries = bodies.map((body, i) => ({ id: `${i}`, body: { category: 'allergy', ...body } }) as unknown as EntryOf<'alert'>)
  const found = alertStates(entries, '2026-03-02').find(({ category }) => category === 'allergy')
  assert.ok(found)
  return found
}

function steward(id: string, from: string, of: object) {
  return {
    id,
    createdAt: '2020-01-01T08:00:00.000Z',
    body: { steward: of, from, basis: 'declared' },
  } as unknown as EntryOf<'stewardship'>
}
