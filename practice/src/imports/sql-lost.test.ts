/** A source database that goes away in the middle: what was taken over stays, the next run goes on, and nothing is there twice. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import pg from 'pg'
import { verifyJournal } from '#journal'
import { openSource, parseProfile } from '#sources'
import { makeTestPractice } from '#testing'
import { FIREBIRD_PASSWORD, startFirebird } from '../../../tests/peers/firebird.ts'
import { startMariadb } from '../../../tests/peers/mariadb.ts'
import { startPostgresql } from '../../../tests/peers/postgresql.ts'
import type { Serving } from '../../../tests/peers/serving.ts'
import { runImport } from './run-import.ts'

const folder = mkdtempSync(join(tmpdir(), 'couronne-sql-lost-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const PATIENTS = 500
const PROCEDURES = 12_000
const LETTER_BYTES = 3_000_000

/** Passes everything on until the server has said so many bytes, then cuts. */
async function cuttingAfter(bytesMax: number, port: number) {
  let bytes = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.pipe(upstream)
    upstream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes < bytesMax) client.write(chunk)
      else for (const socket of sockets) socket.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const PATIENT = { from: 'patients', entity: 'patient', key: 'id', fields: { birthName: 'nom' } }
const ACT = { from: 'actes', entity: 'procedure', key: 'id', patient: 'patient', fields: { label: 'libelle' } }
const LETTER = { from: 'lettres', entity: 'document', key: 'id', patient: 'patient', fields: { bytes: 'contenu' } }

function profileOf(settings: object, port: number, tables: readonly object[] = [PATIENT, ACT]) {
  const yaml = JSON.stringify({
    couronne: 'import-profile',
    name: 'database',
    title: { fr: 'Une base' },
    source: { type: 'sql', host: '127.0.0.1', port, ...settings },
    tables,
  })
  return { profile: parseProfile(yaml), yaml }
}

const TABLES = `create table patients (id int, nom varchar(40)); create table actes (id int, patient int, libelle varchar(200));`

/** Without functions that make rows of nothing, and with small letters in names between quotes. */
const FIREBIRD_TABLES = `create table "patients" ("id" int, "nom" varchar(40));
create table "actes" ("id" int, "patient" int, "libelle" varchar(200));
create table "lettres" ("id" int, "patient" int, "contenu" blob);
commit;
set term ^;
execute block as declare n int = 0; declare letter blob = ''; begin
  while (n < ${PATIENTS}) do begin n = n + 1; insert into "patients" values (:n, 'Nom ' || :n); end
  n = 0;
  while (n < ${PROCEDURES}) do begin
    n = n + 1;
    insert into "actes" values (:n, 1 + mod(:n, ${PATIENTS}), rpad('', 150, 'x'));
  end
  n = 0;
  while (n < ${LETTER_BYTES / 30_000}) do begin n = n + 1; letter = letter || rpad('', 30000, 'x'); end
  insert into "lettres" values (1, 1, :letter);
end^
set term ;^
commit;
`

for (const server of ['postgresql', 'mysql', 'firebird'] as const) {
  suite(server, () => {
    let serving: Serving
    let settings: object

    before(async () => {
      if (server === 'postgresql') {
        const postgresql = await startPostgresql()
        serving = postgresql
        const address = await postgresql.makeDatabase()
        const client = new pg.Client({ connectionString: address })
        await client.connect()
        await client.query(`${TABLES} insert into patients select n, 'Nom ' || n from generate_series(1, ${PATIENTS}) as n;
          insert into actes select n, 1 + n % ${PATIENTS}, repeat('x', 150) from generate_series(1, ${PROCEDURES}) as n`)
        await client.end()
        settings = { server, user: 'postgres', database: new URL(address).pathname.slice(1) }
      } else if (server === 'firebird') {
        const firebird = await startFirebird()
        serving = firebird
        const file = await firebird.makeDatabase('lost.fdb', 'UTF8', FIREBIRD_TABLES)
        settings = { server, user: 'SYSDBA', database: file }
      } else {
        const mariadb = await startMariadb()
        serving = mariadb
        await mariadb.makeDatabase(
          'cabinet',
          `${TABLES} insert into patients select seq, concat('Nom ', seq) from seq_1_to_${PATIENTS};
          insert into actes select seq, 1 + seq % ${PATIENTS}, repeat('x', 150) from seq_1_to_${PROCEDURES};`,
        )
        settings = { server, user: 'root', database: 'cabinet' }
      }
    })
    after(() => serving.stop())

    if (server === 'firebird')
      test('in the middle of a file, too', { timeout: 120_000 }, async () => {
        await using made = await makeTestPractice()
        const { practice, owner } = made
        const importThrough = async (port: number) => {
          const { profile, yaml } = profileOf(settings, port, [PATIENT, LETTER])
          await using source = await openSource(folder, profile, 2026, async () => FIREBIRD_PASSWORD)
          return await runImport(practice, owner, { profile, source, yaml }, { isDry: false })
        }
        await using cut = await cuttingAfter(LETTER_BYTES * 0.7, serving.port)
        await assert.rejects(importThrough(cut.port), { code: 'source-lost' })
        await using cutLater = await cuttingAfter(LETTER_BYTES * 1.7, serving.port)
        await assert.rejects(importThrough(cutLater.port), { code: 'source-lost' })
        const report = await importThrough(serving.port)
        assert.equal(report.tables.at(-1)?.added, 1)
        assert.deepEqual(await practice.db.selectFrom('document_object').select('size_bytes').execute(), [
          { size_bytes: LETTER_BYTES },
        ])
      })

    test('is an error of its own; what was taken over stays, and the next run goes on', { timeout: 120_000 }, async () => {
      await using made = await makeTestPractice()
      const { practice, owner } = made
      const importThrough = async (port: number) => {
        const { profile, yaml } = profileOf(settings, port)
        const password = server === 'firebird' ? FIREBIRD_PASSWORD : undefined
        await using source = await openSource(folder, profile, 2026, async () => password)
        return await runImport(practice, owner, { profile, source, yaml }, { isDry: false })
      }
      // All rows pass twice, some 2 MB each time: to be described, and to be taken over.
      await using described = await cuttingAfter(1_000_000, serving.port)
      await assert.rejects(importThrough(described.port), { code: 'source-lost' })
      assert.deepEqual(await practice.db.selectFrom('patient').select('id').execute(), [], 'nothing yet')
      await using written = await cuttingAfter(3_800_000, serving.port)
      await assert.rejects(importThrough(written.port), { code: 'source-lost' })
      const kept = (await practice.db.selectFrom('import_row').select('key').execute()).length
      assert.ok(kept > PATIENTS && kept < PATIENTS + PROCEDURES, `${kept} rows were kept`)
      const { state } = await practice.db
        .selectFrom('import_run')
        .select('state')
        .orderBy('started_at', 'desc')
        .executeTakeFirstOrThrow()
      assert.equal(state, 'stopped')
      const report = await importThrough(serving.port)
      assert.deepEqual(
        report.tables.map(({ rows, added, same }) => [rows, added, same]),
        [
          [PATIENTS, 0, PATIENTS],
          [PROCEDURES, PROCEDURES + PATIENTS - kept, kept - PATIENTS],
        ],
      )
      const entries = await practice.db.selectFrom('record_entry').select('id').where('kind', '=', 'procedure').execute()
      assert.equal(entries.length, PROCEDURES)
      assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
    })
  })
}
