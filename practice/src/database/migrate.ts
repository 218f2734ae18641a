/**
 * Brings a database to the newest form, one migration after another, forward only. Each runs in a transaction of its own with its mark, so
 * that a kill between two leaves a database that goes on where it stopped.
 */
import { sql } from 'kysely'
import { PracticeError } from '#errors'
import type { Engine } from './engine.ts'
import { MIGRATIONS, type Migration } from './migrations/index.ts'
import type { Db, Tx } from './schema.ts'
import { tellPlanner } from './statistics.ts'

const LOCK = 0x636f7572 // any number that is ours

/** A later version of the program has written the database: this one would not understand it. Nothing was changed. */
export class NewerDatabaseError extends PracticeError {
  readonly code = 'newer-database'
}

/**
 * The migrations that a database lacks, in order. Empty: it is current.
 *
 * @throws {NewerDatabaseError}
 */
export async function pendingMigrations(db: Db, migrations: readonly Migration[] = MIGRATIONS): Promise<readonly string[]> {
  const done = await doneMigrations(db)
  const names = migrations.map((migration) => migration.name)
  const foreign = done.find((name) => !names.includes(name))
  if (foreign !== undefined)
    throw new NewerDatabaseError(`the database was written by a later version of Couronne (${foreign}): install that version`, {
      about: { migration: foreign },
    })
  return names.filter((name) => !done.includes(name))
}

/** Whether the database has tables of ours: false for an empty one. */
export async function hasTables(db: Db): Promise<boolean> {
  return (await doneMigrations(db)).length > 0
}

/** Until the transaction ends no other server on this database comes past here: two may start, or be set up, at once. An embedded one has one server. */
export async function haveToOneself(tx: Tx, engine: Engine): Promise<void> {
  if (engine === 'postgresql') await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx)
}

/** Runs what is pending. @returns the names of what was run */
export async function migrate(
  db: Db,
  engine: Engine,
  now: Temporal.Instant,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly string[]> {
  await db.transaction().execute(async (tx) => {
    await haveToOneself(tx, engine)
    await sql`create table if not exists migration (name text primary key, run_at text not null)`.execute(tx)
  })
  const ran: string[] = []
  for (const { name, up } of migrations) {
    const isDone = await db.transaction().execute(async (tx) => {
      await haveToOneself(tx, engine)
      if ((await doneMigrations(tx)).includes(name)) return true
      await up(tx, engine)
      await sql`insert into migration (name, run_at) values (${name}, ${now.toString()})`.execute(tx)
      return false
    })
    if (!isDone) ran.push(name)
  }
  if (engine === 'sqlite') await tellPlanner(db)
  return ran
}

async function doneMigrations(db: Db): Promise<readonly string[]> {
  const tables = await db.introspection.getTables()
  if (!tables.some((table) => table.name === 'migration')) return []
  const { rows } = await sql<{ name: string }>`select name from migration order by name`.execute(db)
  return rows.map((row) => row.name)
}
