import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addedOf, countsOf, refusalsOf, remarksOf, type TableReport, unknownPractitionersOf } from './report-counts.ts'

const table = (over: Partial<TableReport> = {}): TableReport => ({
  name: 'patients.csv',
  table: 'patient',
  entity: 'patient',
  rows: 6,
  added: 4,
  changed: 0,
  same: 0,
  repeated: 1,
  used: 0,
  refused: 1,
  findings: {},
  unknownPractitioners: {},
  duplicates: { practice: 0, source: 0 },
  unknownWords: [],
  notes: [],
  ...over,
})

test('every row is accounted for, or it is said how many are not', () => {
  assert.equal(
    countsOf([table(), table({ rows: 10, added: 3, changed: 2, same: 5, repeated: 0, refused: 0 }), table({ rows: 7, used: 1 })])
      .lost,
    0,
  )
  assert.equal(countsOf([table({ added: 3 })]).lost, 1)
})

test('reasons are told over all tables, the commonest first, refusals apart from remarks', () => {
  const tables = [
    table({ findings: { 'test-patient': 1, 'day-wrong': 2 } }),
    table({ name: 'actes.csv', findings: { 'patient-unknown': 3, 'day-wrong': 5 } }),
  ]
  assert.deepEqual(
    refusalsOf(tables).map(({ code, rows }) => [code, rows]),
    [
      ['patient-unknown', 3],
      ['test-patient', 1],
    ],
  )
  assert.deepEqual(remarksOf(tables), [
    {
      code: 'day-wrong',
      rows: 7,
      tables: [
        { table: 'patient', name: 'patients.csv', rows: 2 },
        { table: 'patient', name: 'actes.csv', rows: 5 },
      ],
    },
  ])
})

test('what would be new is told by what it is, whatever files it is in', () => {
  const tables = [
    table(),
    table({ entity: 'procedure', added: 2 }),
    table({ entity: 'procedure', added: 3 }),
    table({ entity: 'alert', added: 0 }),
  ]
  assert.deepEqual(addedOf(tables), [
    { entity: 'patient', added: 4 },
    { entity: 'procedure', added: 5 },
  ])
})

test('one practitioner of several files is asked about once', () => {
  const tables = [table({ unknownPractitioners: { DURAND: 2 } }), table({ unknownPractitioners: { MARTIN: 4, DURAND: 1 } })]
  assert.deepEqual(unknownPractitionersOf(tables), [
    { written: 'MARTIN', rows: 4 },
    { written: 'DURAND', rows: 3 },
  ])
})
