/** Sealed files that were lost, or that a kill has left without a row. */
import assert from 'node:assert/strict'
import { globSync, readFileSync, rmSync, utimesSync } from 'node:fs'
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

onBothEngines('images whose sealed file was lost', (engine) => {
  for (const [what, file] of Object.entries({ small: SMALL, large: LARGE }))
    test(`${what}: sent again, it is there again, and once`, async () => {
      await using made = await makeTestPractice(engine)
      const keep = () => keepImage(made.practice, { bytes: pieces(file), source: 'dicom:SENSOR' })
      const first = await keep()
      assert.equal((await keep()).outcome, 'same')
      for (const path of objectsOf(made)) rmSync(path)
      const again = await keep()
      assert.deepEqual([again.outcome, again.instanceId, again.studyId], ['taken', first.instanceId, first.studyId])
      const [row, ...others] = await instancesOf(made)
      assert.ok(row !== undefined && others.length === 0)
      assert.ok((await keptFile(made.practice, row)).equals(file))
      assert.equal(objectsOf(made).length, 1)
      assert.equal((await keep()).outcome, 'same')
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
