/** Counts of what was received: nothing of any patient. */
import type { Db } from '#database'

export async function countImages(
  db: Db,
  practiceId: string,
): Promise<{ readonly instances: number; readonly studies: number; readonly lastReceivedAt?: string }> {
  const row = await db
    .selectFrom('image_study')
    .select((each) => [
      each.fn.countAll<number | string>().as('studies'),
      each.fn.sum<number | string | null>('instance_count').as('instances'),
      each.fn.max('changed_at').as('last'),
    ])
    .where('practice_id', '=', practiceId)
    .where('instance_count', '>', 0)
    .executeTakeFirstOrThrow()
  const last = row.last as string | null
  return {
    instances: Number(row.instances ?? 0),
    studies: Number(row.studies),
    ...(last === null ? {} : { lastReceivedAt: last }),
  }
}
