import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inventCrowd, SeededRandom } from '@couronne/samples'
import fc from 'fast-check'
import type { CompiledQuery, QueryResult } from 'kysely'
import { type Engine, newId } from '#database'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { findPatients } from './find-patients.ts'
import { parseQuery } from './query.ts'
import { forgetPatients, indexPatient, indexPatients, type PatientWords, sortNameOf } from './words.ts'

const PEOPLE = [
  aPatient({ birthName: 'Martin', givenNames: ['Marie', 'Claire'], bornOn: '1985-03-12', telephones: ['06 39 98 00 01'] }),
  aPatient({ birthName: 'Martin', givenNames: ['Paul'], bornOn: '1985-07-01' }),
  aPatient({ birthName: 'Martinez', givenNames: ['Ana'] }),
  aPatient({ birthName: 'Dupont', usedName: 'Martin', givenNames: ['Zoé'], bornOn: '1950' }),
  aPatient({ birthName: 'Lefèvre', givenNames: ['Jean-Pierre'], ins: '185032A00401237' }),
  aPatient({ birthName: 'Lefebvre', givenNames: ['Aurélie'] }),
  aPatient({ birthName: 'Ben Amou', givenNames: ['Karim'] }),
  aPatient({ birthName: "N'Guyen", givenNames: ['Thi Linh'] }),
  aPatient({ birthName: 'de la Croix', givenNames: ['Gaëlle'], fileNumber: 'P-0042/A' }),
  aPatient({ birthName: 'Schmitt', givenNames: ['Œdipe'], usedGivenName: 'Eddy', fileNumber: '000123' }),
  aPatient({ birthName: 'Phore', givenNames: ['Luc'] }),
  aPatient({ birthName: 'Иванова', givenNames: ['Мария'] }),
]

/** What is typed, who is found in which order, and how the first of them. */
const SEARCHES: readonly (readonly [typed: string, found: readonly string[], by: readonly string[]])[] = [
  ['martin', ['martin marie', 'martin paul', 'martin zoe', 'martinez ana'], ['name']],
  ['MARTIN P', ['martin paul'], ['name']],
  ['marie martin', ['martin marie'], ['name']],
  ['mar mar', ['martin marie', 'martin paul', 'martin zoe', 'martinez ana'], ['name']],
  ['dupont', ['martin zoe'], ['name']],
  ['claire', ['martin marie'], ['name']],
  ['zoe', ['martin zoe'], ['name']],
  ['martin 1985', ['martin marie', 'martin paul'], ['name', 'born']],
  ['12/03/1985', ['martin marie'], ['born']],
  ['martin né en mars 1985', ['martin marie'], ['name', 'born']],
  ['martin né le 12.3.85', ['martin marie'], ['name', 'born']],
  ['+33 6 39 98 00 01', ['martin marie'], ['phone']],
  ['06 39', ['martin marie'], ['phone']],
  ['martin 0639', ['martin marie'], ['name', 'phone']],
  ['P-0042', ['de la croix gaelle'], ['number']],
  ['123', ['schmitt eddy'], ['number']],
  ['1 85 03 2A 004 012', ['lefevre jean pierre'], ['ins']],
  ['jeanpierre', ['lefevre jean pierre'], ['name']],
  ['jean pierre', ['lefevre jean pierre'], ['name']],
  ['lefevre', ['lefevre jean pierre', 'lefebvre aurelie'], ['name']],
  ['lefebvre orelie', ['lefebvre aurelie'], ['name', 'sound']],
  ['faure', ['phore luc'], ['sound']],
  ['benhamou', ['ben amou karim'], ['sound']],
  ['nguyen', ['n guyen thi linh'], ['name']],
  ['n guyen', ['n guyen thi linh'], ['name']],
  ['delacroix', ['de la croix gaelle'], ['name']],
  ['lacroix', ['de la croix gaelle'], ['name']],
  ['mme croix', ['de la croix gaelle'], ['name']],
  ['schmidt', ['schmitt eddy'], ['sound']],
  ['oedipe', ['schmitt eddy'], ['name']],
  ['matrin paul', ['martin paul'], ['slip', 'name']],
  ['martim', ['martin marie', 'martin paul', 'martin zoe'], ['slip']],
  ['швшнова', [], []],
  ['иванова', ['иванова мария'], ['name']],
  ['иванава', ['иванова мария'], ['slip']],
  ['quelquun', [], []],
  ['', [], []],
  [' ;--%_ ', [], []],
]

onBothEngines('search', (engine) => {
  test('people are found by what they are asked for with', async () => {
    await using made = await practiceWith(engine, PEOPLE)
    const results: (typeof SEARCHES)[number][] = []
    for (const [typed] of SEARCHES) {
      const found = await search(made, typed)
      results.push([typed, found.map(({ name }) => name), found[0]?.by ?? []])
    }
    assert.deepEqual(results, SEARCHES)
  })

  test('St and Saint are one, a telephone is found however its country is written', async () => {
    const [one, other] = [
      aPatient({ birthName: 'Saint-Malo', givenNames: ['Luce'], telephones: ['+262 692 99 12 34'] }),
      aPatient({ birthName: 'Ste Rose', givenNames: ['Ève'], telephones: ['33 1 99 00 12 34'] }),
    ]
    await using made = await practiceWith(engine, [one, other])
    for (const typed of ['st malo', 'St-Malo', 'saint malo', '0692 99 12 34', '0692'])
      assert.equal((await search(made, typed)).length, 1, typed)
    for (const typed of ['sainte rose', 'ste rose', 'sainterose', '01 99 00 12 34', '33199001234', 'tél. +33 1 99 00 12 34'])
      assert.equal((await search(made, typed)).length, 1, typed)
  })

  test('who is changed is found by what is new, and by nothing that is gone', async () => {
    const [patient] = [aPatient({ birthName: 'Vérail', givenNames: ['Luce'], telephones: ['01 99 00 12 34'] })]
    await using made = await practiceWith(engine, [patient])
    const changed = { ...patient, birthName: 'Corbon', sortName: 'corbon luce', telephones: [] }
    await made.practice.db.transaction().execute((tx) => indexPatient(tx, made.practice.id, changed))
    await made.practice.db.updateTable('patient').set({ sort_name: changed.sortName }).execute()
    for (const typed of ['verail', 'veraille', '01 99 00']) assert.deepEqual(await search(made, typed), [], typed)
    for (const typed of ['corbon', 'korbon', 'luce']) assert.equal((await search(made, typed)).length, 1, typed)
  })

  test('who is forgotten leaves no word, and takes none that others bear', async () => {
    const [one, other] = [
      aPatient({ birthName: 'Vérail', givenNames: ['Luce'] }),
      aPatient({ birthName: 'Corbon', givenNames: ['Luce'] }),
    ]
    await using made = await practiceWith(engine, [one, other])
    const { db, id } = made.practice
    await db.transaction().execute((tx) => forgetPatients(tx, id, [one.id]))
    const words = await db.selectFrom('name_key').select('word').distinct().orderBy('word').execute()
    assert.deepEqual(
      words.map(({ word }) => word),
      ['corbon', 'luce'],
    )
    await db.transaction().execute((tx) => forgetPatients(tx, id, [other.id, one.id]))
    for (const table of ['patient_word', 'patient_index', 'name_key'] as const)
      assert.deepEqual(await db.selectFrom(table).selectAll().execute(), [], table)
  })

  test('what is undone with its transaction is not found', async () => {
    await using made = await practiceWith(engine, [])
    const { db, id } = made.practice
    const undone = db.transaction().execute(async (tx) => {
      await indexPatient(tx, id, PEOPLE[0]!)
      throw new Error('undone')
    })
    await assert.rejects(undone, /undone/)
    assert.deepEqual(await search(made, 'claire'), [])
  })

  test('two who change the same patient at once leave the words of one of them', async () => {
    const patient = aPatient({ birthName: 'Vérail', givenNames: ['Luce'] })
    await using made = await practiceWith(engine, [patient])
    const { db, id } = made.practice
    const names = ['Corbon', 'Tilleul', 'Brossard', 'Mirande']
    await Promise.all(
      names.map((birthName) =>
        db.transaction().execute((tx) => indexPatient(tx, id, { ...patient, birthName, sortName: birthName })),
      ),
    )
    const words = (await db.selectFrom('patient_word').select('word').where('word', '!=', 'luce').execute()).map(
      ({ word }) => word,
    )
    const left = names.filter((name) => words.includes(name.toLowerCase()))
    assert.equal(left.length, 1)
  })

  test('another practice’s patients are not found', async () => {
    await using made = await practiceWith(engine, PEOPLE)
    for (const [typed] of SEARCHES) {
      const { patients } = await findPatients(made.practice.db, 'another', parseQuery(typed), { limit: 20 })
      assert.deepEqual(patients, [], typed)
    }
  })

  test('in a crowd everybody is found by their names in any order, by birth day, telephone, number and INS', async () => {
    const crowd = inventPatients(3_000)
    await using made = await practiceWith(engine, crowd)
    for (const patient of crowd.filter((_, i) => i % 60 === 0)) {
      const [given = ''] = patient.givenNames
      const asked = [
        `${patient.birthName} ${given} ${patient.bornOn}`,
        `${given} ${patient.birthName} ${patient.bornOn?.slice(0, 4)}`,
        `${patient.bornOn} ${patient.birthName.slice(0, 4)}`,
        patient.fileNumber,
        ...patient.telephones,
        ...(patient.ins === undefined ? [] : [patient.ins, patient.ins.slice(0, 10)]),
      ]
      for (const typed of asked) {
        const { patients } = await findPatients(made.practice.db, made.practice.id, parseQuery(typed), { limit: 50 })
        assert.ok(
          patients.some(({ patientId }) => patientId === patient.id),
          typed,
        )
      }
    }
  })

  test('in a crowd a name is found with two of its letters swapped, one missing, one too many, one other', async () => {
    const crowd = inventPatients(1_000)
    await using made = await practiceWith(engine, crowd)
    const long = crowd.filter(({ birthName }) => /^\p{L}{6,}$/u.test(birthName))
    for (const [i, patient] of long.slice(0, 40).entries()) {
      const letters = [...patient.birthName]
      const place = 1 + (i % (letters.length - 2))
      const slips = [
        letters.toSpliced(place, 2, letters[place + 1]!, letters[place]!),
        letters.toSpliced(place, 1),
        letters.toSpliced(place, 0, 'w'),
        letters.toSpliced(place, 1, 'w'),
      ]
      for (const slip of slips) {
        const typed = `${slip.join('')} ${patient.bornOn}`
        const { patients } = await findPatients(made.practice.db, made.practice.id, parseQuery(typed), { limit: 20 })
        assert.ok(
          patients.some(({ patientId }) => patientId === patient.id),
          typed,
        )
      }
    }
  })

  test('a page is filled from a crowd, says that there are more, and never has anybody twice', async () => {
    const crowd = inventPatients(3_000)
    await using made = await practiceWith(engine, crowd)
    for (const typed of ['m', 'ma', 'martin', 'marie', 'a e', '19', 'de', 'marie jean']) {
      const result = await findPatients(made.practice.db, made.practice.id, parseQuery(typed), { limit: 20 })
      assert.ok(result.patients.length <= 20, typed)
      assert.equal(new Set(result.patients.map(({ patientId }) => patientId)).size, result.patients.length, typed)
      if (typed === 'm') assert.deepEqual([result.patients.length, result.isAll], [20, false])
    }
  })

  test('no question is answered by going through a table, nor by more than some thousand rows', async () => {
    await using made = await practiceWith(engine, inventPatients(3_000))
    const { db } = made.practice
    const executor = db.getExecutor()
    const { executeQuery } = executor
    const asked: CompiledQuery[] = []
    executor.executeQuery = async <R>(query: CompiledQuery, options?: { signal?: AbortSignal }) => {
      const result = await executeQuery.call(executor, query, options)
      assert.ok(result.rows.length <= 2_000, query.sql)
      asked.push(query)
      return result as QueryResult<R>
    }
    for (const typed of [
      'm',
      'ma ma',
      'jean marie',
      'matrin nathaly',
      'marie 1985',
      '06',
      '1985',
      '0639 jean',
      'ben amou',
      '1 85 03',
    ])
      await findPatients(db, made.practice.id, parseQuery(typed), { limit: 20 })
    executor.executeQuery = executeQuery
    assert.ok(asked.length > 10)
    if (engine === 'sqlite')
      for (const query of asked) {
        const plan = await executor.executeQuery({ ...query, sql: `explain query plan ${query.sql}` })
        for (const { detail } of plan.rows as { detail: string }[])
          assert.doesNotMatch(detail, /^SCAN (patient|name_key)/, query.sql)
      }
  })

  test('hostile texts find somebody or nobody, and never fail', async () => {
    await using made = await practiceWith(engine, PEOPLE)
    const units = fc.constantFrom(...'mrtine \'é"%_\\;\0\ud800\udfff@+#=!~*()[]{}:-.,/0123456789œ漢ﷺ'.split(''))
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: units, maxLength: 10_000 }))
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const { patients } = await findPatients(made.practice.db, made.practice.id, parseQuery(text), { limit: 20 })
        assert.ok(patients.length <= PEOPLE.length)
      }),
      { numRuns: 150 },
    )
  })

  test('hostile names are kept and taken away again', async () => {
    await using made = await practiceWith(engine, [])
    const { db, id } = made.practice
    const text = fc.string({ unit: 'binary', maxLength: 3_000 })
    const anybody = fc.record({
      birthName: text,
      usedName: text,
      givenNames: fc.array(text, { maxLength: 40 }),
      fileNumber: text,
    })
    await fc.assert(
      fc.asyncProperty(anybody, async (names) => {
        const patient = aPatient({ ...names, telephones: Array(50).fill('0639980000') })
        await db.transaction().execute((tx) => indexPatient(tx, id, patient))
        await db.transaction().execute((tx) => forgetPatients(tx, id, [patient.id]))
      }),
      { numRuns: 40 },
    )
    for (const table of ['patient_word', 'patient_index', 'name_key'] as const)
      assert.deepEqual(await db.selectFrom(table).selectAll().execute(), [], table)
  })
})

function aPatient(known: Partial<PatientWords>): PatientWords {
  const id = newId()
  const patient = { id, birthName: 'Personne', givenNames: [], telephones: [], fileNumber: '', ...known }
  return { ...patient, sortName: sortNameOf(patient) }
}

function inventPatients(count: number): PatientWords[] {
  const crowd = inventCrowd(new SeededRandom('search'), count)
  return [...crowd.map(({ number, ...known }) => aPatient({ ...known, fileNumber: `C${number}` }))]
}

async function practiceWith(engine: Engine, patients: readonly PatientWords[]): Promise<TestPractice> {
  const made = await makeTestPractice(engine)
  const { db, id } = made.practice
  await db.transaction().execute(async (tx) => {
    for (let done = 0; done < patients.length; done += 500)
      await tx
        .insertInto('patient')
        .values(patients.slice(done, done + 500).map((patient, i) => rowOf(id, patient, done + i)))
        .execute()
    await indexPatients(tx, id, patients)
  })
  return made
}

function rowOf(practiceId: string, patient: PatientWords, number: number) {
  return {
    id: patient.id,
    practice_id: practiceId,
    file_number: `${number}`,
    identity_id: patient.id,
    birth_name: patient.birthName,
    used_name: patient.usedName ?? null,
    given_names: patient.givenNames.join(' '),
    used_given_name: patient.usedGivenName ?? null,
    sex: 'unknown',
    born_on: patient.bornOn ?? null,
    died_on: null,
    ins: patient.ins ?? null,
    telephone: patient.telephones[0] ?? null,
    sort_name: patient.sortName,
    created_at: '',
    changed_at: '',
  }
}

async function search({ practice }: TestPractice, typed: string): Promise<{ name: string; by: readonly string[] }[]> {
  const { patients } = await findPatients(practice.db, practice.id, parseQuery(typed), { limit: 20 })
  const rows = await practice.db.selectFrom('patient').select(['id', 'sort_name']).execute()
  const names = new Map(rows.map((row) => [row.id, row.sort_name]))
  return patients.map(({ patientId, by }) => ({ name: names.get(patientId) ?? patientId, by }))
}
