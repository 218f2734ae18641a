import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ObjectMissingError, StorageError } from '#errors'
import { isNoAnswer } from './right-bytes.ts'

test('what a mirror says that does not answer is told from what one says that has nothing', () => {
  for (const reason of ['unreachable', 'refused', 'full', 'failed'] as const) assert.ok(isNoAnswer(new StorageError(reason, 'x')))
  assert.ok(!isNoAnswer(new ObjectMissingError('data', 'x')))
  const cause = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
  assert.ok(!isNoAnswer(new StorageError('failed', 'a sector that no longer reads', { cause })))
})
