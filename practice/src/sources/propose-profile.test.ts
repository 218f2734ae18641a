import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { seeCsvTables } from './csv/csv-source.ts'
import { parseProfile } from './profile.ts'
import { proposeProfile } from './propose-profile.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/legacy-export')

test('of an old export a profile is proposed that says what the shipped one says', async () => {
  const yaml = proposeProfile(await seeCsvTables(VECTORS), 'mine') ?? assert.fail()
  const proposed = parseProfile(yaml)
  const shipped = parseProfile(readFileSync(join(import.meta.dirname, 'profiles/csv.yaml'), 'utf8'))
  const plain = (profile: typeof shipped) =>
    profile.tables
      .map(({ from, entity, key, patient, fields }) => ({
        from,
        entity,
        key,
        patient,
        fields: Object.fromEntries(
          Object.entries(fields).map(([target, rule]) => [target, typeof rule === 'string' ? rule : rule.column]),
        ),
      }))
      .toSorted((one, other) => (one.from < other.from ? -1 : 1))
  assert.deepEqual(plain(proposed), plain(shipped))
  assert.match(yaml, /^# patients\.csv: columns that are not named: Praticien$/m)
})

test('columns are known by other names, underscores and accents', () => {
  const yaml = proposeProfile(
    [
      {
        name: 'PATIENT.TXT',
        columns: ['ID_PATIENT', 'Nom_de_naissance', 'Prénom', 'Date de naissance', 'Civilité', 'Téléphone', 'Portable'],
      },
      { name: 'RDV.TXT', columns: ['ID', 'ID_PATIENT', 'Date_RDV', 'Heure', 'Durée', 'Motif'] },
      { name: 'STOCK.TXT', columns: ['Référence', 'Quantité'] },
    ],
    'other',
  )
  const { tables } = parseProfile(yaml ?? '')
  assert.deepEqual(
    tables.map(({ from, entity, key, patient }) => [from, entity, key, patient]),
    [
      ['PATIENT.TXT', 'patient', ['ID_PATIENT'], undefined],
      ['RDV.TXT', 'appointment', ['ID'], ['ID_PATIENT']],
    ],
  )
  assert.deepEqual(tables[0]?.fields, {
    fileNumber: 'ID_PATIENT',
    birthName: 'Nom_de_naissance',
    givenNames: 'Prénom',
    sex: 'Civilité',
    bornOn: 'Date de naissance',
    telephone: 'Téléphone',
    mobile: 'Portable',
  })
  assert.match(yaml ?? '', /^# STOCK\.TXT: not understood/m)
})

test('without a table of patients nothing is proposed; names that would break a YAML file do not', () => {
  assert.equal(proposeProfile([{ name: 'a.csv', columns: ['x', 'y'] }], 'x'), undefined)
  assert.equal(
    proposeProfile([{ name: 'a.csv', columns: ['Nom', 'Prénom', 'Naissance'] }], 'x'),
    undefined,
    'a name is no number',
  )
  const odd = proposeProfile([{ name: 'p\n: *a', columns: ['Num', 'Nom', 'Prenom', 'x: [y\n#', '&z'] }], 'odd')
  assert.equal(parseProfile(odd ?? '').tables[0]?.from, 'p\n: *a')
})
