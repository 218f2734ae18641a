import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyJournal } from '#journal'
import type { Actor } from '#open-practice'
import {
  addEntry,
  breakGlassOf,
  correctEntry,
  findPatients,
  keptIdsOf,
  listByIds,
  loadAccess,
  parseQuery,
  type Reading,
  readEntries,
  readEntry,
  readPatient,
  requireRead,
  verifyRecord,
} from '#patients'
import { insKey } from '#patients/contract'
import { anIdentity, aPatient, change, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { compareDue } from './compare-due.ts'
import { decide, joinDuplicates, separateDuplicates } from './decide.ts'
import { countOpen, listPairs } from './pairs-store.ts'

const REASON = 'the same person, she says so herself'
const TODAY = '2026-03-02'
const zoe = () => anIdentity({ birthName: 'Dupont', givenNames: ['Zoé'], bornOn: '1972-06-18' })

onBothEngines('two records of one person', (engine) => {
  test('are shown as one: identity of the one that is kept, entries of both, each with where it was written', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    const mine = await note(made, kept, 'seen here')
    const other = await note(made, joined, 'seen there')
    await join(made, kept, joined)
    for (const asked of [kept, joined]) {
      const reading = await readingOf(made, asked)
      const patient = await readPatient(reading, TODAY)
      assert.deepEqual([patient.id, patient.identity.body.fileNumber, patient.counts.observation], [kept, 'A-1', 2])
      assert.deepEqual(
        patient.joined.map((each) => [each.patient.fileNumber, each.reason, each.joinedBy.name]),
        [['B-2', REASON, 'Dr Camille Exemple']],
      )
      const { entries } = await readEntries(reading, { kinds: ['observation'] })
      assert.deepEqual(
        new Map(entries.map(({ id, writtenIn }) => [id, writtenIn])),
        new Map([
          [mine, undefined],
          [other, joined],
        ]),
      )
    }
  })

  test('are found by the names and numbers of either, once', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    await join(made, kept, joined)
    const { db, id } = made.practice
    for (const typed of ['dupont', 'lemaire', 'B-2', 'zoe']) {
      const found = await findPatients(db, id, parseQuery(typed), { limit: 20 })
      const lines = await listByIds(
        { db, practiceId: id, accountId: made.owner.accountId },
        found.patients.map(({ patientId }) => patientId),
      )
      assert.deepEqual(
        lines.map((line) => line.id),
        [kept],
        typed,
      )
    }
  })

  test('are what they were once they are parted, with what was written in each meanwhile', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    const there = await note(made, joined, 'seen there')
    const before = await Promise.all([snapshot(made, kept), snapshot(made, joined)])
    const linkId = await join(made, kept, joined)
    await part(made, kept, linkId)
    assert.deepEqual(await Promise.all([snapshot(made, kept), snapshot(made, joined)]), before)
    const again = await join(made, joined, kept)
    const since = await note(made, joined, 'written since')
    await change(made, (writing) => correctEntry(writing, correctionOf(kept, there, 'seen there, and told')))
    await part(made, joined, again)
    const [ofKept, ofJoined] = [await entriesOf(made, kept), await entriesOf(made, joined)]
    assert.deepEqual([ofKept.length, ofJoined.map(({ id }) => id).toSorted()], [0, [since, there].toSorted()])
    for (const id of [kept, joined]) assert.deepEqual((await verifyRecord(made.practice.db, made.practice.id, id)).breaks, [])
    assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
  })

  test('are joined once, and never in a circle', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    const third = await aPatient(made, zoe())
    await assert.rejects(join(made, kept, kept), { code: 'conflict' })
    await assert.rejects(join(made, kept, 'nobody'), { code: 'not-found' })
    await join(made, kept, joined)
    await assert.rejects(join(made, third, joined), { code: 'conflict' })
    await assert.rejects(join(made, joined, kept), { code: 'conflict' })
    const outer = await join(made, third, kept)
    const reading = await readingOf(made, joined)
    assert.deepEqual([reading.access.patientId, reading.access.parts.length], [third, 3])
    await part(made, third, outer)
    assert.equal((await readingOf(made, joined)).access.patientId, kept)
    await assert.rejects(part(made, third, outer), { code: 'not-found' })
  })

  test('two people who join at once: one does, the other is told', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    const tries = await Promise.allSettled([join(made, kept, joined), join(made, joined, kept), join(made, kept, joined)])
    assert.deepEqual(tries.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected', 'rejected'])
    for (const each of tries) if (each.status === 'rejected') assert.equal(each.reason.code, 'conflict')
    const ids = await keptIdsOf(made.practice.db, made.practice.id, [kept, joined])
    assert.equal(new Set(ids.values()).size, 1)
  })

  test('two qualified INS are two people', async () => {
    await using made = await makeTestPractice(engine)
    const one = await aPatient(made, qualified('1851275101001'))
    const other = await aPatient(made, qualified('2851275101001'))
    await assert.rejects(join(made, one, other), { code: 'conflict' })
  })

  test('of two limits the stricter holds, and broken glass opens one part only', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    const [one, other] = [await made.actor('practitioner'), await made.actor('practitioner')]
    const linkId = await join(made, kept, joined)
    await part(made, kept, linkId)
    await limit(made, kept, [one, other, made.owner])
    await limit(made, joined, [other, made.owner])
    await join(made, kept, joined)
    await assert.rejects(openedBy(made, one, kept), { code: 'break-glass-needed' })
    await openedBy(made, other, kept)
    await made.practice.db
      .updateTable('record_limit')
      .set({ accounts: JSON.stringify([made.owner.accountId]) })
      .execute()
    await change(made, (writing) => breakGlassOf(writing, made.practice, joined, 'she is in the chair now'), other)
    await openedBy(made, other, kept)
    await made.practice.db.deleteFrom('broken_glass').where('patient_id', '=', joined).execute()
    await assert.rejects(openedBy(made, other, kept), { code: 'break-glass-needed' })
  })

  test('another’s personal note stays another’s', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    const author = await made.actor('practitioner')
    const id = await note(made, joined, 'mine alone', author, 'personal-note')
    await join(made, kept, joined)
    assert.equal((await readEntry(await readingOf(made, kept, author), id)).writtenIn, joined)
    await assert.rejects(readEntry(await readingOf(made, kept), id), { code: 'not-found' })
    assert.deepEqual(await entriesOf(made, kept), [])
  })
})

onBothEngines('the list of pairs', (engine) => {
  test('what was decided leaves it, and can be taken up again', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    await compareDue(made.practice)
    assert.deepEqual(await states(made), ['open'])
    await change(made, (writing) => decide(writing, kept, joined, { state: 'different', reason: 'cousins of one name' }))
    assert.deepEqual(await states(made), ['different'])
    await change(made, (writing) => decide(writing, joined, kept, { state: 'open' }))
    assert.equal(await countOpen(made.practice.db, made.practice.id), 1)
    const linkId = await join(made, kept, joined)
    assert.deepEqual(await states(made), [])
    await part(made, kept, linkId)
    assert.deepEqual(await states(made), ['different'])
  })

  test('a third record resembles the two as one', async () => {
    await using made = await makeTestPractice(engine)
    const { kept, joined } = await pair(made)
    await join(made, kept, joined)
    const third = await aPatient(made, zoe())
    await compareDue(made.practice)
    const { pairs } = await listPairs(forOwner(made), 'open', undefined, 10)
    assert.ok(pairs.length > 0)
    for (const { one, other } of pairs) assert.deepEqual([one.id, other.id].toSorted(), [kept, third].toSorted())
    await change(made, (writing) => decide(writing, kept, third, { state: 'later' }))
    assert.deepEqual((await listPairs(forOwner(made), 'open', undefined, 10)).pairs, [])
  })
})

async function pair(made: TestPractice): Promise<{ kept: string; joined: string }> {
  const kept = await aPatient(made, { ...zoe(), fileNumber: 'A-1' })
  const joined = await aPatient(made, { ...zoe(), birthName: 'Lemaire', usedName: 'Dupont', fileNumber: 'B-2' })
  return { kept, joined }
}

/** @param number thirteen characters */
function qualified(number: string) {
  return { ...zoe(), status: 'qualified' as const, ins: { number: number + insKey(number), kind: 'nir' as const } }
}

function join(made: TestPractice, keptId: string, joinedId: string): Promise<string> {
  return change(made, (writing) => joinDuplicates(writing, { keptId, joinedId, reason: REASON }))
}

function part(made: TestPractice, patientId: string, linkId: string): Promise<void> {
  return change(made, (writing) => separateDuplicates(writing, { patientId, linkId, reason: 'they are two people after all' }))
}

async function note(
  made: TestPractice,
  patientId: string,
  text: string,
  actor: Actor = made.owner,
  category: 'note' | 'personal-note' = 'note',
): Promise<string> {
  const body = category === 'note' ? { category, on: TODAY, text, teeth: [] } : { category, on: TODAY, text }
  return (await change(made, (writing) => addEntry(writing, { patientId, kind: 'observation', body }), actor)).id
}

function correctionOf(patientId: string, entryId: string, text: string) {
  const body = { category: 'note', on: TODAY, text, teeth: [] }
  return { patientId, entryId, kind: 'observation', expectedVersion: 1, body, reason: 'said otherwise' } as const
}

async function readingOf({ practice, owner }: TestPractice, patientId: string, actor: Actor = owner): Promise<Reading> {
  const { db, id: practiceId } = practice
  return { db, practiceId, access: await loadAccess({ db, practiceId, actor, now: practice.now() }, patientId) }
}

async function openedBy(made: TestPractice, actor: Actor, patientId: string): Promise<void> {
  requireRead((await readingOf(made, patientId, actor)).access, 'administrative')
}

async function entriesOf(made: TestPractice, patientId: string) {
  return (await readEntries(await readingOf(made, patientId), { kinds: ['observation'] })).entries
}

/** All that a record's page shows. */
async function snapshot(made: TestPractice, patientId: string) {
  const reading = await readingOf(made, patientId)
  return { patient: await readPatient(reading, TODAY), entries: await readEntries(reading, { withWithdrawn: true }) }
}

async function limit({ practice, owner }: TestPractice, patientId: string, actors: readonly Actor[]): Promise<void> {
  const accounts = JSON.stringify(actors.map(({ accountId }) => accountId))
  const row = { accounts, reason: 'a colleague', set_at: '', set_by: owner.accountId }
  await practice.db
    .insertInto('record_limit')
    .values({ practice_id: practice.id, patient_id: patientId, ...row })
    .execute()
}

function forOwner({ practice, owner }: TestPractice) {
  return { db: practice.db, practiceId: practice.id, accountId: owner.accountId }
}

async function states(made: TestPractice): Promise<string[]> {
  const lists = await Promise.all(
    (['open', 'later', 'different'] as const).map((state) => listPairs(forOwner(made), state, undefined, 10)),
  )
  return lists.flatMap(({ pairs }) => pairs.map(({ state }) => state))
}
