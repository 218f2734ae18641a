import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeServer } from '#http'
import { recordEvent } from '#journal'
import type { Actor } from '#open-practice'
import { concernsPatients, type Permission, ROLES } from '#rights'
import { anIdentity, aPatient, aPractitioner, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { ENTRY_KINDS } from './kinds/index.ts'
import { patientRoutes } from './routes.ts'

const ALERT = { kind: 'alert', body: { category: 'allergy', state: 'present', label: 'Pénicilline' } }
const ACT = {
  kind: 'procedure',
  body: { code: { system: 'local', code: 'X', label: 'Avulsion' }, status: 'done', teeth: [{ fdi: '36' }] },
}

/** What a data-protection officer is answered where it is not 403; the second asks which file. */
const OFFICER_ANSWERS = new Map([
  ['/api/patients/:patientId/readers', 200],
  ['/api/journal/patient', 400],
  ['/api/stewards', 200],
])

onBothEngines('the routes of records', (engine) => {
  test('a record is opened, written, read, corrected, withdrawn, and every step is in the journal', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    const created = await ask(owner, 'POST', '/api/patients', { identity: anIdentity({ birthName: 'Versaire' }) })
    assert.equal(created.statusCode, 201)
    const { id, fileNumber } = created.json()
    assert.equal(fileNumber, '1')
    const added = await ask(owner, 'POST', `/api/patients/${id}/entries`, ALERT)
    assert.deepEqual([added.statusCode, added.json().version], [201, 1])
    const entry = `/api/patients/${id}/entries/${added.json().id}`
    const correction = { ...ALERT, body: { ...ALERT.body, label: 'Amoxicilline' }, expectedVersion: 1, reason: 'précisé' }
    assert.deepEqual((await ask(owner, 'PUT', entry, correction)).json().version, 2)
    assert.equal((await ask(owner, 'PUT', entry, correction)).statusCode, 409)
    assert.equal((await ask(owner, 'GET', entry)).json().body.label, 'Amoxicilline')
    assert.deepEqual(
      (await ask(owner, 'GET', `${entry}/versions`)).json().versions.map((each: { body: { label: string } }) => each.body.label),
      ['Amoxicilline', 'Pénicilline'],
    )
    const patient = (await ask(owner, 'GET', `/api/patients/${id}`)).json()
    assert.deepEqual(patient.counts, { identity: 1, alert: 1 })
    assert.deepEqual(patient.alerts[0], {
      category: 'allergy',
      state: 'present',
      entryIds: [added.json().id],
      labels: ['Amoxicilline'],
    })
    assert.deepEqual(patient.access.reads, ['administrative', 'care', 'documents'])
    assert.equal(
      (await ask(owner, 'POST', `${entry}/withdraw`, { expectedVersion: 2, reason: 'un autre patient' })).statusCode,
      200,
    )
    assert.deepEqual((await ask(owner, 'GET', `/api/patients/${id}/entries?kind=alert`)).json().entries, [])
    const back = await ask(owner, 'POST', `${entry}/restore`, { expectedVersion: 3, reason: 'le bon patient' })
    assert.deepEqual([back.statusCode, back.json().version], [200, 4])
    assert.equal((await ask(owner, 'GET', `/api/patients/${id}/timeline`)).statusCode, 200)
    assert.equal((await ask(owner, 'POST', `/api/patients/${id}/verify`)).json().isWhole, true)
    assert.deepEqual(await made.actions(), [
      'patient.created',
      'record.changed',
      'record.corrected',
      'record.read alert',
      'record.read alert',
      'record.read identity,alert,stewardship',
      'record.withdrawn',
      'record.read alert',
      'record.restored',
      'record.read alert',
      'record.read ',
    ])
  })

  test('what goes on paper is journaled as an export of that entry and version; what is no paper is refused', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    const patientId = await aPatient(made, { birthName: 'Versaire' })
    const add = async (kind: string, body: object) => {
      const added = await ask(owner, 'POST', `/api/patients/${patientId}/entries`, { kind, body })
      assert.equal(added.statusCode, 201, added.body)
      return added.json().id as string
    }
    const mother = await add('relatedPerson', { familyName: 'Versaire', givenName: 'Anne', relation: 'mother' })
    const consent = await add('consent', {
      subject: 'surgery',
      about: 'Avulsion de la 36',
      decision: 'given',
      decidedOn: '2026-03-01',
      by: 'representative',
      relatedPersonId: mother,
    })
    const paper = await ask(owner, 'GET', `/api/patients/${patientId}/entries/${consent}/paper`)
    assert.equal(paper.statusCode, 200, paper.body)
    const { identity, entry, representative } = paper.json()
    assert.deepEqual(
      [identity.birthName, entry.body.about, representative.name],
      ['Versaire', 'Avulsion de la 36', 'Anne Versaire'],
    )
    const alert = await ask(owner, 'POST', `/api/patients/${patientId}/entries`, ALERT)
    assert.equal((await ask(owner, 'GET', `/api/patients/${patientId}/entries/${alert.json().id}/paper`)).statusCode, 400)
    const exported = (await made.practice.db.selectFrom('journal_entry').selectAll().execute()).filter(
      ({ action }) => action === 'record.exported',
    )
    assert.deepEqual(
      exported.map(({ subject, details }) => [subject, JSON.parse(details)]),
      [[`consent:${consent}`, { kinds: ['identity', 'consent'], version: 1 }]],
    )
    const prescription = await add('prescription', {
      prescribedOn: '2026-03-01',
      status: 'draft',
      lines: [{ label: 'Paracétamol' }],
    })
    const assistant = await made.actor('assistant')
    const refused = await ask(assistant, 'GET', `/api/patients/${patientId}/entries/${prescription}/paper`)
    assert.deepEqual([refused.statusCode, refused.json().code], [403, 'break-glass-needed'])
  })

  test('who may not, may not: each route refuses each role that lacks its permission, and the IT provider everywhere', async () => {
    await using made = await serverFor(engine)
    const patientId = await aPatient(made)
    for (const role of ROLES) {
      const actor = await made.actor(role)
      for (const { endpoint } of patientRoutes) {
        const url = endpoint.path.replace(':patientId', patientId).replace(':entryId', 'none')
        const { statusCode, body } = await made.ask(actor, endpoint.method, url, endpoint.method === 'GET' ? undefined : {})
        const isNobody = (role === 'it-provider' || role === 'auditor') && concernsPatients(endpoint.permission as Permission)
        if (isNobody) assert.equal(statusCode, 403, `${role} ${endpoint.method} ${endpoint.path}`)
        if (isNobody || statusCode >= 400) assert.ok(!body.includes('Exemple'), `${role} ${endpoint.path}`)
        if (role === 'data-protection-officer')
          assert.equal(statusCode, OFFICER_ANSWERS.get(endpoint.path) ?? 403, `${role} ${endpoint.path}`)
      }
    }
  })

  test('an assistant who asks for care is told to break the glass, does, and is named among the readers', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    const patientId = await aPatient(made)
    const assistant = await made.actor('assistant')
    await ask(owner, 'POST', `/api/patients/${patientId}/entries`, ACT)
    const acts = `/api/patients/${patientId}/entries?kind=procedure`
    const refused = await ask(assistant, 'GET', acts)
    assert.deepEqual([refused.statusCode, refused.json().code, refused.json().about.part], [403, 'break-glass-needed', 'care'])
    assert.equal((await ask(assistant, 'GET', `/api/patients/${patientId}/chart`)).statusCode, 403)
    assert.equal((await ask(assistant, 'POST', `/api/patients/${patientId}/break-glass`, { reason: 'x' })).statusCode, 400)
    const broken = await ask(assistant, 'POST', `/api/patients/${patientId}/break-glass`, { reason: 'malaise au fauteuil' })
    assert.deepEqual([broken.statusCode, broken.json().endsAt], [201, '2026-03-02T09:00:00.000Z'])
    assert.equal((await ask(assistant, 'GET', `/api/patients/${patientId}/chart`)).statusCode, 200)
    assert.equal((await ask(assistant, 'GET', acts)).json().entries.length, 1)
    const { visits } = (await ask(owner, 'GET', `/api/patients/${patientId}/readers`)).json()
    const [visit, ...others] = visits.filter((each: { account: { id: string } }) => each.account.id === assistant.accountId)
    assert.deepEqual(others, [])
    assert.deepEqual([visit.account.role, visit.isGlassBroken, visit.reason], ['assistant', true, 'malaise au fauteuil'])
    assert.deepEqual([visit.read, visit.traces], [['procedure', 'observation', 'device'], 3])
    assert.ok((await made.details()).some((details) => details.includes('throughBrokenGlass')))
  })

  test('whoever finds a patient by search, in a list or in the diary has seen them, and the journal says so', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    const officer = await made.actor('data-protection-officer')
    const star = await aPatient(made, { birthName: 'Célébrité', fileNumber: '7', bornOn: '1971-05-06' })
    const other = await aPatient(made, { birthName: 'Autre', fileNumber: '8' })
    const booked = { startsAt: '2026-03-12T10:15', zone: 'Europe/Paris', minutes: 30, state: 'booked' }
    await ask(owner, 'POST', `/api/patients/${star}/entries`, { kind: 'appointment', body: booked })
    const assistant = await made.actor('assistant')
    for (const url of ['/api/patients?query=celebrite', '/api/patients', '/api/appointments?from=2026-03-12&to=2026-03-12'])
      assert.equal((await ask(assistant, 'GET', url)).statusCode, 200)
    const asked = (patientId: string) => ask(officer, 'GET', `/api/patients/${patientId}/readers`)
    const listed = (await asked(star)).json().listed as { account: { id: string }; list: string; times: number }[]
    assert.deepEqual(
      listed.map(({ account, list, times }) => `${account.id === assistant.accountId} ${list} ${times}`).toSorted(),
      ['true diary 1', 'true names 1', 'true search 1'],
    )
    assert.deepEqual(
      ((await asked(other)).json().listed as { list: string }[]).map(({ list }) => list),
      ['names'],
    )
    assert.ok((await made.details()).some((details) => details.includes(`"shown":["${star}"]`)))
  })

  test('a data-protection officer finds whose file it is by its number or its link, and learns initials and a year', async () => {
    await using made = await serverFor(engine)
    const officer = await made.actor('data-protection-officer')
    const patientId = await aPatient(made, {
      birthName: 'Célébrité',
      givenNames: ['Zoé'],
      fileNumber: 'A 7',
      bornOn: '1971-05-06',
    })
    const find = (file: string) => made.ask(officer, 'GET', `/api/journal/patient?file=${encodeURIComponent(file)}`)
    const known = { patientId, fileNumber: 'A 7', initials: 'Z. C.', bornYear: '1971' }
    assert.deepEqual((await find('A 7')).json(), known)
    assert.deepEqual((await find(`https://couronne.local/patients/${patientId}?view=care`)).json(), known)
    for (const none of ['A', 'Célébrité', '1971-05-06', patientId.replace(/.$/, 'g')])
      assert.equal((await find(none)).statusCode, 404)
    assert.ok((await made.actions()).includes('journal.read'))
  })

  test('a limited record shows its name in the list and nothing else', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    const patientId = await aPatient(made, { telephones: [{ number: '01 99 00 00 00' }] })
    const practitioner = await made.actor('practitioner')
    const booked = { startsAt: '2026-03-12T10:15', zone: 'Europe/Paris', minutes: 30, state: 'booked', reason: 'douleur' }
    await ask(owner, 'POST', `/api/patients/${patientId}/entries`, { kind: 'appointment', body: booked })
    const limit = { accountIds: [owner.accountId], reason: 'membre de la famille' }
    assert.equal((await ask(owner, 'PUT', `/api/patients/${patientId}/limit`, limit)).statusCode, 204)
    const [line] = (await ask(practitioner, 'GET', '/api/patients')).json().patients
    assert.deepEqual([line.birthName, line.isLimited, line.telephone], ['Exemple', true, undefined])
    assert.equal((await ask(practitioner, 'GET', `/api/patients/${patientId}`)).json().about.part, 'record')
    const days = '/api/appointments?from=2026-03-12&to=2026-03-12'
    const taken = (await ask(practitioner, 'GET', days)).json().appointments
    assert.deepEqual(taken, [{ startsAt: booked.startsAt, zone: booked.zone, minutes: 30, state: 'booked' }])
    assert.equal((await ask(owner, 'GET', days)).json().appointments[0].entry.patient.birthName, 'Exemple')
    assert.deepEqual((await ask(owner, 'GET', `/api/patients/${patientId}/limit`)).json().limit.accountIds, [owner.accountId])
    assert.equal((await ask(owner, 'DELETE', `/api/patients/${patientId}/limit`)).statusCode, 204)
    assert.equal((await ask(practitioner, 'GET', `/api/patients/${patientId}`)).statusCode, 200)
  })

  test('a new patient is whose the practice’s form and the contract of whoever opens the record say, unless one chooses', async () => {
    await using made = await serverFor(engine)
    const { ask, owner, practice } = made
    const steward = async (actor: Actor, stewardship?: object | null) => {
      const body = { identity: anIdentity(), ...(stewardship === undefined ? {} : { stewardship }) }
      const created = await ask(actor, 'POST', '/api/patients', body)
      assert.equal(created.statusCode, 201, created.body)
      return (await ask(actor, 'GET', `/api/patients/${created.json().id}`)).json().stewardship
    }
    assert.equal(await steward(owner), undefined)
    const facts = JSON.stringify({ legalForm: 'selarl', siret: '73282932000074' })
    await practice.db.updateTable('practice').set({ facts }).where('id', '=', practice.id).execute()
    const company = { kind: 'company', name: 'Cabinet d’essai', siren: '732829320' }
    const given = await steward(owner)
    assert.deepEqual([given.steward, given.from], [company, '2026-03-02'])
    assert.equal(await steward(owner, null), undefined)

    const martin = await aPractitioner(made)
    const role = { id: 'role', practice_id: practice.id, practitioner_id: martin, status: 'collaborateur-liberal' }
    await practice.db
      .insertInto('practice_role')
      .values({ ...role, from_on: '2026-01-01', to_on: '2026-03-02' })
      .execute()
    const colleague = await made.actor('practitioner')
    await practice.db.updateTable('account').set({ practitioner_id: martin }).where('id', '=', colleague.accountId).execute()
    const own = { steward: { kind: 'practitioner', practitionerId: martin }, basis: 'contract' }
    assert.deepEqual((await ask(owner, 'GET', '/api/stewards')).json(), {
      first: { steward: company, basis: 'company' },
      all: [{ steward: company, basis: 'company' }, own],
    })
    assert.deepEqual((await steward(colleague)).steward, own.steward)
    assert.deepEqual((await steward(owner, own)).steward, own.steward)
    const nobody = { steward: { kind: 'practitioner', practitionerId: 'nobody' }, basis: 'contract' }
    const refused = await ask(owner, 'POST', '/api/patients', { identity: anIdentity(), stewardship: nobody })
    assert.equal(refused.statusCode, 400)
    made.pass({ hours: 24 })
    assert.deepEqual((await steward(colleague)).steward, company)
  })

  test('lists go by name, page by page, and the journal keeps whom they showed, not what was typed', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    for (const birthName of ['Zola', 'Étienne', 'de Gaulle', 'Abadie', 'abadie'])
      await aPatient(made, { birthName, givenNames: ['Anne'] })
    const names: string[] = []
    let cursor = ''
    do {
      const page = (await ask(owner, 'GET', `/api/patients?limit=2${cursor}`)).json()
      names.push(...page.patients.map((each: { birthName: string }) => each.birthName))
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    assert.deepEqual(names, ['Abadie', 'abadie', 'de Gaulle', 'Étienne', 'Zola'])
    const found = (await ask(owner, 'GET', '/api/patients?query=zola')).json()
    assert.deepEqual(
      found.patients.map((each: { birthName: string }) => each.birthName),
      ['Zola'],
    )
    assert.deepEqual((await made.details()).slice(-1), [JSON.stringify({ count: 1, shown: [found.patients[0].id] })])
    assert.equal((await ask(owner, 'GET', '/api/patients?cursor=bm90IG91cnM')).statusCode, 400)
  })

  test('the chart is drawn from the record', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    const patientId = await aPatient(made)
    const code = { system: 'ccam', code: 'HBGD036', label: 'Avulsion d’1 dent permanente' }
    await ask(owner, 'POST', `/api/patients/${patientId}/entries`, { kind: 'procedure', body: { ...ACT.body, code } })
    const { teeth } = (await ask(owner, 'GET', `/api/patients/${patientId}/chart`)).json()
    assert.deepEqual([teeth[0].fdi, teeth[0].presence], ['36', 'missing'])
  })

  test('what does not hold together is refused by its path, and nothing is written', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    const patientId = await aPatient(made)
    await aPractitioner(made)
    const bad: readonly [object, string][] = [
      [{ ...ACT, body: { ...ACT.body, teeth: [{ fdi: '39' }] } }, 'body.teeth.0.fdi'],
      [{ kind: 'alert', body: { category: 'allergy', state: 'present', label: 'a\u0007b' } }, 'body.label'],
      [{ kind: 'identity', body: anIdentity() }, 'kind'],
      [{ kind: 'document', body: {} }, 'kind'],
      [{ kind: '__proto__', body: {} }, 'kind'],
      [{ ...ACT, extra: 1 }, ''],
      [{ ...ACT, body: { ...ACT.body, practitionerId: 'nobody' } }, 'body.practitionerId'],
    ]
    const before = await made.actions()
    for (const [body, path] of bad) {
      const reply = await ask(owner, 'POST', `/api/patients/${patientId}/entries`, body)
      assert.equal(reply.statusCode, 400, reply.body)
      assert.ok(
        reply.json().fields.some((field: { path: string }) => field.path === path),
        `${path}: ${reply.body}`,
      )
    }
    assert.deepEqual(await made.actions(), before)
    assert.equal((await ask(owner, 'GET', '/api/patients/nobody')).statusCode, 404)
    assert.equal((await ask(owner, 'GET', '/api/appointments?from=2026-01-01&to=2027-01-01')).statusCode, 400)
  })

  test('nothing that is sent makes the server stumble, on any route', async () => {
    await using made = await serverFor(engine)
    const patientId = await aPatient(made)
    const { entryId } = (await made.ask(made.owner, 'GET', `/api/patients/${patientId}`)).json().identity
    const before = await made.actions()
    const hostile = ['%00', 'a%00b', '%ED%A0%80', '..%2f..%2fetc', "'%3B--", '%F0%9F%A6%B7', 'a'.repeat(150)]
    const cursors = [
      ['\0', 'x'],
      ['2024', '\ud800'],
      [1, 2],
      [{}, []],
      ['x'.repeat(900), 'y'],
    ].map((place) => Buffer.from(JSON.stringify(place)).toString('base64url'))
    for (const { endpoint } of patientRoutes) {
      const path = (patient: string, entry: string) => endpoint.path.replace(':patientId', patient).replace(':entryId', entry)
      const urls = [
        ...hostile.flatMap((text) => [
          path(text, 'x'),
          path(patientId, text),
          `${path(patientId, entryId)}?query=${text}&kind=${text}`,
        ]),
        ...cursors.map((cursor) => `${path(patientId, entryId)}?cursor=${cursor}`),
        `${path(patientId, entryId)}?from=2026-01-01&to=2026-01-02&practitionerId=%00&limit=-1`,
      ]
      for (const url of urls) {
        const reply = await made.ask(made.owner, endpoint.method, url, endpoint.method === 'GET' ? undefined : { kind: 'alert' })
        assert.ok(reply.statusCode < 500, `${endpoint.method} ${url}: ${reply.body}`)
      }
    }
    const written = (await made.actions()).slice(before.length).filter((action) => !/read|searched/.test(action))
    assert.deepEqual(written, [])
  })

  test('random bodies are refused, or are bodies', async () => {
    await using made = await serverFor(engine)
    const patientId = await aPatient(made)
    const url = `/api/patients/${patientId}/entries`
    const member = fc.constantFrom(
      'kind',
      'body',
      'category',
      'state',
      'label',
      'code',
      'teeth',
      'practitionerId',
      'on',
      'note',
      '__proto__',
    )
    const kind = fc.constantFrom(...ENTRY_KINDS)
    const body = fc.dictionary(
      member,
      fc.oneof(fc.jsonValue(), fc.constantFrom('\0', '\ud800', 'allergy', 'absent', '2026-03-02')),
    )
    await fc.assert(
      fc.asyncProperty(kind, body, fc.jsonValue(), async (of, members, whole) => {
        for (const payload of [{ kind: of, body: members }, { kind: of, body: whole }, { body: members }]) {
          const { statusCode, body: answer } = await made.ask(made.owner, 'POST', url, payload)
          assert.ok(statusCode === 201 || statusCode === 400, `${statusCode} ${answer}`)
        }
      }),
      { numRuns: 60 },
    )
    assert.equal((await made.ask(made.owner, 'POST', `/api/patients/${patientId}/verify`)).json().isWhole, true)
  })

  test('the same request twice, with its key, opens one record', async () => {
    await using made = await serverFor(engine)
    const body = { identity: anIdentity() }
    const first = await made.ask(made.owner, 'POST', '/api/patients', body, { 'idempotency-key': 'key-12345678' })
    const second = await made.ask(made.owner, 'POST', '/api/patients', body, { 'idempotency-key': 'key-12345678' })
    assert.equal(first.json().id, second.json().id)
    assert.equal((await made.practice.db.selectFrom('patient').select('id').execute()).length, 1)
  })
})

interface Answer {
  readonly statusCode: number
  readonly body: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what a program would be sent
  json(): any
}

interface Served extends TestPractice {
  readonly ask: (actor: Actor, method: string, url: string, payload?: object, headers?: Record<string, string>) => Promise<Answer>
  /** what the journal says since the practice was made: actions, with the kinds that were read */
  readonly actions: () => Promise<string[]>
  readonly details: () => Promise<string[]>
}

async function serverFor(engine: 'sqlite' | 'postgresql'): Promise<Served> {
  const made = await makeTestPractice(engine)
  let asking = made.owner
  const server = await makeServer({
    routes: patientRoutes,
    practice: () => made.practice,
    authenticate: async () => asking,
    recordEvent,
    hosts: new Set(['localhost']),
    version: '0',
  })
  const rows = () => made.practice.db.selectFrom('journal_entry').selectAll().where('seq', '>', 1).orderBy('seq').execute()
  return {
    ...made,
    ask: (actor, method, url, payload, headers = {}) => {
      asking = actor
      return server.inject({
        method: method as 'GET',
        url,
        headers: { host: 'localhost', 'sec-fetch-site': 'same-origin', ...headers },
        ...(payload === undefined ? {} : { payload }),
      })
    },
    actions: async () =>
      (await rows()).map(({ action, details }) => {
        const { kinds } = JSON.parse(details) as { kinds?: string[] }
        return kinds === undefined ? action : `${action} ${kinds.join()}`
      }),
    details: async () => (await rows()).map(({ details }) => details),
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await made[Symbol.asyncDispose]()
    },
  }
}
