/**
 * The teeth, drawn as the dentist sees the patient: 18 to 11 and 21 to 28 above, 48 to 41 and 31 to 38 below. One stop of the Tab key; the
 * arrows go from tooth to tooth.
 */
import type { Tooth } from '@couronne/practice/contract'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { useMessages } from '#messages'
import type { Face, ToothLook } from './tooth-look.ts'

const QUADRANTS = [
  { number: 1, permanent: ['18', '17', '16', '15', '14', '13', '12', '11'], deciduous: ['55', '54', '53', '52', '51'] },
  { number: 2, permanent: ['21', '22', '23', '24', '25', '26', '27', '28'], deciduous: ['61', '62', '63', '64', '65'] },
  { number: 4, permanent: ['48', '47', '46', '45', '44', '43', '42', '41'], deciduous: ['85', '84', '83', '82', '81'] },
  { number: 3, permanent: ['31', '32', '33', '34', '35', '36', '37', '38'], deciduous: ['71', '72', '73', '74', '75'] },
] as const satisfies readonly { number: 1 | 2 | 3 | 4; permanent: readonly Tooth[]; deciduous: readonly Tooth[] }[]

/** What the arrows walk over; places from the left, so that up and down go to the nearest. */
const ROWS: readonly (readonly { readonly fdi: Tooth; readonly at: number }[])[] = [
  rowOf(1, 2, 'permanent'),
  rowOf(1, 2, 'deciduous'),
  rowOf(4, 3, 'deciduous'),
  rowOf(4, 3, 'permanent'),
]

function rowOf(left: number, right: number, dentition: 'permanent' | 'deciduous') {
  const teeth = [left, right].flatMap(
    (number): readonly Tooth[] => QUADRANTS.find((each) => each.number === number)?.[dentition] ?? [],
  )
  const first = dentition === 'permanent' ? 0 : 3
  return teeth.map((fdi, i) => ({ fdi, at: first + i }))
}

export function Odontogram({
  looks,
  picked,
  labelOf,
  onPick,
  withDeciduous,
}: {
  readonly looks: ReadonlyMap<string, ToothLook>
  readonly picked: ReadonlySet<string>
  /** all that the drawing says, in words */
  readonly labelOf: (fdi: Tooth) => string
  readonly onPick: (fdi: Tooth) => void
  readonly withDeciduous: boolean
}) {
  const m = useMessages()
  const hatch = useId()
  const box = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<Tooth>('18')
  const rows = withDeciduous ? ROWS : [ROWS[0], ROWS[3]].filter((row) => row !== undefined)
  const press = (event: KeyboardEvent) => {
    const next = neighbour(rows, current, event.key)
    if (next === undefined) return
    event.preventDefault()
    setCurrent(next)
    box.current?.querySelector<HTMLElement>(`[data-fdi="${next}"]`)?.focus()
  }
  const tooth = (fdi: Tooth) => (
    <button
      key={fdi}
      type="button"
      data-fdi={fdi}
      className="tooth"
      tabIndex={fdi === current ? 0 : -1}
      aria-pressed={picked.has(fdi)}
      aria-label={labelOf(fdi)}
      onFocus={() => setCurrent(fdi)}
      onClick={() => onPick(fdi)}
    >
      <ToothDrawing look={looks.get(fdi)} hatch={hatch} />
      <span aria-hidden="true">{fdi}</span>
    </button>
  )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows are its teeth's
    <div className="mouth" ref={box} onKeyDown={press}>
      <svg className="unseen" aria-hidden="true" width="0" height="0">
        <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className="hatch-ground" width="5" height="5" />
          <line className="hatch-line" x1="0" y1="0" x2="0" y2="5" />
        </pattern>
      </svg>
      {QUADRANTS.map(({ number, permanent, deciduous }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid everywhere
        <div key={number} role="group" className="quadrant" data-quadrant={number} aria-label={m.patients.quadrants[number]}>
          <p className="quadrant-name" aria-hidden="true">
            {m.patients.quadrants[number]}
          </p>
          <div className="teeth-row">{permanent.map(tooth)}</div>
          {withDeciduous && <div className="teeth-row deciduous">{deciduous.map(tooth)}</div>}
        </div>
      ))}
    </div>
  )
}

function neighbour(rows: typeof ROWS, from: Tooth, key: string): Tooth | undefined {
  const y = rows.findIndex((row) => row.some(({ fdi }) => fdi === from))
  const row = rows[y] ?? rows[0] ?? []
  const x = row.findIndex(({ fdi }) => fdi === from)
  const at = row[x]?.at ?? 0
  switch (key) {
    case 'ArrowLeft':
      return row[x - 1]?.fdi
    case 'ArrowRight':
      return row[x + 1]?.fdi
    case 'Home':
      return row[0]?.fdi
    case 'End':
      return row.at(-1)?.fdi
    case 'ArrowUp':
    case 'ArrowDown':
      return rows[y + (key === 'ArrowUp' ? -1 : 1)]?.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0]?.fdi
    default:
      return undefined
  }
}

const FACES: Readonly<Record<Face, string>> = {
  top: 'M3 3H37L27 13H13Z',
  bottom: 'M3 37H37L27 27H13Z',
  left: 'M3 3V37L13 27V13Z',
  right: 'M37 3V37L27 27V13Z',
  middle: 'M13 13H27V27H13Z',
}

export function ToothDrawing({ look, hatch }: { readonly look: ToothLook | undefined; readonly hatch: string }) {
  const presence = look?.presence ?? 'not-recorded'
  return (
    <svg viewBox="0 0 40 46" aria-hidden="true" className="tooth-drawing" data-presence={presence}>
      {(Object.keys(FACES) as Face[]).map((face) => (
        <path
          key={face}
          className="face"
          data-look={look?.faces[face]}
          d={FACES[face]}
          {...(look?.faces[face] === 'care' ? { fill: `url(#${hatch})` } : {})}
        />
      ))}
      {look?.hasCrown === true && <circle className="crown-ring" cx="20" cy="20" r="15" />}
      {look?.hasRootFilling === true && <path className="root-line" d="M14 43H26" />}
      {presence === 'missing' && <path className="gone" d="M5 5 35 35M35 5 5 35" />}
      {presence === 'implant' && <path className="screw" d="M20 8V32M12 12H28M14 18H26M16 24H24M18 30H22" />}
      {look?.isPlanned === true && <circle className="plan-dot" cx="34" cy="6" r="5" />}
    </svg>
  )
}
