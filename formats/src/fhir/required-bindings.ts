/**
 * FHIR R4: whether the codes of a resource are those that the specification requires. The usual validators check structure and invariants
 * and let `gender: "F"` pass; an archive that is full of it is read by nobody.
 *
 * @see FHIR R4, "Binding Strengths": the code SHALL be from the value set; of a CodeableConcept, one of its codings
 */
import { ELEMENTS, VALUE_SETS } from './r4-tables.ts'

export const BINDING_PROBLEMS = ['unknown-code', 'unknown-type', 'too-deep'] as const

export interface BindingFinding {
  /** as FHIRPath has it: `Bundle.entry[3].resource.contact[0].gender`. What stands there may be a person's, and is not repeated */
  readonly path: string
  /** unknown-code: not in the value set; unknown-type: no resource of R4, so nothing under it was checked; too-deep: likewise */
  readonly problem: (typeof BINDING_PROBLEMS)[number]
  /** URL of the value set */
  readonly valueSet?: string
}

/** No honest resource nests as deep; a questionnaire within a bundle has thirty. */
const DEPTH_MAX = 100

interface Member {
  /** of FHIR, or the path of a part (`Patient.contact`) */
  readonly type: string
  readonly valueSet?: ValueSet
}
interface ValueSet {
  readonly url: string
  /** undefined: too many to list */
  readonly codes: ReadonlyMap<string, ReadonlySet<string> | undefined>
}

const valueSets: readonly ValueSet[] = VALUE_SETS.map(([name, systems]) => ({
  url: `http://hl7.org/fhir/ValueSet/${name}`,
  codes: new Map(
    Object.entries(systems).map(([system, codes]) => [system, codes === '*' ? undefined : new Set(codes.split(' '))]),
  ),
}))
const types: ReadonlyMap<string, ReadonlyMap<string, Member>> = new Map(
  Object.entries(ELEMENTS).map(([type, members]) => [type, parseMembers(type, members)]),
)

/** The shape of what is too large to list; the unit system has any. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'urn:ietf:bcp:13': /^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/,
  'urn:iso:std:iso:4217': /^[A-Z]{3}$/,
}

/** Every code of a resource that is not in the value set to which FHIR R4 binds it, in the order of the resource. Empty: all are. */
export function checkRequiredBindings(resource: unknown): BindingFinding[] {
  const findings: BindingFinding[] = []
  const typeName = resourceTypeOf(resource)
  checkResource(resource, typeName ?? '', 0, findings)
  return findings
}

function checkResource(resource: unknown, path: string, depth: number, findings: BindingFinding[]): void {
  const type = resourceTypeOf(resource)
  if (type === undefined || !types.has(type)) findings.push({ path, problem: 'unknown-type' })
  else checkMembers(resource as object, type, path, depth, findings)
}

function checkMembers(value: object, type: string, path: string, depth: number, findings: BindingFinding[]): void {
  if (depth > DEPTH_MAX) {
    findings.push({ path, problem: 'too-deep' })
    return
  }
  const members = types.get(type)
  for (const [name, content] of Object.entries(value)) {
    const member = EXTENSIONS.has(name) ? EXTENSION : name.startsWith('_') ? ELEMENT : members?.get(name)
    if (member === undefined) continue
    for (const [place, each] of placesOf(content, `${path}.${name}`)) checkValue(each, member, place, depth + 1, findings)
  }
}

const EXTENSION: Member = { type: 'Extension' }
const EXTENSIONS: ReadonlySet<string> = new Set(['extension', 'modifierExtension'])
/** What goes with a plain value: its id and extensions. */
const ELEMENT: Member = { type: 'Element' }

function checkValue(value: unknown, { type, valueSet }: Member, path: string, depth: number, findings: BindingFinding[]): void {
  if (value === null) return
  if (valueSet !== undefined && !isBound(value, type, valueSet))
    findings.push({ path, problem: 'unknown-code', valueSet: valueSet.url })
  if (typeof value !== 'object') return
  if (type === 'Resource') checkResource(value, path, depth, findings)
  else checkMembers(value, type, path, depth, findings)
}

function isBound(value: unknown, type: string, valueSet: ValueSet): boolean {
  if (type === 'CodeableConcept') {
    const codings = (value as { coding?: unknown }).coding
    return Array.isArray(codings) && codings.some((coding) => isCoding(coding, valueSet))
  }
  return type === 'Coding' || type.endsWith('Quantity') ? isCoding(value, valueSet) : isCode(value, valueSet)
}

function isCoding(value: unknown, { codes }: ValueSet): boolean {
  const { system, code } = (value ?? {}) as { system?: unknown; code?: unknown }
  return typeof system === 'string' && codes.has(system) && isOfSystem(code, system, codes.get(system))
}

function isCode(value: unknown, { codes }: ValueSet): boolean {
  return [...codes].some(([system, known]) => isOfSystem(value, system, known))
}

function isOfSystem(code: unknown, system: string, known: ReadonlySet<string> | undefined): boolean {
  if (typeof code !== 'string') return false
  return known === undefined ? (SHAPES[system] ?? /^\S+$/).test(code) : known.has(code)
}

function* placesOf(content: unknown, path: string): Generator<readonly [string, unknown]> {
  if (!Array.isArray(content)) yield [path, content]
  else for (const [index, each] of content.entries()) yield [`${path}[${index}]`, each]
}

function resourceTypeOf(resource: unknown): string | undefined {
  const type = (resource as { resourceType?: unknown } | null | undefined)?.resourceType
  return typeof type === 'string' && /^[A-Z][A-Za-z]{1,60}$/.test(type) ? type : undefined
}

function parseMembers(parent: string, text: string): ReadonlyMap<string, Member> {
  return new Map(
    text.split(' ').map((word) => {
      const [, name = '', type = '', place] = /^([^:]+):([^!]*)(?:!(\d+))?$/.exec(word) ?? []
      const valueSet = place === undefined ? undefined : valueSets[Number(place)]
      return [name, { type: type === '' ? `${parent}.${name}` : type, ...(valueSet === undefined ? {} : { valueSet }) }]
    }),
  )
}
