/** Prescriptions and orders. */
import { own } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codeAmong, codedOf, codingsOf, extensionOf, wordsOf } from './codings.ts'
import { clean, type Json, joined, lineOf, object, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'

const REQUEST_STATUSES = {
  ...{ draft: 'draft', active: 'signed', 'on-hold': 'signed', completed: 'signed' },
  ...{ cancelled: 'cancelled', stopped: 'cancelled', revoked: 'cancelled' },
} as const
const CATEGORIES = new Set(['medicines', 'products', 'care', 'biology', 'imaging', 'other'])
const LINES_MAX = 100

/** The first of a group stands for all of it: they are the lines of one sheet. */
export function mapRequest(reader: ResourceReader, group: readonly Json[]): MappedContent | undefined {
  const { resource } = reader
  const isMedication = resource.resourceType === 'MedicationRequest'
  const status = reader.word('status', REQUEST_STATUSES)
  const prescribedOn = reader.wholeDay('authoredOn')
  if (status === undefined) reader.say('does-not-fit')
  if (prescribedOn === undefined) reader.say('day-missing', 'authoredOn')
  const common = commonNote(group)
  const lines = group.slice(0, LINES_MAX).flatMap((request) => lineOfRequest(reader, request, { isMedication, common }))
  if (lines.length === 0) reader.say('nothing-said')
  if (status === undefined || prescribedOn === undefined || lines.length === 0) return undefined
  if (group.length > LINES_MAX) reader.say('cut-short')
  reader.namePractitioner(resource.requester)
  const documents = isMedication ? resource.supportingInformation : resource.supportingInfo
  reader.link('documentId', documents, { types: ['DocumentReference'], kind: 'document' })
  const isOrder = ['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order'].includes(String(resource.intent))
  const body = clean({
    category: categoryOf(resource, isMedication),
    prescribedOn,
    status: isOrder ? status : 'draft',
    lines,
    note: common,
  })
  return { kind: 'entry', content: { kind: 'prescription', body } }
}

function categoryOf(resource: Json, isMedication: boolean): string {
  const ours = codeAmong(resource.category, own('prescription-category'))
  if (ours !== undefined && CATEGORIES.has(ours)) return ours
  if (isMedication) return 'medicines'
  const names = objects(resource.category).flatMap(codingsOf)
  if (names.some(({ code }) => ['363679005', 'RAD', 'IMG', '77477000'].includes(code))) return 'imaging'
  if (names.some(({ code }) => ['108252007', 'LAB', '15220000'].includes(code))) return 'biology'
  return 'care'
}

interface LineAbout {
  readonly isMedication: boolean
  /** the sheet's note, which stands on each of its lines */
  readonly common: string | undefined
}

function lineOfRequest(reader: ResourceReader, request: Json, { isMedication, common }: LineAbout): object[] {
  const medication = request.medicationReference === undefined ? undefined : reader.resolve(request.medicationReference)
  const concept = isMedication ? (request.medicationCodeableConcept ?? medication?.resource?.code) : request.code
  const label = wordsOf(concept) ?? lineOf(object(request.medicationReference).display)
  if (label === undefined) return []
  const [dosage = {}] = objects(request.dosageInstruction)
  const duration = object(object(object(dosage.timing).repeat).boundsDuration)
  const dispense = object(request.dispenseRequest)
  const supply = object(dispense.expectedSupplyDuration)
  const days = [duration, supply].map(daysOf).find((each) => each !== undefined)
  const instructions = joined(
    objects(request.dosageInstruction).map(({ text }) => lineOf(text)),
    ' ; ',
  )
  const quantity = object(dispense.quantity)
  const allowed = object(request.substitution).allowedBoolean
  return [
    clean({
      label: label.slice(0, 500),
      code: codedOf(concept),
      dosage: (isMedication ? instructions : lineOf(request.patientInstruction))?.slice(0, 500),
      days,
      quantity:
        lineOf(extensionOf(dispense, own('quantity-words'))?.valueString, 100) ??
        (typeof quantity.value === 'number' ? lineOf(`${quantity.value} ${lineOf(quantity.unit, 50) ?? ''}`, 100) : undefined),
      isNotSubstitutable: typeof allowed === 'boolean' ? !allowed : undefined,
      note: lineNote(request, common),
    }),
  ]
}

function daysOf({ value, code, unit }: Json): number | undefined {
  const perUnit: Readonly<Record<string, number>> = { d: 1, j: 1, jours: 1, jour: 1, wk: 7, mo: 30 }
  const days = typeof value === 'number' ? Math.round(value * (perUnit[String(code ?? unit)] ?? Number.NaN)) : Number.NaN
  return days >= 1 && days <= 3_650 ? days : undefined
}

/** Ours have the sheet's note last, on each line. */
function commonNote(group: readonly Json[]): string | undefined {
  const last = group.map(({ note: notes }) => textOf(objects(notes).at(-1)?.text))
  const [first] = last
  return group.length > 1 && first !== undefined && last.every((each) => each === first) ? first : undefined
}

function lineNote({ note: notes }: Json, common: string | undefined): string | undefined {
  const texts = objects(notes).map(({ text }) => textOf(text))
  const own = common !== undefined && texts.at(-1) === common ? texts.slice(0, -1) : texts
  return lineOf(joined(own, ' '), 500)
}

/** Under which requests belong together; undefined: each is alone. */
export function groupOf(resource: Json): string | undefined {
  const { system, value } = object(resource.groupIdentifier ?? resource.requisition)
  const [name, number] = [lineOf(system, 200), lineOf(value, 100)]
  return name === undefined || number === undefined ? undefined : `${name}|${number}`
}
