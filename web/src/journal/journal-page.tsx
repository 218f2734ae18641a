import { exportJournal, JOURNAL_ACTIONS, listJournal, listPatientJournal } from '@couronne/practice/contract'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { addressOf, call } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { peopleQuery } from '#people'
import { useMay } from '#session'
import { Page, Section } from '#shell'
import { EntryTable } from './entry-table.tsx'
import { PatientFilter } from './patient-filter.tsx'
import { Retention } from './retention.tsx'
import { Verification } from './verification.tsx'

/** All lines for who may see them all; the others are given what they may. */
const NO_FILTER = { which: 'patients', accountId: '', action: '', fromOn: '', toOn: '' }
type Filter = typeof NO_FILTER
const PAGE_LENGTH = 50

export function JournalPage() {
  const m = useMessages()
  const mayReadPractice = useMay('journal.read')
  const mayReadPatients = useMay('journal.patients')
  const mayExport = useMay('journal.export')
  const { patient } = useSearch({ from: '/inside/journal' })
  const patientId = mayReadPatients ? patient : undefined
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  const withPatients = mayReadPatients && (patientId !== undefined || filter.which === 'patients' || !mayReadPractice)
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useInfiniteQuery({
    queryKey: ['journal', withPatients, patientId, filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      withPatients
        ? call(
            listPatientJournal,
            { query: { ...queryOf(filter, pageParam), ...(patientId === undefined ? {} : { patientId }) } },
            { signal },
          )
        : call(listJournal, { query: queryOf(filter, pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
    // Each look is written to the journal: it is not refreshed behind the reader's back.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: 0,
  })
  const entries = data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <Page title={m.journal.title} lead={m.journal.lead}>
      {mayReadPatients && <PatientFilter patientId={patientId} />}
      {mayReadPractice && patientId === undefined && <Verification />}
      <Section title={patientId === undefined ? m.journal.entriesTitle : m.journal.patientEntriesTitle}>
        <Filters
          filter={filter}
          onChange={setFilter}
          mayChoosePatients={mayReadPatients && mayReadPractice && patientId === undefined}
        />
        {error !== null && <ProblemBox problem={error} />}
        <p role="status" className="count">
          {isPending ? m.forms.waiting : m.journal.count(entries.length, hasNextPage)}
        </p>
        {entries.length > 0 && <EntryTable entries={entries} withPatients={withPatients} />}
        {hasNextPage && (
          <p>
            <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {m.journal.more}
            </Button>
          </p>
        )}
      </Section>
      {mayReadPractice && patientId === undefined && <Retention />}
      {mayExport && patientId === undefined && (
        <Section title={m.journal.exportTitle}>
          <p>{m.journal.exportLead}</p>
          <ul className="plain">
            <li>
              <a href={addressOf(exportJournal, { query: { format: 'jsonl', ...rangeOf(filter) } })} download>
                {m.journal.exportLines}
              </a>
            </li>
            <li>
              <a href={addressOf(exportJournal, { query: { format: 'cef', ...rangeOf(filter) } })} download>
                {m.journal.exportSyslog}
              </a>
            </li>
          </ul>
        </Section>
      )}
    </Page>
  )
}

function Filters({
  filter,
  onChange,
  mayChoosePatients,
}: {
  readonly filter: Filter
  readonly onChange: (filter: Filter) => void
  readonly mayChoosePatients: boolean
}) {
  const m = useMessages()
  const maySeePeople = useMay('people.read')
  const { data: people } = useQuery({ ...peopleQuery, enabled: maySeePeople })
  const set = (name: keyof Filter) => (event: { readonly currentTarget: { readonly value: string } }) =>
    onChange({ ...filter, [name]: event.currentTarget.value })
  const actions = JOURNAL_ACTIONS.map((value) => ({ value, label: m.journal.actions[value] }))
  return (
    <search className="filters" aria-label={m.journal.filters}>
      {mayChoosePatients && (
        <NativeSelect
          label={m.journal.which}
          value={filter.which}
          onChange={set('which')}
          data={[
            { value: 'practice', label: m.journal.withoutPatients },
            { value: 'patients', label: m.journal.withPatients },
          ]}
        />
      )}
      <NativeSelect
        label={m.journal.action}
        value={filter.action}
        onChange={set('action')}
        data={[{ value: '', label: m.journal.allActions }, ...actions]}
      />
      {people !== undefined && (
        <NativeSelect
          label={m.journal.who}
          value={filter.accountId}
          onChange={set('accountId')}
          data={[
            { value: '', label: m.journal.everybody },
            ...people.accounts.map(({ id, displayName }) => ({ value: id, label: displayName })),
          ]}
        />
      )}
      <TextInput type="date" label={m.journal.from} value={filter.fromOn} onChange={set('fromOn')} />
      <TextInput type="date" label={m.journal.to} value={filter.toOn} onChange={set('toOn')} />
      <Button variant="default" onClick={() => onChange(NO_FILTER)}>
        {m.journal.clear}
      </Button>
    </search>
  )
}

function queryOf(filter: Filter, cursor: string) {
  return {
    limit: PAGE_LENGTH,
    ...(cursor === '' ? {} : { cursor }),
    ...(filter.action === '' ? {} : { action: filter.action as (typeof JOURNAL_ACTIONS)[number] }),
    ...(filter.accountId === '' ? {} : { accountId: filter.accountId }),
    ...rangeOf(filter),
  }
}

/** Days of this machine's calendar, the last one included, as instants. */
function rangeOf({ fromOn, toOn }: Filter): { readonly from?: string; readonly to?: string } {
  const from = startOf(fromOn, 0)
  const to = startOf(toOn, 1)
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}

function startOf(day: string, later: number): string | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined || year < 1000) return undefined
  return new Date(year, month - 1, date + later).toISOString()
}
