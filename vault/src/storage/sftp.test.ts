import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type RcloneSftpServer, startRcloneSftp } from '../../../tests/peers/rclone.ts'
import { type SshServer, startSshd } from '../../../tests/peers/sshd.ts'
import { type SftpOptions, sftpStorage } from './sftp.ts'
import { storageSuite } from './storage.suite.ts'
import { anObject, FolderPlace, listAll } from './suite-places.ts'

let server: SshServer
let serial = 0
before(async () => {
  server = await startSshd()
})
after(() => server.stop())

function options(path: string, more: Partial<SftpOptions> = {}): SftpOptions {
  const credentials = { keyFiles: [server.keyFile], knownHostsFile: server.knownHostsFile }
  return { host: '127.0.0.1', port: server.port, user: userInfo().username, path, ...credentials, ...more }
}

function place(more: Partial<SftpOptions> = {}): FolderPlace {
  const path = join(server.folder, `dépôt du cabinet ${++serial}`)
  return new FolderPlace(path, async () => sftpStorage(options(path, more)))
}

const { name, bytes } = anObject(1000)

describe('against OpenSSH', () => {
  storageSuite('SFTP', async () => place())

  it('the layout and the rights are those of a local folder, and no temporary file stays', async () => {
    await using there = place()
    await using storage = await there.open()
    await storage.create()
    await storage.save('data', name, bytes)
    await Promise.allSettled([1, 2, 3].map(() => storage.save('data', name, bytes)))
    await storage.replace('data', name, bytes)
    const file = join(there.path, 'data', name.slice(0, 2), name)
    assert.equal(statSync(file).mode & 0o777, 0o400)
    assert.equal(statSync(there.path).mode & 0o777, 0o700)
    assert.equal(readdirSync(join(there.path, 'data')).length, 256)
    assert.deepEqual(readdirSync(dirname(file)), [name])
  })

  it('makes missing folders on demand, but never the root', async () => {
    await using there = place()
    await using storage = await there.open()
    await assert.rejects(storage.save('data', name, bytes), { code: 'storage-unreachable', retryable: true })
    mkdirSync(there.path)
    await storage.save('data', name, bytes)
    await storage.save('keys', name, bytes)
    assert.deepEqual(await storage.load('data', name), bytes)
  })

  it('says how much room is left', async () => {
    await using there = place()
    await using storage = await there.open()
    await storage.create()
    assert.ok(((await storage.freeBytes()) ?? 0) > 1_000_000)
  })

  it('says full when the disk is (needs root, for a disk of its own)', async () => {
    await using there = place()
    mkdirSync(there.path)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', there.path])
    try {
      await using storage = await there.open()
      await storage.create()
      const large = anObject(4_000_000)
      await assert.rejects(storage.save('data', large.name, large.bytes), { code: 'storage-full', retryable: false })
      assert.deepEqual(readdirSync(join(there.path, 'data', large.name.slice(0, 2))), [])
    } finally {
      execFileSync('umount', [there.path])
    }
  })

  it('three hundred small objects take no 40 ms each', async () => {
    await using there = place()
    await using storage = await there.open()
    await storage.create()
    for (let i = 0; i < 300; i++) await there.plant(`keys/${anObject(20, i).name}`, anObject(20, i).bytes)
    const start = performance.now()
    for (let i = 0; i < 300; i++) assert.equal((await storage.load('keys', anObject(20, i).name)).length, 20)
    assert.ok(performance.now() - start < 9000, `${performance.now() - start} ms`)
  })
})

describe('against rclone’s SFTP server, which has none of OpenSSH’s extensions', () => {
  let rclone: RcloneSftpServer
  let knownHostsFile: string
  before(async () => {
    rclone = await startRcloneSftp()
    knownHostsFile = join(rclone.folder, '..', 'known_hosts')
    writeFileSync(knownHostsFile, `[127.0.0.1]:${rclone.port} ${rclone.hostKey}\n`)
  })
  after(() => rclone.stop())

  it('stores, lists, replaces and removes, with a password', async () => {
    const { port, user, password } = rclone
    const who = { host: '127.0.0.1', port, user, password, keyFiles: [], knownHostsFile }
    await using storage = sftpStorage({ ...who, path: '/dépôt' })
    await using place = new FolderPlace(join(rclone.folder, 'dépôt'), async () => storage)
    await storage.create()
    await storage.create()
    const large = anObject(3_000_000)
    await storage.save('data', large.name, large.bytes)
    await storage.save('data', large.name, large.bytes)
    assert.deepEqual(await storage.load('data', large.name), large.bytes)
    assert.deepEqual(await listAll(storage, 'data'), [{ name: large.name, sizeBytes: 3_000_000 }])
    assert.equal(await storage.freeBytes(), undefined)
    await place.plant(`index/${name}`, bytes.subarray(1))
    await assert.rejects(storage.save('index', name, bytes), { code: 'object-exists' })
    await storage.replace('index', name, bytes)
    assert.deepEqual(await storage.load('index', name), bytes)
    await storage.remove('index', name)
    assert.deepEqual(await listAll(storage, 'index'), [])
    await assert.rejects(storage.load('index', name), { code: 'object-missing' })
  })

  it('lets nobody in with a wrong password', async () => {
    const { port, user } = rclone
    await using storage = sftpStorage({
      host: '127.0.0.1',
      port,
      user,
      password: 'wrong',
      keyFiles: [],
      knownHostsFile,
      path: '/x',
    })
    await assert.rejects(storage.stat('config', ''), { code: 'storage-refused', retryable: false })
  })
})

describe('who is let in', () => {
  const attempt = async (more: Partial<SftpOptions>) => {
    await using storage = sftpStorage(options(server.folder, more))
    await storage.stat('config', '')
  }
  const refused = { code: 'storage-refused', retryable: false }

  it('a key with a passphrase', () => attempt({ keyFiles: [server.protectedKeyFile], passphrase: 'passphrase' }))
  it('no key with a wrong passphrase', () =>
    assert.rejects(attempt({ keyFiles: [server.protectedKeyFile], passphrase: 'wrong' }), refused))
  it('no unknown key', () => assert.rejects(attempt({ keyFiles: [server.strangerKeyFile] }), refused))
  it('the second of two keys', () => attempt({ keyFiles: [server.strangerKeyFile, server.keyFile] }))
  it('no key file that is missing', () => assert.rejects(attempt({ keyFiles: ['/nowhere'] }), refused))

  it('an agent’s key', async () => {
    const socket = join(server.folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      await once(agent.stdout, 'data')
      execFileSync('ssh-add', ['-q', server.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
      await attempt({ keyFiles: undefined, agent: socket })
    } finally {
      agent.kill()
    }
  })
})

describe('whom we talk to', () => {
  const knownHosts = (text: string) => {
    const file = join(server.folder, `known-${++serial}`)
    writeFileSync(file, text)
    return file
  }
  const attempt = async (knownHostsFile: string, more: Partial<SftpOptions> = {}) => {
    await using storage = sftpStorage(options(server.folder, { knownHostsFile, ...more }))
    await storage.stat('config', '')
  }
  const at = () => `[127.0.0.1]:${server.port}`
  const key = (type: string) => server.hostKeys.find((line) => line.startsWith(type)) ?? ''

  it('no server that is not known', () => assert.rejects(attempt(knownHosts('')), /not known.*ssh-ed25519/))

  it('no server without a file of known ones', () => assert.rejects(attempt('/nowhere/known_hosts'), { code: 'storage-refused' }))

  it('a new server when that is wished, which is then known', async () => {
    const file = join(server.folder, 'new', 'known_hosts')
    await attempt(file, { acceptNewHosts: true })
    assert.match(readFileSync(file, 'utf8'), /^\[127\.0\.0\.1\]:\d+ ssh-ed25519 \S+\n$/)
    await attempt(file)
  })

  it('no server that shows another key than before, even when new ones are welcome', async () => {
    const other = key('ssh-ed25519').replace(/.{8}( \S+)?$/, 'AAAAAAA=')
    await assert.rejects(attempt(knownHosts(`${at()} ${other}\n`), { acceptNewHosts: true }), /another key/)
  })

  it('a server of which only the second key is known', () => attempt(knownHosts(`${at()} ${key('ecdsa')}\n`)))

  it('a server whose name is hashed in the file', async () => {
    const file = knownHosts(`${at()} ${key('ssh-ed25519')}\n`)
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
    assert.ok(!readFileSync(file, 'utf8').includes('127.0.0.1'))
    await attempt(file)
  })

  it('a server that a pattern names, unless it is excepted', async () => {
    await attempt(knownHosts(`# ours\n\n[127.0.0.*]:${server.port},other ${key('ssh-ed25519')}\n`))
    await assert.rejects(attempt(knownHosts(`[127.0.0.?]:*,!${at()} ${key('ssh-ed25519')}\n`)), /not known/)
  })

  it('no server whose key was revoked', () =>
    assert.rejects(attempt(knownHosts(`${at()} ${key('ssh-ed25519')}\n@revoked * ${key('ssh-ed25519')}\n`)), /revoked/))

  it('nobody there is worth another try', async () => {
    await using storage = sftpStorage(options('/x', { port: 1 }))
    await assert.rejects(storage.stat('config', ''), { code: 'storage-unreachable', retryable: true })
  })
})

describe('when the connection breaks', () => {
  /** Passes everything on until told otherwise. */
  const startProxy = async () => {
    const sockets = new Set<Socket>()
    const proxy = createServer((near) => {
      const far = connect(server.port, '127.0.0.1')
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket.on('error', () => {})
      }
      near.pipe(far).pipe(near)
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const port = (proxy.address() as { port: number }).port
    return {
      knownHosts: () => server.hostKeys.map((line) => `[127.0.0.1]:${port} ${line}\n`).join(''),
      port,
      breakAll() {
        for (const socket of sockets) socket.destroy()
        sockets.clear()
      },
      freeze() {
        for (const socket of sockets) socket.unpipe().pause()
      },
      async [Symbol.asyncDispose]() {
        this.breakAll()
        proxy.close()
        await once(proxy, 'close')
      },
    }
  }

  const openThrough = async (proxy: Awaited<ReturnType<typeof startProxy>>) => {
    const knownHostsFile = join(server.folder, `known-${++serial}`)
    writeFileSync(knownHostsFile, proxy.knownHosts())
    const storage = await place({ port: proxy.port, knownHostsFile }).open()
    await storage.create()
    return storage
  }

  it('the call fails as worth another try, and the next one makes a new connection', async () => {
    await using proxy = await startProxy()
    await using storage = await openThrough(proxy)
    const large = anObject(5_000_000)
    let sent = 0
    const pace = (slice: number) => {
      sent += slice
      if (sent > 1_000_000) proxy.breakAll()
    }
    await assert.rejects(storage.save('data', large.name, large.bytes, { pace }), {
      code: 'storage-unreachable',
      retryable: true,
    })
    assert.equal(await storage.stat('data', large.name), undefined)
    await storage.save('data', large.name, large.bytes)
    assert.deepEqual(await storage.load('data', large.name), large.bytes)
  })

  it('a file that was open when the connection broke is not taken for another one of the next connection', async () => {
    await using proxy = await startProxy()
    await using storage = await openThrough(proxy)
    const [first, second] = [anObject(320_000, 1), anObject(320_000, 2)]
    const [isWaiting, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let slices = 0
    // It stands between two slices, waiting for its turn of the rate: nothing of it is under way.
    const saving = storage.save('data', first.name, first.bytes, {
      pace: async () => {
        if (++slices !== 6) return
        setTimeout(isWaiting.resolve, 200)
        await mayGoOn.promise
      },
    })
    saving.catch(() => {})
    await isWaiting.promise
    proxy.breakAll()
    await pause(300)
    let others = 0
    await storage.save('data', second.name, second.bytes, {
      pace: async () => {
        if (++others !== 6) return
        mayGoOn.resolve()
        await saving.catch(() => {})
      },
    })
    await assert.rejects(saving, { code: 'storage-unreachable' })
    assert.deepEqual(await storage.load('data', second.name), second.bytes)
    assert.equal(await storage.stat('data', first.name), undefined)
  })

  it('a server that freezes is left when the signal says so, and a later call gets through', async () => {
    await using proxy = await startProxy()
    await using storage = await openThrough(proxy)
    proxy.freeze()
    const { StorageError } = await import('#errors')
    const stalled = new StorageError('unreachable', 'nothing moves')
    const stop = new AbortController()
    setTimeout(() => stop.abort(stalled), 100)
    await assert.rejects(storage.stat('config', '', { signal: stop.signal }), stalled)
    assert.equal(await storage.stat('config', ''), undefined)
  })
})
