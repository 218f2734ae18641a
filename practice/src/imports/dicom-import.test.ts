/** Images of a folder or medium as an import: tried first, each file accounted for, a second run doubles nothing, a kill loses nothing. */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { verifyRecord } from '#patients'
import { saveSetting } from '#settings'
import { aPatient, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { importFolder } from './index.ts'
import { printReportCsv, printReportJson } from './report-files.ts'
import { getRun, listLeft } from './run-store.ts'

const SAMPLES = join(import.meta.dirname, '../../../samples/dicom')
const DOSSIER = join(import.meta.dirname, '../../../tests/vectors/fhir/dossier-p1.json')
const top = mkdtempSync(join(tmpdir(), 'couronne-dicom-import-'))
after(() => rmSync(top, { recursive: true, force: true }))

let places = 0

/** A sensor's folder as one finds it: images of ours and of others, one that is cut, a text, a link, an empty file. */
function aFolder(): string {
  const folder = join(top, String(places++))
  mkdirSync(join(folder, 'IMAGES'), { recursive: true })
  for (const [from, to] of [
    ['dental/p1_IO_36.dcm', 'IMAGES/00000001'],
    ['dental/p1_IO_36.dcm', 'IMAGES/00000002'],
    ['dental/p5_PX_panoramic.dcm', 'IMAGES/00000003'],
    ['defects/defect_identity_mismatch.dcm', 'IMAGES/00000004'],
    ['defects/defect_truncated.dcm', 'IMAGES/00000005'],
    ['CT_small.dcm', 'IMAGES/00000006'],
  ] as const)
    cpSync(join(SAMPLES, from), join(folder, to))
  writeFileSync(join(folder, 'LISEZMOI.TXT'), 'Logiciel de la radio')
  writeFileSync(join(folder, 'VIDE'), '')
  symlinkSync('/etc/passwd', join(folder, 'LIEN'))
  return folder
}

async function setIssuer({ practice, owner }: TestPractice): Promise<void> {
  const reception = {
    isOn: false,
    aeTitle: 'COURONNE',
    host: '127.0.0.1',
    port: 11_112,
    tls: 'none',
    senders: [],
    acceptsUnknown: true,
  }
  await practice.db
    .transaction()
    .execute((tx) => saveSetting(tx, practice, owner, 'images.reception', { ...reception, issuer: 'CABINET-DEMO' }))
}

async function somePatients(made: TestPractice): Promise<{ anne: string; flore: string }> {
  await setIssuer(made)
  const one = { sex: 'female', status: 'provisional' } as const
  const anne = { ...one, fileNumber: 'P000123', birthName: 'Versaire', givenNames: ['Anne'], bornOn: '1950-01-24' }
  const flore = { ...one, fileNumber: 'P000127', birthName: 'Carré', givenNames: ['Flore'], bornOn: '1986-05-24' }
  return { anne: await aPatient(made, anne), flore: await aPatient(made, flore) }
}

async function takeOver({ practice, owner }: TestPractice, folder: string, isDry = false) {
  const { runId, tables } = await importFolder(practice, owner, 'dicom', folder, { isDry })
  const [table] = tables
  assert.ok(table !== undefined && tables.length === 1)
  const { rows, added, same, used, refused, findings } = table
  assert.equal(rows, added + same + used + refused, 'every file is accounted for')
  return { runId, counts: { rows, added, same, used, refused }, findings }
}

onBothEngines('a folder of images', (engine) => {
  test('is tried, taken over and taken over again: to whom each goes, what waits and why, what is no image', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const { anne, flore } = await somePatients(made)
    const folder = aFolder()
    const dry = await takeOver(made, folder, true)
    assert.deepEqual(dry.counts, { rows: 9, added: 5, same: 1, used: 0, refused: 3 })
    assert.deepEqual(dry.findings, {
      'image-in-record': 2,
      'image-contradicted': 1,
      'image-unreadable': 1,
      'image-unknown-number': 1,
      'not-dicom': 2,
      'file-path-wrong': 1,
    })
    const studies = () => practice.db.selectFrom('image_study').selectAll().execute()
    assert.equal((await studies()).length, 0, 'a dry run keeps nothing')

    const first = await takeOver(made, folder)
    assert.deepEqual([first.counts, first.findings], [dry.counts, dry.findings], 'a dry run says what a run does')
    const attached = (await studies()).filter(({ state }) => state === 'attached').map(({ patient_id }) => patient_id)
    assert.deepEqual(attached.toSorted(), [anne, flore].toSorted())
    const told = await listLeft(practice.db, practice.id, first.runId, { which: 'remarked', code: 'image-in-record', limit: 10 })
    assert.deepEqual(
      told.map(({ key, findings }) => [key, findings[0]?.patientId]),
      [
        ['IMAGES/00000001', anne],
        ['IMAGES/00000003', flore],
      ],
    )

    const again = await takeOver(made, folder)
    assert.deepEqual(again.counts, { rows: 9, added: 0, same: 6, used: 0, refused: 3 })
    assert.equal((await studies()).length, 5)
    const run = await getRun(practice.db, practice.id, first.runId)
    const csv = (await Array.fromAsync(printReportCsv(practice.db, practice.id, run))).join('')
    for (const line of [
      `"IMAGES/00000001";"image-in-record (${anne})"`,
      '"IMAGES/00000004";"image-contradicted"',
      '"LISEZMOI.TXT";"not-dicom";"LISEZMOI.TXT"',
    ])
      assert.ok(csv.includes(line), `${line} in ${csv}`)
    const json = JSON.parse((await Array.fromAsync(printReportJson(practice.db, practice.id, run))).join(''))
    assert.equal(json.rows.length, 8)
  })

  test('a medium with its DICOMDIR: the list is read with its files, and what it names and has not is told', async () => {
    await using made = await makeTestPractice(engine)
    const { counts, findings } = await takeOver(made, join(SAMPLES, 'media'))
    assert.deepEqual(counts, { rows: 32, added: 14, same: 0, used: 1, refused: 17 })
    assert.equal(findings['file-missing'], 17)
  })

  for (const order of ['before', 'after'] as const)
    test(`what another program says of a study, imported ${order} its images, is one study with them`, async () => {
      await using made = await makeTestPractice(engine)
      const { practice, owner } = made
      await setIssuer(made)
      const images = join(top, String(places++))
      mkdirSync(images)
      cpSync(join(SAMPLES, 'dental/p1_IO_36.dcm'), join(images, '1.dcm'))
      const dossier = JSON.parse(readFileSync(DOSSIER, 'utf8')) as { entry: { resource: { resourceType: string } }[] }
      const fhir = async (entry: typeof dossier.entry) => {
        const file = join(top, `dossier-${places++}.json`)
        writeFileSync(file, JSON.stringify({ ...dossier, entry }))
        return importFolder(practice, owner, 'fhir', file, { isDry: false })
      }
      const withoutStudy = dossier.entry.filter(({ resource }) => resource.resourceType !== 'ImagingStudy')
      await fhir(order === 'before' ? dossier.entry : withoutStudy)
      await importFolder(practice, owner, 'dicom', images, { isDry: false })
      const { tables } = await fhir(dossier.entry)
      const entries = await practice.db
        .selectFrom('record_entry')
        .innerJoin('record_version', (join) =>
          join
            .onRef('record_version.entry_id', '=', 'record_entry.id')
            .onRef('record_version.version', '=', 'record_entry.version'),
        )
        .select(['record_entry.id', 'record_entry.patient_id', 'record_version.body'])
        .where('record_entry.kind', '=', 'imagingStudy')
        .execute()
      const studies = await practice.db.selectFrom('image_study').selectAll().execute()
      assert.deepEqual([entries.length, studies.length], [1, 1])
      const [entry, study] = [entries[0]!, studies[0]!]
      assert.deepEqual([study.state, study.entry_id, study.patient_id], ['attached', entry.id, entry.patient_id])
      if (order === 'after') assert.deepEqual(JSON.parse(entry.body ?? '{}').teeth, ['36'], 'the images name the tooth')
      assert.equal(tables.find(({ name }) => name === 'ImagingStudy')?.added, order === 'after' ? 1 : 0)
      const again = await fhir(dossier.entry)
      assert.equal(again.tables.find(({ name }) => name === 'ImagingStudy')?.same, 1)
      assert.deepEqual((await verifyRecord(practice.db, practice.id, entry.patient_id)).breaks, [])
    })

  test('an import that was stopped goes on with its run: what it had taken counts once, and nothing is there twice', async () => {
    await using made = await makeTestPractice(engine)
    const { practice, owner } = made
    await somePatients(made)
    const folder = aFolder()
    const stopping = new AbortController()
    let runId = ''
    const stopped = importFolder(practice, owner, 'dicom', folder, {
      isDry: false,
      signal: stopping.signal,
      onRun: async (id) => {
        runId = id
      },
      onProgress: (rows) => {
        if (rows === 4) stopping.abort()
      },
    })
    await assert.rejects(stopped)
    const went = await importFolder(practice, owner, 'dicom', folder, { isDry: false, runId })
    const [table] = went.tables
    assert.deepEqual([table?.rows, table?.added, table?.same, table?.refused], [9, 5, 1, 3])
    const instances = await practice.db.selectFrom('image_instance').select('id').execute()
    assert.equal(instances.length, 5)
  })
})

test('a folder without a file stops the import, which asks', async () => {
  await using made = await makeTestPractice()
  const folder = join(top, 'empty')
  mkdirSync(folder)
  await assert.rejects(takeOver(made, folder), { code: 'import-source' })
  await assert.rejects(takeOver(made, join(folder, 'nowhere')), { code: 'import-source' })
})
