/** The REST protocol, request by request, as docs/format-notes and rest-server's own documentation describe it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import * as http from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { anObject, aServer, askRaw, basic, filesBelow, OWNER, sha256, told, WRITER } from './testing.ts'

const V2 = 'application/vnd.x.restic.rest.v2'

test('creating makes all folders of restic, and may be asked again', async () => {
  await using test = await aServer()
  assert.equal((await test.ask('POST', '/cabinet/?create=true', { as: OWNER })).status, 200)
  assert.equal((await test.ask('POST', '/cabinet/?create=true', { as: OWNER })).status, 200)
  assert.deepEqual(readdirSync(join(test.folder, 'cabinet')).sort(), ['data', 'index', 'keys', 'locks', 'snapshots'])
  assert.equal(readdirSync(join(test.folder, 'cabinet', 'data')).length, 256)
  assert.equal(statSync(join(test.folder, 'cabinet')).mode & 0o777, 0o700)
})

test('without create=true nothing is created', async () => {
  await using test = await aServer()
  assert.equal((await test.ask('POST', '/cabinet/', { as: OWNER })).status, 400)
  assert.equal((await test.ask('POST', '/cabinet/?create=false', { as: OWNER })).status, 404)
  assert.equal(existsSync(join(test.folder, 'cabinet')), false)
})

test('the configuration is absent, stored, read, and never replaced', async () => {
  await using test = await aServer()
  await test.create()
  assert.equal((await test.ask('HEAD', '/cabinet/config')).status, 404)
  assert.equal((await test.ask('GET', '/cabinet/config')).status, 404)
  const { bytes } = anObject(155)
  assert.equal((await test.ask('POST', '/cabinet/config', { as: OWNER, body: bytes })).status, 200)
  const head = await test.ask('HEAD', '/cabinet/config')
  assert.equal(head.status, 200)
  assert.equal(head.headers['content-length'], '155')
  assert.deepEqual((await test.ask('GET', '/cabinet/config')).bytes, bytes)
  assert.equal((await test.ask('POST', '/cabinet/config', { as: OWNER, body: anObject(155).bytes })).status, 403)
  assert.deepEqual(readFileSync(join(test.folder, 'cabinet', 'config')), bytes)
})

for (const kind of ['data', 'snapshots', 'index', 'locks', 'keys']) {
  test(`an object of ${kind} comes back as it was sent`, async () => {
    await using test = await aServer()
    await test.create()
    const { name, bytes } = anObject(1000)
    const path = `/cabinet/${kind}/${name}`
    assert.equal((await test.ask('HEAD', path)).status, 404)
    assert.equal((await test.ask('GET', path)).status, 404)
    assert.equal((await test.ask('POST', path, { as: OWNER, body: bytes })).status, 200)
    const head = await test.ask('HEAD', path)
    assert.equal(head.status, 200)
    assert.equal(head.headers['content-length'], '1000')
    const got = await test.ask('GET', path)
    assert.equal(got.status, 200)
    assert.deepEqual(got.bytes, bytes)
    assert.equal(got.headers['content-type'], 'application/octet-stream')
  })
}

test('objects lie where restic looks for them, read-only', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject()
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  await test.ask('POST', `/cabinet/index/${name}`, { body: bytes })
  assert.deepEqual(filesBelow(join(test.folder, 'cabinet')), [`data/${name.slice(0, 2)}/${name}`, `index/${name}`])
  assert.equal(statSync(join(test.folder, 'cabinet', 'index', name)).mode & 0o777, 0o400)
})

test('a missing folder is empty to lists and made for an upload', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject()
  rmSync(join(test.folder, 'cabinet', 'data', name.slice(0, 2)), { recursive: true })
  rmSync(join(test.folder, 'cabinet', 'locks'), { recursive: true })
  assert.equal((await test.ask('GET', '/cabinet/locks/')).text, '[]')
  assert.equal((await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })).status, 200)
  assert.deepEqual((await test.ask('GET', `/cabinet/data/${name}`)).bytes, bytes)
})

test('lists are names in version 1, names and sizes in version 2', async () => {
  await using test = await aServer()
  await test.create()
  const objects = [anObject(100), anObject(200), anObject(300)]
  for (const { name, bytes } of objects) await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  const first = await test.ask('GET', '/cabinet/data/')
  assert.equal(first.headers['content-type'], 'application/vnd.x.restic.rest.v1')
  assert.deepEqual(JSON.parse(first.text).sort(), objects.map(({ name }) => name).sort())
  const second = await test.ask('GET', '/cabinet/data/', { headers: { accept: V2 } })
  assert.equal(second.headers['content-type'], V2)
  const bySize = JSON.parse(second.text).sort((a: { size: number }, b: { size: number }) => a.size - b.size)
  assert.deepEqual(
    bySize,
    objects.map(({ name, bytes }) => ({ name, size: bytes.length })),
  )
})

test('a list passes over what is no object: other names, links, folders, the wrong folder', async () => {
  await using test = await aServer()
  await test.create()
  const repository = join(test.folder, 'cabinet')
  const { name } = anObject()
  writeFileSync(join(repository, 'index', '.DS_Store'), 'x')
  writeFileSync(join(repository, 'index', `${name}-tmp-123`), 'x')
  symlinkSync('/etc/passwd', join(repository, 'index', name))
  mkdirSync(join(repository, 'snapshots', name))
  writeFileSync(join(repository, 'data', name), 'x')
  writeFileSync(join(repository, 'data', name.startsWith('00') ? '01' : '00', name), 'x')
  for (const kind of ['index', 'snapshots', 'data']) assert.equal((await test.ask('GET', `/cabinet/${kind}/`)).text, '[]', kind)
  assert.equal((await test.ask('GET', `/cabinet/index/${name}`)).status, 404)
  assert.equal((await test.ask('GET', `/cabinet/snapshots/${name}`)).status, 404)
})

test('a list longer than one write is whole', async () => {
  await using test = await aServer()
  await test.create()
  const names = Array.from({ length: 1200 }, (_, i) => sha256(Buffer.from(`${i}`)))
  for (const name of names) writeFileSync(join(test.folder, 'cabinet', 'index', name), 'some bytes')
  const reply = await test.ask('GET', '/cabinet/index/', { headers: { accept: V2 } })
  assert.deepEqual(
    JSON.parse(reply.text)
      .map(({ name }: { name: string }) => name)
      .sort(),
    names.sort(),
  )
})

test('what is not created has no lists and takes no objects', async () => {
  await using test = await aServer()
  const { name, bytes } = anObject()
  assert.equal((await test.ask('GET', '/cabinet/snapshots/')).status, 404)
  assert.equal((await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })).status, 404)
  assert.equal(existsSync(join(test.folder, 'cabinet')), false)
})

test('a part of an object comes as 206, a part beyond it as 416', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject(1000)
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  const part = (range: string) => test.ask('GET', `/cabinet/data/${name}`, { headers: { range } })
  const middle = await part('bytes=100-199')
  assert.equal(middle.status, 206)
  assert.equal(middle.headers['content-range'], 'bytes 100-199/1000')
  assert.deepEqual(middle.bytes, bytes.subarray(100, 200))
  const tail = await part('bytes=950-1949')
  assert.equal(tail.status, 206)
  assert.equal(tail.headers['content-length'], '50')
  assert.deepEqual(tail.bytes, bytes.subarray(950))
  assert.deepEqual((await part('bytes=-36')).bytes, bytes.subarray(-36))
  const beyond = await part('bytes=1000-')
  assert.equal(beyond.status, 416)
  assert.equal(beyond.headers['content-range'], 'bytes */1000')
  assert.equal((await part('bytes=0-1,5-6')).status, 200)
})

test('a conditional range gets the whole, since there is nothing to match', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject(1000)
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  const reply = await test.ask('GET', `/cabinet/data/${name}`, { headers: { range: 'bytes=5-9', 'if-range': '"x"' } })
  assert.equal(reply.status, 200)
  assert.deepEqual(reply.bytes, bytes)
})

test('an empty lock that restic left is read as empty, also by range', async () => {
  await using test = await aServer()
  await test.create()
  const { name } = anObject()
  writeFileSync(join(test.folder, 'cabinet', 'locks', name), '')
  const reply = await test.ask('GET', `/cabinet/locks/${name}`, { headers: { range: 'bytes=0-' } })
  assert.equal(reply.status, 200)
  assert.equal(reply.bytes.length, 0)
})

test('a lock is deleted, and deleting it again is a success', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject()
  await test.ask('POST', `/cabinet/locks/${name}`, { body: bytes })
  assert.equal((await test.ask('DELETE', `/cabinet/locks/${name}`)).status, 200)
  assert.equal((await test.ask('DELETE', `/cabinet/locks/${name}`)).status, 200)
  assert.equal((await test.ask('HEAD', `/cabinet/locks/${name}`)).status, 404)
  assert.deepEqual(told(await test.journal()), ['created owner', 'stored writer locks', 'removed writer locks'])
})

test('other methods are answered with those that are understood', async () => {
  await using test = await aServer()
  await test.create()
  const { name } = anObject()
  const put = await test.ask('PUT', `/cabinet/data/${name}`, { body: Buffer.from('x') })
  assert.equal(put.status, 405)
  assert.equal(put.headers.allow, 'HEAD, GET, POST, DELETE')
  assert.equal((await test.ask('DELETE', '/cabinet/', { as: OWNER })).status, 405)
  assert.equal((await test.ask('POST', '/cabinet/data/')).status, 405)
  assert.equal((await test.ask('OPTIONS', '/cabinet/config')).status, 405)
})

test('a chunked body, as restic 0.14 may send it, is taken too', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject(300_000)
  const reply = await test.ask('POST', `/cabinet/data/${name}`, { body: bytes, headers: { 'transfer-encoding': 'chunked' } })
  assert.equal(reply.status, 200)
  assert.deepEqual((await test.ask('GET', `/cabinet/data/${name}`)).bytes, bytes)
})

test('who asks first is told to go on, or that it need not', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject(100)
  const head = (to: string) =>
    `POST /cabinet/data/${to} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(WRITER)}\r\nContent-Length: 100\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`
  assert.match(
    await askRaw(test.port, Buffer.concat([Buffer.from(head(name)), bytes])),
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/,
  )
  assert.match(await askRaw(test.port, head(name)), /^HTTP\/1\.1 403 Forbidden/)
})

test('several requests travel on one connection, one after the other', async () => {
  await using test = await aServer()
  await test.create()
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const ports = new Set<number | undefined>()
  for (let i = 0; i < 3; i++) {
    const request = http.get({ port: test.port, path: '/cabinet/locks/', agent, headers: { authorization: basic(WRITER) } })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    ports.add(request.socket?.localPort)
    assert.equal(response.statusCode, 200)
    await text(response)
  }
  assert.equal(ports.size, 1)
  agent.destroy()
})
