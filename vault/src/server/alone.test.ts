import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { chown } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FolderHeldError } from '#errors'
import { holdAlone } from './alone.ts'
import { aFolder, anObject, aServer, until } from './testing.ts'

const NOBODY = 65_534
const AT_ONCE = { waitMs: 0, refresh: false }
const hold = (folder: string) => holdAlone(folder, 'held', AT_ONCE)

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
}

test('a held folder is refused, naming process and machine, and free when let go', async () => {
  const folder = aFolder()
  {
    await using _ = await hold(folder)
    await assert.rejects(hold(folder), (error) => {
      assert.ok(error instanceof FolderHeldError)
      assert.match(error.message, new RegExp(`held already: process ${process.pid} on ${hostname()}`))
      return true
    })
  }
  await using _ = await hold(folder)
  assert.equal(readdirSync(folder).length, 1)
})

test('of ten that start together at most one holds', async () => {
  const folder = aFolder()
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => hold(folder)))
  assert.ok(outcomes.filter(({ status }) => status === 'fulfilled').length <= 1)
})

test('those who wait get their turn', async () => {
  const folder = aFolder()
  let inside = 0
  const turn = async () => {
    await using _ = await holdAlone(folder, 'held', { waitMs: 20_000, refresh: false })
    assert.equal(++inside, 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    inside--
  }
  await Promise.all(Array.from({ length: 5 }, turn))
})

/** Leaves the file of this process, changed, as if another had written it. */
async function leaveFile(folder: string, change: Record<string, unknown>): Promise<string> {
  const held = await hold(folder)
  const path = join(folder, readdirSync(folder)[0] ?? '')
  const facts = JSON.parse(readFileSync(path, 'utf8'))
  await held[Symbol.asyncDispose]()
  writeFileSync(path, JSON.stringify({ ...facts, ...change }))
  return path
}

test('the file of a process that is gone is dropped', async () => {
  const folder = aFolder()
  const child = spawn(process.execPath, ['-e', ''])
  await endOf(child)
  await leaveFile(folder, { pid: child.pid })
  await using _ = await hold(folder)
  assert.equal(readdirSync(folder).length, 1)
})

test('a number that another process has now does not stand for the one that is gone', async () => {
  const folder = aFolder()
  await leaveFile(folder, { started: '1' })
  await using _ = await hold(folder)
})

test('nor does a process of somebody else that has the number now', async () => {
  const folder = aFolder()
  const path = await leaveFile(folder, { pid: 1, started: '1' })
  // Who is root may ask about every process.
  if (process.getuid?.() === 0) for (const each of [folder, path]) await chown(each, NOBODY, NOBODY)
  const script = `import { holdAlone } from ${JSON.stringify(join(import.meta.dirname, 'alone.ts'))}
    if (process.getuid() === 0) process.setuid(${NOBODY})
    await holdAlone(${JSON.stringify(folder)}, 'held', { waitMs: 0, refresh: false })
    console.log('held')`
  assert.equal(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }).trim(), 'held')
})

test('after a restart of the machine nobody of before is left', async () => {
  const folder = aFolder()
  await leaveFile(folder, { boot: 'another boot' })
  await using _ = await hold(folder)
})

test('a process of another machine counts until it was silent for ten minutes', async () => {
  const folder = aFolder()
  const path = await leaveFile(folder, { machine: 'another', host: 'elsewhere', pid: 1 })
  await assert.rejects(hold(folder), /process 1 on elsewhere/)
  const silentSince = new Date(Date.now() - 11 * 60_000)
  utimesSync(path, silentSince, silentSince)
  await using _ = await hold(folder)
})

test('so does one of a machine that was made from the same image, though it was started at another time', async () => {
  const folder = aFolder()
  const path = await leaveFile(folder, { host: 'its-twin', boot: 'another boot', pid: 2 ** 22 + 1 })
  await assert.rejects(hold(folder), /on its-twin/)
  const silentSince = new Date(Date.now() - 11 * 60_000)
  utimesSync(path, silentSince, silentSince)
  await using _ = await hold(folder)
})

test('a file that cannot be read counts, since only a person can judge it', async () => {
  const folder = aFolder()
  writeFileSync(join(folder, 'torn.json'), '{"pid": 1')
  await assert.rejects(hold(folder), FolderHeldError)
})

test('a second server on the same folder is refused, and the first goes on', async () => {
  await using test = await aServer()
  await assert.rejects(aServer({ folder: test.folder }), /is being served already: process \d+ on/)
  await test.create()
  assert.equal((await test.ask('GET', '/cabinet/locks/')).status, 200)
  await test.server.close()
  await using _ = await aServer({ folder: test.folder })
})

test('a server whose folder was taken over writes no more, and says so', async () => {
  await using test = await aServer()
  await test.create()
  rmSync(join(test.folder, '.couronne', 'running'), { recursive: true })
  const { name, bytes } = anObject()
  assert.equal((await test.ask('POST', `/cabinet/data/${name}`, { body: bytes })).status, 503)
  assert.equal((await test.ask('GET', '/cabinet/locks/')).status, 200)
  await until(() => test.lines.some(({ event }) => event === 'folder lost'))
})
