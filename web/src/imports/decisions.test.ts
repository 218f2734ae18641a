import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Decision, type DecisionContent, REFUSALS } from '@couronne/practice/contract'
import { answersTo, bySubject, subjectOf } from './decisions.ts'

const decided = (decision: DecisionContent, decidedAt: string): Decision => ({
  id: decidedAt,
  decision,
  decidedBy: { id: 'a', name: 'Camille' },
  decidedAt,
})

test('any refused row may be left out for good', () => {
  for (const code of REFUSALS) assert.ok(answersTo(code).includes('ignore'), code)
})

test('only a row without its patient is given to one, and only one that could be read is taken all the same', () => {
  assert.deepEqual(
    REFUSALS.filter((code) => answersTo(code).includes('relink')),
    ['patient-unknown'],
  )
  assert.deepEqual(
    REFUSALS.filter((code) => answersTo(code).includes('accept')),
    ['columns-differ', 'key-taken'],
  )
})

test('of two decisions about one thing the newest counts', () => {
  const durand = { kind: 'practitioner', written: 'DURAND' } as const
  const newest = decided({ ...durand, practitionerId: null }, '2026-11-28T02:00:00Z')
  const found = bySubject([newest, decided({ ...durand, practitionerId: 'p' }, '2026-11-27T02:00:00Z')])
  assert.deepEqual([...found.values()], [newest])
})

test('one word in two columns is two things', () => {
  const word = { kind: 'word', table: 'procedure', target: 'status', written: 'F', means: 'done' } as const
  assert.notEqual(subjectOf(word), subjectOf({ ...word, table: 'appointment' }))
})
