/** Folders and media: every file is accounted for, a second run doubles nothing, nothing outside is looked for. */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readDicomdir } from '@couronne/formats'
import { makeTestPractice, onBothEngines } from '#testing'
import { readListed } from './folders/walk.ts'
import { importDicomFolder } from './index.ts'
import { dataSetOf, instancesOf, keptFile, SAMPLES } from './receive-for-tests.ts'

onBothEngines('a folder of images', (engine) => {
  test('a medium with its DICOMDIR: taken, missing, unlisted, foreign and linked files are each told', async () => {
    await using made = await makeTestPractice(engine)
    const folder = mkdtempSync(join(tmpdir(), 'couronne-medium-'))
    try {
      cpSync(join(SAMPLES, 'media'), folder, { recursive: true })
      writeFileSync(join(folder, 'README.TXT'), 'Merci de votre confiance')
      cpSync(join(SAMPLES, 'dental/p1_IO_36.dcm'), join(folder, 'EXTRA.DCM'))
      cpSync(join(SAMPLES, 'defects/defect_truncated.dcm'), join(folder, 'CUT.DCM'))
      symlinkSync('/etc/passwd', join(folder, 'LINK'))
      const take = (isDry: boolean) => importDicomFolder(made.practice, made.owner, folder, { isDry })
      const dry = await take(true)
      assert.deepEqual([dry.counts.taken, dry.counts.unreadable], [15, 1])
      assert.deepEqual(dry.inTray, { 'foreign-number': 1, 'unknown-number': 14, unreadable: 1 })
      assert.equal((await instancesOf(made)).length, 0)
      const first = await take(false)
      const { taken, unreadable, missing, link } = first.counts
      assert.deepEqual([taken, unreadable, missing, link, first.counts['not-dicom'], first.unlisted], [15, 1, 17, 1, 1, 2])
      assert.ok(first.told.some(({ path, isUnlisted }) => path === 'EXTRA.DCM' && isUnlisted === true))
      assert.deepEqual([first.inTray, first.studies], [dry.inTray, dry.studies])
      assert.equal((await take(true)).counts.same, 16)
      const again = await take(false)
      assert.deepEqual([again.counts.taken, again.counts.same, again.counts.unreadable], [0, 16, 0])
      const rows = await instancesOf(made)
      assert.equal(rows.length, 16)
      const files = new Set(rows.map(({ sha256 }) => sha256))
      assert.equal(files.size, 16)
      const extra = readFileSync(join(folder, 'EXTRA.DCM'))
      const kept = await Promise.all(rows.map((row) => keptFile(made.practice, row)))
      assert.ok(kept.some((file) => file.equals(extra) && dataSetOf(file).length > 0))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('a DICOMDIR that names files beyond its folder is told so, and nothing is looked for there', async () => {
    await using made = await makeTestPractice(engine)
    const top = mkdtempSync(join(tmpdir(), 'couronne-medium-'))
    try {
      const folder = join(top, 'CD')
      cpSync(join(SAMPLES, 'media'), folder, { recursive: true })
      // Each is there, and would be taken if anybody looked.
      cpSync(join(SAMPLES, 'dental/p1_IO_36.dcm'), join(folder, 'A'))
      cpSync(join(SAMPLES, 'dental/p2_IO_48.dcm'), join(top, 'secret.dcm'))
      const leading = [
        '..\\secret.dcm',
        '..\\CD\\A',
        '.\\A',
        '\\A',
        'A\\..\\A',
        '../secret.dcm',
        '/etc/passwd',
        'C:\\A',
        'A\\\\A',
      ]
      const list = readFileSync(join(folder, 'DICOMDIR'))
      const named = readDicomdir(list) ?? []
      for (const [i, path] of leading.entries()) {
        const before = named[i]?.join('\\') ?? ''
        assert.ok(path.length < before.length)
        list.write(path.padEnd(before.length, ' '), list.indexOf(before, 0, 'latin1'), 'latin1')
      }
      writeFileSync(join(folder, 'DICOMDIR'), list)
      mkdirSync(join(folder, 'BELOW')) // a list below leads out of its own folder, if not of the medium
      writeFileSync(join(folder, 'BELOW/DICOMDIR'), list)
      for (const isDry of [true, false]) {
        const { counts, told } = await importDicomFolder(made.practice, made.owner, folder, { isDry })
        const outside = told.filter(({ fate }) => fate === 'outside').map(({ path }) => path)
        assert.deepEqual(outside.toSorted(), [...leading, ...leading].toSorted())
        assert.deepEqual([counts.outside, counts.taken, counts.list], [leading.length * 2, 15, 2])
      }
      assert.equal((await instancesOf(made)).length, 15)
    } finally {
      rmSync(top, { recursive: true, force: true })
    }
  })
})

test('a DICOMDIR that is gone when it is read keeps the others', async () => {
  const listed = await readListed(join(SAMPLES, 'media'), ['DICOMDIR', 'GONE/DICOMDIR'])
  assert.equal(listed?.files.size, 31)
  assert.equal(await readListed(join(SAMPLES, 'media'), ['GONE/DICOMDIR']), undefined)
})
