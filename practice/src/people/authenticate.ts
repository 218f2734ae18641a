/** Who asks, at every request: a browser with its session's cookie, or a program with a token. */
import type { FastifyRequest } from 'fastify'
import { instantText } from '#database'
import { type SignedInEndpoint, takesToken } from '#endpoint'
import { NotAllowedError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import type { Role } from '#rights'
import { getCurrentSession, signOut, startProof, unlockSession } from './contract.ts'
import { readCookie } from './cookies.ts'
import { NotSignedInError, SecondFactorDueError, SessionLockedError } from './errors.ts'
import { hashSecret } from './secrets.ts'
import { type FoundSession, findSession, noteEnded, noteLocked, noteSeen } from './sessions.ts'

/** What the page of a locked screen needs. */
const WORK_WHILE_LOCKED: ReadonlySet<string> = new Set(
  [getCurrentSession, startProof, unlockSession, signOut].map((each) => each.path),
)
const NOTED_EVERY_SECONDS = 30
/** For `makeServer`. Notes that somebody is there, at most twice a minute. */
export async function authenticate(request: FastifyRequest, practice: OpenPractice, endpoint: SignedInEndpoint): Promise<Actor> {
  const { authorization } = request.headers
  // Any other kind is a proxy's own.
  if (authorization !== undefined && /^bearer /i.test(authorization))
    return authenticateToken(authorization, request.ip, practice, endpoint)
  const secret = readCookie(request, 'session')
  const session = secret === undefined ? undefined : await findSession(practice.db, practice, { secret })
  if (session === undefined) throw new NotSignedInError('nobody is signed in here')
  await refuseIfOver(practice, session, WORK_WHILE_LOCKED.has(endpoint.path))
  if (endpoint.permission !== 'self') refuseIfSecondFactorDue(practice, session.role, session.secondFactorDueAt)
  if (endpoint.isBackground !== true && session.state.kind === 'open') await noteIfDue(practice, session)
  return { accountId: session.row.account_id, role: session.role, sessionId: session.row.id, address: request.ip }
}

async function refuseIfOver(practice: OpenPractice, session: FoundSession, worksWhileLocked: boolean): Promise<void> {
  const { state } = session
  if (state.kind === 'ended') {
    if (state.isNew) await noteEnded(practice, session, state.why)
    throw new NotSignedInError('the session has ended', { about: { why: state.why } })
  }
  if (state.kind !== 'locked') return
  if (state.isNew) await noteLocked(practice, session)
  if (!worksWhileLocked) throw new SessionLockedError('the screen is locked')
}

function refuseIfSecondFactorDue(practice: OpenPractice, role: Role, secondFactorDueAt: string | null): void {
  if (secondFactorDueAt !== null && secondFactorDueAt <= instantText(practice.now()))
    throw new SecondFactorDueError(`the role ${role} needs a second factor: add one first`)
}

async function noteIfDue(practice: OpenPractice, session: FoundSession): Promise<void> {
  const dueAt = Temporal.Instant.from(session.row.last_seen_at).add({ seconds: NOTED_EVERY_SECONDS })
  if (Temporal.Instant.compare(dueAt, practice.now()) <= 0) await noteSeen(practice.db, practice, session.row.id)
}

/** Programs read through the FHIR door and do nothing else: a token that leaks writes nothing and makes no other token. */
async function authenticateToken(
  authorization: string,
  address: string,
  practice: OpenPractice,
  endpoint: SignedInEndpoint,
): Promise<Actor> {
  const [, secret] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization) ?? []
  if (secret === undefined) throw new NotSignedInError('a bearer token is expected')
  const now = practice.now()
  const found = await practice.db
    .selectFrom('api_token')
    .innerJoin('account', 'account.id', 'api_token.account_id')
    .select(['api_token.id', 'api_token.account_id', 'api_token.last_used_at', 'account.role', 'account.second_factor_due_at'])
    .where('api_token.practice_id', '=', practice.id)
    .where('api_token.hash', '=', hashSecret(secret))
    .where('api_token.revoked_at', 'is', null)
    .where('api_token.ends_at', '>', instantText(now))
    .where('account.state', '=', 'active')
    .executeTakeFirst()
  if (found === undefined) throw new NotSignedInError('this token does not count, or no more')
  if (!takesToken(endpoint)) throw new NotAllowedError('a token opens the FHIR door and nothing else')
  refuseIfSecondFactorDue(practice, found.role, found.second_factor_due_at)
  if ((found.last_used_at ?? '') <= instantText(now.subtract({ seconds: NOTED_EVERY_SECONDS })))
    await practice.db
      .updateTable('api_token')
      .set({ last_used_at: instantText(now) })
      .where('practice_id', '=', practice.id)
      .where('id', '=', found.id)
      .execute()
  return { accountId: found.account_id, role: found.role, address }
}
