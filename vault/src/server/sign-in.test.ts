/** Who is let in at once, who waits, and who is put off. */
import assert from 'node:assert/strict'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setPassword, WatchedAccounts } from './accounts.ts'
import { Recognised } from './recognised.ts'
import { Gate } from './sign-in.ts'
import { aFolder, basic, writeAccounts } from './testing.ts'

const LONG = 'a-password-of-thirty-two-letters'
const OTHER = 'another-one-of-thirty-two-letter'
const AT = '192.0.2.1'

function someAccounts(): string {
  const folder = aFolder()
  // Guessing at names that nobody has costs real scrypt.
  const neighbours = Array.from({ length: 31 }, (_, i) => ({ name: `other-${i}` }))
  writeAccounts(join(folder, 'accounts.json'), [{ writerPassword: LONG }, ...neighbours])
  return folder
}

/** A gate as after a start of the server, with the clock standing still. */
async function aGate(folder: string, addressesDiffer = true) {
  const troubles: string[] = []
  const accounts = await WatchedAccounts.open(join(folder, 'accounts.json'), () => {})
  const recognised = await Recognised.open(join(folder, 'recognised.json'), (error) => troubles.push(String(error)))
  const gate = new Gate({ accounts, recognised, monotonicMs: () => 0, addressesDiffer })
  const come = async (credential: string, from: string) => (await gate.check(basic(credential), from)).outcome
  return { come, troubles, settle: () => recognised.settle() }
}

type AGate = Awaited<ReturnType<typeof aGate>>

/** As many wrong log-ins as it takes until their address is put off. */
async function exhaust({ come }: AGate, from = AT): Promise<void> {
  for (let i = 0; i < 31; i++) await come(`other-${i}:wrong`, from)
}

test('after many failures an address is put off, others are not', async () => {
  const gate = await aGate(someAccounts())
  await exhaust(gate)
  assert.equal(await gate.come(`cabinet:${LONG}`, AT), 'slowed')
  assert.equal(await gate.come(`cabinet:${LONG}`, '192.0.2.2'), 'in')
  assert.equal(await gate.come(`cabinet:${LONG}`, AT), 'in', 'who is known is never put off')
})

test('who was in before a restart is in at once, even while strangers fill the queue', async () => {
  const folder = someAccounts()
  const before = await aGate(folder)
  assert.equal(await before.come(`cabinet:${LONG}`, AT), 'in')
  await before.settle()
  const after = await aGate(folder)
  const strangers = Array.from({ length: 200 }, (_, i) => {
    return after.come(i === 0 ? 'nobody:wrong' : `other-${i % 31}:wrong-${i}`, `192.0.${i % 100}.1`)
  })
  assert.equal(await after.come(`cabinet:${LONG}`, AT), 'in')
  assert.equal(await after.come('cabinet:the-owner-password', '198.51.100.1'), 'busy', 'the queue is full')
  await Promise.all(strangers)
})

test('a flood from addresses that failed before leaves room for one that has not', async () => {
  const gate = await aGate(someAccounts())
  const flood = (name: (i: number) => string) => {
    return Array.from({ length: 200 }, (_, i) => gate.come(`${name(i)}:wrong`, `192.0.${i % 50}.1`))
  }
  await Promise.all(flood((i) => `other-${i % 31}`))
  const strangers = flood((i) => (i === 0 ? 'nobody' : `other-${i % 31}`))
  const [late, first] = await Promise.all([
    gate.come(`cabinet:${LONG}`, '192.0.49.1'),
    gate.come(`cabinet:${LONG}`, '198.51.100.1'),
  ])
  assert.deepEqual([late, first], ['busy', 'in'])
  await Promise.all(strangers)
})

test('a changed password is recognised no more, nor is that of an account that is gone', async () => {
  const folder = someAccounts()
  const before = await aGate(folder)
  await before.come(`cabinet:${LONG}`, AT)
  await before.settle()
  await setPassword(join(folder, 'accounts.json'), 'cabinet', 'writer', OTHER)
  for (const gate of [before, await aGate(folder)]) {
    assert.equal(await gate.come(`cabinet:${LONG}`, AT), 'unknown')
    assert.equal(await gate.come(`cabinet:${OTHER}`, AT), 'in')
    await gate.settle()
  }
  writeAccounts(join(folder, 'accounts.json'), [{ name: 'other', writerPassword: LONG }])
  const after = await aGate(folder)
  assert.equal(await after.come(`cabinet:${OTHER}`, AT), 'unknown')
  assert.equal(await after.come(`other:${LONG}`, AT), 'in')
  await after.settle()
  assert.doesNotMatch(readFileSync(join(folder, 'recognised.json'), 'utf8'), /cabinet/)
})

test('what is kept can be read by its owner only, and holds no password and none that could be found by trying', async () => {
  const folder = someAccounts()
  const gate = await aGate(folder)
  assert.equal(await gate.come('cabinet:the-owner-password', AT), 'in')
  assert.equal(await gate.come(`cabinet:${LONG}`, AT), 'in')
  await gate.settle()
  const file = join(folder, 'recognised.json')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const text = readFileSync(file, 'utf8')
  assert.deepEqual(Object.keys(JSON.parse(text).known), ['writer cabinet'])
  assert.equal(text.includes(LONG), false)
})

test('a file of recognised passwords that cannot be used is told, without its content, and begun anew', async () => {
  const folder = someAccounts()
  const file = join(folder, 'recognised.json')
  for (const spoil of [() => writeFileSync(file, '{"key":"secret', { mode: 0o600 }), () => chmodSync(file, 0o644)]) {
    spoil()
    const gate = await aGate(folder)
    assert.equal(gate.troubles.length, 1)
    assert.doesNotMatch(gate.troubles.join(), /secret/)
    assert.equal(await gate.come(`cabinet:${LONG}`, AT), 'in')
    await gate.settle()
    assert.deepEqual((await aGate(folder)).troubles, [])
  }
})

test('behind a proxy what one does is not held against the others', async () => {
  const gate = await aGate(someAccounts(), false)
  await exhaust(gate)
  assert.equal(await gate.come(`cabinet:${LONG}`, AT), 'in')
  for (let i = 0; i < 6; i++) await gate.come(`cabinet:wrong-${i}`, AT)
  assert.equal(await gate.come('cabinet:the-owner-password', AT), 'slowed', 'failures for this name are')
})
