/**
 * Showing two records of one person as one, and parting them again. A person decides it, for a reason that stays. Nothing of what is written
 * moves: see `links.ts`.
 */
import { instantText, newId, type Tx } from '#database'
import { ConflictError, InvalidInputError, NotFoundError } from '#errors'
import { requireRead, requireWrite } from './access.ts'
import { loadAccess } from './access-store.ts'
import { keptIdOf, type LinkRow } from './links.ts'
import type { Writing } from './writing.ts'

export interface Joining {
  /** whose identity is shown from then on */
  readonly keptId: string
  readonly joinedId: string
  readonly reason: string
}

/**
 * Joins one record to another. Either may have others joined to it already, and these come along.
 *
 * @returns the link's id
 * @throws {ConflictError} one of the two is itself joined to a record already, perhaps since it was looked at
 * @throws {NotFoundError} there is no such patient
 * @throws {BreakGlassNeededError} or {NotAllowedError} when this account may not write in both
 */
export async function joinRecords(writing: Writing, { keptId, joinedId, reason }: Joining): Promise<string> {
  const { tx, practiceId, actor, now } = writing
  if (keptId === joinedId) throw new InvalidInputError('a record is not joined to itself')
  for (const id of [keptId, joinedId].toSorted()) await lockPatient(tx, practiceId, id)
  for (const id of [keptId, joinedId]) {
    if ((await keptIdOf(tx, practiceId, id)) !== id) throw new ConflictError('the record is joined to another already')
    await requireOpen(writing, id)
  }
  const id = newId()
  await tx
    .insertInto('patient_link')
    .values({
      id,
      practice_id: practiceId,
      patient_id: joinedId,
      kept_id: keptId,
      reason,
      joined_at: instantText(now),
      joined_by: actor.accountId,
      undone_at: null,
      undone_by: null,
      undone_reason: null,
    })
    .execute()
  await writing.record({
    action: 'record.joined',
    patientId: keptId,
    subject: `link:${id}`,
    reason,
    details: { joined: [joinedId] },
  })
  await writing.record({ action: 'record.joined', patientId: joinedId, subject: `link:${id}`, reason, details: { kept: keptId } })
  return id
}

/**
 * Parts a record from the one to which it was joined. Both are then as they were, with what was written in each meanwhile.
 *
 * @returns the two records
 * @throws {NotFoundError} no such link holds
 * @throws as {@link joinRecords}
 */
export async function separateRecords(
  writing: Writing,
  { patientId, linkId, reason }: { readonly patientId: string; readonly linkId: string; readonly reason: string },
): Promise<{ readonly keptId: string; readonly joinedId: string }> {
  const { tx, practiceId, actor, now } = writing
  const access = await requireOpen(writing, patientId)
  const link = await findLink(tx, practiceId, linkId)
  if (link === undefined || !access.parts.includes(link.kept_id))
    throw new NotFoundError('there is no such joining, or it was undone')
  const { numUpdatedRows } = await tx
    .updateTable('patient_link')
    .set({ undone_at: instantText(now), undone_by: actor.accountId, undone_reason: reason })
    .where('id', '=', linkId)
    .where('practice_id', '=', practiceId)
    .where('undone_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new ConflictError('somebody else has parted the records meanwhile')
  const { kept_id: keptId, patient_id: joinedId } = link
  for (const id of [keptId, joinedId])
    await writing.record({ action: 'record.separated', patientId: id, subject: `link:${linkId}`, reason })
  return { keptId, joinedId }
}

/** Who joins the same record at the same moment waits, and finds it joined. */
async function lockPatient(tx: Tx, practiceId: string, patientId: string): Promise<void> {
  const found = await tx
    .updateTable('patient')
    .set((row) => ({ changed_at: row.ref('changed_at') }))
    .where('practice_id', '=', practiceId)
    .where('id', '=', patientId)
    .returning('id')
    .executeTakeFirst()
  if (found === undefined) throw new NotFoundError('there is no such patient')
}

async function requireOpen({ tx, practiceId, actor, now }: Writing, patientId: string) {
  const access = await loadAccess({ db: tx, practiceId, actor, now }, patientId)
  requireRead(access, 'administrative')
  requireWrite(access, 'administrative')
  return access
}

function findLink(tx: Tx, practiceId: string, linkId: string): Promise<LinkRow | undefined> {
  return tx
    .selectFrom('patient_link')
    .selectAll()
    .where('id', '=', linkId)
    .where('practice_id', '=', practiceId)
    .where('undone_at', 'is', null)
    .executeTakeFirst()
}
