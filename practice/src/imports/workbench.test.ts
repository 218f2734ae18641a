/** Files that several look at at once. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { makeTestPractice, type TestPractice } from '#testing'
import { appendFile, beginFiles, dropBytes, removeAllFiles } from './sent/staged-files.ts'
import { deleteFile, listAllFiles } from './sent/staged-store.ts'
import { Workbench } from './sent/workbench.ts'
import { insertSource } from './source-store.ts'

async function send({ practice, owner }: TestPractice, paths: readonly string[] = ['a.csv']): Promise<string> {
  const { sourceId, files } = await practice.db.transaction().execute(async (tx) => {
    const sourceId = await insertSource(tx, practice, owner, { title: 'x', place: { kind: 'files' }, yaml: () => '' })
    const wanted = paths.map((path) => ({ path, sizeBytes: 3 }))
    return { sourceId, ...(await beginFiles(tx, practice, sourceId, wanted)) }
  })
  for (const { id } of files) {
    const bytes = (async function* () {
      yield Buffer.from('a;b')
    })()
    await appendFile(practice, id, 0, bytes)
  }
  return sourceId
}

test('one who goes away while files are opened takes them from nobody else', async () => {
  await using made = await makeTestPractice()
  const sourceId = await send(made)
  const bench = new Workbench()
  const leaving = new AbortController()
  const first = bench.open(made.practice, sourceId, leaving.signal)
  const second = bench.open(made.practice, sourceId)
  await bench.clear(made.practice)
  leaving.abort()
  await assert.rejects(first, { name: 'AbortError' })
  await using opened = await second
  assert.equal(readFileSync(join(opened.folder, 'a.csv'), 'utf8'), 'a;b')
})

test('nothing lies in the clear when all who asked have gone', async () => {
  await using made = await makeTestPractice()
  const sourceId = await send(made)
  const bench = new Workbench()
  const leaving = new AbortController()
  const asked = bench.open(made.practice, sourceId, leaving.signal)
  await bench.clear(made.practice)
  leaving.abort()
  await assert.rejects(asked, { name: 'AbortError' })
  const folder = join(made.practice.folder, 'imports', 'open')
  assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], [])
  await using opened = await bench.open(made.practice, sourceId)
  assert.ok(existsSync(join(opened.folder, 'a.csv')), 'and they are opened anew')
})

/** One of them, as a page removes it; or all. @returns how many are left */
async function removeSome({ practice }: TestPractice, sourceId: string, areAll: boolean): Promise<number> {
  const files = await listAllFiles(practice.db, practice.id, sourceId)
  const removed = areAll ? files : files.slice(-1)
  await practice.db.transaction().execute(async (tx) => {
    if (areAll) await removeAllFiles(tx, practice, sourceId)
    else for (const { id } of removed) await deleteFile(tx, practice.id, id)
  })
  await dropBytes(practice, removed)
  return files.length - removed.length
}

test('files that go while they are opened: the others are opened, and when none is left that is said', async () => {
  await using made = await makeTestPractice()
  for (let ticks = 0; ticks < 30; ticks++) {
    const sourceId = await send(made, ['a.csv', 'b.csv', 'c.csv'])
    const bench = new Workbench(0)
    const asked = bench.open(made.practice, sourceId)
    asked.catch(() => {}) // heard below
    for (let tick = 0; tick < ticks; tick++) await setImmediate()
    const left = await removeSome(made, sourceId, ticks % 3 === 0)
    await bench.close(sourceId)
    const opened = await asked.catch((error: unknown) => error)
    if (opened instanceof Error) {
      const { code } = opened as { code?: string }
      assert.deepEqual([left, code], [0, 'import-source'], `after ${ticks} ticks: ${opened.message}`)
    } else await (opened as AsyncDisposable)[Symbol.asyncDispose]()
  }
})

test('a file and a folder of one name are said to be in each other’s way', async () => {
  await using made = await makeTestPractice()
  const sourceId = await send(made, ['a', 'a/b.csv'])
  await assert.rejects(new Workbench().open(made.practice, sourceId), { code: 'import-source', message: /in the way/ })
})
