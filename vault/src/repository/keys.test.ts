import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodePrimitives } from '#primitives'
import { memoryStorage } from '#storage'
import { addKey, findKey } from './keys.ts'
import { initRepository, openRepository } from './repository.ts'

const password = new TextEncoder().encode('ours')
const cheap = { n: 2, r: 1, p: 1 }
const master = { encrypt: new Uint8Array(32).fill(1), macK: new Uint8Array(16).fill(2), macR: new Uint8Array(16).fill(3) }

test('hundreds of keys that cost nothing, planted by who may only add, do not stand before ours', async () => {
  const storage = memoryStorage()
  const other = new TextEncoder().encode('theirs')
  for (let i = 0; i < 260; i++)
    await addKey(storage, nodePrimitives, master, other, { parameters: cheap, username: `somebody ${i}` })
  const ours = await addKey(storage, nodePrimitives, master, password, { parameters: { n: 32768, r: 8, p: 1 } })
  assert.equal((await findKey(storage, nodePrimitives, password)).id, ours)
  await assert.rejects(findKey(storage, nodePrimitives, new TextEncoder().encode('nobody’s')), { code: 'wrong-password' })
})

test('of two who make a repository at once one is refused, and no key of theirs stays to stand before the right one', async () => {
  const storage = memoryStorage()
  const made = await Promise.allSettled([1, 2].map(() => initRepository(storage, { password, scrypt: cheap })))
  const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))
  assert.deepEqual(refused, ['repository-exists'])
  assert.equal((await Array.fromAsync(storage.list('keys'))).length, 1)
  await using _repository = await openRepository(storage, { password })
})
