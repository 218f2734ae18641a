/** Sealed files that were lost or damaged, or that a kill has left without a row. */
import assert from 'node:assert/strict'
import { globSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { storeSealed } from '#documents'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { keepImage } from './keep-image.ts'
import { instancesOf, keptFile, SAMPLES } from './receive-for-tests.ts'
import { sweepImages } from './work.ts'

const SMALL = readFileSync(join(SAMPLES, 'CT_small.dcm'))
/** More than is held in memory of one file. */
const LARGE = Buffer.concat([readFileSync(join(SAMPLES, 'dental/p1_IO_36.dcm')), Buffer.alloc(10 * 1024 * 1024, 7)])

const HARMS = {
  lost: (path: string) => rmSync(path),
  'cut off': (path: string) => truncateSync(path, 1_000),
  'damaged at its old length': (path: string) => {
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(path, bytes)
  },
}

onBothEngines('images whose sealed file was lost or damaged', (engine) => {
  for (const [what, file] of Object.entries({ small: SMALL, large: LARGE }))
    for (const [how, harm] of Object.entries(HARMS))
      test(`${what}, ${how}: sent again, it is there again, and once`, async () => {
        await using made = await makeTestPractice(engine)
        const keep = () => keepImage(made.practice, { bytes: pieces(file), source: 'dicom:SENSOR' })
        const first = await keep()
        assert.equal((await keep()).outcome, 'same')
        for (const path of objectsOf(made)) harm(path)
        const again = await keep()
        assert.deepEqual([again.outcome, again.instanceId, again.studyId], ['taken', first.instanceId, first.studyId])
        await requireOnce(made, file)
        assert.equal((await keep()).outcome, 'same')
      })

  test('damaged, and sent by several at once: it is there once', async () => {
    await using made = await makeTestPractice(engine)
    const keep = () => keepImage(made.practice, { bytes: pieces(SMALL), source: 'dicom:SENSOR' })
    await keep()
    for (const path of objectsOf(made)) HARMS['damaged at its old length'](path)
    const outcomes = (await Promise.all([keep(), keep(), keep()])).map(({ outcome }) => outcome)
    assert.equal(outcomes.filter((outcome) => outcome === 'taken').length, 1)
    await requireOnce(made, SMALL)
  })

  test('what a kill has left between the disk and the index is swept, and nothing else', async () => {
    await using made = await makeTestPractice(engine)
    await keepImage(made.practice, { bytes: pieces(SMALL), source: 'dicom:SENSOR' })
    const key = new Uint8Array(32)
    await storeSealed(made.practice, SMALL, { key, context: 'of a process that was killed' })
    assert.equal(objectsOf(made).length, 2)
    assert.equal(await sweepImages(made.practice), 0, 'it may be a process at work')
    const longAgo = Date.now() / 1000 - 2 * 3600
    for (const path of filesIn(made, 'marks')) utimesSync(path, longAgo, longAgo)
    assert.equal(await sweepImages(made.practice), 1)
    const [row] = await instancesOf(made)
    assert.ok((await keptFile(made.practice, row!)).equals(SMALL))
  })
})

async function requireOnce(made: TestPractice, file: Buffer): Promise<void> {
  const [row, ...others] = await instancesOf(made)
  assert.ok(row !== undefined && others.length === 0)
  assert.ok((await keptFile(made.practice, row)).equals(file))
  assert.equal(objectsOf(made).length, 1)
}

function objectsOf(made: TestPractice): string[] {
  return filesIn(made, 'objects')
}

function filesIn({ practice }: TestPractice, folder: string): string[] {
  return globSync('**/*', { cwd: join(practice.folder, 'documents', folder), withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
}

async function* pieces(file: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += 1024 * 1024) yield file.subarray(at, at + 1024 * 1024)
}
