/**
 * Slowing down whoever guesses, without letting anybody lock a practice out.
 *
 * A browser from which an account has signed in before carries a cookie (OWASP, "device cookies"). Failures without that cookie slow tries
 * without it, for the account and for the address; they never slow the known browser, which answers for its own failures only. Somebody who
 * guesses all night at Dr X's account therefore costs Dr X nothing at the practice's own computers, and at most a quarter of an hour elsewhere;
 * passkeys and the OpenID provider wait by address only.
 *
 * A try is counted before it is checked, so that many at once are not free, and taken back when it succeeds.
 */
import { type Db, instantText, type Tx } from '#database'
import type { OpenPractice } from '#open-practice'
import { TooManyAttemptsError } from './errors.ts'
import { hashSecret } from './secrets.ts'

const WAIT_SECONDS_MAX = 15 * 60
const FORGOTTEN_AFTER_HOURS = 24
/** Several people of a practice may share an address. */
const FREE_FAILURES = { account: 5, device: 5, address: 20 } as const
const BUCKETS_MAX = 10_000

/** Who tries what. */
export interface Attempt {
  readonly what: 'password' | 'second-factor' | 'invitation' | 'oidc'
  /** what names the account, whether it exists or not; absent: only the address counts */
  readonly account?: string
  readonly address: string
  /** the browser's cookie, hashed, when it is known for this account */
  readonly knownDevice?: string
}

interface Bucket {
  readonly name: string
  readonly free: number
}

/**
 * Counts a try as failed, to be taken back by {@link takeBack} when it succeeds.
 *
 * @throws {TooManyAttemptsError} too soon after others that failed; `about.seconds` says how long
 */
export async function countAttempt(practice: OpenPractice, attempt: Attempt): Promise<void> {
  const now = practice.now()
  await practice.db.transaction().execute((tx) => forgetOldBuckets(tx, practice.id, now))
  await practice.db.transaction().execute(async (tx) => {
    let seconds = 0
    // In one order for everybody: two at once wait for each other instead of for ever.
    for (const { name, free } of bucketsOf(attempt)) {
      const { failures, last_at } = await lockBucket(tx, practice.id, name, now)
      seconds = Math.max(seconds, waitSeconds(failures, free, Temporal.Instant.from(last_at), now))
    }
    if (seconds > 0) throw new TooManyAttemptsError('too many tries failed: wait before the next', { about: { seconds } })
    for (const { name } of bucketsOf(attempt)) await addFailures(tx, practice.id, name, 1, now)
  })
}

/** The try succeeded. Whoever is right clears the account's failures; the address only gets this one try back. */
export async function takeBack(tx: Tx, practice: OpenPractice, attempt: Attempt): Promise<void> {
  for (const { name } of bucketsOf(attempt)) {
    if (name.startsWith('address:')) await addFailures(tx, practice.id, name, -1, undefined)
    else await tx.deleteFrom('failed_sign_in').where('practice_id', '=', practice.id).where('bucket', '=', name).execute()
  }
}

/** Pure: how long until the next try. */
export function waitSeconds(failures: number, free: number, lastAt: Temporal.Instant, now: Temporal.Instant): number {
  if (failures < free) return 0
  const wait = Math.min(WAIT_SECONDS_MAX, 2 ** Math.min(failures - free, 30))
  const passed = now.since(lastAt).total('seconds')
  // The clock was put back: nobody waits until it is there again.
  if (passed < 0) return 0
  return Math.max(0, Math.ceil(wait - passed))
}

/** The account's name is hashed: some people type their password there. */
function bucketsOf(attempt: Attempt): readonly Bucket[] {
  const account = attempt.account === undefined ? undefined : hashSecret(attempt.account)
  if (attempt.knownDevice !== undefined && account !== undefined)
    return [{ name: `device:${attempt.what}:${attempt.knownDevice}:${account}`, free: FREE_FAILURES.device }]
  const address = { name: `address:${attempt.what}:${networkOf(attempt.address)}`, free: FREE_FAILURES.address }
  if (account === undefined) return [address]
  return [{ name: `account:${attempt.what}:${account}`, free: FREE_FAILURES.account }, address]
}

/** One household or attacker has a whole /64 of IPv6 addresses. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail = ''] = plain.split('%')[0]?.split('::') ?? []
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const zeros = plain.includes('::') ? Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0') : []
  const groups = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16))
  return `${groups.slice(0, 4).join(':')}::/64`
}

async function lockBucket(
  tx: Tx,
  practiceId: string,
  bucket: string,
  now: Temporal.Instant,
): Promise<{ failures: number; last_at: string }> {
  return tx
    .insertInto('failed_sign_in')
    .values({ practice_id: practiceId, bucket, failures: 0, last_at: instantText(now) })
    .onConflict((conflict) =>
      conflict.columns(['practice_id', 'bucket']).doUpdateSet((row) => ({ failures: row.ref('failed_sign_in.failures') })),
    )
    .returning(['failures', 'last_at'])
    .executeTakeFirstOrThrow()
}

async function addFailures(
  tx: Tx,
  practiceId: string,
  bucket: string,
  count: 1 | -1,
  now: Temporal.Instant | undefined,
): Promise<void> {
  await tx
    .updateTable('failed_sign_in')
    .set((row) => ({ failures: row('failures', '+', count), ...(now === undefined ? {} : { last_at: instantText(now) }) }))
    .where('practice_id', '=', practiceId)
    .where('bucket', '=', bucket)
    .where('failures', '>=', count === -1 ? 1 : 0)
    .execute()
}

/** Keeps the table small whatever strangers do: first what is a day old, then what has the fewest failures. */
async function forgetOldBuckets(tx: Tx, practiceId: string, now: Temporal.Instant): Promise<void> {
  await tx
    .deleteFrom('failed_sign_in')
    .where('practice_id', '=', practiceId)
    .where('last_at', '<', instantText(now.subtract({ hours: FORGOTTEN_AFTER_HOURS })))
    .execute()
  const excess = (await countBuckets(tx, practiceId)) - BUCKETS_MAX
  if (excess <= 0) return
  const least = tx
    .selectFrom('failed_sign_in')
    .select('bucket')
    .where('practice_id', '=', practiceId)
    .orderBy('failures')
    .orderBy('last_at')
    .limit(excess)
  await tx.deleteFrom('failed_sign_in').where('practice_id', '=', practiceId).where('bucket', 'in', least).execute()
}

async function countBuckets(db: Db, practiceId: string): Promise<number> {
  const { count } = await db
    .selectFrom('failed_sign_in')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('practice_id', '=', practiceId)
    .executeTakeFirstOrThrow()
  return Number(count)
}
