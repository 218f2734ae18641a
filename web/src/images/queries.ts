/** What the room asks the server. Each look at a record or at the tray stands in the journal: nothing is fetched behind the reader's back. */
import {
  getReception,
  getReceptionStatus,
  getStudy,
  getTrayStudy,
  listStudies,
  listTray,
  type ReplyOf,
} from '@couronne/practice/contract'
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { call } from '#api'

const QUIET = { refetchOnWindowFocus: false, refetchOnReconnect: false } as const
const PAGE_LENGTH = 50
const STATUS_EVERY_MS = 15_000

/** Under the patient's key: what changes the record asks for it anew. */
export const studiesQuery = (patientId: string) =>
  queryOptions({
    ...QUIET,
    queryKey: ['patient', patientId, 'studies'],
    queryFn: ({ signal }) => call(listStudies, { params: { patientId } }, { signal }),
  })

export const studyQuery = (patientId: string, studyId: string) =>
  queryOptions({
    ...QUIET,
    queryKey: ['patient', patientId, 'studies', studyId],
    queryFn: ({ signal }) => call(getStudy, { params: { patientId, studyId } }, { signal }),
  })

export type TrayState = 'tray' | 'aside'
export type Series = ReplyOf<typeof getStudy>['series'][number]
export type Proposal = ReplyOf<typeof getTrayStudy>['proposals'][number]

export const trayQuery = (state: TrayState) => ({
  ...QUIET,
  queryKey: ['tray', 'list', state] as const,
  initialPageParam: '',
  queryFn: ({ pageParam, signal }: { readonly pageParam: string; readonly signal: AbortSignal }) =>
    call(listTray, { query: { state, limit: PAGE_LENGTH, ...(pageParam === '' ? {} : { cursor: pageParam }) } }, { signal }),
  getNextPageParam: ({ next }: { readonly next?: string | undefined }) => next,
})

export const trayStudyQuery = (studyId: string) =>
  queryOptions({
    ...QUIET,
    queryKey: ['tray', 'study', studyId],
    queryFn: ({ signal }) => call(getTrayStudy, { params: { studyId } }, { signal }),
  })

export function refreshTray(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ queryKey: ['tray'] })
}

export const receptionQuery = queryOptions({
  queryKey: ['reception', 'settings'],
  queryFn: ({ signal }) => call(getReception, {}, { signal }),
})

export const receptionStatusQuery = queryOptions({
  queryKey: ['reception', 'status'],
  refetchInterval: STATUS_EVERY_MS,
  queryFn: ({ signal }) => call(getReceptionStatus, {}, { signal }),
})
