/** Rows by the hundred are there, each as it was given, whatever stood in those before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeTestPractice, onBothEngines } from '#testing'
import { insertMany } from './insert-many.ts'

onBothEngines('many rows at once', (engine) => {
  test('none, some, hundreds and a rest', async () => {
    await using made = await makeTestPractice(engine)
    const { db, id } = made.practice
    const wanted: unknown[] = []
    for (const [run, count] of [0, 1, 99, 100, 250].entries()) {
      const rows = Array.from({ length: count }, (_, line) => ({
        practice_id: id,
        run_id: String(run),
        table_name: 'patients',
        line,
        key: line % 3 === 0 ? null : `key ${run} ${line}`,
        is_refused: line % 2,
        findings: '[]',
        raw: line % 5 === 0 ? null : 'l’été; "x"',
        digest: null,
      }))
      await db.transaction().execute((tx) => insertMany(tx, 'import_left', rows))
      wanted.push(...rows)
    }
    const found = await db.selectFrom('import_left').selectAll().orderBy('run_id').orderBy('line').execute()
    assert.deepEqual(
      found.map((row) => ({ ...row })),
      wanted,
    )
  })

  test('columns in another order are not taken for each other', async () => {
    await using made = await makeTestPractice(engine)
    const { db, id } = made.practice
    const row = (line: number) => ({ practice_id: id, run_id: 'r', line, key: `k${line}`, identity: '{}', is_named: 0 })
    const turned = (line: number) => Object.fromEntries(Object.entries(row(line)).toReversed()) as ReturnType<typeof row>
    await db.transaction().execute(async (tx) => {
      await insertMany(
        tx,
        'import_person',
        Array.from({ length: 100 }, (_, line) => row(line)),
      )
      await insertMany(
        tx,
        'import_person',
        Array.from({ length: 100 }, (_, line) => turned(100 + line)),
      )
    })
    const found = await db.selectFrom('import_person').selectAll().orderBy('line').execute()
    assert.deepEqual(
      found.map((each) => ({ ...each })),
      Array.from({ length: 200 }, (_, line) => row(line)),
    )
  })
})
