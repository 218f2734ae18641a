/** Browsers from which an account has signed in before: a cookie for each browser, a row for each account that used it (`throttle.ts`). */
import { type Db, instantText, type Tx } from '#database'
import type { OpenPractice } from '#open-practice'
import { hashSecret, newSecret } from './secrets.ts'

const DEVICES_MAX = 50

/** @returns the cookie's hash when the browser is known for this account */
export async function findKnownDevice(
  db: Db,
  practice: OpenPractice,
  accountId: string | undefined,
  secret: string | undefined,
): Promise<string | undefined> {
  if (secret === undefined || accountId === undefined) return undefined
  const found = await db
    .selectFrom('known_device')
    .select('hash')
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('hash', '=', hashSecret(secret))
    .executeTakeFirst()
  return found?.hash
}

/**
 * The account has signed in from this browser.
 *
 * @param secret the browser's cookie, if it has one
 * @returns what the cookie shall be; whether the account is known elsewhere and new here
 */
export async function rememberDevice(
  tx: Tx,
  practice: OpenPractice,
  accountId: string,
  secret: string | undefined,
): Promise<{ secret: string; isNewElsewhere: boolean }> {
  const now = instantText(practice.now())
  const known = await tx
    .selectFrom('known_device')
    .select('hash')
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .orderBy('last_seen_at', 'desc')
    .execute()
  const kept = secret ?? newSecret()
  const hash = hashSecret(kept)
  await tx
    .insertInto('known_device')
    .values({ practice_id: practice.id, account_id: accountId, hash, created_at: now, last_seen_at: now })
    .onConflict((conflict) => conflict.columns(['account_id', 'hash']).doUpdateSet({ last_seen_at: now }))
    .execute()
  const isKnown = known.some((device) => device.hash === hash)
  const excess = known.slice(DEVICES_MAX - 1).map((device) => device.hash)
  if (!isKnown && excess.length > 0)
    await tx
      .deleteFrom('known_device')
      .where('practice_id', '=', practice.id)
      .where('account_id', '=', accountId)
      .where('hash', 'in', excess)
      .execute()
  return { secret: kept, isNewElsewhere: known.length > 0 && !isKnown }
}

export async function forgetDevices(tx: Tx, practice: OpenPractice, accountId: string): Promise<void> {
  await tx.deleteFrom('known_device').where('practice_id', '=', practice.id).where('account_id', '=', accountId).execute()
}
