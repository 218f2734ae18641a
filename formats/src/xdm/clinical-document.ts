/**
 * A clinical document (HL7 CDA R2, as the CI-SIS has it): whom it is about, and what its sections code of allergies, problems, treatments and
 * procedures. What is only text there stays in the document.
 *
 * @see ANS CI-SIS, Volet Structuration minimale (header), Volet de synthèse médicale (VSM)
 */
import { childAt, childrenOf, descendantsOf, textWithin, type XmlElement } from '#xml'
import { dayOf, type ForeignId } from './document-entries.ts'

export interface ClinicalPatient {
  readonly ids: readonly ForeignId[]
  readonly familyName: string | undefined
  readonly birthName: string | undefined
  readonly givenNames: readonly string[]
  /** M, F, U */
  readonly gender: string | undefined
  readonly bornOn: string | undefined
  /** INSEE */
  readonly birthPlace: string | undefined
  readonly birthPlaceName: string | undefined
  readonly addresses: readonly ClinicalAddress[]
  /** `tel:…`, `mailto:…` */
  readonly telecoms: readonly string[]
}

export interface ClinicalAddress {
  readonly lines: readonly string[]
  readonly postalCode: string | undefined
  readonly town: string | undefined
  readonly country: string | undefined
}

export const CLINICAL_SECTIONS = {
  '48765-2': 'allergy',
  '11450-4': 'problem',
  '11348-0': 'problem',
  '10160-0': 'treatment',
  '47519-4': 'procedure',
} as const
export type ClinicalKind = (typeof CLINICAL_SECTIONS)[keyof typeof CLINICAL_SECTIONS]

export interface ClinicalCode {
  readonly code: string
  /** an OID */
  readonly system: string
  readonly label: string
}

export interface ClinicalStatement {
  readonly kind: ClinicalKind
  /** its own, where it has one */
  readonly id: string | undefined
  readonly code: ClinicalCode | undefined
  readonly words: string | undefined
  /** said not to be so */
  readonly isNegated: boolean
  readonly status: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  /** of an act: where */
  readonly sites: readonly ClinicalCode[]
}

export interface ClinicalDocument {
  readonly patient: ClinicalPatient
  /** of its type: LOINC */
  readonly type: string | undefined
  /** of HL7, all its digits: later documents are greater */
  readonly writtenAt: string
  readonly statements: readonly ClinicalStatement[]
}

/** @returns undefined for XML that is no clinical document */
export function parseClinicalDocument(root: XmlElement): ClinicalDocument | undefined {
  if (root.name !== 'ClinicalDocument' || root.namespace !== 'urn:hl7-org:v3') return undefined
  return {
    patient: patientOf(childAt(root, 'recordTarget', 'patientRole')),
    type: childAt(root, 'code')?.attributes.code,
    writtenAt: childAt(root, 'effectiveTime')?.attributes.value ?? '',
    statements: descendantsOf(root, 'section').flatMap(statementsOf),
  }
}

function patientOf(role: XmlElement | undefined): ClinicalPatient {
  const patient = childAt(role, 'patient')
  const names = childrenOf(patient, 'name')
  const families = names.flatMap((name) => childrenOf(name, 'family'))
  const given = names.flatMap((name) => childrenOf(name, 'given'))
  const qualified = (parts: readonly XmlElement[], ...qualifiers: readonly string[]) =>
    parts.filter(({ attributes }) => qualifiers.includes(attributes.qualifier ?? '')).map(textWithin)
  const birth = childAt(patient, 'birthplace', 'place')
  const birthGiven = qualified(given, 'BR')
  return {
    ids: childrenOf(role, 'id').flatMap(idOf),
    birthName: qualified(families, 'BR')[0],
    familyName: qualified(families, 'SP', 'CL')[0] ?? families.map(textWithin)[0],
    givenNames: birthGiven.length > 0 ? birthGiven.flatMap((name) => name.split(/\s*,\s*/)) : given.map(textWithin).slice(0, 1),
    gender: childAt(patient, 'administrativeGenderCode')?.attributes.code,
    bornOn: dayOf(childAt(patient, 'birthTime')?.attributes.value),
    birthPlace: textWithin(childAt(birth, 'addr', 'county')) || undefined,
    birthPlaceName: textWithin(childAt(birth, 'addr', 'city')) || textWithin(childAt(birth, 'name')) || undefined,
    addresses: childrenOf(role, 'addr').map(addressOf),
    telecoms: childrenOf(role, 'telecom').flatMap(({ attributes }) => (attributes.value === undefined ? [] : [attributes.value])),
  }
}

function idOf({ attributes: { root, extension } }: XmlElement): ForeignId[] {
  return root === undefined || extension === undefined ? [] : [{ system: root, value: extension }]
}

function addressOf(address: XmlElement): ClinicalAddress {
  const part = (...names: readonly string[]) =>
    childrenOf(address, ...names)
      .map(textWithin)
      .filter((text) => text !== '')
  const street = [...part('houseNumber'), ...part('streetNameType'), ...part('streetName')].join(' ')
  return {
    lines: [...part('streetAddressLine'), ...part('additionalLocator'), ...(street === '' ? [] : [street])],
    postalCode: part('postalCode')[0],
    town: part('city')[0],
    country: part('country')[0],
  }
}

function statementsOf(section: XmlElement): ClinicalStatement[] {
  const code = childAt(section, 'code')?.attributes.code ?? ''
  if (!Object.hasOwn(CLINICAL_SECTIONS, code)) return []
  const kind = CLINICAL_SECTIONS[code as keyof typeof CLINICAL_SECTIONS]
  return childrenOf(section, 'entry').flatMap((entry) => bearersOf(entry, kind).map((bearer) => statementOf(bearer, kind)))
}

/** What carries the code: within an entry's concern the observations themselves, but not what is said about them in turn. */
function bearersOf(entry: XmlElement, kind: ClinicalKind): readonly XmlElement[] {
  const name = kind === 'treatment' ? 'substanceAdministration' : kind === 'procedure' ? 'procedure' : 'observation'
  const own = childrenOf(entry, name)
  if (own.length > 0) return own
  const concern = childAt(entry, 'act')
  return childrenOf(concern, 'entryRelationship').flatMap((relation) => childrenOf(relation, name))
}

function statementOf(bearer: XmlElement, kind: ClinicalKind): ClinicalStatement {
  const coded = codedElementOf(bearer, kind)
  const time = childrenOf(bearer, 'effectiveTime')[0]
  const agent = childAt(bearer, 'consumable', 'manufacturedProduct', 'manufacturedMaterial')
  const words = textWithin(childAt(coded, 'originalText')) || textWithin(childAt(agent, 'name')) || coded?.attributes.displayName
  return {
    kind,
    id:
      childrenOf(bearer, 'id').map(({ attributes: { root, extension } }) => [root, extension].filter(Boolean).join('^'))[0] ||
      undefined,
    code: codeOf(coded),
    words: words || undefined,
    isNegated: bearer.attributes.negationInd === 'true',
    status: childAt(bearer, 'statusCode')?.attributes.code,
    from: dayOf(time?.attributes.value ?? childAt(time, 'low')?.attributes.value),
    to: dayOf(childAt(time, 'high')?.attributes.value),
    sites: childrenOf(bearer, 'targetSiteCode').flatMap((site) => codeOf(site) ?? []),
  }
}

/** Of an allergy the substance; where none is named, what is said of it. */
function codedElementOf(bearer: XmlElement, kind: ClinicalKind): XmlElement | undefined {
  switch (kind) {
    case 'allergy': {
      const substances = childrenOf(bearer, 'participant').map((each) =>
        childAt(each, 'participantRole', 'playingEntity', 'code'),
      )
      return substances.find((code) => code !== undefined && code.attributes.nullFlavor === undefined) ?? childAt(bearer, 'value')
    }
    case 'problem':
      return childAt(bearer, 'value')
    case 'treatment':
      return childAt(bearer, 'consumable', 'manufacturedProduct', 'manufacturedMaterial', 'code')
    case 'procedure':
      return childAt(bearer, 'code')
  }
}

function codeOf(element: XmlElement | undefined): ClinicalCode | undefined {
  const { code, codeSystem = '', displayName } = element?.attributes ?? {}
  return code === undefined ? undefined : { code, system: codeSystem, label: displayName ?? code }
}
