import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { counting, failing, type Mishap, memoryStorage } from './index.ts'
import { anObject, listAll } from './suite-places.ts'

const { name, bytes } = anObject(1000)

function storageWith(mishap: Mishap, at: number) {
  const memory = memoryStorage()
  return { memory, storage: failing(memory, { mishap, at }) }
}

describe('failing', () => {
  it('fails at the planned operation, before and after which all is well', async () => {
    const { memory, storage } = storageWith('fails', 2)
    await storage.create()
    await assert.rejects(storage.save('data', name, bytes), { code: 'storage-unreachable', retryable: true })
    assert.equal(memory.objects.size, 0)
    await storage.save('data', name, bytes)
    assert.equal(storage.operations, 3)
  })

  it('does what was asked and loses the reply', async () => {
    const { memory, storage } = storageWith('loses-reply', 1)
    await assert.rejects(storage.save('data', name, bytes), { code: 'storage-unreachable' })
    assert.deepEqual(memory.objects.get(`data/${name}`), bytes)
  })

  it('lies about one bit, when saving and when loading', async () => {
    const saved = storageWith('lies', 1)
    await saved.storage.save('data', name, bytes)
    const stored = saved.memory.objects.get(`data/${name}`) ?? new Uint8Array()
    assert.equal(stored.filter((byte, i) => byte !== bytes[i]).length, 1)
    const loaded = storageWith('lies', 2)
    await loaded.storage.save('data', name, bytes)
    assert.equal((await loaded.storage.load('data', name)).filter((byte, i) => byte !== bytes[i]).length, 1)
    assert.deepEqual(await loaded.storage.load('data', name), bytes)
  })

  it('truncates bytes and lists', async () => {
    const { storage } = storageWith('truncates', 3)
    await storage.save('data', name, bytes)
    await storage.save('data', anObject(10).name, anObject(10).bytes)
    assert.equal((await listAll(storage, 'data')).length, 1)
    assert.equal((await listAll(storage, 'data')).length, 2)
    const saved = storageWith('truncates', 1)
    await saved.storage.save('data', name, bytes)
    assert.equal(saved.memory.objects.get(`data/${name}`)?.length, 500)
  })

  it('stalls until it is told to stop', async () => {
    const { storage } = storageWith('stalls', 1)
    const stop = new AbortController()
    const call = storage.stat('data', name, { signal: stop.signal })
    const first = await Promise.race([call.catch(() => 'stopped'), new Promise((resolve) => setTimeout(resolve, 20, 'waiting'))])
    assert.equal(first, 'waiting')
    stop.abort(new Error('enough'))
    await assert.rejects(call, /enough/)
  })

  it('dies for good', async () => {
    const { storage } = storageWith('dies', 2)
    await storage.save('data', name, bytes)
    for (let i = 0; i < 3; i++) await assert.rejects(storage.load('data', name), { retryable: false })
  })

  it('counts the operations that concern the plan only', async () => {
    const memory = memoryStorage()
    const concerns = ({ method, kind }: { method: string; kind?: string }) => method === 'save' && kind === 'index'
    const storage = failing(memory, { mishap: 'fails', at: 1, concerns })
    await storage.save('data', name, bytes)
    await assert.rejects(storage.save('index', name, bytes))
    assert.equal(storage.operations, 1)
  })
})

describe('counting', () => {
  it('counts calls, failures and bytes', async () => {
    const storage = counting(memoryStorage())
    await storage.create()
    await storage.save('data', name, bytes)
    await storage.replace('data', name, bytes)
    await storage.load('data', name, { offset: 0, lengthBytes: 10 })
    await assert.rejects(storage.load('index', name))
    await listAll(storage, 'data')
    await storage.stat('data', name)
    await storage.remove('data', name)
    assert.deepEqual(storage.counts, {
      calls: { create: 1, save: 1, replace: 1, load: 2, stat: 1, list: 1, remove: 1 },
      failures: 1,
      bytesSaved: 2000,
      bytesLoaded: 10,
    })
  })
})
