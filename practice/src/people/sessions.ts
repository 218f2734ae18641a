/**
 * Sessions: rows, named by the hash of a cookie that holds 256 random bits and says nothing. What a session may still do is computed from its
 * times at each request; that it was locked or has ended is written down, with the journal, when somebody first notices.
 */
import type { Selectable } from 'kysely'
import { type Db, instantText, newId, type Tables, type Tx } from '#database'
import { NotFoundError } from '#errors'
import { recordEvent } from '#journal'
import type { Actor, OpenPractice } from '#open-practice'
import type { Role } from '#rights'
import { forgetSteps } from './challenges.ts'
import { ProofNeededError } from './errors.ts'
import { hashSecret, newSecret } from './secrets.ts'
import { isAhead, type SessionState, type SessionTimes, sessionState } from './session-rules.ts'
import { loadSignInSettings } from './sign-in-settings.ts'

export const PROOF_MINUTES = 10
const ACTIVE_SESSIONS_MAX = 20
const KEPT_DAYS_AFTER_END = 90
const SWEPT_AT_ONCE = 50
const USER_AGENT_LENGTH_MAX = 300

type SessionRow = Selectable<Tables['session']>

/** A session, and whose it is. */
export interface FoundSession {
  readonly row: SessionRow
  readonly role: Role
  readonly displayName: string
  readonly secondFactorDueAt: string | null
  readonly state: SessionState
}

export interface NewSession {
  readonly accountId: string
  readonly role: Role
  readonly address: string
  readonly userAgent: string
  /** `password`, `password+totp`, `passkey`, `oidc`… */
  readonly factors: string
  /** whether a password or a passkey was part of it */
  readonly isProof: boolean
  /** of the session that was open in this browser: the hash of its cookie */
  readonly replaces: string | undefined
}

/** Opens a session and says so in the journal. @returns the cookie's value, which is kept nowhere, and who acts from now on */
export async function openSession(tx: Tx, practice: OpenPractice, wanted: NewSession): Promise<{ secret: string; actor: Actor }> {
  const now = practice.now()
  const ended = [
    ...(await endReplaced(tx, practice, wanted.replaces)),
    ...(await sweepSessions(tx, practice)),
    ...(await endOldest(tx, practice, wanted.accountId)),
  ]
  const secret = newSecret()
  const id = newId()
  await tx
    .insertInto('session')
    .values({
      id,
      practice_id: practice.id,
      account_id: wanted.accountId,
      hash: hashSecret(secret),
      created_at: instantText(now),
      last_seen_at: instantText(now),
      proven_at: wanted.isProof ? instantText(now) : null,
      factors: wanted.factors,
      address: wanted.address,
      user_agent: wanted.userAgent.slice(0, USER_AGENT_LENGTH_MAX),
    })
    .execute()
  const actor: Actor = { accountId: wanted.accountId, role: wanted.role, sessionId: id, address: wanted.address }
  // The journal last: whoever holds its head waits for no other row, so that two transactions never wait for each other.
  for (const each of ended) await recordEnd(tx, practice, each)
  await recordEvent(tx, practice.id, actor, now, {
    action: 'sign-in.done',
    subject: `session:${id}`,
    details: { factors: wanted.factors },
  })
  return { secret, actor }
}

/** @returns undefined when there is none, or its account is not active */
export async function findSession(
  db: Db,
  practice: OpenPractice,
  by: { secret: string } | { id: string },
): Promise<FoundSession | undefined> {
  const query = db
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.account_id')
    .selectAll('session')
    .select(['account.role', 'account.display_name', 'account.second_factor_due_at'])
    .where('session.practice_id', '=', practice.id)
    .where('account.state', '=', 'active')
  const found = await ('secret' in by
    ? query.where('session.hash', '=', hashSecret(by.secret))
    : query.where('session.id', '=', by.id)
  ).executeTakeFirst()
  if (found === undefined) return undefined
  const { role, display_name: displayName, second_factor_due_at: secondFactorDueAt, ...row } = found
  const state = sessionState(timesOf(row), await loadSignInSettings(db, practice.id), practice.now())
  return { row, role, displayName, secondFactorDueAt, state }
}

/** Notes, once, that a session is locked. */
export async function noteLocked(practice: OpenPractice, session: FoundSession): Promise<void> {
  const now = practice.now()
  await practice.db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('session')
      .set({ locked_at: instantText(now) })
      .where('practice_id', '=', practice.id)
      .where('id', '=', session.row.id)
      .where('locked_at', 'is', null)
      .where('ended_at', 'is', null)
      // Somebody has come back in this very moment.
      .where('last_seen_at', '=', session.row.last_seen_at)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) return
    await recordEvent(tx, practice.id, undefined, now, {
      action: 'session.locked',
      subject: `session:${session.row.id}`,
      details: { why: 'idle', account: session.row.account_id },
    })
  })
}

/** Locks a session by hand; the journal is the caller's. */
export async function lock(tx: Tx, practice: OpenPractice, sessionId: string): Promise<void> {
  await tx
    .updateTable('session')
    .set({ locked_at: instantText(practice.now()), proven_at: null })
    .where('practice_id', '=', practice.id)
    .where('id', '=', sessionId)
    .execute()
}

/** Notes, once, that a session has ended by itself. */
export async function noteEnded(practice: OpenPractice, session: FoundSession, why: string): Promise<void> {
  await practice.db.transaction().execute((tx) => end(tx, practice, session.row, why))
}

/** Somebody is there; who is there was just proven; the screen opens. */
export async function noteProven(tx: Tx, practice: OpenPractice, sessionId: string): Promise<void> {
  const now = instantText(practice.now())
  await tx
    .updateTable('session')
    .set({ proven_at: now, locked_at: null, last_seen_at: now })
    .where('practice_id', '=', practice.id)
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .execute()
}

/** Somebody is there. */
export async function noteSeen(db: Db, practice: OpenPractice, sessionId: string): Promise<void> {
  await db
    .updateTable('session')
    .set({ last_seen_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .where('locked_at', 'is', null)
    .execute()
}

/**
 * Ends one session of an account; the journal is the caller's.
 *
 * @throws {NotFoundError} that account has no such open session
 */
export async function endOne(tx: Tx, practice: OpenPractice, accountId: string, sessionId: string): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('session')
    .set({ ended_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new NotFoundError('no such open session')
}

/** Ends all sessions of an account, but for one, and what was begun without one; the journal is the caller's. @returns how many */
export async function endAll(tx: Tx, practice: OpenPractice, accountId: string, but?: string): Promise<number> {
  const query = tx
    .updateTable('session')
    .set({ ended_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
  await forgetSteps(tx, practice, accountId)
  const { numUpdatedRows } = await (but === undefined ? query : query.where('id', '!=', but)).executeTakeFirst()
  return Number(numUpdatedRows)
}

/** The open sessions of an account, the last used first. */
export async function listSessions(db: Db, practice: OpenPractice, accountId: string): Promise<readonly FoundSession['row'][]> {
  const settings = await loadSignInSettings(db, practice.id)
  const rows = await db
    .selectFrom('session')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .orderBy('last_seen_at', 'desc')
    .execute()
  return rows.filter((row) => sessionState(timesOf(row), settings, practice.now()).kind !== 'ended')
}

/**
 * For sensitive changes (passwords, second factors, roles, key slots): who is there was proven by password or passkey within ten minutes. The
 * command line on the machine itself has proven more than that.
 *
 * @throws {ProofNeededError}
 */
export async function requireRecentProof(practice: OpenPractice, actor: Actor): Promise<void> {
  if (actor.address === 'console') return
  const found =
    actor.sessionId === undefined
      ? undefined
      : await practice.db
          .selectFrom('session')
          .select('proven_at')
          .where('practice_id', '=', practice.id)
          .where('id', '=', actor.sessionId)
          .executeTakeFirst()
  if (provenUntil(found?.proven_at ?? null, practice.now()) === undefined)
    throw new ProofNeededError(`prove who is there first: a password or a passkey, at most ${PROOF_MINUTES} minutes ago`)
}

/** @returns undefined when there is no proof, or it is too old */
export function provenUntil(provenAt: string | null, now: Temporal.Instant): Temporal.Instant | undefined {
  if (provenAt === null || isAhead(Temporal.Instant.from(provenAt), now)) return undefined
  const until = Temporal.Instant.from(provenAt).add({ minutes: PROOF_MINUTES })
  return Temporal.Instant.compare(until, now) > 0 ? until : undefined
}

/** A session that the program ended by itself. */
interface Ended {
  readonly row: SessionRow
  readonly why: string
}

async function end(tx: Tx, practice: OpenPractice, row: SessionRow, why: string): Promise<void> {
  for (const each of await markEnded(tx, practice, [{ row, why }])) await recordEnd(tx, practice, each)
}

/** @returns those that had not ended before */
async function markEnded(tx: Tx, practice: OpenPractice, wanted: readonly Ended[]): Promise<readonly Ended[]> {
  const ended: Ended[] = []
  for (const each of wanted) {
    const { numUpdatedRows } = await tx
      .updateTable('session')
      .set({ ended_at: instantText(practice.now()) })
      .where('practice_id', '=', practice.id)
      .where('id', '=', each.row.id)
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 1n) ended.push(each)
  }
  return ended
}

async function recordEnd(tx: Tx, practice: OpenPractice, { row, why }: Ended): Promise<void> {
  await recordEvent(tx, practice.id, undefined, practice.now(), {
    action: 'session.ended',
    subject: `session:${row.id}`,
    details: { why, account: row.account_id },
  })
}

/** Somebody signs in where somebody was signed in: that one's session does not stay behind. */
async function endReplaced(tx: Tx, practice: OpenPractice, hash: string | undefined): Promise<readonly Ended[]> {
  if (hash === undefined) return []
  const rows = await tx
    .selectFrom('session')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('hash', '=', hash)
    .execute()
  return markEnded(
    tx,
    practice,
    rows.map((row) => ({ row, why: 'replaced' })),
  )
}

/** Sessions that nobody asks about any more end here; those that ended long ago go, their story is in the journal. */
async function sweepSessions(tx: Tx, practice: OpenPractice): Promise<readonly Ended[]> {
  const now = practice.now()
  const settings = await loadSignInSettings(tx, practice.id)
  const oldest = instantText(now.subtract({ hours: settings.endsAfterHours }))
  const idlest = instantText(now.subtract({ minutes: settings.endsAfterIdleMinutes }))
  const over = await tx
    .selectFrom('session')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('ended_at', 'is', null)
    .where((row) => row.or([row('created_at', '<=', oldest), row('last_seen_at', '<=', idlest)]))
    .orderBy('id')
    .limit(SWEPT_AT_ONCE)
    .execute()
  await tx
    .deleteFrom('session')
    .where('practice_id', '=', practice.id)
    .where('ended_at', '<', instantText(now.subtract({ hours: 24 * KEPT_DAYS_AFTER_END })))
    .execute()
  const why = (row: SessionRow) => (row.created_at <= oldest ? 'too-old' : 'idle')
  return markEnded(
    tx,
    practice,
    over.map((row) => ({ row, why: why(row) })),
  )
}

async function endOldest(tx: Tx, practice: OpenPractice, accountId: string): Promise<readonly Ended[]> {
  const rows = await tx
    .selectFrom('session')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .orderBy('last_seen_at', 'desc')
    .execute()
  return markEnded(
    tx,
    practice,
    rows.slice(ACTIVE_SESSIONS_MAX - 1).map((row) => ({ row, why: 'too-many' })),
  )
}

function timesOf(row: SessionRow): SessionTimes {
  return {
    createdAt: Temporal.Instant.from(row.created_at),
    lastSeenAt: Temporal.Instant.from(row.last_seen_at),
    lockedAt: row.locked_at === null ? undefined : Temporal.Instant.from(row.locked_at),
    endedAt: row.ended_at === null ? undefined : Temporal.Instant.from(row.ended_at),
  }
}
