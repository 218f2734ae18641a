import assert from 'node:assert/strict'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { openSource, parseFilePattern, parseProfile } from '#sources'
import { aPatient, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import type { LookedAt } from './rows/table-run.ts'
import { runImport } from './run-import.ts'

const yaml = readFileSync(join(import.meta.dirname, '../sources/profiles/files.yaml'), 'utf8')
const BY_NAMES = yaml
  .replace(/ {2}- from: '\{fileNumber\}\/\{\*\*\}[\s\S]*/, '')
  .replace(
    "'{fileNumber}/{type}/{date:yyyyMMdd}_{title}.{ext}'",
    "'{family}_{given}_{bornOn:ddMMyyyy}/{type}/{date:yyyyMMdd}_{title}.{ext}'",
  )
  .replace('patient: fileNumber', 'patient: [family, given, bornOn]')
  .replace('[fileNumber, sha256]', '[family, given, bornOn, sha256]')

const top = mkdtempSync(join(tmpdir(), 'couronne-files-source-'))
after(() => rmSync(top, { recursive: true, force: true }))
let folders = 0

function aFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(top, String(folders++))
  mkdirSync(folder)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
    utimesSync(join(folder, path), new Date('2020-06-01T12:00:00Z'), new Date('2020-06-01T12:00:00Z'))
  }
  return folder
}

async function importFrom({ practice, owner }: TestPractice, folder: string, written = yaml) {
  const profile = parseProfile(written)
  await using source = await openSource(folder, profile, 2026)
  const said: string[] = []
  const onRow = (_table: string, { raw, fate, findings }: LookedAt) => {
    said.push(`${(JSON.parse(raw) as { path: string }).path} ${fate} ${findings.map(({ code }) => code).join(' ')}`)
  }
  const report = await runImport(practice, owner, { profile, source, yaml: written }, { isDry: false, onRow })
  return {
    said: said.toSorted(),
    counts: report.tables.map(({ rows, added, changed, same, repeated, refused }) => [
      rows,
      added,
      changed,
      same,
      repeated,
      refused,
    ]),
  }
}

async function documentsOf({ practice }: TestPractice) {
  const rows = await practice.db
    .selectFrom('record_version')
    .select(['patient_id', 'body', 'version'])
    .where('kind', '=', 'document')
    .orderBy('recorded_at')
    .execute()
  return rows.map(({ patient_id, body }) => {
    const { title, type, madeOn, mediaType } = JSON.parse(body ?? '') as {
      title: string
      type: { code: string }
      madeOn?: string
      mediaType: string
    }
    return [patient_id, title, type.code, madeOn, mediaType]
  })
}

const JPEG = readFileSync(join(import.meta.dirname, '../../../tests/vectors/legacy-export/IMAGES/00000123/20260312_101500.jpg'))

onBothEngines('a folder of files per patient', (engine) => {
  test('an image of a device is a study in the record of its folder, whatever it is called; one of somebody else waits', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const named = { fileNumber: 'P000123', birthName: 'Versaire', givenNames: ['Anne'], bornOn: '1950-01-24' }
    const anne = await aPatient(made, { ...named, sex: 'female' })
    const sample = (name: string) => readFileSync(join(import.meta.dirname, '../../../samples/dicom/dental', name))
    const folder = aFolder({
      'P000123/RADIO/20260312_retro.dcm': sample('p1_IO_36.dcm'),
      'P000123/RADIO/IM0002.img': sample('p2_IO_48.dcm'),
    })
    const first = await importFrom(made, folder)
    assert.deepEqual(first.said, [
      'P000123/RADIO/20260312_retro.dcm added image-in-record',
      'P000123/RADIO/IM0002.img added image-other-person',
    ])
    const studies = await practice.db.selectFrom('image_study').select(['patient_id', 'reason']).orderBy('id').execute()
    assert.deepEqual(studies, [
      { patient_id: anne, reason: null },
      { patient_id: null, reason: 'other-person' },
    ])
    assert.equal((await documentsOf(made)).length, 0)
    const again = await importFrom(made, folder)
    assert.deepEqual(again.said, [])
  })

  test('each file is a document of the patient whom its path names, or is told with the reason', async () => {
    await using made = await makeTestPractice(engine)
    const anne = await aPatient(made, { fileNumber: '123' })
    const folder = aFolder({
      '00123/RADIO/20260312_panoramique du haut.jpg': JPEG,
      '00123/Divers/Ancien/Lettre  à  garder.prv': 'a private format',
      '00123/RADIO/Thumbs.db': 'x',
      '00123/RADIO/20260312_vide.jpg': '',
      '00999/RADIO/20260312_personne.jpg': JPEG,
      'à trier.pdf': '%PDF-1.4',
      '00123/RADIO/20261345_jour.txt': 'Ce jour n’existe pas.',
    })
    symlinkSync('/etc/passwd', join(folder, '00123', 'RADIO', '20260312_lien.jpg'))
    const first = await importFrom(made, folder)
    assert.deepEqual(first.said, [
      '00123/RADIO/20260312_lien.jpg refused file-path-wrong',
      '00123/RADIO/20260312_vide.jpg refused not-readable',
      '00123/RADIO/Thumbs.db refused kind-unknown',
      '00999/RADIO/20260312_personne.jpg refused patient-unknown',
      'à trier.pdf refused file-path-wrong patient-unknown',
    ])
    assert.deepEqual(first.counts, [
      [6, 2, 0, 0, 0, 4],
      [2, 1, 0, 0, 0, 1],
    ])
    assert.deepEqual((await documentsOf(made)).toSorted(), [
      [anne, 'Lettre à garder', '52040-3', '2020-06-01', 'text/plain; charset=utf-8'],
      [anne, 'jour', '52040-3', undefined, 'text/plain; charset=utf-8'],
      [anne, 'panoramique du haut', '52040-3', '2026-03-12', 'image/jpeg'],
    ])
    assert.deepEqual((await importFrom(made, folder)).counts, [
      [6, 0, 0, 2, 0, 4],
      [2, 0, 0, 1, 0, 1],
    ])
  })

  test('a file that was moved is the same, a copy says nothing new, one that changed is another document', async () => {
    await using made = await makeTestPractice(engine)
    await aPatient(made, { fileNumber: '123' })
    const folder = aFolder({ '123/RADIO/20260312_a.txt': 'one', '123/COURRIER/20260313_b.txt': 'two' })
    await importFrom(made, folder)
    copyFileSync(join(folder, '123/RADIO/20260312_a.txt'), join(folder, '123/RADIO/20260312_a (copie).txt'))
    mkdirSync(join(folder, '0123/RADIO'), { recursive: true })
    const again = await importFrom(made, folder)
    assert.deepEqual(again.counts[0], [3, 0, 1, 1, 1, 0], 'a copy that comes first by name renames')
    renameSync(join(folder, '123/COURRIER'), join(folder, '123/courrier'))
    writeFileSync(join(folder, '123/RADIO/20260312_a.txt'), 'one, and more')
    const third = await importFrom(made, folder)
    assert.equal(third.counts[0]?.[1], 1, 'one more document')
    assert.equal(
      (await made.practice.db.selectFrom('record_entry').select('id').where('kind', '=', 'document').execute()).length,
      3,
    )
  })

  test('a patient is found by names and birth date, unless they could be two people', async () => {
    await using made = await makeTestPractice(engine)
    const anne = await aPatient(made, { birthName: 'Leroy', givenNames: ['Anne'], bornOn: '1985-01-24' })
    await aPatient(made, { birthName: 'Petit', givenNames: ['Léo'], bornOn: '2015-02-03', fileNumber: 'p1' })
    await aPatient(made, { birthName: 'Petit', givenNames: ['Leo'], bornOn: '2015-02-03', fileNumber: 'p2' })
    const folder = aFolder({
      'LEROY_Anne_24011985/RADIO/20260312_a.txt': 'a',
      'PETIT_Léo_03022015/RADIO/20260312_b.txt': 'b',
      'LEROY_Anne_25011985/RADIO/20260312_c.txt': 'c',
    })
    const { said } = await importFrom(made, folder, BY_NAMES)
    assert.deepEqual(said, [
      'LEROY_Anne_25011985/RADIO/20260312_c.txt refused patient-unknown',
      'PETIT_Léo_03022015/RADIO/20260312_b.txt refused patient-unknown',
    ])
    assert.deepEqual(
      (await documentsOf(made)).map(([id]) => id),
      [anne],
    )
  })
})

test('a pattern tells the pieces of a path; days in their format; all else stands for itself, whatever its capitals', () => {
  const { columns, match } = parseFilePattern('Patients/{n}/{**}/{date:yyyyMMdd}_{title}.{ext}', 2026)
  assert.deepEqual(columns, ['n', 'date', 'title', 'ext'])
  const expected = { n: '12', date: '2026-03-12', title: 'a.b_c', ext: 'jpg' }
  for (const path of ['patients/12/20260312_a.b_c.jpg', 'PATIENTS/12/x/y/20260312_a.b_c.jpg'])
    assert.deepEqual({ ...match(path) }, expected)
  for (const path of ['patients/12/2026312_a.jpg', 'patients/20260312_a.jpg', 'x/patients/12/20260312_a.jpg'])
    assert.equal(match(path), undefined)
})

test('a pattern that is none is refused in words', () => {
  for (const wrong of ['{a}{a}', '{date:YYYY}', '{a}{b}{c}{d}{e}', '{**}/{a}/{**}'])
    assert.throws(() => parseFilePattern(wrong, 2026), { code: 'import-source' }, wrong)
})

test('no path takes long to compare, and none gives more than it says', () => {
  const { match } = parseFilePattern('{a}_{b}_{c}_{d}/{**}/{g} {h} {i}.{ext}', 2026)
  fc.assert(
    fc.property(fc.stringMatching(/^[a_ /.]{0,255}$/), (path) => {
      const began = performance.now()
      const pieces = match(path)
      assert.ok(performance.now() - began < 1_000, 'it takes too long')
      for (const piece of Object.values(pieces ?? {})) assert.ok(!piece.includes('/') && path.includes(piece))
    }),
    { numRuns: process.env.COURONNE_CAMPAIGN === '1' ? 20_000 : 200 },
  )
  const began = performance.now()
  match(`${'_'.repeat(255)}/${' '.repeat(255)}`)
  assert.ok(performance.now() - began < 2_000, 'the worst takes too long')
})
