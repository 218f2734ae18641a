import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { OpenPractice } from '#open-practice'
import { makeTestPractice, onBothEngines } from '#testing'
import { appendUpload, beginUpload, destroyObject, finishUpload, getDocument, readPreview } from './index.ts'
import { draw, makeDuePreviews, PREVIEW_LIMITS, startDrawing } from './previews.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/documents')

onBothEngines('previews', (engine) => {
  test('pictures and PDF get one, other files none, and what nobody here can draw is marked so', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const ids = new Map<string, string>()
    for (const name of ['photo.jpg', 'page.pdf', 'photo.heic', 'letter.rtf']) ids.set(name, await file(practice, vector(name)))
    const state = async (name: string) => (await getDocument(practice, ids.get(name) as string)).previewState
    assert.equal(await state('photo.jpg'), 'due')
    await assert.rejects(readPreview(practice, ids.get('photo.jpg') as string), { code: 'not-found' })
    assert.deepEqual(await makeDuePreviews(practice), { made: 2, impossible: 1 })
    assert.deepEqual(await Promise.all([...ids.keys()].map(state)), ['made', 'made', 'impossible', 'none'])
    assert.deepEqual(await makeDuePreviews(practice), { made: 0, impossible: 0 })
    const preview = await readPreview(practice, ids.get('photo.jpg') as string)
    const bytes = Buffer.concat(await Array.fromAsync(preview.stream))
    assert.equal(bytes.length, preview.sizeBytes)
    assert.equal((await sharp(bytes).metadata()).format, 'webp')
    assert.deepEqual(await readdir(join(practice.folder, 'documents', 'uploads')), [])
  })

  test('a preview is destroyed with its document', async () => {
    await using made = await makeTestPractice(engine)
    const id = await file(made.practice, vector('picture.png'))
    await makeDuePreviews(made.practice)
    assert.equal(await storedFiles(made.practice), 2)
    await destroyObject(made.practice, id)
    assert.equal(await storedFiles(made.practice), 0)
    await assert.rejects(readPreview(made.practice, id), { code: 'not-found' })
  })

  test('one document that cannot be read now, or whose key was changed, keeps no other waiting', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const ids: string[] = []
    for (const name of ['picture.png', 'photo.jpg', 'page.pdf']) ids.push(await file(practice, vector(name)))
    const { db } = practice
    await db
      .updateTable('keyring.document_key')
      .set({ wrapped_key: Buffer.alloc(60) })
      .where('object_id', '=', ids[0] as string)
      .execute()
    const broken = await db
      .selectFrom('document_object')
      .select('sealed_name')
      .where('id', '=', ids[1] as string)
      .executeTakeFirstOrThrow()
    const path = join(practice.folder, 'documents', 'objects', broken.sealed_name.slice(0, 2), broken.sealed_name)
    await rename(path, `${path}.aside`)
    await symlink(path, path) // as a failing disk: reading it is an error of the system
    await assert.rejects(makeDuePreviews(practice))
    const state = async (id: string | undefined) => (await getDocument(practice, id as string)).previewState
    assert.deepEqual(await Promise.all(ids.map(state)), ['impossible', 'due', 'made'])
    await rm(path)
    await rename(`${path}.aside`, path)
    assert.deepEqual(await makeDuePreviews(practice), { made: 1, impossible: 0 })
  })

  test('what a crash left half made is made again, and nothing stays behind', async () => {
    await using made = await makeTestPractice(engine)
    const id = await file(made.practice, vector('picture.png'))
    await makeDuePreviews(made.practice)
    await made.practice.db.updateTable('document_object').set({ preview_state: 'due' }).execute()
    assert.deepEqual(await makeDuePreviews(made.practice), { made: 1, impossible: 0 })
    assert.equal(await storedFiles(made.practice), 2)
    assert.equal((await getDocument(made.practice, id)).previewState, 'made')
  })
})

test('a preview is at most 800 pixels wide and high, and holds no metadata of the original', async () => {
  const exif = { IFD0: { Copyright: 'Madame Exemple', Orientation: '6' } }
  const photo = await sharp({ create: { width: 2000, height: 1000, channels: 3, background: '#cc3300' } })
    .withExif(exif)
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  const drawn = await drawnFrom('image/jpeg', photo)
  const { width, height, exif: kept } = await sharp(drawn).metadata()
  assert.deepEqual([width, height, kept], [400, 800, undefined]) // turned as its EXIF says
})

test('the page of a PDF has its colours', async () => {
  const content = '1 0 0 rg 0 0 200 100 re f'
  const pdf = `${pdfHead(`<</Length ${content.length}>>stream`)}\n${content}\nendstream endobj\ntrailer<</Root 1 0 R>>`
  const { data, info } = await sharp(await drawnFrom('application/pdf', Buffer.from(pdf)))
    .raw()
    .toBuffer({ resolveWithObject: true })
  assert.deepEqual([info.width, info.height], [800, 400])
  assert.ok(data[0]! > 240 && data[1]! < 20 && data[2]! < 20, `${data.subarray(0, 3)}`)
})

test('a bomb is refused: a picture of four thousand million pixels in a few kilobytes', async () => {
  assert.equal(await draw('image/png', once(pngOf(65_000, 65_000, 1000))), undefined)
})

test('a bomb in a PDF, a hundred megabytes of strokes, ends at the limit', async () => {
  const content = deflateSync(Buffer.alloc(100 * 1024 * 1024, '0 0 m 9 9 l S '))
  const bomb = Buffer.concat([
    Buffer.from(pdfHead(`<</Length ${content.length}/Filter/FlateDecode>>stream\n`)),
    content,
    Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>'),
  ])
  const began = performance.now()
  await draw('application/pdf', once(bomb), { ...PREVIEW_LIMITS, timeoutMs: 3_000 })
  assert.ok(performance.now() - began < 8_000, `${performance.now() - began} ms`)
})

test('truncated, empty and foreign bytes give no preview, and no error', async () => {
  const photo = vector('photo.jpg')
  const cases = [
    photo.subarray(0, photo.length / 2),
    Buffer.alloc(0),
    Buffer.from('<html>'),
    vector('picture.png').subarray(0, 60),
  ]
  for (const bytes of cases) assert.equal(await draw('image/jpeg', once(bytes)), undefined)
  for (const bytes of [Buffer.from('%PDF-1.7 nothing'), vector('page.pdf').subarray(0, 900)])
    assert.equal(await draw('application/pdf', once(bytes)), undefined)
})

test('a drawing that takes too long, or too much memory, ends, and the server goes on', async () => {
  const limits = { timeoutMs: 20_000, residentBytes: 4096 * 1024 * 1024, previewBytes: 1024 * 1024 }
  const photo = vector('photo.jpg')
  assert.equal(await draw('image/jpeg', once(photo), { ...limits, timeoutMs: 1 }), undefined)
  assert.equal(await draw('image/jpeg', once(photo), { ...limits, previewBytes: 10 }), undefined)
  if (process.platform === 'linux') {
    const slow = async function* () {
      yield photo.subarray(0, 1000)
      await new Promise((resolve) => setTimeout(resolve, 1500))
      yield photo.subarray(1000)
    }
    assert.equal(await draw('image/jpeg', slow(), { ...limits, residentBytes: 1024 * 1024 }), undefined)
  }
})

test('the process that draws reads nothing but the program, and knows no variable of ours', async () => {
  process.env.COURONNE_TEST_SECRET = 'hush'
  const seen: string[] = []
  const child = startDrawing('image/png', ['--eval', PROBE])
  child.stdout?.on('data', (bytes: Buffer) => seen.push(bytes.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  delete process.env.COURONNE_TEST_SECRET
  assert.equal(seen.join('').trim(), 'ERR_ACCESS_DENIED ERR_ACCESS_DENIED ERR_ACCESS_DENIED undefined')
})

test('an original that cannot be read is an error, not an impossible preview', async () => {
  const failing = async function* () {
    yield Buffer.from('a')
    throw new Error('the disk')
  }
  await assert.rejects(draw('image/png', failing()), /the disk/)
})

const PROBE = `
const fs = require('node:fs')
const code = (work) => { try { work(); return 'done' } catch (error) { return error.code } }
console.log([
  code(() => fs.readFileSync('/etc/passwd')),
  code(() => fs.writeFileSync('/tmp/couronne-probe', 'x')),
  code(() => require('node:child_process').execSync('true')),
  process.env.COURONNE_TEST_SECRET,
].map(String).join(' '))
`

function vector(name: string): Buffer {
  return readFileSync(join(VECTORS, name))
}

async function drawnFrom(mediaType: string, bytes: Uint8Array): Promise<Uint8Array> {
  const drawn = await draw(mediaType, once(bytes))
  assert.ok(drawn !== undefined)
  return drawn
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function file(practice: OpenPractice, bytes: Buffer): Promise<string> {
  const wanted = { patientId: 'a patient', accountId: 'an account', fileName: 'file', sizeBytes: bytes.length }
  const { id } = await beginUpload(practice, wanted)
  await appendUpload(practice, id, 0, once(bytes))
  return (await finishUpload(practice, id)).object.id
}

async function storedFiles(practice: OpenPractice): Promise<number> {
  const names = (await readdir(join(practice.folder, 'documents', 'objects'), { recursive: true })) as string[]
  return names.filter((name) => name.length > 64).length
}

/** One page of 200 by 100 points, as far as its content. */
function pdfHead(stream: string): string {
  return `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>endobj
4 0 obj${stream}`
}

/** A PNG that claims a size, with so many lines of zeros in it. */
function pngOf(width: number, height: number, lines: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc32(body), body.length + 4)
    return out
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const data = deflateSync(Buffer.alloc(lines * (width + 1)))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
