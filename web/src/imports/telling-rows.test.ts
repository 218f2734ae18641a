import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellingRows } from './telling-rows.ts'

const row = (line: number, ...codes: string[]) => ({ line, findings: codes.map((code) => ({ code })) })

test('the first rows are shown, and one row of each thing that is said', () => {
  const rows = [row(2), row(3), row(4, 'day-wrong'), row(5, 'day-wrong'), row(6, 'day-wrong', 'test-patient'), row(7)]
  assert.deepEqual(
    tellingRows(rows, 2).map(({ line }) => line),
    [2, 3, 4, 6],
  )
})
