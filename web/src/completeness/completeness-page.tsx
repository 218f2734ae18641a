/** Where the practice stands, the rules with what each finds, the list, and since which day care counts. */
import { changeCompletenessSince } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { FormBox, ProblemBox, TextField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { type RuleWords, rulesQuery, useRules, useSaid } from '#patients'
import { useMay } from '#session'
import { Page, Section, Table } from '#shell'
import { FindingsList } from './findings-list.tsx'
import { countsQuery } from './queries.ts'
import { Trend } from './trend.tsx'

export function CompletenessPage() {
  const m = useMessages()
  const { rule } = useSearch({ from: '/inside/completeness' })
  const rules = useRules()
  const { error } = useQuery(rulesQuery)
  const maySeeCare = useMay('care.read')
  const mayChange = useMay('practice.write')
  if (error !== null) return <ProblemBox problem={error} />
  if (rules === undefined) return <p role="status">{m.forms.waiting}</p>
  return (
    <Page title={m.completeness.title} lead={m.completeness.lead}>
      <Counts />
      {maySeeCare && <FindingsList rule={rule} rules={rules} />}
      <Rules rules={rules} />
      <NotChecked />
      {mayChange && <Since />}
    </Page>
  )
}

function Counts() {
  const m = useMessages()
  const format = useFormat()
  const { data } = useQuery(countsQuery)
  if (data === undefined) return null
  const { on, records, since } = data
  if (on === undefined) return <p>{m.completeness.notCounted}</p>
  return (
    <>
      <dl className="facts">
        {(['met', 'missing', 'waived'] as const).map((each) => (
          <div key={each}>
            <dt>{m.completeness.records[each]}</dt>
            <dd>{format.number(records[each])}</dd>
          </div>
        ))}
      </dl>
      <p className="aside">
        {m.completeness.countsOf(format.day(on))} {m.completeness.since(format.day(since))}
      </p>
      <Trend />
    </>
  )
}

function Rules({ rules }: { readonly rules: ReadonlyMap<string, RuleWords> }) {
  const m = useMessages()
  const format = useFormat()
  const { data } = useQuery(countsQuery)
  const counts = new Map(data?.rules.map((each) => [each.rule, each]))
  const columns = m.completeness.ruleColumns
  return (
    <Section title={m.completeness.rulesTitle}>
      <Table
        label={m.completeness.rulesTitle}
        columns={[columns.rule, columns.severity, columns.missing, columns.met, columns.waived]}
        rows={[...rules].map(([id, { rule, title }]) => {
          const { missing = 0, met = 0, waived = 0 } = counts.get(id) ?? {}
          return {
            key: id,
            cells: [
              <Link key="rule" to="/completeness/rules/$ruleId" params={{ ruleId: id }}>
                {title}
              </Link>,
              m.completeness.severities[rule.severity],
              ...[missing, met, waived].map(format.number),
            ],
          }
        })}
      />
    </Section>
  )
}

function NotChecked() {
  const m = useMessages()
  const say = useSaid()
  const { data } = useQuery(rulesQuery)
  return (
    <Section title={m.completeness.notCheckedTitle}>
      <ul>
        {data?.notChecked.map((words) => (
          <li key={words.en}>{say(words)}</li>
        ))}
      </ul>
    </Section>
  )
}

function Since() {
  const m = useMessages()
  const { data } = useQuery(rulesQuery)
  return (
    <Section title={m.completeness.sinceTitle}>
      <p>{m.completeness.sinceWhy}</p>
      {data !== undefined && <SinceForm key={data.since} since={data.since} />}
    </Section>
  )
}

function SinceForm({ since }: { readonly since: string }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm({
    initial: { since },
    check: (values) => ({
      since: /^(19|20)\d\d-\d\d-\d\d$/.test(values.since) && values.since <= todayIso() ? undefined : m.completeness.sinceWrong,
    }),
    send: async (values, key) => {
      setIsSaved(false)
      await call(changeCompletenessSince, { body: { since: values.since } }, { key })
      setIsSaved(true)
      void queries.invalidateQueries({ queryKey: ['completeness'] })
    },
  })
  return (
    <>
      <FormBox form={form} action={m.forms.save}>
        <TextField form={form} name="since" type="date" label={m.completeness.sinceDay} className="short" />
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.forms.saved}</p>
    </>
  )
}
