/** Sends decisions, one request each, and asks for the list again. */
import { type Decision, type DecisionContent, decideImport } from '@couronne/practice/contract'
import { useQueryClient } from '@tanstack/react-query'
import { call } from '#api'
import { importDecisionsQuery } from './queries.ts'

export type Decided = ReadonlyMap<string, Decision>

export function useDecide(sourceId: string): (decisions: readonly DecisionContent[]) => Promise<void> {
  const queries = useQueryClient()
  return async (decisions) => {
    try {
      for (const decision of decisions) await call(decideImport, { params: { sourceId }, body: { decision } })
    } finally {
      await queries.invalidateQueries(importDecisionsQuery(sourceId))
    }
  }
}
