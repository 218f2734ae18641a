import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { verifyRecord } from '#patients'
import { openXdmSource, zipTree } from '#sources'
import { aPractitioner, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { damage, FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { makeZip, type ZippedFile } from '../../../tests/zip.ts'
import { importFolder } from './index.ts'

const ARCHIVE = join(import.meta.dirname, '../../../tests/vectors/portability/archive')
const top = mkdtempSync(join(tmpdir(), 'couronne-xdm-'))
after(() => rmSync(top, { recursive: true, force: true }))

let places = 0
const aPlace = () => join(top, String(places++))

function aCopy(change: (folder: string) => void): string {
  const folder = aPlace()
  cpSync(ARCHIVE, folder, { recursive: true })
  change(folder)
  return folder
}

function edit(folder: string, name: string, from: string | RegExp, to: string): void {
  const file = join(folder, name)
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
}

function zipped(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = entries.map((entry): ZippedFile => {
    const address = join(entry.parentPath, entry.name)
    return { name: address.slice(folder.length + 1), bytes: readFileSync(address), isDeflated: true }
  })
  const place = `${aPlace()}.zip`
  writeFileSync(place, makeZip(files))
  return place
}

async function importFrom(made: TestPractice, place: string) {
  const said: string[] = []
  const { tables } = await importFolder(made.practice, made.owner, 'xdm', place, {
    isDry: false,
    onRow: (table, { key, fate, findings }) =>
      said.push(`${table}/${key ?? ''} ${fate} ${findings.map(({ code }) => code).join(' ')}`),
  })
  const counts = Object.fromEntries(
    tables.map(({ name, added, changed, same, used, refused }) => [name, [added, changed, same, used, refused].join()]),
  )
  return { said, counts, notes: tables.flatMap(({ notes }) => notes) }
}

async function bodiesOf({ practice }: TestPractice, kind: string) {
  const rows = await practice.db
    .selectFrom('record_version')
    .innerJoin('patient', 'patient.id', 'record_version.patient_id')
    .select(['record_version.body', 'patient.file_number'])
    .where('record_version.practice_id', '=', practice.id)
    .where('record_version.kind', '=', kind)
    .execute()
  const bodies = rows.map(
    ({ body, file_number }): Record<string, unknown> => ({
      of: file_number,
      ...(JSON.parse(body ?? '{}') as object),
    }),
  )
  return bodies.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
}

onBothEngines('a portability archive', (engine) => {
  test('becomes patients, documents and what they code, every file accounted for, from a folder as from an archive', async () => {
    await using made = await makeTestPractice(engine)
    const martin = await aPractitioner(made)
    const { said, counts, notes } = await importFrom(made, ARCHIVE)
    assert.deepEqual(counts, {
      Patient: '2,0,0,0,0',
      Document: '3,0,0,0,0',
      CDA: '5,0,0,0,0',
      File: '0,0,0,6,0',
      Diary: '1,0,0,0,0',
    })
    assert.deepEqual(said, [])
    const [control] = await bodiesOf(made, 'appointment')
    assert.deepEqual([control?.of, control?.startsAt, control?.reason], ['P000123', '2026-04-01T10:15', 'Contrôle'])
    assert.deepEqual(notes, [
      { code: 'archive', about: { exportId: '75249e6c-9779-4e57-bade-9978c2313ce9', type: 'MASSIF', status: 'COMPLETE' } },
    ])
    const [anne] = await bodiesOf(made, 'identity')
    assert.deepEqual(anne, {
      of: 'P000123',
      fileNumber: 'P000123',
      birthName: 'LEROY',
      usedName: 'VERSAIRE',
      givenNames: ['Anne'],
      sex: 'female',
      bornOn: '1950-01-24',
      birthPlace: '75056',
      birthPlaceName: 'Paris',
      status: 'recovered',
      flags: [],
      ins: { number: '250017505610063', kind: 'nir-test' },
      telephones: [{ number: '+33199000000' }],
      emails: [],
      addresses: [{ lines: ['91 place de la Huchette'], postalCode: '75001', town: 'Paris' }],
    })
    const alerts = await bodiesOf(made, 'alert')
    assert.deepEqual(
      alerts.map(({ of, category, state, label, from, to }) => [of, category, state, label, from, to]),
      [
        ['P000123', 'allergy', 'present', 'Pénicilline', '2001', undefined],
        ['P000123', 'anticoagulant', 'present', 'Apixaban', '2025-03', undefined],
        ['P000123', 'condition', 'present', 'Endocardite infectieuse', '2010-01-15', '2011-02-01'],
        ['P000124', 'allergy', 'absent', undefined, undefined, undefined],
      ],
    )
    const [act] = await bodiesOf(made, 'procedure')
    assert.deepEqual(
      [act?.code, act?.teeth, act?.performedOn],
      [
        { system: 'ccam', code: 'HBFD008', label: 'Exérèse de la pulpe vivante d’une molaire permanente' },
        [{ fdi: '36', surfaces: [] }],
        '2026-03-12',
      ],
    )
    const documents = await bodiesOf(made, 'document')
    assert.deepEqual(
      documents.map(({ of, title, practitionerId, fileName }) => [of, title, practitionerId, fileName]),
      [
        ['P000123', 'Consultation', martin, 'DOC00002.TXT'],
        ['P000123', 'Synthèse médicale', martin, 'DOC00001.XML'],
        ['P000124', 'Synthèse médicale', martin, 'DOC00001.XML'],
      ],
    )
    const again = await importFrom(made, zipped(ARCHIVE))
    assert.deepEqual(again.counts, {
      Patient: '0,0,2,0,0',
      Document: '0,0,3,0,0',
      CDA: '0,0,5,0,0',
      File: '0,0,0,6,0',
      Diary: '0,0,1,0,0',
    })
    const { db, id: practiceId } = made.practice
    for (const { id } of await db.selectFrom('patient').select('id').execute())
      assert.deepEqual((await verifyRecord(db, practiceId, id)).breaks, [])
  })
})

const SAMPLES = join(import.meta.dirname, '../../../samples/dicom')

/** Images and a diary that the metadata does not name, beside the documents that it does. */
function withImages(): string {
  return aCopy((copy) => {
    const put = (from: string, to: string) => cpSync(join(SAMPLES, from), join(copy, to))
    put('dental/p1_IO_36.dcm', 'PAT00001/DICOM/00000001')
    put('dental/p2_IO_48.dcm', 'PAT00001/DICOM/00000002')
    put('CT_small.dcm', 'TRANSV/IMAGE.DCM')
    writeFileSync(join(copy, 'PAT00001/PHOTO.JPG'), Buffer.from('ffd8ffe000104a46494600', 'hex'))
    writeFileSync(join(copy, 'PAT00001/SCAN.STL'), 'solid dent')
    const event = 'BEGIN:VEVENT\r\nUID:rdv-9\r\nDTSTART:20260402T090000\r\nSUMMARY:Pose\r\nEND:VEVENT\r\n'
    writeFileSync(join(copy, 'PAT00001/RDV.ICS'), `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${event}END:VCALENDAR\r\n`)
  })
}

onBothEngines('an archive with images', (engine) => {
  test('those of a patient’s medium are theirs, unless they name somebody else; pictures and private formats are documents', async () => {
    await using made = await makeTestPractice(engine)
    const { said, counts } = await importFrom(made, zipped(withImages()))
    assert.deepEqual([counts.File, counts.Diary], ['5,0,0,6,0', '2,0,0,0,0'])
    assert.deepEqual(
      said.filter((line) => line.startsWith('File/')),
      [
        'File/PAT00001/DICOM/00000001 added image-in-record',
        'File/PAT00001/DICOM/00000002 added image-other-person',
        'File/PAT00001/SCAN.STL added type-unknown',
        'File/TRANSV/IMAGE.DCM added image-unknown-number',
      ],
    )
    const [study] = await bodiesOf(made, 'imagingStudy')
    assert.deepEqual([study?.of, study?.modality, study?.teeth], ['P000123', 'IO', ['36']])
    const files = (await bodiesOf(made, 'document')).map(({ of, fileName }) => `${of} ${fileName}`)
    for (const file of ['P000123 PHOTO.JPG', 'P000123 SCAN.STL']) assert.ok(files.includes(file), file)
    assert.deepEqual((await bodiesOf(made, 'appointment')).map(({ of, reason }) => [of, reason]).toSorted(), [
      ['P000123', 'Contrôle'],
      ['P000123', 'Pose'],
    ])
    const again = await importFrom(made, zipped(withImages()))
    assert.deepEqual([again.counts.File, again.counts.Diary], ['0,0,5,6,0', '0,0,2,0,0'])
    const { db, id: practiceId } = made.practice
    assert.equal((await db.selectFrom('image_instance').select('id').execute()).length, 3)
    for (const { id } of await db.selectFrom('patient').select('id').execute())
      assert.deepEqual((await verifyRecord(db, practiceId, id)).breaks, [])
  })

  test('an image that waited, since nobody knew whose it is, is theirs when it comes with their record', async () => {
    await using made = await makeTestPractice(engine)
    const folder = aPlace()
    cpSync(join(SAMPLES, 'dental'), folder, { recursive: true })
    const { practice, owner } = made
    await importFolder(practice, owner, 'dicom', folder, { isDry: false })
    const states = async () =>
      (await practice.db.selectFrom('image_study').select(['state', 'named']).execute())
        .filter(({ named }) => named.includes('VERSAIRE'))
        .map(({ state }) => state)
    assert.deepEqual(await states(), ['tray'])
    const { said } = await importFrom(made, withImages())
    assert.ok(said.includes('File/PAT00001/DICOM/00000001 added image-in-record'), said.join('\n'))
    assert.deepEqual(await states(), ['attached'])
  })
})

test('what differs from what the archive says of itself is named: a file that is missing, one that was changed, a patient too few', async () => {
  await using made = await makeTestPractice()
  const folder = aCopy((copy) => {
    rmSync(join(copy, 'PAT00001/IHE_XDM/SUBSET01/DOC00002.TXT'))
    edit(copy, 'PAT00002/IHE_XDM/SUBSET01/DOC00001.XML', 'Synthèse', 'Synthése')
    edit(copy, 'MANIFEST.XML', '<PatientArchiveCount>2', '<PatientArchiveCount>3')
    edit(copy, 'MANIFEST.XML', '</Archives>', '<Archive><type>Patient</type><archiveid>PAT00003</archiveid></Archive></Archives>')
  })
  const { said, notes } = await importFrom(made, folder)
  assert.deepEqual(said.slice(0, 2), [
    'Document/1.2.250.1.999999.2.2 refused file-missing',
    'Document/1.2.250.1.999999.2.3 added file-differs practitioner-unknown',
  ])
  assert.deepEqual(notes.slice(1), [
    { code: 'archive-count', about: { said: 3, found: 2 } },
    { code: 'archive-missing', about: { name: 'PAT00003' } },
  ])
})

test('metadata that cannot be read, or that leads elsewhere, costs its own documents alone', async () => {
  await using made = await makeTestPractice()
  const subset = 'PAT00002/IHE_XDM/SUBSET01/METADATA.XML'
  const evil = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
  const folder = aCopy((copy) => {
    writeFileSync(join(copy, subset), evil)
    edit(copy, 'PAT00001/IHE_XDM/SUBSET01/METADATA.XML', '>DOC00002.TXT<', '>../../../../../etc/passwd<')
  })
  const { said, counts } = await importFrom(made, folder)
  assert.equal(counts.Patient, '1,0,0,0,0')
  assert.deepEqual(
    said.filter((line) => line.includes('refused')),
    [
      'Document/1.2.250.1.999999.2.2 refused file-missing',
      `File/${subset} refused not-readable`,
      'File/PAT00002/IHE_XDM/SUBSET01/DOC00001.XML refused kind-unknown',
    ],
  )
})

const bytes = Buffer.from('x')
const hostile: readonly (readonly [string, readonly ZippedFile[], RegExp])[] = [
  ['a path that leads out of it', [{ name: '../../etc/cron.d/x', bytes }], /no archive that can be read/],
  ['an absolute path', [{ name: '/etc/cron.d/x', bytes }], /no archive that can be read/],
  ['a path with backslashes', [{ name: '..\\x', bytes }], /no archive that can be read/],
  [
    'two files of one name',
    [
      { name: 'A.XML', bytes },
      { name: 'a.xml', bytes },
    ],
    /two files have one name/,
  ],
  ['a password', [{ name: 'a', bytes, flags: 1, isDeflated: true }], /password/],
  ['a bomb', [{ name: 'a', bytes: new Uint8Array(64 * 1024 ** 2), isDeflated: true }], /grow beyond measure/],
  [
    'files that lie over one another',
    [
      { name: 'a', bytes: new Uint8Array(1_000) },
      { name: 'b', bytes: new Uint8Array(1_000), claimedOffset: 20 },
    ],
    /lie over one another/,
  ],
  ['nothing of the kind', [{ name: 'readme.txt', bytes }], /no XDM medium/],
]
for (const [what, files, message] of hostile)
  test(`an archive with ${what} is refused before anything of it is read`, async () => {
    const place = `${aPlace()}.zip`
    writeFileSync(place, makeZip(files))
    await assert.rejects(openXdmSource(place, 2026), { code: 'import-source', message })
  })

test('a file that is larger or smaller than its archive says is refused where it is read', async () => {
  const place = `${aPlace()}.zip`
  writeFileSync(place, makeZip([{ name: 'a', bytes: new Uint8Array(5_000), isDeflated: true, claimedBytes: 100 }]))
  await using tree = await zipTree(place, 'a.zip')
  await assert.rejects(async () => tree.files.get('a')?.open(), { code: 'import-source', message: /cannot be read/ })
})

test('a broken archive is refused, or its files are read or refused; nothing else happens', async () => {
  const sound = readFileSync(zipped(ARCHIVE))
  const runs = process.env.COURONNE_CAMPAIGN === '1' ? 5_000 : 100
  const place = `${aPlace()}.zip`
  for (let run = 0; run < runs; run++) {
    writeFileSync(place, damage(sound, generator(FUZZ_SEED + run)))
    try {
      await using source = await openXdmSource(place, 2026)
      for (const table of source.tables)
        if (table.kind === 'entries')
          for await (const row of table.rows()) {
            const { content } = row.map({ zone: 'Europe/Paris' })
            if (content?.kind === 'file') for await (const _ of (await source.findFile(content.path))?.stream() ?? []);
          }
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'import-source', `seed ${FUZZ_SEED + run}: ${error}`)
    }
  }
})
