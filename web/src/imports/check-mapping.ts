/** What is still wrong with a mapping, where. Pure; the page has the words. */
import type { Entity } from '@couronne/practice/contract'
import { columnsOf, type Mapping, type TableMapping } from './mapping.ts'
import { type SeenTable, seenTableOf } from './mapping-profile.ts'

export interface MappingFlaw {
  readonly code: 'nothing-read' | 'two-patients' | 'key' | 'patient' | 'fields' | 'columns'
  /** absent: of the whole */
  readonly table?: number
  /** of `fields`: one of each of these is needed */
  readonly targets?: readonly string[]
  /** of `columns`: those that the table has not */
  readonly columns?: readonly string[]
}

/** Without one of each, every row would be refused. */
const NEEDED: Readonly<Record<Entity, readonly (readonly string[])[]>> = {
  patient: [['birthName', 'usedName']],
  procedure: [['label', 'code']],
  appointment: [['on'], ['at']],
  note: [['on'], ['text']],
  alert: [['label']],
  document: [['path', 'bytes']],
}

/** @param seen the source's tables; absent: nobody has looked */
export function checkMapping({ tables }: Mapping, seen: readonly SeenTable[] = []): MappingFlaw[] {
  const read = tables.filter(({ entity }) => entity !== '')
  if (read.length === 0) return [{ code: 'nothing-read' }]
  const patients = tables.flatMap(({ entity }, table) => (entity === 'patient' ? [table] : []))
  return [
    ...patients.slice(1).map((table) => ({ code: 'two-patients' as const, table })),
    ...tables.flatMap((table, at) => [...flawsOf(table, at), ...missingIn(table, at, seen)]),
  ]
}

function flawsOf({ entity, key, patient, fields }: TableMapping, table: number): MappingFlaw[] {
  if (entity === '') return []
  const flaws: MappingFlaw[] = []
  if (key.length === 0) flaws.push({ code: 'key', table })
  if (entity !== 'patient' && patient.length === 0) flaws.push({ code: 'patient', table })
  for (const targets of NEEDED[entity])
    if (!targets.some((target) => fields[target] !== undefined)) flaws.push({ code: 'fields', table, targets })
  return flaws
}

/** Of a query, or a file that was not sent, nobody knows the columns. */
function missingIn(table: TableMapping, at: number, tables: readonly SeenTable[]): MappingFlaw[] {
  const seen = table.entity === '' ? undefined : seenTableOf(table, tables)
  if (seen === undefined) return []
  const columns = columnsOf(table).filter((column) => !seen.columns.some(({ name }) => name === column))
  return columns.length === 0 ? [] : [{ code: 'columns', table: at, columns }]
}
