import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { StorageError } from '#errors'
import { type FailingPlan, failing, memoryStorage, type Retry, type RetryOptions, retrying } from './index.ts'
import { anObject, listAll } from './suite-places.ts'

const { name, bytes } = anObject(1000)
const unreachable = { code: 'storage-unreachable' }

function over(plan: FailingPlan, options: RetryOptions = {}) {
  const memory = memoryStorage()
  const inner = failing(memory, plan)
  const retries: Retry[] = []
  const storage = retrying(inner, { firstPauseMs: 1, random: () => 0.5, onRetry: (retry) => retries.push(retry), ...options })
  return { memory, inner, retries, storage }
}

describe('retrying', () => {
  it('pauses twice as long each time, give or take half, and tells before', async () => {
    const { storage, retries } = over({ mishap: 'fails', at: 1, times: 5 }, { pauseMsMax: 8 })
    await storage.save('data', name, bytes)
    assert.deepEqual(
      retries.map(({ what, attempt, pauseMs }) => [what, attempt, pauseMs]),
      [1, 2, 4, 8, 8].map((pauseMs, i) => [`save data/${name}`, i + 1, pauseMs]),
    )
    const early = over({ mishap: 'fails', at: 1 }, { random: () => 0, firstPauseMs: 10 })
    await early.storage.stat('config', '')
    const late = over({ mishap: 'fails', at: 1 }, { random: () => 1, firstPauseMs: 10 })
    await late.storage.stat('config', '')
    assert.deepEqual([early.retries[0]?.pauseMs, late.retries[0]?.pauseMs], [5, 15])
  })

  it('does not repeat what nobody can mend by waiting', async () => {
    for (const reason of ['refused', 'full'] as const) {
      const { storage, inner } = over({ mishap: 'dies', at: 1, error: () => new StorageError(reason, 'no') })
      await assert.rejects(storage.save('data', name, bytes), { code: `storage-${reason}` })
      assert.equal(inner.operations, 1)
    }
    const { storage, inner } = over({ mishap: 'fails', at: 100 })
    await assert.rejects(storage.load('data', name), { code: 'object-missing' })
    await assert.rejects(storage.load('data', 'x'), { code: 'usage' })
    assert.equal(inner.operations, 2)
  })

  it('does not repeat what is a mistake of ours', async () => {
    const { storage, inner } = over({ mishap: 'dies', at: 1, error: () => new TypeError('a bug') })
    await assert.rejects(storage.load('data', name), TypeError)
    assert.equal(inner.operations, 1)
  })

  it('gives up sooner on an object that fails though the destination is there', async () => {
    const { storage, inner } = over({ mishap: 'dies', at: 1, error: () => new StorageError('failed', 'EIO') }, { failuresMax: 3 })
    await assert.rejects(storage.load('data', name), { code: 'storage-failed' })
    assert.equal(inner.operations, 3)
  })

  it('gives up on a destination after its time, then refuses at once, then tries with a single call', async () => {
    const plan: FailingPlan = { mishap: 'fails', at: 1, times: Number.POSITIVE_INFINITY }
    let away = true
    const { storage, inner } = over({ ...plan, concerns: () => away }, { totalMs: 20, refuseMs: 50, pauseMsMax: 4 })
    await assert.rejects(storage.stat('config', ''), { message: 'failed on purpose' })
    const attempts = inner.operations
    assert.ok(attempts >= 4, `${attempts} attempts in 20 ms`)
    await assert.rejects(storage.stat('config', ''), { message: /not tried/, code: 'storage-unreachable', retryable: true })
    assert.equal(inner.operations, attempts)
    await setTimeout(60)
    const calls = await Promise.allSettled([1, 2, 3].map(() => storage.stat('config', '')))
    assert.deepEqual(
      calls.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    )
    assert.equal(inner.operations, attempts + 1)
    away = false
    await setTimeout(60)
    assert.equal(await storage.stat('config', ''), undefined)
    await Promise.all([1, 2, 3].map(() => storage.stat('config', '')))
  })

  it('tries at least three times, however long one attempt took', async () => {
    const { storage, inner } = over({ mishap: 'stalls', at: 1, times: 2 }, { totalMs: 1, stallMs: 30 })
    await storage.save('data', name, bytes)
    assert.equal(inner.operations, 3)
  })

  it('leaves an attempt in which nothing moves, but not a slow one', async () => {
    const slow = memoryStorage()
    const slowly = retrying(
      {
        ...slow,
        async save(_kind, _name, all, options) {
          for (let i = 0; i < 6; i++) {
            await setTimeout(20)
            await options?.pace?.(all.length / 6)
          }
        },
      },
      { stallMs: 60 },
    )
    await slowly.save('data', name, bytes)
    const { storage, retries } = over({ mishap: 'stalls', at: 1 }, { stallMs: 30 })
    await storage.save('data', name, bytes)
    assert.match(retries[0]?.error.message ?? '', /nothing moved for 30 ms/)
  })

  it('leaves a storage that hears no signal', async () => {
    const memory = memoryStorage()
    let calls = 0
    const deaf = { ...memory, stat: () => (++calls === 1 ? new Promise<undefined>(() => {}) : Promise.resolve(undefined)) }
    assert.equal(await retrying(deaf, { stallMs: 20, firstPauseMs: 1 }).stat('config', ''), undefined)
  })

  it('stops pausing, waiting and trying when the signal says so', async () => {
    const reason = new Error('enough')
    const after = (ms: number) => {
      const stop = new AbortController()
      globalThis.setTimeout(() => stop.abort(reason), ms)
      return { signal: stop.signal }
    }
    const pausing = over({ mishap: 'fails', at: 1 }, { firstPauseMs: 60_000 })
    await assert.rejects(pausing.storage.stat('config', '', after(20)), reason)
    const trying = over({ mishap: 'stalls', at: 1 })
    await assert.rejects(trying.storage.stat('config', '', after(20)), reason)
    // All places are taken by calls that stall: the next one waits for its turn.
    const waiting = over({ mishap: 'stalls', at: 1, times: 5 })
    const taken = Array.from({ length: 5 }, () => waiting.storage.stat('config', '', after(60)))
    await assert.rejects(waiting.storage.stat('config', '', after(20)), reason)
    assert.equal(waiting.inner.operations, 5)
    for (const call of taken) await assert.rejects(call, reason)
  })

  it('runs no more calls side by side than the destination has connections, but never keeps a lock waiting', async () => {
    const memory = memoryStorage()
    let [running, most] = [0, 0]
    const storage = retrying({
      ...memory,
      connections: 2,
      async stat(kind) {
        if (kind !== 'locks') most = Math.max(most, ++running)
        await setTimeout(20)
        if (kind !== 'locks') running--
        return undefined
      },
    })
    const packs = Promise.all(Array.from({ length: 6 }, () => storage.stat('data', name)))
    const startedMs = performance.now()
    await storage.stat('locks', name)
    assert.ok(performance.now() - startedMs < 55)
    await packs
    assert.equal(most, 2)
  })

  it('a list that breaks in the middle is begun again, and shows each object once', async () => {
    const { storage, memory, retries } = over({ mishap: 'loses-reply', at: 1, times: 2 })
    for (let seed = 0; seed < 9; seed++) await memory.save('index', anObject(20, seed).name, anObject(20, seed).bytes)
    assert.deepEqual(await listAll(storage, 'index'), await listAll(memory, 'index'))
    assert.equal(retries.length, 2)
  })

  it('a list that stalls is begun again', async () => {
    const { storage, memory } = over({ mishap: 'stalls', at: 1 }, { stallMs: 20 })
    await memory.save('index', name, bytes)
    assert.equal((await listAll(storage, 'index')).length, 1)
  })

  it('one call that gives up takes the others along, however late they began', async () => {
    const gone = () => new StorageError('unreachable', 'gone')
    const { storage, inner } = over({ mishap: 'dies', at: 1, error: gone }, { totalMs: 200, pauseMsMax: 5 })
    const first = assert.rejects(storage.stat('data', name), unreachable)
    await setTimeout(150)
    const startedMs = performance.now()
    await Promise.all([first, assert.rejects(storage.stat('data', name), unreachable)])
    assert.ok(performance.now() - startedMs < 150)
    const { operations } = inner
    await setTimeout(20)
    assert.equal(inner.operations, operations)
  })
})
