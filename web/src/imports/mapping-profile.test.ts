import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WrittenProfile } from '@couronne/practice/contract'
import { mappingOf, placesOf, profileOf, proposedFor, seenTableOf } from './mapping-profile.ts'

const nothing = { fields: {} }
const proposed = {
  patient: nothing,
  procedure: nothing,
  appointment: nothing,
  note: nothing,
  alert: nothing,
  document: nothing,
}
const seen = (...names: string[]) => names.map((name) => ({ name, columns: [], rowsSeen: 0, isMore: false, proposed }))
const profile: WrittenProfile = {
  couronne: 'import-profile',
  name: 'logiciel',
  title: { fr: 'Logiciel' },
  source: { type: 'csv', encoding: 'cp850' },
  tables: [
    {
      from: 'patients*.csv',
      name: 'patient',
      entity: 'patient',
      key: ['NumPat'],
      fields: {
        birthName: { column: ['NomNaiss', 'Nom'] },
        usedName: 'Nom',
        sex: { column: 'Civ', values: { MME: 'female' }, otherwise: 'unknown' },
        bornOn: { column: 'DateNaiss', format: 'yyyyMMdd' },
      },
      mayBeEmpty: false,
    },
    {
      from: 'actes.csv',
      name: 'actes-2019',
      entity: 'procedure',
      key: ['A', 'B'],
      patient: ['NumPat'],
      fields: { label: 'L' },
      mayBeEmpty: true,
    },
  ],
}

test('a profile that is read and written again is the same', () => {
  assert.deepEqual(profileOf(mappingOf(profile, []), profile), profile)
})

test('tables that the profile does not name are there, to be given a meaning, and in no profile until then', () => {
  const mapping = mappingOf(profile, seen('Patients-2024.CSV', 'actes.csv', 'divers.csv'))
  assert.deepEqual(
    mapping.tables.map(({ from, entity }) => [from, entity]),
    [
      ['patients*.csv', 'patient'],
      ['actes.csv', 'procedure'],
      ['divers.csv', ''],
    ],
  )
  assert.deepEqual(profileOf(mapping, profile), profile)
  assert.deepEqual(placesOf({ tables: mapping.tables.toReversed() }), [1, 2])
})

test('a table is found by its file’s name or by the pattern that stands for it', () => {
  const tables = seen('patients (2).csv', 'Patients-2024.CSV')
  assert.equal(seenTableOf({ from: 'patients-2*.csv' }, tables)?.name, 'Patients-2024.CSV')
  assert.equal(seenTableOf({ from: 'patients (2).csv' }, tables)?.name, 'patients (2).csv')
  assert.equal(seenTableOf({ from: 'select * from patients' }, tables), undefined)
})

test('a table whose meaning is chosen by hand has the columns that are called so, its patient’s by the name that patients have', () => {
  const columns = ['Cle', 'Dossier', 'Libelle'].map((name) => ({ name, examples: [], filled: 0 }))
  const table = {
    ...seen('soins.csv')[0]!,
    columns,
    proposed: { ...proposed, procedure: { key: 'Cle', fields: { label: 'Libelle', note: 'Dossier' } } },
  }
  assert.deepEqual(proposedFor(table, 'procedure', 'Dossier'), {
    key: ['Cle'],
    patient: ['Dossier'],
    fields: { label: { columns: ['Libelle'], meanings: {} } },
  })
  assert.deepEqual(proposedFor(table, 'note', 'NumPat'), { key: [], patient: [], fields: {} })
})
