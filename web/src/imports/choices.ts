/** What fields are called, what they take, and what the words of a source may stand for. Pure. */
import { TARGETS, type TargetKind } from '@couronne/practice/contract'
import type { Messages } from '#messages'

/** @returns by what a profile says, in words; undefined: the field takes what is written */
export function choicesOf(entity: string, target: string, m: Messages): Readonly<Record<string, string>> | undefined {
  const { choices, documentTypes } = m.patients
  switch (`${entity}.${target}`) {
    case 'patient.sex':
      return choices.sex
    case 'procedure.status':
      return choices.procedureStatus
    case 'appointment.status':
      return choices.appointmentState
    case 'alert.category':
      return choices.alertCategory
    case 'document.type':
      return documentTypes
    default:
      return undefined
  }
}

const targets: Readonly<Record<string, Readonly<Record<string, TargetKind>>>> = TARGETS

export function kindOf(entity: string, target: string): TargetKind | undefined {
  return targets[entity]?.[target]
}

export function targetsOf(entity: string): string[] {
  return Object.keys(targets[entity] ?? {})
}

/** What rows become: as a mapping has it, or a kind of entry that a format gives by itself. */
export function entityName(entity: string, m: Messages): string {
  const names: Readonly<Record<string, string>> = { ...m.patients.kindsMany, ...m.imports.entities }
  return names[entity] ?? entity
}

/** What the page calls a field. */
export function targetName(entity: string, target: string, m: Messages): string {
  const names = m.imports.targets as Readonly<Record<string, Readonly<Record<string, string>>>>
  return names[entity]?.[target] ?? target
}
