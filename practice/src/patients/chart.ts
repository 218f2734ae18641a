/**
 * The odontogram: what is recorded of each tooth, drawn from procedures, observations and devices. Pure. It says what the record says, in the
 * order of its days, and never that a tooth is there because nothing is written.
 */
import { findCcam } from './ccam.ts'
import type { Chart, ChartItem, EntryOf } from './contract.ts'
import { AREAS, type Area, TEETH, type Tooth } from './fdi.ts'
import type { BodyOf } from './kinds/index.ts'
import type { ToothState } from './kinds/observation.ts'
import { foldLetters } from './search/index.ts'

/** What of a record the chart is drawn from; current entries, in any order. */
export interface ChartSources {
  readonly procedures: readonly EntryOf<'procedure'>[]
  readonly observations: readonly EntryOf<'observation'>[]
  readonly devices: readonly EntryOf<'device'>[]
}

interface Mark {
  readonly on: string
  readonly createdAt: string
  readonly site: Tooth | Area
  readonly item: ChartItem
}

export function drawChart({ procedures, observations, devices }: ChartSources): Chart {
  const marks = [
    ...procedures.flatMap((entry) => (entry.body === null ? [] : marksOf(entry, procedureItems(entry.body)))),
    ...observations.flatMap((entry) => (entry.body === null ? [] : marksOf(entry, observationItems(entry.body)))),
    // What was taken out stands at the day on which it was.
    ...devices.flatMap((entry) =>
      entry.body === null ? [] : marksOf({ ...entry, aboutOn: entry.body.removedOn ?? entry.aboutOn }, deviceItems(entry.body)),
    ),
  ].toSorted(newestFirst)
  const bySite = Map.groupBy(marks, ({ site }) => site)
  const itemsAt = (site: Tooth | Area) => (bySite.get(site) ?? []).map(({ item }) => item)
  return {
    teeth: TEETH.filter((fdi) => bySite.has(fdi)).map((fdi) => {
      const items = itemsAt(fdi)
      return { fdi, presence: presenceOf(items), items }
    }),
    areas: AREAS.filter((area) => bySite.has(area)).map((area) => ({ area, items: itemsAt(area) })),
  }
}

type Sited = readonly [site: Tooth | Area, item: Omit<ChartItem, 'entryId' | 'kind' | 'on'>]
type ChartEntry = EntryOf<'procedure'> | EntryOf<'observation'> | EntryOf<'device'>

function marksOf({ id, kind, aboutOn, createdAt }: ChartEntry, items: readonly Sited[]): Mark[] {
  return items.map(([site, item]) => ({
    on: aboutOn ?? '',
    createdAt,
    site,
    item: { entryId: id, kind, on: aboutOn, ...item },
  }))
}

function procedureItems({ code, status, teeth, areas }: BodyOf<'procedure'>): Sited[] {
  if (status === 'cancelled') return []
  const item = {
    state: status === 'planned' ? ('planned' as const) : ('there' as const),
    mark: code.system === 'ccam' ? markOfAct(code) : undefined,
    code: code.code,
    label: code.label,
  }
  return [
    ...teeth.map(({ fdi, surfaces }): Sited => [fdi, { ...item, surfaces }]),
    ...areas.map((area): Sited => [area, { ...item, mark: undefined, surfaces: [] }]),
  ]
}

function observationItems(body: BodyOf<'observation'>): Sited[] {
  if (body.category !== 'tooth-chart') return []
  return body.findings.map(({ fdi, state, surfaces, note }) => [
    fdi,
    { state: 'there', mark: state, label: note ?? '', surfaces },
  ])
}

function deviceItems({ category, label, teeth, areas, removedOn }: BodyOf<'device'>): Sited[] {
  const state = removedOn === undefined ? ('there' as const) : ('removed' as const)
  const item = { state, code: category, label, mark: MARK_OF_DEVICE[category] }
  return [
    ...teeth.map(({ fdi, surfaces }): Sited => [fdi, { ...item, surfaces }]),
    ...areas.map((area): Sited => [area, { ...item, mark: undefined, surfaces: [] }]),
  ]
}

const MARK_OF_DEVICE: Readonly<Partial<Record<BodyOf<'device'>['category'], ToothState>>> = {
  implant: 'implant',
  'fixed-prosthesis': 'crown',
}

/**
 * What an act leaves on its teeth: by the first letters of its CCAM code and by the first words of its label, which must both say so. The
 * letters alone are no proof: HBGD extracts teeth, and takes crowns off as well (HBGD027) and old root fillings out; HBLD places crowns, and
 * inlay-cores (HBLD007) and removable prostheses, whose teeth are just those that are gone.
 */
const MARKS_OF_ACTS: readonly { readonly letters: string; readonly words: RegExp; readonly mark: ToothState }[] = [
  { letters: 'HBGD', words: /^(avulsion|extraction)(?!.*(odontoide|surnumeraire))/, mark: 'missing' },
  { letters: 'HBBD', words: /^(comblement|scellement)/, mark: 'sealant' },
  { letters: 'HBMD', words: /^restauration.*incrust/, mark: 'inlay' },
  { letters: 'HBMD', words: /^restauration/, mark: 'filling' },
  { letters: 'HBFD', words: /^exerese (de la pulpe vivante|du contenu canalaire)/, mark: 'root-filled' },
  { letters: 'HBLD', words: /^(pose d.une )?couronne/, mark: 'crown' },
  { letters: 'LBLD', words: /^pose (d.1|d.un|de \d+) implants? intra-?osseux/, mark: 'implant' },
]

function markOfAct({ code, label }: Pick<BodyOf<'procedure'>['code'], 'code' | 'label'>): ToothState | undefined {
  const words = foldLetters(findCcam(code)?.label ?? label)
  return MARKS_OF_ACTS.find((each) => code.startsWith(each.letters) && each.words.test(words))?.mark
}

/**
 * The newest day on which something was said of the tooth itself decides. On one day the order is unknown: an implant stands where the tooth
 * was taken out, and what is taken out is no longer there, whatever else was done to it. A crown or a filling says nothing against an implant.
 */
function presenceOf(items: readonly ChartItem[]): Chart['teeth'][number]['presence'] {
  const telling = items.filter(({ state, mark }) => mark !== undefined && (state === 'there' || isGoneImplant(state, mark)))
  const ofDay = telling.filter(({ on }) => on === telling[0]?.on)
  if (ofDay.length === 0) return 'not-recorded'
  const isThere = (...marks: readonly string[]) => ofDay.some(({ state, mark = '' }) => state === 'there' && marks.includes(mark))
  if (isThere('implant')) return 'implant'
  if (isThere('missing', 'bridge-pontic') || ofDay.some(({ state, mark = '' }) => isGoneImplant(state, mark))) return 'missing'
  return isThere('crown') && isOnImplant(items) ? 'implant' : 'present'
}

function isGoneImplant(state: ChartItem['state'], mark: string): boolean {
  return state === 'removed' && mark === 'implant'
}

/** An implant stands beside, or the act itself says what its crown is on. */
function isOnImplant(items: readonly ChartItem[]): boolean {
  return items.some(
    ({ state, mark, label }) =>
      state === 'there' && (mark === 'implant' || (mark === 'crown' && /implanto.?port/.test(foldLetters(label)))),
  )
}

function newestFirst(a: Mark, b: Mark): number {
  return descending(a.on, b.on) || descending(a.createdAt, b.createdAt) || descending(a.item.entryId, b.item.entryId)
}

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0
}
