import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImportSource } from '@couronne/practice/contract'
import { parseStep } from './addresses.ts'
import { nextStep, standingOf } from './steps.ts'

type Facts = Parameters<typeof standingOf>[0]
const source = (over: Partial<Facts> = {}): Facts => ({
  place: { kind: 'files' },
  files: { whole: 3, underWay: 0, bytes: 10 },
  ...over,
})
const profile = {} as NonNullable<ImportSource['profile']>
const run = (isDry: boolean, state: 'done' | 'stopped') => ({ id: 'r', isDry, state, startedAt: '2026-11-28T01:00:00Z' })

test('whoever opens an import goes on where it stands', () => {
  assert.equal(nextStep(source({ files: { whole: 0, underWay: 1, bytes: 0 } }), false), 'files')
  assert.equal(nextStep(source(), false), 'mapping')
  assert.equal(nextStep(source({ profile }), false), 'trial')
  assert.equal(nextStep(source({ profile, lastRun: run(true, 'done') }), false), 'trial')
  assert.equal(nextStep(source({ profile, lastRun: run(false, 'stopped') }), false), 'run')
})

test('a database and a folder of the server need no files', () => {
  const none = { whole: 0, underWay: 0, bytes: 0 }
  assert.equal(nextStep(source({ place: { kind: 'database' }, files: none }), false), 'mapping')
})

test('what is under way is shown where it was begun', () => {
  assert.equal(standingOf(source({ jobId: 'j' })), 'working')
  assert.equal(nextStep(source({ jobId: 'j' }), true), 'trial')
  assert.equal(nextStep(source({ jobId: 'j' }), false), 'run')
})

test('an address says a step or none', () => {
  assert.deepEqual(parseStep({ step: 'night' }), { step: 'night' })
  assert.deepEqual(parseStep({ step: '<script>' }), {})
})
