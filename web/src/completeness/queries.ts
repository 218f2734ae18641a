/** What the room asks the server. The list names patients, and each look at it stands in the journal. */
import { getCompletenessCounts, getCompletenessTrend } from '@couronne/practice/contract'
import { queryOptions } from '@tanstack/react-query'
import { call } from '#api'

export const countsQuery = queryOptions({
  queryKey: ['completeness', 'counts'],
  queryFn: ({ signal }) => call(getCompletenessCounts, {}, { signal }),
})

/** @param rule absent: records */
export const trendQuery = (rule?: string) =>
  queryOptions({
    queryKey: ['completeness', 'trend', rule ?? ''],
    queryFn: ({ signal }) => call(getCompletenessTrend, { query: rule === undefined ? {} : { rule } }, { signal }),
  })
