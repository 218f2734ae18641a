/** Breaking the glass: for an hour one opens what the role or a limit keeps closed. The reason is kept, and the owner is told. */
import { instantText, newId } from '#database'
import { NotAllowedError } from '#errors'
import { may } from '#rights'
import { GLASS_MINUTES } from './access.ts'
import { loadAccess } from './access-store.ts'
import type { Writing } from './writing.ts'

/** @returns until when it is open. @throws {NotFoundError} when there is no such patient */
export async function breakGlass(writing: Writing, patientId: string, reason: string): Promise<string> {
  const { tx, practiceId, actor, now } = writing
  if (!may(actor.role, 'records.break-glass')) throw new NotAllowedError('the role does not break the glass')
  await loadAccess({ db: tx, practiceId, actor, now }, patientId)
  const id = newId()
  const endsAt = instantText(now.add({ minutes: GLASS_MINUTES }))
  await tx
    .insertInto('broken_glass')
    .values({
      id,
      practice_id: practiceId,
      account_id: actor.accountId,
      patient_id: patientId,
      reason,
      at: instantText(now),
      ends_at: endsAt,
    })
    .execute()
  await tx
    .insertInto('notice')
    .values({
      id: newId(),
      practice_id: practiceId,
      role: 'owner',
      account_id: null,
      kind: 'glass.broken',
      about: JSON.stringify({ brokenGlassId: id, accountId: actor.accountId, patientId }),
      at: instantText(now),
      seen_at: null,
      seen_by: null,
    })
    .execute()
  await writing.record({ action: 'glass.broken', patientId, reason, subject: `glass:${id}`, details: { endsAt } })
  return endsAt
}
