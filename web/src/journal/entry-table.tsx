/** Entries as a table. */
import type { journalEntrySchema } from '@couronne/practice/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { z } from 'zod'
import { useFormat, useMessages } from '#messages'
import { peopleQuery, practitionersQuery } from '#people'
import { useMay } from '#session'
import { Table } from '#shell'

type Entry = z.output<typeof journalEntrySchema>

export function EntryTable({ entries, withPatients }: { readonly entries: readonly Entry[]; readonly withPatients: boolean }) {
  const m = useMessages()
  const format = useFormat()
  const roles = m.people.roles as Readonly<Record<string, string>>
  const nameOf = useNames()
  const mayOpenPatients = useMay('patients.read')
  return (
    <Table
      label={m.journal.entriesTitle}
      columns={[m.journal.at, m.journal.action, m.journal.who, m.journal.about, m.journal.address]}
      rows={entries.map((entry) => ({
        key: entry.seq,
        cells: [
          format.instant(entry.at),
          <div key="action">
            {m.journal.actions[entry.action]}
            {entry.reason !== undefined && <span className="reason">{m.journal.because(entry.reason)}</span>}
          </div>,
          <div key="who">
            {entry.account?.name ?? (entry.action === 'trace.emptied' ? '' : m.journal.program)}
            {entry.account !== undefined && <span className="aside">{roles[entry.account.role] ?? entry.account.role}</span>}
          </div>,
          <div key="about">
            {withPatients && entry.patientId !== undefined && <PatientOf patientId={entry.patientId} mayOpen={mayOpenPatients} />}
            {entry.subject !== undefined && (
              <span>
                {nameOf.get(entry.subject) ??
                  subjectOf(entry.subject, { ...m.patients.kinds, ...m.journal.subjects }, m.journal.lists)}
              </span>
            )}
            {Array.isArray(entry.details.shown) && <span>{m.journal.shown(entry.details.shown.length)}</span>}
          </div>,
          entry.address === 'console' ? m.journal.here : (entry.address ?? ''),
        ],
      }))}
    />
  )
}

/** By its number, as the journal holds it; who it is, the record says to those who may open it. */
function PatientOf({ patientId, mayOpen }: { readonly patientId: string; readonly mayOpen: boolean }) {
  const m = useMessages()
  return (
    <>
      <Link to="/journal" search={{ patient: patientId }}>
        {m.journal.patient(patientId.slice(-6))}
      </Link>
      {mayOpen && (
        <Link className="aside" to="/patients/$patientId" params={{ patientId }}>
          {m.journal.openRecord}
        </Link>
      )}
    </>
  )
}

/** How the people of this practice are called, by subject; empty for who may not know. */
function useNames(): ReadonlyMap<string, string> {
  const enabled = useMay('people.read')
  const { data: people } = useQuery({ ...peopleQuery, enabled })
  const { data: practice } = useQuery({ ...practitionersQuery, enabled })
  return new Map([
    ...(people?.accounts ?? []).map(({ id, displayName }) => [`account:${id}`, displayName] as const),
    ...(practice?.practitioners ?? []).map(
      ({ id, givenName, familyName }) => [`practitioner:${id}`, `${givenName} ${familyName}`] as const,
    ),
  ])
}

/** `account:0198…c3f2` as `Account …6c3f2`: the end of an id tells it from its neighbours. */
function subjectOf(subject: string, words: Readonly<Record<string, string>>, lists: Readonly<Record<string, string>>): string {
  const [kind = '', id = ''] = subject.split(':')
  if (kind === 'list') return lists[id] ?? id
  return `${words[kind] ?? kind} ${id.length > 8 ? `…${id.slice(-6)}` : id}`
}
