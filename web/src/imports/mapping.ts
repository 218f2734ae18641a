/** What a person says of a source's tables: what each holds, which columns are what. Pure; a profile is made from it and read into it. */
import type { Entity, WrittenProfile } from '@couronne/practice/contract'

export type CsvSettings = Extract<WrittenProfile['source'], { readonly type: 'csv' }>
export type WrittenTable = NonNullable<WrittenProfile['tables']>[number]
export type WrittenRule = WrittenTable['fields'][string]
export type Encoding = NonNullable<CsvSettings['encoding']>
export type DayFormat = NonNullable<Exclude<WrittenRule, string>['format']>

/** A field of a record, and where its value comes from. */
export interface Field {
  /** the first that is not empty is taken */
  readonly columns: readonly string[]
  /** what the source's words stand for */
  readonly meanings: Readonly<Record<string, string>>
  /** of a day; absent: as the column itself tells */
  readonly format?: DayFormat
  /** for rows whose columns are empty */
  readonly otherwise?: string
}

export type Fields = Readonly<Record<string, Field>>

/** What a table's columns are called like, were it one of an entity. */
export type ProposedColumns = Partial<Pick<TableMapping, 'key' | 'patient' | 'fields'>>

export interface TableMapping {
  /** a file, a sheet, a table, a query */
  readonly from: string
  /** under which its rows are known from one night to the next; never changed once it was given */
  readonly name: string
  /** empty: it is not taken over */
  readonly entity: Entity | ''
  readonly key: readonly string[]
  readonly patient: readonly string[]
  readonly fields: Fields
  readonly mayBeEmpty: boolean
  /** what was said while it was taken for something else */
  readonly before: Readonly<Partial<Record<Entity, Fields>>>
}

export interface Mapping {
  /** of text files; absent: found out by themselves */
  readonly encoding?: Encoding
  readonly delimiter?: string
  readonly tables: readonly TableMapping[]
}

export type MappingAction =
  | { readonly kind: 'encoding'; readonly encoding: Encoding | undefined }
  | { readonly kind: 'delimiter'; readonly delimiter: string | undefined }
  | { readonly kind: 'entity'; readonly table: number; readonly entity: Entity | ''; readonly proposed?: ProposedColumns }
  | { readonly kind: 'key' | 'patient'; readonly table: number; readonly columns: readonly string[] }
  | { readonly kind: 'column'; readonly table: number; readonly column: string; readonly target: string }
  | { readonly kind: 'format'; readonly table: number; readonly target: string; readonly format: DayFormat | undefined }
  | {
      readonly kind: 'meaning'
      readonly table: number
      readonly target: string
      readonly written: string
      readonly meant: string
    }
  | { readonly kind: 'drop'; readonly table: number; readonly columns: readonly string[] }
  | { readonly kind: 'may-be-empty'; readonly table: number; readonly mayBeEmpty: boolean }
  | { readonly kind: 'again'; readonly table: number }
  | { readonly kind: 'less'; readonly table: number }
  | { readonly kind: 'whole'; readonly mapping: Mapping }

const NO_FIELD: Field = { columns: [], meanings: {} }

export function changeMapping(mapping: Mapping, action: MappingAction): Mapping {
  switch (action.kind) {
    case 'whole':
      return action.mapping
    case 'encoding':
      return { ...without(mapping, 'encoding'), ...(action.encoding === undefined ? {} : { encoding: action.encoding }) }
    case 'delimiter':
      return { ...without(mapping, 'delimiter'), ...(action.delimiter === undefined ? {} : { delimiter: action.delimiter }) }
    case 'again':
      return { ...mapping, tables: readAgain(mapping.tables, action.table) }
    case 'less':
      return { ...mapping, tables: mapping.tables.filter((_, at) => at !== action.table) }
    case 'entity':
      return changeTable(mapping, action.table, (table) => becomes(table, action, mapping.tables))
    case 'key':
    case 'patient':
      return changeTable(mapping, action.table, (table) => ({ ...table, [action.kind]: action.columns }))
    case 'may-be-empty':
      return changeTable(mapping, action.table, (table) => ({ ...table, mayBeEmpty: action.mayBeEmpty }))
    case 'column':
      return changeTable(mapping, action.table, (table) => ({
        ...table,
        fields: assign(table.fields, action.column, action.target),
      }))
    case 'drop':
      return changeTable(mapping, action.table, (table) => drop(table, action.columns))
    case 'format':
      return changeField(mapping, action, (field) => ({
        ...without(field, 'format'),
        ...(action.format === undefined ? {} : { format: action.format }),
      }))
    case 'meaning':
      return changeField(mapping, action, (field) => ({ ...field, meanings: say(field.meanings, action) }))
  }
}

/** The field that a column is read for; of several the first. */
export function targetOf({ fields }: TableMapping, column: string): string | undefined {
  return Object.keys(fields).find((target) => fields[target]?.columns.includes(column))
}

/** All columns that are read, each once. */
export function columnsOf({ key, patient, fields }: Pick<TableMapping, 'key' | 'patient' | 'fields'>): string[] {
  return [...new Set([...key, ...patient, ...Object.values(fields).flatMap((field) => field.columns)])]
}

/** Columns that become nothing: they are kept with the row as it stood. */
export function unusedColumns(table: TableMapping, columns: readonly string[]): string[] {
  if (table.entity === '') return []
  const used = new Set(columnsOf(table))
  return columns.filter((column) => column !== '' && !used.has(column))
}

/** A column is read for one field: it leaves the one that it was read for. Beside others of a field it comes last. */
function assign(fields: Fields, column: string, target: string): Fields {
  const left = Object.entries(fields).flatMap(([name, field]): [string, Field][] => {
    if (name === target || !field.columns.includes(column)) return [[name, field]]
    const columns = field.columns.filter((each) => each !== column)
    return columns.length === 0 && field.otherwise === undefined ? [] : [[name, { ...field, columns }]]
  })
  const others = Object.fromEntries(left)
  if (target === '') return others
  const field = others[target] ?? NO_FIELD
  return { ...others, [target]: { ...field, columns: [...field.columns.filter((each) => each !== column), column] } }
}

/** Columns that the table has not are read no more. */
function drop(table: TableMapping, dropped: readonly string[]): TableMapping {
  const left = (columns: readonly string[]) => columns.filter((column) => !dropped.includes(column))
  const fields = dropped.reduce((before, column) => assign(before, column, ''), table.fields)
  return { ...table, key: left(table.key), patient: left(table.patient), fields }
}

function say(
  meanings: Readonly<Record<string, string>>,
  { written, meant }: { readonly written: string; readonly meant: string },
): Readonly<Record<string, string>> {
  const { [written]: _, ...others } = meanings
  return meant === '' ? others : { ...others, [written]: meant }
}

/** What was said of it as something else waits, and comes back with it. Columns that somebody has chosen stay. */
function becomes(
  table: TableMapping,
  { entity, proposed = {} }: { readonly entity: Entity | ''; readonly proposed?: ProposedColumns },
  tables: readonly TableMapping[],
): TableMapping {
  if (entity === table.entity) return table
  const before = table.entity === '' ? table.before : { ...table.before, [table.entity]: table.fields }
  if (entity === '') return { ...table, entity, before }
  const orProposed = (part: 'key' | 'patient') => (table[part].length > 0 ? table[part] : (proposed[part] ?? []))
  return {
    ...table,
    entity,
    before,
    key: orProposed('key'),
    patient: orProposed('patient'),
    fields: before[entity] ?? proposed.fields ?? {},
    name: nameFor(entity, tables, table),
  }
}

/** The entity's, unless another table has it: then with a number. */
function nameFor(entity: Entity, tables: readonly TableMapping[], self?: TableMapping): string {
  const taken = new Set(tables.filter((each) => each !== self && each.entity !== '').map(({ name }) => name))
  let name: string = entity
  for (let times = 2; taken.has(name); times++) name = `${entity}-${times}`
  return name
}

/** The same rows a second time, to become something else: a patient's file that holds allergies too. */
function readAgain(tables: readonly TableMapping[], at: number): TableMapping[] {
  const table = tables[at]
  if (table === undefined) return [...tables]
  const again: TableMapping = {
    ...table,
    name: '',
    entity: '',
    patient: table.entity === 'patient' ? table.key : table.patient,
    fields: {},
    before: {},
  }
  return tables.toSpliced(at + 1, 0, again)
}

function changeTable(mapping: Mapping, at: number, change: (table: TableMapping) => TableMapping): Mapping {
  const table = mapping.tables[at]
  return table === undefined ? mapping : { ...mapping, tables: mapping.tables.with(at, change(table)) }
}

function changeField(
  mapping: Mapping,
  { table, target }: { readonly table: number; readonly target: string },
  change: (field: Field) => Field,
): Mapping {
  return changeTable(mapping, table, (each) => ({
    ...each,
    fields: { ...each.fields, [target]: change(each.fields[target] ?? NO_FIELD) },
  }))
}

function without<T extends object, K extends keyof T>(from: T, key: K): Omit<T, K> {
  const { [key]: _, ...others } = from
  return others
}
