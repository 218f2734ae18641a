/**
 * What SQLite's planner is told of the tables. Told nothing, it takes any column of an index to tell ten rows from the rest: a practice's
 * share of a table too, which is all of it, and where fifty patients are asked for by their ids it reads every one. The figures are ours and
 * not counted (`analyze`): plans are the same in every practice, on its first day as in its tenth year
 * (sqlite.org/queryplanner-ng.html §4, sqlite.org/fileformat2.html §2.6.3). PostgreSQL counts by itself.
 */
import { type Kysely, sql } from 'kysely'
import type { Tables } from './schema.ts'

/** Of every table: what SQLite believes by itself, too. */
const ROWS = 1_000_000
/** How many values columns have that tell little; {@link DISTINCT_OTHERWISE} for all others. */
const DISTINCT: Readonly<Record<string, number>> = {
  practice_id: 1,
  source_id: 2,
  preview_state: 3,
  state: 4,
  table_name: 5,
  run_id: 10,
  account_id: 10,
  kind: 20,
  rule: 40,
  action: 50,
  on_day: 100_000, // fewer, and no reason to go through all of them for one rule
}
const DISTINCT_OTHERWISE = 50_000

interface IndexRow {
  readonly table: string
  readonly index: string
  readonly is_unique: number
  /** JSON */
  readonly columns: string
}

/** Tells the planner, where it has not been told the same before. */
export async function tellPlanner(db: Kysely<Tables>): Promise<void> {
  const wanted = (await listIndexes(db)).map(({ table, index, ...columns }) => ({
    tbl: table,
    idx: index,
    stat: statOf(columns),
  }))
  if ((await toldBefore(db)) === JSON.stringify(wanted)) return
  await db.transaction().execute(async (tx) => {
    await sql`analyze migration`.execute(tx) // makes the table of figures
    await sql`delete from sqlite_stat1`.execute(tx)
    await sql`
      insert into sqlite_stat1 (tbl, idx, stat)
      select value ->> 'tbl', value ->> 'idx', value ->> 'stat' from json_each(${JSON.stringify(wanted)})`.execute(tx)
  })
  await sql`analyze sqlite_schema`.execute(db) // has them read
}

/** A table that is its own index has it under its own name. */
async function listIndexes(db: Kysely<Tables>): Promise<readonly IndexRow[]> {
  const { rows } = await sql<IndexRow>`
    select "table".name as "table",
      case when "table".wr and "index".origin = 'pk' then "table".name else "index".name end as "index",
      "index"."unique" as is_unique,
      (select json_group_array(name) from (select name from pragma_index_info("index".name) order by seqno)) as columns
    from pragma_table_list as "table", pragma_index_list("table".name) as "index"
    where "table".schema = 'main' and "table".type = 'table' and "table".name not like 'sqlite_%'
    order by 1, 2`.execute(db)
  return rows
}

async function toldBefore(db: Kysely<Tables>): Promise<string | undefined> {
  const { rows: tables } = await sql`select name from sqlite_schema where name = 'sqlite_stat1'`.execute(db)
  if (tables.length === 0) return undefined
  const { rows } = await sql`select tbl, idx, stat from sqlite_stat1 order by tbl, idx`.execute(db)
  return JSON.stringify(rows)
}

/** How many rows there are, then how many share the first column, the first two, and so on. */
function statOf({ columns, is_unique }: Pick<IndexRow, 'columns' | 'is_unique'>): string {
  const names = JSON.parse(columns) as (string | null)[]
  let sharing = ROWS
  const shares = names.map((name, at) => {
    sharing = Math.max(1, Math.round(sharing / (DISTINCT[name ?? ''] ?? DISTINCT_OTHERWISE)))
    return is_unique === 1 && at === names.length - 1 ? 1 : sharing
  })
  return [ROWS, ...shares].join(' ')
}
