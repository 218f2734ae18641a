/** One rule: the duty, where it comes from and how sure we are, what must be there, what to do, how often it is. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { type RuleWords, rulesQuery, useRules } from '#patients'
import { useMay } from '#session'
import { Page, Section } from '#shell'
import { Trend } from './trend.tsx'

export function RulePage() {
  const m = useMessages()
  const { ruleId } = useParams({ from: '/inside/completeness/rules/$ruleId' })
  const { error } = useQuery(rulesQuery)
  const rules = useRules()
  if (error !== null) return <ProblemBox problem={error} />
  if (rules === undefined) return <p role="status">{m.forms.waiting}</p>
  const words = rules.get(ruleId)
  if (words === undefined)
    return (
      <Page title={m.completeness.title} isNarrow>
        <p>{m.completeness.noSuchRule}</p>
        <Link to="/completeness">{m.completeness.back}</Link>
      </Page>
    )
  return <Rule words={words} />
}

function Rule({ words: { rule, title, missing, advice, reading } }: { readonly words: RuleWords }) {
  const m = useMessages()
  const format = useFormat()
  const maySeeCare = useMay('care.read')
  return (
    <Page title={title} lead={m.completeness.severities[rule.severity]}>
      <Section title={m.completeness.asked}>
        <ul>
          {missing.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        {rule.graceDays !== undefined && <p>{m.completeness.grace(rule.graceDays)}</p>}
        {rule.since !== undefined && <p>{m.completeness.boundSince(format.day(rule.since))}</p>}
      </Section>
      <Section title={m.completeness.advice}>
        <p>{advice}</p>
      </Section>
      <Section title={m.completeness.sourcesTitle}>
        <dl className="facts">
          {rule.sources.map(({ cited, address, sureness }) => (
            <div key={cited}>
              <dt>{m.completeness.surenesses[sureness]}</dt>
              <dd>
                <a href={address} rel="noreferrer">
                  {cited}
                </a>
              </dd>
            </div>
          ))}
        </dl>
        <p className="aside">{m.completeness.version(rule.version)}</p>
      </Section>
      {reading !== undefined && (
        <Section title={m.completeness.reading}>
          <p>{reading}</p>
        </Section>
      )}
      <Trend rule={rule.id} />
      <p className="actions">
        {maySeeCare && (
          <Link to="/completeness" search={{ rule: rule.id }}>
            {m.completeness.seeList}
          </Link>
        )}
        <Link to="/completeness">{m.completeness.back}</Link>
      </p>
    </Page>
  )
}
