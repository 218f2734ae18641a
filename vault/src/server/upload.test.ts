/** What is accepted, what is not, and what is left of it. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import * as net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_LIMITS } from './options.ts'
import {
  type AnObject,
  anObject,
  aServer,
  askRaw,
  basic,
  filesBelow,
  OWNER,
  type TestServer,
  told,
  until,
  WRITER,
} from './testing.ts'

const objectsOf = ({ folder }: TestServer) => filesBelow(join(folder, 'cabinet'))

function head({ name }: AnObject, lengthBytes: number, kind = 'data'): string {
  return `POST /cabinet/${kind}/${name} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(WRITER)}\r\nContent-Length: ${lengthBytes}\r\n\r\n`
}

/** Sends the beginning of an upload and leaves the connection open. */
async function beginUpload(test: TestServer, object: AnObject, sentBytes: number): Promise<net.Socket> {
  const socket = net.connect(test.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(head(object, object.bytes.length))
  socket.write(object.bytes.subarray(0, sentBytes))
  await until(() => objectsOf(test).some((file) => file.includes(`${object.name}-tmp-serve-`)))
  return socket
}

for (const kind of ['data', 'snapshots', 'index', 'locks', 'keys']) {
  test(`bytes of ${kind} that do not have the hash of their name are refused, and leave nothing`, async () => {
    await using test = await aServer()
    await test.create()
    const { name, bytes } = anObject(1000)
    bytes[500]! ^= 1
    assert.equal((await test.ask('POST', `/cabinet/${kind}/${name}`, { as: OWNER, body: bytes })).status, 400)
    assert.deepEqual(objectsOf(test), [])
    await until(async () => told(await test.journal()).at(-1) === `refused owner ${kind} wrong-hash`)
  })
}

test('nothing is overwritten, not even by the same bytes', async () => {
  await using test = await aServer({ accounts: [{ ownerMayDelete: true }] })
  await test.create()
  const { name, bytes } = anObject()
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  for (const as of [WRITER, OWNER]) {
    assert.equal((await test.ask('POST', `/cabinet/data/${name}`, { as, body: bytes })).status, 403)
    assert.equal((await test.ask('POST', `/cabinet/data/${name}`, { as, body: anObject().bytes })).status, 403)
  }
  assert.deepEqual((await test.ask('GET', `/cabinet/data/${name}`)).bytes, bytes)
})

test('of two uploads of one object at the same time one is accepted', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject(2_000_000)
  const replies = await Promise.all([1, 2, 3, 4].map(() => test.ask('POST', `/cabinet/data/${name}`, { body: bytes })))
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 403, 403, 403])
  assert.deepEqual(objectsOf(test), [`data/${name.slice(0, 2)}/${name}`])
  assert.equal((await test.journal()).filter(({ event }) => event === 'stored').length, 1)
})

test('a cut connection leaves nothing, and the object may come again', async () => {
  await using test = await aServer({ accounts: [{ quotaBytes: 1_000_000 }] })
  await test.create()
  const object = anObject(1_000_000)
  const socket = await beginUpload(test, object, 400_000)
  socket.resetAndDestroy()
  await until(() => objectsOf(test).length === 0)
  assert.equal((await test.ask('POST', `/cabinet/data/${object.name}`, { body: object.bytes })).status, 200)
})

test('an upload that hangs does not keep its object from coming on another connection', async () => {
  await using test = await aServer()
  await test.create()
  const object = anObject(1_000_000)
  const socket = await beginUpload(test, object, 400_000)
  assert.equal((await test.ask('POST', `/cabinet/data/${object.name}`, { body: object.bytes })).status, 200)
  socket.write(object.bytes.subarray(400_000))
  await until(async () => told(await test.journal()).at(-1) === 'refused writer data exists')
  socket.destroy()
  assert.deepEqual((await test.ask('GET', `/cabinet/data/${object.name}`)).bytes, object.bytes)
})

test('a body shorter than announced is not an object', async () => {
  await using test = await aServer()
  await test.create()
  const object = anObject(1000)
  const socket = net.connect(test.port, '127.0.0.1')
  socket.end(Buffer.concat([Buffer.from(head(object, 1001)), object.bytes]))
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
  assert.deepEqual(objectsOf(test), [])
})

test('two lengths, or a length and chunks, are refused by the parser', async () => {
  await using test = await aServer()
  await test.create()
  const start = head(anObject(), 5).replace('\r\n\r\n', '\r\n')
  assert.match(await askRaw(test.port, `${start}Content-Length: 6\r\n\r\nabcdef`), /^HTTP\/1\.1 400/)
  assert.match(await askRaw(test.port, `${start}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`), /^HTTP\/1\.1 400/)
})

test('the quota counts every byte, and one more is refused with 507', async () => {
  await using test = await aServer({ accounts: [{ quotaBytes: 3000 }] })
  await test.create()
  const objects = [anObject(1000), anObject(1000), anObject(1001), anObject(1000)]
  const statuses: number[] = []
  for (const { name, bytes } of objects) statuses.push((await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })).status)
  assert.deepEqual(statuses, [200, 200, 507, 200])
  await until(async () => told(await test.journal()).includes('refused writer data quota'))
})

test('uploads under way count: together they cannot pass the quota', async () => {
  await using test = await aServer({ accounts: [{ quotaBytes: 1_500_000 }] })
  await test.create()
  const [first, second] = [anObject(1_000_000), anObject(1_000_000)]
  const socket = await beginUpload(test, first, 10)
  assert.equal((await test.ask('POST', `/cabinet/data/${second.name}`, { body: second.bytes })).status, 507)
  socket.destroy()
  await until(() => objectsOf(test).length === 0)
  assert.equal((await test.ask('POST', `/cabinet/data/${second.name}`, { body: second.bytes })).status, 200)
})

test('a chunked body is stopped where the quota ends', async () => {
  await using test = await aServer({ accounts: [{ quotaBytes: 3_000_000 }] })
  await test.create()
  const { name, bytes } = anObject(5_000_000)
  const reply = await test.ask('POST', `/cabinet/data/${name}`, { body: bytes, headers: { 'transfer-encoding': 'chunked' } })
  assert.equal(reply.status, 507)
  assert.deepEqual(objectsOf(test), [])
})

test('what was there before the server started counts, and what a local prune freed counts no more', async () => {
  let clock = 0
  await using test = await aServer({ accounts: [{ quotaBytes: 3000 }], monotonicMs: () => clock })
  await test.create()
  const there = anObject(2500)
  await test.ask('POST', `/cabinet/data/${there.name}`, { body: there.bytes })
  await test.server.close()
  await using again = await aServer({ folder: test.folder, monotonicMs: () => clock })
  const { name, bytes } = anObject(1000)
  assert.equal((await again.ask('POST', `/cabinet/data/${name}`, { body: bytes })).status, 507)
  rmSync(join(test.folder, 'cabinet', 'data', there.name.slice(0, 2), there.name))
  clock += 61_000
  assert.equal((await again.ask('POST', `/cabinet/data/${name}`, { body: bytes })).status, 200)
})

test('a deleted object frees its bytes', async () => {
  await using test = await aServer({ accounts: [{ quotaBytes: 1000, ownerMayDelete: true }] })
  await test.create()
  const [first, second] = [anObject(1000), anObject(1000)]
  await test.ask('POST', `/cabinet/data/${first.name}`, { body: first.bytes })
  await test.ask('DELETE', `/cabinet/data/${first.name}`, { as: OWNER })
  assert.equal((await test.ask('POST', `/cabinet/data/${second.name}`, { body: second.bytes })).status, 200)
})

test('one object deleted many times at once frees its bytes once, and has one line in the journal', async () => {
  await using test = await aServer({ accounts: [{ quotaBytes: 3000, ownerMayDelete: true }] })
  await test.create()
  const [kept, removed, small, large] = [anObject(1000), anObject(1000), anObject(2000), anObject(2001)]
  for (const { name, bytes } of [kept, removed]) await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  const replies = await Promise.all(
    Array.from({ length: 60 }, () => test.ask('DELETE', `/cabinet/data/${removed.name}`, { as: OWNER })),
  )
  assert.ok(replies.every(({ status }) => status === 200))
  assert.equal(told(await test.journal()).filter((line) => line === 'removed owner data').length, 1)
  assert.equal((await test.ask('POST', `/cabinet/data/${large.name}`, { body: large.bytes })).status, 507)
  assert.equal((await test.ask('POST', `/cabinet/data/${small.name}`, { body: small.bytes })).status, 200)
})

test('a disk with less room than is to be left free takes nothing', async () => {
  await using test = await aServer({ limits: { diskFreeBytesMin: 2 ** 60 } })
  await test.create()
  const { name, bytes } = anObject()
  assert.equal((await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })).status, 507)
})

test('on a disk that is nearly full, what makes room goes further than what fills it', async () => {
  const { bavail, bsize } = await statfs(tmpdir())
  await using test = await aServer({ accounts: [{ ownerMayDelete: true }], limits: { diskFreeBytesMin: bavail * bsize * 1.5 } })
  await test.create()
  const store = async (kind: string, as: string) => {
    const { name, bytes } = anObject()
    return (await test.ask('POST', `/cabinet/${kind}/${name}`, { as, body: bytes })).status
  }
  assert.equal(await store('data', WRITER), 507)
  assert.equal(await store('locks', WRITER), 200)
  assert.equal(await store('index', OWNER), 200)
})

test('only an owner who may delete goes beyond the quota, and only so far', async () => {
  for (const ownerMayDelete of [true, false]) {
    const limits = { pruneBytes: 3000 }
    await using test = await aServer({ accounts: [{ quotaBytes: 1000, ownerMayDelete }], limits })
    await test.create()
    const store = async (sizeBytes: number, as: string) => {
      const { name, bytes } = anObject(sizeBytes)
      return (await test.ask('POST', `/cabinet/data/${name}`, { as, body: bytes })).status
    }
    assert.equal(await store(1000, WRITER), 200)
    assert.equal(await store(100, WRITER), 507)
    assert.equal(await store(3000, OWNER), ownerMayDelete ? 200 : 507)
    assert.equal(await store(100, OWNER), 507)
  }
})

test('an object larger than its kind may be is refused, announced or not', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject(DEFAULT_LIMITS.objectBytesMax.locks + 1)
  assert.equal((await test.ask('POST', `/cabinet/locks/${name}`, { body: bytes })).status, 413)
  const chunked = { body: bytes, headers: { 'transfer-encoding': 'chunked' } }
  assert.equal((await test.ask('POST', `/cabinet/locks/${name}`, chunked)).status, 413)
  const most = anObject(DEFAULT_LIMITS.objectBytesMax.locks)
  assert.equal((await test.ask('POST', `/cabinet/locks/${most.name}`, { body: most.bytes })).status, 200)
})

test('junk too short to be sealed, which makes restic 0.18 panic, is refused', async () => {
  await using test = await aServer()
  await test.create()
  for (const kind of ['snapshots', 'index', 'locks', 'data']) {
    const { name, bytes } = anObject(15)
    assert.equal((await test.ask('POST', `/cabinet/${kind}/${name}`, { body: bytes })).status, 400, kind)
    const chunked = { body: bytes, headers: { 'transfer-encoding': 'chunked' } }
    assert.equal((await test.ask('POST', `/cabinet/${kind}/${name}`, chunked)).status, 400, kind)
  }
  assert.equal((await test.ask('POST', `/cabinet/data/${anObject(0).name}`, { body: Buffer.alloc(0) })).status, 400)
  assert.deepEqual(objectsOf(test), [])
})

test('locks are bounded in number and in rate', async () => {
  let clock = 0
  const limits = { objectsMax: { ...DEFAULT_LIMITS.objectsMax, locks: 3 }, lockWritesPerHourMax: 6 }
  await using test = await aServer({ limits, monotonicMs: () => clock })
  await test.create()
  const store = async () => {
    const { name, bytes } = anObject(100)
    return { name, status: (await test.ask('POST', `/cabinet/locks/${name}`, { body: bytes })).status }
  }
  const first = await store()
  assert.deepEqual([first.status, (await store()).status, (await store()).status, (await store()).status], [200, 200, 200, 403])
  await test.ask('DELETE', `/cabinet/locks/${first.name}`)
  assert.deepEqual([(await store()).status, (await store()).status, (await store()).status], [200, 403, 429])
  clock += 3600_000 / 6
  assert.equal((await store()).status, 403)
})

test('more snapshots in a day than usual are stored, and noted once', async () => {
  await using test = await aServer({ limits: { snapshotsPerDayExpected: 3 } })
  await test.create()
  for (let i = 0; i < 6; i++) {
    const { name, bytes } = anObject(200)
    assert.equal((await test.ask('POST', `/cabinet/snapshots/${name}`, { body: bytes })).status, 200)
  }
  const lines = told(await test.journal())
  assert.equal(lines.filter((line) => line === 'stored writer snapshots').length, 6)
  assert.equal(lines.indexOf('warned writer many-snapshots'), 5)
  assert.equal(lines.lastIndexOf('warned writer many-snapshots'), 5)
  assert.equal(test.lines.filter(({ event }) => event === 'many snapshots').length, 1)
})

test('uploads beyond those at once wait for their turn', async () => {
  for (const limits of [{ uploadsAtOncePerAccountMax: 1 }, { uploadsAtOnceMax: 1 }]) {
    await using test = await aServer({ limits })
    await test.create()
    const [first, second] = [anObject(1000), anObject(1000)]
    const socket = await beginUpload(test, first, 10)
    const waiting = test.ask('POST', `/cabinet/data/${second.name}`, { body: second.bytes })
    socket.write(first.bytes.subarray(10))
    assert.equal((await waiting).status, 200)
    const [before, after] = (await test.journal()).filter(({ event }) => event === 'stored').map(({ name }) => name)
    assert.deepEqual([before, after], [first.name, second.name])
    socket.destroy()
  }
})

test('uploads beyond those that may wait are told to come again', async () => {
  await using test = await aServer({ limits: { uploadsAtOncePerAccountMax: 1, uploadsWaitingPerAccountMax: 0 } })
  await test.create()
  const [first, second] = [anObject(1000), anObject(1000)]
  const socket = await beginUpload(test, first, 10)
  const reply = await test.ask('POST', `/cabinet/data/${second.name}`, { body: second.bytes })
  assert.equal(reply.status, 503)
  assert.equal(reply.headers['retry-after'], '2')
  socket.destroy()
  await until(() => objectsOf(test).length === 0)
  assert.equal((await test.ask('POST', `/cabinet/data/${second.name}`, { body: second.bytes })).status, 200)
})

test('a refused client that is still sending hears the reply before the connection closes', async () => {
  await using test = await aServer({ accounts: [{ quotaBytes: 1000 }] })
  await test.create()
  const object = anObject(20_000_000)
  const reply = await askRaw(test.port, Buffer.concat([Buffer.from(head(object, object.bytes.length)), object.bytes]), 15_000)
  assert.match(reply, /^HTTP\/1\.1 507 /)
  assert.match(reply, /Connection: close/)
})

test('a stranger who sends without end is cut after the reply', async () => {
  await using test = await aServer()
  const request = `POST /cabinet/config HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n`
  const reply = await askRaw(test.port, Buffer.concat([Buffer.from(request), Buffer.alloc(3_000_000)]), 10_000)
  assert.match(reply, /^(HTTP\/1\.1 401|broken)/)
  await until(() => test.lines.some(({ status }) => status === 401))
})

test('an upload that trickles is cut', async () => {
  let clock = 0
  await using test = await aServer({ monotonicMs: () => clock })
  await test.create()
  const object = anObject(1_000_000)
  const socket = await beginUpload(test, object, 10)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  clock += 31_000
  socket.write(object.bytes.subarray(10, 20))
  await closed
  await until(() => objectsOf(test).length === 0)
})

test('refusals beyond what is noteworthy are counted, not written', async () => {
  let clock = 0
  await using test = await aServer({ monotonicMs: () => clock })
  await test.create()
  const { name } = anObject()
  for (let i = 0; i < 610; i++) assert.equal((await test.ask('DELETE', `/cabinet/data/${name}`)).status, 403)
  await until(async () => (await test.journal()).length === 601)
  clock += 3600_000
  await test.ask('DELETE', `/cabinet/data/${name}`)
  await until(async () => (await test.journal()).at(-1)?.dropped === 10)
})

test('an object in the folder that the server did not bring is neither hidden nor overwritten', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject()
  const path = join(test.folder, 'cabinet', 'snapshots', name)
  writeFileSync(path, 'put here by a local tool')
  assert.equal((await test.ask('POST', `/cabinet/snapshots/${name}`, { body: bytes })).status, 403)
  assert.equal(readFileSync(path, 'utf8'), 'put here by a local tool')
  assert.equal(existsSync(path), true)
})

test('a client that waited to be let on and is refused in the middle hears the reply', async () => {
  await using test = await aServer({ accounts: [{ quotaBytes: 2_000_000 }] })
  await test.create()
  const socket = net.connect(test.port, '127.0.0.1')
  socket.on('error', () => {})
  const reply = text(socket)
  const start = head(anObject(), 0).replace('Content-Length: 0', 'Transfer-Encoding: chunked\r\nExpect: 100-continue')
  socket.write(start)
  await until(() => socket.bytesRead > 0)
  const piece = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000), Buffer.from('\r\n')])
  for (let i = 0; i < 400 && !socket.destroyed; i++) if (!socket.write(piece)) await sleep(1)
  socket.end('0\r\n\r\n')
  assert.match(await reply, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 507 /)
})
