/** A disk that answers with errors, injected into the system calls of a real server. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { strace } from '../../../tests/peers/peers.ts'
import { removeAccount } from './accounts.ts'
import { accountsFileOf } from './layout.ts'
import { type AnObject, aFolder, anObject, aServer, aServerProcess, ask, filesBelow, told, until } from './testing.ts'

/** A folder with a repository, and a server on it some of whose system calls fail, in strace's words; of all, or about one path. */
async function aFailingServer(fault: string, only?: string) {
  const folder = aFolder()
  await using sound = await aServer({ folder })
  await sound.create()
  await sound.server.close()
  const paths = only === undefined ? [] : ['-P', join(folder, only)]
  const server = await aServerProcess(folder, [strace(), '-f', '-o', '/dev/null', ...paths, '-e', `inject=${fault}`])
  return {
    folder,
    stored: () => filesBelow(join(folder, 'cabinet')),
    store: ({ name, bytes }: AnObject) => ask(server.port, 'POST', `/cabinet/data/${name}`, { body: bytes }),
    ask: (method: string, path: string) => ask(server.port, method, path),
    [Symbol.asyncDispose]: () => server.kill(),
  }
}

test('without hard links objects are named by renaming, and still none is overwritten', async () => {
  await using server = await aFailingServer('link,linkat:error=EPERM')
  const object = anObject(300_000)
  const replies = await Promise.all([1, 2, 3].map(() => server.store(object)))
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 403, 403])
  assert.equal((await server.store({ ...anObject(), name: object.name })).status, 403)
  const place = join('data', object.name.slice(0, 2), object.name)
  assert.deepEqual(server.stored(), [place])
  assert.deepEqual(readFileSync(join(server.folder, 'cabinet', place)), object.bytes)
})

test('an object that cannot be named leaves nothing', async () => {
  await using server = await aFailingServer('link,linkat:error=EIO')
  assert.equal((await server.store(anObject())).status, 500)
  assert.deepEqual(server.stored(), [])
})

test('a disk without room for a name says so', async () => {
  await using server = await aFailingServer('link,linkat:error=ENOSPC')
  assert.equal((await server.store(anObject())).status, 507)
  assert.deepEqual(server.stored(), [])
})

test('an object whose journal line cannot be synced is taken back, and nothing comes in until the server starts again', async () => {
  await using server = await aFailingServer('fdatasync:error=EIO')
  assert.equal((await server.store(anObject())).status, 500)
  assert.equal((await server.store(anObject())).status, 500)
  assert.deepEqual(server.stored(), [])
  await server[Symbol.asyncDispose]()
  await using again = await aServer({ folder: server.folder })
  const { name, bytes } = anObject()
  assert.equal((await again.ask('POST', `/cabinet/data/${name}`, { body: bytes })).status, 200)
  assert.deepEqual(told(await again.journal()), ['created owner', 'stored writer data'])
})

const SLOW_FAILURES = { 'journal line': 'fdatasync', 'folder of its name': 'fsync' } as const
for (const [what, call] of Object.entries(SLOW_FAILURES)) {
  test(`an object whose ${what} is not on the disk yet is told to nobody: it may be taken back`, async () => {
    const object = anObject(300_000)
    const only = call === 'fsync' ? join('cabinet', 'data', object.name.slice(0, 2)) : undefined
    await using server = await aFailingServer(`${call}:error=EIO:delay_enter=1500000`, only)
    const first = server.store(object)
    await until(() => server.stored().some((file) => file.endsWith(`/${object.name}`)))
    const [list, head, get, second] = await Promise.all([
      server.ask('GET', '/cabinet/data/'),
      server.ask('HEAD', `/cabinet/data/${object.name}`),
      server.ask('GET', `/cabinet/data/${object.name}`),
      server.store(object),
    ])
    assert.deepEqual([(await first).status, head.status, get.status, second.status], [500, 404, 404, 500])
    assert.equal(list.text, '[]')
    assert.deepEqual(server.stored(), [])
  })
}

test('accounts that cannot be read once are read at the next look: who was removed is out', async () => {
  const folder = aFolder()
  await using sound = await aServer({ folder })
  await sound.create()
  await sound.server.close()
  const accountsFile = accountsFileOf(folder)
  // strace counts by thread; with one, the first opening is that of the start.
  const fault = ['-E', 'UV_THREADPOOL_SIZE=1', '-P', accountsFile, '-e', 'inject=openat:error=EMFILE:when=2']
  await using server = await aServerProcess(folder, [strace(), '-f', '-o', '/dev/null', ...fault])
  const status = async () => (await ask(server.port, 'GET', '/cabinet/locks/')).status
  assert.equal(await status(), 200)
  await removeAccount(accountsFile, 'cabinet')
  assert.equal(await status(), 200, 'what was known is kept')
  assert.equal(await status(), 401)
  assert.match(server.errors(), /accounts unreadable/)
})
