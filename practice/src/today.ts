/** The clock in the practice, and which day it is there. */
import type { Db } from '#database'
import { timeZoneOf } from '#time-zone'

/** @returns the day there, `YYYY-MM-DD` */
export async function loadToday(db: Db, practiceId: string, now: Temporal.Instant): Promise<string> {
  return now
    .toZonedDateTimeISO(await loadTimeZone(db, practiceId))
    .toPlainDate()
    .toString()
}

/** @returns IANA */
export async function loadTimeZone(db: Db, practiceId: string): Promise<string> {
  const { facts } = await db.selectFrom('practice').select('facts').where('id', '=', practiceId).executeTakeFirstOrThrow()
  return timeZoneOf(facts)
}
