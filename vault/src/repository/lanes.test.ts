import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ByteBudget, inLanes } from './lanes.ts'

test('each item is worked on once, so many at a time', async () => {
  const done: number[] = []
  let under = 0
  let most = 0
  await inLanes(
    Array.from({ length: 20 }, (_, i) => i),
    3,
    async (item) => {
      most = Math.max(most, ++under)
      await turn()
      under--
      done.push(item)
    },
  )
  assert.deepEqual(
    done.sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i),
  )
  assert.equal(most, 3)
})

test('the first failure is thrown once all work has come to rest, and nothing new is started', async () => {
  let started = 0
  let resting = true
  const work = async (item: number) => {
    started++
    resting = false
    await turn()
    if (item === 2) throw new Error('the third')
    await turn()
    resting = true
  }
  await assert.rejects(
    inLanes(
      Array.from({ length: 100 }, (_, i) => i),
      4,
      work,
    ),
    /the third/,
  )
  assert.ok(started < 20 && resting)
})

test('an asynchronous source is asked for one item at a time', async () => {
  async function* source() {
    for (let i = 0; i < 5; i++) {
      await turn()
      yield i
    }
  }
  const seen: number[] = []
  await inLanes(source(), 2, async (item) => void seen.push(item))
  assert.deepEqual(seen.sort(), [0, 1, 2, 3, 4])
})

test('it stops when asked to', async () => {
  const stop = new AbortController()
  let count = 0
  const work = async () => {
    if (++count === 3) stop.abort(new Error('enough'))
    await turn()
  }
  await assert.rejects(inLanes(Array.from({ length: 50 }), 1, work, stop.signal), /enough/)
  assert.equal(count, 3)
})

test('a budget lets through what fits, in order, and a giant alone', async () => {
  const budget = new ByteBudget(100)
  const order: string[] = []
  const use = async (name: string, bytes: number) => {
    using _room = await budget.take(bytes)
    order.push(`+${name}`)
    await turn()
    order.push(`-${name}`)
  }
  await Promise.all([use('a', 60), use('b', 30), use('giant', 1000), use('c', 10)])
  assert.deepEqual(order, ['+a', '+b', '-a', '-b', '+giant', '-giant', '+c', '-c'])
})
