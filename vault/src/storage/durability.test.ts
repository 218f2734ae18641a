/** What the system is asked to do when an object is saved, seen from outside: strace. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { run, strace } from '../../../tests/peers/peers.ts'
import { startSshd } from '../../../tests/peers/sshd.ts'
import { sftpStorage } from './sftp.ts'
import { anObject } from './suite-places.ts'

const CALLS = 'write,pwrite64,fsync,fdatasync,link,linkat,rename,renameat,renameat2,unlink,unlinkat'
const DATA = '/a/r/data/86/867380f3971b1e0ec14f26d549ec077d4008d043c83f1df82a7f5043e41dc870'

/** Makes a repository at `/a/r` of an empty folder and runs `script`; the calls that concern that folder, in order: `call path`. */
async function trace(script: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-durability-'))
  const beside = (name: string) => JSON.stringify(join(import.meta.dirname, name))
  const program = `
    import { localFolderStorage } from ${beside('index.ts')}
    import { anObject } from ${beside('suite-places.ts')}
    const storage = localFolderStorage(${JSON.stringify(join(folder, 'a', 'r'))})
    await storage.create()
    const { name, bytes } = anObject(1000)
    ${script}`
  try {
    const node = [process.execPath, '--input-type=module-typescript', '-e', program]
    await run(strace(), ['-f', '-y', '-o', join(folder, 'trace'), '-e', `trace=${CALLS}`, ...node])
    return readFileSync(join(folder, 'trace'), 'utf8')
      .split('\n')
      .flatMap((line) => parseCall(line, folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `8123 fsync(17</tmp/x/a/r>) = 0` and `8123 link("/tmp/x/a/r/n-tmp-12", "/tmp/x/a/r/n") = 0` name the file first. */
function parseCall(line: string, folder: string): string[] {
  const [, call = '', path = ''] = /^\d+ +(\w+)\([^"<]*["<]([^">]*)/.exec(line) ?? []
  if (!path.startsWith(folder)) return []
  return [`${call.replace(/64$|at2?$/, '')} ${path.slice(folder.length).replace(/-tmp-[0-9a-f]+/, '-tmp')}`]
}

const CREATED = ['fsync /a/r/data', 'fsync /a/r', 'fsync /a', 'fsync ']

it('the folders of a new repository are synced, up to the one that was there', async () => {
  assert.deepEqual(await trace(''), CREATED)
})

it('an object is written aside, synced, named, and its folder synced, before a save succeeds', async () => {
  const expected = [`pwrite ${DATA}-tmp`, `fsync ${DATA}-tmp`, `link ${DATA}-tmp`, `unlink ${DATA}-tmp`, 'fsync /a/r/data/86']
  assert.deepEqual(await trace(`await storage.save('data', name, bytes)`), [...CREATED, ...expected])
})

it('a replacement is written aside, synced, put in its place, and its folder synced', async () => {
  const expected = [`pwrite ${DATA}-tmp`, `fsync ${DATA}-tmp`, `rename ${DATA}-tmp`, 'fsync /a/r/data/86']
  assert.deepEqual(await trace(`await storage.replace('data', name, bytes)`), [...CREATED, ...expected])
})

it('an object that is there already is not written again, but its folder is synced', async () => {
  const script = `await storage.save('data', name, bytes); await storage.save('data', name, bytes)`
  const calls = await trace(script)
  assert.deepEqual(calls.slice(-1), ['fsync /a/r/data/86'])
  assert.equal(calls.filter((call) => call.startsWith('pwrite')).length, 1)
  assert.equal(calls.filter((call) => call === 'fsync /a/r/data/86').length, 2)
})

for (const kind of ['snapshots', 'index']) {
  it(`a removal from ${kind} is synced before it succeeds: what it named goes next`, async () => {
    const calls = await trace(`await storage.save('${kind}', name, bytes); await storage.remove('${kind}', name)`)
    assert.deepEqual(calls.slice(-2), [`unlink ${DATA.replace('data/86', kind)}`, `fsync /a/r/${kind}`])
  })
}

it('over SFTP a removal from snapshots or indexes is synced, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-durability-'))
  const server = await startSshd([strace(), '-f', '-y', '-A', '-o', join(folder, 'trace'), '-e', `trace=${CALLS}`])
  try {
    const { port, keyFile, knownHostsFile } = server
    const path = join(folder, 'r')
    const who = { host: '127.0.0.1', port, user: userInfo().username, keyFiles: [keyFile], knownHostsFile }
    const { name, bytes } = anObject(1000)
    {
      await using storage = sftpStorage({ ...who, path })
      await storage.create()
      for (const kind of ['snapshots', 'index'] as const) {
        await storage.save(kind, name, bytes)
        await storage.remove(kind, name)
      }
    }
    const calls = readFileSync(join(folder, 'trace'), 'utf8')
      .split('\n')
      .flatMap((line) => parseCall(line, folder))
    for (const kind of ['snapshots', 'index']) {
      const removed = calls.indexOf(`unlink /r/${kind}/${name}`)
      assert.ok(removed >= 0 && calls.indexOf(`fsync /r/${kind}`, removed) > removed, calls.join('\n'))
    }
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
