/**
 * The odontogram: what is recorded of each tooth, drawn from procedures, observations and devices. Pure. It says what the record says, in the
 * order of its days, and never that a tooth is there because nothing is written.
 */
import type { Chart, ChartItem, EntryOf } from './contract.ts'
import { AREAS, type Area, TEETH, type Tooth } from './fdi.ts'
import type { BodyOf } from './kinds/index.ts'
import type { ToothState } from './kinds/observation.ts'

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
    mark: code.system === 'ccam' ? markOfCcam(code.code) : undefined,
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
 * What an act leaves on its teeth, by the first letters of CCAM codes: HBGD extraction, HBBD sealing, HBMD filling, HBFD root treatment, HBLD
 * crown, LBLD implant. Those that stand below by their whole code do something else.
 */
const MARK_OF_CCAM: Readonly<Record<string, ToothState>> = {
  HBGD: 'missing',
  HBBD: 'sealant',
  HBMD: 'filling',
  HBFD: 'root-filled',
  HBLD: 'crown',
  LBLD: 'implant',
}
/** Pulpotomy; an element added to a removable prosthesis; fluoride varnish; complete removable prosthesis. */
const WITHOUT_MARK: ReadonlySet<string> = new Set(['HBFD006', 'HBMD017', 'HBLD045', 'HBLD031'])

function markOfCcam(code: string): ToothState | undefined {
  return WITHOUT_MARK.has(code) ? undefined : MARK_OF_CCAM[code.slice(0, 4)]
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

function isOnImplant(items: readonly ChartItem[]): boolean {
  return items.some(({ state, mark }) => state === 'there' && mark === 'implant')
}

function newestFirst(a: Mark, b: Mark): number {
  return descending(a.on, b.on) || descending(a.createdAt, b.createdAt) || descending(a.item.entryId, b.item.entryId)
}

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0
}
