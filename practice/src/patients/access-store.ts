/** What decides about access, from the database. */
import { z } from 'zod'
import { type Db, instantText } from '#database'
import { NotFoundError } from '#errors'
import type { Actor } from '#open-practice'
import { decideAccess, type RecordAccess } from './access.ts'
import { keptIdOf, keptIdsOf, linksInto, linksTo } from './links.ts'

const accountsSchema = z.array(z.string())

/** Where, for whom and when it is asked. A transaction serves as `db`. */
export interface AccessQuestion {
  readonly db: Db
  readonly practiceId: string
  readonly actor: Actor
  readonly now: Temporal.Instant
}

/**
 * What an account may do with a record, and of which parts it is made: a record that was joined to another opens as that one. Of what the parts
 * say the stricter holds.
 *
 * @throws {NotFoundError} when this practice has no such patient
 */
export async function loadAccess(question: AccessQuestion, patientId: string): Promise<RecordAccess> {
  const { db, practiceId, actor } = question
  const keptId = await keptIdOf(db, practiceId, patientId)
  const joinedIds = (await linksInto(db, practiceId, keptId)).map((link) => link.patient_id)
  const parts = [keptId, ...joinedIds]
  const rows = await db
    .selectFrom('patient')
    .leftJoin('record_limit', (join) =>
      join.onRef('record_limit.patient_id', '=', 'patient.id').onRef('record_limit.practice_id', '=', 'patient.practice_id'),
    )
    .select(['patient.id', 'record_limit.accounts'])
    .where('patient.id', 'in', parts)
    .where('patient.practice_id', '=', practiceId)
    .execute()
  if (!rows.some(({ id }) => id === keptId)) throw new NotFoundError('there is no such patient')
  return decideAccess(actor, {
    patientId: keptId,
    joinedIds,
    limitedTo: strictestOf(rows.map(({ accounts }) => accounts)),
    glassEndsAt: await glassOfAll(question, parts),
  })
}

/** Glass that was broken for one part is not broken for the others. */
async function glassOfAll({ db, practiceId, actor, now }: AccessQuestion, parts: readonly string[]): Promise<string | undefined> {
  const rows = await db
    .selectFrom('broken_glass')
    .select((row) => ['patient_id', row.fn.max('ends_at').as('ends_at')])
    .where('practice_id', '=', practiceId)
    .where('account_id', '=', actor.accountId)
    .where('patient_id', 'in', [...parts])
    .where('ends_at', '>', instantText(now))
    .groupBy('patient_id')
    .execute()
  if (rows.length < parts.length) return undefined
  return rows.map((row) => row.ends_at).toSorted()[0]
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

/** A limit on a record, and of which parts that record is made. */
export interface LimitInList {
  /** accounts that alone may open it in the ordinary way */
  readonly limitedTo: readonly string[]
  readonly parts: readonly string[]
}

/**
 * The limits on some records, where there is one on any of their parts.
 *
 * @param keptIds of records as they are shown (`links.ts`)
 */
export async function limitsOf(
  db: Db,
  practiceId: string,
  keptIds: readonly string[],
): Promise<ReadonlyMap<string, LimitInList>> {
  if (keptIds.length === 0) return new Map()
  const partsOf = new Map(keptIds.map((id) => [id, [id]]))
  let asked = new Map(keptIds.map((id) => [id, id]))
  while (asked.size > 0) {
    const rows = await linksTo(db, practiceId, [...asked.keys()])
    asked = new Map(rows.map((row) => [row.patient_id, asked.get(row.kept_id) ?? row.kept_id]))
    for (const [part, keptId] of asked) partsOf.get(keptId)?.push(part)
  }
  const rows = await db
    .selectFrom('record_limit')
    .select(['patient_id', 'accounts'])
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', [...partsOf.values()].flat())
    .execute()
  const limits = new Map(rows.map((row) => [row.patient_id, row.accounts]))
  const found = new Map<string, LimitInList>()
  for (const [id, parts] of partsOf) {
    const limitedTo = strictestOf(parts.map((part) => limits.get(part) ?? null))
    if (limitedTo !== undefined) found.set(id, { limitedTo, parts })
  }
  return found
}

function strictestOf(limits: readonly (string | null)[]): readonly string[] | undefined {
  const lists = limits.filter((each) => each !== null).map(parseAccounts)
  const [first, ...others] = lists
  return first?.filter((account) => others.every((list) => list.includes(account)))
}

/** The records, as they are shown, that a limit on any of their parts keeps from an account. Broken glass opens a record, and no list. */
export async function limitedToOthers(db: Db, practiceId: string, accountId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('record_limit')
    .select(['patient_id', 'accounts'])
    .where('practice_id', '=', practiceId)
    .execute()
  const others = rows.filter(({ accounts }) => !parseAccounts(accounts).includes(accountId))
  const kept = await keptIdsOf(
    db,
    practiceId,
    others.map(({ patient_id }) => patient_id),
  )
  return [...new Set(kept.values())]
}

export function parseAccounts(text: string): readonly string[] {
  return accountsSchema.parse(JSON.parse(text))
}
