/**
 * `Idempotency-Key` on requests that create: the same key with the same request gives the same answer and does the work once, whatever the
 * network did in between (IETF draft-ietf-httpapi-idempotency-key-header).
 *
 * The key is written in the transaction of the work, the answer just after it: a crash between the two gives a `conflict` on the next try,
 * never a second record.
 */
import { createHash } from 'node:crypto'
import { type Db, instantText, newId, type Tx } from '#database'
import { ConflictError, InvalidInputError, PracticeError } from '#errors'

/** The key was used for another request. */
export class IdempotencyMismatchError extends PracticeError {
  readonly code = 'idempotency-mismatch'
}

/** A client that has had no answer tries again within minutes; what was answered is patients' data, and goes with the day. */
const KEPT_HOURS = 24

export interface IdempotentRequest {
  readonly practiceId: string
  readonly accountId: string
  readonly key: string
  readonly requestHash: string
  /** names this one of several with the same key */
  readonly claim: string
}

/** @returns undefined without a key */
export function idempotentRequest(
  header: string | string[] | undefined,
  of: {
    readonly practiceId: string
    readonly accountId: string
    readonly method: string
    readonly url: string
    readonly body: unknown
  },
): IdempotentRequest | undefined {
  if (header === undefined) return undefined
  if (typeof header !== 'string' || !/^[\x21-\x7e]{8,100}$/.test(header))
    throw new InvalidInputError('Idempotency-Key: 8 to 100 visible ASCII characters are expected')
  const requestHash = createHash('sha256')
    .update(`${of.method} ${of.url}\n${JSON.stringify(of.body ?? null)}`)
    .digest('hex')
  return { practiceId: of.practiceId, accountId: of.accountId, key: header, requestHash, claim: JSON.stringify(newId()) }
}

/** @returns the answer that was given to this request before, if any. @throws when its answer was lost, or the key is another request's */
export async function earlierAnswer(db: Db, request: IdempotentRequest): Promise<{ status: number; reply: unknown } | undefined> {
  const found = await db
    .selectFrom('idempotency_key')
    .selectAll()
    .where('practice_id', '=', request.practiceId)
    .where('account_id', '=', request.accountId)
    .where('key', '=', request.key)
    .executeTakeFirst()
  if (found === undefined) return undefined
  if (found.request_hash !== request.requestHash)
    throw new IdempotencyMismatchError('this Idempotency-Key was used for another request')
  if (found.status === 0)
    throw new ConflictError('this request was carried out before, and its answer was lost: look before you try again')
  return { status: found.status, reply: JSON.parse(found.reply) }
}

/**
 * In each transaction of the work: the first of them claims the key, the others find it claimed.
 *
 * @throws {ConflictError} another request with this key is being carried out, or was meanwhile
 */
export async function claimKey(tx: Tx, request: IdempotentRequest, now: Temporal.Instant): Promise<void> {
  const { practiceId, accountId, key, requestHash, claim } = request
  await tx
    .deleteFrom('idempotency_key')
    .where('practice_id', '=', practiceId)
    .where('at', '<', instantText(now.subtract({ hours: KEPT_HOURS })))
    .execute()
  await tx
    .insertInto('idempotency_key')
    .values({
      practice_id: practiceId,
      account_id: accountId,
      key,
      request_hash: requestHash,
      status: 0,
      reply: claim,
      at: instantText(now),
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'key']).doNothing())
    .execute()
  const found = await tx
    .selectFrom('idempotency_key')
    .select('reply')
    .where('practice_id', '=', practiceId)
    .where('account_id', '=', accountId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  if (found.reply !== claim) throw new ConflictError('this request is being carried out already: look before you try again')
}

export async function keepAnswer(db: Db, request: IdempotentRequest, status: number, reply: unknown): Promise<void> {
  await db
    .updateTable('idempotency_key')
    .set({ status, reply: JSON.stringify(reply ?? null) })
    .where('practice_id', '=', request.practiceId)
    .where('account_id', '=', request.accountId)
    .where('key', '=', request.key)
    .execute()
}
