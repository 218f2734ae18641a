/** The parts of which resources are made. Pure. */
import { type Entry, type Identity, TEETH_SNOMED, type Tooth } from '#patients'
import { CONTACT_COMMENT, FDI_SURFACE, IDENTIFIER_TYPES, ISO_3950, NOTE, own, RPPS, SNOMED, UCUM } from './systems.ts'

/** A resource of FHIR R4, as it goes out: JSON. */
export interface Resource {
  readonly resourceType: string
  readonly id: string
  readonly [member: string]: unknown
}

/** What a mapping knows beside the entry. */
export interface Surroundings {
  readonly practiceId: string
  readonly patientId: string
  /** records of the same person that were joined to it */
  readonly joinedIds?: readonly string[]
  /** the resource that stands for another entry of the record; undefined where it is not sent, so that no reference leads nowhere */
  readonly referTo: (entryId: string) => Reference | undefined
  /** the day in the practice's time zone: what has ended by then is over, what will end later is not */
  readonly today: string
  /** from when somebody else keeps the record, by the stewardship's entry */
  readonly stewardUntil?: (entryId: string) => string | undefined
  /** undefined where the practice does not know them */
  readonly referToPractitioner: (practitionerId: string | undefined) => Reference | undefined
  /** what is stored under a document; undefined: nothing, or destroyed */
  readonly document?: (objectId: string) => StoredFile | undefined
}

/** What is known of a document's bytes. */
export interface StoredFile {
  /** hex */
  readonly sha256: string
  /** hex; what R4 and the profile PDSm call the hash */
  readonly sha1: string
  readonly sizeBytes: number
  readonly mediaType: string
}

export interface Reference {
  readonly reference?: string
  readonly type?: string
  readonly display?: string
  readonly identifier?: object
}

type Site = { readonly fdi: Tooth; readonly surfaces?: readonly string[] }

/** Without members that hold nothing: FHIR has no empty list, object or text. */
export function tidy<T>(value: T): T {
  return (clean(value) ?? {}) as T
}

function clean(value: unknown): unknown {
  if (value === null || value === '') return undefined
  if (Array.isArray(value)) {
    const kept = value.map(clean).filter((each) => each !== undefined)
    return kept.length === 0 ? undefined : kept
  }
  if (typeof value !== 'object') return value
  const kept = Object.entries(value).flatMap(([name, each]) => {
    const member = clean(each)
    return member === undefined ? [] : [[name, member] as const]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** @param part of an entry that is several resources: `1`, `use` */
export function idOf(entry: Pick<Entry, 'id'>, part?: string | number): string {
  return part === undefined || part === 0 ? entry.id : `${entry.id}.${part}`
}

export function metaOf(entry: Pick<Entry, 'version' | 'changedAt' | 'source'>, profile?: string, more: object = {}): object {
  return {
    versionId: String(entry.version),
    lastUpdated: entry.changedAt,
    ...(profile === undefined ? {} : { profile: [profile] }),
    ...more,
  }
}

export function coding(system: string, code: string, display?: string): object {
  return { system, code, display }
}

/** One coding of a system, and its text. */
export function concept(system: string, code: string, text?: string): object {
  return { coding: [coding(system, code)], text }
}

/** A code of the record, whose label always stays. */
export function coded(
  label: string,
  code?: { system: string; code: string; version?: string | undefined; label: string },
): object {
  const codings =
    code === undefined
      ? []
      : [{ system: asUri(code.system), version: code.version, code: asCode(code.code), display: code.label }]
  return { coding: codings, text: label }
}

/** An OID as a URI; a URI as it is; a name of a practice program's own as one of ours. */
export function asUri(system: string): string {
  return /^[0-2](\.\d+)+$/.test(system)
    ? `urn:oid:${system}`
    : /^[A-Za-z][\w+.-]*:\S+$/.test(system)
      ? system
      : own(`system:${encodeURIComponent(system)}`)
}

/** An entry's or object's id as a URN. */
export function asUrn(id: string): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? `urn:uuid:${id}` : own(`id:${encodeURIComponent(id)}`)
}

/** FHIR's codes have single spaces within, and no other. */
export function asCode(code: string): string {
  return code.trim().replaceAll(/\s+/g, ' ')
}

export function patientReference({ patientId }: Surroundings): Reference {
  return { reference: `Patient/${patientId}` }
}

export function practiceReference({ practiceId }: Surroundings): Reference {
  return { reference: `Organization/${practiceId}` }
}

/** @param types that may stand there; absent: any. A record's links name entries of any kind, FHIR's do not */
export function referencesTo(
  { referTo }: Surroundings,
  entryIds: readonly (string | undefined)[],
  types?: readonly string[],
): Reference[] {
  const references = entryIds.flatMap((id) => (id === undefined ? [] : (referTo(id) ?? [])))
  return types === undefined
    ? references
    : references.filter(({ reference = '' }) => types.includes(reference.replace(/\/.*$/, '')))
}

export function noteOf(note: string | undefined): object[] {
  return note === undefined ? [] : [{ text: note }]
}

/** The note of a resource that has no member for one. */
export function noteExtension(note: string | undefined): object[] {
  return note === undefined ? [] : [{ url: NOTE, valueAnnotation: { text: note } }]
}

export function period(start: string | undefined, end: string | undefined): object {
  return { start, end }
}

/** A tooth with its surfaces. The palate has no code in FHIR's system: it stands in the text. */
export function tooth({ fdi, surfaces = [] }: Site): object {
  return {
    coding: [
      ...toothCodings(fdi),
      ...surfaces.filter((surface) => surface !== 'P').map((surface) => coding(FDI_SURFACE, surface)),
    ],
    text: ['Dent', fdi, surfaces.join('')].filter((word) => word !== '').join(' '),
  }
}

export function toothCodings(fdi: Tooth): object[] {
  const [code, meaning] = TEETH_SNOMED[fdi]
  return [coding(ISO_3950, fdi), coding(SNOMED, code, meaning)]
}

/** Teeth, then arches, sextants, quadrants. */
export function sites({ teeth, areas }: { readonly teeth: readonly Site[]; readonly areas: readonly string[] }): object[] {
  return [...teeth.map(tooth), ...areas.map((area) => concept(ISO_3950, area, `Secteur ${area}`))]
}

export function millimetres(value: number): object {
  return { value, unit: 'mm', system: UCUM, code: 'mm' }
}

export function euros(cents: number): object {
  return { value: cents / 100, currency: 'EUR' }
}

export function identifier(type: string, system: string, value: string, use?: string): object {
  return { use, type: concept(IDENTIFIER_TYPES, type), system, value }
}

export function rppsIdentifier(rpps: string): object {
  return identifier('RPPS', RPPS, rpps)
}

const ADDRESS_USES = { home: 'home', temporary: 'temp', billing: 'billing', work: 'work', other: undefined } as const
const TELEPHONE_USES = { mobile: 'mobile', home: 'home', work: 'work', other: undefined } as const

type Reachable = Pick<Identity, 'telephones' | 'emails'>

export function telecom({ telephones, emails }: Reachable): object[] {
  return [
    ...telephones.map(({ number, use, note }) => ({
      extension: comment(note),
      system: 'phone',
      value: number,
      use: use && TELEPHONE_USES[use],
    })),
    ...emails.map(({ address, isSecure, note }) => ({
      extension: comment(note),
      system: 'email',
      value: address,
      use: isSecure === true ? 'work' : undefined,
    })),
  ]
}

function comment(note: string | undefined): object[] {
  return note === undefined ? [] : [{ url: CONTACT_COMMENT, valueString: note }]
}

export function address({ lines, postalCode, town, country, use }: Identity['addresses'][number]): object {
  return { use: use && ADDRESS_USES[use], line: lines, city: town, postalCode, country }
}
