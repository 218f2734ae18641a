import {
  getImportContents,
  getImportRun,
  getImportSource,
  listImportDecisions,
  listImportDuplicates,
  listImportFiles,
  listImportFolders,
  listImportProfiles,
  listImportRuns,
  listImportSources,
  listJobs,
  listLeftRows,
  type Refusal,
  type Remark,
} from '@couronne/practice/contract'
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { call } from '#api'

export const importSourcesQuery = queryOptions({
  queryKey: ['imports', 'sources'],
  queryFn: ({ signal }) => call(listImportSources, {}, { signal }),
})

export const importProfilesQuery = queryOptions({
  queryKey: ['imports', 'profiles'],
  queryFn: ({ signal }) => call(listImportProfiles, {}, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** What is at work, for whoever looks at all sources at once. */
export const jobsUnderWayQuery = queryOptions({
  queryKey: ['jobs', 'under-way'],
  queryFn: ({ signal }) => call(listJobs, { query: { which: 'under-way' } }, { signal }),
})

export const importSourceQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['imports', 'source', sourceId],
    queryFn: ({ signal }) => call(getImportSource, { params: { sourceId } }, { signal }),
  })

/** Files are read for it: not again for a window that comes to the front. */
export const importContentsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['imports', 'contents', sourceId],
    queryFn: ({ signal }) => call(getImportContents, { params: { sourceId } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

export const importFilesQuery = (sourceId: string) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'files', sourceId],
    queryFn: ({ pageParam, signal }) =>
      call(listImportFiles, { params: { sourceId }, query: { ...pageParam, limit: 50 } }, { signal }),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === undefined ? undefined : { cursor: next }),
  })

export const importFoldersQuery = (below: string) =>
  queryOptions({
    queryKey: ['imports', 'folders', below],
    queryFn: ({ signal }) => call(listImportFolders, { query: { below } }, { signal }),
  })

export const importRunsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['imports', 'runs', sourceId],
    queryFn: ({ signal }) => call(listImportRuns, { params: { sourceId }, query: { limit: 20 } }, { signal }),
  })

/** All of them, a page at a time. */
export const importRunPagesQuery = (sourceId: string) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'run-pages', sourceId],
    queryFn: ({ pageParam, signal }) =>
      call(listImportRuns, { params: { sourceId }, query: { ...pageParam, limit: 10 } }, { signal }),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === undefined ? undefined : { cursor: next }),
  })

export const importRunQuery = (runId: string) =>
  queryOptions({
    queryKey: ['imports', 'run', runId],
    queryFn: ({ signal }) => call(getImportRun, { params: { runId } }, { signal }),
  })

export interface RowsAsked {
  readonly which: 'refused' | 'remarked'
  readonly table?: string
  readonly code?: Refusal | Remark
}

export const leftRowsQuery = (runId: string, asked: RowsAsked) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'rows', runId, asked],
    queryFn: ({ pageParam, signal }) =>
      call(listLeftRows, { params: { runId }, query: { ...asked, ...pageParam, limit: 20 } }, { signal }),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === undefined ? undefined : { cursor: next }),
  })

export type DuplicatesAsked = 'practice' | 'source'

/** It shows patients, and stands in the journal: nothing is fetched anew by itself. */
export const importDuplicatesQuery = (runId: string, which: DuplicatesAsked) =>
  infiniteQueryOptions({
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    queryKey: ['imports', 'duplicates', runId, which],
    queryFn: ({ pageParam, signal }) =>
      call(listImportDuplicates, { params: { runId }, query: { which, ...pageParam, limit: 20 } }, { signal }),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === undefined ? undefined : { cursor: next }),
  })

export const importDecisionsQuery = (sourceId: string) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'decisions', sourceId],
    queryFn: ({ pageParam, signal }) =>
      call(listImportDecisions, { params: { sourceId }, query: { ...pageParam, limit: 200 } }, { signal }),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === undefined ? undefined : { cursor: next }),
  })

/** All that is known of imports is asked for again, where it is looked at. */
export async function refreshImports(queries: QueryClient): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['imports'] })
}
