/** Starting, stopping, encryption and patience. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import * as https from 'node:https'
import * as net from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as tls from 'node:tls'
import { UsageError } from '#errors'
import { measureRepository, serveRepositories } from './index.ts'
import { aFolder, anObject, aServer, askRaw, basic, certificates, filesBelow, OWNER, until, WRITER } from './testing.ts'

test('without TLS only this machine is served, unless somebody insists', async () => {
  const folder = aFolder()
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.org']) {
    await assert.rejects(serveRepositories({ folder, host, port: 0 }), UsageError, host)
  }
  assert.equal(existsSync(join(folder, '.couronne')), false)
  await using test = await aServer({ folder, host: '0.0.0.0', insecure: true })
  assert.equal((await test.ask('GET', '/cabinet/locks/')).status, 404)
})

test('an address that is taken is named, and the folder is let go', async () => {
  await using first = await aServer()
  const folder = aFolder()
  await assert.rejects(serveRepositories({ folder, port: first.port }), /cannot listen: .*EADDRINUSE/)
  await using _ = await aServer({ folder })
})

test('key and certificate that cannot be used are refused before anything is touched', async () => {
  const folder = join(aFolder(), 'data')
  await assert.rejects(serveRepositories({ folder, port: 0, tls: { key: 'junk', cert: 'junk' } }), UsageError)
  assert.equal(existsSync(folder), false)
})

test('an accounts file that cannot be read stops the start, and the folder is let go', async () => {
  const folder = aFolder()
  await using test = await aServer({ folder })
  await test.server.close()
  const accountsFile = join(folder, 'broken.json')
  writeFileSync(accountsFile, '{}', { mode: 0o600 })
  await assert.rejects(serveRepositories({ folder, port: 0, accountsFile }), /expected accounts of version 1/)
  await using _ = await aServer({ folder })
})

test('one damaged account keeps nobody else from being served, and is told of', async () => {
  const folder = aFolder()
  mkdirSync(join(folder, '.couronne', 'journal', 'cabinet.jsonl'), { recursive: true })
  await using test = await aServer({ folder, accounts: [{}, { name: 'other' }] })
  assert.equal((await test.ask('GET', '/other/locks/', { as: 'other:the-writer-password' })).status, 404)
  assert.equal((await test.ask('GET', '/cabinet/locks/')).status, 500)
  assert.deepEqual(
    test.lines.filter(({ event }) => event === 'repository unusable').map(({ account, reason }) => [account, reason]),
    [['cabinet', 'internal-EISDIR']],
  )
})

test('over TLS with an authority of our own, 1.2 at least', async () => {
  const material = certificates(aFolder())
  await using test = await aServer({ tls: material })
  assert.match(test.server.url, /^https:\/\/127\.0\.0\.1:\d+\/$/)
  const ca = readFileSync(material.ca)
  const ask = (options: https.RequestOptions) =>
    new Promise<{ status: number; headers: Record<string, unknown> }>((resolve, reject) => {
      const headers = { authorization: basic(WRITER) }
      const request = https.request({
        host: '127.0.0.1',
        port: test.port,
        path: '/cabinet/config',
        headers,
        agent: false,
        ca,
        ...options,
      })
      request.on('response', (response) => {
        response.resume()
        resolve({ status: response.statusCode ?? 0, headers: response.headers })
      })
      request.on('error', reject).end()
    })
  const reply = await ask({})
  assert.equal(reply.status, 404)
  assert.match(String(reply.headers['strict-transport-security']), /max-age/)
  assert.equal((await ask({ maxVersion: 'TLSv1.2' })).status, 404)
  await assert.rejects(
    ask({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
    /alert protocol version|EPROTO/,
  )
  await assert.rejects(ask({ ca: [] }), /certificate|SELF_SIGNED|unable to/)
})

test('plain HTTP to a server with TLS gets nothing', async () => {
  await using test = await aServer({ tls: certificates(aFolder()) })
  const reply = await askRaw(test.port, `GET /cabinet/config HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(WRITER)}\r\n\r\n`)
  assert.doesNotMatch(reply, /HTTP\/1\.1 (2|404)/)
})

test('a renewed certificate serves new connections; a broken one leaves the old', async () => {
  const [first, second] = [certificates(aFolder()), certificates(aFolder())]
  await using test = await aServer({ tls: first })
  const shown = async () => {
    const socket = tls.connect({ port: test.port, host: '127.0.0.1', rejectUnauthorized: false })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    const { fingerprint256 } = socket.getPeerX509Certificate() ?? {}
    socket.destroy()
    return fingerprint256
  }
  const before = await shown()
  assert.throws(() => test.server.renewCertificate({ key: 'junk', cert: 'junk' }), UsageError)
  assert.equal(await shown(), before)
  test.server.renewCertificate(second)
  assert.notEqual(await shown(), before)
  await using plain = await aServer()
  assert.throws(() => plain.server.renewCertificate(second), UsageError)
})

test('a connection that sends no request, or its headers byte by byte, is cut', async () => {
  await using test = await aServer({ limits: { headersTimeoutMs: 300 } })
  const silent = net.connect(test.port, '127.0.0.1')
  const slow = net.connect(test.port, '127.0.0.1')
  const dripping = setInterval(() => slow.write('X'), 50)
  for (const socket of [silent, slow]) socket.on('error', () => {})
  slow.write('GET / HTTP/1.1\r\nX-')
  await Promise.all([silent, slow].map((socket) => text(socket).catch(() => '')))
  clearInterval(dripping)
})

test('an upload on which nothing moves is cut, and leaves nothing', async () => {
  await using test = await aServer({ limits: { idleTimeoutMs: 300 } })
  await test.create()
  const { name, bytes } = anObject(1000)
  const socket = net.connect(test.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `POST /cabinet/data/${name} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(WRITER)}\r\nContent-Length: 1000\r\n\r\n`,
  )
  socket.write(bytes.subarray(0, 100))
  await text(socket).catch(() => '')
  await until(() => filesBelow(join(test.folder, 'cabinet')).length === 0)
})

/** A connection from which nothing is read. */
function aDeafClient(port: number): net.Socket {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.pause()
  return socket
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

const isFree = async (port: number) => (await askRaw(port, 'GET / HTTP/1.0\r\n\r\n')).startsWith('HTTP/1.1 401')

test('who asks again while a reply is under way holds neither memory nor files', async () => {
  await using test = await aServer({ limits: { idleTimeoutMs: 60_000, connectionsMax: 2 } })
  await test.create()
  const { name, bytes } = anObject(16_000_000)
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  const openFiles = () => readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`).includes(name)).length
  const ask = (method: string) => `${method} /cabinet/data/${name} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(WRITER)}\r\n\r\n`
  const [many, one] = [aDeafClient(test.port), aDeafClient(test.port)]
  many.write(ask('GET').repeat(300))
  one.write(ask('GET'))
  await until(() => openFiles() === 1)
  assert.equal(openFiles(), 1, 'the one that asked once is still served')
  one.write(ask('HEAD'))
  await until(() => openFiles() === 0)
  await until(() => isFree(test.port))
  for (const socket of [many, one]) socket.destroy()
})

test('downloads beyond those at once wait for their turn, and beyond those that may wait they come again', async () => {
  const limits = { downloadsAtOncePerAccountMax: 1, downloadsWaitingPerAccountMax: 1 }
  await using test = await aServer({ limits })
  await test.create()
  const [large, small] = [anObject(16_000_000), anObject(1000)]
  for (const { name, bytes } of [large, small]) await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  const socket = aDeafClient(test.port)
  socket.write(`GET /cabinet/data/${large.name} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(WRITER)}\r\n\r\n`)
  const get = () => test.ask('GET', `/cabinet/data/${small.name}`)
  // The first one waits, unless it came before the large one.
  let waiting = get()
  await until(async () => {
    const { status } = await get()
    if (status !== 503) waiting = get()
    return status === 503
  })
  socket.destroy()
  assert.deepEqual((await waiting).bytes, small.bytes)
})

test('headers of more than 8 KiB are refused', async () => {
  await using test = await aServer()
  assert.match(await askRaw(test.port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(9000)}\r\n\r\n`), /^HTTP\/1\.1 431/)
})

test('one address takes only so many connections', async () => {
  await using test = await aServer({ limits: { connectionsPerAddressMax: 3 } })
  const sockets = Array.from({ length: 5 }, () => net.connect(test.port, '127.0.0.1').on('error', () => {}))
  await until(() => sockets.filter((socket) => socket.readyState === 'closed').length === 2)
  sockets[0]?.destroy()
  await until(async () => (await askRaw(test.port, 'GET / HTTP/1.0\r\n\r\n')).startsWith('HTTP/1.1 401'))
  for (const socket of sockets) socket.destroy()
})

test('closing lets a running upload end, and may be asked twice', async () => {
  const test = await aServer()
  await test.create()
  const { name, bytes } = anObject(1_000_000)
  const socket = net.connect(test.port, '127.0.0.1')
  socket.write(
    `POST /cabinet/data/${name} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(WRITER)}\r\nContent-Length: 1000000\r\n\r\n`,
  )
  socket.write(bytes.subarray(0, 10))
  const reply = text(socket)
  await until(() => filesBelow(join(test.folder, 'cabinet')).length === 1)
  const closing = Promise.all([test.server.close(), test.server.close()])
  await sleep(50)
  socket.write(bytes.subarray(10))
  assert.match(await reply, /^HTTP\/1\.1 200 OK/)
  await closing
  assert.deepEqual(readdirSync(join(test.folder, '.couronne', 'running')), [])
})

test('a log that throws takes nothing down', async () => {
  await using test = await aServer({
    log: () => {
      throw new Error('log disk full')
    },
  })
  assert.equal((await test.ask('GET', '/cabinet/config')).status, 404)
})

test('what an account holds can be measured while the server runs', async () => {
  await using test = await aServer()
  await test.create()
  const { name, bytes } = anObject(500)
  await test.ask('POST', '/cabinet/config', { as: OWNER, body: anObject(100).bytes })
  await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  const { sizeBytes, objects } = await measureRepository(test.folder, 'cabinet')
  assert.deepEqual([sizeBytes, objects.data, objects.config], [600, 1, 1])
  assert.equal((await measureRepository(test.folder, 'nobody')).sizeBytes, 0)
  await assert.rejects(measureRepository(test.folder, '../cabinet'), UsageError)
})
