/**
 * kill -9 during a migration, on data of the version before: the database is wholly of before or wholly of after, the copy made first is
 * whole and opens with the key, and starting again finishes. A hundred kills with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { type Db, type Engine, MIGRATIONS, openPostgresql, openSqlite } from '#database'
import { verifyJournal } from '#journal'
import { loadKeySlots } from '#keys'
import { databaseFor, onBothEngines } from '#testing'
import { run } from '../../../tests/peers/peers.ts'
import { COPIES_FOLDER } from './copy-before-migration.ts'
import { Installation } from './installation.ts'
import { findKey } from './opening.ts'
import { killChild, timeChild } from './tests/kill-child.ts'
import { WITH_LATER } from './tests/later-migration.ts'

const ROUNDS = process.env.COURONNE_CAMPAIGN === '1' ? 100 : 4
/** The last kills come after the end. */
const PAST_THE_END = 1.2
const SETTINGS = 3_000

onBothEngines('a migration', (engine) => {
  test('killed at any moment, it was not there or is done; the copy made before is whole, and starting again finishes', {
    timeout: 12 * 3_600_000,
  }, async (context) => {
    const outcomes = new Map<string, number>()
    const timed = await aPractice(engine)
    const wholeMs = await timeChild(migrating(timed))
    timed[Symbol.dispose]()
    for (let round = 0; round < ROUNDS; round++) {
      using place = await aPractice(engine)
      const isMigrated = await killChild(migrating(place), (wholeMs * PAST_THE_END * (round + 0.5)) / ROUNDS)
      const { state, keys } = await lookInto(place)
      if (isMigrated) assert.equal(state, 'after', 'what was acknowledged is there')
      const copies = await requireWholeCopies(place, keys)
      if (state === 'after') assert.ok(copies > 0, 'a copy was made before')
      outcomes.set(`${state}, ${copies}`, (outcomes.get(`${state}, ${copies}`) ?? 0) + 1)
      {
        await using installation = await start(place, WITH_LATER)
        const { db, id } = installation.practice()
        assert.deepEqual((await verifyJournal(db, id)).breaks, [])
      }
      assert.equal((await lookInto(place)).state, 'after')
      assert.ok((await requireWholeCopies(place, keys)) > 0)
      assert.deepEqual(
        namesOfCopies(place).filter((name) => name.endsWith('.unfinished')),
        [],
      )
    }
    context.diagnostic([...outcomes].map(([kind, count]) => `${kind} copies: ${count}`).join('; '))
  })

  test('a database that a later version has written is refused, with nothing changed', async () => {
    using place = await aPractice(engine)
    await (await start(place, WITH_LATER)).close()
    const before = await contentOf(place)
    await assert.rejects(start(place, MIGRATIONS), { code: 'newer-database', about: { migration: '9999-later' } })
    assert.deepEqual(await contentOf(place), before)
    await (await start(place, WITH_LATER)).close()
  })
})

interface Place extends Disposable {
  readonly top: string
  readonly database: string | undefined
}

/** A practice of the version before, with something to migrate. */
async function aPractice(engine: Engine): Promise<Place> {
  const top = mkdtempSync(join(tmpdir(), 'couronne-killed-migration-'))
  const database = await databaseFor(engine)
  const place = { top, database, [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }) }
  await using installation = await start(place, MIGRATIONS)
  const { practice } = await installation.createPractice({
    name: 'Cabinet d’essai',
    facts: {},
    owner: { login: 'camille', displayName: 'Dr Camille Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' },
  })
  const rows = Array.from({ length: SETTINGS }, (_, i) => ({
    ...{ practice_id: practice.id, name: `s${i}`, value: `${i}`, changed_at: '', changed_by: '' },
  }))
  for (let at = 0; at < rows.length; at += 500)
    await practice.db
      .insertInto('setting')
      .values(rows.slice(at, at + 500))
      .execute()
  return place
}

function start({ top, database }: Place, migrations: typeof MIGRATIONS): Promise<Installation> {
  return Installation.start({
    folder: join(top, 'data'),
    keyFolder: join(top, 'keys'),
    now: () => Temporal.Now.instant(),
    env: {},
    migrations,
    ...(database === undefined ? {} : { database }),
  })
}

function migrating({ top, database }: Place) {
  const args = [join(top, 'data'), join(top, 'keys'), ...(database === undefined ? [] : [database])]
  return { script: 'migrate-until-killed.ts', args, done: 'migrated' }
}

interface Found {
  readonly state: 'before' | 'after'
  readonly keys: { readonly records: Uint8Array; readonly keyring: Uint8Array }
}

/** The form that the database is in, which must be wholly the one or the other. */
async function lookInto(place: Place): Promise<Found> {
  const keys = await keysOf(place)
  await using db = place.database === undefined ? openSqlite(practiceFolder(place), keys) : openPostgresql(place.database)
  return { state: await stateOf(db), keys }
}

async function stateOf(db: Db): Promise<Found['state']> {
  const marks = (await sql<{ name: string }>`select name from migration order by name`.execute(db)).rows.map((row) => row.name)
  const tables = await db.introspection.getTables()
  const columns = tables.find((table) => table.name === 'setting')?.columns.map((column) => column.name)
  const isThere = [
    marks.length > MIGRATIONS.length,
    columns?.includes('length'),
    tables.some((table) => table.name === 'setting_letter'),
  ]
  assert.equal(new Set(isThere).size, 1, `half a migration: ${isThere}`)
  if (!isThere[0]) return 'before'
  const { rows } = await sql<{ count: number | string }>`select count(*) as count from setting
    join setting_letter on setting_letter.name = setting.name where length(setting.value) = setting.length`.execute(db)
  assert.equal(Number(rows[0]?.count), SETTINGS)
  return 'after'
}

/** @returns how many there are */
async function requireWholeCopies(place: Place, keys: Found['keys']): Promise<number> {
  const names = namesOfCopies(place).filter((name) => !name.endsWith('.unfinished'))
  for (const name of names) {
    const folder = join(practiceFolder(place), COPIES_FOLDER, name)
    const head = JSON.parse(readFileSync(join(folder, 'journal-head.json'), 'utf8'))
    assert.ok(head[0].seq >= 1)
    if (place.database === undefined) {
      await using db = openSqlite(folder, keys)
      assert.equal(await stateOf(db), 'before')
      assert.equal((await db.selectFrom('setting').select('name').execute()).length, SETTINGS)
    } else {
      const restored = (await databaseFor('postgresql')) as string
      await run('pg_restore', ['--exit-on-error', '--dbname', restored, join(folder, 'database.dump')])
      await using db = openPostgresql(restored)
      assert.equal(await stateOf(db), 'before')
      assert.equal((await db.selectFrom('setting').select('name').execute()).length, SETTINGS)
    }
  }
  return names.length
}

function namesOfCopies(place: Place): readonly string[] {
  const folder = join(practiceFolder(place), COPIES_FOLDER)
  return existsSync(folder) ? readdirSync(folder) : []
}

function practiceFolder({ top }: Place): string {
  return join(top, 'data', 'practice')
}

/** Of the key file of this machine, as any program that knows the format would. */
async function keysOf(place: Place): Promise<Found['keys']> {
  const slots = await loadKeySlots(practiceFolder(place))
  const found = slots === undefined ? undefined : await findKey(slots, {})
  assert.ok(found !== undefined)
  return { records: found.master.derive('records'), keyring: found.master.derive('keyring') }
}

/** All that is in it, or its very bytes. */
async function contentOf(place: Place): Promise<string> {
  if (place.database === undefined) {
    const digest = createHash('sha256')
    for (const name of ['records.db', 'keyring.db']) digest.update(readFileSync(join(practiceFolder(place), name)))
    return digest.digest('hex')
  }
  const { stdout } = await run('pg_dump', ['--dbname', place.database])
  return createHash('sha256')
    .update(stdout.replaceAll(/^\\(un)?restrict .*$/gm, ''))
    .digest('hex')
}
