/** `couronne demo`, which a newcomer types first, on the smallest practice. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { Desk, jsonLines } from './desk.ts'

test('the demonstration proves itself, and leaves nothing', async () => {
  await using desk = new Desk()
  const { stdout } = await desk.couronne(['demo', '--patients', '1', '--folder', desk.path('here'), '--json'])
  const told = jsonLines(stdout).at(-1) as { proven: boolean; steps: { step: string }[]; differences: unknown[] }
  assert.deepEqual([told.proven, told.differences, told.steps.length], [true, [], 10])
  assert.deepEqual(readdirSync(desk.path('here')), [])
})
