/**
 * Full disks, real ones (a tmpfs of some megabytes; needs root), under a server that is asked over HTTP: whoever asks is told, the process
 * stays up, nothing that was acknowledged is lost, nothing is half-written, and all goes on once there is room.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import { importDicomFolder } from '#images'
import { verifyJournal } from '#journal'
import { Desk, DOCUMENT, serverOptions } from '#testing'
import { run } from '../../tests/peers/peers.ts'
import { type PostgresqlServer, startPostgresql } from '../../tests/peers/postgresql.ts'
import { startApp } from './app.ts'
import { DicomSender, imageOf } from './images/dicom-sender.ts'
import { dataSetOf, instancesOf, keptFile, SAMPLES } from './images/receive-for-tests.ts'

const MIB = 1024 * 1024
/** PS3.4 §B.2.3 */
const OUT_OF_RESOURCES = 0xa700
const ALERT = { kind: 'alert', body: { category: 'allergy', state: 'present', label: 'Pénicilline' } }

let postgresql: PostgresqlServer | undefined
after(() => postgresql?.stop())

test('a full disk under the embedded database: every call is told so, and all that was acknowledged is there', async () => {
  using place = aPlace()
  await using disk = await Disk.mount(place.data, { sizeBytes: 64 * MIB })
  await using _other = await Disk.mount(place.documents, { sizeBytes: 96 * MIB })
  await fillUnder(place, disk)
})

test('a full disk under PostgreSQL: the same', async () => {
  postgresql ??= await startPostgresql()
  using place = aPlace()
  await using disk = await Disk.mount(place.database, { sizeBytes: 40 * MIB })
  chmodSync(place.top, 0o755) // it runs as another user
  await run('chown', ['postgres:postgres', disk.folder])
  const database = await postgresql.makeDatabase()
  const name = new URL(database).pathname.slice(1)
  const ask = (sql: string) => run('psql', ['-q', database.replace(/[^/]*$/, 'postgres'), '-c', sql])
  await ask(`create tablespace ${name} location '${disk.folder}'`)
  await ask(`alter database ${name} set tablespace ${name}`)
  try {
    await fillUnder(place, disk, { database })
  } finally {
    await ask(`drop database ${name} with (force)`)
    await ask(`drop tablespace ${name}`)
  }
})

test('a full disk under the uploads: they are told so and go on where they were; records are written all the while', async () => {
  using place = aPlace()
  await using disk = await Disk.mount(place.documents, { sizeBytes: 64 * MIB })
  await using app = await startApp(place.options)
  const desk = await Desk.setUp(app)
  const patientId = await desk.addPatient('N1')
  const bytes = randomBytes(9 * MIB)
  const upload = await desk.begin(patientId, bytes.length)
  const first = (await desk.send(upload, 0, bytes.subarray(0, 3 * MIB))).json.receivedBytes
  for (const room of [0, 500_000, 2 * MIB + 5]) {
    disk.fill(room)
    const at = (await desk.ask('GET', upload)).json.receivedBytes
    assert.ok(at >= first)
    requireFull(await desk.send(upload, at, bytes.subarray(at)))
    requireFull(
      await desk.ask('POST', `/api/patients/${patientId}/uploads`, { fileName: 'a', sizeBytes: 10, document: DOCUMENT }),
    )
    await desk.addPatient(`N2-${room}`)
    disk.free()
  }
  const at = (await desk.ask('GET', upload)).json.receivedBytes
  assert.equal((await desk.send(upload, at, bytes.subarray(at))).json.receivedBytes, bytes.length)
  const { entryId } = (await desk.ask('POST', `${upload}/finish`)).json
  assert.deepEqual((await desk.content(patientId, entryId)).bytes, bytes)
})

test('a full disk under the sealed files: finishing is told so, and succeeds later', async () => {
  using place = aPlace()
  await using disk = await Disk.mount(place.documents, { sizeBytes: 64 * MIB, files: 12 })
  await using app = await startApp(place.options)
  const desk = await Desk.setUp(app)
  const patientId = await desk.addPatient('N1')
  const bytes = randomBytes(100_000)
  const upload = await desk.begin(patientId, bytes.length)
  await desk.send(upload, 0, bytes)
  disk.fillWithFiles() // no name more fits, such as that of the sealed file’s folder
  for (let i = 0; i < 3; i++) requireFull(await desk.ask('POST', `${upload}/finish`))
  assert.deepEqual((await desk.ask('GET', `/api/patients/${patientId}`)).json.counts, { identity: 1 })
  disk.free()
  const finished = await desk.ask('POST', `${upload}/finish`)
  assert.equal(finished.status, 201, finished.text)
  assert.deepEqual((await desk.content(patientId, finished.json.entryId)).bytes, bytes)
})

test('a full disk under files that are sent for an import: they are told so, go on where they were, and are laid out when there is room', async () => {
  using place = aPlace()
  await using disk = await Disk.mount(join(place.data, 'practice/imports'), { sizeBytes: 128 * MIB })
  await using app = await startApp(place.options)
  const desk = await Desk.setUp(app)
  const { json } = await desk.ask('POST', '/api/imports/sources', { title: 'Export', place: { kind: 'files' } })
  const begin = (sizeBytes: number) =>
    desk.ask('POST', `/api/imports/sources/${json.id}/files`, { files: [{ path: 'a.csv', sizeBytes, modifiedMs: 1 }] })
  requireFull(await begin(100 * MIB))
  const bytes = Buffer.alloc(9 * MIB, 'Num;Nom\r\n1;Anne\r\n')
  const { id } = (await begin(bytes.length)).json.files[0]
  const send = (at: number) => desk.ask('PATCH', `/api/imports/files/${id}`, bytes.subarray(at), { 'upload-offset': `${at}` })
  disk.fill(3 * MIB)
  requireFull(await send(0))
  const contents = () => desk.ask('GET', `/api/imports/sources/${json.id}/contents`)
  assert.equal((await contents()).json.code, 'import-source', 'it is not here whole')
  disk.free()
  const at = (await begin(bytes.length)).json.files[0].receivedBytes
  assert.equal((await send(at)).json.receivedBytes, bytes.length)
  disk.fill(2 * MIB)
  requireFull(await contents())
  disk.free()
  assert.equal((await contents()).status, 200)
})

test('a full disk under images that are received: the device is told so, and what it sends again is taken when there is room', async () => {
  using place = aPlace()
  await using disk = await Disk.mount(place.documents, { sizeBytes: 32 * MIB })
  await using app = await startApp({ ...place.options, reception: { host: '127.0.0.1', port: 0, aeTitle: 'COURONNE' } })
  await Desk.setUp(app)
  const practice = app.installation.practice()
  const images = [readFileSync(join(SAMPLES, 'CT_small.dcm')), readFileSync(join(SAMPLES, 'dental/p1_IO_36.dcm'))].map(imageOf)
  const large = { ...images[1]!, dataSet: Buffer.concat([images[1]!.dataSet, Buffer.alloc(10 * MIB)]) }
  using sender = await DicomSender.connect(app.receptionPort() ?? 0)
  await sender.associate([...images, large])
  const send = async () => [await sender.store(images[0]!, 1), await sender.store(images[1]!, 3), await sender.store(large, 5)]
  for (const room of [0, 30_000]) {
    disk.fill(room)
    assert.deepEqual((await send()).slice(1), [OUT_OF_RESOURCES, OUT_OF_RESOURCES])
    disk.free()
  }
  assert.deepEqual(await send(), [0, 0, 0])
  const rows = await instancesOf({ practice })
  assert.equal(rows.length, 3)
  const kept = await Promise.all(rows.map(async (row) => dataSetOf(await keptFile(practice, row)).length))
  assert.deepEqual(new Set(kept), new Set([...images, large].map(({ dataSet }) => dataSet.length)))
  assert.equal(filesBelow(join(place.documents, 'objects')).length, 3, 'nothing half-written is left')
})

// Room for the files laid out in the clear and for some of the rows; or for some letters beside what is kept free for records.
for (const [where, roomBytes] of [
  ['database', 13 * MIB],
  ['documents', 18 * MIB],
] as const)
  test(`a full disk under an import job, of its ${where}: it is told so, what it took over is there once, and the rest comes when there is room`, async (context) => {
    using place = aPlace()
    await using data = await Disk.mount(place.data, { sizeBytes: 96 * MIB })
    await using documents = await Disk.mount(place.documents, { sizeBytes: 96 * MIB })
    const disk = where === 'database' ? data : documents
    await using app = await startApp(place.options)
    const desk = await Desk.setUp(app)
    const practice = app.installation.practice()
    const sourceId = await sendExport(desk)
    const startRun = async () => {
      const started = await desk.ask('POST', `/api/imports/sources/${sourceId}/runs`, { isDry: false })
      assert.equal(started.status, 202, started.text)
      return started.json.jobId as string
    }
    disk.fill(roomBytes)
    let jobId = await startRun()
    const full = await untilEnded(desk, jobId, 15_000)
    context.diagnostic(`full: ${JSON.stringify(full?.error)}`)
    assert.notEqual(full?.state, 'done', 'the disk was never full')
    if (full !== undefined) assert.deepEqual([full.state, full.error?.code], ['failed', 'disk-full'])
    assert.equal((await desk.ask('GET', '/healthz')).status, 200)
    const before = await practice.db.selectFrom('import_row').select('key').execute()
    assert.ok(before.length > 0, 'some had room')
    disk.free()
    // Where no room was left to write down that it has failed, it goes on by itself.
    const again = full ?? (await untilEnded(desk, jobId, 60_000))
    if (again?.state !== 'done') jobId = await startRun()
    const ended = await untilEnded(desk, jobId, 60_000)
    assert.equal(ended?.state, 'done', JSON.stringify(ended))
    const kinds = await practice.db
      .selectFrom('record_entry')
      .select((row) => ['kind', row.fn.countAll<number>().as('count')])
      .groupBy('kind')
      .orderBy('kind')
      .execute()
    assert.deepEqual(kinds, [
      { kind: 'document', count: LETTERS },
      { kind: 'identity', count: PATIENTS },
      { kind: 'procedure', count: ACTS },
    ])
    assert.deepEqual(await practice.db.selectFrom('document_upload').select('id').execute(), [])
    assert.equal(filesBelow(join(place.documents, 'objects')).length, LETTERS, 'nothing half-written is left')
    assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
  })

test('a full disk under a folder of images: it is told so, what it took is there, and a second run takes the rest', async () => {
  using place = aPlace()
  await using disk = await Disk.mount(place.documents, { sizeBytes: 32 * MIB })
  await using app = await startApp(place.options)
  await Desk.setUp(app)
  const practice = app.installation.practice()
  const { id: accountId } = await practice.db.selectFrom('account').select('id').executeTakeFirstOrThrow()
  const takeOver = () => importDicomFolder(practice, { accountId, role: 'owner', address: 'console' }, SAMPLES, { isDry: false })
  disk.fill(2 * MIB)
  await assert.rejects(takeOver(), { code: 'disk-full' })
  const taken = await instancesOf({ practice })
  assert.ok(taken.length > 0, 'some had room')
  for (const row of taken) assert.equal((await keptFile(practice, row)).length, row.size_bytes)
  assert.equal(filesBelow(join(place.documents, 'objects')).length, taken.length, 'nothing half-written is left')
  const runs = await practice.db.selectFrom('image_import').select('state').execute()
  assert.deepEqual(runs, [{ state: 'stopped' }])
  disk.free()
  const { counts } = await takeOver()
  assert.ok((counts.same ?? 0) >= taken.length)
  const all = await instancesOf({ practice })
  assert.equal(all.length - taken.length, (counts.taken ?? 0) + (counts.unreadable ?? 0))
  assert.equal(filesBelow(join(place.documents, 'objects')).length, all.length)
})

test('what was done is not said to be undone when no room is left for its answer', async () => {
  using place = aPlace()
  await using app = await startApp(place.options)
  const desk = await Desk.setUp(app)
  const { db } = app.installation.practice()
  await sql`create trigger no_room before update on idempotency_key begin select raise(abort, 'full'); end`.execute(db)
  const headers = { 'idempotency-key': 'a-patient-once' }
  const made = await desk.ask('POST', '/api/patients', aNewPatient('N1'), headers)
  assert.equal(made.status, 201, made.text)
  assert.equal((await desk.ask('POST', '/api/patients', aNewPatient('N1'), headers)).json.code, 'conflict')
})

/** The disk of the database is filled under a server that is at work, and emptied again. */
async function fillUnder(place: Place, disk: Disk, more: { readonly database?: string } = {}): Promise<void> {
  const bytes = randomBytes(6 * MIB)
  const patients: string[] = []
  let upload: string
  {
    await using app = await startApp({ ...place.options, ...more })
    const desk = await Desk.setUp(app)
    const patientId = await desk.addPatient('N0')
    patients.push(patientId)
    upload = await desk.begin(patientId, bytes.length)
    const first = (await desk.send(upload, 0, bytes.subarray(0, 3 * MIB))).json.receivedBytes
    disk.fill(250_000) // some more calls succeed, so that any of them may be the first that does not
    let alerts = 0
    let refused = 0
    for (let i = 1; refused < 40 && i < 3_000; i++) {
      const [made, noted, ...others] = await Promise.all([
        desk.ask('POST', '/api/patients', aNewPatient(`N${i}`), { 'idempotency-key': `patient-${i}` }),
        desk.ask('POST', `/api/patients/${patientId}/entries`, ALERT),
        desk.ask('GET', `/api/patients/${patientId}`),
        desk.ask('GET', '/api/patients'),
        desk.ask('POST', '/api/journal/verify'),
        desk.ask('GET', '/api/me'),
        desk.ask('POST', `/api/patients/${patientId}/uploads`, { fileName: 'a', sizeBytes: 10, document: DOCUMENT }),
      ])
      if (made?.status === 201) patients.push(made.json.id)
      if (noted?.status === 201) alerts++
      for (const answer of [made, noted, ...others])
        if (answer !== undefined && answer.status >= 300) refused += requireFull(answer)
    }
    assert.ok(refused >= 40, 'the disk was never full')
    const { status } = await desk.send(upload, first, bytes.subarray(first))
    assert.ok([200, 507].includes(status), `${status}`)
    assert.equal((await desk.ask('GET', '/healthz')).status, 200)
    disk.free()
    patients.push(await desk.addPatient('after'))
    const { counts } = (await desk.ask('GET', `/api/patients/${patientId}`)).json
    assert.equal(counts.alert ?? 0, alerts)
  }
  await using app = await startApp({ ...place.options, ...more })
  const desk = await Desk.signIn(app)
  const { db, id } = app.installation.practice()
  assert.deepEqual((await verifyJournal(db, id)).breaks, [])
  const stored = await db.selectFrom('patient').select('id').execute()
  assert.deepEqual(stored.map((row) => row.id).sort(), patients.sort())
  for (const patientId of patients.slice(0, 5))
    assert.equal((await desk.ask('POST', `/api/patients/${patientId}/verify`)).json.isWhole, true)
  const at = (await desk.ask('GET', upload)).json.receivedBytes
  if (at < bytes.length) assert.equal((await desk.send(upload, at, bytes.subarray(at))).status, 200)
  const { entryId } = (await desk.ask('POST', `${upload}/finish`)).json
  assert.deepEqual((await desk.content(patients[0] as string, entryId)).bytes, bytes)
}

const PATIENTS = 300
const ACTS = 9_000
const LETTERS = 12

/** An export of some megabytes of rows, and as many of letters, sent to a source of its own. @returns the source */
async function sendExport(desk: Desk): Promise<string> {
  const numbers = Array.from({ length: PATIENTS }, (_, i) => i + 1)
  const letters = numbers.slice(0, LETTERS)
  const text = (head: string, lines: readonly string[]) => Buffer.from(`${head}\r\n${lines.join('\r\n')}\r\n`)
  const patients = numbers.map((n) => `${n};NOM ${n};Zoé;;0${1 + (n % 9)}/01/1985;F;;;;;`)
  const acts = Array.from(
    { length: ACTS },
    (_, i) => `${i};${1 + (i % PATIENTS)};11/03/2026;HBJD001;;Détartrage, ${'un long libellé '.repeat(9)};28,92;MARTIN`,
  )
  const files = new Map([
    ['patients.csv', text('NumPat;Nom;Prenom;NomNaiss;DateNaiss;Sexe;NumSS;Adresse;CP;Ville;Tel', patients)],
    ['actes.csv', text('NumActe;NumPat;Date;Code;Dent;Libelle;Montant;Prat', acts)],
    [
      'documents.csv',
      text(
        'NumDoc;NumPat;Date;Type;Fichier;Titre',
        letters.map((n) => `${n};${n};12/03/2026;COURRIER;${n}.txt;Lettre`),
      ),
    ],
    ...letters.map((n): [string, Buffer] => [`${n}.txt`, randomBytes(400_000)]),
  ])
  const source = { title: 'Export', place: { kind: 'files' }, profileName: 'csv' }
  const { id } = (await desk.ask('POST', '/api/imports/sources', source)).json
  const asked = [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.length, modifiedMs: 1 }))
  const begun = await desk.ask('POST', `/api/imports/sources/${id}/files`, { files: asked })
  assert.equal(begun.status, 201, begun.text)
  for (const { id: fileId, path } of begun.json.files) {
    const sent = await desk.ask('PATCH', `/api/imports/files/${fileId}`, files.get(path), { 'upload-offset': '0' })
    assert.equal(sent.status, 200, sent.text)
  }
  return id
}

/** @returns the job; undefined: it has not ended in time */
async function untilEnded(desk: Desk, jobId: string, msMax: number) {
  for (const end = performance.now() + msMax; performance.now() < end; await setTimeout(50)) {
    const asked = await desk.ask('GET', `/api/jobs/${jobId}`)
    if (asked.status !== 200) requireFull(asked)
    else if (asked.json.endedAt !== undefined) return asked.json
  }
  return undefined
}

function filesBelow(folder: string) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
}

function requireFull({
  status,
  json,
  text,
}: {
  readonly status: number
  readonly json: { readonly code?: string }
  readonly text: string
}): 1 {
  assert.deepEqual([status, json?.code], [507, 'disk-full'], text)
  return 1
}

function aNewPatient(fileNumber: string) {
  return { identity: { fileNumber, birthName: 'Exemple', givenNames: ['Anne'], sex: 'female' } }
}

type Place = ReturnType<typeof aPlace>

function aPlace() {
  const top = mkdtempSync(join(tmpdir(), 'couronne-full-'))
  const folder = join(top, 'data')
  return {
    top,
    data: folder,
    documents: join(folder, 'practice', 'documents'),
    database: join(top, 'database'),
    options: serverOptions(top),
    [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }),
  }
}

/** A disk of its own. */
class Disk implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** @param files how many names it takes */
  static async mount(
    folder: string,
    { sizeBytes, files }: { readonly sizeBytes: number; readonly files?: number },
  ): Promise<Disk> {
    mkdirSync(folder, { recursive: true })
    const inodes = files === undefined ? '' : `,nr_inodes=${files}`
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}${inodes}`, 'couronne-test', folder])
    return new Disk(folder)
  }

  fill(leaveBytes = 0): void {
    const { bavail, bsize } = statfsSync(this.folder)
    writeFileSync(join(this.folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
  }

  fillWithFiles(): void {
    try {
      for (let i = 0; ; i++) writeFileSync(join(this.folder, `filler${i}`), '')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }

  free(): void {
    for (const name of readdirSync(this.folder)) if (name.startsWith('filler')) rmSync(join(this.folder, name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', ['--lazy', this.folder]) // PostgreSQL may still hold a file of a database that is gone
  }
}
