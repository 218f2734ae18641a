import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { verifyJournal } from '#journal'
import { verifyRecord } from '#patients'
import { aPractitioner, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { importFolder } from './index.ts'
import type { ImportReport } from './report.ts'

const DOSSIERS = join(import.meta.dirname, '../../../tests/vectors/fhir')
const top = mkdtempSync(join(tmpdir(), 'couronne-fhir-'))
after(() => rmSync(top, { recursive: true, force: true }))

type Resource = Readonly<Record<string, unknown>>
interface Bundle {
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[]
}

let folders = 0
function aFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(top, String(folders++))
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const ndjson = (resources: readonly unknown[]) => resources.map((resource) => `${JSON.stringify(resource)}\n`).join('')
const bundle = (resources: readonly unknown[], more: object = {}) =>
  JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource, ...more })) })

const ANNE = {
  resourceType: 'Patient',
  id: 'anne',
  name: [{ use: 'official', family: 'LEROY', given: ['Anne'] }],
  gender: 'female',
}
const subject = { reference: 'Patient/anne' }
const CCAM = 'https://smt.esante.gouv.fr/terminologie-ccam'
const ACT = {
  resourceType: 'Procedure',
  id: 'act',
  status: 'completed',
  code: { coding: [{ system: CCAM, code: 'HBJD001', display: 'Détartrage' }] },
  subject,
}

async function importFrom(made: TestPractice, place: string, isDry = false) {
  const said: string[] = []
  const report = await importFolder(made.practice, made.owner, 'fhir', place, {
    isDry,
    onRow: (table, { key, fate, findings }) =>
      said.push(`${table}/${key ?? ''} ${fate} ${findings.map(({ code }) => code).join(' ')}`),
  })
  return { report, said, counts: countsOf(report) }
}

const countsOf = ({ tables }: ImportReport) =>
  Object.fromEntries(
    tables.map(({ name, added, changed, same, repeated, used, refused }) => [
      name,
      [added, changed, same, repeated, used, refused].join(),
    ]),
  )

async function bodiesOf({ practice }: TestPractice) {
  const rows = await practice.db
    .selectFrom('record_version')
    .innerJoin('patient', 'patient.id', 'record_version.patient_id')
    .select(['record_version.kind', 'record_version.body', 'patient.file_number', 'record_version.entry_id'])
    .where('record_version.practice_id', '=', practice.id)
    .execute()
  const entries = rows.map(({ kind, body, file_number, entry_id }) => ({
    of: file_number,
    kind,
    id: entry_id,
    body: JSON.parse(body ?? 'null') as Record<string, unknown>,
  }))
  return entries.toSorted((one, other) => (JSON.stringify(one.body) < JSON.stringify(other.body) ? -1 : 1))
}

onBothEngines('resources of FHIR', (engine) => {
  test('the four dossiers become what they say, every resource accounted for, and nothing again in a second run', async () => {
    await using made = await makeTestPractice(engine)
    const martin = await aPractitioner(made)
    const dry = await importFrom(made, DOSSIERS, true)
    assert.deepEqual(await bodiesOf(made), [], 'a dry run writes no record')
    const { report, said, counts } = await importFrom(made, DOSSIERS)
    assert.deepEqual(counts, {
      Patient: '4,0,0,0,0,0',
      DocumentReference: '7,0,0,0,0,0',
      Procedure: '6,0,0,0,0,0',
      ImagingStudy: '3,0,0,0,0,0',
      MedicationRequest: '1,0,0,0,0,0',
      Encounter: '4,0,0,0,0,0',
      Consent: '1,0,0,0,0,0',
      Organization: '0,0,0,0,4,0',
      Practitioner: '0,0,0,0,4,0',
    })
    assert.deepEqual(
      [said, dry.said, dry.counts],
      [[], [], counts],
      'there is nothing to say of them, and a dry run says the same',
    )
    assert.deepEqual(report.tables[2]?.unknownPractitioners, { 'DURAND Paul': 3 })
    const bodies = await bodiesOf(made)
    const ofAnne = bodies.filter(({ of }) => of === 'P000123')
    const of = (kind: string) => ofAnne.filter((entry) => entry.kind === kind).map(({ body }) => body)
    assert.deepEqual(of('identity'), [
      {
        fileNumber: 'P000123',
        birthName: 'VERSAIRE',
        givenNames: ['Anne'],
        sex: 'female',
        bornOn: '1950-01-24',
        status: 'qualified',
        flags: [],
        ins: { number: '250017505610063', kind: 'nir-test' },
        telephones: [{ number: '+33199000000' }],
        emails: [],
        addresses: [{ lines: ['91 Place de la Huchette'], postalCode: '75001', town: 'Paris', country: 'FR' }],
      },
    ])
    const label = "Radiographie intrabuccale rétroalvéolaire et/ou rétrocoronaire d'un secteur de 1 à 3 dents contigües"
    assert.deepEqual(of('procedure')[1], {
      code: { system: 'ccam', code: 'HBQK389', label },
      status: 'done',
      teeth: [{ fdi: '36', surfaces: [] }],
      areas: [],
      practitionerId: martin,
      performedOn: '2026-03-12',
    })
    assert.deepEqual(of('appointment'), [
      { startsAt: '2026-03-12T10:00', zone: 'Europe/Paris', minutes: 45, practitionerId: martin, state: 'kept' },
    ])
    const consented = ofAnne.find(({ body }) => body.title === 'Attestation de consentement')
    assert.deepEqual(of('consent'), [
      {
        subject: 'care',
        about: 'Consentement éclairé aux soins (art. L1111-4 CSP)',
        decision: 'given',
        decidedOn: '2026-03-12',
        by: 'patient',
        procedureIds: [],
        documentIds: [consented?.id],
      },
    ])
    assert.equal(of('imagingStudy')[0]?.studyUid, '2.25.906604231644334699641575219954130054')
    assert.deepEqual(
      bodies
        .filter(({ of: number }) => number === 'P000126')
        .map(({ kind, body }) => [kind, (body.code as Resource)?.code])
        .toSorted(),
      [
        ['appointment', undefined],
        ['document', undefined],
        ['identity', undefined],
        ['procedure', 'HBJD001'],
        ['procedure', 'HBQK002'],
      ],
    )
    assert.deepEqual((await importFrom(made, DOSSIERS)).counts, {
      ...counts,
      Patient: '0,0,4,0,0,0',
      DocumentReference: '0,0,7,0,0,0',
      Procedure: '0,0,6,0,0,0',
      ImagingStudy: '0,0,3,0,0,0',
      MedicationRequest: '0,0,1,0,0,0',
      Encounter: '0,0,4,0,0,0',
      Consent: '0,0,1,0,0,0',
    })
    const { db, id: practiceId } = made.practice
    const patients = await db.selectFrom('patient').select('id').execute()
    for (const { id } of patients) assert.deepEqual((await verifyRecord(db, practiceId, id)).breaks, [])
    assert.deepEqual((await verifyJournal(db, practiceId)).breaks, [])
  })

  test('a bulk export, one file a type, becomes the same as the bundles', async () => {
    await using fromBundles = await makeTestPractice(engine)
    await using fromLines = await makeTestPractice(engine)
    await importFrom(fromBundles, DOSSIERS)
    const names = readdirSync(DOSSIERS).filter((name) => name.endsWith('.json'))
    const bundles = names.map((name) => JSON.parse(readFileSync(join(DOSSIERS, name), 'utf8')) as Bundle)
    const resources = bundles.flatMap(({ entry }) => entry.map(({ resource }) => resource))
    const types = Map.groupBy(resources, ({ resourceType }) => String(resourceType))
    const files = Object.fromEntries([...types].map(([type, all]) => [`${type}.ndjson`, ndjson(all)]))
    await importFrom(fromLines, aFolder(files))
    const plain = async (made: TestPractice) => {
      const bodies = await bodiesOf(made)
      return bodies.map(({ of, kind, body }) => JSON.stringify({ of, kind, ...body, objectId: '', documentIds: '' })).toSorted()
    }
    assert.deepEqual(await plain(fromLines), await plain(fromBundles))
  })

  test('a resource that says something else becomes a correction; one whose version alone is new does not', async () => {
    await using made = await makeTestPractice(engine)
    const charge = { resourceType: 'ChargeItem', id: 'fee', status: 'billed', service: [{ reference: 'Procedure/act' }] }
    const priced = (value: number) => ({ ...charge, priceOverride: { value, currency: 'EUR' } })
    await importFrom(made, aFolder({ 'a.ndjson': ndjson([ANNE, ACT, priced(28.92)]) }))
    const renewed = { ...ACT, meta: { versionId: '7', lastUpdated: '2026-03-01T00:00:00Z' } }
    const same = await importFrom(made, aFolder({ 'a.ndjson': ndjson([ANNE, renewed, priced(28.92)]) }))
    assert.deepEqual(same.counts, { Patient: '0,0,1,0,0,0', Procedure: '0,0,1,0,0,0', ChargeItem: '0,0,0,0,1,0' })
    const dearer = await importFrom(made, aFolder({ 'a.ndjson': ndjson([ANNE, ACT, priced(30)]) }))
    assert.equal(dearer.counts.Procedure, '0,1,0,0,0,0')
    const acts = (await bodiesOf(made)).filter(({ kind }) => kind === 'procedure')
    assert.deepEqual(
      acts.map(({ body }) => [body.status, body.feeCents]),
      [
        ['billed', 2_892],
        ['billed', 3_000],
      ],
    )
  })
})

test('what was entered in error, not done, or changed in meaning is not taken for done', async () => {
  await using made = await makeTestPractice()
  const acts = [
    { ...ACT, id: 'error', status: 'entered-in-error' },
    { ...ACT, id: 'not-done', status: 'not-done' },
    { ...ACT, id: 'finished', status: 'finished' },
    { ...ACT, id: 'modified', performer: [{ actor: subject, modifierExtension: [{ url: 'urn:x', valueBoolean: true }] }] },
    { ...ACT, id: 'rules', implicitRules: 'urn:rules' },
    { ...ACT, id: 'of-nobody', subject: { reference: 'Patient/nobody' } },
  ]
  const { said } = await importFrom(made, aFolder({ 'all.json': bundle([ANNE, ...acts]) }))
  assert.deepEqual(said, [
    'Procedure/error refused entered-in-error',
    'Procedure/finished refused code-unknown status-unknown does-not-fit',
    'Procedure/modified refused meaning-changed',
    'Procedure/rules refused meaning-changed',
    'Procedure/of-nobody refused patient-unknown',
  ])
  const taken = (await bodiesOf(made)).filter(({ kind }) => kind === 'procedure')
  assert.deepEqual(
    taken.map(({ body }) => body.status),
    ['cancelled'],
  )
  const left = await made.practice.db.selectFrom('import_left').select(['key', 'raw']).where('is_refused', '=', 1).execute()
  assert.deepEqual(JSON.parse(left.find(({ key }) => key === 'error')?.raw ?? ''), acts[0], 'it is kept as it stood')
})

test('no known allergy, one that was ruled out, one that nobody asked about: three states', async () => {
  await using made = await makeTestPractice()
  const patient = subject
  const allergy = (id: string, code: object, more: object = {}) => ({
    resourceType: 'AllergyIntolerance',
    id,
    patient,
    code,
    ...more,
  })
  const verification = (code: string) => ({
    verificationStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', code }] },
  })
  const { said } = await importFrom(
    made,
    aFolder({
      'all.json': bundle([
        ANNE,
        allergy('none', { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] }),
        allergy('latex', { text: 'Latex' }, verification('refuted')),
        allergy('unknown', {
          coding: [{ system: 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips', code: 'no-allergy-info' }],
        }),
        allergy(
          'penicillin',
          { text: 'Pénicilline' },
          { criticality: 'high', reaction: [{ manifestation: [{ text: 'Œdème' }] }] },
        ),
        allergy('wrong', { text: 'Iode' }, verification('entered-in-error')),
      ]),
    }),
  )
  assert.deepEqual(said, ['AllergyIntolerance/unknown refused nothing-said', 'AllergyIntolerance/wrong refused entered-in-error'])
  const alerts = (await bodiesOf(made)).filter(({ kind }) => kind === 'alert')
  assert.deepEqual(
    alerts.map(({ body }) => body),
    [
      { category: 'allergy', state: 'absent', label: 'Latex' },
      { category: 'allergy', state: 'absent' },
      { category: 'allergy', state: 'present', label: 'Pénicilline', severity: 'severe', reaction: 'Œdème' },
    ],
  )
})

test('references are followed by id, by address, by urn, within the resource and by number', async () => {
  await using made = await makeTestPractice()
  const urn = 'urn:uuid:0e9fa83e-2b6c-4d8c-9d5e-000000000001'
  const number = { system: 'urn:x:dossier', value: '77' }
  const patient = { resourceType: 'Patient', identifier: [number], name: [{ family: 'LEROY' }] }
  const { id: _, ...act } = ACT
  const inside = { resourceType: 'Practitioner', id: 'p', name: [{ family: 'Martin', given: ['Claire'] }] }
  const entries = [
    { fullUrl: urn, resource: patient },
    { fullUrl: 'https://a.example/fhir/Procedure/1', resource: { ...act, id: '1', subject: { reference: urn } } },
    { resource: { ...act, id: '2', subject: { identifier: number, type: 'Patient' } } },
    { resource: { ...act, id: '3', subject: { reference: 'Patient?identifier=urn:x:dossier|77' } } },
    {
      resource: {
        ...act,
        id: '4',
        subject: { reference: urn },
        contained: [inside],
        performer: [{ actor: { reference: '#p' } }],
      },
    },
  ]
  const martin = await aPractitioner(made)
  const { counts } = await importFrom(made, aFolder({ 'a.json': JSON.stringify({ resourceType: 'Bundle', entry: entries }) }))
  assert.deepEqual(counts, { Patient: '1,0,0,0,0,0', Procedure: '4,0,0,0,0,0' })
  const acts = (await bodiesOf(made)).filter(({ kind }) => kind === 'procedure')
  assert.deepEqual(
    acts.map(({ body }) => body.practitionerId),
    [martin, undefined, undefined, undefined],
  )
})

test('a namesake with another RPPS is somebody else', async () => {
  await using made = await makeTestPractice()
  await aPractitioner(made)
  await made.practice.db.updateTable('practitioner').set({ rpps: '10100000025' }).execute()
  const doctor = (id: string, value: string) => ({
    resourceType: 'Practitioner',
    id,
    identifier: [{ system: 'https://rpps.esante.gouv.fr', value }],
    name: [{ family: 'MARTIN', given: ['Claire'] }],
  })
  const by = (id: string, of: string) => ({
    ...ACT,
    id,
    note: [{ text: id }],
    performer: [{ actor: { reference: `Practitioner/${of}` } }],
  })
  const resources = [ANNE, doctor('one', '10100000017'), doctor('two', '10100000025'), by('a', 'one'), by('b', 'two')]
  await importFrom(made, aFolder({ 'a.json': bundle(resources) }))
  const acts = (await bodiesOf(made)).filter(({ kind }) => kind === 'procedure')
  assert.deepEqual(
    acts.map(({ body }) => [body.note, body.practitionerId]),
    [
      ['a', undefined],
      ['b', 'martin'],
    ],
  )
})

test('documents: bytes inside, in a resource of their own, beside; compared with size and hash; never fetched, never from elsewhere', async () => {
  await using made = await makeTestPractice()
  const bytes = Buffer.from('Compte rendu')
  const sha1 = createHash('sha1').update(bytes).digest('base64')
  const document = (id: string, attachment: object) => ({
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    subject,
    type: { coding: [{ system: 'http://loinc.org', code: '11488-4', display: 'CR' }] },
    content: [{ attachment: { contentType: 'text/plain', title: id, ...attachment } }],
  })
  const data = bytes.toString('base64')
  const folder = aFolder({
    'beside.txt': bytes,
    'all.json': bundle([
      ANNE,
      document('inside', { data, hash: sha1, size: bytes.length }),
      document('binary', { url: 'Binary/b' }),
      { resourceType: 'Binary', id: 'b', contentType: 'text/plain', data },
      document('beside', { url: 'beside.txt' }),
      document('damaged', { data, hash: createHash('sha256').update('other').digest('base64') }),
      document('web', { url: 'https://a.example/cr.txt' }),
      document('elsewhere', { url: '../../../etc/passwd' }),
      document('no-base64', { data: '%%%' }),
    ]),
  })
  const { said } = await importFrom(made, folder)
  assert.deepEqual(said, [
    'DocumentReference/damaged added file-differs',
    'DocumentReference/web refused file-missing',
    'DocumentReference/elsewhere refused file-missing',
    'DocumentReference/no-base64 refused file-missing',
  ])
  const documents = (await bodiesOf(made)).filter(({ kind }) => kind === 'document')
  assert.deepEqual(
    documents.map(({ body }) => body.fileName),
    ['beside.txt', 'binary.txt', 'damaged.txt', 'inside.txt'],
  )
})

test('hostile and broken files: what is sound comes in, what is not is named, each with where it stood', async () => {
  await using made = await makeTestPractice()
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
  const folder = aFolder({
    'a-sound.ndjson': `${JSON.stringify(ANNE)}\n\n{"resourceType":"Procedure",\n${deep}\n`,
    'b-cut.json': bundle([ACT, { ...ACT, id: 'lost' }]).slice(0, -60),
    'c-list.json': '[{"dossier":"x"}]',
    'd-latin.json': Buffer.from(bundle([{ ...ACT, id: 'latin', code: { text: 'Détartrage' } }]), 'latin1'),
    'e-utf16.json': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bundle([{ ...ACT, id: 'wide' }]), 'utf16le')]),
    'f-odd.json': bundle([
      { ...ACT, id: 'odd', performer: 7, code: { coding: 'x', text: '  Détartrage\u0000 ' }, note: [null, []] },
    ]),
    'g-unknown.json': JSON.stringify({ resourceType: 'Immunization', id: 'flu', patient: subject }),
  })
  const { said, counts } = await importFrom(made, folder)
  assert.deepEqual(said, [
    'Procedure/latin added encoding-wrong',
    'Immunization/flu refused kind-unknown',
    'unreadable/ refused not-readable',
    'unreadable/ refused not-readable',
    'unreadable/ refused cut-off',
    'unreadable/ refused not-readable',
  ])
  assert.equal(counts.Procedure, '4,0,0,0,0,0')
})

test('a folder without a patient asks; a folder that is not there is said', async () => {
  await using made = await makeTestPractice()
  await assert.rejects(importFrom(made, aFolder({ 'a.txt': 'x' })), { code: 'import-source', message: /Patient: not one row/ })
  await assert.rejects(importFrom(made, join(top, 'nowhere')), { code: 'import-source', message: /ENOENT/ })
})
