import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { emptyExpiredTraces, recordEvent, verifyJournal } from './index.ts'

onBothEngines('what the journal keeps', (engine) => {
  test('a trace of use is emptied after three years, what changed a record is not, and the chain holds', async () => {
    await using made = await makeTestPractice(engine)
    await tell(made, 'record.read')
    await tell(made, 'record.changed')
    made.pass({ hours: 3 * 366 * 24 })
    await tell(made, 'record.read')
    assert.equal(await emptyExpiredTraces(made.practice), 1)
    const [, read, changed, recent] = await entriesOf(made)
    assert.deepEqual([read?.action, read?.patient_id, read?.account_id, read?.details], ['trace.emptied', null, null, '{}'])
    assert.deepEqual([changed?.action, changed?.patient_id], ['record.changed', 'a patient'])
    assert.deepEqual([recent?.action, recent?.patient_id], ['record.read', 'a patient'])
    assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
  })

  test('whom a list showed is forgotten with the line that says so, and no other line', async () => {
    await using made = await makeTestPractice(engine)
    const { practice } = made
    const show = (...shown: string[]) =>
      practice.db
        .transaction()
        .execute((tx) => recordEvent(tx, practice.id, undefined, practice.now(), { action: 'patients.searched', shown }))
    await show('a patient', 'another')
    made.pass({ hours: 3 * 366 * 24 })
    const kept = await show('a patient')
    assert.equal(await emptyExpiredTraces(practice), 1)
    const left = await practice.db.selectFrom('journal_shown').select(['patient_id', 'seq']).execute()
    assert.deepEqual(left, [{ patient_id: 'a patient', seq: kept.seq }])
    assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
  })

  test('a trace of a day less than three years ago is kept', async () => {
    await using made = await makeTestPractice(engine)
    await tell(made, 'record.read')
    made.pass({ hours: 3 * 365 * 24 })
    assert.equal(await emptyExpiredTraces(made.practice), 0)
    assert.equal((await entriesOf(made))[1]?.action, 'record.read')
  })

  test('a clock that is wrong costs a month of traces a day', async () => {
    await using made = await makeTestPractice(engine)
    for (let month = 0; month < 4; month++) {
      await tell(made, 'record.read')
      made.pass({ hours: 32 * 24 })
    }
    made.pass({ hours: 10 * 366 * 24 })
    assert.equal(await emptyExpiredTraces(made.practice), 1)
    assert.equal(await emptyExpiredTraces(made.practice), 0)
    made.pass({ hours: 25 })
    assert.equal(await emptyExpiredTraces(made.practice), 1)
    assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
  })

  test('two servers that empty at once tell it once', async () => {
    await using made = await makeTestPractice(engine)
    for (let count = 0; count < 3; count++) await tell(made, 'record.read')
    made.pass({ hours: 3 * 366 * 24 })
    const emptied = await Promise.all([emptyExpiredTraces(made.practice), emptyExpiredTraces(made.practice)])
    assert.equal(emptied[0] + emptied[1], 3)
    assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
  })

  test('whoever empties an entry by another way is found out', async () => {
    await using made = await makeTestPractice(engine)
    for (let count = 0; count < 3; count++) await tell(made, 'record.read')
    await tell(made, 'glass.broken')
    made.pass({ hours: 3 * 366 * 24 })
    await emptyExpiredTraces(made.practice)
    await empty(made, 5)
    const { breaks } = await verifyJournal(made.practice.db, made.practice.id)
    assert.deepEqual(breaks, [{ kind: 'emptied', seq: 1 }])
    await tell(made, 'record.read')
    await empty(made, 7)
    const more = await verifyJournal(made.practice.db, made.practice.id)
    assert.deepEqual(more.breaks, [
      { kind: 'emptied', seq: 1 },
      { kind: 'emptied', seq: 7 },
    ])
  })

  test('the database lets an entry be emptied, and nothing else', async () => {
    await using made = await makeTestPractice(engine)
    await tell(made, 'record.read')
    const { db } = made.practice
    const change = (values: object) => db.updateTable('journal_entry').set(values).where('seq', '=', 2).execute()
    await assert.rejects(change({ ...EMPTY, at: '2020-01-01T00:00:00.000Z' }), /kept as written/)
    await assert.rejects(change({ ...EMPTY, reason: 'a story' }), /kept as written/)
    await assert.rejects(change({ ...EMPTY, hash: 'f'.repeat(64) }), /kept as written/)
  })
})

const EMPTY = {
  action: 'trace.emptied',
  account_id: null,
  role: null,
  session_id: null,
  address: null,
  patient_id: null,
  subject: null,
  reason: null,
  details: '{}',
  salt: null,
}

async function empty({ practice }: TestPractice, seq: number): Promise<void> {
  await practice.db.updateTable('journal_entry').set(EMPTY).where('seq', '=', seq).execute()
}

async function tell({ practice, owner }: TestPractice, action: 'record.read' | 'record.changed' | 'glass.broken'): Promise<void> {
  await practice.db
    .transaction()
    .execute((tx) => recordEvent(tx, practice.id, owner, practice.now(), { action, patientId: 'a patient' }))
}

function entriesOf({ practice }: TestPractice) {
  return practice.db.selectFrom('journal_entry').selectAll().orderBy('seq').execute()
}
