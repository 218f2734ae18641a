import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiskFullError } from '#errors'
import { SampleMaking } from './sample-making.ts'

const never = new AbortController().signal

test('who watches hears each step and the end, whenever they came', async () => {
  const making = new SampleMaking()
  const gate = Promise.withResolvers<void>()
  const made = making.run(async (onProgress) => {
    onProgress({ step: 'records', done: 10, total: 30 })
    await gate.promise
    return 'made'
  })
  const early = Array.fromAsync(making.events(never))
  const late = making.events(never)
  assert.equal((await late.next()).value, 'retry: 1000\n\n')
  assert.equal((await late.next()).value, 'data: {"kind":"running","step":"records","done":10,"total":30}\n\n')
  gate.resolve()
  assert.equal(await made, 'made')
  assert.deepEqual(await Array.fromAsync(late), ['data: {"kind":"idle"}\n\n'])
  assert.equal((await early).at(-1), 'data: {"kind":"idle"}\n\n')
})

test('a failure is told by its code until the next try', async () => {
  const making = new SampleMaking()
  const failing = making.run(async () => {
    throw new DiskFullError('the disk is full')
  })
  await assert.rejects(failing, DiskFullError)
  assert.deepEqual(making.state(), { kind: 'failed', code: 'disk-full' })
  assert.deepEqual((await Array.fromAsync(making.events(never))).at(-1), 'data: {"kind":"failed","code":"disk-full"}\n\n')
  await making.run(async () => {})
  assert.deepEqual(making.state(), { kind: 'idle' })
})

test('who goes away is told nothing more', async () => {
  const making = new SampleMaking()
  const gate = Promise.withResolvers<void>()
  const made = making.run(() => gate.promise)
  const gone = new AbortController()
  const events = making.events(gone.signal)
  await events.next()
  await events.next()
  const next = events.next()
  gone.abort()
  assert.equal((await next).done, true)
  gate.resolve()
  await made
})
