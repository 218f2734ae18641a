import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRequiredBindings } from '@couronne/formats'
import fc from 'fast-check'
import { type BodyOf, bodyFacts, ENTRY_KINDS, type Entry, type EntryKind, KINDS, parseBody } from '#patients'
import { arbitraryBody } from '#testing'
import { secondFindings, usualFindings } from '../../../tests/fhir.ts'
import { firstType, mapEntry, RECORD_TYPES } from './map/index.ts'
import { mapPractice, mapPractitioner } from './map/practice.ts'
import { type Resource, type Surroundings, tidy } from './parts.ts'

const AROUND: Surroundings = {
  practiceId: '0198a000-0000-7000-8000-000000000001',
  patientId: '0198a000-0000-7000-8000-000000000002',
  today: '2026-03-02',
  // A link may name an entry of any kind.
  referTo: (entryId) => ({
    reference: `${['Procedure', 'DocumentReference', 'CarePlan', 'Flag', 'RelatedPerson'][entryId.length % 5]}/x`,
  }),
  referToPractitioner: (id) =>
    id === undefined ? undefined : { reference: 'Practitioner/0198a000-0000-7000-8000-000000000003' },
  document: () => ({
    sha256: 'ab'.repeat(32),
    sha1: 'cd'.repeat(20),
    sizeBytes: 12,
    mediaType: 'text/plain; charset=utf-8',
  }),
}

function anEntry<K extends EntryKind>(kind: K, body: BodyOf<K>, more: Partial<Entry> = {}): Entry {
  return {
    id: '0198a000-0000-7000-8000-000000000004',
    kind,
    version: 2,
    state: 'current',
    createdAt: '2026-03-02T08:00:00.000Z',
    changedAt: '2026-03-02T09:00:00.000Z',
    recordedBy: { id: '0198a000-0000-7000-8000-000000000005', name: 'Dr Exemple' },
    body,
    ...more,
  } as Entry
}

function map<K extends EntryKind>(kind: K, body: object, more: Partial<Entry> = {}): Resource[] {
  return mapEntry(anEntry(kind, parseBody(kind, body), more), AROUND)
}

for (const kind of ENTRY_KINDS)
  test(`whatever an entry of the kind ${kind} holds, its resources are valid FHIR R4, and their codes are required ones`, () => {
    fc.assert(
      fc.property(
        arbitraryBody(kind),
        fc.constantFrom('current', 'withdrawn'),
        fc.option(fc.constant('import:x'), { nil: undefined }),
        (body, state, source) => {
          const resources = mapEntry(anEntry(kind, body, { state, source, reason: 'une erreur' } as Partial<Entry>), AROUND)
          for (const resource of resources) {
            assert.deepEqual(usualFindings(resource), [], JSON.stringify(resource))
            assert.deepEqual(checkRequiredBindings(resource), [], JSON.stringify(resource))
            assert.ok((RECORD_TYPES as readonly string[]).includes(resource.resourceType), resource.resourceType)
          }
          const first = resources[0]
          if (first !== undefined) assert.equal(first.resourceType, firstType(kind, bodyFacts(kind, body).code))
        },
      ),
      { numRuns: 150 },
    )
  })

/** What is not sent on purpose: an INS without a qualified identity (RNIV), and what stands elsewhere or has no meaning there. */
const NOT_SENT: readonly string[] = ['ins.number', 'ins.kind', 'ins.checkedOn', 'mediaType', 'lines.isNotSubstitutable']

for (const kind of ENTRY_KINDS)
  test(`nothing that an entry of the kind ${kind} says is lost on the way`, () => {
    for (const body of fc.sample(arbitraryBody(kind), { numRuns: 60, seed: 11 })) {
      const { links } = bodyFacts(kind, body)
      if (new Set(links.map(({ id }) => id)).size < links.length) continue // one id stands for one entry
      const kinds = new Map(links.map((link) => [link.id.replace(/X$/, ''), link.kind ?? 'procedure']))
      const around: Surroundings = {
        ...AROUND,
        referTo: (id) => ({ reference: `${firstType(kinds.get(id.replace(/X$/, '')) as EntryKind, undefined)}/${id}` }),
        referToPractitioner: (id) => (id === undefined ? undefined : { reference: `Practitioner/${id}` }),
      }
      const sent = (each: BodyOf<typeof kind>) => JSON.stringify(mapEntry(anEntry(kind, each), around))
      if (sent(body) === '[]') continue
      for (const path of pathsOf(body)) {
        const changed = structuredClone(body)
        changeAt(changed, path)
        if (KINDS[kind].schema.safeParse(changed).success && !NOT_SENT.includes(namesOf(path)))
          assert.notEqual(sent(changed), sent(body), `${namesOf(path)} of ${JSON.stringify(body)}`)
      }
    }
  })

type Path = readonly (string | number)[]

function pathsOf(value: unknown): Path[] {
  if (value === null || typeof value !== 'object') return [[]]
  return Object.entries(value).flatMap(([name, each]) =>
    pathsOf(each).map((path) => [Array.isArray(value) ? Number(name) : name, ...path]),
  )
}

function namesOf(path: Path): string {
  return path.filter((name) => typeof name === 'string').join('.')
}

/** Another value of the same shape: what the schema then refuses is passed over. */
function changeAt(body: unknown, path: Path): void {
  const [last = ''] = path.slice(-1)
  const holder = path.slice(0, -1).reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], body) as Record<
    string,
    unknown
  >
  const value = holder[last]
  if (typeof value === 'boolean') holder[last] = !value
  else if (typeof value === 'number') holder[last] = value + 1
  else if (/^\d{4}(-\d\d){0,2}$/.test(String(value))) holder[last] = '1999-12-31'
  else holder[last] = `${value}X`
}

test('a second validator finds nothing either', () => {
  for (const kind of ENTRY_KINDS)
    for (const body of fc.sample(arbitraryBody(kind), { numRuns: 15, seed: 7 }))
      for (const resource of mapEntry(anEntry(kind, body), AROUND))
        assert.deepEqual(secondFindings(resource), [], JSON.stringify(resource))
})

test('the practice and its practitioners are valid too', () => {
  const resources = [
    mapPractice({
      id: AROUND.practiceId,
      name: 'Cabinet',
      facts: { finess: '750000018', siret: '12345678900012', town: 'Paris' },
      createdAt: '2026-03-02T08:00:00.000Z',
    }),
    ...mapPractitioner(
      {
        id: 'p',
        familyName: 'Martin',
        givenName: 'Claire',
        rpps: '10100000017',
        createdAt: '2026-03-02T08:00:00.000Z',
        roles: [{ id: 'r', status: 'titulaire', fromOn: '2020-01-01' }],
      },
      AROUND.practiceId,
    ),
  ].map(tidy)
  for (const resource of resources) assert.deepEqual([checkRequiredBindings(resource), usualFindings(resource)], [[], []])
  assert.deepEqual(
    resources.map(({ resourceType }) => resourceType),
    ['Organization', 'Practitioner', 'PractitionerRole'],
  )
})

test('an allergy has three states: present, a negative statement, and nothing', () => {
  const [present] = map('alert', { category: 'allergy', state: 'present', label: 'Pénicilline', severity: 'severe' })
  const [noneKnown] = map('alert', { category: 'allergy', state: 'absent' })
  const [refuted] = map('alert', { category: 'allergy', state: 'absent', label: 'Latex' })
  assert.deepEqual(
    [present, noneKnown, refuted].map((resource) => [codeOf(resource, 'clinicalStatus'), codeOf(resource, 'verificationStatus')]),
    [
      ['active', 'unconfirmed'],
      ['active', 'unconfirmed'],
      ['inactive', 'refuted'],
    ],
  )
  const byCode = { category: 'allergy', state: 'absent', code: { system: 'local', code: 'PEN', label: 'Pénicilline' } }
  assert.equal(codeOf(map('alert', byCode)[0], 'verificationStatus'), 'refuted')
  assert.equal(codeOf(noneKnown, 'code'), '716186003')
  assert.equal((present?.code as { text: string } | undefined)?.text, 'Pénicilline')
})

test('when an alert was last verified goes out with it, whatever it is told as', () => {
  for (const category of ['allergy', 'anticoagulant', 'device']) {
    const [resource] = map('alert', { category, state: 'present', label: 'x', recordedOn: '2020-01-01', checkedOn: '2026-02-01' })
    assert.deepEqual(resource?.note, [{ text: 'Vérifié le 2026-02-01' }], category)
  }
})

test('what ends later has not ended: a pregnancy to September is active in March, one that ended is not', () => {
  const pregnancy = (to: string) => map('alert', { category: 'pregnancy', state: 'present', label: 'Grossesse', to })[0]
  const [sooner, later] = [pregnancy('2025-09'), pregnancy('2026-09')]
  assert.deepEqual([codeOf(sooner, 'clinicalStatus'), codeOf(later, 'clinicalStatus')], ['resolved', 'active'])
  assert.deepEqual([sooner?.abatementDateTime, later?.abatementDateTime], ['2025-09', undefined])
  assert.deepEqual(later?.note, [{ text: 'Jusqu’au 2026-09' }])
  assert.equal(
    map('careLink', { practitionerId: 'p', from: '2020-01-01', to: '2026-12-31', basis: 'treating' })[0]?.status,
    'active',
  )
})

test('whose patient: an episode ends on the day before somebody else keeps the record', () => {
  const body = parseBody('stewardship', { steward: { kind: 'practice' }, from: '2020-01-01', basis: 'declared' })
  const episode = (until: string | undefined) =>
    mapEntry(anEntry('stewardship', body), { ...AROUND, stewardUntil: () => until })[0] as Resource
  const facts = [undefined, '2025-07-01', '2026-07-01', '2020-01-01'].map(episode).map(({ status, period }) => [status, period])
  assert.deepEqual(facts, [
    ['active', { start: '2020-01-01' }],
    ['finished', { start: '2020-01-01', end: '2025-06-30' }],
    ['active', { start: '2020-01-01', end: '2026-06-30' }],
    ['cancelled', { start: '2020-01-01' }],
  ])
})

test('what was withdrawn says that it was entered in error', () => {
  const withdrawn = { state: 'withdrawn' as const }
  const [procedure] = map('procedure', { code: { system: 'ccam', code: 'HBMD049', label: 'x' }, status: 'done' }, withdrawn)
  const [allergy] = map('alert', { category: 'allergy', state: 'present', label: 'x' }, withdrawn)
  assert.equal(procedure?.status, 'entered-in-error')
  assert.deepEqual([codeOf(allergy, 'verificationStatus'), allergy?.clinicalStatus], ['entered-in-error', undefined])
})

test('a personal note goes to nobody', () => {
  assert.deepEqual(map('observation', { category: 'personal-note', on: '2026-03-02', text: 'x' }), [])
  const document = { title: 'x', type: { system: 'http://loinc.org', code: '51851-4', label: 'x' }, objectId: 'o', fileName: 'x' }
  assert.deepEqual(map('document', { ...document, personalNote: true }), [])
  assert.equal(map('document', document).length, 2)
})

test('a body that was lawfully destroyed has no resource', () => {
  assert.deepEqual(
    mapEntry(
      anEntry('claim', parseBody('claim', { way: 'civil', subject: 'x', openedOn: '2026-03-02' }), { body: null }),
      AROUND,
    ),
    [],
  )
})

test('an INS goes out with a qualified identity only', () => {
  const identity = (status: string) =>
    map('identity', {
      fileNumber: '12',
      birthName: 'Exemple',
      sex: 'female',
      status,
      ins: { number: '269054958815780', kind: 'nir-test' },
    })[0]
  const systems = (resource: Resource | undefined) =>
    (resource?.identifier as { system: string }[] | undefined)?.map(({ system }) => system)
  assert.deepEqual(systems(identity('qualified')), ['urn:oid:1.2.250.1.213.1.4.10', `urn:uuid:${AROUND.practiceId}`])
  assert.deepEqual(systems(identity('recovered')), [`urn:uuid:${AROUND.practiceId}`])
})

test('a tooth is written in ISO 3950 and SNOMED CT, deciduous ones too; a surface in FDI', () => {
  const [act] = map('procedure', {
    code: { system: 'ccam', code: 'HBMD049', label: 'x' },
    status: 'done',
    teeth: [{ fdi: '36', surfaces: ['M', 'P'] }, { fdi: '51' }],
  })
  assert.deepEqual(
    (act?.bodySite as { coding: { code: string }[]; text: string }[] | undefined)?.map(({ coding, text }) => [
      coding.map(({ code }) => code),
      text,
    ]),
    [
      [['36', '866006002', 'M'], 'Dent 36 MP'],
      [['51', '88824007'], 'Dent 51'],
    ],
  )
})

test('a quote says in words what FHIR has no place for: basket, base of reimbursement, subcontracting, the alternative', () => {
  const line = {
    label: 'Couronne',
    feeCents: 55_000,
    baseCents: 12_000,
    basket: 'free',
    subcontracting: 'part',
    subcontractedIn: 'DE',
  }
  const [plan, charge] = map('quote', { state: 'draft', madeOn: '2026-03-02', alternative: 'Couronne métallique', lines: [line] })
  const notes = (resource: Resource | undefined) =>
    (resource as unknown as { note: { text: string }[] }).note.map(({ text }) => text)
  assert.deepEqual(notes(plan), ['Alternative 100 % Santé : Couronne métallique'])
  assert.deepEqual(notes(charge), [
    'Couronne',
    'Base de remboursement : 120 EUR',
    'Panier aux tarifs libres',
    'Sous-traitance d’une partie de la fabrication : DE',
  ])
})

test('an appointment stands at its instant, whatever the zone', () => {
  const starts = ['Europe/Paris', 'Indian/Reunion'].map(
    (zone) => map('appointment', { startsAt: '2026-07-01T10:15', zone, minutes: 30, state: 'kept' })[0],
  )
  assert.deepEqual(
    starts.map((resource) => resource?.start),
    ['2026-07-01T10:15:00+02:00', '2026-07-01T10:15:00+04:00'],
  )
})

function codeOf(resource: Resource | undefined, member: string): string | undefined {
  return (resource?.[member] as { coding?: { code: string }[] } | undefined)?.coding?.[0]?.code
}
