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
import { startMariadb } from '../../../tests/peers/mariadb.ts'
import { startPostgresql } from '../../../tests/peers/postgresql.ts'
import type { Serving } from '../../../tests/peers/serving.ts'
import { runImport } from './run-import.ts'

const folder = mkdtempSync(join(tmpdir(), 'couronne-sql-lost-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const PATIENTS = 500
const PROCEDURES = 12_000

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

function profileOf(settings: object, port: number) {
  const yaml = JSON.stringify({
    couronne: 'import-profile',
    name: 'database',
    title: { fr: 'Une base' },
    source: { type: 'sql', host: '127.0.0.1', port, ...settings },
    tables: [
      { from: 'patients', entity: 'patient', key: 'id', fields: { birthName: 'nom' } },
      { from: 'actes', entity: 'procedure', key: 'id', patient: 'patient', fields: { label: 'libelle' } },
    ],
  })
  return { profile: parseProfile(yaml), yaml }
}

const TABLES = `create table patients (id int, nom varchar(40)); create table actes (id int, patient int, libelle varchar(200));`

for (const server of ['postgresql', 'mysql'] as const) {
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

    test('is an error of its own; what was taken over stays, and the next run goes on', { timeout: 120_000 }, async () => {
      await using made = await makeTestPractice()
      const { practice, owner } = made
      const importThrough = async (port: number) => {
        const { profile, yaml } = profileOf(settings, port)
        await using source = await openSource(folder, profile, 2026, async () => undefined)
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
