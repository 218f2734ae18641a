/** What is still wrong with a mapping, where. Pure; the page has the words. */
import type { Entity } from '@couronne/practice/contract'
import type { Mapping, TableMapping } from './mapping.ts'

export interface MappingFlaw {
  readonly code: 'nothing-read' | 'two-patients' | 'key' | 'patient' | 'fields'
  /** absent: of the whole */
  readonly table?: number
  /** of `fields`: one of each of these is needed */
  readonly targets?: readonly string[]
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

export function checkMapping({ tables }: Mapping): MappingFlaw[] {
  const read = tables.filter(({ entity }) => entity !== '')
  if (read.length === 0) return [{ code: 'nothing-read' }]
  const patients = tables.flatMap(({ entity }, table) => (entity === 'patient' ? [table] : []))
  return [
    ...patients.slice(1).map((table) => ({ code: 'two-patients' as const, table })),
    ...tables.flatMap((table, at) => flawsOf(table, at)),
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
