/** Which day it is in the practice. */
import type { Db } from '#database'
import { timeZoneOf } from '#time-zone'

/** @returns the day there, `YYYY-MM-DD` */
export async function loadToday(db: Db, practiceId: string, now: Temporal.Instant): Promise<string> {
  const { facts } = await db.selectFrom('practice').select('facts').where('id', '=', practiceId).executeTakeFirstOrThrow()
  return now.toZonedDateTimeISO(timeZoneOf(facts)).toPlainDate().toString()
}
