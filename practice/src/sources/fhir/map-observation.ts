/** What was seen: notes, tooth charts, probings of ours; anything else in its words. */
import { LOINC, own } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codeIn, wordsOf } from './codings.ts'
import { clean, type Json, joined, object, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'
import { toothOf } from './teeth.ts'
import { valueWords } from './value-words.ts'

const OBSERVATION_STATUSES = {
  registered: '',
  preliminary: 'Provisoire',
  final: '',
  amended: '',
  corrected: '',
  unknown: '',
} as const
const TOOTH_STATES = new Set(
  'sound caries filling sealant inlay veneer crown bridge-abutment bridge-pontic root-filled root-remnant implant missing unerupted impacted extraction-indicated fracture wear mobility periapical-lesion watch other'.split(
    ' ',
  ),
)
const PROBING_SITES = new Set(['MV', 'V', 'DV', 'ML', 'L', 'DL'])

export function mapObservation(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const status = reader.word('status', OBSERVATION_STATUSES)
  const on = reader.wholeDay(
    'effective',
    resource.effectiveDateTime ?? object(resource.effectivePeriod).start ?? resource.effectiveInstant ?? resource.issued,
  )
  if (status === undefined) reader.say('does-not-fit')
  if (on === undefined) reader.say('day-missing', 'effective')
  if (status === undefined || on === undefined) return undefined
  reader.namePractitioner(...objects(resource.performer))
  const what = codeIn(resource.code, own('observation'))
  const body =
    what === 'tooth-chart'
      ? toothChart(reader, on)
      : what === 'periodontal-chart'
        ? periodontalChart(reader, on)
        : note(reader, on, status)
  return body === undefined ? undefined : { kind: 'entry', content: { kind: 'observation', body } }
}

function note(reader: ResourceReader, on: string, status: string) {
  const { resource } = reader
  const components = objects(resource.component)
  const teeth = components.filter(({ code }) => codeIn(code, own('observation')) === 'tooth')
  const isOurs = codeIn(resource.code, LOINC) === '11506-3' && typeof resource.valueString === 'string'
  const others = components.filter((component) => !teeth.includes(component))
  const measured = others.map((component) => joined([wordsOf(component.code), valueWords(component)], ' : '))
  const words = joined([wordsOf(resource.code), valueWords(resource)], ' : ')
  const text = joined([isOurs ? textOf(resource.valueString) : words, ...measured, status || undefined, reader.notes()], '\n')
  if (text === undefined) {
    reader.say('nothing-said')
    return undefined
  }
  const numbers = [...teeth.map(({ valueCodeableConcept }) => toothOf(valueCodeableConcept)), toothOf(resource.bodySite)]
  return { category: 'note', on, text, teeth: [...new Set(numbers.filter((tooth) => tooth !== undefined))] }
}

function toothChart(reader: ResourceReader, on: string) {
  const findings = objects(reader.resource.component).flatMap(({ code, valueCodeableConcept }) => {
    const [site] = reader.teeth([code]).teeth
    if (site === undefined) return []
    const state = codeIn(valueCodeableConcept, own('tooth-state')) ?? 'other'
    const [, said] = /^[a-z-]+ : (.+)$/s.exec(String(object(valueCodeableConcept).text ?? '')) ?? []
    return [clean({ ...site, state: TOOTH_STATES.has(state) ? state : 'other', note: textOf(said, 500) })]
  })
  return clean({ category: 'tooth-chart', on, findings, text: reader.notes() })
}

interface Probed {
  readonly fdi: string
  mobility?: unknown
  furcation?: unknown
  readonly sites: Map<string, Readonly<Record<string, unknown>>>
}

function periodontalChart(reader: ResourceReader, on: string) {
  const teeth = new Map<string, Probed>()
  const toothNamed = (fdi: string) => {
    const tooth: Probed = teeth.get(fdi) ?? { fdi, sites: new Map() }
    teeth.set(fdi, tooth)
    return tooth
  }
  for (const component of objects(reader.resource.component)) {
    const fdi = toothOf(component.valueCodeableConcept) ?? toothOf(component.code)
    if (fdi === undefined) continue
    const tooth = toothNamed(fdi)
    const measure = codeIn(component.code, own('periodontal-measure'))
    const site = codeIn(component.code, own('probing-site'))
    if (measure === 'mobility' || measure === 'furcation') tooth[measure] = component.valueInteger
    else if (measure !== undefined && site !== undefined && PROBING_SITES.has(site))
      tooth.sites.set(site, { ...(tooth.sites.get(site) ?? { site }), ...measured(measure, component) })
  }
  const list = [...teeth.values()].map(({ sites, ...tooth }) => clean({ ...tooth, sites: [...sites.values()] }))
  return clean({ category: 'periodontal-chart', on, teeth: list, text: reader.notes() })
}

function measured(measure: string, component: Json): object {
  const { value } = object(component.valueQuantity)
  switch (measure) {
    case 'depth':
      return { depthMm: value }
    case 'recession':
      return { recessionMm: value }
    case 'bleeding':
      return { isBleeding: component.valueBoolean }
    case 'plaque':
      return { hasPlaque: component.valueBoolean }
    case 'suppuration':
      return { isSuppurating: component.valueBoolean }
    default:
      return {}
  }
}
