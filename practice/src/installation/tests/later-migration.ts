/** For tests alone: a migration that comes after the last one, and takes a while on a few thousand entries. */
import { type Kysely, sql } from 'kysely'
import { MIGRATIONS, type Migration } from '#database'

/** biome-ignore lint/suspicious/noExplicitAny: as a real one has it, which outlives the schema that it starts from */
async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table setting add column length integer`.execute(db)
  await sql`create table setting_letter (name text primary key, first text not null)`.execute(db)
  const { rows } = await sql<{ name: string; value: string }>`select name, value from setting order by name`.execute(db)
  for (const { name, value } of rows) {
    await sql`update setting set length = ${value.length} where name = ${name}`.execute(db)
    await sql`insert into setting_letter (name, first) values (${name}, ${value.slice(0, 1)})`.execute(db)
  }
}

export const WITH_LATER: readonly Migration[] = [...MIGRATIONS, { name: '9999-later', up }]
