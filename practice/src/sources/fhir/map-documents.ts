/** Documents, reports, studies of images. */
import { createHash } from 'node:crypto'
import { DICOM_CODES, DICOM_UID, hl7, LOINC, NOTE, own } from '#fhir-systems'
import { findDocumentType } from '#patients'
import type { MappedContent } from '../mapped-row.ts'
import { attachmentsOf, expectedOf, fileNameOf, printPlace } from './attachments.ts'
import { codeIn, codingsOf, extensionOf, extensionsOf, wordsOf } from './codings.ts'
import { clean, type Json, joined, lineOf, object, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'
import { toothOf } from './teeth.ts'

const SENSITIVITIES: Readonly<Record<string, string>> = { R: 'restricted', V: 'very-restricted' }
/** An illustration, where the source does not say what a file is. */
const TYPE_OTHERWISE = '52040-3'

/** @param at which of its files: most have one */
export function mapDocument(reader: ResourceReader, at = 0): MappedContent | undefined {
  const { resource } = reader
  const context = object(resource.context)
  const label = objects(resource.securityLabel)
    .map((each) => codeIn(each, hl7('v3-Confidentiality')))
    .find((each) => each !== undefined)
  const isReplaced = resource.status === 'superseded'
  const note = textOf(object(extensionOf(resource, NOTE)?.valueAnnotation).text)
  reader.link('aboutIds', context.related, { types: LINKED_TYPES, isList: true })
  reader.namePractitioner(...objects(resource.author))
  const author = objects(resource.author)
    .map(({ display }) => lineOf(display, 200))
    .find((each) => each !== undefined)
  const teeth = objects(context.event)
    .map(toothOf)
    .filter((tooth) => tooth !== undefined)
  return file(reader, at, {
    title: lineOf(resource.description, 300),
    type: resource.type,
    madeOn: object(context.period).start ?? resource.date,
    more: {
      author: reader.practitioner === undefined ? author : undefined,
      sensitivity: SENSITIVITIES[label ?? ''] ?? 'normal',
      teeth: [...new Set(teeth)],
      note: joined([note, isReplaced ? 'Remplacé dans la source' : undefined], '\n'),
    },
  })
}

/** Of types that become entries. */
const LINKED_TYPES = [
  ...[
    'AllergyIntolerance',
    'Appointment',
    'CarePlan',
    'CareTeam',
    'Communication',
    'Condition',
    'Consent',
    'Device',
    'DiagnosticReport',
  ],
  ...[
    'DocumentReference',
    'Encounter',
    'Flag',
    'ImagingStudy',
    'MedicationRequest',
    'MedicationStatement',
    'Observation',
    'Procedure',
  ],
  ...['QuestionnaireResponse', 'RelatedPerson', 'ServiceRequest'],
]

/** With a file it is a document; without one its conclusion is a note. */
export function mapReport(reader: ResourceReader, at = 0): MappedContent | undefined {
  const { resource } = reader
  const words = wordsOf(resource.code) ?? 'Compte rendu'
  const conclusion = joined([textOf(resource.conclusion), ...objects(resource.conclusionCode).map(wordsOf)], '\n')
  reader.namePractitioner(...objects(resource.resultsInterpreter), ...objects(resource.performer))
  const madeOn = resource.effectiveDateTime ?? object(resource.effectivePeriod).start ?? resource.issued
  if (attachmentsOf(resource).length > 0)
    return file(reader, at, { title: words, type: resource.code, madeOn, more: { note: conclusion } })
  const on = reader.wholeDay('effective', madeOn)
  if (conclusion === undefined) reader.say('nothing-said')
  if (on === undefined) reader.say('day-missing', 'effective')
  if (conclusion === undefined || on === undefined) return undefined
  const text = `${words} : ${conclusion}`.slice(0, 20_000)
  return { kind: 'entry', content: { kind: 'observation', body: { category: 'note', on, text, teeth: [] } } }
}

/** What stands in a consent or a message. */
export function mapAttachment(reader: ResourceReader, at: number): MappedContent | undefined {
  const { resource } = reader
  const isConsent = resource.resourceType === 'Consent'
  const type = isConsent ? { coding: [{ system: LOINC, code: '59284-0' }] } : undefined
  return file(reader, at, { title: undefined, type, madeOn: resource.dateTime ?? resource.sent ?? resource.received, more: {} })
}

interface FileAbout {
  readonly title: string | undefined
  readonly type: unknown
  /** where the file itself does not say when it was made */
  readonly madeOn: unknown
  readonly more: Readonly<Record<string, unknown>>
}

function file(reader: ResourceReader, at: number, { title, type, madeOn, more }: FileAbout): MappedContent | undefined {
  const { resource, key } = reader
  const attachments = attachmentsOf(resource)
  const attachment = attachments[at]
  if (attachment === undefined) {
    reader.say('file-missing')
    return undefined
  }
  const documentType = typeOf(reader, type)
  const fileName = fileNameOf(attachment, title ?? documentType.label)
  const about = clean({
    title: title ?? lineOf(attachment.title, 300) ?? documentType.label,
    type: documentType,
    madeOn: reader.day('creation', attachment.creation ?? madeOn),
    fileName,
    ...more,
  })
  const path = printPlace({ type: String(resource.resourceType), key, at })
  return { kind: 'file', path, about, expected: expectedOf(resource, attachment, attachments.length === 1) }
}

/** The one of its codes that our list has, or else the first; without any: an illustration. */
function typeOf(reader: ResourceReader, concept: unknown) {
  const codings = codingsOf(concept)
  const known = codings.map(({ code }) => findDocumentType(code)).find((each) => each !== undefined)
  const [first] = codings
  const words = wordsOf(concept)
  if (known !== undefined) return { ...known, label: words?.slice(0, 300) ?? known.label }
  if (first === undefined && words === undefined) return { ...findDocumentType(TYPE_OTHERWISE)! }
  reader.say('type-unknown', 'type')
  const system = first === undefined || first.system === '' ? 'local' : first.system
  return { system, code: (first?.code ?? words ?? '').slice(0, 60), label: (words ?? first?.code ?? '').slice(0, 300) }
}

const MODALITIES: Readonly<Record<string, string>> = {
  IO: 'Radiographie intrabuccale',
  PX: 'Radiographie panoramique',
  DX: 'Radiographie',
  CT: 'Volume (CBCT)',
  XC: 'Photographie',
}

/** A study that the source has, whose images come by themselves: from a medium, or from the device. */
export function mapImagingStudy(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const studyUid = studyUidOf(resource)
  const [first = {}] = objects(resource.modality)
  const modality = (codeIn(first, DICOM_CODES) ?? wordsOf(first) ?? 'OT').slice(0, 16)
  reader.link('procedureId', resource.procedureReference, { types: ['Procedure'], kind: 'procedure' })
  const ours = extensionsOf(resource, own('imaging-report')).map(({ valueReference }) => valueReference)
  reader.link('reportIds', ours, { types: ['DocumentReference'], kind: 'document', isList: true })
  for (const { key, resource: report } of reader.around.completing('DiagnosticReport', { type: 'ImagingStudy', key: reader.key }))
    if (attachmentsOf(report).length > 0)
      reader.links.push({ member: 'reportIds', isList: true, table: 'DiagnosticReport', key, kind: 'document' })
  reader.namePractitioner(...objects(resource.interpreter))
  const series = objects(resource.series)
  const sites = [
    ...extensionsOf(resource, own('imaging-tooth')).map((each) => each.valueCodeableConcept),
    ...series.map(({ bodySite }) => bodySite),
  ]
  const teeth = sites.map((site) => toothOf(isCoding(site) ? { coding: [site] } : site)).filter((tooth) => tooth !== undefined)
  const started = reader.day('started')
  const body = clean({
    studyId: studyIdOf(resource, studyUid ?? reader.key),
    studyUid,
    modality,
    title: lineOf(resource.description, 300) ?? MODALITIES[modality] ?? `Images ${modality}`,
    takenOn: started,
    teeth: [...new Set(teeth)],
    bodyPart: words(resource, 'body-part', 64),
    device: devices(resource),
    dose: doseOf(resource),
    justification: joined([...objects(resource.reasonCode).map(({ text }) => textOf(text))], '\n'),
    note: reader.notes(),
  })
  return { kind: 'entry', content: { kind: 'imagingStudy', body } }
}

function isCoding(site: unknown): boolean {
  const { code, coding } = object(site)
  return code !== undefined && coding === undefined
}

function studyUidOf(resource: Json): string | undefined {
  const values = objects(resource.identifier)
    .filter(({ system }) => system === DICOM_UID)
    .map(({ value }) => lineOf(value, 100) ?? '')
  return values.map((value) => value.replace(/^urn:oid:/, '')).find((uid) => /^[0-9.]{1,64}$/.test(uid))
}

/** Ours, where it is one; drawn from the study's own number otherwise, so that the same study is always the same. */
function studyIdOf(resource: Json, name: string): string {
  const ours = objects(resource.identifier).find(({ system }) => system === own('study'))?.value
  if (typeof ours === 'string' && /^[A-Za-z0-9-]{1,50}$/.test(ours)) return ours
  return createHash('sha256').update(name).digest('hex').slice(0, 32)
}

function words(resource: Json, name: string, charactersMax: number): string | undefined {
  return lineOf(extensionOf(resource, own(`imaging-${name}`))?.valueString, charactersMax)
}

function devices(resource: Json): object | undefined {
  const device = clean({
    manufacturer: words(resource, 'manufacturer', 100),
    model: words(resource, 'model', 100),
    serialNumber: words(resource, 'serial-number', 100),
  })
  return Object.keys(device).length === 0 ? undefined : device
}

function doseOf(resource: Json): object | undefined {
  const measure = (name: string) => {
    const { value } = object(extensionOf(resource, own(`imaging-${name}`))?.valueQuantity)
    return typeof value === 'number' ? value : undefined
  }
  const dose = clean({
    areaProductMgyCm2: measure('dose-area-product'),
    tubeVoltageKv: measure('tube-voltage'),
    exposureTimeMs: measure('exposure-time'),
  })
  return Object.keys(dose).length === 0 ? undefined : dose
}
