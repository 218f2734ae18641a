/** Finding patients by what people type. */
import type { Db } from '#database'
import type { Query } from './search-query.ts'

export interface SearchResult {
  /** the surest first, then in the list's order */
  readonly patients: readonly { readonly patientId: string }[]
  /** false: there may be others, and a longer question would tell them apart */
  readonly isAll: boolean
}

/** @param limit patients at most, 1 to 100 */
export async function findPatients(
  db: Db,
  practiceId: string,
  query: Query,
  { limit }: { readonly limit: number },
): Promise<SearchResult> {
  const { beginning = '' } = query
  const rows = await db
    .selectFrom('patient')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('sort_name', '>=', beginning)
    .where('sort_name', '<', `${beginning}\u{10ffff}`)
    .orderBy('sort_name')
    .limit(limit + 1)
    .execute()
  return { patients: rows.slice(0, limit).map(({ id }) => ({ patientId: id })), isAll: rows.length <= limit }
}
