/** Entries as a table; below each other where there is no room. Roles are said, since a table that is laid out as blocks forgets its own. */
import type { journalEntrySchema } from '@couronne/practice/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { z } from 'zod'
import { useFormat, useMessages } from '#messages'
import { peopleQuery, practitionersQuery } from '#people'
import { useMay } from '#session'

type Entry = z.output<typeof journalEntrySchema>

export function EntryTable({ entries, withPatients }: { readonly entries: readonly Entry[]; readonly withPatients: boolean }) {
  const m = useMessages()
  const format = useFormat()
  const roles = m.people.roles as Readonly<Record<string, string>>
  const nameOf = useNames()
  const mayOpenPatients = useMay('patients.read')
  const columns = [m.journal.at, m.journal.action, m.journal.who, m.journal.about, m.journal.address]
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    // biome-ignore-start lint/a11y/useSemanticElements: see above
    <table className="table" role="table" aria-label={m.journal.entriesTitle}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((each) => (
            <th key={each} role="columnheader" scope="col">
              {each}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {entries.map((entry) => (
          <tr key={entry.seq} role="row">
            <td role="cell" data-label={m.journal.at}>
              {format.instant(entry.at)}
            </td>
            <td role="cell" data-label={m.journal.action}>
              {m.journal.actions[entry.action]}
              {entry.reason !== undefined && <span className="reason">{m.journal.because(entry.reason)}</span>}
            </td>
            <td role="cell" data-label={m.journal.who}>
              {entry.account?.name ?? (entry.action === 'trace.emptied' ? '' : m.journal.program)}
              {entry.account !== undefined && <span className="aside">{roles[entry.account.role] ?? entry.account.role}</span>}
            </td>
            <td role="cell" data-label={m.journal.about}>
              {withPatients && entry.patientId !== undefined && (
                <PatientOf patientId={entry.patientId} mayOpen={mayOpenPatients} />
              )}
              {entry.subject !== undefined && (
                <span>
                  {nameOf.get(entry.subject) ?? subjectOf(entry.subject, { ...m.patients.kinds, ...m.journal.subjects })}
                </span>
              )}
            </td>
            <td role="cell" data-label={m.journal.address}>
              {entry.address === 'console' ? m.journal.here : (entry.address ?? '')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/useSemanticElements: see above
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  )
}

/** By its number, as the journal holds it; who it is, the record says to those who may open it. */
function PatientOf({ patientId, mayOpen }: { readonly patientId: string; readonly mayOpen: boolean }) {
  const m = useMessages()
  const name = m.journal.patient(patientId.slice(-6))
  if (!mayOpen) return <span>{name}</span>
  return (
    <Link to="/patients/$patientId" params={{ patientId }}>
      {name}
    </Link>
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
function subjectOf(subject: string, words: Readonly<Record<string, string>>): string {
  const [kind = '', id = ''] = subject.split(':')
  return `${words[kind] ?? kind} ${id.length > 8 ? `…${id.slice(-6)}` : id}`
}
