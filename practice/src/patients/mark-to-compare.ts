/**
 * Says, in the transaction that writes an identity, that it has to be compared with the others: whoever does that comes later, and forgets
 * nobody however the program ends.
 */
import { sql } from 'kysely'
import { instantText, type Tx } from '#database'

/**
 * Idempotent. A row that is there is written anew, which waits for whoever is taking it out at this moment: they have read the identity as it
 * was before.
 */
export async function markToCompare(
  tx: Tx,
  practiceId: string,
  now: Temporal.Instant,
  patientIds: readonly string[],
): Promise<void> {
  if (patientIds.length === 0) return
  await sql`
    insert into match_due (practice_id, patient_id, since)
    select ${practiceId}, value ->> 0, ${instantText(now)} from json_each(${JSON.stringify({ ...patientIds.map((id) => [id]) })}) as each_id
    where true
    on conflict (practice_id, patient_id) do update set since = excluded.since`.execute(tx)
}
