/** What our own door for FHIR says of an entry, read again: the same entry, wherever both can say it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { mapEntry, type Resource, type Surroundings } from '#fhir'
import { ENTRY_KINDS, type Entry, type EntryKind, parseBody } from '#patients'
import { type MappedRow, openFhirSource, withMember } from '#sources'
import { arbitraryBody } from '#testing'
import { withLinks } from './rows/links.ts'

const folder = mkdtempSync(join(tmpdir(), 'couronne-round-trip-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const PRACTITIONER = {
  resourceType: 'Practitioner',
  id: 'martin',
  identifier: [{ system: 'https://rpps.esante.gouv.fr', value: '10100000017' }],
  name: [{ family: 'Martin', given: ['Claire'] }],
}
const PATIENT = { resourceType: 'Patient', id: 'patient', name: [{ use: 'official', family: 'LEROY' }] }

interface Written {
  readonly id: string
  readonly kind: EntryKind
  readonly body: object
}

/** As the door writes them: all of one record. */
function exported(entries: readonly Written[]): Resource[] {
  const nowhere: Surroundings = {
    practiceId: '0198a000-0000-7000-8000-000000000001',
    patientId: 'patient',
    today: '2026-03-02',
    referTo: () => undefined,
    referToPractitioner: (id) => (id === undefined ? undefined : { reference: `Practitioner/${id}` }),
    document: () => ({ sha256: 'ab'.repeat(32), sha1: 'cd'.repeat(20), sizeBytes: 12, mediaType: 'text/plain' }),
  }
  const types = new Map(entries.map((entry) => [entry.id, mapEntry(stored(entry), nowhere)[0]?.resourceType]))
  const around: Surroundings = {
    ...nowhere,
    referTo: (id) => (types.get(id) === undefined ? undefined : { reference: `${types.get(id)}/${id}` }),
  }
  return entries.flatMap((entry) => mapEntry(stored(entry), around))
}

function stored({ id, kind, body }: Written): Entry {
  return {
    id,
    kind,
    body: parseBody(kind, body),
    version: 1,
    state: 'current',
    createdAt: '2026-03-02T08:00:00.000Z',
    changedAt: '2026-03-02T08:00:00.000Z',
    recordedBy: { id: 'account', name: 'Dr Exemple' },
  } as unknown as Entry
}

async function read(resources: readonly object[]): Promise<MappedRow[]> {
  const file = join(folder, 'all.ndjson')
  writeFileSync(file, resources.map((resource) => `${JSON.stringify(resource)}\n`).join(''))
  await using source = await openFhirSource(file, { type: 'fhir' })
  const mapped: MappedRow[] = []
  for (const table of source.tables)
    if (table.kind === 'entries')
      for await (const row of table.rows())
        mapped.push({ ...row.map({ zone: 'Europe/Paris' }), ...{ table: table.profile.name } })
  return mapped
}

/** The body that the importer writes, with keys for ids. */
function bodyOf({ content, practitioner, practitionerMember = 'practitionerId', links = [] }: MappedRow): object | undefined {
  if (content === undefined || content.kind === 'image') return undefined
  const body = content.kind === 'patient' ? content.identity : content.kind === 'file' ? content.about : content.content.body
  const named = practitioner === undefined ? body : withMember(body, practitionerMember, () => 'martin')
  return withLinks(named, links, ({ key }) => key)
}

const teeth = [
  { fdi: '36', surfaces: ['M', 'O'] },
  { fdi: '16', surfaces: ['O', 'P'] },
]
const ccam = {
  system: 'ccam',
  code: 'HBZZ001',
  version: 'v84',
  label: 'Restauration',
  activity: '1',
  phase: '0',
  modifiers: ['N', 'F'],
}
const penicillin = { system: 'http://snomed.info/sct', code: '764146007', label: 'Pénicilline' }

/** Of one record; ids say of what kind. */
const ENTRIES: readonly Written[] = [
  {
    id: 'patient',
    kind: 'identity',
    body: {
      fileNumber: 'P-1',
      birthName: 'L’Héritier',
      usedName: 'Versaire',
      usedGivenName: 'Anna',
      givenNames: ['Anne Marie', 'Zoé'],
      sex: 'female',
      bornOn: '1950-01-24',
      birthPlace: '75056',
      birthPlaceName: 'Paris',
      diedOn: '2026-02',
      status: 'qualified',
      flags: ['homonym'],
      ins: { number: '250017505610063', kind: 'nir-test', checkedOn: '2026-01-02' },
      telephones: [{ number: '06 99 00 00 00', use: 'mobile', note: 'le soir' }, { number: '01 99 00 00 00' }],
      emails: [{ address: 'anne@example.org' }, { address: 'anne@chu.mssante.fr', isSecure: true }],
      addresses: [
        { lines: ['91 place de la Huchette', 'bât. B'], postalCode: '75001', town: 'Paris', country: 'FR', use: 'home' },
      ],
      language: 'fr',
      note: 'Deux lignes\nde note',
    },
  },
  {
    id: 'mother',
    kind: 'relatedPerson',
    body: {
      familyName: 'Leroy',
      givenName: 'Jeanne',
      relation: 'mother',
      authority: 'guardianship',
      isTrustedPerson: true,
      isEmergencyContact: true,
      from: '2020-01-01',
      telephones: [{ number: '01 99 00 00 01', use: 'home' }],
      note: 'À prévenir',
    },
  },
  {
    id: 'doctor',
    kind: 'referringDoctor',
    body: {
      familyName: 'Petit',
      givenName: 'Luc',
      role: 'treating-physician',
      speciality: 'Médecine générale',
      rpps: '10100000025',
      from: '2019-05-01',
    },
  },
  { id: 'plain-document', kind: 'document', body: document('Devis signé') },
  {
    id: 'quote',
    kind: 'quote',
    body: {
      state: 'signed',
      number: 'D-12',
      madeOn: '2026-01-05',
      handedOn: '2026-01-05',
      signedOn: '2026-01-20',
      validUntil: '2026-07-05',
      practitionerId: 'martin',
      lines: [
        {
          label: 'Couronne céramo-métallique',
          code: { system: 'ccam', code: 'HBLD036', label: 'Pose d’une couronne' },
          teeth: [{ fdi: '46', surfaces: [] }],
          areas: [],
          feeCents: 55_000,
          deviceCents: 15_050,
          baseCents: 12_000,
          reimbursedCents: 8_400,
          basket: 'moderated',
          materials: 'CoCr, céramique',
          madeIn: 'FR',
          subcontracting: 'part',
          subcontractedIn: 'PT',
        },
        { label: 'Sans code', teeth: [], areas: ['10'], feeCents: 0 },
      ],
      alternative: 'Couronne métallique',
      documentId: 'plain-document',
      note: 'Accord oral',
    },
  },
  {
    id: 'act',
    kind: 'procedure',
    body: {
      code: ccam,
      status: 'billed',
      teeth,
      areas: ['04'],
      practitionerId: 'martin',
      performedOn: '2026-02-03',
      feeCents: 8_194,
      quoteId: 'quote',
      note: 'Sous digue',
    },
  },
  {
    id: 'old-act',
    kind: 'procedure',
    body: { code: { system: 'ngap', code: 'SC12', label: 'Obturation' }, status: 'done', performedOn: '2009-11' },
  },
  { id: 'own-act', kind: 'procedure', body: { code: { system: 'local', code: 'X1', label: 'Gouttière' }, status: 'planned' } },
  {
    id: 'allergy',
    kind: 'alert',
    body: {
      category: 'allergy',
      state: 'present',
      label: 'Pénicilline',
      code: penicillin,
      severity: 'severe',
      reaction: 'Œdème',
      from: '2001',
      toldBy: 'patient',
      recordedOn: '2026-01-05',
      checkedOn: '2026-02-03',
      note: 'Depuis l’enfance',
    },
  },
  { id: 'no-allergy', kind: 'alert', body: { category: 'allergy', state: 'absent', recordedOn: '2026-01-05' } },
  { id: 'no-latex', kind: 'alert', body: { category: 'allergy', state: 'absent', label: 'Latex', toldBy: 'doctor' } },
  { id: 'no-treatment', kind: 'alert', body: { category: 'medication', state: 'absent', recordedOn: '2026-01-05' } },
  { id: 'no-anticoagulant', kind: 'alert', body: { category: 'anticoagulant', state: 'absent' } },
  { id: 'no-history', kind: 'alert', body: { category: 'condition', state: 'absent' } },
  { id: 'no-pregnancy', kind: 'alert', body: { category: 'pregnancy', state: 'absent', checkedOn: '2026-02-03' } },
  {
    id: 'apixaban',
    kind: 'alert',
    body: {
      category: 'anticoagulant',
      state: 'present',
      label: 'Apixaban 5 mg',
      from: '2025-03',
      to: '2027-03',
      severity: 'moderate',
      toldBy: 'representative',
    },
  },
  {
    id: 'valve',
    kind: 'alert',
    body: {
      category: 'device',
      state: 'present',
      label: 'Valve mécanique',
      from: '2015',
      severity: 'severe',
      toldBy: 'document',
    },
  },
  {
    id: 'healed',
    kind: 'alert',
    body: { category: 'condition', state: 'present', label: 'Endocardite', from: '2010', to: '2011-02' },
  },
  {
    id: 'note',
    kind: 'observation',
    body: { category: 'note', on: '2026-02-03', practitionerId: 'martin', text: 'Sensibilité au froid\nsur 36', teeth: ['36'] },
  },
  {
    id: 'chart',
    kind: 'observation',
    body: {
      category: 'tooth-chart',
      on: '2026-02-03',
      findings: [
        { fdi: '36', state: 'filling', surfaces: ['M', 'O'], note: 'amalgame' },
        { fdi: '55', state: 'missing', surfaces: [] },
      ],
      text: 'Bilan',
    },
  },
  {
    id: 'probing',
    kind: 'observation',
    body: {
      category: 'periodontal-chart',
      on: '2026-02-03',
      teeth: [
        {
          fdi: '16',
          mobility: 1,
          furcation: 2,
          sites: [{ site: 'MV', depthMm: 4.5, recessionMm: -1, isBleeding: true, hasPlaque: false, isSuppurating: false }],
        },
        { fdi: '17', sites: [] },
      ],
    },
  },
  {
    id: 'device',
    kind: 'device',
    body: {
      category: 'implant',
      label: 'Implant 4,1 × 10',
      manufacturer: 'Maker',
      reference: 'R-1',
      lot: 'L-2',
      serialNumber: 'S-3',
      udi: '(01)07611996000000(10)L-2',
      laboratory: { name: 'Labo du Port', country: 'FR' },
      teeth: [{ fdi: '46', surfaces: [] }],
      areas: [],
      placedOn: '2026-02-03',
      practitionerId: 'martin',
      conformity: { receivedOn: '2026-02-01', documentId: 'plain-document' },
      cardHandedOn: '2026-02-03',
      procedureId: 'act',
      note: 'Couple 35 N·cm',
    },
  },
  {
    id: 'study',
    kind: 'imagingStudy',
    body: {
      studyId: 'study-1',
      studyUid: '1.2.3.4',
      modality: 'IO',
      title: 'Rétroalvéolaire 36',
      takenOn: '2026-02-03',
      teeth: ['36'],
      bodyPart: 'JAW',
      practitionerId: 'martin',
      justification: 'Douleur',
      device: { manufacturer: 'Maker', model: 'M', serialNumber: 'S' },
      dose: { areaProductMgyCm2: 12.5, tubeVoltageKv: 60, exposureTimeMs: 120 },
      procedureId: 'act',
      reportIds: ['plain-document'],
      note: 'Floue',
    },
  },
  {
    id: 'late-document',
    kind: 'document',
    body: { ...document('Compte rendu'), aboutIds: ['act', 'study'], teeth: ['36'], sensitivity: 'restricted' },
  },
  {
    id: 'questionnaire',
    kind: 'questionnaire',
    body: {
      form: 'medical-history',
      answeredOn: '2026-01-05',
      items: [
        { question: 'anticoagulant', label: 'Prenez-vous un anticoagulant ?', answer: 'present', detail: 'apixaban' },
        { question: 'allergy', label: 'Êtes-vous allergique ?', answer: 'absent' },
        { question: 'smoking', label: 'Fumez-vous ?', answer: 'not-answered', detail: 'ne sait pas' },
      ],
      signed: { by: 'representative', name: 'Jeanne Leroy', on: '2026-01-05' },
      practitionerId: 'martin',
      documentId: 'late-document',
      note: 'Relu',
    },
  },
  {
    id: 'prescription',
    kind: 'prescription',
    body: {
      category: 'medicines',
      prescribedOn: '2026-02-03',
      practitionerId: 'martin',
      status: 'signed',
      lines: [
        {
          label: 'Amoxicilline 1 g',
          code: { system: '1.2.250.1.213.2.3.1', code: '3400930', label: 'AMOXICILLINE' },
          dosage: '1 matin et soir',
          days: 6,
          quantity: '12 comprimés',
          isNotSubstitutable: true,
        },
        { label: 'Paracétamol 1 g', note: 'si douleur' },
      ],
      note: 'Pas d’allergie',
    },
  },
  {
    id: 'order',
    kind: 'prescription',
    body: { category: 'imaging', prescribedOn: '2026-02-03', status: 'draft', lines: [{ label: 'Panoramique' }] },
  },
  {
    id: 'consent',
    kind: 'consent',
    body: {
      subject: 'implant',
      about: 'Pose d’un implant 46',
      decision: 'given',
      decidedOn: '2026-01-20',
      by: 'representative',
      relatedPersonId: 'mother',
      practitionerId: 'martin',
      procedureIds: ['act'],
      documentIds: ['plain-document', 'late-document'],
      note: 'Lu ensemble',
    },
  },
  {
    id: 'letter',
    kind: 'correspondence',
    body: {
      direction: 'out',
      channel: 'mssante',
      on: '2026-02-04',
      party: { kind: 'doctor', name: 'Dr Petit', rpps: '10100000025' },
      subject: 'Avis',
      text: 'Merci de votre avis',
      practitionerId: 'martin',
      awaitsAnswer: true,
      documentIds: ['late-document'],
    },
  },
  {
    id: 'answer',
    kind: 'correspondence',
    body: {
      direction: 'in',
      channel: 'letter',
      on: '2026-02-20',
      party: { kind: 'doctor', name: 'Dr Petit' },
      subject: 'Réponse',
      answersTo: 'letter',
      awaitsAnswer: false,
      documentIds: [],
    },
  },
  {
    id: 'appointment',
    kind: 'appointment',
    body: {
      startsAt: '2026-03-12T10:15',
      zone: 'Europe/Paris',
      minutes: 45,
      practitionerId: 'martin',
      room: 'Fauteuil 2',
      reason: 'Contrôle',
      state: 'booked',
      note: 'En retard',
    },
  },
  {
    id: 'claim',
    kind: 'claim',
    body: {
      way: 'cci',
      subject: 'Lésion du nerf',
      openedOn: '2025-01-01',
      consolidatedOn: '2025-06-01',
      insurer: 'Assureur',
      insurerReference: 'R-9',
      expert: 'Pr Expert',
      hold: { from: '2025-01-01', reason: 'Expertise' },
      practitionerId: 'martin',
      procedureIds: ['act'],
      documentIds: ['plain-document'],
      note: 'Suivi par le cabinet',
    },
  },
  {
    id: 'company',
    kind: 'stewardship',
    body: { steward: { kind: 'company', name: 'SELARL du Port', siren: '123456789' }, from: '2020-01-01', basis: 'company' },
  },
  {
    id: 'own',
    kind: 'stewardship',
    body: {
      steward: { kind: 'practitioner', practitionerId: 'martin' },
      from: '2022-01-01',
      basis: 'contract',
      note: 'Clause 4',
    },
  },
  { id: 'practice', kind: 'stewardship', body: { steward: { kind: 'practice' }, from: '2024-01-01', basis: 'declared' } },
  {
    id: 'care',
    kind: 'careLink',
    body: { practitionerId: 'martin', from: '2020-01-01', to: '2025-12-31', basis: 'replacement', note: 'Été' },
  },
]

function document(title: string) {
  return {
    title,
    type: { system: 'http://loinc.org', code: '11488-4', label: 'CR ou fiche de consultation ou de visite' },
    madeOn: '2026-02-03',
    practitionerId: 'martin',
    objectId: '0198a000-0000-7000-8000-00000000000a',
    fileName: 'cr.txt',
    note: 'Relu',
  }
}

test('a record that the door has written is the same when it is read again', async () => {
  const mapped = await read([...exported(ENTRIES), PRACTITIONER])
  for (const { id, kind, body } of ENTRIES) {
    // A quote stands under its plan, a doctor under the team of one.
    const key = kind === 'referringDoctor' ? `${id}.team` : id
    const row = mapped.find((each) => each.key === key && each.content !== undefined)
    const { objectId: _, ...expected } = parseBody(kind, body) as Record<string, unknown>
    const found = bodyOf(row ?? { findings: [] })
    const parsed = found && parseBody(kind, kind === 'document' ? { ...found, objectId: '1' } : found)
    const { objectId: __, ...actual } = (parsed ?? {}) as Record<string, unknown>
    assert.deepEqual({ id, ...actual, findings: row?.findings }, { id, ...expected, findings: [] })
  }
})

for (const kind of ENTRY_KINDS)
  test(`whatever the door writes of the kind ${kind} is taken, or refused with a reason`, async () => {
    const bodies = fc.sample(arbitraryBody(kind), { numRuns: 40, seed: 5 })
    const entries = bodies.map((body, i) => ({ id: kind === 'identity' ? 'patient' : `entry-${i}`, kind, body }))
    const written = kind === 'identity' ? entries.slice(0, 1) : entries
    const mapped = await read([...exported(written), PRACTITIONER, ...(kind === 'identity' ? [] : [PATIENT])])
    for (const { key, content, isContext, findings } of mapped)
      assert.ok(content !== undefined || isContext || findings.length > 0, `${key} is dropped without a word`)
  })
