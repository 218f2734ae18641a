/** What was seen in a mouth: the state of teeth by age, and here and there a periodontal chart or a note that is its author's alone. */
import { PROBING_SITES, type Tooth, type ToothState } from '@couronne/practice/contract'
import type { SampleEntry } from './entry.ts'
import type { SeededRandom } from './random.ts'

const FIRST_MOLARS: readonly Tooth[] = ['16', '26', '36', '46']
const OTHERS: readonly Tooth[] = ['11', '12', '14', '15', '17', '21', '22', '24', '25', '27', '34', '35', '37', '44', '45', '47']
const WISDOM: readonly Tooth[] = ['18', '28', '38', '48']
const DECIDUOUS: readonly Tooth[] = ['54', '55', '64', '65', '74', '75', '84', '85']
const WITH_SURFACES: ReadonlySet<ToothState> = new Set(['caries', 'filling', 'sealant', 'inlay'])

type Seen = readonly (readonly [teeth: readonly Tooth[], states: readonly ToothState[], most: number])[]

const OF_CHILDREN: Seen = [
  [DECIDUOUS, ['sound', 'sound', 'caries', 'filling', 'missing'], 6],
  [FIRST_MOLARS, ['sound', 'sealant', 'unerupted'], 4],
]
const OF_THE_YOUNG: Seen = [
  [FIRST_MOLARS, ['sound', 'sealant', 'filling', 'caries', 'watch'], 4],
  [OTHERS, ['sound', 'sound', 'caries', 'filling', 'fracture'], 5],
  [WISDOM, ['unerupted', 'impacted', 'missing', 'extraction-indicated'], 4],
]
const OF_ADULTS: Seen = [
  [FIRST_MOLARS, ['filling', 'crown', 'root-filled', 'inlay', 'caries', 'missing', 'implant'], 4],
  [
    OTHERS,
    ['sound', 'filling', 'crown', 'veneer', 'wear', 'bridge-abutment', 'bridge-pontic', 'periapical-lesion', 'mobility'],
    9,
  ],
  [WISDOM, ['missing', 'missing', 'impacted', 'sound', 'root-remnant'], 4],
]

export function inventCharts(
  random: SeededRandom,
  { age, on, practitionerId }: { readonly age: number; readonly on: string; readonly practitionerId: string },
): SampleEntry[] {
  const entries: SampleEntry[] = []
  const add = (body: SampleEntry<'observation'>['body']) =>
    entries.push({ kind: 'observation', body: { on, practitionerId, ...body } })
  if (random.chance(0.45)) {
    const seen = age < 12 ? OF_CHILDREN : age < 30 ? OF_THE_YOUNG : OF_ADULTS
    const findings = seen.flatMap(([teeth, states, most]) => findingsOf(random, teeth, states, most))
    if (findings.length > 0) add({ category: 'tooth-chart', findings })
  }
  if (age > 35 && random.chance(0.08))
    add({ category: 'periodontal-chart', teeth: FIRST_MOLARS.map((fdi) => probed(random, fdi)) })
  if (random.chance(0.02)) add({ category: 'personal-note', text: 'Anxieux : prévoir du temps, expliquer avant chaque geste.' })
  return entries
}

function findingsOf(random: SeededRandom, teeth: readonly Tooth[], states: readonly ToothState[], most: number) {
  const from = random.below(teeth.length)
  return Array.from({ length: random.between(0, Math.min(most, teeth.length)) }, (_, i) => {
    const state = random.pick(states)
    const fdi = teeth[(from + i) % teeth.length] as Tooth
    return { fdi, state, surfaces: WITH_SURFACES.has(state) ? [random.pick(['M', 'O', 'D'] as const)] : [] }
  })
}

function probed(random: SeededRandom, fdi: Tooth) {
  const sites = PROBING_SITES.map((site) => ({ site, depthMm: random.between(2, 6), isBleeding: random.chance(0.3) }))
  return { fdi, mobility: random.chance(0.2) ? 1 : 0, sites }
}
