import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type CacheOptions, cached, counting, memoryStorage } from './index.ts'
import { anObject, listAll } from './suite-places.ts'

function setUp(options: Partial<CacheOptions> = {}) {
  const top = mkdtempSync(join(tmpdir(), 'couronne-cached-'))
  const folder = join(top, 'repository')
  const memory = memoryStorage()
  const inner = counting(memory)
  const open = () => cached(inner, { folder, ...options })
  const path = (kind: string, name: string) => join(folder, kind, name.slice(0, 2), name)
  return { memory, inner, open, folder, path, [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }) }
}

const { name, bytes } = anObject(1000)

describe('cached', () => {
  it('asks for an index or a snapshot once, also in later processes', async () => {
    using place = setUp()
    const { memory, inner, open } = place
    for (const kind of ['index', 'snapshots'] as const) {
      await memory.save(kind, name, bytes)
      assert.deepEqual(await open().load(kind, name), bytes)
      assert.deepEqual(await open().load(kind, name, { offset: 5, lengthBytes: 7 }), bytes.slice(5, 12))
      assert.deepEqual(await open().load(kind, name), bytes)
    }
    assert.equal(inner.counts.calls.load, 2)
  })

  it('keeps what is saved, so that it is never asked for', async () => {
    using place = setUp()
    const { inner, open } = place
    await open().save('index', name, bytes)
    assert.deepEqual(await open().load('index', name), bytes)
    assert.equal(inner.counts.calls.load, 0)
  })

  it('keeps no keys, no locks, no config, and only the packs it is told to', async () => {
    const [tree, data] = [anObject(500, 1), anObject(500, 2)]
    using place = setUp({ keepsPack: (pack) => pack === tree.name })
    const { inner, open } = place
    const storage = open()
    for (const kind of ['keys', 'locks'] as const) await storage.save(kind, name, bytes)
    await storage.save('config', '', bytes)
    await storage.save('data', tree.name, tree.bytes)
    await storage.save('data', data.name, data.bytes)
    for (const kind of ['keys', 'locks'] as const) await storage.load(kind, name)
    await storage.load('config', '')
    assert.equal(inner.counts.calls.load, 3)
    await storage.load('data', tree.name, { offset: 3, lengthBytes: 3 })
    assert.equal(inner.counts.calls.load, 3)
    await storage.load('data', data.name, { offset: 3, lengthBytes: 3 })
    assert.equal(inner.counts.calls.load, 4)
  })

  it('ranges of a pack that are asked for side by side fetch it once', async () => {
    using place = setUp({ keepsPack: () => true })
    const { memory, inner, open } = place
    await memory.save('data', name, bytes)
    const storage = open()
    const parts = await Promise.all([0, 10, 20].map((offset) => storage.load('data', name, { offset, lengthBytes: 10 })))
    assert.deepEqual(parts, [bytes.slice(0, 10), bytes.slice(10, 20), bytes.slice(20, 30)])
    assert.equal(inner.counts.calls.load, 1)
  })

  it('whoever wants to know what is at the destination is not answered from the cache', async () => {
    using place = setUp()
    const { memory, open } = place
    const storage = open()
    await storage.save('index', name, bytes)
    memory.objects.set(`index/${name}`, bytes.slice(1))
    assert.deepEqual(await storage.load('index', name), bytes)
    assert.deepEqual(await storage.load('index', name, { fresh: true }), bytes.slice(1))
  })

  it('keeps nothing while it is not known whose cache it is', async () => {
    let folder: string | undefined
    using place = setUp({ folder: () => folder })
    const { inner, open } = place
    const storage = open()
    await storage.save('index', name, bytes)
    await storage.load('index', name)
    assert.equal((await listAll(storage, 'index')).length, 1)
    await storage.load('index', name)
    assert.equal(inner.counts.calls.load, 2)
    folder = place.folder
    await storage.load('index', name)
    await storage.load('index', name)
    assert.equal(inner.counts.calls.load, 3)
    await storage.remove('index', name)
  })

  for (const [what, damage] of [
    ['a flipped bit', (good: Uint8Array) => good.map((byte, i) => (i === 500 ? byte ^ 1 : byte))],
    ['a file cut short', (good: Uint8Array) => good.subarray(0, 400)],
    ['an empty file', () => new Uint8Array()],
    ['a file that grew', (good: Uint8Array) => Buffer.concat([good, good])],
  ] as const) {
    it(`${what} in the cache is noticed, thrown away and fetched anew`, async () => {
      using place = setUp()
      const { inner, open, path } = place
      const storage = open()
      await storage.save('index', name, bytes)
      await storage.load('index', name)
      writeFileSync(path('index', name), damage(bytes))
      assert.deepEqual(await storage.load('index', name), bytes)
      assert.equal(inner.counts.calls.load, 1)
      assert.deepEqual(readFileSync(path('index', name)), Buffer.from(bytes))
      writeFileSync(path('index', name), damage(bytes))
      assert.deepEqual(await open().load('index', name), bytes)
    })
  }

  it('wrong bytes from the destination reach the caller, who judges them, and not the cache', async () => {
    using place = setUp()
    const { memory, open, path } = place
    memory.objects.set(`index/${name}`, bytes.slice(1))
    assert.deepEqual(await open().load('index', name), bytes.slice(1))
    assert.throws(() => statSync(path('index', name)))
  })

  it('what vanished from the destination leaves the cache with the next whole list', async () => {
    using place = setUp()
    const { memory, open, path } = place
    const other = anObject(10, 3)
    const storage = open()
    await storage.save('snapshots', name, bytes)
    await storage.save('snapshots', other.name, other.bytes)
    memory.objects.delete(`snapshots/${name}`)
    for await (const _ of storage.list('snapshots')) break
    assert.ok(statSync(path('snapshots', name)))
    assert.equal((await listAll(storage, 'snapshots')).length, 1)
    assert.throws(() => statSync(path('snapshots', name)))
    assert.ok(statSync(path('snapshots', other.name)))
  })

  it('what is removed leaves the cache too', async () => {
    using place = setUp()
    const { open, path } = place
    const storage = open()
    await storage.save('snapshots', name, bytes)
    await storage.remove('snapshots', name)
    assert.throws(() => statSync(path('snapshots', name)))
    await assert.rejects(storage.load('snapshots', name), { code: 'object-missing' })
  })

  it('keeps no more packs than it has room for', async () => {
    using place = setUp({ keepsPack: () => true, packBytesMax: 2500 })
    const { inner, open, folder } = place
    for (const seed of [1, 2, 3]) {
      const pack = anObject(1000, seed)
      await open().save('data', pack.name, pack.bytes)
    }
    assert.equal(readdirSync(join(folder, 'data'), { recursive: true }).filter((path) => path.length > 60).length, 2)
    assert.equal(inner.counts.calls.save, 3)
  })

  it('a cache that can be neither read nor written makes nothing fail', async () => {
    using place = setUp()
    const { open, folder } = place
    writeFileSync(folder, 'a file where the folder should be')
    const storage = open()
    await storage.save('index', name, bytes)
    assert.deepEqual(await storage.load('index', name), bytes)
    assert.equal((await listAll(storage, 'index')).length, 1)
    await storage.remove('index', name)
  })

  it('is marked as a cache, for nobody else to read', async () => {
    using place = setUp()
    const { open, folder } = place
    await open().save('index', name, bytes)
    assert.match(readFileSync(join(folder, 'CACHEDIR.TAG'), 'utf8'), /^Signature: 8a477f597d28d172789f06886806bc55/)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    chmodSync(folder, 0o700)
  })
})
