/**
 * METADATA.XML of an IHE XDM medium: the document entries of ebXML RIM, with what they say of their files and patients.
 *
 * @see IHE ITI TF-3, 4.1 and 4.2: attributes of document entries, their slots and classification schemes; ITI TF-2, 3.32: media
 */
import { childAt, childrenOf, descendantsOf, type XmlElement } from '#xml'

/** A number and who gave it: an OID. */
export interface ForeignId {
  readonly value: string
  readonly system: string
}

export interface CodedValue {
  readonly code: string
  readonly system: string
  readonly label: string
}

export interface DocumentEntry {
  /** unique in the world; undefined where the medium does not say it */
  readonly uniqueId: string | undefined
  /** from the folder of METADATA.XML */
  readonly uri: string | undefined
  readonly title: string | undefined
  readonly mimeType: string | undefined
  /** `2026-03-12`, or a month or a year */
  readonly createdOn: string | undefined
  readonly type: CodedValue | undefined
  /** of confidentiality */
  readonly confidentiality: readonly string[]
  readonly authors: readonly DocumentAuthor[]
  readonly patientId: ForeignId | undefined
  readonly sourcePatientId: ForeignId | undefined
  /** fields of HL7 v2's PID, by their names: `PID-5` */
  readonly sourcePatientInfo: ReadonlyMap<string, readonly string[]>
  /** hex, SHA-1 */
  readonly hash: string | undefined
  readonly sizeBytes: number | undefined
  /** another has taken its place */
  readonly isDeprecated: boolean
}

export interface DocumentAuthor {
  /** `MARTIN Claire` */
  readonly name: string
  /** as the CI-SIS has it: the national number of a professional */
  readonly id: string | undefined
}

const TYPE_CODE = 'urn:uuid:f0306f51-975f-434e-a61c-c59651d33983'
const CONFIDENTIALITY = 'urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f'
const AUTHOR = 'urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d'
const PATIENT_ID = 'urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427'
const UNIQUE_ID = 'urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab'

export function documentEntriesOf(metadata: XmlElement): DocumentEntry[] {
  return descendantsOf(metadata, 'ExtrinsicObject').map(entryOf)
}

function entryOf(object: XmlElement): DocumentEntry {
  const slots = slotsOf(object)
  const first = (name: string) => slots.get(name)?.[0]
  const size = Number(first('size'))
  const hash = first('hash')?.toLowerCase()
  return {
    uniqueId: identifierOf(object, UNIQUE_ID),
    uri:
      slots
        .get('URI')
        ?.map((part) => part.replace(/^\d+\|/, ''))
        .join('') || undefined,
    title: nameOf(object),
    mimeType: object.attributes.mimeType,
    createdOn: dayOf(first('creationTime')) ?? dayOf(first('serviceStartTime')),
    type: classificationsOf(object, TYPE_CODE).map(codedOf)[0],
    confidentiality: classificationsOf(object, CONFIDENTIALITY).map(({ attributes }) => attributes.nodeRepresentation ?? ''),
    authors: classificationsOf(object, AUTHOR).flatMap((author) => (slotsOf(author).get('authorPerson') ?? []).map(authorOf)),
    patientId: parseForeignId(identifierOf(object, PATIENT_ID)),
    sourcePatientId: parseForeignId(first('sourcePatientId')),
    sourcePatientInfo: patientInfoOf(slots.get('sourcePatientInfo') ?? []),
    hash: hash !== undefined && /^[0-9a-f]{40}$/.test(hash) ? hash : undefined,
    sizeBytes: Number.isSafeInteger(size) && first('size') !== undefined ? size : undefined,
    isDeprecated: /deprecated/i.test(object.attributes.status ?? ''),
  }
}

function slotsOf(holder: XmlElement): Map<string, string[]> {
  return new Map(
    childrenOf(holder, 'Slot').map((slot) => [
      slot.attributes.name ?? '',
      childrenOf(childAt(slot, 'ValueList'), 'Value').map(({ text }) => text.trim()),
    ]),
  )
}

function nameOf(holder: XmlElement): string | undefined {
  return childAt(holder, 'Name', 'LocalizedString')?.attributes.value?.trim() || undefined
}

function classificationsOf(object: XmlElement, scheme: string): readonly XmlElement[] {
  return childrenOf(object, 'Classification').filter(({ attributes }) => attributes.classificationScheme === scheme)
}

function codedOf(classification: XmlElement): CodedValue {
  const code = classification.attributes.nodeRepresentation ?? ''
  return { code, system: slotsOf(classification).get('codingScheme')?.[0] ?? '', label: nameOf(classification) ?? code }
}

function identifierOf(object: XmlElement, scheme: string): string | undefined {
  const found = childrenOf(object, 'ExternalIdentifier').find(({ attributes }) => attributes.identificationScheme === scheme)
  return found?.attributes.value?.trim() || undefined
}

/** CX of HL7 v2: `250017505610063^^^&1.2.250.1.213.1.4.10&ISO^NH`. */
export function parseForeignId(written: string | undefined): ForeignId | undefined {
  const [value = '', , , authority = ''] = (written ?? '').split('^')
  const [, system = ''] = authority.split('&')
  return value === '' ? undefined : { value, system }
}

/** XCN of HL7 v2: `810100000017^MARTIN^Claire^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS`. */
function authorOf(written: string): DocumentAuthor {
  const [id = '', family = '', given = ''] = written.split('^')
  const name = [family, given].filter((part) => part !== '').join(' ')
  return { name: name || id, id: id === '' ? undefined : id }
}

function patientInfoOf(values: readonly string[]): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  for (const value of values) {
    const at = value.indexOf('|')
    if (at === -1) continue
    const name = value.slice(0, at)
    fields.set(name, [...(fields.get(name) ?? []), value.slice(at + 1)])
  }
  return fields
}

/** `20260312110000` of HL7, to the day. */
export function dayOf(written: string | undefined): string | undefined {
  const [, year, month, day] = /^(\d{4})(\d\d)?(\d\d)?/.exec(written ?? '') ?? []
  if (year === undefined) return undefined
  return [year, month, month === undefined ? undefined : day].filter((part) => part !== undefined).join('-')
}
