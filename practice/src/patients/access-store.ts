/** What decides about access, from the database. */
import { z } from 'zod'
import { type Db, instantText } from '#database'
import { NotFoundError } from '#errors'
import type { Actor } from '#open-practice'
import { decideAccess, type RecordAccess } from './access.ts'

const accountsSchema = z.array(z.string())

/** Where, for whom and when it is asked. A transaction serves as `db`. */
export interface AccessQuestion {
  readonly db: Db
  readonly practiceId: string
  readonly actor: Actor
  readonly now: Temporal.Instant
}

/** @throws {NotFoundError} when this practice has no such patient */
export async function loadAccess({ db, practiceId, actor, now }: AccessQuestion, patientId: string): Promise<RecordAccess> {
  const found = await db
    .selectFrom('patient')
    .leftJoin('record_limit', (join) =>
      join.onRef('record_limit.patient_id', '=', 'patient.id').onRef('record_limit.practice_id', '=', 'patient.practice_id'),
    )
    .select('record_limit.accounts')
    .where('patient.id', '=', patientId)
    .where('patient.practice_id', '=', practiceId)
    .executeTakeFirst()
  if (found === undefined) throw new NotFoundError('there is no such patient')
  const glass = await db
    .selectFrom('broken_glass')
    .select((row) => row.fn.max('ends_at').as('ends_at'))
    .where('practice_id', '=', practiceId)
    .where('account_id', '=', actor.accountId)
    .where('patient_id', '=', patientId)
    .where('ends_at', '>', instantText(now))
    .executeTakeFirst()
  return decideAccess(actor, {
    patientId,
    limitedTo: found.accounts === null ? undefined : parseAccounts(found.accounts),
    glassEndsAt: glass?.ends_at ?? undefined,
  })
}

/** Patients for whom an account has broken the glass, now. */
export async function openGlass({ db, practiceId, actor, now }: AccessQuestion): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('broken_glass')
    .select('patient_id')
    .where('practice_id', '=', practiceId)
    .where('account_id', '=', actor.accountId)
    .where('ends_at', '>', instantText(now))
    .execute()
  return new Set(rows.map((row) => row.patient_id))
}

export function parseAccounts(text: string): readonly string[] {
  return accountsSchema.parse(JSON.parse(text))
}
