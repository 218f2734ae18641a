/**
 * The odontogram: what is recorded of each tooth, drawn from procedures, observations and devices. Pure. It says what the record says, in the
 * order of its days, and never that a tooth is there because nothing is written.
 */
import { findCcam } from './ccam.ts'
import type { Chart, ChartItem, EntryOf } from './contract.ts'
import { AREAS, type Area, TEETH, type Tooth } from './fdi.ts'
import type { BodyOf } from './kinds/index.ts'
import type { ToothState } from './kinds/observation.ts'
import { foldLetters } from './words-folded.ts'

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
    ...devices.flatMap((entry) => (entry.body === null ? [] : marksOf(entry, deviceItems(entry.body)))),
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

/** The newest thing that says something of the tooth itself decides. A crown or a filling says nothing against an implant that carries it. */
function presenceOf(items: readonly ChartItem[]): Chart['teeth'][number]['presence'] {
  for (const { state, mark } of items) {
    if (state === 'planned' || mark === undefined) continue
    if (state === 'removed') {
      if (mark === 'implant') return 'missing'
      continue
    }
    if (mark === 'missing' || mark === 'bridge-pontic') return 'missing'
    if (mark === 'implant') return 'implant'
    if (mark === 'crown' && isOnImplant(items)) return 'implant'
    return 'present'
  }
  return 'not-recorded'
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
