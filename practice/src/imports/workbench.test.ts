/** Files that several look at at once. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTestPractice, type TestPractice } from '#testing'
import { appendFile, beginFiles } from './sent/staged-files.ts'
import { Workbench } from './sent/workbench.ts'
import { insertSource } from './source-store.ts'

async function send({ practice, owner }: TestPractice): Promise<string> {
  const { sourceId, files } = await practice.db.transaction().execute(async (tx) => {
    const sourceId = await insertSource(tx, practice, owner, { title: 'x', place: { kind: 'files' }, yaml: () => '' })
    return { sourceId, ...(await beginFiles(tx, practice, sourceId, [{ path: 'a.csv', sizeBytes: 3 }])) }
  })
  const bytes = (async function* () {
    yield Buffer.from('a;b')
  })()
  await appendFile(practice, files[0]?.id ?? '', 0, bytes)
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
