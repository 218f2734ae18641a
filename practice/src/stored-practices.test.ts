/**
 * Practices as each form of the database left them (`tests/vectors/practices`, one folder a form, made by `store-practice.ts`): this version
 * opens them, and they become what a new one is.
 */
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { type Db, type Engine, MIGRATIONS } from '#database'
import { loadKeySlots, openMasterKey } from '#keys'
import { Desk, databaseFor, makeTestPractice, onBothEngines, serverOptions } from '#testing'
import { run, runSqlcipher } from '../../tests/peers/peers.ts'
import { startApp } from './app.ts'

const STORED = join(import.meta.dirname, '../../tests/vectors/practices')
const ANEW = 'node practice/src/store-practice.ts'

test('a practice is stored in the present form, for the migration that comes next', () => {
  assert.ok(existsSync(join(STORED, MIGRATIONS.at(-1)?.name ?? '')), `commit what this makes: ${ANEW}`)
})

const forms = readdirSync(STORED, { withFileTypes: true }).filter((each) => each.isDirectory())

for (const { name: form } of forms)
  onBothEngines(`a practice of ${form}`, (engine) => {
    test('opens, with its record, its document and its journal whole, in the present form', async () => {
      const top = mkdtempSync(join(tmpdir(), 'couronne-stored-'))
      try {
        const offer = { kind: 'key-file', bytes: readFileSync(join(STORED, form, engine, 'machine.key')) } as const
        const database = await restore(join(STORED, form, engine), top, offer)
        await using app = await startApp({
          ...serverOptions(top),
          now: () => Temporal.Instant.from('2026-03-03T08:00:00Z'),
          ...(database === undefined ? {} : { database }),
        })
        assert.equal(app.installation.state().kind, 'sealed')
        const { db } = await app.installation.unseal(offer)
        await requireContent(await Desk.signIn(app))
        await requirePresentForm(db, engine)
      } finally {
        rmSync(top, { recursive: true, force: true })
      }
    })
  })

/** @returns PostgreSQL's address */
async function restore(stored: string, top: string, offer: Parameters<typeof openMasterKey>[1]): Promise<string | undefined> {
  const folder = join(top, 'data', 'practice')
  cpSync(join(stored, 'practice'), folder, { recursive: true })
  const dump = join(stored, 'records.sql')
  if (stored.endsWith('sqlite')) {
    const slots = await loadKeySlots(folder)
    assert.ok(slots !== undefined)
    const master = await openMasterKey(slots, offer)
    await runSqlcipher(join(folder, 'records.db'), master.derive('records'), `.read ${dump}`)
    return undefined
  }
  const database = (await databaseFor('postgresql')) as string
  await run('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '--dbname', database, '-f', dump])
  return database
}

/** What `store-practice.ts` put in. */
async function requireContent(desk: Desk): Promise<void> {
  const found = await desk.ask('GET', '/api/patients?query=DOSSIER-1')
  const patientId = found.json.patients[0].id
  const { json } = await desk.ask('GET', `/api/patients/${patientId}/entries`)
  const labels = json.entries.filter(({ kind }: { kind: string }) => kind === 'alert')
  assert.deepEqual(
    labels.map(({ body, version }: { body: { label: string }; version: number }) => [body.label, version]),
    [['Amoxicilline', 2]],
  )
  const { id } = json.entries.find(({ kind }: { kind: string }) => kind === 'document')
  assert.equal((await desk.content(patientId, id)).text, 'Cher confrère, merci.')
  assert.equal((await desk.ask('POST', `/api/patients/${patientId}/verify`)).json.isWhole, true)
  assert.equal((await desk.ask('POST', '/api/journal/verify')).json.isWhole, true)
  await desk.addPatient('DOSSIER-2')
}

/** Tables, indexes and triggers are those of a practice that is made today. */
async function requirePresentForm(db: Db, engine: Engine): Promise<void> {
  await using made = await makeTestPractice(engine)
  const message = `a form that was never released has changed: commit what this makes: ${ANEW}`
  assert.deepEqual(await formOf(db, engine), await formOf(made.practice.db, engine), message)
}

async function formOf(db: Db, engine: Engine): Promise<unknown> {
  if (engine === 'sqlite') {
    const files = sql`select name, sql from sqlite_master union all select name, sql from keyring.sqlite_master order by name`
    return (await files.execute(db)).rows
  }
  const columns = sql`select table_schema, table_name, column_name, data_type, is_nullable, collation_name from information_schema.columns
    where table_schema in ('public', 'keyring') order by 1, 2, 3`
  const others = sql`select tablename as name, indexdef as text from pg_indexes where schemaname in ('public', 'keyring')
    union all select tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1, 2`
  return [(await columns.execute(db)).rows, (await others.execute(db)).rows]
}
