/** The session of this browser: its lock, its proof, its end. */
import type { z } from 'zod'
import { instantText } from '#database'
import { type Call, type Route, route } from '#http'
import type { Actor, OpenPractice } from '#open-practice'
import {
  type currentSessionSchema,
  getCurrentSession,
  lockSession,
  proveSession,
  signOut,
  signOutEverywhere,
  startProof,
  unlockSession,
} from './contract.ts'
import { clearCookie } from './cookies.ts'
import { forgetDevices } from './devices.ts'
import { NotSignedInError } from './errors.ts'
import { listPasskeys } from './passkeys.ts'
import { beginProof, checkProof, type Proof } from './proofs.ts'
import { endAll, endOne, findSession, lock, noteProven, provenUntil } from './sessions.ts'
import { asJson, visitorOf } from './visitor.ts'

export const sessionRoutes: readonly Route[] = [
  route(getCurrentSession, ({ practice, actor }) => showSession(practice, actor)),
  route(startProof, async ({ practice, actor, request }) => ({
    options: asJson(await beginProof(practice, actor, visitorOf(request))),
  })),
  route(unlockSession, async (call) => prove(call, call.body)),
  route(proveSession, async (call) => prove(call, call.body)),
  route(lockSession, async ({ practice, actor, record }) => {
    await practice.db.transaction().execute(async (tx) => {
      await lock(tx, practice, sessionOf(actor))
      await record(tx, { subject: `session:${sessionOf(actor)}`, details: { why: 'by hand' } })
    })
    return undefined
  }),
  route(signOut, async ({ practice, actor, record, reply }) => {
    await practice.db.transaction().execute(async (tx) => {
      await endOne(tx, practice, actor.accountId, sessionOf(actor))
      await record(tx, { subject: `session:${sessionOf(actor)}` })
    })
    clearCookie(reply, 'session')
    return undefined
  }),
  route(signOutEverywhere, async ({ practice, actor, record, reply }) => {
    await practice.db.transaction().execute(async (tx) => {
      const sessions = await endAll(tx, practice, actor.accountId)
      await forgetDevices(tx, practice, actor.accountId)
      await record(tx, { subject: `account:${actor.accountId}`, details: { everywhere: true, sessions } })
    })
    clearCookie(reply, 'session')
    return undefined
  }),
]

async function prove(call: Pick<Call<typeof proveSession>, 'practice' | 'actor' | 'request' | 'record'>, proof: Proof) {
  const { practice, actor, request, record } = call
  const use = await checkProof(practice, actor, visitorOf(request), proof)
  await practice.db.transaction().execute(async (tx) => {
    await use(tx)
    await noteProven(tx, practice, sessionOf(actor))
    await record(tx, { subject: `session:${sessionOf(actor)}`, details: { by: proof.kind } })
  })
  return showSession(practice, actor)
}

async function showSession(practice: OpenPractice, actor: Actor): Promise<z.output<typeof currentSessionSchema>> {
  const found = await findSession(practice.db, practice, { id: sessionOf(actor) })
  if (found === undefined || found.state.kind === 'ended') throw new NotSignedInError('the session has ended')
  const { row, displayName, state } = found
  const proven = provenUntil(row.proven_at, practice.now())
  return {
    id: row.id,
    displayName,
    isLocked: state.kind === 'locked',
    ...(state.kind === 'open' ? { locksAt: instantText(state.locksAt) } : {}),
    endsAt: instantText(state.endsAt),
    hasPasskeys: (await listPasskeys(practice.db, practice, row.account_id)).length > 0,
    ...(proven === undefined ? {} : { provenUntil: instantText(proven) }),
  }
}

function sessionOf(actor: Actor): string {
  if (actor.sessionId === undefined) throw new NotSignedInError('this is for a browser with a session')
  return actor.sessionId
}
