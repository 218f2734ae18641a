/**
 * Breaking the glass: opening, for an hour and with a reason, a record that one's role or a limit keeps closed. Every owner is told. Whether a
 * record is closed, and the route, are the patients' room's; so is the journal entry `glass.broken`, which the route's contract names.
 */
import { type Db, instantText, newId, type Tx } from '#database'
import { InvalidInputError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import { activeOwners } from './accounts.ts'
import { notify } from './notices.ts'

export const GLASS_MINUTES = 60
const REASON_LENGTH_MIN = 10
const REASON_LENGTH_MAX = 500

/**
 * Opens a record to an account for {@link GLASS_MINUTES}, with those that are shown within it, in the caller's transaction.
 *
 * @throws {InvalidInputError} the reason has fewer than ten characters, or more than five hundred
 */
export async function breakGlass(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  of: { readonly patientId: string; readonly joinedIds?: readonly string[] | undefined; readonly reason: string },
): Promise<{ id: string; endsAt: Temporal.Instant }> {
  const reason = of.reason.trim()
  if (reason.length < REASON_LENGTH_MIN || reason.length > REASON_LENGTH_MAX) throw wrongReason()
  const now = practice.now()
  const endsAt = now.add({ minutes: GLASS_MINUTES })
  const id = newId()
  const broken = {
    practice_id: practice.id,
    account_id: actor.accountId,
    reason,
    at: instantText(now),
    ends_at: instantText(endsAt),
  }
  await tx
    .insertInto('broken_glass')
    .values([
      { id, patient_id: of.patientId, ...broken },
      ...(of.joinedIds ?? []).map((joinedId) => ({ id: newId(), patient_id: joinedId, ...broken })),
    ])
    .execute()
  const about = { brokenGlassId: id, accountId: actor.accountId, patientId: of.patientId }
  await notify(tx, practice, await activeOwners(tx, practice.id), 'glass-broken', about)
  return { id, endsAt }
}

/** Whether this account has broken the glass of this record within the hour. */
export async function hasBrokenGlass(db: Db, practice: OpenPractice, accountId: string, patientId: string): Promise<boolean> {
  const found = await db
    .selectFrom('broken_glass')
    .select('id')
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('patient_id', '=', patientId)
    .where('ends_at', '>', instantText(practice.now()))
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

function wrongReason(): InvalidInputError {
  const message = `${REASON_LENGTH_MIN} to ${REASON_LENGTH_MAX} characters are expected`
  return new InvalidInputError(`reason: ${message}`, [{ path: 'reason', problem: 'reason', message }])
}
