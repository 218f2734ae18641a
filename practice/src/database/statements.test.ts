import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { keepingStatements } from './statements.ts'

test('the same question is prepared once', async () => {
  const { db, prepared } = open()
  await sql`create table tooth (fdi text)`.execute(db)
  for (let i = 0; i < 5; i++) await sql`insert into tooth values (${String(i)})`.execute(db)
  assert.equal(prepared.filter((each) => each.startsWith('insert')).length, 1)
})

test('a table that has changed is read as it is now', async () => {
  const { db } = open()
  await sql`create table tooth (fdi text)`.execute(db)
  await sql`insert into tooth values ('16')`.execute(db)
  const all = sql`select * from tooth`
  assert.deepEqual((await all.execute(db)).rows, [{ fdi: '16' }])
  await sql`alter table tooth add column note text default 'sound'`.execute(db)
  assert.deepEqual((await all.execute(db)).rows, [{ fdi: '16', note: 'sound' }])
})

test('however many questions are asked, the kept ones are bounded', async () => {
  const { db, prepared } = open()
  for (let round = 0; round < 2; round++) for (let i = 0; i < 400; i++) await sql.raw(`select ${i}`).execute(db)
  assert.equal(prepared.length, 800)
})

function open() {
  const connection = new Sqlite(':memory:')
  const prepared: string[] = []
  const prepare = (text: string) => {
    prepared.push(text)
    return connection.prepare(text)
  }
  const database = keepingStatements({ close: () => connection.close(), prepare })
  return { db: new Kysely<unknown>({ dialect: new SqliteDialect({ database }) }), prepared }
}
