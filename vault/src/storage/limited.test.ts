import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limited, memoryStorage, retrying, type Storage } from './index.ts'
import { anObject } from './suite-places.ts'

/** Memory that paces slice by slice, as destinations over a network do; notes when each slice went. */
function sliced(sliceBytes: number): { storage: Storage; slicesMs: number[] } {
  const slicesMs: number[] = []
  const memory = memoryStorage()
  const storage: Storage = {
    ...memory,
    async save(kind, name, bytes, options = {}) {
      for (let at = 0; at < bytes.length; at += sliceBytes) {
        await options.pace?.(Math.min(sliceBytes, bytes.length - at))
        slicesMs.push(performance.now())
      }
      await memory.save(kind, name, bytes)
    },
  }
  return { storage, slicesMs }
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

describe('limited', () => {
  const { name, bytes } = anObject(100_000)

  it('sends evenly: no slice early, none in a burst', async () => {
    const { storage, slicesMs } = sliced(5000)
    const startedMs = performance.now()
    await limited(storage, { uploadBytesPerSecondMax: 200_000 }).save('data', name, bytes)
    assert.equal(slicesMs.length, 20)
    for (const [i, ms] of slicesMs.entries()) assert.ok(ms - startedMs >= i * 25 - 1, `slice ${i} after ${ms - startedMs} ms`)
  })

  it('several calls share the rate', async () => {
    const { storage } = sliced(5000)
    const both = limited(storage, { uploadBytesPerSecondMax: 400_000 })
    const other = anObject(100_000, 2)
    const ms = await took(() => Promise.all([both.save('data', name, bytes), both.save('data', other.name, other.bytes)]))
    assert.ok(ms >= 480, `${ms} ms for 200,000 bytes`)
  })

  it('time that nobody used is not made up for', async () => {
    const { storage } = sliced(5000)
    const once = limited(storage, { uploadBytesPerSecondMax: 500_000 })
    await once.save('index', anObject(1).name, anObject(1).bytes)
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.ok((await took(() => once.save('data', name, bytes))) >= 185)
  })

  it('loads have their own rate', async () => {
    const memory = memoryStorage()
    await memory.save('data', name, bytes)
    const storage = limited(memory, { downloadBytesPerSecondMax: 500_000 })
    await storage.load('data', name)
    assert.ok((await took(() => storage.load('data', name))) >= 190)
    assert.ok((await took(() => storage.save('index', name, bytes))) < 100)
  })

  it('a load that comes in one piece takes its time, the first one too', async () => {
    const memory = memoryStorage()
    await memory.save('data', name, bytes)
    const storage = limited(memory, { downloadBytesPerSecondMax: 500_000 })
    assert.ok((await took(() => storage.load('data', name))) >= 190)
  })

  it('a storage that does not pace itself pays afterwards', async () => {
    const memory = memoryStorage()
    const storage = limited(
      { ...memory, save: (kind, id, all) => memory.save(kind, id, all) },
      { uploadBytesPerSecondMax: 500_000 },
    )
    await storage.save('data', name, bytes)
    assert.ok((await took(() => storage.save('index', name, bytes))) >= 150)
  })

  it('waiting for one’s turn is not taken for stalling', async () => {
    const { storage } = sliced(50_000)
    const patient = retrying(limited(storage, { uploadBytesPerSecondMax: 50_000 }), { stallMs: 1300, totalMs: 1 })
    await patient.save('data', anObject(150_000).name, anObject(150_000).bytes)
  })

  it('stops waiting when the signal says so', async () => {
    const { storage } = sliced(50_000)
    const reason = new Error('enough')
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 20)
    const slow = limited(storage, { uploadBytesPerSecondMax: 100 })
    await assert.rejects(slow.save('data', name, bytes, { signal: stop.signal }), reason)
  })
})
