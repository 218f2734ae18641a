/** Folders and media: every file is accounted for, a second run doubles nothing, nothing outside is looked for. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTestPractice, onBothEngines } from '#testing'
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
})
