import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type RcloneServer, startRclone } from '../../../tests/peers/rclone.ts'
import { type RestServer, startRestServer } from '../../../tests/peers/rest-server.ts'
import { type RestOptions, restStorage } from './rest.ts'
import { storageSuite } from './storage.suite.ts'
import { anObject, FolderPlace, listAll } from './suite-places.ts'

const ALICE = { user: 'alice', password: 'pässwörd: with colon' }
let serial = 0

/** A new repository below a server that keeps them in `folder`. */
function place(
  server: () => { address: string; folder: string },
  options: () => RestOptions = () => ({}),
  above = '',
): FolderPlace {
  const name = `${above}répertoire ${++serial}`
  const url = () => `${server().address.replace(/^rest:/, '')}${encodeURI(name)}/`
  return new FolderPlace(join(server().folder, name), async () => restStorage(url(), options()))
}

describe('against rest-server', () => {
  let server: RestServer
  before(async () => {
    server = await startRestServer()
  })
  after(() => server.stop())
  storageSuite('REST', async () => place(() => server))
})

describe('against rest-server, append-only, with accounts, private repositories and an authority of our own', () => {
  let server: RestServer
  const options = () => ({ ...ALICE, caCertificate: server.caCertificate })
  before(async () => {
    const accounts = { [ALICE.user]: ALICE.password, bob: 'b' }
    server = await startRestServer({ appendOnly: true, accounts, privateRepositories: true, tls: true })
  })
  after(() => server.stop())
  storageSuite('REST', async () => place(() => server, options, 'alice/'), {
    appendOnly: true,
    secrets: [ALICE.password, 'p%C3%A4ss'],
  })

  const refusedBy = async (path: string, others: RestOptions) => {
    await using storage = restStorage(`${server.address.replace('rest:', '')}${path}`, others)
    const { name, bytes } = anObject(1_000_000)
    await assert.rejects(storage.create(), { code: 'storage-refused', retryable: false })
    await assert.rejects(storage.save('data', name, bytes), { code: 'storage-refused', retryable: false })
    await assert.rejects(storage.load('config', ''), { code: 'storage-refused' })
  }
  it('a wrong password is refused, not retried', () => refusedBy('alice/', { ...options(), password: 'wrong' }))
  it('no password is refused', () => refusedBy('alice/', { caCertificate: server.caCertificate }))
  it('the repository of another is refused', () => refusedBy('bob/', options()))
  it('a certificate of an authority that is not trusted is refused', () => refusedBy('alice/', ALICE))
})

describe('against rest-server with a quota', () => {
  it('says full, and does not send the rest of the object', async () => {
    await using server = await startRestServer({ sizeBytesMax: 2_000_000 })
    await using storage = await place(() => server).open()
    await storage.create()
    const small = anObject(1_500_000, 1)
    await storage.save('data', small.name, small.bytes)
    const large = anObject(8_000_000, 2)
    await assert.rejects(storage.save('data', large.name, large.bytes), { code: 'storage-full', retryable: false })
    assert.equal(await storage.stat('data', large.name), undefined)
  })

  it('bytes that do not match their name are not accepted, and not sent again', async () => {
    await using server = await startRestServer()
    await using storage = await place(() => server).open()
    await storage.create()
    const { name } = anObject(1000)
    await assert.rejects(storage.save('data', name, anObject(1000, 2).bytes), { code: 'storage-failed', retryable: false })
  })
})

describe('against a server that knows version 1 only', () => {
  let server: RestServer
  let proxy: ReturnType<typeof createServer>
  before(async () => {
    server = await startRestServer()
    // rest-server answers in version 1 to whoever does not ask for version 2: the proxy takes the question away.
    proxy = createServer((incoming, outgoing) => {
      const { accept: _, host: __, ...headers } = incoming.headers
      const path = incoming.url ?? '/'
      const onward = request({ port: server.port, host: '127.0.0.1', method: incoming.method, path, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 500, reply.headers)
        reply.pipe(outgoing)
      })
      onward.on('error', () => outgoing.destroy())
      incoming.pipe(onward)
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
  })
  after(async () => {
    proxy.closeAllConnections()
    proxy.close()
    await server.stop()
  })
  const address = () => ({ folder: server.folder, address: `rest:http://127.0.0.1:${(proxy.address() as AddressInfo).port}/` })
  storageSuite('REST, version 1', async () => place(address))
})

describe('against rclone', () => {
  let server: RcloneServer
  before(async () => {
    server = await startRclone(ALICE)
  })
  after(() => server.stop())
  storageSuite(
    'REST',
    async () =>
      place(
        () => server,
        () => ALICE,
      ),
    { showsHalves: true },
  )
})

describe('against rclone, append-only', () => {
  let server: RcloneServer
  before(async () => {
    server = await startRclone({ appendOnly: true })
  })
  after(() => server.stop())
  storageSuite('REST', async () => place(() => server), { appendOnly: true, showsHalves: true })
})

describe('against servers that misbehave', () => {
  /** Answers each connection's first bytes with `reply`, then `close`s. */
  const serverSaying = async (answer: (socket: Socket, first: Buffer) => void) => {
    const sockets = new Set<Socket>()
    const server = createTcpServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('data', (first: Buffer) => answer(socket, first))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      storage: restStorage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }
  const { name, bytes } = anObject(2_000_000)

  it('a reply that is cut short is worth another try', async () => {
    await using server = await serverSaying((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort'))
    await assert.rejects(server.storage.load('data', name), { code: 'storage-unreachable', retryable: true })
  })

  it('a reply longer than declared, or absurdly long, is not taken', async () => {
    await using long = await serverSaying((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n'))
    await assert.rejects(long.storage.load('data', name), { code: 'storage-failed', retryable: false })
  })

  it('a folder that is said to be missing where there is a repository is no empty list', async () => {
    const saying = (name: string, config: string) =>
      serverSaying((socket, first) => {
        const status = first.toString().startsWith('HEAD') ? config : '404 Not Found'
        socket.end(`HTTP/1.1 ${status}\r\nServer: ${name}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
      })
    await using proxy = await saying('a proxy', '200 OK')
    await assert.rejects(Array.fromAsync(proxy.storage.list('snapshots')), { code: 'storage-failed' })
    await using empty = await saying('a server', '404 Not Found')
    assert.deepEqual(await Array.fromAsync(empty.storage.list('snapshots')), [])
    await using rclone = await saying('rclone/v1.60', '200 OK')
    assert.deepEqual(await Array.fromAsync(rclone.storage.list('snapshots')), [])
  })

  it('of a reply that refuses a megabyte is read, and it is no verdict on the object', async () => {
    await using server = await serverSaying((socket) => {
      socket.write('HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n\r\n')
      const more = () => {
        while (socket.writable && socket.write(bytes));
      }
      socket.on('drain', more)
      more()
    })
    await assert.rejects(server.storage.load('keys', name), { code: 'storage-failed', message: /the reply \(500\) is longer/ })
  })

  it('a connection that breaks while sending is worth another try', async () => {
    await using server = await serverSaying((socket) => socket.resetAndDestroy())
    await assert.rejects(server.storage.replace('data', name, bytes), { code: 'storage-unreachable', retryable: true })
  })

  it('an early refusal is heard, and the body is not sent', async () => {
    let received = 0
    await using server = await serverSaying((socket) => {
      socket.on('data', (chunk) => {
        received += chunk.length
      })
      socket.write('HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\n\r\n')
    })
    await assert.rejects(server.storage.replace('data', name, bytes), { code: 'storage-full', retryable: false })
    assert.ok(received < 10_000, `${received} bytes were sent`)
  })

  it('a server that never says continue gets the body all the same', async () => {
    let received = 0
    await using server = await serverSaying((socket) => {
      socket.on('data', (chunk) => {
        received += chunk.length
        if (received >= bytes.length) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      })
    })
    await server.storage.replace('data', name, bytes)
  })

  it('a proxy that refuses to be asked gets the body unasked', async () => {
    let refusals = 0
    await using server = await serverSaying((socket, first) => {
      let received = first.length
      if (/^expect/im.test(first.toString('latin1'))) {
        refusals++
        socket.end('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n')
      } else {
        socket.on('data', (chunk) => {
          received += chunk.length
          if (received >= bytes.length) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        })
      }
    })
    await server.storage.replace('data', name, bytes)
    await server.storage.replace('data', name, bytes)
    assert.equal(refusals, 1)
  })

  it('a server that says yes before it has everything is not believed', async () => {
    await using server = await serverSaying((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    await assert.rejects(server.storage.replace('data', name, bytes), { code: 'storage-failed', retryable: true })
  })

  it('a silent server is left when the signal says so', async () => {
    await using server = await serverSaying(() => {})
    const reason = new Error('enough')
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 50)
    await assert.rejects(server.storage.replace('data', name, bytes, { signal: stop.signal }), reason)
  })

  it('a web page is not taken for a list', async () => {
    const page = '<html>Welcome to the Wi-Fi of the hotel</html>'
    await using server = await serverSaying((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`),
    )
    await assert.rejects(listAll(server.storage, 'data'), { code: 'storage-failed', retryable: false })
  })

  it('nobody there is worth another try', async () => {
    await using storage = restStorage('http://127.0.0.1:1/')
    await assert.rejects(storage.stat('config', ''), { code: 'storage-unreachable', retryable: true })
  })

  it('an old connection that the server closed meanwhile is replaced at once', async () => {
    let connections = 0
    const server = createTcpServer((socket) => {
      connections++
      socket.on('error', () => {})
      let asked = 0
      // The first question is answered; the second, on the same connection, meets its end.
      socket.on('data', () => {
        if (++asked === 1) socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
        else socket.destroy()
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    await using storage = restStorage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    assert.equal(await storage.stat('config', ''), undefined)
    assert.equal(await storage.stat('config', ''), undefined)
    assert.equal(connections, 2)
    server.close()
  })
})
