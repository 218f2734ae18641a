/** What was read is kept while it is looked at; nothing is written to the disk of this machine. */
import { MutationCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './problem.ts'

const RETRY_MS_MAX = 5_000
const FRESH_MS = 15_000
const KEPT_MS = 5 * 60_000

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: {
        // The server may be on this machine: the browser's idea of being online says nothing about it.
        networkMode: 'always',
        staleTime: FRESH_MS,
        gcTime: KEPT_MS,
        retry: (_count, error) => error instanceof Problem && error.code === 'offline',
        retryDelay: (count) => Math.min(500 * 2 ** count, RETRY_MS_MAX),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}
