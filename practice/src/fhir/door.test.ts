import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { checkRequiredBindings } from '@couronne/formats'
import type { FastifyInstance } from 'fastify'
import { newId, type Tx } from '#database'
import { appendUpload, beginUpload, finishUpload } from '#documents'
import { makeServer } from '#http'
import { recordEvent } from '#journal'
import type { Actor } from '#open-practice'
import {
  addEntry,
  correctEntry,
  createPatient,
  type EntryContent,
  type EntryKind,
  importEntries,
  parseBody,
  withdrawEntry,
  writingIn,
} from '#patients'
import type { Role } from '#rights'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { usualFindings } from '../../../tests/fhir.ts'
import { fhirProblems, makeFhirRoutes, mapEntry, type Resource } from './index.ts'

interface Bundle {
  readonly resourceType: 'Bundle'
  readonly type: string
  readonly total: number
  readonly link: readonly { readonly relation: string; readonly url: string }[]
  readonly entry?: readonly { readonly fullUrl: string; readonly resource: Resource }[]
}

onBothEngines('the FHIR door', (engine) => {
  test('a whole record comes out, counted, valid, each code a required one, and each reference leads somewhere within', async () => {
    await using door = await openDoor(engine)
    const { patientId } = await aRichRecord(door)
    const reply = await door.get(`/fhir/R4/Patient/${patientId}/$everything`)
    assert.equal(reply.statusCode, 200)
    assert.equal(reply.headers['content-type'], 'application/fhir+json; charset=utf-8')
    const bundle = reply.json<Bundle>()
    const resources = resourcesIn(bundle)
    assert.equal(bundle.total, resources.length)
    assert.equal(resources.length, await countedFromStore(door, patientId))
    assert.deepEqual(checkRequiredBindings(bundle), [])
    for (const resource of resources) assert.deepEqual(usualFindings(resource), [], JSON.stringify(resource))
    const there = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`))
    assert.equal(there.size, resources.length, 'no resource twice')
    const references = JSON.stringify(resources)
      .matchAll(/"reference":"([^"#]+)"/g)
      .map(([, reference = '']) => reference)
    assert.deepEqual(new Set(references).difference(there), new Set())
    const { details } = await lastJournalEntry(door)
    assert.equal(details.total, bundle.total)
    assert.ok((details.counts as string[]).includes('Patient:1'))
  })

  test('by type and since when: what was asked for, counted', async () => {
    await using door = await openDoor(engine)
    const { patientId } = await aRichRecord(door)
    const ask = async (query: string) => (await door.get(`/fhir/R4/Patient/${patientId}/$everything${query}`)).json<Bundle>()
    const typed = await ask('?_type=Procedure,AllergyIntolerance')
    assert.deepEqual(
      new Set(resourcesIn(typed).map(({ resourceType }) => resourceType)),
      new Set(['Procedure', 'AllergyIntolerance']),
    )
    assert.equal(typed.total, typed.entry?.length)
    const late = await ask('?_since=2026-03-02T09:00:00Z')
    assert.deepEqual(
      resourcesIn(late)
        .map(({ resourceType }) => resourceType)
        .toSorted(),
      ['ChargeItem', 'Procedure', 'Provenance'],
    )
    const none = await ask('?_since=2030-01-01T00:00:00Z')
    assert.deepEqual([none.total, none.entry], [0, undefined])
    assert.equal((await door.get(`/fhir/R4/Patient/${patientId}/$everything?_type=Claim`)).statusCode, 400)
    assert.equal((await door.get(`/fhir/R4/Patient/${patientId}/$everything?_elements=id`)).statusCode, 400)
  })

  test('a personal note goes to nobody, its author included', async () => {
    await using door = await openDoor(engine)
    const { patientId } = await aRichRecord(door)
    const text = (await door.get(`/fhir/R4/Patient/${patientId}/$everything`)).body
    assert.ok(!text.includes('pour moi seule'))
    const note = await door.made.practice.db
      .selectFrom('record_entry')
      .select('id')
      .where('only_for', 'is not', null)
      .executeTakeFirstOrThrow()
    assert.equal((await door.get(`/fhir/R4/Observation/${note.id}`)).statusCode, 404)
    assert.equal((await door.get(`/fhir/R4/Observation/${note.id}/_history`)).statusCode, 404)
  })

  test('each resource of a record is read alone, as it is in the whole', async () => {
    await using door = await openDoor(engine)
    const { patientId } = await aRichRecord(door)
    const resources = resourcesIn((await door.get(`/fhir/R4/Patient/${patientId}/$everything`)).json<Bundle>())
    const oneOfEachType = new Map(resources.map((resource) => [resource.resourceType, resource])).values()
    for (const resource of oneOfEachType) {
      const alone = await door.get(`/fhir/R4/${resource.resourceType}/${resource.id}`)
      assert.equal(alone.statusCode, 200, resource.resourceType)
      assert.deepEqual(alone.json(), resource)
    }
    const flags = (await door.get(`/fhir/R4/Flag?patient=Patient/${patientId}`)).json<Bundle>()
    assert.deepEqual(
      resourcesIn(flags).map(({ resourceType }) => resourceType),
      ['Flag'],
    )
  })

  test('a document’s bytes come out as they went in, with their size and hash in its DocumentReference', async () => {
    await using door = await openDoor(engine)
    const { patientId } = await aRichRecord(door)
    const { practice, owner } = door.made
    const bytes = Buffer.from('Compte rendu\n'.repeat(1_000))
    const details = { document: {} }
    const upload = await beginUpload(
      practice,
      { patientId, accountId: owner.accountId, fileName: 'cr.txt', sizeBytes: bytes.length, details },
      async () => {},
    )
    await appendUpload(practice, upload.id, 0, Readable.from([bytes]))
    const { object } = await finishUpload(practice, upload.id, async () => {})
    const type = { system: 'http://loinc.org', code: '11488-4', label: 'CR' }
    const filed = parseBody('document', { title: 'CR', type, objectId: object.id, fileName: 'cr.txt' })
    const { id } = await practice.db
      .transaction()
      .execute((tx) => addEntry(writingIn(practice, owner, tx), { patientId, kind: 'document', body: filed }))
    const reference = (await door.get(`/fhir/R4/DocumentReference/${id}`)).json<{
      identifier: { value: string }[]
      content: { attachment: { url: string; size: number; hash: string } }[]
    }>()
    const { url, size, hash } = reference.content[0]?.attachment ?? { url: '', size: 0, hash: '' }
    assert.equal(hash, createHash('sha1').update(bytes).digest('base64'))
    assert.deepEqual([size, reference.identifier[0]?.value], [bytes.length, createHash('sha256').update(bytes).digest('hex')])
    const binary = await door.get(`/fhir/R4/${url}`)
    assert.deepEqual(binary.rawPayload, bytes)
    assert.equal((await lastJournalEntry(door)).action, 'document.read')
  })

  test('a corrected act has its versions, newest first, and each can be read', async () => {
    await using door = await openDoor(engine)
    const { actId } = await aRichRecord(door)
    const history = (await door.get(`/fhir/R4/Procedure/${actId}/_history`)).json<Bundle>()
    assert.equal(history.type, 'history')
    const statuses = resourcesIn(history).map(({ status }) => status)
    assert.deepEqual(statuses, ['entered-in-error', 'completed', 'preparation'])
    assert.deepEqual(checkRequiredBindings(history), [])
    assert.equal((await door.get(`/fhir/R4/Procedure/${actId}/_history/1`)).json<Resource>().status, 'preparation')
    assert.equal((await door.get(`/fhir/R4/Procedure/${actId}/_history/9`)).statusCode, 404)
  })

  test('patients are found by identifier, names and birth date', async () => {
    await using door = await openDoor(engine)
    const { patientId } = await aRichRecord(door)
    const found = async (query: string) => {
      const bundle = (await door.get(`/fhir/R4/Patient?${query}`)).json<Bundle>()
      return [bundle.total, resourcesIn(bundle).map(({ id }) => id)]
    }
    const is = [1, [patientId]]
    const nobody = [0, []]
    const ins = encodeURIComponent('urn:oid:1.2.250.1.213.1.4.10|269054958815780')
    assert.deepEqual(await found(`identifier=${ins}`), is)
    assert.deepEqual(await found(`identifier=${encodeURIComponent(`urn:uuid:${door.made.practice.id}|F-12`)}`), is)
    assert.deepEqual(await found('identifier=F-12'), is)
    assert.deepEqual(await found('identifier=urn:oid:1.2.3|F-12'), nobody)
    assert.deepEqual(await found('birthdate=1969-05'), is)
    assert.deepEqual(await found('birthdate=1969-05-02&identifier=F-12'), is)
    assert.deepEqual(await found('birthdate=1970'), nobody)
    assert.deepEqual(await found('family=heritier'), is)
    assert.deepEqual(await found('family=heritier&birthdate=1970'), nobody)
    assert.equal((await door.get('/fhir/R4/Patient')).statusCode, 400)
    assert.equal((await door.get('/fhir/R4/Patient?phone=1')).statusCode, 400)
    await found('birthdate=1969-05')
    const { subject, details } = await lastJournalEntry(door)
    assert.deepEqual([subject, details.shown], ['list:program', [patientId]])
  })

  test('a search goes on from page to page, with the same total', async () => {
    await using door = await openDoor(engine)
    const patients = Array.from({ length: 5 }, (_, index) => ({
      identity: parseBody('identity', { fileNumber: `P-${index}`, birthName: `Nom${index}`, sex: 'male', bornOn: '1980-01-01' }),
    }))
    await importEntries(door.made.practice, door.made.owner, [{ source: 'x', patients, entries: [] }])
    const seen: string[] = []
    let path = '/fhir/R4/Patient?birthdate=1980&_count=2'
    for (let pages = 0; path !== ''; pages++) {
      const bundle = (await door.get(path)).json<Bundle>()
      assert.equal(bundle.total, 5)
      seen.push(...resourcesIn(bundle).map(({ id }) => id))
      path = bundle.link.find(({ relation }) => relation === 'next')?.url.replace('http://localhost', '') ?? ''
      assert.ok(pages < 3)
    }
    assert.equal(new Set(seen).size, 5)
  })

  test('5,000 entries come out whole', async () => {
    await using door = await openDoor(engine)
    const patientId = newId()
    const identity = parseBody('identity', { fileNumber: '1', birthName: 'Long', sex: 'unknown' })
    const act = {
      kind: 'procedure' as const,
      body: parseBody('procedure', { code: { system: 'ccam', code: 'HBMD049', label: 'x' }, status: 'done' }),
    }
    const entries = Array.from({ length: 5_000 }, () => ({ ...act, patientId }))
    await importEntries(door.made.practice, door.made.owner, [{ source: 'x', patients: [{ id: patientId, identity }], entries }])
    const bundle = (await door.get(`/fhir/R4/Patient/${patientId}/$everything`)).json<Bundle>()
    assert.equal(bundle.entry?.length, bundle.total)
    assert.equal(resourcesIn(bundle).filter(({ resourceType }) => resourceType === 'Procedure').length, 5_000)
    assert.equal(bundle.total, 2 * 5_001 + 1) // each with its provenance, and the practice
  })

  test('what is destroyed while a record is sent breaks the answer off', async () => {
    await using door = await openDoor(engine)
    const { patientId } = await aRichRecord(door)
    door.onCounted = (tx) =>
      tx.updateTable('record_version').set({ body: null, body_salt: null }).where('kind', '=', 'claim').execute()
    const reply = await door.get(`/fhir/R4/Patient/${patientId}/$everything`).catch((error: Error) => error)
    assert.ok(reply instanceof Error || !isJson(reply.body), 'nobody takes it for whole')
  })

  test('a limited record is closed, and a search shows a name and a birth date', async () => {
    await using door = await openDoor(engine)
    const { patientId } = await aRichRecord(door)
    const practitioner = await door.made.actor('practitioner')
    await door.made.practice.db
      .insertInto('record_limit')
      .values({
        practice_id: door.made.practice.id,
        patient_id: patientId,
        accounts: JSON.stringify([door.made.owner.accountId]),
        reason: 'x',
        set_at: '2026-03-02T08:00:00.000Z',
        set_by: door.made.owner.accountId,
      })
      .execute()
    const closed = await door.get(`/fhir/R4/Patient/${patientId}/$everything`, practitioner)
    assert.equal(closed.statusCode, 403)
    assert.equal(problemIn(closed.json()), 'break-glass-needed')
    const [shown] = resourcesIn((await door.get('/fhir/R4/Patient?birthdate=1969', practitioner)).json<Bundle>())
    assert.deepEqual(Object.keys(shown ?? {}).toSorted(), ['birthDate', 'id', 'meta', 'name', 'resourceType'])
    assert.equal((await door.get(`/fhir/R4/Patient/${patientId}/$everything`)).statusCode, 200)
  })
})

test('roles that do not read by FHIR are told so, in FHIR’s own form', async () => {
  await using door = await openDoor('sqlite')
  const { patientId, actId } = await aRichRecord(door)
  for (const role of ['assistant', 'it-provider', 'data-protection-officer', 'auditor'] satisfies Role[]) {
    const actor = await door.made.actor(role)
    for (const path of [
      `Patient/${patientId}/$everything`,
      'Patient?name=a',
      `Patient/${patientId}`,
      `Procedure/${actId}`,
      `Flag?patient=${patientId}`,
      `Procedure/${actId}/_history`,
    ]) {
      const reply = await door.get(`/fhir/R4/${path}`, actor)
      assert.equal(reply.statusCode, 403, `${role} ${path}`)
      assert.equal(reply.headers['content-type'], 'application/fhir+json; charset=utf-8')
      assert.deepEqual([usualFindings(reply.json()), checkRequiredBindings(reply.json())], [[], []])
      assert.equal(problemIn(reply.json()), 'not-allowed')
    }
  }
})

test('what is nowhere, and what no one asks so, are outcomes that validators take', async () => {
  await using door = await openDoor('sqlite')
  for (const [path, status] of [
    ['/fhir/R4/Patient/nobody', 404],
    ['/fhir/R4/Dossier/x', 404],
    ['/fhir/R4/Procedure/x.1', 404],
    ['/fhir/nowhere', 404],
    ['/fhir/R4/Patient?birthdate=24/01/1985', 400],
    ['/fhir/R4/Patient/%00', 400],
  ] as const) {
    const reply = await door.get(path)
    assert.equal(reply.statusCode, status, path)
    assert.equal(reply.json<Resource>().resourceType, 'OperationOutcome')
    assert.deepEqual([usualFindings(reply.json()), checkRequiredBindings(reply.json())], [[], []], path)
    assert.equal(reply.headers['cache-control'], 'no-store')
  }
})

test('the capability statement is valid, and promises only what answers', async () => {
  await using door = await openDoor('sqlite')
  const { patientId } = await aRichRecord(door)
  const statement = (await door.get('/fhir/R4/metadata')).json<{
    rest: { resource: { type: string; searchParam?: { name: string }[] }[] }[]
  }>()
  assert.deepEqual([usualFindings(statement), checkRequiredBindings(statement)], [[], []])
  for (const { type, searchParam = [] } of statement.rest[0]?.resource ?? [])
    for (const { name } of searchParam) {
      const value = name === 'patient' ? patientId : name === 'birthdate' ? '1969' : 'x'
      assert.equal((await door.get(`/fhir/R4/${type}?${name}=${value}`)).statusCode, 200, `${type}?${name}`)
    }
})

interface Door extends AsyncDisposable {
  readonly made: TestPractice
  readonly get: (path: string, actor?: Actor) => ReturnType<FastifyInstance['inject']>
  /** called in the transaction in which a record is counted, when the journal was written */
  onCounted: (tx: Tx) => Promise<unknown>
}

async function openDoor(engine: 'sqlite' | 'postgresql'): Promise<Door> {
  const made = await makeTestPractice(engine)
  let actor = made.owner
  const server = await makeServer({
    routes: makeFhirRoutes('0.1.0'),
    practice: () => made.practice,
    authenticate: async () => actor,
    recordEvent: async (...told) => {
      await recordEvent(...told)
      await door.onCounted(told[0])
    },
    hosts: new Set(['localhost']),
    version: '0',
    problemForms: [fhirProblems],
  })
  const door: Door = {
    made,
    get: (path, as = made.owner) => {
      actor = as
      return server.inject({ method: 'GET', url: path, headers: { host: 'localhost' } }) as never
    },
    onCounted: async () => {},
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await made[Symbol.asyncDispose]()
    },
  }
  return door
}

/** One entry of each kind and state, linked; an act that was corrected and withdrawn an hour later; a personal note. */
async function aRichRecord({ made }: Door): Promise<{ patientId: string; actId: string }> {
  const { practice, owner, pass } = made
  const practitionerId = newId()
  await practice.db
    .insertInto('practitioner')
    .values({
      id: practitionerId,
      practice_id: practice.id,
      family_name: 'Martin',
      given_name: 'Claire',
      rpps: '10100000017',
      created_at: '2026-03-02T08:00:00.000Z',
    })
    .execute()
  const write = <T>(change: (writing: ReturnType<typeof writingIn>) => Promise<T>) =>
    practice.db.transaction().execute((tx) => change(writingIn(practice, owner, tx)))
  const { id: patientId } = await write((writing) =>
    createPatient(writing, {
      ...parseBody('identity', {
        fileNumber: 'F-12',
        birthName: 'Heritier',
        givenNames: ['Anne', 'Marie'],
        sex: 'female',
        bornOn: '1969-05-02',
        birthPlace: '49588',
        status: 'qualified',
        ins: { number: '269054958815780', kind: 'nir-test' },
        telephones: [{ number: '01 99 00 00 00', use: 'mobile' }],
        addresses: [{ lines: ['1 place de la Huchette'], postalCode: '75001', town: 'Paris', country: 'FR', use: 'home' }],
      }),
    }),
  )
  const add = <K extends EntryKind>(kind: K, body: object) =>
    write(async (writing) => (await addEntry(writing, { patientId, kind, body: parseBody(kind, body) })).id)
  const documentId = await add('document', {
    title: 'Panoramique',
    type: { system: 'http://loinc.org', code: '18748-4', label: 'CR d’imagerie médicale' },
    objectId: newId(),
    fileName: 'p.dcm',
    practitionerId,
    sensitivity: 'restricted',
  })
  const lines = [
    {
      label: 'Couronne',
      feeCents: 50_000,
      baseCents: 12_000,
      reimbursedCents: 7_200,
      basket: 'free',
      subcontracting: 'part',
      subcontractedIn: 'DE',
      teeth: [{ fdi: '36' }],
    },
    { label: 'Inlay-core', feeCents: 9_000 },
  ]
  const quoteId = await add('quote', { state: 'signed', madeOn: '2026-03-02', signedOn: '2026-03-02', lines, documentId })
  const code = { system: 'ccam', code: 'HBMD049', label: 'Restauration', version: 'v84' }
  const act = { code, status: 'planned', teeth: [{ fdi: '36', surfaces: ['M', 'O'] }], feeCents: 2892, practitionerId, quoteId }
  const actId = await add('procedure', act)
  const motherId = await add('relatedPerson', { familyName: 'Heritier', relation: 'mother', authority: 'parental-authority' })
  for (const { kind, body } of richEntries({ practitionerId, documentId, actId, motherId })) await add(kind, body)
  const letter = {
    channel: 'letter',
    on: '2026-03-02',
    party: { kind: 'doctor', name: 'Dr Exemple', rpps: '10100000017' },
    subject: 'Avis',
    documentIds: [documentId],
  }
  const letterId = await add('correspondence', { direction: 'in', ...letter, awaitsAnswer: true })
  await add('correspondence', { direction: 'out', ...letter, answersTo: letterId, practitionerId })
  pass({ hours: 1 })
  const change = { patientId, entryId: actId, reason: 'état de l’acte corrigé' }
  await write((writing) =>
    correctEntry(writing, { ...change, kind: 'procedure', body: { ...act, status: 'done' }, expectedVersion: 1 }),
  )
  await write((writing) => withdrawEntry(writing, { ...change, expectedVersion: 2 }))
  return { patientId, actId }
}

function richEntries(ids: { practitionerId: string; documentId: string; actId: string; motherId: string }): EntryContent[] {
  const { practitionerId, documentId, actId, motherId } = ids
  const on = '2026-03-02'
  const entry = (kind: EntryKind, body: object) => ({ kind, body }) as EntryContent
  return [
    entry('referringDoctor', { familyName: 'Traitant', role: 'treating-physician', rpps: '10100000017' }),
    ...(['allergy', 'anticoagulant', 'medication', 'condition', 'pregnancy', 'device', 'infection', 'other'] as const).flatMap(
      (category) => [
        entry('alert', { category, state: 'present', label: 'Présent', severity: 'severe', from: '2020', to: '2021-01' }),
        entry('alert', { category, state: 'absent' }),
        entry('alert', { category, state: 'absent', label: 'Nommé' }),
      ],
    ),
    entry('procedure', {
      code: { system: 'ngap', code: 'SC 12', label: 'Détartrage' },
      status: 'billed',
      areas: ['01'],
      performedOn: '2019',
    }),
    entry('observation', { category: 'note', on, text: 'Douleur au froid', teeth: ['36'] }),
    entry('observation', { category: 'personal-note', on, text: 'pour moi seule' }),
    entry('observation', { category: 'tooth-chart', on, findings: [{ fdi: '85', state: 'caries', surfaces: ['O'] }] }),
    entry('observation', {
      category: 'periodontal-chart',
      on,
      teeth: [{ fdi: '36', mobility: 1, sites: [{ site: 'MV', depthMm: 4.5, isBleeding: true }] }],
    }),
    entry('questionnaire', {
      form: 'medical-history',
      answeredOn: on,
      items: [
        { question: 'a', label: 'Allergies ?', answer: 'absent', detail: 'aucune' },
        { question: 'b', label: 'Grossesse ?', answer: 'not-answered' },
      ],
      signed: { by: 'patient', on },
      documentId,
    }),
    ...(['medicines', 'imaging'] as const).map((category) =>
      entry('prescription', {
        category,
        prescribedOn: on,
        status: 'signed',
        practitionerId,
        lines: [{ label: 'Amoxicilline 1 g', days: 6 }, { label: 'Autre' }],
      }),
    ),
    entry('consent', {
      subject: 'surgery',
      about: 'Avulsion 48',
      decision: 'given',
      decidedOn: on,
      by: 'representative',
      relatedPersonId: motherId,
      procedureIds: [actId],
      documentIds: [documentId],
    }),
    entry('device', {
      category: 'fixed-prosthesis',
      label: 'Bridge',
      udi: '(01)0',
      lot: 'L1',
      teeth: [{ fdi: '35' }, { fdi: '37' }],
      placedOn: '2026-03',
      procedureId: actId,
      cardHandedOn: on,
    }),
    ...(['booked', 'kept', 'missed', 'cancelled'] as const).map((state) =>
      entry('appointment', { startsAt: '2026-03-12T10:15', zone: 'Europe/Paris', minutes: 30, state, practitionerId }),
    ),
    entry('claim', {
      way: 'civil',
      subject: 'Avulsion',
      openedOn: on,
      hold: { from: on, reason: 'Expertise' },
      procedureIds: [actId],
    }),
    entry('stewardship', {
      steward: { kind: 'company', name: 'SELARL Exemple', siren: '123456789' },
      from: '2020-01-01',
      basis: 'company',
    }),
    entry('stewardship', { steward: { kind: 'practitioner', practitionerId }, from: '2024-01-01', basis: 'contract' }),
    entry('careLink', { practitionerId, from: '2020-01-01', basis: 'treating' }),
  ]
}

/** How many resources the rows of the store come to, by another way than the door's: one by one. */
async function countedFromStore({ made }: Door, patientId: string): Promise<number> {
  const rows = await made.practice.db
    .selectFrom('record_entry')
    .innerJoin('record_version', (join) =>
      join.onRef('entry_id', '=', 'id').onRef('record_version.version', '=', 'record_entry.version'),
    )
    .select([
      'record_entry.id',
      'record_entry.kind',
      'record_entry.version',
      'record_entry.state',
      'body',
      'record_entry.created_at',
      'recorded_at',
    ])
    .where('record_entry.patient_id', '=', patientId)
    .execute()
  const around = {
    today: '2026-03-02',
    practiceId: made.practice.id,
    patientId,
    referTo: () => undefined,
    referToPractitioner: () => undefined,
  }
  const ofEntries = rows.map((row) => {
    const kind = row.kind as EntryKind
    const body = parseBody(kind, JSON.parse(row.body ?? ''))
    const entry = {
      id: row.id,
      kind,
      version: row.version,
      state: row.state,
      createdAt: row.created_at,
      changedAt: row.recorded_at,
      recordedBy: { id: 'x' },
      body,
    }
    return mapEntry(entry as never, around).length
  })
  return ofEntries.reduce((sum, each) => sum + each, 0) + 2 // the organisation and the practitioner
}

function resourcesIn(bundle: Bundle): Resource[] {
  return bundle.entry?.map(({ resource }) => resource) ?? []
}

async function lastJournalEntry({ made }: Door) {
  const row = await made.practice.db
    .selectFrom('journal_entry')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return { ...row, details: JSON.parse(row.details) as Record<string, unknown> }
}

function problemIn(outcome: unknown): string | undefined {
  return (outcome as { issue: { details: { coding: { code: string }[] } }[] }).issue[0]?.details.coding[0]?.code
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
