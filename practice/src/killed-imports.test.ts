/**
 * kill -9 of a server while files are sent to it and while it imports them, again and again until the job comes to its end: what was acknowledged
 * is there, the next start goes on by itself, nothing is there twice, and the report is that of a run that nothing stopped. Fifteen kills with
 * COURONNE_CAMPAIGN=1. The seed is printed, and `COURONNE_SEED` repeats the moments.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { SeededRandom } from '@couronne/samples'
import { verifyJournal } from '#journal'
import { verifyRecord } from '#patients'
import { Desk, databaseFor, type KillableOptions, KillableServer, onBothEngines, serverOptions } from '#testing'
import { startApp } from './app.ts'

// A job is given up when it was begun twenty times; with PostgreSQL another server may hold it, so each kill waits for the end of a lease.
const KILLS = process.env.COURONNE_CAMPAIGN === '1' ? 15 : 1
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)
const PATIENTS = 300 + KILLS * 300
const ACTS_EACH = 5
const WAIT_MS_MAX = 120_000

const top = mkdtempSync(join(tmpdir(), 'couronne-imports-killed-'))
after(() => rmSync(top, { recursive: true, force: true }))

function files(): ReadonlyMap<string, Buffer> {
  const numbers = Array.from({ length: PATIENTS }, (_, i) => i + 1)
  const patients = numbers.map((n) => `${n};NOM ${n};Zoé;;0${1 + (n % 9)}/01/1985;F;;;;;`)
  const acts = numbers.flatMap((n) =>
    Array.from({ length: ACTS_EACH }, (_, i) => `${n}-${i};${n};1${i}/03/2026;HBJD001;;Détartrage, un long libellé;28,92;MARTIN`),
  )
  const text = (head: string, lines: readonly string[]) => Buffer.from(`${head}\r\n${lines.join('\r\n')}\r\n`)
  return new Map([
    ['patients.csv', text('NumPat;Nom;Prenom;NomNaiss;DateNaiss;Sexe;NumSS;Adresse;CP;Ville;Tel', patients)],
    ['actes.csv', text('NumActe;NumPat;Date;Code;Dent;Libelle;Montant;Prat', acts)],
    ['documents.csv', text('NumDoc;NumPat;Date;Type;Fichier;Titre', [])],
  ])
}

onBothEngines('an import job under kill -9', (engine) => {
  test('goes on by itself and ends as if nothing had been', { timeout: 3_600_000 }, async (context) => {
    context.diagnostic(`COURONNE_SEED=${SEED}`)
    const random = new SeededRandom(`imports ${SEED}`)
    const database = await databaseFor(engine)
    const { folder, keyFolder } = serverOptions(join(top, engine))
    const options = { folder, keyFolder, ...(database === undefined ? {} : { database }) }
    {
      await using app = await startApp({ ...serverOptions(join(top, engine)), ...options })
      await Desk.setUp(app)
    }
    const sourceId = await sendUnderKills(options, files(), random)
    const jobId = await runUnderKills(options, sourceId, random, context)
    await using app = await startApp({ ...serverOptions(join(top, engine)), ...options })
    const desk = await Desk.signIn(app)
    const job = (await desk.ask('GET', `/api/jobs/${jobId}`)).json
    assert.equal(job.state, 'done', JSON.stringify(job))
    const report = (await desk.ask('GET', `/api/imports/runs/${job.about.runId}`)).json
    assert.deepEqual(
      report.tables.map((table: Record<string, number>) => [table.rows, table.added, table.same, table.refused]),
      [
        [PATIENTS, PATIENTS, 0, 0],
        [PATIENTS * ACTS_EACH, PATIENTS * ACTS_EACH, 0, 0],
        [0, 0, 0, 0],
      ],
    )
    const practice = app.installation.practice()
    const entries = await practice.db
      .selectFrom('record_entry')
      .select((row) => ['kind', row.fn.countAll<number>().as('count')])
      .where('kind', 'in', ['identity', 'procedure'])
      .groupBy('kind')
      .orderBy('kind')
      .execute()
    assert.deepEqual(
      entries.map(({ count }) => count),
      [PATIENTS, PATIENTS * ACTS_EACH],
    )
    assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
    const ids = await practice.db.selectFrom('patient').select('id').limit(5).execute()
    for (const { id } of ids) assert.deepEqual((await verifyRecord(practice.db, practice.id, id)).breaks, [])
  })
})

/** Pieces are sent until a kill; then on from what the next server says it has. @returns the source */
async function sendUnderKills(
  options: KillableOptions,
  wanted: ReadonlyMap<string, Buffer>,
  random: SeededRandom,
): Promise<string> {
  let sourceId: string | undefined
  for (let kill = 0; ; kill++) {
    await using server = await KillableServer.start(options)
    const desk = await Desk.signIn(server)
    sourceId ??= (
      await desk.ask('POST', '/api/imports/sources', { title: 'Export', place: { kind: 'files' }, profileName: 'csv' })
    ).json.id as string
    const asked = [...wanted].map(([path, bytes]) => ({ path, sizeBytes: bytes.length, modifiedMs: 1 }))
    const begun = await desk.ask('POST', `/api/imports/sources/${sourceId}/files`, { files: asked })
    assert.equal(begun.status, 201, begun.text)
    if (kill < 2) void setTimeout(random.below(60)).then(() => server.kill())
    const isSent = await sendAll(desk, begun.json.files, wanted).then(
      () => true,
      (error: unknown) => {
        if (kill >= 2) throw error
        return false
      },
    )
    if (isSent && kill >= 2) return sourceId
  }
}

async function sendAll(
  desk: Desk,
  begun: readonly { id: string; path: string; receivedBytes: number }[],
  wanted: ReadonlyMap<string, Buffer>,
): Promise<void> {
  for (const { id, path, receivedBytes } of begun) {
    const bytes = wanted.get(path)?.subarray(receivedBytes) ?? Buffer.alloc(0)
    if (bytes.length === 0) continue
    const sent = await desk.ask('PATCH', `/api/imports/files/${id}`, bytes, { 'upload-offset': `${receivedBytes}` })
    assert.equal(sent.status, 200, sent.text)
  }
}

/** @returns the job, which has ended */
async function runUnderKills(
  options: KillableOptions,
  sourceId: string,
  random: SeededRandom,
  context: { diagnostic(text: string): void },
): Promise<string> {
  let jobId: string | undefined
  let kills = 0
  for (;;) {
    await using server = await KillableServer.start(options)
    const desk = await Desk.signIn(server)
    if (jobId === undefined) {
      const started = await desk.ask('POST', `/api/imports/sources/${sourceId}/runs`, { isDry: false })
      assert.equal(started.status, 202, started.text)
      jobId = started.json.jobId as string
    }
    const open = join(options.folder, 'practice/imports/open')
    if (kills < KILLS) {
      await until(desk, jobId, ({ state, progress }) => state !== 'waiting' && progress !== undefined)
      await setTimeout(random.below(1_500))
      const { json } = await desk.ask('GET', `/api/jobs/${jobId}`)
      if (json.endedAt !== undefined) break
      server.kill()
      kills++
    } else {
      await until(desk, jobId, ({ endedAt }) => endedAt !== undefined)
      assert.ok(!existsSync(open) || readdirSync(open).length <= 1, 'a start takes away what kills have left in the clear')
      break
    }
  }
  context.diagnostic(`${kills} kills`)
  assert.ok(kills > 0, 'no kill came before the end')
  return jobId
}

async function until(
  desk: Desk,
  jobId: string,
  is: (job: { state: string; progress?: object; endedAt?: string }) => boolean,
): Promise<void> {
  for (const end = performance.now() + WAIT_MS_MAX; performance.now() < end; await setTimeout(30))
    if (is((await desk.ask('GET', `/api/jobs/${jobId}`)).json)) return
  throw new Error(`not within ${WAIT_MS_MAX} ms: ${(await desk.ask('GET', `/api/jobs/${jobId}`)).text}`)
}
