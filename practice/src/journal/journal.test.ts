import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Db } from '#database'
import type { JournalEvent } from '#endpoint'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { hashEntry } from './entry.ts'
import { journalHead, recordEvent, verifyJournal } from './index.ts'
import { readJournal, streamJournal } from './store.ts'

onBothEngines('the journal', (engine) => {
  test('an untouched journal is whole', async () => {
    await using made = await journalOf(engine, 5)
    const verdict = await verifyJournal(made.practice.db, made.practice.id)
    assert.deepEqual(verdict.breaks, [])
    assert.equal(verdict.entries, 6) // the practice's making, and five
    assert.deepEqual(verdict.head, await journalHead(made.practice.db, made.practice.id))
  })

  test('the database refuses to change or to remove an entry', async () => {
    await using made = await journalOf(engine, 1)
    await assert.rejects(made.practice.db.updateTable('journal_entry').set({ reason: 'x' }).execute(), /kept as written/)
    await assert.rejects(made.practice.db.deleteFrom('journal_entry').execute(), /kept as written/)
    if (engine === 'sqlite') await requireNoReplacing(made.practice.db)
  })

  test('a patient’s lines are those about them and those that showed them; whoever reads without patients sees neither', async () => {
    await using made = await journalOf(engine, 1)
    const { practice } = made
    const tell = (event: JournalEvent) =>
      practice.db.transaction().execute((tx) => recordEvent(tx, practice.id, undefined, practice.now(), event))
    await tell({ action: 'record.read', patientId: 'one' })
    await tell({ action: 'patients.searched', subject: 'list:search', shown: ['two', 'one', 'one'] })
    await tell({ action: 'patients.searched', subject: 'list:search', shown: ['two'] })
    await tell({ action: 'record.read', patientId: 'two' })
    const page = { limit: 50 }
    const { entries } = await readJournal(practice.db, practice.id, { withPatients: true, patientId: 'one' }, page)
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['patients.searched', 'record.read'],
    )
    const first = await readJournal(practice.db, practice.id, { withPatients: true, patientId: 'one' }, { limit: 1 })
    const next = { limit: 1, cursor: first.next }
    const second = await readJournal(practice.db, practice.id, { withPatients: true, patientId: 'one' }, next)
    assert.deepEqual([...first.entries, ...second.entries], entries)
    const without = await readJournal(practice.db, practice.id, { withPatients: false }, page)
    assert.ok(!JSON.stringify(without).includes('two'))
  })

  test('a look at a list that was hidden from a patient, or given to another, is named', async () => {
    await using made = await journalOf(engine, 1)
    const { db, id, now } = made.practice
    const search = (shown: readonly string[]) =>
      db.transaction().execute((tx) => recordEvent(tx, id, undefined, now(), { action: 'patients.searched', shown }))
    const hidden = await search(['one', 'two'])
    const given = await search(['one'])
    assert.deepEqual((await verifyJournal(db, id)).breaks, [])
    await db.deleteFrom('journal_shown').where('patient_id', '=', 'two').execute()
    await db.insertInto('journal_shown').values({ practice_id: id, patient_id: 'three', seq: given.seq }).execute()
    const { breaks } = await verifyJournal(db, id)
    assert.deepEqual(breaks, [
      { kind: 'shown', seq: hidden.seq },
      { kind: 'shown', seq: given.seq },
    ])
  })

  test('an entry that was changed all the same is named', async () => {
    await using made = await journalOf(engine, 5)
    await allowChanges(made, engine)
    await made.practice.db.updateTable('journal_entry').set({ account_id: 'somebody else' }).where('seq', '=', 3).execute()
    assert.deepEqual((await verdictOf(made)).breaks, [{ kind: 'changed', seq: 3 }])
  })

  test('an entry that was removed leaves a gap', async () => {
    await using made = await journalOf(engine, 5)
    await allowChanges(made, engine)
    await made.practice.db.deleteFrom('journal_entry').where('seq', '=', 3).execute()
    assert.deepEqual((await verdictOf(made)).breaks, [{ kind: 'gap', seq: 3 }])
  })

  test('an end that was cut off is noticed', async () => {
    await using made = await journalOf(engine, 5)
    await allowChanges(made, engine)
    await made.practice.db.deleteFrom('journal_entry').where('seq', '>', 4).execute()
    assert.deepEqual((await verdictOf(made)).breaks, [{ kind: 'head', seq: 6 }])
  })

  test('a head that was kept elsewhere betrays a chain that was written anew', async () => {
    await using made = await journalOf(engine, 5)
    const anchor = await journalHead(made.practice.db, made.practice.id)
    await allowChanges(made, engine)
    await made.practice.db.deleteFrom('journal_entry').execute()
    await made.practice.db.deleteFrom('journal_head').execute()
    await write(made, 8)
    assert.deepEqual((await verdictOf(made)).breaks, [])
    const verdict = await verifyJournal(made.practice.db, made.practice.id, { anchors: [anchor] })
    assert.deepEqual(verdict.breaks, [{ kind: 'anchor', seq: 6 }])
  })

  test('a head that was kept after the chain had been written anew does not hide the one of before', async () => {
    await using made = await journalOf(engine, 5)
    const anchor = await journalHead(made.practice.db, made.practice.id)
    await allowChanges(made, engine)
    await made.practice.db.deleteFrom('journal_entry').execute()
    await made.practice.db.deleteFrom('journal_head').execute()
    await write(made, anchor.seq)
    const anchors = [anchor, await journalHead(made.practice.db, made.practice.id)]
    const verdict = await verifyJournal(made.practice.db, made.practice.id, { anchors })
    assert.deepEqual(verdict.breaks, [{ kind: 'anchor', seq: anchor.seq }])
  })

  test('a head that was put back hides no entry, and none stands before the first', async () => {
    await using made = await journalOf(engine, 5)
    const { db } = made.practice
    const fourth = await db.selectFrom('journal_entry').selectAll().where('seq', '=', 4).executeTakeFirstOrThrow()
    await db.updateTable('journal_head').set({ seq: 4, hash: fourth.hash }).execute()
    assert.deepEqual((await verdictOf(made)).breaks, [{ kind: 'head', seq: 5 }])
    await db
      .insertInto('journal_entry')
      .values({ ...fourth, seq: -4 })
      .execute()
    assert.ok((await verdictOf(made)).breaks.some(({ kind, seq }) => kind === 'gap' && seq === 1))
  })

  test('entries of the very second at which one asks to begin or to end are told apart', async () => {
    await using made = await journalOf(engine, 0)
    made.pass({ milliseconds: 500 })
    await write(made, 1)
    const { practice } = made
    const found = async (filter: object) =>
      (await readJournal(practice.db, practice.id, { withPatients: true, ...filter }, { limit: 10 })).entries.map(
        ({ seq }) => seq,
      )
    assert.deepEqual(await found({ from: '2026-03-02T08:00:00Z' }), [2, 1])
    assert.deepEqual(await found({ from: '2026-03-02T08:00:00.1Z' }), [2])
    assert.deepEqual(await found({ to: '2026-03-02T08:00:00Z' }), [])
    assert.deepEqual(await found({ to: '2026-03-02T08:00:00.5Z' }), [1])
    const streamed = await Array.fromAsync(streamJournal(practice.db, practice.id, { from: '2026-03-02T08:00:00Z', upTo: 9 }))
    assert.equal(streamed.length, 2)
  })

  test('others are served while a long journal is walked', async () => {
    await using made = await journalOf(engine, 0)
    await writeMany(made, 6_000)
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const verdict = await verdictOf(made)
    clearInterval(timer)
    assert.deepEqual([verdict.entries, verdict.breaks], [6_001, []])
    assert.ok(turns > 0)
  })

  test('a clock that jumps back changes no order and breaks nothing', async () => {
    await using made = await journalOf(engine, 2)
    made.pass({ hours: -24 * 400 })
    await write(made, 2)
    assert.deepEqual((await verdictOf(made)).breaks, [])
  })

  test('two who write at once get numbers without a gap', async () => {
    await using made = await journalOf(engine, 0)
    await Promise.all(Array.from({ length: 20 }, () => write(made, 1)))
    const verdict = await verdictOf(made)
    assert.deepEqual(verdict.breaks, [])
    assert.equal(verdict.entries, 21)
  })

  test('what is undone with its transaction is not in the journal', async () => {
    await using made = await journalOf(engine, 1)
    const { practice, owner } = made
    const failing = practice.db.transaction().execute(async (tx) => {
      await recordEvent(tx, practice.id, owner, practice.now(), { action: 'record.read' })
      throw new Error('undone')
    })
    await assert.rejects(failing, /undone/)
    assert.equal((await verdictOf(made)).entries, 2)
  })
})

async function journalOf(engine: 'sqlite' | 'postgresql', entries: number): Promise<TestPractice> {
  const made = await makeTestPractice(engine)
  await write(made, entries)
  return made
}

async function write({ practice, owner }: TestPractice, entries: number): Promise<void> {
  for (let count = 0; count < entries; count++) {
    await practice.db.transaction().execute((tx) =>
      recordEvent(tx, practice.id, owner, practice.now(), {
        action: 'record.read',
        patientId: 'a patient',
        details: { count },
      }),
    )
  }
}

/** As {@link write}, without a transaction for each. */
async function writeMany({ practice }: TestPractice, entries: number): Promise<void> {
  const last = await practice.db.selectFrom('journal_entry').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
  let { seq, hash } = last
  for (let at = 0; at < entries; at += 500) {
    const rows = Array.from({ length: 500 }, () => {
      const entry = { ...last, seq: ++seq, previous_hash: hash }
      hash = hashEntry(entry)
      return { ...entry, hash }
    })
    await practice.db.insertInto('journal_entry').values(rows).execute()
  }
  await practice.db.updateTable('journal_head').set({ seq, hash }).execute()
}

function verdictOf({ practice }: TestPractice) {
  return verifyJournal(practice.db, practice.id)
}

/** SQLite's REPLACE takes away what has the same key, or the same row number, and runs no trigger for that. */
async function requireNoReplacing(db: Db): Promise<void> {
  const [first, second] = await db.selectFrom('journal_entry').selectAll().orderBy('seq').execute()
  assert.ok(first !== undefined && second !== undefined)
  const replacing = db.replaceInto('journal_entry').values({ ...first, reason: 'x' })
  await assert.rejects(replacing.execute(), /kept as written/)
  const columns = sql.raw(Object.keys(first).join(', '))
  const elsewhere = sql`insert or replace into journal_entry (rowid, ${columns})
    select rowid, ${sql.raw(Object.keys(first).join(', ').replace('seq', 'seq + 100'))} from journal_entry where seq = ${second.seq}`
  await assert.rejects(elsewhere.execute(db), /kept as written/)
  assert.deepEqual(await db.selectFrom('journal_entry').selectAll().orderBy('seq').execute(), [first, second])
}

/** What an intruder with the key and a database program can do. */
async function allowChanges({ practice }: TestPractice, engine: 'sqlite' | 'postgresql'): Promise<void> {
  if (engine === 'postgresql') return void (await sql`alter table journal_entry disable trigger all`.execute(practice.db))
  await sql`drop trigger journal_entry_no_update`.execute(practice.db)
  await sql`drop trigger journal_entry_no_delete`.execute(practice.db)
}
