import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { localFolderStorage } from './index.ts'
import { storageSuite } from './storage.suite.ts'
import { anObject, FolderPlace, listAll, nameOf } from './suite-places.ts'

/** The repository of a practice, in a folder of its own. */
class Folder extends FolderPlace {
  readonly #top: string

  constructor() {
    const top = mkdtempSync(join(tmpdir(), 'couronne-local-'))
    const path = join(top, 'dépôt du cabinet')
    super(path, async () => localFolderStorage(path))
    this.#top = top
  }

  override async [Symbol.asyncDispose]() {
    rmSync(this.#top, { recursive: true, force: true })
  }
}

storageSuite('a local folder', async () => new Folder())

describe('a local folder, besides', () => {
  it('has the layout and the rights of restic', async () => {
    await using place = new Folder()
    await using storage = await place.open()
    await storage.create()
    const { name, bytes } = anObject(10)
    await storage.save('data', name, bytes)
    await storage.save('config', '', bytes)
    const file = join(place.path, 'data', name.slice(0, 2), name)
    assert.equal(statSync(file).mode & 0o777, 0o400)
    assert.equal(statSync(join(place.path, 'config')).mode & 0o777, 0o400)
    assert.equal(statSync(place.path).mode & 0o777, 0o700)
    assert.equal(statSync(dirname(file)).mode & 0o777, 0o700)
    assert.equal(readdirSync(join(place.path, 'data')).length, 256)
    assert.deepEqual(readdirSync(place.path), ['config', 'data', 'index', 'keys', 'locks', 'snapshots'])
  })

  it('shares with the group what the group may read already', async () => {
    await using place = new Folder()
    await (await place.open()).create()
    await place.plant('config', anObject(10).bytes)
    chmodSync(join(place.path, 'config'), 0o440)
    const { name, bytes } = anObject(10)
    await (await place.open()).save('snapshots', name, bytes)
    assert.equal(statSync(join(place.path, 'snapshots', name)).mode & 0o777, 0o440)
  })

  it('stores packs of any length, from memory that goes to the disk as it lies, and from any other', async () => {
    const MIB = 1024 * 1024
    const aligned = new Uint8Array(new WebAssembly.Memory({ initial: 100, maximum: 100, shared: true }).buffer)
    await using place = new Folder()
    await using storage = await place.open()
    await storage.create()
    for (const length of [MIB - 1, MIB, MIB + 1, MIB + 4095, 4 * MIB, 5 * MIB + 4096 + 7]) {
      for (const start of [0, 64 * 1024, 512, 1]) {
        const bytes = aligned.subarray(start, start + length)
        bytes.set(anObject(length, start + 1).bytes)
        const name = nameOf(bytes)
        await storage.save('data', name, bytes)
        const file = join(place.path, 'data', name.slice(0, 2), name)
        assert.equal(nameOf(readFileSync(file)), name)
        assert.equal(statSync(file).mode & 0o777, 0o400)
      }
    }
  })

  it('takes no damaged file of the right size for the object', async () => {
    await using place = new Folder()
    await using storage = await place.open()
    await storage.create()
    const { name, bytes } = anObject(1000)
    await place.plant(`index/${name}`, new Uint8Array(1000))
    await assert.rejects(storage.save('index', name, bytes), { code: 'object-exists' })
    await storage.replace('index', name, bytes)
    await storage.save('index', name, bytes)
  })

  it('leaves no temporary file, whether a save succeeds, is repeated, is stopped or finds a damaged object', async () => {
    await using place = new Folder()
    await using storage = await place.open()
    await storage.create()
    const { name, bytes } = anObject(5000)
    await assert.rejects(storage.save('data', name, bytes, { pace: () => Promise.reject(new Error('stop')) }), /stop/)
    await Promise.all([1, 2, 3].map(() => storage.save('data', name, bytes)))
    await storage.replace('data', name, bytes)
    await place.plant(`data/${name.slice(0, 2)}/${name}`, new Uint8Array(5))
    await assert.rejects(storage.save('data', name, bytes), { code: 'object-exists' })
    assert.deepEqual(readdirSync(join(place.path, 'data', name.slice(0, 2))), [name])
  })

  it('makes missing folders on demand, but never the root: a disk that is not plugged in is not written beside', async () => {
    await using place = new Folder()
    await using storage = await place.open()
    const { name, bytes } = anObject(10)
    await assert.rejects(storage.save('data', name, bytes), { code: 'storage-unreachable', retryable: true })
    mkdirSync(place.path)
    await storage.save('data', name, bytes)
    await storage.save('keys', name, bytes)
    assert.deepEqual(await storage.load('data', name), bytes)
    assert.throws(() => statSync(join(place.path, 'config')))
  })

  it('says full, and keeps what was there, when the disk is (needs root, for a disk of its own)', async () => {
    await using place = new Folder()
    mkdirSync(place.path)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', place.path])
    try {
      await using storage = await place.open()
      await storage.create()
      const small = anObject(1_000_000, 1)
      await storage.save('data', small.name, small.bytes)
      const large = anObject(4_000_000, 2)
      await assert.rejects(storage.save('data', large.name, large.bytes), { code: 'storage-full', retryable: false })
      await assert.rejects(storage.replace('data', large.name, large.bytes), { code: 'storage-full' })
      assert.equal(await storage.stat('data', large.name), undefined)
      assert.deepEqual(await storage.load('data', small.name), small.bytes)
      assert.ok(((await storage.freeBytes()) ?? 0) > 1_000_000, 'the half-written file is gone')
    } finally {
      execFileSync('umount', [place.path])
    }
  })

  it('an empty configuration counts as one while somebody may be filling it, and as none when a crash has left it', async () => {
    await using place = new Folder()
    await using storage = await place.open()
    await storage.create()
    const path = join(place.path, 'config')
    const agedMinutes = (minutes: number) => utimesSync(path, 0, Date.now() / 1000 - minutes * 60)
    const { bytes } = anObject(10)
    writeFileSync(path, '')
    agedMinutes(9)
    assert.deepEqual(await storage.stat('config', ''), { name: '', sizeBytes: 0 })
    assert.deepEqual(await listAll(storage, 'config'), [{ name: '', sizeBytes: 0 }])
    assert.deepEqual(await storage.load('config', ''), new Uint8Array())
    await assert.rejects(storage.save('config', '', bytes), { code: 'object-exists' })
    agedMinutes(11)
    assert.equal(await storage.stat('config', ''), undefined)
    assert.equal(await storage.modifiedAt!('config', ''), undefined)
    assert.deepEqual(await listAll(storage, 'config'), [])
    await assert.rejects(storage.load('config', ''), { code: 'object-missing' })
    await storage.save('config', '', bytes)
    agedMinutes(11)
    assert.deepEqual(await storage.load('config', ''), bytes)
    await assert.rejects(storage.save('config', '', anObject(11).bytes), { code: 'object-exists' })
    assert.deepEqual(readdirSync(place.path), ['config', 'data', 'index', 'keys', 'locks', 'snapshots'])
  })

  it('where there are no hard links, of two configurations that come at once the second is refused', async (test) => {
    await using place = new Folder()
    await using storage = await place.open()
    await storage.create()
    const { rename } = promises
    const bothAreThere = Promise.withResolvers<void>()
    test.mock.method(promises, 'link', () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' })))
    // Whoever comes so far waits for the other, who has looked, too, before the name was there.
    const renaming = test.mock.method(promises, 'rename', async (from: string, to: string) => {
      if (renaming.mock.callCount() === 1) bothAreThere.resolve()
      await Promise.race([bothAreThere.promise, pause(300)])
      await rename(from, to)
    })
    syncBuiltinESMExports()
    try {
      const [first, second] = [anObject(10).bytes, anObject(20).bytes]
      const saved = await Promise.allSettled([first, second].map((bytes) => storage.save('config', '', bytes)))
      const winner = saved.findIndex(({ status }) => status === 'fulfilled')
      const loser = saved[1 - winner]!
      assert.ok(loser.status === 'rejected' && loser.reason.code === 'object-exists', JSON.stringify(saved))
      assert.deepEqual(await storage.load('config', ''), [first, second][winner])
    } finally {
      test.mock.restoreAll()
      syncBuiltinESMExports()
    }
    assert.deepEqual(readdirSync(place.path), ['config', 'data', 'index', 'keys', 'locks', 'snapshots'])
  })
})
