/**
 * Resources of FHIR R4: bundles and single resources in JSON, bulk exports a line each, one file or a folder of them. They are put on a shelf
 * first, since they name each other in any order; then each type is a table, those first that others name.
 */
import { checkRequiredBindings } from '@couronne/formats'
import { KINDS } from '#patients'
import { FilesBelow } from '../find-below.ts'
import type { Finding, Refusal } from '../findings.ts'
import type { MappedContent, MappedRow } from '../mapped-row.ts'
import type { Profile } from '../profile.ts'
import type { EntryContext, EntryRow, EntrySource, EntryTable } from '../source.ts'
import type { SourceFile } from '../source-file.ts'
import { withMember } from '../with-member.ts'
import { attachmentsOf, openAttachment, parsePlace } from './attachments.ts'
import { type Json, object, objects } from './json.ts'
import { groupOf } from './map-request.ts'
import { type Meant, meaningOf, meaningOfAttachment } from './meaning.ts'
import { Neighbours } from './neighbours.ts'
import { ResourceReader } from './resource-reader.ts'
import { type ParsedShelved, Shelf, type Shelved } from './shelf.ts'
import { findFhirFiles, LATE_DOCUMENTS, shelveFiles } from './shelve.ts'

type FhirSettings = Extract<Profile['source'], { type: 'fhir' }>

const FILES = /\.(json|ndjson|jsonl)$/i

/** In their order: what names others comes after them. A document that names acts comes after those, one that letters name before. */
const ORDER: readonly (readonly [type: string, entity: string])[] = [
  ['Patient', 'patient'],
  ['Patient.contact', 'relatedPerson'],
  ['Patient.generalPractitioner', 'referringDoctor'],
  ['RelatedPerson', 'relatedPerson'],
  ['CareTeam', 'referringDoctor'],
  ['EpisodeOfCare', 'stewardship'],
  ['DocumentReference', 'document'],
  ['Attachment', 'document'],
  ['CarePlan', 'quote'],
  ['Procedure', 'procedure'],
  ['AllergyIntolerance', 'alert'],
  ['MedicationStatement', 'alert'],
  ['Condition', 'alert'],
  ['Observation', 'observation'],
  ['DiagnosticReport', 'document'],
  ['Device', 'device'],
  ['ImagingStudy', 'imagingStudy'],
  [LATE_DOCUMENTS, 'document'],
  ['QuestionnaireResponse', 'questionnaire'],
  ['MedicationRequest', 'prescription'],
  ['ServiceRequest', 'prescription'],
  ['Encounter', 'appointment'],
  ['Appointment', 'appointment'],
  ['Communication', 'correspondence'],
  ['Consent', 'consent'],
  ['Flag', 'alert'],
]
/**
 * @param place a folder, or one file
 * @throws {ImportSourceError} when there is no such folder
 */
export async function openFhirSource(place: string, settings: FhirSettings): Promise<EntrySource> {
  const found = await findFhirFiles(place, FILES)
  const files = await FilesBelow.open(found.folder)
  const shelf = new Shelf()
  try {
    await shelveFiles(shelf, found)
    const around = new Neighbours(shelf)
    const tables = tablesOf(around, shelf, settings)
    return {
      tables,
      findFile: (path) => findFile(path, around, files),
      [Symbol.asyncDispose]: async () => shelf[Symbol.dispose](),
    }
  } catch (error) {
    shelf[Symbol.dispose]()
    throw error
  }
}

function tablesOf(around: Neighbours, shelf: Shelf, settings: FhirSettings): EntryTable[] {
  const counts = shelf.count()
  const known = new Set(ORDER.map(([drawer]) => drawer))
  const others = [...counts.keys()].filter((drawer) => !known.has(drawer)).map((drawer) => [drawer, 'other'] as const)
  return [...ORDER, ...others]
    .filter(([drawer]) => drawer === 'Patient' || counts.has(drawer))
    .map(([drawer, entity]) => ({
      kind: 'entries',
      name: drawer,
      // Under one name: a document that names something from now on is still the same.
      profile: { name: drawer === LATE_DOCUMENTS ? 'DocumentReference' : drawer, entity, mayBeEmpty: drawer !== 'Patient' },
      rowCount: counts.get(drawer) ?? 0,
      notes: [],
      rows: async function* (signal) {
        for await (const shelved of shelf.all(drawer)) {
          signal?.throwIfAborted()
          yield toRow(shelved, around, settings)
        }
      },
    }))
}

function toRow(shelved: Shelved, around: Neighbours, settings: FhirSettings): EntryRow {
  const { place, text, flaw } = shelved
  if (flaw !== undefined && flaw !== 'wrong-encoding') {
    const code = flaw === 'cut-off' ? 'cut-off' : flaw === 'too-long' ? 'line-too-long' : 'not-readable'
    return { line: place, raw: text, findings: [], map: () => ({ findings: [{ code }] }) }
  }
  const resource = JSON.parse(text) as Json
  // What says that it is another is refused, whatever completes it.
  const more = around.isMeant(shelved) ? together(resource, shelved, around) : []
  const findings: Finding[] = flaw === undefined ? [] : [{ code: 'encoding-wrong' }]
  return {
    line: place,
    raw: [text, ...more.map((each) => each.text)].join('\n'),
    rawTaken: [resource, ...more.map((each) => each.resource)].map(withoutBytes).join('\n'),
    compared: [resource, ...more.map((each) => each.resource)].map(withoutVersion).join('\n'),
    findings,
    map: (context) => mapResource(shelved, resource, around, settings, context),
  }
}

/** What is read together with a resource: when it changes, so does what the resource becomes. */
function together(resource: Json, { type, key }: Shelved, around: Neighbours): ParsedShelved[] {
  const of = { type, key }
  switch (type) {
    case 'Patient':
      return around.completing('Coverage', of)
    case 'Procedure':
    case 'CarePlan':
      return around.completing('ChargeItem', of)
    case 'Device':
      return around.completing('DeviceUseStatement', of)
    case 'MedicationRequest':
    case 'ServiceRequest': {
      const group = groupOf(resource)
      return group === undefined ? [] : around.ofGroup(type, group).filter((each) => each.key !== key)
    }
    default:
      return []
  }
}

/** Long base64 has become a document, whose bytes are kept as such. */
function withoutBytes(resource: Json): string {
  return JSON.stringify(resource, (name, value: unknown) =>
    name === 'data' && typeof value === 'string' && value.length > 1_000 ? `(${value.length})` : value,
  )
}

/** A server that counts versions anew says nothing else than before. */
function withoutVersion({ meta, ...resource }: Json): string {
  const { versionId: _, lastUpdated: __, ...kept } = object(meta)
  return JSON.stringify({ ...resource, meta: kept })
}

function mapResource(shelved: Shelved, own: Json, around: Neighbours, settings: FhirSettings, { zone }: EntryContext): MappedRow {
  const { key } = shelved
  const holder = shelved.type === 'Attachment' ? holderOf(own, around) : { resource: own, key }
  if (holder === undefined) return { key, findings: [{ code: 'not-readable' }] }
  const reader = new ResourceReader(holder.resource, holder.key, around, zone)
  const refusal = refusalOf(reader.resource)
  if (refusal !== undefined) return { key, findings: [{ code: refusal }] }
  for (const { problem } of checkRequiredBindings(own)) if (problem === 'unknown-code') reader.say('code-unknown')
  const meant = shelved.type === 'Attachment' ? meaningOfAttachment(reader, Number(own.at)) : meaningOf(reader, settings)
  if (meant.kind === 'context') return { key, isContext: true, findings: [] }
  if (meant.kind === 'unknown') return { key, findings: [{ code: 'kind-unknown' }] }
  return contentRow(reader, key, meant)
}

function contentRow(reader: ResourceReader, key: string, { content, patient }: Extract<Meant, { kind: 'content' }>): MappedRow {
  const isPatient = content?.kind === 'patient' || reader.resource.resourceType === 'Patient'
  const patientKey = isPatient ? undefined : patientKeyOf(reader, patient)
  if (!isPatient && patientKey === undefined) reader.say('patient-unknown')
  const fitting = content !== undefined && fits(content, reader.practitionerMember) ? content : undefined
  if (fitting !== content) reader.say('does-not-fit')
  const { practitioner, rpps, practitionerMember, links, findings } = reader
  return {
    key,
    links,
    findings,
    ...(patientKey === undefined ? {} : { patientKey }),
    ...(practitioner === undefined ? {} : { practitioner }),
    ...(rpps === undefined ? {} : { rpps }),
    ...(practitionerMember === undefined ? {} : { practitionerMember }),
    ...(fitting === undefined ? {} : { content: fitting }),
  }
}

function patientKeyOf(reader: ResourceReader, reference: unknown): string | undefined {
  const named = reader.resolve(reference, 'Patient')
  return named?.type === 'Patient' ? named.key : undefined
}

function holderOf(attachment: Json, around: Neighbours) {
  const { type, key } = object(attachment.of)
  const named = around.resolve({ reference: `${type}/${key}` }, attachment)
  return named?.resource === undefined ? undefined : { resource: named.resource, key: named.key }
}

/** What nobody may take for what it seems to be. */
function refusalOf(resource: Json): Refusal | undefined {
  const { status, verificationStatus, implicitRules } = resource
  const verified = objects(object(verificationStatus).coding).some(({ code }) => code === 'entered-in-error')
  if (status === 'entered-in-error' || verified) return 'entered-in-error'
  return implicitRules !== undefined || hasModifier(resource, 0) ? 'meaning-changed' : undefined
}

const DEPTH_MAX = 100

/** A modifier extension anywhere changes the meaning of what it stands in. */
function hasModifier(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return false
  if (Array.isArray(value)) return value.some((each) => hasModifier(each, depth + 1))
  return (
    objects((value as Json).modifierExtension).length > 0 || Object.values(value).some((each) => hasModifier(each, depth + 1))
  )
}

/** Whether the record takes it; what only the importer knows is made up here. */
function fits(content: MappedContent, practitionerMember: string | undefined): boolean {
  switch (content.kind) {
    case 'patient':
      return KINDS.identity.schema.safeParse({ fileNumber: '1', ...content.identity }).success
    case 'entry': {
      const { kind, body } = content.content
      const named = practitionerMember === undefined ? body : withMember(body, practitionerMember, () => '1')
      return KINDS[kind].schema.safeParse(named).success
    }
    case 'file':
      return KINDS.document.schema.safeParse({ ...content.about, objectId: '1' }).success
  }
}

async function findFile(path: string, around: Neighbours, files: FilesBelow): Promise<SourceFile | undefined> {
  const place = parsePlace(path)
  const named = place === undefined ? undefined : around.resolve({ reference: `${place.type}/${place.key}` }, {})
  const attachment = named?.resource === undefined ? undefined : attachmentsOf(named.resource)[place?.at ?? 0]
  if (named?.resource === undefined || attachment === undefined) return undefined
  return openAttachment(named.resource, attachment, around, (name) => files.findFile(name))
}
