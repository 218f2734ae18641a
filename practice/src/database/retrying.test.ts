import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tx } from '#database'
import { makeTestPractice, onBothEngines } from '#testing'
import { openSqlite } from './sqlite.ts'

onBothEngines('transactions', (engine) => {
  test('two that wait for each other both end well', async () => {
    await using made = await makeTestPractice(engine)
    const { db, id } = made.practice
    const changed = { changed_at: '2026-03-02T08:00:00.000Z', changed_by: made.owner.accountId }
    for (const name of ['one', 'two'])
      await db
        .insertInto('setting')
        .values({ practice_id: id, name, value: '0', ...changed })
        .execute()
    const addOne = (tx: Tx, name: string) =>
      tx
        .updateTable('setting')
        .set((row) => ({ value: row('value', '||', '1') }))
        .where('practice_id', '=', id)
        .where('name', '=', name)
        .execute()
    const both = (first: string, second: string) =>
      db.transaction().execute(async (tx) => {
        await addOne(tx, first)
        await new Promise((resolve) => setTimeout(resolve, 50))
        await addOne(tx, second)
      })
    await Promise.all([both('one', 'two'), both('two', 'one')])
    const rows = await db.selectFrom('setting').select('value').where('name', 'in', ['one', 'two']).execute()
    assert.deepEqual(
      rows.map(({ value }) => value),
      ['011', '011'],
    )
  })

  test('of two that look for the same thing and add it when it is not there, the second finds it', async () => {
    await using made = await makeTestPractice(engine)
    const { db, id } = made.practice
    const addUnlessThere = () =>
      db.transaction().execute(async (tx) => {
        const found = await tx.selectFrom('setting').select('value').where('name', '=', 'one').executeTakeFirst()
        if (found !== undefined) return 'found'
        await new Promise((resolve) => setTimeout(resolve, 50))
        const row = { practice_id: id, name: 'one', value: '0', changed_at: '2026-03-02T08:00:00.000Z', changed_by: '' }
        await tx.insertInto('setting').values(row).execute()
        return 'added'
      })
    assert.deepEqual((await Promise.all([addUnlessThere(), addUnlessThere()])).sort(), ['added', 'found'])
  })
})

test('another program that writes between our reading and our writing stops neither', async () => {
  await using made = await makeTestPractice()
  const { db, id, folder, master } = made.practice
  const beside = openSqlite(folder, { records: master.derive('records'), keyring: master.derive('keyring') })
  let runs = 0
  await db.transaction().execute(async (tx) => {
    const { name } = await tx.selectFrom('practice').select('name').where('id', '=', id).executeTakeFirstOrThrow()
    if (runs++ === 0) await beside.updateTable('practice').set({ name: 'Cabinet d’à côté' }).where('id', '=', id).execute()
    await tx
      .updateTable('practice')
      .set({ name: `${name}, seul` })
      .where('id', '=', id)
      .execute()
  })
  await beside.destroy()
  const { name } = await db.selectFrom('practice').select('name').executeTakeFirstOrThrow()
  assert.deepEqual([name, runs], ['Cabinet d’à côté, seul', 2])
})

test('what goes wrong for another reason is tried once', async () => {
  await using made = await makeTestPractice()
  let runs = 0
  const failing = made.practice.db.transaction().execute(async () => {
    runs++
    throw new Error('no')
  })
  await assert.rejects(failing, /no/)
  assert.equal(runs, 1)
})
