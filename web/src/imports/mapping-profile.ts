/** A mapping as the profile that the server keeps, and back. Pure: what a profile says and the page does not show stays as it is. */
import type { Entity, ImportContents, WrittenProfile } from '@couronne/practice/contract'
import type { Field, Fields, Mapping, ProposedColumns, TableMapping, WrittenRule, WrittenTable } from './mapping.ts'

export type SeenTable = ImportContents['tables'][number]

/** A profile, and tables of the source that it does not name. */
export function mappingOf(profile: WrittenProfile, seen: readonly SeenTable[]): Mapping {
  const named = (profile.tables ?? []).map(tableOf)
  const others = seen.filter(({ name }) => !named.some(({ from }) => isNamed(from, name))).map(({ name }) => emptyTable(name))
  const { source } = profile
  return {
    ...(source.type === 'csv' && source.encoding !== undefined ? { encoding: source.encoding } : {}),
    ...(source.type === 'csv' && source.delimiter !== undefined ? { delimiter: source.delimiter } : {}),
    tables: [...named, ...others],
  }
}

/** @param base whose name, title and settings stay */
export function profileOf({ encoding, delimiter, tables }: Mapping, base: WrittenProfile): WrittenProfile {
  const source: WrittenProfile['source'] =
    base.source.type === 'csv'
      ? { type: 'csv', ...(encoding === undefined ? {} : { encoding }), ...(delimiter === undefined ? {} : { delimiter }) }
      : base.source
  return { ...base, source, tables: tables.filter(({ entity }) => entity !== '').map(writtenTable) }
}

/** At which place of the mapping each table of its profile stands: the server's answers count those alone. */
export function placesOf({ tables }: Mapping): number[] {
  return tables.flatMap(({ entity }, at) => (entity === '' ? [] : [at]))
}

/** The table of the source that a mapping is about; undefined: it is not there (a query, a file that was not sent). */
export function seenTableOf({ from }: Pick<TableMapping, 'from'>, seen: readonly SeenTable[]): SeenTable | undefined {
  return seen.find(({ name }) => name === from) ?? seen.find(({ name }) => isNamed(from, name))
}

/**
 * What a table's columns would be, were it one of an entity: as the server says it, by what they are called.
 *
 * @param patientKey the column that names a patient in their own table: one that is called the same names them here
 */
export function proposedFor(seen: SeenTable, entity: Entity, patientKey: string | undefined): ProposedColumns {
  const { key, patient = seen.columns.find(({ name }) => name === patientKey)?.name, fields } = seen.proposed[entity]
  const own = key === patient ? undefined : key
  const others = Object.entries(fields).filter(([, column]) => entity === 'patient' || column !== patient)
  return {
    key: [own ?? []].flat(),
    patient: entity === 'patient' ? [] : [patient ?? []].flat(),
    fields: Object.fromEntries(others.map(([target, column]) => [target, fieldOf(column)])),
  }
}

/** @param table of an entity */
export function writtenTable({ from, name, entity, key, patient, fields, mayBeEmpty }: TableMapping): WrittenTable {
  if (entity === '') throw new Error('a table that is not taken over is in no profile')
  return {
    from,
    name,
    entity,
    key: [...key],
    ...(patient.length === 0 || entity === 'patient' ? {} : { patient: [...patient] }),
    fields: Object.fromEntries(Object.entries(fields).map(([target, field]) => [target, ruleOf(field)])),
    mayBeEmpty,
  }
}

/** The fields of a table as the page holds them. */
export function fieldsOf(table: WrittenTable): Fields {
  return Object.fromEntries(Object.entries(table.fields).map(([target, rule]) => [target, fieldOf(rule)]))
}

function tableOf(table: WrittenTable): TableMapping {
  return {
    from: table.from,
    name: table.name ?? table.entity,
    entity: table.entity,
    key: [table.key].flat(),
    patient: [table.patient ?? []].flat(),
    fields: fieldsOf(table),
    mayBeEmpty: table.mayBeEmpty ?? false,
    before: {},
  }
}

function emptyTable(from: string): TableMapping {
  return { from, name: '', entity: '', key: [], patient: [], fields: {}, mayBeEmpty: false, before: {} }
}

function fieldOf(rule: WrittenRule): Field {
  if (typeof rule === 'string') return { columns: [rule], meanings: {} }
  const { column, values, format, otherwise } = rule
  return {
    columns: [column ?? []].flat(),
    meanings: values ?? {},
    ...(format === undefined ? {} : { format }),
    ...(otherwise === undefined ? {} : { otherwise }),
  }
}

/** The shortest that says it: a column by its name alone, where nothing else is said. */
function ruleOf({ columns, meanings, format, otherwise }: Field): WrittenRule {
  const [first, ...more] = columns
  const hasMeanings = Object.keys(meanings).length > 0
  if (first !== undefined && more.length === 0 && !hasMeanings && format === undefined && otherwise === undefined) return first
  return {
    ...(first === undefined ? {} : { column: more.length === 0 ? first : [...columns] }),
    ...(hasMeanings ? { values: { ...meanings } } : {}),
    ...(format === undefined ? {} : { format }),
    ...(otherwise === undefined ? {} : { otherwise }),
  }
}

/** As the server finds a file: whatever its capitals, with stars for anything. */
export function isNamed(from: string, name: string): boolean {
  const expression = from.split('*').map(RegExp.escape).join('.*')
  return new RegExp(`^${expression}$`, 'i').test(name.normalize('NFC'))
}
