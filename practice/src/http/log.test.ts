import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DamagedError } from '#errors'
import { makeLogger } from './log.ts'

function logged(error: unknown): string {
  const lines: string[] = []
  makeLogger({ write: (line) => void lines.push(line) }).error({ err: error }, 'a request failed')
  return lines.join('')
}

test('an error of a database is told without what it quotes', () => {
  const error = Object.assign(new Error('duplicate key: (BEAULAC, 1985-04-17)'), {
    code: '23505',
    detail: 'Key (birth_name)=(BEAULAC)',
  })
  const text = logged(error)
  assert.ok(!text.includes('BEAULAC'))
  assert.match(text, /"code":"23505"/)
  assert.match(text, /log\.test\.ts/)
})

test('an error of ours is told with its message, and its cause without', () => {
  const text = logged(new DamagedError('records.db: does not hold together', { cause: new Error('row of BEAULAC') }))
  assert.ok(text.includes('records.db: does not hold together'))
  assert.ok(!text.includes('BEAULAC'))
})

test('a line is one line', () => {
  assert.equal(logged(new Error('a\nb')).split('\n').length, 2)
})
