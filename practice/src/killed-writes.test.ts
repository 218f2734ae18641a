/**
 * kill -9 of a server while several people write records: what it had acknowledged is there with its journal entry, nothing is half-written,
 * and whoever has had no answer asks again with the same `Idempotency-Key` and gets the work done once.
 *
 * The seed is printed; `COURONNE_SEED` repeats what is asked and when the kills come, as far as two processes can be repeated.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Engine } from '#database'
import { verifyJournal } from '#journal'
import type { OpenPractice } from '#open-practice'
import { verifyRecord } from '#patients'
import { type Answer, Desk, databaseFor, KillableServer, serverOptions } from '#testing'
import { startApp } from './app.ts'

const KILLS = process.env.COURONNE_CAMPAIGN === '1' ? 100 : 3
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)
const WRITERS = 6
/** A kill comes after so many acknowledgements, */
const ACKNOWLEDGED_MAX = 60
/** and so much later: a write takes some milliseconds. */
const KILL_MS_MAX = 20

for (const engine of ['sqlite', 'postgresql'] as const satisfies readonly Engine[])
  suite(`writes to records under kill -9, ${engine}`, () => {
    test('what was acknowledged is there, nothing is half-written, and a request asked again is carried out once', {
      timeout: 3_600_000,
    }, async (context) => {
      context.diagnostic(`COURONNE_SEED=${SEED}`)
      const random = seeded(SEED)
      const top = mkdtempSync(join(tmpdir(), 'couronne-killed-writes-'))
      try {
        const place = await aPlace(engine, top)
        let [acknowledged, unanswered, carriedOut] = [0, 0, 0]
        for (let kill = 0; kill < KILLS; kill++) {
          const asked = await writeUntilKilled(place, kill, random)
          acknowledged += asked.filter(({ answer }) => answer !== undefined).length
          unanswered += asked.filter(({ answer }) => answer === undefined).length
          await using app = await startApp(place.options)
          carriedOut += await requireAcknowledged(app.installation.practice(), asked)
          await askAgain(await Desk.signIn(app), app.installation.practice(), asked)
          await requireWhole(app.installation.practice())
        }
        context.diagnostic(`${acknowledged} writes acknowledged; ${unanswered} cut off, of which ${carriedOut} were carried out`)
        assert.ok(unanswered > 0, 'no kill came while something was being written')
      } finally {
        rmSync(top, { recursive: true, force: true })
      }
    })
  })

type Place = Awaited<ReturnType<typeof aPlace>>

/** A practice with its owner, which opens by itself. */
async function aPlace(engine: Engine, top: string) {
  const database = await databaseFor(engine)
  const options = {
    ...serverOptions(top),
    ...(database === undefined ? {} : { database }),
  }
  await using app = await startApp(options)
  await Desk.setUp(app)
  return { options }
}

type Work = 'patient' | 'entry' | 'correction'

/** A request, with what the server said to it before it was killed. */
interface Asked {
  readonly work: Work
  /** stands in what is written, and nowhere else */
  readonly mark: string
  readonly path: string
  readonly body: object
  /** undefined: the connection broke */
  answer?: Answer
}

async function writeUntilKilled({ options }: Place, kill: number, random: () => number): Promise<readonly Asked[]> {
  await using server = await KillableServer.start(options)
  const desk = await Desk.signIn(server)
  const shared = await aShared(desk)
  const asked: Asked[] = []
  const wanted = 1 + Math.floor(random() * ACKNOWLEDGED_MAX)
  const delayMs = random() * KILL_MS_MAX
  const writers = Array.from({ length: WRITERS }, (_, i) =>
    writeOn({ desk, server, shared, asked, random: seeded(random() * 2 ** 32), name: `${kill}x${i}` }),
  )
  const written = Promise.all(writers)
  await Promise.race([written, untilAcknowledged(asked, wanted, server)])
  await setTimeout(delayMs)
  server.kill()
  await written
  return asked
}

async function untilAcknowledged(asked: readonly Asked[], count: number, server: KillableServer): Promise<void> {
  while (!server.isKilled && asked.filter(({ answer }) => answer !== undefined).length < count) await setTimeout(1)
}

interface Entry {
  readonly patientId: string
  readonly id: string
}

interface Writer {
  readonly desk: Desk
  readonly server: KillableServer
  /** an entry that all of them correct */
  readonly shared: Entry
  readonly asked: Asked[]
  readonly random: () => number
  readonly name: string
}

/** Before the kill: a patient and an entry to work on. */
async function aShared(desk: Desk): Promise<Entry> {
  const { json: patient } = await desk.ask('POST', '/api/patients', aNewPatient('Commune'))
  const { json: entry } = await desk.ask('POST', `/api/patients/${patient.id}/entries`, anAlert('commune'))
  return { patientId: patient.id, id: entry.id }
}

/** Opens records, adds to them and corrects, one request after the other, until the connection breaks. */
async function writeOn({ desk, server, shared, asked, random, name }: Writer): Promise<void> {
  const own: Entry[] = []
  const versions = new Map<string, number>()
  let patientId = shared.patientId
  for (let i = 0; ; i++) {
    const mark = letters(`marque${name}x${i}`)
    const work = (['patient', 'entry', 'correction'] as const)[Math.floor(random() * 3)] ?? 'entry'
    const entry = random() < 0.3 ? shared : (own[Math.floor(random() * own.length)] ?? shared)
    const expectedVersion = versions.get(entry.id) ?? 1
    const one: Asked = {
      patient: { work, mark, path: '/api/patients', body: aNewPatient(mark) },
      entry: { work, mark, path: `/api/patients/${patientId}/entries`, body: anAlert(mark) },
      correction: {
        work,
        mark,
        path: `/api/patients/${entry.patientId}/entries/${entry.id}`,
        body: { ...anAlert(mark), expectedVersion, reason: 'précisée' },
      },
    }[work]
    asked.push(one)
    const answer = await ask(desk, one).catch(() => undefined)
    if (answer === undefined) {
      assert.ok(server.isKilled, 'a connection broke before the kill')
      return
    }
    if (work === 'correction' && answer.status === 409) {
      versions.set(entry.id, answer.json.about.version)
      asked.splice(asked.indexOf(one), 1) // somebody else was quicker: nothing was to be written
      continue
    }
    assert.equal(answer.status, work === 'correction' ? 200 : 201, answer.text)
    one.answer = answer
    if (work === 'patient') patientId = answer.json.id
    if (work === 'entry') own.push({ patientId, id: answer.json.id })
    if (work === 'correction') versions.set(entry.id, answer.json.version)
  }
}

function ask(desk: Desk, { work, mark, path, body }: Asked): Promise<Answer> {
  return desk.ask(work === 'correction' ? 'PUT' : 'POST', path, body, { 'idempotency-key': mark })
}

const ACTIONS = { patient: 'patient.created', entry: 'record.changed', correction: 'record.corrected' } as const

/**
 * Each with the version that it made, and with a journal entry that has the version's hash.
 *
 * @returns how many are there of which nobody was told
 */
async function requireAcknowledged(practice: OpenPractice, asked: readonly Asked[]): Promise<number> {
  const written = await readWritten(practice)
  const journal = await readJournal(practice)
  let untold = 0
  for (const { work, mark, answer } of asked) {
    const found = written.get(mark) ?? []
    if (answer === undefined) {
      assert.ok(found.length <= 1, `${mark} is there ${found.length} times`)
      untold += found.length
      continue
    }
    assert.equal(found.length, 1, `${work} ${mark} was acknowledged`)
    const [version] = found as [Written]
    assert.equal(work === 'patient' ? version.patient_id : version.entry_id, answer.json.id)
    assert.equal(version.version, answer.json.version ?? 1)
    const told = journal.get(`${version.kind}:${version.entry_id} ${version.version}`)
    assert.deepEqual(told, [{ action: ACTIONS[work], patientId: version.patient_id, hash: version.hash }])
  }
  return untold
}

/** Twice at once, as an impatient client does. What had been answered is answered again; the rest is done now, or was before. */
async function askAgain(desk: Desk, practice: OpenPractice, asked: readonly Asked[]): Promise<void> {
  const repeatable = asked.filter(({ work }) => work !== 'correction')
  const cutOff = repeatable.filter(({ answer }) => answer === undefined)
  const lastAnswered = repeatable.filter(({ answer }) => answer !== undefined).slice(-WRITERS)
  for (const one of [...lastAnswered, ...cutOff]) {
    const answers = await Promise.all([ask(desk, one), ask(desk, one)])
    for (const { status, json, text } of answers) {
      if (one.answer !== undefined) assert.deepEqual([status, json], [201, one.answer.json])
      else assert.ok(status === 201 || (status === 409 && json.code === 'conflict'), text)
    }
  }
  const written = await readWritten(practice)
  for (const { mark } of repeatable) assert.equal(written.get(mark)?.length, 1, `${mark} asked again`)
  for (const { mark } of cutOff.filter(({ work }) => work === 'patient')) {
    const found = await desk.ask('GET', `/api/patients?query=${mark}`)
    const ids = found.json.patients.map(({ id }: { id: string }) => id)
    assert.ok(ids.includes(written.get(mark)?.[0]?.patient_id), `${mark} cannot be searched for`)
  }
}

/** Both chains hold, and no row of one table lacks its fellow in another. */
async function requireWhole({ db, id }: OpenPractice): Promise<void> {
  assert.deepEqual((await verifyJournal(db, id)).breaks, [])
  const patients = (await db.selectFrom('patient').select('id').execute()).map((row) => row.id)
  for (const patientId of patients) assert.deepEqual((await verifyRecord(db, id, patientId)).breaks, [], patientId)
  const there = new Set(patients)
  for (const table of ['record_entry', 'record_version', 'patient_word'] as const) {
    const owners = new Set((await db.selectFrom(table).select('patient_id').distinct().execute()).map((row) => row.patient_id))
    assert.deepEqual([...owners.symmetricDifference(there)], [], `${table} and patient are not of the same patients`)
  }
  const versions = await db.selectFrom('record_version').select('entry_id').execute()
  const told = await db.selectFrom('journal_entry').select('seq').where('action', 'in', Object.values(ACTIONS)).execute()
  assert.equal(told.length, versions.length, 'the journal tells of as many versions as there are')
}

interface Written {
  readonly entry_id: string
  readonly patient_id: string
  readonly version: number
  readonly kind: string
  readonly hash: string
}

/** The versions in which each mark stands. */
async function readWritten({ db, id }: OpenPractice): Promise<Map<string, Written[]>> {
  const versions = await db.selectFrom('record_version').selectAll().where('practice_id', '=', id).execute()
  return Map.groupBy(versions, ({ body }) => /marque\w+/.exec(body ?? '')?.[0] ?? '')
}

async function readJournal({ db, id }: OpenPractice) {
  const rows = await db
    .selectFrom('journal_entry')
    .select(['action', 'subject', 'patient_id', 'details'])
    .where('practice_id', '=', id)
    .where('action', 'in', Object.values(ACTIONS))
    .execute()
  const entries = rows.map(({ action, subject, patient_id: patientId, details }) => {
    const { version, hash } = JSON.parse(details) as { version: number; hash: string }
    return { key: `${subject} ${version}`, told: { action, patientId, hash } }
  })
  return new Map([...Map.groupBy(entries, ({ key }) => key)].map(([key, group]) => [key, group.map(({ told }) => told)]))
}

/** Without a file number: a second one would otherwise be refused for the number alone. */
function aNewPatient(birthName: string) {
  return { identity: { birthName, givenNames: ['Anne'], sex: 'female' } }
}

function anAlert(label: string) {
  return { kind: 'alert', body: { category: 'allergy', state: 'present', label } }
}

/** Numbers are no part of a name: a search would take them for something else. */
function letters(text: string): string {
  return text.replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
