/** Records judged as they stand in the database, waived, listed and counted, on both engines, over the routes that people use. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { makeServer } from '#http'
import { recordEvent } from '#journal'
import type { Actor } from '#open-practice'
import { addEntry, type BodyOf, correctEntry, importEntries, withdrawEntry } from '#patients'
import { concernsPatients, type Permission, ROLES } from '#rights'
import { anIdentity, aPatient, aPractitioner, change, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { refreshAll } from './refresh.ts'
import { completenessRoutes } from './routes.ts'
import { keepTrend } from './trend.ts'

const EXTRACTION: BodyOf<'procedure'> = {
  code: { system: 'ccam', code: 'HBGD036', label: 'Avulsion d’1 dent permanente sur arcade sans alvéolectomie' },
  status: 'done',
  teeth: [{ fdi: '46', surfaces: [] }],
  areas: [],
  practitionerId: 'martin',
  performedOn: '2026-02-12',
}
const CONSENT: BodyOf<'consent'> = {
  subject: 'surgery',
  about: 'l’avulsion de la 46',
  decision: 'given',
  decidedOn: '2026-02-10',
  by: 'patient',
  procedureIds: [],
  documentIds: [],
}
const SURGERY = 'consent-missing-for-surgery'
const REASON = 'Urgence de nuit, consentement oral noté.'

onBothEngines('completeness', (engine) => {
  test('a consent that is missing is found, with how grave it is, and found no more once it is there', async () => {
    await using made = await aDesk(engine)
    const { patientId, actId } = await anExtraction(made)
    const [finding] = (await made.findings(patientId)).filter(({ rule }) => rule === SURGERY)
    assert.deepEqual(finding, {
      rule: SURGERY,
      subject: actId,
      severity: 'high',
      state: 'missing',
      isPast: false,
      on: '2026-02-12',
      practitionerId: 'martin',
      entryIds: [actId],
      evidenceIds: [],
      missing: [0],
    })
    const consent = await change(made, (writing) => addEntry(writing, { patientId, kind: 'consent', body: CONSENT }))
    const [met] = (await made.findings(patientId)).filter(({ rule }) => rule === SURGERY)
    assert.deepEqual([met?.state, met?.evidenceIds], ['met', [consent.id]])
    const withdrawal = { patientId, entryId: consent.id, expectedVersion: 1, reason: 'celui d’un autre' }
    await change(made, (writing) => withdrawEntry(writing, withdrawal))
    assert.equal((await made.findings(patientId)).find(({ rule }) => rule === SURGERY)?.state, 'missing')
  })

  test('what was waived stays waived, says who and why, and opens again when the act becomes another', async () => {
    await using made = await aDesk(engine)
    const { patientId, actId } = await anExtraction(made)
    const waiver = { rule: SURGERY, subject: actId, reason: REASON }
    const waivers = `/api/patients/${patientId}/completeness/waivers`
    assert.equal((await made.ask(made.owner, 'POST', waivers, waiver)).statusCode, 204)
    assert.equal((await made.ask(made.owner, 'POST', waivers, waiver)).statusCode, 409)
    const waived = (await made.findings(patientId)).find(({ rule }) => rule === SURGERY)
    assert.deepEqual([waived?.state, waived?.waiver?.reason, waived?.waiver?.by?.name], ['waived', REASON, 'Dr Camille Exemple'])
    const fee = { patientId, entryId: actId, kind: 'procedure', reason: 'honoraires' } as const
    await change(made, (writing) =>
      correctEntry(writing, { ...fee, expectedVersion: 1, body: { ...EXTRACTION, feeCents: 3344 } }),
    )
    assert.equal((await made.findings(patientId)).find(({ rule }) => rule === SURGERY)?.state, 'waived')
    await change(made, (writing) =>
      correctEntry(writing, { ...fee, expectedVersion: 2, body: { ...EXTRACTION, performedOn: '2026-02-13' } }),
    )
    const other = (await made.findings(patientId)).find(({ rule }) => rule === SURGERY)
    assert.deepEqual([other?.state, other?.waiver?.reason], ['missing', REASON])
  })

  test('a waiver ends on its day, can be taken back, and the database keeps every version of it', async () => {
    await using made = await aDesk(engine)
    const { patientId, actId } = await anExtraction(made)
    const waiver = { rule: SURGERY, subject: actId, reason: REASON }
    const waivers = `/api/patients/${patientId}/completeness/waivers`
    await made.ask(made.owner, 'POST', waivers, { ...waiver, untilOn: '2026-03-10' })
    const state = async () => (await made.findings(patientId)).find(({ rule }) => rule === SURGERY)?.state
    made.pass({ hours: 24 * 8 })
    assert.equal(await state(), 'waived')
    made.pass({ hours: 24 })
    await refreshAll(made.practice)
    assert.equal((await stored(made, patientId)).find(({ rule }) => rule === SURGERY)?.state, 'missing')
    assert.equal(await state(), 'missing')
    await made.ask(made.owner, 'POST', waivers, waiver)
    assert.equal((await made.ask(made.owner, 'POST', `${waivers}/withdraw`, waiver)).statusCode, 204)
    assert.equal((await made.ask(made.owner, 'POST', `${waivers}/withdraw`, waiver)).statusCode, 409)
    assert.equal(await state(), 'missing')
    const { db } = made.practice
    const versions = await db.selectFrom('completeness_waiver').select(['version', 'state']).orderBy('version').execute()
    assert.deepEqual(
      versions.map((each) => each.state),
      ['waived', 'waived', 'withdrawn'],
    )
    await assert.rejects(db.deleteFrom('completeness_waiver').execute(), /kept as written/)
    await assert.rejects(db.updateTable('completeness_waiver').set({ reason: 'autre chose' }).execute(), /kept as written/)
    const journal = await db.selectFrom('journal_entry').select(['action', 'reason', 'details']).execute()
    assert.equal(journal.filter(({ action }) => action === 'finding.waived').length, 2)
    assert.ok(!JSON.stringify(journal).includes('Urgence'), 'the reason may be care, which the journal does not hold')
  })

  test('nothing that is not missing is waived', async () => {
    await using made = await aDesk(engine)
    const { patientId, actId } = await anExtraction(made)
    const waivers = `/api/patients/${patientId}/completeness/waivers`
    const ask = (rule: string, subject: string) => made.ask(made.owner, 'POST', waivers, { rule, subject, reason: REASON })
    assert.equal((await ask('act-date-missing', actId)).statusCode, 404)
    assert.equal((await ask('no-such-rule', actId)).statusCode, 404)
    assert.equal((await ask(SURGERY, 'no-such-act')).statusCode, 404)
  })

  test('the practice’s list: gravest first, by rule, gravity and practitioner, in pages, and whom it showed is in the journal', async () => {
    await using made = await aDesk(engine)
    const ids: string[] = []
    for (const fileNumber of ['A', 'B', 'C']) ids.push((await anExtraction(made, fileNumber)).patientId)
    await refreshAll(made.practice)
    const list = async (query: string) => (await made.ask(made.owner, 'GET', `/api/completeness/findings?${query}`)).json()
    const all = (await list('limit=100')).lines as { severity: string; patient: { id: string } }[]
    const ranks = all.map(({ severity }) => ['high', 'medium', 'low'].indexOf(severity))
    assert.deepEqual(ranks, ranks.toSorted())
    const ofRule = (await list(`rule=${SURGERY}&practitionerId=martin`)).lines as { patient: { id: string } }[]
    assert.deepEqual(ofRule.map(({ patient }) => patient.id).toSorted(), ids.toSorted())
    assert.deepEqual((await list(`rule=${SURGERY}&practitionerId=durand`)).lines, [])
    assert.deepEqual((await list(`rule=${SURGERY}&severity=low`)).lines, [])
    const paged: unknown[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = await list(`limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      paged.push(...page.lines)
      cursor = page.next
    }
    assert.deepEqual(paged, all)
    const shown = await made.practice.db
      .selectFrom('journal_entry')
      .select('details')
      .where('subject', '=', 'list:completeness')
      .execute()
    assert.deepEqual(new Set((JSON.parse(shown[0]?.details ?? '{}') as { shown: string[] }).shown), new Set(ids))
  })

  test('a record that is limited to others is in no list of theirs, and its counts are of nobody', async () => {
    await using made = await aDesk(engine)
    const { patientId } = await anExtraction(made)
    await refreshAll(made.practice)
    await keepTrend(made.practice)
    const practitioner = await made.actor('practitioner')
    const count = async () =>
      ((await made.ask(practitioner, 'GET', `/api/completeness/findings?rule=${SURGERY}`)).json().lines as unknown[]).length
    assert.equal(await count(), 1)
    const limit = { practice_id: made.practice.id, patient_id: patientId, accounts: JSON.stringify([made.owner.accountId]) }
    await made.practice.db
      .insertInto('record_limit')
      .values({ ...limit, reason: 'un proche', set_at: '2026-03-02T08:00:00.000Z', set_by: made.owner.accountId })
      .execute()
    assert.equal(await count(), 0)
    assert.equal((await made.ask(practitioner, 'GET', `/api/patients/${patientId}/completeness`)).statusCode, 403)
    assert.equal((await made.ask(practitioner, 'GET', '/api/completeness')).json().records.missing, 1)
  })

  test('counts and trend: by rule, in things; as a whole, in records', async () => {
    await using made = await aDesk(engine)
    const { patientId } = await anExtraction(made)
    await aPatient(made, { bornOn: '1970-02-03', telephones: [{ number: '0199000000' }] })
    await refreshAll(made.practice)
    await keepTrend(made.practice)
    await change(made, (writing) => addEntry(writing, { patientId, kind: 'consent', body: CONSENT }))
    made.pass({ hours: 24 })
    await refreshAll(made.practice)
    await keepTrend(made.practice)
    const { days } = (await made.ask(made.owner, 'GET', `/api/completeness/trend?rule=${SURGERY}`)).json()
    assert.deepEqual(days, [
      { on: '2026-03-02', met: 0, missing: 1, waived: 0 },
      { on: '2026-03-03', met: 1, missing: 0, waived: 0 },
    ])
    const counts = (await made.ask(made.owner, 'GET', '/api/completeness')).json()
    assert.deepEqual([counts.on, counts.records], ['2026-03-03', { met: 0, missing: 2, waived: 0 }])
    assert.deepEqual(
      counts.rules.find(({ rule }: { rule: string }) => rule === SURGERY),
      { rule: SURGERY, met: 1, missing: 0, waived: 0 },
    )
  })

  test('care before the chosen day is told apart, and the day can be chosen', async () => {
    await using made = await aDesk(engine)
    const { patientId } = await anExtraction(made, 'A', '2025-02-12')
    assert.equal(
      (await made.findings(patientId)).some(({ rule }) => rule === SURGERY),
      false,
    )
    const page = (await made.ask(made.owner, 'GET', `/api/patients/${patientId}/completeness?past=true`)).json()
    assert.equal(page.since, '2025-03-02')
    assert.ok(page.pastMissing > 0)
    const past = page.findings.find(({ rule }: { rule: string }) => rule === SURGERY)
    assert.deepEqual([past?.state, past?.isPast], ['missing', true])
    assert.equal((await made.ask(made.owner, 'PUT', '/api/completeness/since', { since: '2024-01-01' })).statusCode, 200)
    assert.equal((await made.findings(patientId)).find(({ rule }) => rule === SURGERY)?.state, 'missing')
    await refreshAll(made.practice)
    assert.ok((await stored(made, patientId)).some(({ rule }) => rule === SURGERY))
  })

  test('what has not changed is neither judged nor written again', async () => {
    await using made = await aDesk(engine)
    const { patientId } = await anExtraction(made)
    await aPatient(made)
    assert.deepEqual(await refreshAll(made.practice), { records: 2, judged: 2, written: 2 })
    assert.deepEqual(await refreshAll(made.practice), { records: 2, judged: 0, written: 0 })
    assert.deepEqual(await refreshAll(made.practice, { isAgain: true }), { records: 2, judged: 2, written: 0 })
    await change(made, (writing) => addEntry(writing, { patientId, kind: 'consent', body: CONSENT }))
    assert.deepEqual(await refreshAll(made.practice), { records: 2, judged: 1, written: 1 })
  })

  test('an import of five thousand acts is judged as what is typed', async () => {
    await using made = await aDesk(engine)
    const patients = Array.from({ length: 500 }, (_, i) => ({
      id: `p-${i}`,
      identity: { ...anIdentity({ birthName: `Nom ${i}` }), fileNumber: `F${i}` },
    }))
    const entries = patients.flatMap(({ id }) =>
      Array.from({ length: 10 }, (_, i) => ({
        patientId: id,
        kind: 'procedure' as const,
        body: { ...EXTRACTION, performedOn: `202${i % 7}-02-1${i}` },
      })),
    )
    await importEntries(made.practice, made.owner, [{ source: 'essai', patients, entries }])
    assert.deepEqual(await refreshAll(made.practice), { records: 500, judged: 500, written: 500 })
    const { count } = await made.practice.db
      .selectFrom('completeness_finding')
      .select((row) => row.fn.countAll<number | string>().as('count'))
      .where('rule', '=', SURGERY)
      .executeTakeFirstOrThrow()
    assert.equal(Number(count), 500, 'one extraction each since 2 March 2025')
  })

  test('a record that does not read keeps no other from being judged', async () => {
    await using made = await aDesk(engine)
    const { patientId } = await anExtraction(made)
    const other = await anExtraction(made, 'B')
    const { db } = made.practice
    await (engine === 'sqlite'
      ? sql`drop trigger record_version_no_update`.execute(db)
      : sql`alter table record_version disable trigger user`.execute(db))
    await db.updateTable('record_version').set({ body: '{}' }).where('entry_id', '=', other.actId).execute()
    const troubles: unknown[] = []
    await refreshAll(made.practice, { onTrouble: (error) => troubles.push(error) })
    assert.deepEqual(
      troubles.map((error) => (error as { code?: string }).code),
      ['damaged'],
    )
    assert.ok((await stored(made, patientId)).some(({ rule }) => rule === SURGERY))
    assert.deepEqual(await stored(made, other.patientId), [])
  })

  test('records that are shown as one are judged as one, until they are parted', async () => {
    await using made = await aDesk(engine)
    const { patientId } = await anExtraction(made)
    const other = await aPatient(made, { fileNumber: 'B' })
    await change(made, (writing) => addEntry(writing, { patientId: other, kind: 'consent', body: CONSENT }))
    await refreshAll(made.practice)
    assert.ok((await stored(made, patientId)).some(({ rule }) => rule === SURGERY))
    const link = { id: 'link', practice_id: made.practice.id, patient_id: other, kept_id: patientId, reason: 'la même personne' }
    const { db } = made.practice
    await db
      .insertInto('patient_link')
      .values({ ...link, joined_at: '2026-03-02T08:00:00.000Z', joined_by: made.owner.accountId })
      .execute()
    await refreshAll(made.practice)
    assert.ok(!(await stored(made, patientId)).some(({ rule }) => rule === SURGERY))
    assert.deepEqual(await stored(made, other), [])
    await db.updateTable('patient_link').set({ undone_at: '2026-03-02T09:00:00.000Z' }).execute()
    await refreshAll(made.practice)
    assert.ok((await stored(made, patientId)).some(({ rule }) => rule === SURGERY))
    assert.ok((await stored(made, other)).length > 0)
  })

  test('who sees care sees findings; counts and rules are for everybody of the practice; the IT provider meets no patient', async () => {
    await using made = await aDesk(engine)
    const { patientId } = await anExtraction(made)
    for (const role of ROLES) {
      const actor = await made.actor(role)
      const status = async (path: string) => (await made.ask(actor, 'GET', path)).statusCode
      const isCare = role === 'owner' || role === 'practitioner'
      assert.equal(await status(`/api/patients/${patientId}/completeness`), isCare ? 200 : 403, role)
      assert.equal(await status('/api/completeness/findings'), isCare ? 200 : 403, role)
      for (const path of ['/api/completeness', '/api/completeness/trend', '/api/completeness/rules'])
        assert.equal(await status(path), 200, `${role} ${path}`)
    }
    for (const { endpoint } of completenessRoutes)
      assert.equal(concernsPatients(endpoint.permission as Permission), /patients|findings/.test(endpoint.path), endpoint.path)
  })
})

interface Found {
  readonly rule: string
  readonly state: string
  readonly evidenceIds: string[]
  readonly waiver?: { readonly reason?: string; readonly by?: { readonly name?: string } }
}

/** A practice, and a way to ask its routes. */
async function aDesk(engine: Parameters<typeof makeTestPractice>[0]) {
  const made = await makeTestPractice(engine)
  await aPractitioner(made)
  let asking = made.owner
  const server = await makeServer({
    routes: completenessRoutes,
    practice: () => made.practice,
    authenticate: async () => asking,
    recordEvent,
    hosts: new Set(['localhost']),
    version: '0',
  })
  const ask = async (actor: Actor, method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    asking = actor
    return server.inject({ method, url, ...(payload === undefined ? {} : { payload }) })
  }
  const findings = async (patientId: string) =>
    (await ask(made.owner, 'GET', `/api/patients/${patientId}/completeness`)).json().findings as Found[]
  return Object.assign(made, {
    ask,
    findings,
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await made.installation.close()
    },
  })
}

async function anExtraction(made: TestPractice, fileNumber = 'A', performedOn = '2026-02-12') {
  const patientId = await aPatient(made, { fileNumber })
  const body = { ...EXTRACTION, performedOn }
  const { id } = await change(made, (writing) => addEntry(writing, { patientId, kind: 'procedure', body }))
  return { patientId, actId: id }
}

async function stored({ practice }: TestPractice, patientId: string) {
  return practice.db.selectFrom('completeness_finding').selectAll().where('patient_id', '=', patientId).execute()
}
