/** Who has opened a record, one line a person and visit; and who has seen the patient in lists. Asked for by a click, since looking is noted too. */
import { listReaders, type Readers, type ReportedVisit } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Section, Table } from '#shell'

export function Visits({ patientId, children }: { readonly patientId: string; readonly children?: ReactNode }) {
  const m = useMessages()
  const [isAsked, setIsAsked] = useState(false)
  const { data, error, isFetching } = useQuery({
    queryKey: ['journal', 'visits', patientId],
    queryFn: ({ signal }) => call(listReaders, { params: { patientId } }, { signal }),
    enabled: isAsked,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: 0,
  })
  return (
    <Section title={m.journal.visitsTitle}>
      <p>{m.journal.visitsLead}</p>
      {error !== null && <ProblemBox problem={error} />}
      {data === undefined ? (
        <Button loading={isFetching} onClick={() => setIsAsked(true)}>
          {m.journal.visitsShow}
        </Button>
      ) : (
        <>
          {data.visits.length === 0 ? <p>{m.journal.visitsNone}</p> : <VisitTable visits={data.visits} />}
          {!data.isAll && <p>{m.journal.visitsMore(data.visits.length)}</p>}
          <h3 className="below-table">{m.journal.listedTitle}</h3>
          {data.listed.length === 0 ? <p>{m.journal.listedNone}</p> : <ListedTable listed={data.listed} />}
        </>
      )}
      {children}
    </Section>
  )
}

function VisitTable({ visits }: { readonly visits: readonly ReportedVisit[] }) {
  const m = useMessages()
  const format = useFormat()
  const parts: Readonly<Record<string, string>> = {
    ...m.patients.kindsMany,
    limit: m.journal.limitPart,
    completeness: m.journal.completenessPart,
  }
  const named = (names: readonly string[]) => {
    const text = format.list(names.map((name) => (parts[name] ?? name).toLowerCase()))
    return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  }
  return (
    <Table
      label={m.journal.visitsTitle}
      columns={Object.values(m.journal.visitColumns)}
      rows={visits.map((visit) => ({
        key: `${visit.startsAt} ${visit.account?.id} ${visit.account?.role}`,
        cells: [
          <Who key="who" account={visit.account} />,
          m.journal.fromTo(
            format.instant(visit.startsAt),
            visit.endsAt === visit.startsAt ? undefined : format.time(visit.endsAt),
          ),
          <div key="read">
            {read(visit).length > 0 ? named(read(visit)) : visit.documents === 0 && m.journal.nothingRead}
            {visit.documents > 0 && <span>{m.journal.documentsOpened(visit.documents)}</span>}
          </div>,
          <div key="done">
            {visit.changed.length > 0 && m.journal.changed(named(visit.changed))}
            {visit.printed.length > 0 && <span>{m.journal.printed(named(visit.printed))}</span>}
            {visit.isExported && <strong>{m.journal.exported}</strong>}
            {visit.isGlassBroken && <strong className="bad">{m.journal.glassBroken}</strong>}
            {visit.reason !== undefined && <span>{m.journal.because(visit.reason)}</span>}
          </div>,
        ],
      }))}
    />
  )
}

/** Whoever prints a part has read it. */
function read(visit: ReportedVisit): string[] {
  return [...new Set([...visit.read, ...visit.printed])]
}

function ListedTable({ listed }: { readonly listed: Readers['listed'] }) {
  const m = useMessages()
  const format = useFormat()
  return (
    <Table
      label={m.journal.listedTitle}
      columns={Object.values(m.journal.listedColumns)}
      rows={listed.map((each) => ({
        key: `${each.account?.id} ${each.account?.role} ${each.list}`,
        cells: [
          <Who key="who" account={each.account} />,
          m.journal.lists[each.list],
          format.number(each.times),
          format.instant(each.lastAt),
        ],
      }))}
    />
  )
}

function Who({ account }: { readonly account: ReportedVisit['account'] }) {
  const m = useMessages()
  const roles = m.people.roles as Readonly<Record<string, string>>
  return (
    <div>
      <strong>{account === undefined ? m.journal.program : (account.name ?? m.patients.somebody)}</strong>
      {account !== undefined && <span>{roles[account.role] ?? account.role}</span>}
    </div>
  )
}
