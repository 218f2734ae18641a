/** What is missing, of all patients: to be worked through, gravest first. */
import { listFindings, SEVERITIES, type Severity } from '@couronne/practice/contract'
import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { missingOf, type RuleWords, spokenName } from '#patients'
import { practitionersQuery } from '#people'
import { Section, Table } from '#shell'

const PAGE_LENGTH = 50

export function FindingsList({
  rule = '',
  rules,
}: {
  readonly rule?: string | undefined
  readonly rules: ReadonlyMap<string, RuleWords>
}) {
  const m = useMessages()
  const format = useFormat()
  const [severity, setSeverity] = useState('')
  const [practitionerId, setPractitionerId] = useState('')
  const [state, setState] = useState<'missing' | 'waived'>('missing')
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useInfiniteQuery({
    queryKey: ['completeness', 'findings', rule, severity, practitionerId, state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call(
        listFindings,
        {
          query: {
            limit: PAGE_LENGTH,
            state,
            ...(pageParam === '' ? {} : { cursor: pageParam }),
            ...(rule === '' ? {} : { rule }),
            ...(severity === '' ? {} : { severity: severity as Severity }),
            ...(practitionerId === '' ? {} : { practitionerId }),
          },
        },
        { signal },
      ),
    getNextPageParam: ({ next }) => next,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const lines = data?.pages.flatMap((page) => page.lines) ?? []
  const columns = m.completeness.listColumns
  return (
    <Section title={m.completeness.listTitle}>
      <Filters
        {...{ rule, rules, severity, practitionerId, state }}
        onSeverity={setSeverity}
        onPractitioner={setPractitionerId}
        onState={setState}
      />
      {error !== null && <ProblemBox problem={error} />}
      <p role="status" className="count">
        {isPending ? m.forms.waiting : m.completeness.count(lines.length, hasNextPage)}
      </p>
      {lines.length > 0 && (
        <Table
          label={m.completeness.listTitle}
          columns={[columns.patient, columns.severity, columns.on, columns.what]}
          rows={lines.map(({ patient, rule: id, subject, severity: gravity, on, missing }) => ({
            key: `${patient.id} ${id} ${subject}`,
            cells: [
              <Link key="patient" to="/patients/$patientId" params={{ patientId: patient.id }} search={{ view: 'missing' }}>
                {spokenName(patient)}
              </Link>,
              m.completeness.severities[gravity],
              on === undefined ? '' : on.length === 10 ? format.day(on) : on,
              <>
                {rules.get(id)?.title ?? id}
                <span>{format.list(missingOf(rules.get(id), missing))}</span>
              </>,
            ],
          }))}
        />
      )}
      {hasNextPage && (
        <p>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {m.completeness.more}
          </Button>
        </p>
      )}
    </Section>
  )
}

function Filters({
  rule,
  rules,
  severity,
  practitionerId,
  state,
  onSeverity,
  onPractitioner,
  onState,
}: {
  readonly rule: string
  readonly rules: ReadonlyMap<string, RuleWords>
  readonly severity: string
  readonly practitionerId: string
  readonly state: 'missing' | 'waived'
  readonly onSeverity: (severity: string) => void
  readonly onPractitioner: (practitionerId: string) => void
  readonly onState: (state: 'missing' | 'waived') => void
}) {
  const m = useMessages()
  const navigate = useNavigate()
  const { data } = useQuery(practitionersQuery)
  return (
    <search className="filters" aria-label={m.completeness.filters}>
      <NativeSelect
        label={m.completeness.rule}
        value={rule}
        onChange={({ currentTarget: { value } }) =>
          void navigate({ to: '/completeness', search: value === '' ? {} : { rule: value }, resetScroll: false })
        }
        data={[
          { value: '', label: m.completeness.allRules },
          ...[...rules].map(([id, { title }]) => ({ value: id, label: title })),
        ]}
      />
      <NativeSelect
        label={m.completeness.severity}
        value={severity}
        onChange={({ currentTarget: { value } }) => onSeverity(value)}
        data={[
          { value: '', label: m.completeness.allSeverities },
          ...SEVERITIES.map((value) => ({ value, label: m.completeness.severities[value] })),
        ]}
      />
      <NativeSelect
        label={m.completeness.practitioner}
        value={practitionerId}
        onChange={({ currentTarget: { value } }) => onPractitioner(value)}
        data={[
          { value: '', label: m.completeness.everybody },
          ...(data?.practitioners ?? []).map(({ id, givenName, familyName }) => ({
            value: id,
            label: `${givenName} ${familyName}`,
          })),
        ]}
      />
      <NativeSelect
        label={m.completeness.state}
        value={state}
        onChange={({ currentTarget: { value } }) => onState(value === 'waived' ? 'waived' : 'missing')}
        data={(['missing', 'waived'] as const).map((value) => ({ value, label: m.completeness.states[value] }))}
      />
    </search>
  )
}
