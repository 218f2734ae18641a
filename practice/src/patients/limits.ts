/** A limit on a record: only the named accounts open it in the ordinary way. Whoever changes it must have it open themselves. */
import { instantText } from '#database'
import { InvalidInputError, NotFoundError } from '#errors'
import { RIGHTS, ROLES } from '#rights'
import { type RecordAccess, requireRead } from './access.ts'
import { loadAccess } from './access-store.ts'
import type { Writing } from './writing.ts'

export interface RecordLimit {
  readonly accountIds: string[]
  readonly reason: string
  readonly setAt: string
  readonly setBy: string
}

const MAY_READ = ROLES.filter((role) => RIGHTS[role].includes('patients.read'))

/**
 * Puts a limit on a record and on those that are shown within it, or another in its place: should they be parted, it holds for each.
 *
 * @throws {InvalidInputError} when an account is unknown or could not open a record anyway
 */
export async function limitRecordTo(
  writing: Writing,
  patientId: string,
  accountIds: readonly string[],
  reason: string,
): Promise<void> {
  const { tx, practiceId, actor, now } = writing
  const { parts } = await requireOpen(writing, patientId)
  const asked = [...new Set(accountIds)]
  const known = await tx
    .selectFrom('account')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('id', 'in', asked)
    .where('role', 'in', MAY_READ)
    .where('state', '=', 'active')
    .execute()
  if (known.length < asked.length)
    throw new InvalidInputError('the limit names accounts that could not open the record', [
      { path: 'accountIds', problem: 'unknown', message: 'active accounts whose role opens records are expected' },
    ])
  const row = { accounts: JSON.stringify(asked), reason, set_at: instantText(now), set_by: actor.accountId }
  await tx
    .insertInto('record_limit')
    .values(parts.map((part) => ({ practice_id: practiceId, patient_id: part, ...row })))
    .onConflict((conflict) => conflict.column('patient_id').doUpdateSet(row))
    .execute()
  for (const part of parts)
    await writing.record({ action: 'record.limited', patientId: part, reason, details: { accounts: asked } })
}

/** @throws {NotFoundError} when there is none */
export async function liftRecordLimit(writing: Writing, patientId: string): Promise<void> {
  const { tx, practiceId } = writing
  const { parts } = await requireOpen(writing, patientId)
  const limited = await tx
    .deleteFrom('record_limit')
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', [...parts])
    .returning('patient_id')
    .execute()
  if (limited.length === 0) throw new NotFoundError('there is no limit on this record')
  for (const { patient_id } of limited) await writing.record({ action: 'record.unlimited', patientId: patient_id })
}

/** Who alone may open a record, by the limits of all its parts, and the last one's reason; undefined: no limit. */
export async function readLimit(writing: Writing, patientId: string): Promise<RecordLimit | undefined> {
  const { parts, limitedTo = [] } = await requireOpen(writing, patientId)
  const row = await writing.tx
    .selectFrom('record_limit')
    .selectAll()
    .where('practice_id', '=', writing.practiceId)
    .where('patient_id', 'in', [...parts])
    .orderBy('set_at', 'desc')
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { accountIds: [...limitedTo], reason: row.reason, setAt: row.set_at, setBy: row.set_by }
}

async function requireOpen({ tx, practiceId, actor, now }: Writing, patientId: string): Promise<RecordAccess> {
  const access = await loadAccess({ db: tx, practiceId, actor, now }, patientId)
  requireRead(access, 'administrative')
  return access
}
