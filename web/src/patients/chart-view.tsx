/** The odontogram of a record, what is known of the chosen tooth, and the same for those who read rather than look. */
import { type Chart, type ChartItem, dentitionOf, isTooth, type Tooth } from '@couronne/practice/contract'
import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { ageOn } from './days.ts'
import { Odontogram, ToothDrawing } from './odontogram.tsx'
import { chartQuery } from './queries.ts'
import { useRecord } from './record-context.ts'
import { lookOf, type ToothLook } from './tooth-look.ts'
import { useWords, type Words } from './words.ts'

/** Until then milk teeth are shown without being asked for. */
const MILK_YEARS_MAX = 13

export function ChartView() {
  const m = useMessages()
  const words = useWords()
  const { patient, openEntry, addEntry, mayWrite } = useRecord()
  const { data, error } = useQuery(chartQuery(patient.id))
  const [chosen, setChosen] = useState<Tooth>()
  const age = ageOn(patient.identity.body.bornOn, todayIso())
  const isChild = age !== undefined && (age.kind === 'months' || age.count < MILK_YEARS_MAX)
  const [isMilkAsked, setIsMilkAsked] = useState(isChild)
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return <p role="status">{m.forms.waiting}</p>
  const byTooth = new Map(data.teeth.map((tooth) => [tooth.fdi, tooth]))
  const hasMilk = data.teeth.some(({ fdi }) => isTooth(fdi) && dentitionOf(fdi) === 'deciduous')
  const withDeciduous = isMilkAsked || hasMilk
  return (
    <>
      <h2>{m.patients.teethTitle}</h2>
      <p>{m.patients.teethLead}</p>
      <Odontogram
        looks={looksOf(data)}
        picked={new Set(chosen === undefined ? [] : [chosen])}
        labelOf={(fdi) => toothInWords(fdi, byTooth.get(fdi), words)}
        onPick={setChosen}
        withDeciduous={withDeciduous}
      />
      <div className="under-mouth">
        <Legend />
        {!hasMilk && (
          <Checkbox
            label={m.patients.showDeciduous}
            checked={isMilkAsked}
            onChange={(event) => setIsMilkAsked(event.currentTarget.checked)}
          />
        )}
      </div>
      <div role="status">
        {chosen !== undefined && (
          <section className="chosen-tooth" aria-label={m.patients.tooth(chosen)}>
            <h3>
              {m.patients.tooth(chosen)} · {m.patients.presences[byTooth.get(chosen)?.presence ?? 'not-recorded']}
            </h3>
            <Items items={byTooth.get(chosen)?.items ?? []} onOpen={openEntry} />
            {mayWrite('procedure') && (
              <p className="actions">
                <Button size="compact-md" onClick={() => addEntry('procedure', withTooth(chosen))}>
                  {m.patients.addActOn(chosen)}
                </Button>
                <Button
                  size="compact-md"
                  variant="default"
                  onClick={() => addEntry('observation', { category: 'tooth-chart', findings: finding(chosen) })}
                >
                  {m.patients.noteStateOf(chosen)}
                </Button>
              </p>
            )}
          </section>
        )}
      </div>
      {data.areas.length > 0 && (
        <section className="section">
          <h2>{m.patients.areasTitle}</h2>
          {data.areas.map(({ area, items }) => (
            <div key={area}>
              <h3>{(m.patients.areas as Readonly<Record<string, string>>)[area] ?? area}</h3>
              <Items items={items} onOpen={openEntry} />
            </div>
          ))}
        </section>
      )}
      <section className="section">
        <h2>{m.patients.toothListTitle}</h2>
        {data.teeth.length === 0 && <p>{m.patients.noneOf}</p>}
        <div className="tooth-list">
          {data.teeth.map(({ fdi, presence, items }) => (
            <div key={fdi} className="tooth-line">
              <h3>
                {m.patients.tooth(fdi)} · {m.patients.presences[presence]}
              </h3>
              <Items items={items} onOpen={openEntry} />
            </div>
          ))}
        </div>
      </section>
    </>
  )
}

function withTooth(fdi: Tooth): { readonly teeth: string } {
  return { teeth: JSON.stringify([{ fdi, surfaces: [] }]) }
}

function finding(fdi: Tooth): string {
  return JSON.stringify([{ fdi, state: 'caries', surfaces: [] }])
}

function Items({ items, onOpen }: { readonly items: readonly ChartItem[]; readonly onOpen: (entryId: string) => void }) {
  const m = useMessages()
  const words = useWords()
  if (items.length === 0) return <p>{m.patients.toothNothing}</p>
  return (
    <ul className="tooth-items">
      {items.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry may say two things of one tooth
        <li key={`${item.entryId} ${i}`}>
          <span className="tooth-item-day">{item.on === undefined ? m.patients.undated : words.days.short(item.on)}</span>
          <button type="button" className="link" onClick={() => onOpen(item.entryId)}>
            {itemInWords(item, words)}
          </button>
          <span className="aside">{m.patients.itemStates[item.state]}</span>
        </li>
      ))}
    </ul>
  )
}

export function looksOf(chart: Chart): ReadonlyMap<string, ToothLook> {
  return new Map(
    chart.teeth.flatMap(({ fdi, presence, items }) => (isTooth(fdi) ? [[fdi, lookOf(fdi, presence, items)] as const] : [])),
  )
}

/** Dent 36, présente : Obturation MO ; Couronne (prévu) */
export function toothInWords(fdi: Tooth, tooth: Chart['teeth'][number] | undefined, words: Words): string {
  const { m } = words
  const head = `${m.patients.tooth(fdi)}, ${m.patients.presences[tooth?.presence ?? 'not-recorded']}`
  const items = (tooth?.items ?? []).map((item) =>
    item.state === 'there' ? itemInWords(item, words) : `${itemInWords(item, words)} (${m.patients.itemStates[item.state]})`,
  )
  return items.length === 0 ? head : `${head}${m.patients.colon} ${items.join(', ')}`
}

function itemInWords({ mark, label, surfaces }: ChartItem, { m }: Words): string {
  const states = m.patients.toothStates as Readonly<Record<string, string>>
  const what = label === '' ? (states[mark ?? ''] ?? mark ?? '') : label
  return surfaces.length === 0 ? what : `${what} (${surfaces.join('')})`
}

const SAMPLES = {
  treated: { presence: 'present', faces: { middle: 'treated', left: 'treated' } },
  caries: { presence: 'present', faces: { middle: 'care' } },
  planned: { presence: 'present', isPlanned: true },
  crown: { presence: 'present', hasCrown: true },
  root: { presence: 'present', hasRootFilling: true },
  missing: { presence: 'missing' },
  implant: { presence: 'implant' },
  unknown: { presence: 'not-recorded' },
} as const satisfies Record<string, Partial<ToothLook>>

function Legend() {
  const m = useMessages()
  const hatch = useId()
  return (
    <details className="more legend">
      <summary>{m.patients.legendTitle}</summary>
      <svg className="unseen" aria-hidden="true" width="0" height="0">
        <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className="hatch-ground" width="5" height="5" />
          <line className="hatch-line" x1="0" y1="0" x2="0" y2="5" />
        </pattern>
      </svg>
      <ul>
        {(Object.keys(SAMPLES) as (keyof typeof SAMPLES)[]).map((name) => (
          <li key={name}>
            <ToothDrawing
              look={{ faces: {}, hasCrown: false, hasRootFilling: false, isPlanned: false, ...SAMPLES[name] }}
              hatch={hatch}
            />
            {m.patients.legend[name]}
          </li>
        ))}
      </ul>
    </details>
  )
}
