/** On the home page: how many records lack something. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMessages } from '#messages'
import { useMay } from '#session'
import { Section } from '#shell'
import { countsQuery } from './queries.ts'

export function HomeLine() {
  const m = useMessages()
  const enabled = useMay('care.read')
  const { data } = useQuery({ ...countsQuery, enabled })
  if (data === undefined || data.records.missing === 0) return null
  return (
    <Section title={m.completeness.homeTitle}>
      <ul className="duties">
        <li>
          <Link to="/completeness">{m.completeness.homeLine(data.records.missing)}</Link>
          <span>{m.completeness.homeWhy}</span>
        </li>
      </ul>
    </Section>
  )
}
