import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { makeTestPractice } from '#testing'
import { appendUpload, beginUpload, finishUpload, getDocument, getUpload, startDocumentWork } from './index.ts'

const PHOTO = readFileSync(join(import.meta.dirname, '../../../tests/vectors/documents/photo.jpg'))

test('previews and what crashes left are seen to without anybody’s asking', async () => {
  await using made = await makeTestPractice()
  const { practice } = made
  const wanted = { patientId: 'p', accountId: 'a', fileName: 'photo.jpg', sizeBytes: PHOTO.length }
  const forgotten = await beginUpload(practice, wanted)
  made.pass({ hours: 8 * 24 })
  const { id } = await beginUpload(practice, wanted)
  await appendUpload(practice, id, 0, once(PHOTO))
  await finishUpload(practice, id)
  const errors: unknown[] = []
  {
    await using _work = startDocumentWork({ practice: () => practice, onError: (error) => errors.push(error), everyMs: 20 })
    for (let count = 0; count < 400 && (await getDocument(practice, id)).previewState === 'due'; count++) await setTimeout(25)
  }
  assert.deepEqual(errors, [])
  assert.equal((await getDocument(practice, id)).previewState, 'made')
  await assert.rejects(getUpload(practice, forgotten.id), { code: 'not-found' })
})

test('it stops when it is told to, in the middle of a drawing, which stays due', async () => {
  await using made = await makeTestPractice()
  const { practice } = made
  const { id } = await beginUpload(practice, { patientId: 'p', accountId: 'a', fileName: 'photo.jpg', sizeBytes: PHOTO.length })
  await appendUpload(practice, id, 0, once(PHOTO))
  await finishUpload(practice, id)
  const errors: unknown[] = []
  const began = performance.now()
  {
    await using _work = startDocumentWork({ practice: () => practice, onError: (error) => errors.push(error) })
    await setTimeout(40)
  }
  assert.ok(performance.now() - began < 5_000)
  assert.deepEqual(errors, [])
  assert.ok(['due', 'made'].includes((await getDocument(practice, id)).previewState))
})

test('trouble is told and the work goes on', async () => {
  await using made = await makeTestPractice()
  const errors: unknown[] = []
  let asked = 0
  {
    const broken = { ...made.practice, db: undefined } as never
    await using _work = startDocumentWork({
      practice: () => (asked++ === 0 ? broken : undefined),
      onError: (error) => errors.push(error),
      everyMs: 5,
    })
    for (let count = 0; count < 200 && asked < 3; count++) await setTimeout(10)
  }
  assert.equal(errors.length, 3) // destructions, abandoned uploads, previews: none waits for another
})

test('a preview that fails again and again does not make the next ones wait', async () => {
  await using made = await makeTestPractice()
  const { practice } = made
  const wanted = { patientId: 'p', accountId: 'a', fileName: 'photo.jpg', sizeBytes: PHOTO.length }
  const filed = async () => {
    const { id } = await beginUpload(practice, wanted)
    await appendUpload(practice, id, 0, once(PHOTO))
    return (await finishUpload(practice, id)).object
  }
  const failing = await filed()
  const { sealed_name: name } = await practice.db
    .selectFrom('document_object')
    .select('sealed_name')
    .where('id', '=', failing.id)
    .executeTakeFirstOrThrow()
  const path = join(practice.folder, 'documents', 'objects', name.slice(0, 2), name)
  await rm(path)
  await symlink(path, path) // as a failing disk: reading it is an error of the system
  const errors: unknown[] = []
  {
    await using _work = startDocumentWork({ practice: () => practice, onError: (error) => errors.push(error), everyMs: 20 })
    for (let count = 0; count < 400 && errors.length === 0; count++) await setTimeout(25)
    const next = await filed()
    for (let count = 0; count < 400 && (await getDocument(practice, next.id)).previewState === 'due'; count++)
      await setTimeout(25)
    assert.equal((await getDocument(practice, next.id)).previewState, 'made')
  }
  assert.equal(errors.length, 1, 'it waits for its own turn')
  assert.equal((await getDocument(practice, failing.id)).previewState, 'due')
})

test('when no process can be started to draw, that is told once, for all documents, and all are drawn when one can', async () => {
  await using made = await makeTestPractice()
  const { practice } = made
  const ids: string[] = []
  for (let count = 0; count < 3; count++) {
    const { id } = await beginUpload(practice, { patientId: 'p', accountId: 'a', fileName: 'photo.jpg', sizeBytes: PHOTO.length })
    await appendUpload(practice, id, 0, once(PHOTO))
    ids.push((await finishUpload(practice, id)).object.id)
  }
  const states = async () => (await Promise.all(ids.map((id) => getDocument(practice, id)))).map((each) => each.previewState)
  const errors: Error[] = []
  const program = process.execPath
  let asked = 0
  {
    await using _work = startDocumentWork({
      practice: () => {
        asked++
        return practice
      },
      onError: (error) => errors.push(error as Error),
      everyMs: 5,
    })
    try {
      process.execPath = join(practice.folder, 'no-such-program')
      for (let count = 0; count < 400 && asked < 6; count++) await setTimeout(25)
    } finally {
      process.execPath = program
    }
    assert.ok(asked >= 6)
    for (let count = 0; count < 400 && (await states()).includes('due'); count++) await setTimeout(25)
  }
  assert.deepEqual(await states(), ['made', 'made', 'made'])
  assert.deepEqual(
    errors.map(({ name, cause }) => [name, (cause as { code?: string }).code]),
    [['NoProcessError', 'ENOENT']],
  )
})

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
