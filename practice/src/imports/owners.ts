/** Who is told of imports. */
import type { Db } from '#database'

export async function ownersOf(db: Db, practiceId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('account')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('role', '=', 'owner')
    .where('state', '=', 'active')
    .orderBy('created_at')
    .execute()
  return rows.map(({ id }) => id)
}
