import assert from 'node:assert/strict'
import { test } from 'node:test'
import { correctEntry, importEntries, loadAccess, parseBody } from '#patients'
import { anIdentity, change, makeTestPractice, onBothEngines } from '#testing'
import { countRecord } from './everything.ts'

onBothEngines('a whole record', (engine) => {
  test('what somebody dates anew while the record is read is there once', async () => {
    await using made = await makeTestPractice(engine)
    const { practice, owner } = made
    const note = (on: string) => parseBody('observation', { category: 'note', on, text: 'Contrôle.' })
    const days = Array.from({ length: 450 }, (_, i) => Temporal.PlainDate.from('2024-01-01').add({ days: i }).toString())
    await importEntries(practice, owner, [
      {
        source: 'test',
        patients: [{ id: 'p', identity: { ...anIdentity(), fileNumber: '1' } }],
        entries: days.map((day, i) => ({ id: `n${i}`, patientId: 'p', kind: 'observation' as const, body: note(day) })),
      },
    ])
    const move = (entryId: string, day: string) =>
      change(made, (w) =>
        correctEntry(w, {
          patientId: 'p',
          entryId,
          expectedVersion: 1,
          kind: 'observation',
          body: note(day),
          reason: 'wrong day',
        }),
      )
    let isMoved = false
    const db = practice.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if (!isMoved && result.rows.length > 100) {
          isMoved = true
          await move('n0', '2026-01-01')
          await move('n449', '2020-01-01')
        }
        return result
      },
    })
    const access = await loadAccess({ db: practice.db, practiceId: practice.id, actor: owner, now: practice.now() }, 'p')
    const { heads } = await countRecord({ db, practiceId: practice.id, access }, practice.now(), {})
    assert.equal(isMoved, true)
    assert.deepEqual([heads.length, new Set(heads.map(({ id }) => id)).size], [451, 451])
  })
})
