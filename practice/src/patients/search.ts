/** Finding patients by what people type. */
import type { Db } from '#database'

/** @returns ids, best first */
export async function searchPatients(db: Db, practiceId: string, query: string, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('patient')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('file_number', '=', query)
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
