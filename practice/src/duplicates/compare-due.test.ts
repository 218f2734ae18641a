import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inventCrowd, SeededRandom } from '@couronne/samples'
import { correctEntry, type Identity, importEntries, loadAccess, parseBody, readIdentity } from '#patients'
import { anIdentity, aPatient, change, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { compareTraits } from './compare.ts'
import { compareDue, countDue } from './compare-due.ts'
import { findDuplicates } from './find-duplicates.ts'
import { inOrder } from './pairs.ts'
import { traitsOf } from './traits.ts'

const ZOE: Partial<Identity> & Pick<Identity, 'givenNames'> = {
  birthName: 'Dupont',
  givenNames: ['Zoé'],
  sex: 'female',
  bornOn: '1972-06-18',
}

onBothEngines('records that are due', (engine) => {
  test('two records of one person are found, whichever comes second, and once', async () => {
    await using made = await makeTestPractice(engine)
    const one = await aPatient(made, { ...ZOE })
    assert.deepEqual(await compareDue(made.practice), { compared: 1, found: 0 })
    const other = await aPatient(made, { ...ZOE, birthName: 'Lemaire', usedName: 'DUPONT' })
    await aPatient(made, { ...ZOE, givenNames: ['Paul'], sex: 'male' })
    assert.deepEqual(await compareDue(made.practice), { compared: 2, found: 1 })
    assert.deepEqual(await compareDue(made.practice), { compared: 0, found: 0 })
    const [row] = await pairsOf(made)
    assert.deepEqual([row?.one_id, row?.other_id, row?.score, row?.state], [...inOrder(one, other), 87, 'open'])
  })

  test('a correction that makes two people of them takes the pair away', async () => {
    await using made = await makeTestPractice(engine)
    await aPatient(made, { ...ZOE })
    const other = await aPatient(made, { ...ZOE })
    await compareDue(made.practice)
    await correctIdentity(made, other, { bornOn: '1990-01-30', givenNames: ['Anne'] })
    assert.equal(await countDue(made.practice), 1)
    await compareDue(made.practice)
    assert.deepEqual(await pairsOf(made), [])
  })

  test('what was decided is not asked again until more is known', async () => {
    await using made = await makeTestPractice(engine)
    await aPatient(made, { ...ZOE })
    const other = await aPatient(made, { ...ZOE, birthName: 'Dupond' })
    await compareDue(made.practice)
    const [{ reasons = '' } = {}] = await pairsOf(made)
    await made.practice.db.updateTable('duplicate_pair').set({ state: 'different', decided_on: reasons }).execute()
    await correctIdentity(made, other, { telephones: [{ number: '06 39 98 00 01' }] })
    assert.deepEqual(await compareDue(made.practice), { compared: 1, found: 0 })
    assert.equal((await pairsOf(made))[0]?.state, 'different')
    await correctIdentity(made, other, { birthName: 'Dupont' })
    assert.deepEqual(await compareDue(made.practice), { compared: 1, found: 1 })
    assert.equal((await pairsOf(made))[0]?.state, 'open')
  })

  test('a crowd is compared as one would pair by pair, stopped half-way and gone on with, by two at once', async () => {
    await using made = await makeTestPractice(engine)
    const people = crowdWithDoubles(700)
    await importCrowd(made, people)
    assert.equal(await countDue(made.practice), people.length)
    await compareDue(made.practice, { limit: 300 })
    assert.equal(await countDue(made.practice), people.length - 300)
    await Promise.all([compareDue(made.practice), compareDue(made.practice)])
    const found = new Set((await pairsOf(made)).map((row) => `${row.one_id} ${row.other_id}`))
    const expected = pairByPair(people)
    assert.ok(expected.length > 60)
    assert.deepEqual(
      expected.filter((name) => !found.has(name)),
      [],
    )
  })

  test('somebody who is not written yet is compared with those who are', async () => {
    await using made = await makeTestPractice(engine)
    const zoe = await aPatient(made, { ...ZOE })
    const paul = await aPatient(made, {
      birthName: 'Roche',
      givenNames: ['Paul'],
      sex: 'male',
      telephones: [{ number: '01 99 00 12 34' }],
    })
    await compareDue(made.practice)
    const place = { db: made.practice.db, practiceId: made.practice.id }
    const nobody = { ...ZOE, bornOn: '1999-09-09', givenNames: ['Lou'] }
    const asked = [
      anIdentity({ ...ZOE, birthName: 'DUPONT' }),
      anIdentity(nobody),
      anIdentity({ birthName: 'Roche', givenNames: ['Paul'], sex: 'male', telephones: [{ number: '+33 1 99 00 12 34' }] }),
    ]
    const found = await findDuplicates(place, asked)
    assert.deepEqual(
      found.map((each) => each.map(({ patientId, certainty }) => [patientId, certainty])),
      [[[zoe, 'sure']], [], [[paul, 'possible']]],
    )
    assert.deepEqual(await findDuplicates({ ...place, practiceId: 'another' }, asked), [[], [], []])
    assert.deepEqual(await findDuplicates(place, []), [])
  })

  test('a placeholder that a whole crowd bears makes no crowd of pairs', async () => {
    await using made = await makeTestPractice(engine)
    const identity = parseBody('identity', {
      fileNumber: '0',
      birthName: 'Inconnu',
      givenNames: ['X'],
      sex: 'unknown',
      bornOn: '1900-01-01',
    })
    await importCrowd(
      made,
      Array.from({ length: 300 }, (_, i) => ({ id: `nobody-${i}`, identity: { ...identity, fileNumber: `${i}` } })),
    )
    await compareDue(made.practice)
    assert.ok((await pairsOf(made)).length < 60 * 60)
  })
})

interface Member {
  readonly id: string
  readonly identity: Identity
}

/** Every tenth comes twice, with a slip of the pen of one sort or another. */
function crowdWithDoubles(count: number): Member[] {
  const crowd = [...inventCrowd(new SeededRandom('duplicates'), count)]
  const people = crowd.map(({ number, sex, telephones, ins, ...names }) => ({
    id: `p${number}`,
    identity: parseBody('identity', {
      ...names,
      fileNumber: `C${number}`,
      sex: sex === 'F' ? 'female' : 'male',
      telephones: telephones.map((telephone) => ({ number: telephone })),
      ...(ins === undefined ? {} : { ins: { number: ins, kind: 'nir' } }),
    }),
  }))
  const doubles = people
    .filter((_, i) => i % 10 === 0)
    .map(({ id, identity }, i) => ({
      id: `${id}-again`,
      identity: { ...slip(identity, i), fileNumber: `${identity.fileNumber}D` },
    }))
  return [...people, ...doubles]
}

function slip(identity: Identity, i: number): Identity {
  const { ins: _ins, ...rest } = identity
  const [year = '', month = '', day = ''] = (rest.bornOn ?? '').split('-')
  const slips: readonly Partial<Identity>[] = [
    { birthName: rest.birthName.toUpperCase() },
    { bornOn: Number(day) <= 12 ? `${year}-${day}-${month}` : `${year}-${month}-${day}` },
    { birthName: rest.givenNames[0] ?? '', givenNames: [rest.birthName] },
    { usedName: rest.birthName, birthName: 'Zylberstein' },
  ]
  return { ...rest, ...slips[i % slips.length] }
}

/** What needs no look at who shares a key: everybody with everybody. Weaker pairs may share none. */
function pairByPair(people: readonly Member[]): string[] {
  const traits = people.map(({ id, identity }) => ({ id, traits: traitsOf(identity) }))
  const names: string[] = []
  for (const [i, one] of traits.entries())
    for (const other of traits.slice(i + 1)) {
      const { certainty } = compareTraits(one.traits, other.traits)
      if (certainty === 'sure' || certainty === 'probable') names.push(inOrder(one.id, other.id).join(' '))
    }
  return names
}

async function importCrowd({ practice, owner }: TestPractice, patients: readonly Member[]): Promise<void> {
  await importEntries(practice, owner, [{ source: 'test', patients, entries: [] }])
}

async function correctIdentity(made: TestPractice, patientId: string, over: Partial<Identity>): Promise<void> {
  await change(made, async (writing) => {
    const { tx: db, practiceId, actor, now } = writing
    const access = await loadAccess({ db, practiceId, actor, now }, patientId)
    const { id: entryId, version, body } = await readIdentity({ db, practiceId, access })
    const correction = { kind: 'identity', body: { ...body, ...over }, reason: 'was heard wrongly' } as const
    await correctEntry(writing, { patientId, entryId, expectedVersion: version, ...correction })
  })
}

function pairsOf({ practice }: TestPractice) {
  return practice.db.selectFrom('duplicate_pair').selectAll().execute()
}
