/** kill -9, torn files and full disks: what was acknowledged is there and whole, and the journal knows of it. */
import assert from 'node:assert/strict'
import { appendFileSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { readJournal } from './index.ts'
import { accountsFileOf, journalFileOf } from './layout.ts'
import {
  type AnObject,
  aFolder,
  anObject,
  aServer,
  aServerProcess,
  ask,
  filesBelow,
  OWNER,
  sha256,
  told,
  until,
  writeAccounts,
} from './testing.ts'

const ROUNDS = process.env.COURONNE_CAMPAIGN === '1' ? 100 : 6
const UPLOADERS = 4

/** Sends objects without pause until the server is gone; gives back those that were acknowledged. */
async function uploadUntilKilled(port: number): Promise<AnObject[]> {
  const acknowledged: AnObject[] = []
  for (;;) {
    const object = anObject(100 + Math.floor(Math.random() * 2 ** (8 + Math.random() * 13)))
    try {
      const { status } = await ask(port, 'POST', `/cabinet/data/${object.name}`, { body: object.bytes })
      assert.equal(status, 200)
      acknowledged.push(object)
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      return acknowledged
    }
  }
}

test(`killed in the middle of uploads, ${ROUNDS} times: what was acknowledged is whole, and nothing else is left`, async (t) => {
  const folder = aFolder()
  writeAccounts(accountsFileOf(folder), [{}])
  const acknowledged: AnObject[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await using server = await aServerProcess(folder)
    await ask(server.port, 'POST', '/cabinet/?create=true', { as: OWNER })
    const uploading = Array.from({ length: UPLOADERS }, () => uploadUntilKilled(server.port))
    await sleep(150 + Math.random() * 350)
    await server.kill()
    acknowledged.push(...(await Promise.all(uploading)).flat())
  }
  assert.ok(acknowledged.length > ROUNDS, `only ${acknowledged.length} uploads came through: the test says nothing`)

  await using again = await aServer({ folder })
  const repository = join(folder, 'cabinet')
  const names = filesBelow(repository).map((file) => file.split('/').at(-1) ?? '')
  for (const [at, file] of filesBelow(repository).entries()) assert.equal(sha256(readFileSync(join(repository, file))), names[at])
  for (const { name, bytes } of acknowledged) {
    assert.deepEqual(readFileSync(join(repository, 'data', name.slice(0, 2), name)), bytes)
  }
  const entries = (await again.journal()).filter(({ kind }) => kind === 'data')
  const known = new Map(entries.map(({ name, event, sizeBytes }) => [name, { event, sizeBytes }]))
  assert.equal(known.size, entries.length, 'no object is told twice')
  assert.deepEqual([...known.keys()].sort(), [...names].sort(), 'journal and folder name the same objects')
  for (const { name, bytes } of acknowledged) assert.deepEqual(known.get(name), { event: 'stored', sizeBytes: bytes.length })
  const recovered = entries.filter(({ event }) => event === 'recovered').length
  t.diagnostic(`${acknowledged.length} acknowledged, ${names.length} stored, ${recovered} recovered`)
})

test('a start removes cut uploads, and tells the journal of an object whose line a crash swallowed', async () => {
  const folder = aFolder()
  await using test = await aServer({ folder })
  await test.create()
  const [cut, named, entered] = [anObject(500), anObject(600), anObject(700)]
  await test.ask('POST', `/cabinet/snapshots/${entered.name}`, { body: entered.bytes })
  await test.server.close()
  const place = (kind: string, file: string) => join(folder, 'cabinet', kind, file)
  writeFileSync(place('index', `${cut.name}-tmp-serve-0123456789abcdef`), cut.bytes.subarray(0, 100))
  writeFileSync(place('index', `${named.name}-tmp-serve-0123456789abcdef`), named.bytes)
  linkSync(place('index', `${named.name}-tmp-serve-0123456789abcdef`), place('index', named.name))
  linkSync(place('snapshots', entered.name), place('snapshots', `${entered.name}-tmp-serve-0123456789abcdef`))
  writeFileSync(place('', 'config-tmp-serve-0123456789abcdef'), 'cut')
  writeFileSync(place('index', `${cut.name}-tmp-123`), 'of a local restic, which may be at work')

  await using again = await aServer({ folder })
  assert.deepEqual(
    filesBelow(join(folder, 'cabinet')),
    [`index/${cut.name}-tmp-123`, `index/${named.name}`, `snapshots/${entered.name}`].sort(),
  )
  assert.deepEqual(told(await again.journal()), ['created owner', 'stored writer snapshots', 'recovered server index'])
  assert.equal((await again.journal()).at(-1)?.sizeBytes, 600)
  await until(() => again.lines.some(({ event }) => event === 'tidied'))
})

test('a torn last line of the journal is cut off at the start, and lines go on after it', async () => {
  const folder = aFolder()
  await using test = await aServer({ folder })
  await test.create()
  await test.server.close()
  appendFileSync(journalFileOf(folder, 'cabinet'), '{"at":"2026-11-23T08:0')
  await using again = await aServer({ folder })
  const { name, bytes } = anObject()
  await again.ask('POST', `/cabinet/data/${name}`, { body: bytes })
  assert.deepEqual(told(await again.journal()), ['created owner', 'stored writer data'])
})

/** A shell that lets no file grow beyond so many KiB: writes fail then as on a full disk. */
const withFilesUpTo = (kib: number) => ['bash', '-c', `ulimit -f ${kib}; exec "$0" "$@"`]

test('a disk that is full in the middle of an object: 507, nothing left, and smaller ones still come', async () => {
  const folder = aFolder()
  writeAccounts(accountsFileOf(folder), [{}])
  await using server = await aServerProcess(folder, withFilesUpTo(2048))
  await ask(server.port, 'POST', '/cabinet/?create=true', { as: OWNER })
  const [large, small] = [anObject(3_000_000), anObject(1_000_000)]
  assert.equal((await ask(server.port, 'POST', `/cabinet/data/${large.name}`, { body: large.bytes })).status, 507)
  assert.deepEqual(filesBelow(join(folder, 'cabinet')), [])
  assert.equal((await ask(server.port, 'POST', `/cabinet/data/${small.name}`, { body: small.bytes })).status, 200)
  assert.match(server.errors(), /disk-full/)
})

test('an object that cannot be entered in the journal is not accepted', async () => {
  const folder = aFolder()
  writeAccounts(accountsFileOf(folder), [{}])
  const journal = journalFileOf(folder, 'cabinet')
  mkdirSync(join(folder, '.couronne', 'journal'), { recursive: true })
  const line = `${JSON.stringify({ at: '2026-11-23T08:00:00Z', event: 'warned', account: 'cabinet', role: 'server' })}\n`
  writeFileSync(journal, line.repeat(Math.floor((64 * 1024 - 400) / line.length)), { mode: 0o600 })
  await using server = await aServerProcess(folder, withFilesUpTo(64))
  assert.equal((await ask(server.port, 'POST', '/cabinet/?create=true', { as: OWNER })).status, 200)
  const statuses: number[] = []
  for (let i = 0; i < 4; i++) {
    const { name, bytes } = anObject()
    statuses.push((await ask(server.port, 'POST', `/cabinet/data/${name}`, { body: bytes })).status)
  }
  assert.equal(statuses.at(-1), 507)
  await server.kill()
  const events = (await Array.fromAsync(readJournal(folder, 'cabinet'))).map(({ event }) => event)
  const stored = events.filter((event) => event === 'stored').length
  assert.equal(statuses.filter((status) => status === 200).length, stored)
  assert.equal(filesBelow(join(folder, 'cabinet')).length, stored)
  assert.equal(events.includes('unreadable'), false)
  assert.ok(statSync(journal).size <= 64 * 1024)
})
