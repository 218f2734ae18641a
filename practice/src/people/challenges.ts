/**
 * What was begun and must be finished soon, once, by the same browser. Kept here, not in the browser, so that nobody finishes what they did not
 * begin, or twice.
 */
import { type Db, instantText, type Tx } from '#database'
import type { OpenPractice } from '#open-practice'
import { hashSecret, newSecret } from './secrets.ts'
import { networkOf } from './throttle.ts'

/**
 * second-factor: the password was right. passkey: signing in without password. proof: unlocking or proving. registration: a passkey being made.
 * totp: a secret not yet confirmed. oidc: a browser that is at the provider.
 */
export type ChallengeKind = 'second-factor' | 'passkey' | 'proof' | 'registration' | 'totp' | 'oidc'

export interface Challenge<T> {
  readonly id: string
  readonly accountId: string | undefined
  readonly data: T
  readonly failures: number
}

const MINUTES: Readonly<Record<ChallengeKind, number>> = {
  'second-factor': 5,
  passkey: 5,
  proof: 5,
  registration: 5,
  totp: 10,
  oidc: 10,
}
/** Strangers may begin things too: the oldest of an address, then of all, make room. What needed a password makes room for nobody else's. */
const OF_ADDRESS_MAX = 50
const ALL_MAX = 5_000
const OF_ACCOUNT_MAX = 50

interface Begin {
  readonly kind: ChallengeKind
  readonly address: string
  readonly accountId?: string
  readonly data: unknown
}

/** Begins something in a browser that has no session. @returns the cookie's value */
export async function beginForBrowser(tx: Tx, practice: OpenPractice, begin: Begin): Promise<string> {
  const secret = newSecret()
  await insert(tx, practice, hashSecret(secret), begin)
  return secret
}

/** Begins something in a session; what was begun there before of the same kind is forgotten. */
export async function beginInSession(tx: Tx, practice: OpenPractice, sessionId: string, begin: Begin): Promise<void> {
  await insert(tx, practice, idInSession(begin.kind, sessionId), begin)
}

export function idInSession(kind: ChallengeKind, sessionId: string): string {
  return hashSecret(`${kind} ${sessionId}`)
}

/** Looks without taking. Undefined: there is none, it is over, or of another kind. */
export async function findChallenge<T>(
  db: Db,
  practice: OpenPractice,
  kind: ChallengeKind,
  id: string,
): Promise<Challenge<T> | undefined> {
  const row = await db
    .selectFrom('challenge')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .where('kind', '=', kind)
    .where('ends_at', '>', instantText(practice.now()))
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { id: row.id, accountId: row.account_id ?? undefined, data: JSON.parse(row.data) as T, failures: row.failures }
}

/** Takes it away: true for exactly one of those who try at once. */
export async function takeChallenge(tx: Tx, practice: OpenPractice, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('challenge')
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** What waits for a second factor was begun with what counts no more. */
export async function forgetSteps(tx: Tx, practice: OpenPractice, accountId: string): Promise<void> {
  await tx
    .deleteFrom('challenge')
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('kind', '=', 'second-factor')
    .execute()
}

/** Counts a failure; the one that reaches `max` ends it. */
export async function failChallenge(tx: Tx, practice: OpenPractice, id: string, max: number): Promise<void> {
  await tx
    .updateTable('challenge')
    .set((row) => ({ failures: row('failures', '+', 1) }))
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .execute()
  await tx
    .deleteFrom('challenge')
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .where('failures', '>=', max)
    .execute()
}

async function insert(tx: Tx, practice: OpenPractice, id: string, begin: Begin): Promise<void> {
  const now = practice.now()
  const address = networkOf(begin.address)
  await makeRoom(tx, practice, begin.accountId, address, now)
  const row = {
    practice_id: practice.id,
    kind: begin.kind,
    account_id: begin.accountId ?? null,
    address,
    data: JSON.stringify(begin.data),
    failures: 0,
    created_at: instantText(now),
    ends_at: instantText(now.add({ minutes: MINUTES[begin.kind] })),
  }
  await tx
    .insertInto('challenge')
    .values({ id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

async function makeRoom(
  tx: Tx,
  practice: OpenPractice,
  accountId: string | undefined,
  address: string,
  now: Temporal.Instant,
): Promise<void> {
  const all = () => tx.deleteFrom('challenge').where('practice_id', '=', practice.id)
  await all().where('ends_at', '<=', instantText(now)).execute()
  const newest = (count: number) =>
    tx.selectFrom('challenge').select('id').where('practice_id', '=', practice.id).orderBy('created_at', 'desc').limit(count)
  if (accountId !== undefined) {
    const kept = newest(OF_ACCOUNT_MAX - 1).where('account_id', '=', accountId)
    await all().where('account_id', '=', accountId).where('id', 'not in', kept).execute()
    return
  }
  const strangers = () => all().where('account_id', 'is', null)
  const ofAddress = newest(OF_ADDRESS_MAX - 1)
    .where('account_id', 'is', null)
    .where('address', '=', address)
  await strangers().where('address', '=', address).where('id', 'not in', ofAddress).execute()
  const ofAll = newest(ALL_MAX - 1).where('account_id', 'is', null)
  await strangers().where('id', 'not in', ofAll).execute()
}
