/** Where the practice stood each day: a curve for the eye, and the same as a table for everybody. */
import { useQuery } from '@tanstack/react-query'
import { useFormat, useMessages } from '#messages'
import { Table } from '#shell'
import { trendQuery } from './queries.ts'

const WIDTH = 640
const HEIGHT = 200
const LEFT = 48
const TOP = 12
const BOTTOM = 28

export function Trend({ rule }: { readonly rule?: string }) {
  const m = useMessages()
  const format = useFormat()
  const { data } = useQuery(trendQuery(rule))
  if (data === undefined || data.days.length === 0) return null
  const { days } = data
  const columns = m.completeness.trendColumns
  return (
    <>
      {days.length < 2 ? <p className="aside">{m.completeness.trendShort}</p> : <Curve days={days} />}
      <details className="more">
        <summary>{m.completeness.trendTitle}</summary>
        <Table
          label={m.completeness.trendLabel}
          columns={[columns.on, columns.met, columns.missing, columns.waived]}
          rows={days.toReversed().map(({ on, met, missing, waived }) => ({
            key: on,
            cells: [format.day(on), format.number(met), format.number(missing), format.number(waived)],
          }))}
        />
      </details>
    </>
  )
}

interface Day {
  readonly on: string
  readonly met: number
  readonly missing: number
  readonly waived: number
}

/** The share that is there or waived, from none to all. */
function Curve({ days }: { readonly days: readonly Day[] }) {
  const m = useMessages()
  const format = useFormat()
  const across = (WIDTH - LEFT) / (days.length - 1)
  const points = days.map((day, i) => `${LEFT + i * across},${heightOf(shareOf(day))}`).join(' ')
  const [first, last] = [days[0], days.at(-1)]
  return (
    <svg className="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={m.completeness.trendLabel}>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line className="edge" x1={LEFT} x2={WIDTH} y1={heightOf(share)} y2={heightOf(share)} />
          <text x={0} y={heightOf(share) + 5}>{`${share * 100} %`}</text>
        </g>
      ))}
      <polyline className="line" points={points} />
      <text x={LEFT} y={HEIGHT - 6}>
        {first === undefined ? '' : format.day(first.on)}
      </text>
      <text x={WIDTH} y={HEIGHT - 6} textAnchor="end">
        {last === undefined ? '' : format.day(last.on)}
      </text>
    </svg>
  )
}

function shareOf({ met, missing, waived }: Day): number {
  const all = met + missing + waived
  return all === 0 ? 1 : (met + waived) / all
}

function heightOf(share: number): number {
  return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)
}
