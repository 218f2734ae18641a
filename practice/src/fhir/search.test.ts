import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importEntries } from '#patients'
import { anIdentity, makeTestPractice, onBothEngines } from '#testing'
import { searchPatients } from './contract.ts'
import { searchFor } from './search.ts'

onBothEngines('a FHIR search', (engine) => {
  test('one of three hundred Martins is found by name and birth date, also by its month or year', async () => {
    await using made = await makeTestPractice(engine)
    const patients = Array.from({ length: 300 }, (_, i) => ({
      id: `p${i}`,
      identity: { ...anIdentity(), fileNumber: `${i}`, birthName: 'Martin', bornOn: i === 299 ? '1931-03-12' : '1985-01-01' },
    }))
    await importEntries(made.practice, made.owner, [{ source: 'test', patients, entries: [] }])
    const { db, id } = made.practice
    for (const birthdate of ['1931-03-12', 'eq1931-03', '1931']) {
      const found = await searchFor(db, id, made.owner, searchPatients.query.parse({ family: 'martin', birthdate }))
      assert.deepEqual([found.patients.map((patient) => patient.id), found.total], [['p299'], 1], birthdate)
    }
    const many = await searchFor(db, id, made.owner, searchPatients.query.parse({ family: 'martin' }))
    assert.deepEqual([many.patients.length, many.total], [100, undefined])
  })
})
