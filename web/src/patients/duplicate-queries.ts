/** What is asked of the server about duplicates. Each list shows patients, and stands in the journal: nothing is fetched anew by itself. */
import {
  checkNewPatient,
  countDuplicates,
  type DuplicateState,
  getDuplicate,
  listDuplicates,
  type ReplyOf,
} from '@couronne/practice/contract'
import { type QueryClient, queryOptions } from '@tanstack/react-query'

import { call, type InputOf } from '#api'

const QUIET = { refetchOnWindowFocus: false, refetchOnReconnect: false } as const
const PAGE_LENGTH = 25

export const duplicateCountQuery = queryOptions({
  queryKey: ['duplicates', 'count'],
  queryFn: ({ signal }) => call(countDuplicates, {}, { signal }),
})

export const duplicatesQuery = (state: DuplicateState) => ({
  ...QUIET,
  queryKey: ['duplicates', 'list', state] as const,
  initialPageParam: '',
  queryFn: ({ pageParam, signal }: { readonly pageParam: string; readonly signal: AbortSignal }) =>
    call(
      listDuplicates,
      { query: { state, limit: PAGE_LENGTH, ...(pageParam === '' ? {} : { cursor: pageParam }) } },
      { signal },
    ),
  getNextPageParam: ({ next }: { readonly next?: string | undefined }) => next,
})

export const duplicateQuery = (oneId: string, otherId: string) =>
  queryOptions({
    ...QUIET,
    queryKey: ['duplicates', 'pair', oneId, otherId],
    queryFn: ({ signal }) => call(getDuplicate, { params: { oneId, otherId } }, { signal }),
  })

export type TwoRecords = ReplyOf<typeof getDuplicate>

type Asked = InputOf<typeof checkNewPatient>['body']

/** @param text the identity as JSON: what is typed is asked about once */
export const alreadyThereQuery = (text: string) =>
  queryOptions({
    ...QUIET,
    queryKey: ['duplicates', 'new', text],
    queryFn: ({ signal }) => call(checkNewPatient, { body: { identity: JSON.parse(text) as Asked['identity'] } }, { signal }),
  })

/** After a decision every list, and both records, are asked for anew. */
export async function refreshDuplicates(queries: QueryClient): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['duplicates'] })
  void queries.invalidateQueries({ queryKey: ['patients'] })
  void queries.invalidateQueries({ queryKey: ['patient'] })
  void queries.invalidateQueries({ queryKey: ['appointments'] })
}
