/** Teeth, surfaces and areas in the codings in which FHIR has them. */
import { FDI_SURFACE, hl7, ISO_3950, SNOMED } from '#fhir-systems'
import { AREAS, type Area, isTooth, SURFACES, type Surface, TEETH_SNOMED, type Tooth } from '#patients'
import { codingsOf, wordsOf } from './codings.ts'
import { objects } from './json.ts'

const TEETH_BY_SNOMED: ReadonlyMap<string, string> = new Map(Object.entries(TEETH_SNOMED).map(([fdi, [code]]) => [code, fdi]))
const EXAMPLE_TEETH = hl7('ex-tooth')
const areas: ReadonlySet<string> = new Set(AREAS)

export interface Sites {
  readonly teeth: readonly { readonly fdi: Tooth; readonly surfaces: readonly Surface[] }[]
  readonly areas: readonly Area[]
  /** whether each site was understood */
  readonly isAll: boolean
}

export function sitesOf(concepts: unknown): Sites {
  const teeth = new Map<Tooth, Set<Surface>>()
  const found = new Set<Area>()
  let isAll = true
  for (const concept of objects(concepts)) {
    const tooth = toothOf(concept)
    const area = areaOf(concept)
    if (tooth !== undefined) teeth.set(tooth, (teeth.get(tooth) ?? new Set()).union(surfacesOf(concept)))
    else if (area !== undefined) found.add(area)
    else isAll = false
  }
  return { teeth: [...teeth].map(([fdi, surfaces]) => ({ fdi, surfaces: [...surfaces] })), areas: [...found], isAll }
}

export function toothOf(concept: unknown): Tooth | undefined {
  const codings = codingsOf(concept)
  const coded = codings.map(({ system, code }) =>
    system === ISO_3950 || system === EXAMPLE_TEETH ? code : system === SNOMED ? TEETH_BY_SNOMED.get(code) : undefined,
  )
  const written = codings.length === 0 ? /^(?:dent\s+)?(\d\d)\b/i.exec(wordsOf(concept) ?? '')?.[1] : undefined
  return [...coded, written].find((code) => code !== undefined && isTooth(code)) as Tooth | undefined
}

function areaOf(concept: unknown): Area | undefined {
  return codingsOf(concept).find(({ system, code }) => system === ISO_3950 && areas.has(code))?.code as Area | undefined
}

/** `M`, `MOD`; the palate has no code and stands in the words: `Dent 16 OP`. */
function surfacesOf(concept: unknown): Set<Surface> {
  const coded = codingsOf(concept).flatMap(({ system, code }) => (system === FDI_SURFACE ? [...code] : []))
  const [, written = ''] = /^dent \d\d ([A-Z]{1,8})$/i.exec(wordsOf(concept) ?? '') ?? []
  return new Set([...coded, ...written.toUpperCase()].filter(isSurface))
}

function isSurface(letter: string): letter is Surface {
  return (SURFACES as readonly string[]).includes(letter)
}
