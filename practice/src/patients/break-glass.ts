/** Breaking the glass of a record, as a route or a command does it: the patient is there, the role may, the journal keeps the reason. */
import { instantText } from '#database'
import { NotAllowedError } from '#errors'
import type { OpenPractice } from '#open-practice'
import { breakGlass } from '#people'
import { may } from '#rights'
import { loadAccess } from './access-store.ts'
import type { Writing } from './writing.ts'

/**
 * Opens for an hour what the role or a limit keeps closed; every owner is told.
 *
 * @returns until when it is open
 * @throws {NotFoundError} when there is no such patient; {@link NotAllowedError} for a role that never opens records
 */
export async function breakGlassOf(writing: Writing, practice: OpenPractice, patientId: string, reason: string): Promise<string> {
  const { tx, practiceId, actor, now } = writing
  if (!may(actor.role, 'records.break-glass')) throw new NotAllowedError('the role does not break the glass')
  const access = await loadAccess({ db: tx, practiceId, actor, now }, patientId)
  const { id, endsAt } = await breakGlass(tx, practice, actor, { ...access, reason })
  const until = instantText(endsAt)
  await writing.record({
    action: 'glass.broken',
    patientId: access.patientId,
    reason,
    subject: `glass:${id}`,
    details: { endsAt: until },
  })
  return until
}
