import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMapping } from './check-mapping.ts'
import { changeMapping, type Mapping, type MappingAction, type TableMapping, targetOf, unusedColumns } from './mapping.ts'

const table = (over: Partial<TableMapping> = {}): TableMapping => ({
  from: 'patients.csv',
  name: 'patient',
  entity: 'patient',
  key: ['NumPat'],
  patient: [],
  fields: { usedName: { columns: ['Nom'], meanings: {} } },
  mayBeEmpty: false,
  before: {},
  ...over,
})
const mapping = (...tables: TableMapping[]): Mapping => ({ tables })
const change = (before: Mapping, ...actions: MappingAction[]) => actions.reduce(changeMapping, before)
const fieldsOf = (changed: Mapping, at = 0) =>
  Object.fromEntries(Object.entries(changed.tables[at]?.fields ?? {}).map(([target, { columns }]) => [target, columns]))

test('a column is read for one field: giving it to another takes it away from the first', () => {
  const changed = change(mapping(table()), { kind: 'column', table: 0, column: 'Nom', target: 'birthName' })
  assert.deepEqual(fieldsOf(changed), { birthName: ['Nom'] })
})

test('two columns of one field: the first that is not empty, in the order in which they were given', () => {
  const changed = change(
    mapping(table()),
    { kind: 'column', table: 0, column: 'Tel', target: 'telephone' },
    { kind: 'column', table: 0, column: 'Tel2', target: 'telephone' },
  )
  assert.deepEqual(fieldsOf(changed).telephone, ['Tel', 'Tel2'])
  assert.equal(targetOf(changed.tables[0]!, 'Tel2'), 'telephone')
})

test('a column that is given to nothing is kept, and said to be', () => {
  const changed = change(mapping(table()), { kind: 'column', table: 0, column: 'Nom', target: '' })
  assert.deepEqual(unusedColumns(changed.tables[0]!, ['NumPat', 'Nom', 'Mutuelle', '']), ['Nom', 'Mutuelle'])
})

test('what was said of a table as something else comes back with it', () => {
  const away = change(mapping(table()), { kind: 'entity', table: 0, entity: 'alert' })
  assert.deepEqual(fieldsOf(away), {})
  const back = change(away, { kind: 'entity', table: 0, entity: 'patient' })
  assert.deepEqual(fieldsOf(back), { usedName: ['Nom'] })
  assert.deepEqual(
    fieldsOf(change(away, { kind: 'entity', table: 0, entity: '' }, { kind: 'entity', table: 0, entity: 'patient' })),
    {
      usedName: ['Nom'],
    },
  )
})

test('a table read a second time knows its patient by the first one’s key, and gets a name of its own', () => {
  const again = change(
    mapping(table(), table({ from: 'alertes.csv', entity: 'alert', name: 'alert' })),
    { kind: 'again', table: 0 },
    { kind: 'entity', table: 1, entity: 'alert' },
  )
  const [, added] = again.tables
  assert.equal(added?.from, 'patients.csv')
  assert.deepEqual(added?.patient, ['NumPat'])
  assert.equal(added?.name, 'alert-2')
  assert.equal(change(again, { kind: 'less', table: 1 }).tables.length, 2)
})

test('a meaning that is emptied is none, a format may be taken back', () => {
  const base = mapping(table({ fields: { sex: { columns: ['Civ'], meanings: {} } } }))
  const said = change(base, { kind: 'meaning', table: 0, target: 'sex', written: 'MME', meant: 'female' })
  assert.deepEqual(said.tables[0]?.fields.sex?.meanings, { MME: 'female' })
  assert.deepEqual(change(said, { kind: 'meaning', table: 0, target: 'sex', written: 'MME', meant: '' }), base)
  const formatted = change(base, { kind: 'format', table: 0, target: 'bornOn', format: 'yyyyMMdd' })
  assert.equal(formatted.tables[0]?.fields.bornOn?.format, 'yyyyMMdd')
  assert.equal(
    'format' in
      (change(formatted, { kind: 'format', table: 0, target: 'bornOn', format: undefined }).tables[0]?.fields.bornOn ?? {}),
    false,
  )
})

test('the encoding and the separator are found out unless somebody says them', () => {
  const said = change(mapping(), { kind: 'encoding', encoding: 'cp850' }, { kind: 'delimiter', delimiter: '|' })
  assert.deepEqual([said.encoding, said.delimiter], ['cp850', '|'])
  assert.deepEqual(
    change(said, { kind: 'encoding', encoding: undefined }, { kind: 'delimiter', delimiter: undefined }),
    mapping(),
  )
})

test('a mapping that reads nothing is told once, whatever else is missing', () => {
  assert.deepEqual(checkMapping(mapping(table({ entity: '', key: [] }))), [{ code: 'nothing-read' }])
})

test('what each table still needs is told where it is', () => {
  const flaws = checkMapping(
    mapping(table({ key: [] }), table({ entity: 'appointment', fields: { on: { columns: ['Jour'], meanings: {} } } })),
  )
  assert.deepEqual(flaws, [
    { code: 'key', table: 0 },
    { code: 'patient', table: 1 },
    { code: 'fields', table: 1, targets: ['at'] },
  ])
})

test('there is one table of patients', () => {
  assert.deepEqual(checkMapping(mapping(table(), table({ from: 'b.csv' }))), [{ code: 'two-patients', table: 1 }])
})

test('a meaning that is chosen brings its columns along, and leaves what somebody has chosen', () => {
  const proposed = { key: ['Id'], patient: ['NumPat'], fields: { label: { columns: ['Libelle'], meanings: {} } } }
  const empty = table({ entity: '', name: '', key: [], fields: {} })
  const chosen = change(mapping(empty), { kind: 'entity', table: 0, entity: 'procedure', proposed })
  assert.deepEqual(
    [chosen.tables[0]?.key, chosen.tables[0]?.patient, fieldsOf(chosen)],
    [['Id'], ['NumPat'], { label: ['Libelle'] }],
  )
  const kept = change(mapping(table({ entity: '', key: ['Cle'] })), { kind: 'entity', table: 0, entity: 'procedure', proposed })
  assert.deepEqual(kept.tables[0]?.key, ['Cle'])
})

test('columns that a table has not are named, and dropped all at once', () => {
  const asked = mapping(table({ key: ['NumPat', 'Ancien'], fields: { usedName: { columns: ['Nom', 'Nom2'], meanings: {} } } }))
  const nothing = { fields: {} }
  const proposed = {
    patient: nothing,
    procedure: nothing,
    appointment: nothing,
    note: nothing,
    alert: nothing,
    document: nothing,
  }
  const columns = ['NumPat', 'Nom'].map((name) => ({ name, examples: [], filled: 0 }))
  const seen = [{ name: 'patients.csv', columns, rowsSeen: 0, isMore: false, proposed }]
  assert.deepEqual(checkMapping(asked, seen), [{ code: 'columns', table: 0, columns: ['Ancien', 'Nom2'] }])
  const mended = change(asked, { kind: 'drop', table: 0, columns: ['Ancien', 'Nom2'] })
  assert.deepEqual(checkMapping(mended, seen), [])
  assert.deepEqual([mended.tables[0]?.key, fieldsOf(mended)], [['NumPat'], { usedName: ['Nom'] }])
  assert.deepEqual(checkMapping(asked, []), [], 'of a query nobody knows the columns')
})
