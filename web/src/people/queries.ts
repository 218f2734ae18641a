import {
  listMyPasskeys,
  listMySessions,
  listNotices,
  listPeople,
  listPractitioners,
  listSessionsOf,
} from '@couronne/practice/contract'
import { queryOptions } from '@tanstack/react-query'
import { call } from '#api'

export const peopleQuery = queryOptions({ queryKey: ['people'], queryFn: ({ signal }) => call(listPeople, {}, { signal }) })

export const noticesQuery = queryOptions({
  queryKey: ['notices'],
  queryFn: ({ signal }) => call(listNotices, { query: { which: 'unseen' } }, { signal }),
})

export const practitionersQuery = queryOptions({
  queryKey: ['practitioners'],
  queryFn: ({ signal }) => call(listPractitioners, {}, { signal }),
  staleTime: 5 * 60_000,
})

export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: ({ signal }) => call(listMyPasskeys, {}, { signal }),
})

export const mySessionsQuery = queryOptions({
  queryKey: ['sessions', 'mine'],
  queryFn: ({ signal }) => call(listMySessions, {}, { signal }),
})

export const sessionsOfQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['sessions', accountId],
    queryFn: ({ signal }) => call(listSessionsOf, { params: { accountId } }, { signal }),
  })
