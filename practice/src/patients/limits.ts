/** A limit on a record: only the named accounts open it in the ordinary way. Whoever changes it must have it open themselves. */
import { instantText } from '#database'
import { InvalidInputError, NotFoundError } from '#errors'
import { RIGHTS, ROLES } from '#rights'
import { requireRead } from './access.ts'
import { loadAccess, parseAccounts } from './access-store.ts'
import type { Writing } from './writing.ts'

export interface RecordLimit {
  readonly accountIds: string[]
  readonly reason: string
  readonly setAt: string
  readonly setBy: string
}

const MAY_READ = ROLES.filter((role) => RIGHTS[role].includes('patients.read'))

/**
 * Puts a limit on a record, or another in its place.
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
  await requireOpen(writing, patientId)
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
    .values({ practice_id: practiceId, patient_id: patientId, ...row })
    .onConflict((conflict) => conflict.column('patient_id').doUpdateSet(row))
    .execute()
  await writing.record({ action: 'record.limited', patientId, reason, details: { accounts: asked } })
}

/** @throws {NotFoundError} when there is none */
export async function liftRecordLimit(writing: Writing, patientId: string): Promise<void> {
  const { tx, practiceId } = writing
  await requireOpen(writing, patientId)
  const { numDeletedRows } = await tx
    .deleteFrom('record_limit')
    .where('practice_id', '=', practiceId)
    .where('patient_id', '=', patientId)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFoundError('there is no limit on this record')
  await writing.record({ action: 'record.unlimited', patientId })
}

/** Who alone may open a record; undefined: no limit. */
export async function readLimit(writing: Writing, patientId: string): Promise<RecordLimit | undefined> {
  await requireOpen(writing, patientId)
  const row = await writing.tx
    .selectFrom('record_limit')
    .selectAll()
    .where('practice_id', '=', writing.practiceId)
    .where('patient_id', '=', patientId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { accountIds: [...parseAccounts(row.accounts)], reason: row.reason, setAt: row.set_at, setBy: row.set_by }
}

async function requireOpen({ tx, practiceId, actor, now }: Writing, patientId: string): Promise<void> {
  requireRead(await loadAccess({ db: tx, practiceId, actor, now }, patientId), 'administrative')
}
