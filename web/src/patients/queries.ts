/** What the room asks the server. Each look at a record stands in the journal: nothing is fetched behind the reader's back. */
import {
  type EntryKind,
  getChart,
  getPatient,
  getTimeline,
  listAppointments,
  listEntries,
  listPatients,
  type ReplyOf,
} from '@couronne/practice/contract'
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { call } from '#api'

const QUIET = { refetchOnWindowFocus: false, refetchOnReconnect: false } as const
const PAGE_LENGTH = 50

export const foundQuery = (text: string, limit: number) =>
  queryOptions({
    ...QUIET,
    queryKey: ['patients', 'found', text, limit],
    queryFn: ({ signal }) => call(listPatients, { query: { query: text, limit } }, { signal }),
  })

export const patientQuery = (patientId: string) =>
  queryOptions({
    ...QUIET,
    queryKey: ['patient', patientId],
    queryFn: ({ signal }) => call(getPatient, { params: { patientId } }, { signal }),
  })

/** @param kind absent: everything, by its day */
export const entriesQuery = (patientId: string, kind: EntryKind | undefined, withWithdrawn: boolean) => ({
  ...QUIET,
  queryKey: ['patient', patientId, 'entries', kind ?? 'all', withWithdrawn] as const,
  initialPageParam: '',
  queryFn: ({ pageParam, signal }: { readonly pageParam: string; readonly signal: AbortSignal }) => {
    const page = { limit: PAGE_LENGTH, ...(pageParam === '' ? {} : { cursor: pageParam }) }
    const params = { patientId }
    if (kind === undefined && !withWithdrawn) return call(getTimeline, { params, query: page }, { signal })
    const asked = { ...page, withdrawn: withWithdrawn ? ('true' as const) : ('false' as const) }
    return call(listEntries, { params, query: kind === undefined ? asked : { ...asked, kind } }, { signal })
  },
  getNextPageParam: ({ next }: { readonly next?: string | undefined }) => next,
})

export const chartQuery = (patientId: string) =>
  queryOptions({
    ...QUIET,
    queryKey: ['patient', patientId, 'chart'],
    queryFn: ({ signal }) => call(getChart, { params: { patientId } }, { signal }),
  })

export type Appointment = ReplyOf<typeof listAppointments>['appointments'][number]

/** @param practitionerId empty: everybody's */
export const appointmentsQuery = (from: string, to: string, practitionerId: string) =>
  queryOptions({
    ...QUIET,
    queryKey: ['appointments', from, to, practitionerId],
    queryFn: ({ signal }) =>
      call(listAppointments, { query: { from, to, ...(practitionerId === '' ? {} : { practitionerId }) } }, { signal }),
  })

export function refreshAppointments(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ queryKey: ['appointments'] })
}

/** After a change everything that shows the record is asked for anew. */
export async function refreshRecord(queries: QueryClient, patientId: string): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['patient', patientId] })
  void queries.invalidateQueries({ queryKey: ['patients'] })
  void refreshAppointments(queries)
}
