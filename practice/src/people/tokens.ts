/** Tokens for programs that read through the FHIR door: shown once, kept as a hash, over at a day that was chosen. */
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { type Db, instantText, newId, type Tables, type Tx } from '#database'
import { InvalidInputError, NotFoundError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import type { tokenSchema } from './contract.ts'
import { hashSecret, newSecret } from './secrets.ts'

type Token = z.output<typeof tokenSchema>

const TOKENS_MAX = 20
/** Recognised by whoever finds one where it should not be. */
const PREFIX = 'couronne_'

export async function createToken(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  wanted: { readonly label: string; readonly days: number },
): Promise<{ token: Token; secret: string }> {
  if ((await listTokens(tx, practice, actor.accountId)).length >= TOKENS_MAX) {
    const message = `an account has at most ${TOKENS_MAX} tokens: revoke one first`
    throw new InvalidInputError(message, [{ path: 'label', problem: 'too-many', message }])
  }
  const secret = `${PREFIX}${newSecret()}`
  const now = practice.now()
  const row = await tx
    .insertInto('api_token')
    .values({
      id: newId(),
      practice_id: practice.id,
      account_id: actor.accountId,
      label: wanted.label,
      hash: hashSecret(secret),
      created_at: instantText(now),
      ends_at: instantText(now.add({ hours: 24 * wanted.days })),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { token: show(row), secret }
}

/** Those that count, newest first. */
export async function listTokens(db: Db, practice: OpenPractice, accountId: string): Promise<readonly Token[]> {
  const rows = await db
    .selectFrom('api_token')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .where('ends_at', '>', instantText(practice.now()))
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map(show)
}

/** @throws {NotFoundError} */
export async function revoke(tx: Tx, practice: OpenPractice, accountId: string, tokenId: string): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('api_token')
    .set({ revoked_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('id', '=', tokenId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new NotFoundError('no such token')
}

function show(row: Selectable<Tables['api_token']>): Token {
  return {
    id: row.id,
    label: row.label,
    createdAt: row.created_at,
    endsAt: row.ends_at,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  }
}
