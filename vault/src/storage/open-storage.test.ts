import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { restic018, run } from '../../../tests/peers/peers.ts'
import { startRestServer } from '../../../tests/peers/rest-server.ts'
import { startSshd } from '../../../tests/peers/sshd.ts'
import { openStorage, type Storage } from './index.ts'
import { anObject, listAll } from './suite-places.ts'

const { name, bytes } = anObject(60_000)

async function roundTrip(storage: Storage): Promise<void> {
  await storage.create()
  await storage.save('data', name, bytes)
  assert.deepEqual(await storage.load('data', name), bytes)
}

describe('openStorage', () => {
  it('opens a folder, with a limit on what is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'couronne-open-'))
    try {
      await using storage = await openStorage(`local:${folder}/r`, { uploadKibPerSecondMax: 200, connections: 3 })
      assert.equal(storage.location, `${folder}/r`)
      assert.equal(storage.connections, 3)
      await roundTrip(storage)
      const startedMs = performance.now()
      await storage.save('index', name, bytes)
      assert.ok(performance.now() - startedMs > 200)
      assert.ok(statSync(join(folder, 'r', 'index', name)).isFile())
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('opens REST with an account from the environment or from the address, over TLS', async () => {
    const accounts = { alice: 'p@ss/word' }
    await using server = await startRestServer({ accounts, tls: true })
    const { caCertificate } = server
    const options = { caCertificate, environment: server.env }
    await using storage = await openStorage(`${server.address}one/`, options)
    await roundTrip(storage)
    const withAccount = server.address.replace('//', '//alice:p%40ss%2Fword@')
    await using other = await openStorage(`${withAccount}two/`, { caCertificate })
    await roundTrip(other)
    assert.equal(other.location, `${server.address.replace('//', '//alice@')}two/`)
    await using nobody = await openStorage(`${server.address}one/`, { caCertificate })
    await assert.rejects(nobody.load('data', name), { code: 'storage-refused' })
  })

  it('opens SFTP by both kinds of address', async () => {
    await using server = await startSshd()
    const sftp = { keyFiles: [server.keyFile], knownHostsFile: server.knownHostsFile }
    await using storage = await openStorage(`${server.address}/${server.folder}/r`, { sftp })
    await roundTrip(storage)
    await using elsewhere = await openStorage('sftp:nobody@127.0.0.1:/x', { sftp, retry: { totalMs: 0 } })
    assert.equal(elsewhere.location, 'sftp:nobody@127.0.0.1:/x')
  })

  it('refuses S3 without credentials, and what is no address', async () => {
    await assert.rejects(openStorage('s3:https://host/bucket'), { code: 'storage-refused' })
    await assert.rejects(openStorage('s3:https://host/bucket', { environment: { AWS_ACCESS_KEY_ID: 'k' } }), {
      code: 'storage-refused',
    })
    await assert.rejects(openStorage('ftp://host/'), { code: 'address' })
  })

  it('sees what stock restic stored, on REST, SFTP and the folder behind them alike', async () => {
    await using rest = await startRestServer()
    await using ssh = await startSshd()
    const env = { RESTIC_PASSWORD: 'geheim', RESTIC_CACHE_DIR: join(ssh.folder, 'cache') }
    const sftpAddress = `${ssh.address}/${ssh.folder}/r`
    const ssh2 = `ssh ${ssh.sshArguments.join(' ')} 127.0.0.1 -p ${ssh.port} -s sftp`
    for (const [address, more, folder] of [
      [`${rest.address}r/`, [], join(rest.folder, 'r')],
      [sftpAddress, ['-o', `sftp.command=${ssh2}`], join(ssh.folder, 'r')],
    ] as const) {
      const restic = (...args: string[]) => run(restic018(), ['-r', address, ...more, ...args], { env })
      await restic('init')
      await restic('backup', import.meta.dirname)
      const sftp = { keyFiles: [ssh.keyFile], knownHostsFile: ssh.knownHostsFile }
      await using far = await openStorage(address, { sftp })
      await using near = await openStorage(folder)
      for (const kind of ['config', 'keys', 'snapshots', 'index', 'data', 'locks'] as const) {
        const entries = await listAll(far, kind)
        assert.deepEqual(entries, await listAll(near, kind))
        if (kind !== 'locks') assert.ok(entries.length > 0, kind)
        for (const entry of entries) assert.deepEqual(await far.load(kind, entry.name), await near.load(kind, entry.name))
      }
      assert.equal((await far.load('config', '')).length, readFileSync(join(folder, 'config')).length)
      // What we store, restic finds: a pack more than the index knows is no error to it.
      await far.save('data', name, bytes)
      const { stdout, stderr } = await restic('check', '--no-lock')
      assert.match(stdout + stderr, /no errors were found/)
    }
  })
})
