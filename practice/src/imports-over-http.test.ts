/** A practice's past over HTTP: files sent, looked at, mapped, tried, decided about, taken over, and again the next night. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import type { z } from 'zod'
import { verifyJournal } from '#journal'
import { Desk, databaseFor, onBothEngines, serverOptions } from '#testing'
import { type App, startApp } from './app.ts'
import type { leftRowSchema } from './imports/contract.ts'

const VECTORS = join(import.meta.dirname, '../../tests/vectors/legacy-export')
const top = mkdtempSync(join(tmpdir(), 'couronne-imports-http-'))
after(() => rmSync(top, { recursive: true, force: true }))

/** Anne once more, under another number. */
const TWICE = '900;LEROY;Anne;LEROY;24/01/1985;F;;;;;;\r\n'

let places = 0

type LeftRow = z.output<typeof leftRowSchema>

async function serve(
  engine: 'sqlite' | 'postgresql',
  more: { importFolder?: string } = {},
): Promise<{ app: App; desk: Desk; folder: string }> {
  const place = join(top, String(places++))
  const database = await databaseFor(engine)
  const options = serverOptions(place)
  const app = await startApp({ ...options, ...(database === undefined ? {} : { database }), ...more })
  return { app, desk: await Desk.setUp(app), folder: options.folder }
}

function exported(): Map<string, Buffer> {
  const names = readdirSync(VECTORS, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => !name.endsWith('.md') && statSync(join(VECTORS, name)).isFile())
  return new Map(files.map((name) => [name, readFileSync(join(VECTORS, name))]))
}

async function makeSource(desk: Desk, body: object = {}): Promise<string> {
  const made = await desk.ask('POST', '/api/imports/sources', { title: 'Ancien logiciel', place: { kind: 'files' }, ...body })
  assert.equal(made.status, 201, made.text)
  return made.json.id
}

async function send(desk: Desk, sourceId: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  const asked = [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.length }))
  const begun = await desk.ask('POST', `/api/imports/sources/${sourceId}/files`, { files: asked })
  assert.equal(begun.status, 201, begun.text)
  for (const { id, path, receivedBytes } of begun.json.files) {
    const bytes = files.get(path) ?? Buffer.alloc(0)
    const sent = await desk.ask('PATCH', `/api/imports/files/${id}`, bytes.subarray(receivedBytes), {
      'upload-offset': `${receivedBytes}`,
    })
    assert.equal(sent.status, 200, sent.text)
    assert.equal(sent.json.receivedBytes, bytes.length)
  }
}

/** Starts a run and waits for its end. */
async function run(desk: Desk, sourceId: string, body: object) {
  const started = await desk.ask('POST', `/api/imports/sources/${sourceId}/runs`, body)
  assert.equal(started.status, 202, started.text)
  const job = await ended(desk, started.json.jobId)
  if (job.state !== 'done') return { job, report: undefined }
  const report = await desk.ask('GET', `/api/imports/runs/${job.about.runId}`)
  assert.equal(report.status, 200, report.text)
  return { job, report: report.json }
}

async function ended(desk: Desk, jobId: string) {
  for (let times = 0; times < 600; times++, await setTimeout(50)) {
    const { json } = await desk.ask('GET', `/api/jobs/${jobId}`)
    if (json.endedAt !== undefined) return json
  }
  throw new Error('the job does not end')
}

const counts = (report: { tables: Record<string, number>[] }) =>
  report.tables.map((table) => [table.rows, table.added, table.changed, table.same, table.repeated, table.refused])

onBothEngines('an import over HTTP', (engine) => {
  test('from files that are sent to a report that accounts for every row, and the next night', async () => {
    const { app, desk, folder } = await serve(engine)
    await using _app = app
    const sourceId = await makeSource(desk, { profileName: 'csv' })
    const files = exported()
    await send(desk, sourceId, files)
    const patients = files.get('patients.csv') ?? Buffer.alloc(0)
    for (const name of readdirSync(join(folder, 'practice/imports/files'))) {
      const sealed = readFileSync(join(folder, 'practice/imports/files', name))
      assert.equal(sealed.includes(patients.subarray(0, 60)), false, 'what waits is sealed')
    }

    const contents = await desk.ask('GET', `/api/imports/sources/${sourceId}/contents`)
    assert.equal(contents.status, 200, contents.text)
    const table = contents.json.tables.find(({ name }: { name: string }) => name === 'patients.csv')
    assert.deepEqual(
      [contents.json.type, table.encoding, table.delimiter, table.rowsSeen, table.isMore],
      ['csv', 'windows-1252', ';', 6, false],
    )
    assert.deepEqual(table.columns.find(({ name }: { name: string }) => name === 'DateNaiss').dayFormat, { format: 'dd/MM/yyyy' })
    assert.equal(contents.json.proposed.tables.length, 3)

    const preview = await desk.ask('POST', `/api/imports/sources/${sourceId}/preview`, {
      source: { type: 'csv' },
      table: contents.json.proposed.tables.find(({ entity }: { entity: string }) => entity === 'patient'),
      rows: 10,
    })
    assert.equal(preview.status, 200, preview.text)
    const [first] = preview.json.rows
    assert.deepEqual([first.fate, first.read.bornOn, first.written.DateNaiss], ['added', '1985-01-24', '24/01/1985'])
    assert.equal(preview.json.findings['test-patient'], 1)

    const saved = await desk.ask('PUT', `/api/imports/sources/${sourceId}/profile`, { profile: contents.json.proposed })
    assert.equal(saved.status, 200, saved.text)
    const mapped = await desk.ask('GET', `/api/imports/sources/${sourceId}/profile/yaml`)
    assert.match(mapped.text, /^name: ancien-logiciel$/m)

    const dry = await run(desk, sourceId, { isDry: true })
    const expected = [
      [6, 4, 0, 0, 1, 1],
      [7, 6, 0, 0, 0, 1],
      [3, 2, 0, 0, 0, 1],
    ]
    assert.deepEqual(counts(dry.report), expected)
    assert.equal((await desk.ask('GET', '/api/patients?query=LEROY')).json.patients?.length ?? 0, 0)
    const refused = await desk.ask('GET', `/api/imports/runs/${dry.report.id}/rows`)
    assert.deepEqual(
      refused.json.rows.map(({ table, line, findings }: LeftRow) => [table, line, findings.at(-1)?.code]),
      [
        ['document', 4, 'file-missing'],
        ['patient', 7, 'day-unknown'],
        ['procedure', 6, 'patient-unknown'],
      ],
    )

    const decided = await desk.ask('POST', `/api/imports/sources/${sourceId}/decisions`, {
      decision: { kind: 'test-patient', key: '127', isLetIn: false },
    })
    assert.equal(decided.status, 201, decided.text)
    const real = await run(desk, sourceId, { isDry: false })
    assert.deepEqual(counts(real.report), expected)
    assert.deepEqual(real.report.tables[0].findings.ignored, 1)
    const again = await run(desk, sourceId, { isDry: false })
    assert.deepEqual(counts(again.report), [
      [6, 0, 0, 4, 1, 1],
      [7, 0, 0, 6, 0, 1],
      [3, 0, 0, 2, 0, 1],
    ])

    const csv = await desk.ask('GET', `/api/imports/runs/${real.report.id}/report.csv`)
    assert.equal(csv.text.startsWith('\u{feff}table;ligne;cle;motifs;texte\r\n'), true)
    assert.match(csv.text, /"procedure";"6";"5";"patient-unknown/)
    const json = await desk.ask('GET', `/api/imports/runs/${real.report.id}/report.json`)
    assert.equal(json.json.rows.filter(({ isRefused }: { isRefused: boolean }) => isRefused).length, 3)
    const practice = app.installation.practice()
    assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
    assert.deepEqual(
      await practice.db.selectFrom('match_due').selectAll().execute(),
      [],
      'who came is compared with who was there',
    )

    const removed = await desk.ask('DELETE', `/api/imports/sources/${sourceId}/files`)
    assert.equal(removed.status, 204, removed.text)
    assert.deepEqual(readdirSync(join(folder, 'practice/imports/files')), [])
    assert.deepEqual(readdirSync(join(folder, 'practice/imports/open')), [], 'nothing stays in the clear')
  })

  test('that asks: an empty table, no mapping, files that are not whole', async () => {
    const { app, desk } = await serve(engine)
    await using _app = app
    const sourceId = await makeSource(desk)
    const files = exported()
    const acts = files.get('actes.csv') ?? Buffer.alloc(0)
    files.set('actes.csv', acts.subarray(0, acts.indexOf('\r\n') + 2))
    await send(desk, sourceId, files)
    assert.equal((await run(desk, sourceId, { isDry: true })).job.error.code, 'conflict')
    const { proposed } = (await desk.ask('GET', `/api/imports/sources/${sourceId}/contents`)).json
    await desk.ask('PUT', `/api/imports/sources/${sourceId}/profile`, { profile: proposed })
    const empty = await run(desk, sourceId, { isDry: true })
    assert.deepEqual([empty.job.error.code, empty.job.error.about.tables], ['import-source', 'actes.csv'])
    const said = await run(desk, sourceId, { isDry: true, mayBeEmpty: ['actes.csv'] })
    assert.equal(said.job.state, 'done')
    await desk.ask('POST', `/api/imports/sources/${sourceId}/files`, { files: [{ path: 'more.csv', sizeBytes: 9 }] })
    const partial = await run(desk, sourceId, { isDry: true })
    assert.equal(partial.job.error.code, 'import-source')
  })
})

onBothEngines('a dry run over HTTP', (engine) => {
  test('says who may be at the practice already, and whom it showed is in the journal', async () => {
    const { app, desk } = await serve(engine)
    await using _app = app
    const sourceId = await makeSource(desk, { profileName: 'csv' })
    const files = exported()
    files.set('patients.csv', Buffer.concat([files.get('patients.csv') ?? Buffer.alloc(0), Buffer.from(TWICE, 'latin1')]))
    await send(desk, sourceId, files)
    const identity = { birthName: 'Leroy', givenNames: ['Anne'], sex: 'female', bornOn: '1985-01-24' }
    const { json: made } = await desk.ask('POST', '/api/patients', { identity })
    const { report } = await run(desk, sourceId, { isDry: true })
    assert.deepEqual(report.tables[0].duplicates, { practice: 2, source: 1 })
    const ask = (query: string) => desk.ask('GET', `/api/imports/runs/${report.id}/duplicates?${query}`)
    const first = await ask('which=practice&limit=1')
    assert.equal(first.status, 200, first.text)
    const rest = await ask(`which=practice&limit=1&cursor=${encodeURIComponent(first.json.next)}`)
    const found = [...first.json.duplicates, ...rest.json.duplicates]
    assert.deepEqual(
      found.map(({ person, other, certainty }) => [person.line, person.key, other.patient.id, certainty]),
      [
        [2, '123', made.id, 'sure'],
        [8, '900', made.id, 'sure'],
      ],
    )
    const { json } = await ask('which=source')
    assert.deepEqual(
      json.duplicates.map(
        ({ person, other }: { person: { line: number }; other: { person: { line: number; birthName: string } } }) => [
          person.line,
          other.person.line,
          other.person.birthName,
        ],
      ),
      [[8, 2, 'LEROY']],
    )
    const { db } = app.installation.practice()
    const shown = await db.selectFrom('journal_shown').select('patient_id').where('patient_id', '=', made.id).execute()
    assert.equal(shown.length >= 2, true)
    assert.equal((await desk.ask('GET', '/api/patients?query=LEROY')).json.patients.length, 1, 'nothing was written')
  })
})

test('a database file: its tables, and a preview of one or of a query', async () => {
  const file = join(top, 'cabinet.db')
  const database = new Sqlite(file)
  database.exec(`create table PATIENT (NUMPAT, NOM, PRENOM, NAISSANCE);
    insert into PATIENT values (1, 'EXEMPLE', 'Anne', '1985-01-24'), (2, 'TEST', 'Test', '')`)
  database.close()
  const { app, desk } = await serve('sqlite')
  await using _app = app
  const sourceId = await makeSource(desk)
  await send(desk, sourceId, new Map([['cabinet.db', readFileSync(file)]]))
  const { json: contents } = await desk.ask('GET', `/api/imports/sources/${sourceId}/contents`)
  assert.deepEqual([contents.type, contents.proposed.source], ['sqlite', { type: 'sqlite', file: 'cabinet.db' }])
  assert.deepEqual(contents.tables[0].columns[1], { name: 'NOM', examples: ['EXEMPLE', 'TEST'], filled: 2 })
  const [proposed] = contents.proposed.tables
  for (const from of ['PATIENT', 'select * from PATIENT where NUMPAT > 0']) {
    const preview = await desk.ask('POST', `/api/imports/sources/${sourceId}/preview`, {
      source: contents.proposed.source,
      table: { ...proposed, from },
    })
    assert.deepEqual([preview.status, preview.json.rows[0].read.bornOn], [200, '1985-01-24'], preview.text)
  }
  const elsewhere = { type: 'sql', server: 'postgresql', database: 'x', user: 'x', host: '192.0.2.1' }
  const refused = await desk.ask('POST', `/api/imports/sources/${sourceId}/preview`, { source: elsewhere, table: proposed })
  assert.deepEqual([refused.status, refused.json.code], [422, 'import-source'], 'a source of files calls nobody')
})

test('a profile that is wrong is refused with its places', async () => {
  const { app, desk } = await serve('sqlite')
  await using _app = app
  const sourceId = await makeSource(desk)
  const put = (yaml: string) => desk.ask('PUT', `/api/imports/sources/${sourceId}/profile/yaml`, { yaml })
  const broken = await put('couronne: import-profile\nname: [x\n')
  assert.deepEqual([broken.status, broken.json.fields[0].path.startsWith('yaml:')], [400, true])
  const yaml = readFileSync(join(import.meta.dirname, 'sources/profiles/csv.yaml'), 'utf8')
  const wrong = await put(yaml.replace('entity: patient', 'entity: person'))
  assert.deepEqual([wrong.status, wrong.json.fields[0].path], [400, 'profile.tables.0.entity'])
  const right = await put(yaml)
  assert.equal(right.status, 200, right.text)
  const kept = await desk.ask('GET', `/api/imports/sources/${sourceId}/profile/yaml`)
  assert.match(kept.text, /^# Three files/, 'comments stay')
  const named = await desk.ask('PUT', `/api/imports/sources/${sourceId}/profile`, {
    profile: { ...right.json.profile, tables: [{ ...right.json.profile.tables[0], fields: { numero: 'NumPat' } }] },
  })
  assert.deepEqual([named.status, named.json.fields[0].path], [400, 'profile.tables.0.fields.numero'])
})

test('a piece goes on where the one before stopped; a file that was sent before is not sent again', async () => {
  const { app, desk } = await serve('sqlite')
  await using _app = app
  const sourceId = await makeSource(desk)
  const bytes = Buffer.alloc(3_000_000, 'Anne;Exemple;1985\r\n')
  const file = { path: 'a/b.csv', sizeBytes: bytes.length, modifiedMs: 1 }
  const begin = async (wanted: object) =>
    (await desk.ask('POST', `/api/imports/sources/${sourceId}/files`, { files: [wanted] })).json.files[0]
  const { id } = await begin(file)
  const patch = (offset: number, piece: Buffer) =>
    desk.ask('PATCH', `/api/imports/files/${id}`, piece, { 'upload-offset': `${offset}` })
  const part = await patch(0, bytes.subarray(0, 2_000_000))
  assert.equal(part.status, 200, part.text)
  const { receivedBytes } = part.json
  assert.ok(receivedBytes > 0 && receivedBytes <= 2_000_000)
  const wrong = await patch(0, bytes)
  assert.deepEqual([wrong.status, wrong.json.about.receivedBytes], [409, receivedBytes])
  assert.deepEqual(await begin(file), part.json, 'asked for again it is as far as it was')
  assert.equal((await patch(receivedBytes, bytes.subarray(receivedBytes))).json.receivedBytes, bytes.length)
  assert.equal((await begin(file)).receivedBytes, bytes.length)
  assert.equal((await begin({ ...file, modifiedMs: 2 })).receivedBytes, 0, 'a newer one is sent')
  for (const path of ['../x.csv', '/etc/passwd', 'C:\\x.csv', 'a/../../x'])
    assert.equal(
      (await desk.ask('POST', `/api/imports/sources/${sourceId}/files`, { files: [{ path, sizeBytes: 1 }] })).status,
      400,
      path,
    )
})

test('folders of the server: below the allowed one, and nowhere else', async () => {
  const root = join(top, 'allowed')
  mkdirSync(join(root, 'export'), { recursive: true })
  mkdirSync(join(top, 'secret'))
  symlinkSync(join(top, 'secret'), join(root, 'link'))
  for (const [name, bytes] of exported()) {
    mkdirSync(join(root, 'export', name, '..'), { recursive: true })
    writeFileSync(join(root, 'export', name), bytes)
  }
  const { app, desk } = await serve('sqlite', { importFolder: root })
  await using _app = app
  const listed = await desk.ask('GET', '/api/imports/folders')
  assert.deepEqual(listed.json, { folders: [{ path: 'export', name: 'export' }], files: 0 })
  for (const path of ['../secret', 'link', '/etc', 'none']) {
    const refused = await desk.ask('POST', '/api/imports/sources', { title: 'x', place: { kind: 'folder', path } })
    assert.ok([404, 422].includes(refused.status), `${path}: ${refused.text}`)
  }
  const sourceId = await makeSource(desk, { place: { kind: 'folder', path: 'export' }, profileName: 'csv' })
  assert.equal((await run(desk, sourceId, { isDry: false })).report.tables[0].added, 4)

  const { app: other, desk: elsewhere } = await serve('sqlite')
  await using _other = other
  assert.equal((await elsewhere.ask('GET', '/api/imports/folders')).status, 404)
  const refused = await elsewhere.ask('POST', '/api/imports/sources', { title: 'x', place: { kind: 'folder', path: '' } })
  assert.equal(refused.status, 404)
})

test('a password is kept and never given back', async () => {
  const { app, desk } = await serve('sqlite')
  await using _app = app
  const sourceId = await makeSource(desk, { place: { kind: 'database' } })
  const changed = await desk.ask('PATCH', `/api/imports/sources/${sourceId}`, { password: 'tres-secret', followedAt: '02:30' })
  assert.deepEqual([changed.status, changed.json.hasPassword, changed.json.followedAt], [200, true, '02:30'])
  for (const path of ['', '/profile/yaml', '/runs', '/decisions'])
    assert.ok(!(await desk.ask('GET', `/api/imports/sources/${sourceId}${path}`)).text.includes('tres-secret'))
  const { db } = app.installation.practice()
  const stored = await db.selectFrom('import_setting').select('password').executeTakeFirstOrThrow()
  assert.ok(!Buffer.from(stored.password ?? []).includes('tres-secret'))
  assert.ok(!JSON.stringify(await db.selectFrom('journal_entry').selectAll().execute()).includes('tres-secret'))
})

test('a job is followed by its events, which end with it', async () => {
  const { app, desk } = await serve('sqlite')
  await using _app = app
  const sourceId = await makeSource(desk, { profileName: 'csv' })
  await send(desk, sourceId, exported())
  const { jobId } = (await desk.ask('POST', `/api/imports/sources/${sourceId}/runs`, { isDry: true })).json
  const again = await desk.ask('POST', `/api/imports/sources/${sourceId}/runs`, { isDry: true })
  assert.deepEqual([again.status, again.json.about.job], [409, jobId])
  const events = await desk.ask('GET', `/api/jobs/${jobId}/events`)
  assert.match(events.headers.get('content-type') ?? '', /^text\/event-stream/)
  assert.equal(events.headers.get('cache-control'), 'no-store')
  const told = [...events.text.matchAll(/^data: (.*)$/gm)].map((found) => JSON.parse(found[1] ?? '') as { state: string })
  assert.equal(told.at(-1)?.state, 'done')
  const foreign = await fetch(`${app.address}/api/jobs/${jobId}/cancel`, {
    method: 'POST',
    headers: { cookie: desk.cookie, 'sec-fetch-site': 'cross-site' },
  })
  assert.equal(foreign.status, 403)
  assert.equal((await fetch(`${app.address}/api/jobs/${jobId}/events`)).status, 401)
})
