/** What this record lacks: gravest first, each with what to do about it, or a way to say why it may be missing. */
import { type CompletenessFinding, getRecordCompleteness } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Section } from '#shell'
import { titleOf } from './entry-words.ts'
import { FindingRow } from './finding-row.tsx'
import { entriesQuery } from './queries.ts'
import { useRecord } from './record-context.ts'
import { type RuleWords, useRules } from './rule-words.ts'
import { WaiverDialog } from './waiver-dialog.tsx'
import { useWords } from './words.ts'

type Rules = ReadonlyMap<string, RuleWords>

export function CompletenessView() {
  const m = useMessages()
  const format = useFormat()
  const { patient } = useRecord()
  const rules = useRules()
  const [isPast, setIsPast] = useState(false)
  const [waiving, setWaiving] = useState<CompletenessFinding>()
  const { data, error } = useQuery({
    queryKey: ['patient', patient.id, 'completeness', isPast],
    queryFn: ({ signal }) =>
      call(
        getRecordCompleteness,
        { params: { patientId: patient.id }, query: { past: isPast ? ('true' as const) : ('false' as const) } },
        { signal },
      ),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const acts = useActs()
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined || rules === undefined) return <p role="status">{m.forms.waiting}</p>
  const of = (state: CompletenessFinding['state'], past = false) =>
    data.findings.filter((each) => each.state === state && each.isPast === past)
  const missing = of('missing')
  const grave = missing.filter(({ severity }) => severity === 'high').length
  const list = (findings: readonly CompletenessFinding[]) => (
    <ul className="lacking">
      {findings.map((finding) => (
        <FindingRow
          key={`${finding.rule} ${finding.subject}`}
          finding={finding}
          about={acts.get(finding.entryIds[0] ?? '')}
          words={rules.get(finding.rule)}
          onWaive={() => setWaiving(finding)}
        />
      ))}
    </ul>
  )
  return (
    <>
      <p role="status" className="count">
        {missing.length === 0
          ? m.completeness.nothingMissing
          : [m.completeness.missing(missing.length), ...(grave > 0 ? [m.completeness.grave(grave)] : [])].join(', ')}
      </p>
      <p className="aside">{m.completeness.since(format.day(data.since))}</p>
      {list(missing)}
      {of('due-later').length > 0 && <Section title={m.completeness.states['due-later']}>{list(of('due-later'))}</Section>}
      {of('waived').length > 0 && <Section title={m.completeness.states.waived}>{list(of('waived'))}</Section>}
      {data.pastMissing > 0 && (
        <p>
          <Button variant="default" onClick={() => setIsPast(!isPast)}>
            {isPast ? m.completeness.hidePast : m.completeness.showPast(data.pastMissing)}
          </Button>
        </p>
      )}
      {isPast && of('missing', true).length > 0 && (
        <Section title={m.completeness.past}>{list([...of('missing', true), ...of('waived', true)])}</Section>
      )}
      <Met findings={of('met')} notApplicable={data.notApplicable} rules={rules} />
      {waiving !== undefined && <WaiverDialog finding={waiving} onClose={() => setWaiving(undefined)} />}
    </>
  )
}

/** The newest procedures of the record, in a line each: two of one day are told apart by them. */
function useActs(): ReadonlyMap<string, string> {
  const { patient } = useRecord()
  const words = useWords()
  const { data } = useInfiniteQuery(entriesQuery(patient.id, 'procedure', false))
  return new Map(data?.pages.flatMap(({ entries }) => entries.map((entry) => [entry.id, titleOf(entry, words)] as const)))
}

/** So that nobody takes silence for consent: what was looked at, too. */
function Met({
  findings,
  notApplicable,
  rules,
}: {
  readonly findings: readonly CompletenessFinding[]
  readonly notApplicable: readonly string[]
  readonly rules: Rules
}) {
  const m = useMessages()
  const byRule = Map.groupBy(findings, ({ rule }) => rule)
  return (
    <details className="more">
      <summary>{m.completeness.metTitle}</summary>
      <ul className="plain">
        {[...byRule].map(([rule, ofRule]) => (
          <li key={rule}>{m.completeness.met(rules.get(rule)?.title ?? rule, ofRule.length)}</li>
        ))}
      </ul>
      <h3>{m.completeness.notApplicable}</h3>
      <ul className="plain">
        {notApplicable.map((rule) => (
          <li key={rule}>{rules.get(rule)?.title ?? rule}</li>
        ))}
      </ul>
    </details>
  )
}
