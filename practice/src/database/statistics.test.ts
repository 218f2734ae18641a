/** What is asked for by its ids is looked up by its ids, however few rows a table has yet. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { makeTestPractice } from '#testing'
import type { Db } from './schema.ts'
import { tellPlanner } from './statistics.ts'

const IDS = Array.from({ length: 500 }, (_, i) => `'${i}'`).join()

test('no table is read whole for rows that are named', async () => {
  await using made = await makeTestPractice()
  const { db } = made.practice
  const tables = (await db.introspection.getTables()).filter(({ columns }) => has(columns, 'id') && has(columns, 'practice_id'))
  assert.ok(tables.length > 20)
  for (const { name } of tables) {
    const named = await planOf(db, `select * from ${name} where practice_id = 'p' and id in (${IDS})`)
    assert.match(named, /\(id=\?\)/, name)
    const page = await planOf(db, `select * from ${name} where practice_id = 'p' and id > 'a' order by id limit 50`)
    assert.doesNotMatch(page, /TEMP B-TREE/, name)
  }
  const ofPatients = `from record_entry where practice_id = 'p' and patient_id in (${IDS}) and kind = 'alert'`
  assert.match(await planOf(db, `select * ${ofPatients}`), /\(practice_id=\? AND patient_id=\? AND kind=\?\)/)
})

test('the planner is told once, and again after somebody has counted', async () => {
  await using made = await makeTestPractice()
  const { db } = made.practice
  const told = () => sql`select * from sqlite_stat1 order by tbl, idx`.execute(db)
  const { rows } = await told()
  await sql`analyze`.execute(db)
  assert.notDeepEqual((await told()).rows, rows)
  await tellPlanner(db)
  assert.deepEqual((await told()).rows, rows)
  const changes = () => sql<{ n: number }>`select total_changes() as n`.execute(db)
  const before = await changes()
  await tellPlanner(db)
  assert.deepEqual(await changes(), before)
})

function has(columns: readonly { readonly name: string }[], name: string): boolean {
  return columns.some((column) => column.name === name)
}

async function planOf(db: Db, query: string): Promise<string> {
  const { rows } = await sql.raw<{ detail: string }>(`explain query plan ${query}`).execute(db)
  return rows.map(({ detail }) => detail).join('\n')
}
