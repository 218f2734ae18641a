import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addDays, ageOn, makeDays } from './days.ts'

test('an age is of the day before the birthday until the birthday', () => {
  assert.deepEqual(ageOn('1956-03-12', '2026-03-11'), { kind: 'years', count: 69 })
  assert.deepEqual(ageOn('1956-03-12', '2026-03-12'), { kind: 'years', count: 70 })
})

test('below two years it is in months; about, where only the year is known', () => {
  assert.deepEqual(ageOn('2025-01-31', '2026-02-28'), { kind: 'months', count: 12 })
  assert.deepEqual(ageOn('1950', '2026-02-28'), { kind: 'about', count: 76 })
  assert.equal(ageOn('2027-01-01', '2026-02-28'), undefined)
  assert.equal(ageOn(undefined, '2026-02-28'), undefined)
})

test('days are printed as far as they are known', () => {
  const days = makeDays('fr')
  assert.deepEqual(['1950-03-12', '1950-03', '1950'].map(days.day), ['12 mars 1950', 'mars 1950', '1950'])
  assert.deepEqual(['1950-03-12', '1950-03', '1950'].map(days.short), ['12/03/1950', '03/1950', '1950'])
})

test('a week later is a week later, summer time or not', () => {
  assert.equal(addDays('2026-03-27', 7), '2026-04-03')
  assert.equal(addDays('2026-03-01', -1), '2026-02-28')
})
