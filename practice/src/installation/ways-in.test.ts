import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadKeySlots, makeRecoveryWords, openMasterKey } from '#keys'
import { makeTestPractice } from '#testing'
import { addWayIn, removeWayIn, waysIn } from './ways-in.ts'

test('two who add a way in at once both have it, and each opens the practice', async () => {
  await using made = await makeTestPractice()
  const { practice } = made
  const kits = Array.from({ length: 4 }, makeRecoveryWords)
  await Promise.all(kits.map((words) => addWayIn(practice, { kind: 'recovery-kit', words }, 'kit', async () => {})))
  assert.equal((await waysIn(practice)).filter(({ kind }) => kind === 'recovery-kit').length, 5)
  const slots = await loadKeySlots(practice.folder)
  assert.ok(slots)
  for (const words of kits) assert.ok(await openMasterKey(slots, { kind: 'recovery-kit', words }))
})

test('of two who remove the last two ways in that a person can use, one is refused', async () => {
  await using made = await makeTestPractice()
  const { practice } = made
  await addWayIn(practice, { kind: 'recovery-kit', words: makeRecoveryWords() }, 'kit', async () => {})
  const kits = (await waysIn(practice)).filter(({ kind }) => kind === 'recovery-kit')
  const removed = await Promise.allSettled(kits.map(({ id }) => removeWayIn(practice, id, async () => {})))
  assert.deepEqual(removed.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('what keeps others out is for this user alone', async () => {
  if (process.platform === 'win32') return // it keeps rights elsewhere
  await using made = await makeTestPractice()
  await addWayIn(made.practice, { kind: 'recovery-kit', words: makeRecoveryWords() }, 'kit', async () => {})
  const { folder } = made.practice
  for (const file of ['key-slots.lock', 'key-slots.json', '../in-use.lock', 'records.db', 'keyring.db'])
    assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file)
})
