/** One's own account: name, password, second factors, sessions, tokens. */
import type { z } from 'zod'
import { instantText, type Tx } from '#database'
import { InvalidInputError, NotFoundError } from '#errors'
import { type Route, route } from '#http'
import type { Actor, OpenPractice } from '#open-practice'
import { changeAccount, getAccount, update } from './accounts.ts'
import { beginInSession, failChallenge, findChallenge, idInSession, takeChallenge } from './challenges.ts'
import {
  addPasskey,
  changeMe,
  changeMyPassword,
  confirmTotp,
  endMySession,
  getMe,
  listMyPasskeys,
  listMySessions,
  listMyTokens,
  makeRecoveryCodes,
  makeToken,
  type passkeySchema,
  removeOidcLink,
  removePasskey,
  removeTotp,
  renamePasskey,
  revokeToken,
  type sessionSchema,
  startOidcLink,
  startPasskey,
  startTotp,
} from './contract.ts'
import { setCookie } from './cookies.ts'
import { knownAbout } from './invitations.ts'
import { loadMe } from './me.ts'
import { beginRound } from './oidc.ts'
import {
  checkCreation,
  creationOptions,
  deletePasskey,
  insertPasskey,
  listPasskeys,
  type PasskeyRow,
  renamePasskeyRow,
} from './passkeys.ts'
import { requireGoodPassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { checkProof } from './proofs.ts'
import { removeRecoveryCodes, replaceRecoveryCodes } from './recovery-codes.ts'
import { hasSecondFactor } from './second-factors.ts'
import { endAll, endOne, listSessions, requireRecentProof } from './sessions.ts'
import { loadSignInSettings } from './sign-in-settings.ts'
import { createToken, listTokens, revoke } from './tokens.ts'
import { makeTotp, sealTotp, stepOfCode, unsealTotp } from './totp.ts'
import { asJson, visitorOf } from './visitor.ts'

const TOTP_TRIES_MAX = 5

export const meRoutes: readonly Route[] = [
  route(getMe, ({ practice, actor }) => loadMe(practice, actor)),
  route(changeMe, async ({ practice, actor, body, record }) => {
    await practice.db.transaction().execute(async (tx) => {
      const { fields } = await changeAccount(tx, practice, actor.accountId, body)
      await record(tx, { subject: `account:${actor.accountId}`, details: { fields } })
    })
    return loadMe(practice, actor)
  }),
  route(listMySessions, async ({ practice, actor }) => ({
    sessions: await showSessions(practice, actor.accountId, actor.sessionId),
  })),
  route(endMySession, async ({ practice, actor, params, record }) => {
    await practice.db.transaction().execute(async (tx) => {
      await endOne(tx, practice, actor.accountId, params.sessionId)
      await record(tx, { subject: `session:${params.sessionId}`, details: { why: 'by hand', account: actor.accountId } })
    })
    return undefined
  }),
  route(changeMyPassword, async ({ practice, actor, body, record, request }) => {
    const account = await getAccount(practice.db, practice, actor.accountId)
    const use = await checkProof(practice, actor, visitorOf(request), { kind: 'password', password: body.password })
    requireGoodPassword(body.newPassword, await knownAbout(practice, account))
    if (body.newPassword.normalize('NFKC') === body.password.normalize('NFKC')) throw samePassword()
    const hash = await hashPassword(body.newPassword)
    await practice.db.transaction().execute(async (tx) => {
      await use(tx)
      await update(tx, practice, account.id, {
        password_hash: hash,
        password_changed_at: instantText(practice.now()),
        invitation_hash: null,
        invitation_ends_at: null,
        invitation_resets: null,
      })
      const sessions = await endAll(tx, practice, account.id, actor.sessionId)
      await record(tx, { subject: `account:${account.id}`, details: { sessionsEnded: sessions } })
    })
    return undefined
  }),

  route(startTotp, async ({ practice, actor, request }) => {
    await requireRecentProof(practice, actor)
    const account = await getAccount(practice.db, practice, actor.accountId)
    if (account.totp_sealed !== null)
      throw new InvalidInputError('there is an authenticator application already: remove it first')
    const totp = await makeTotp((await knownAbout(practice, account)).practiceName, account.login)
    const sealed = Buffer.from(sealTotp(practice, account.id, totp.secret)).toString('base64')
    await practice.db.transaction().execute((tx) =>
      beginInSession(tx, practice, actor.sessionId ?? '', {
        kind: 'totp',
        address: visitorOf(request).address,
        accountId: account.id,
        data: { sealed },
      }),
    )
    return totp
  }),
  route(confirmTotp, async ({ practice, actor, body, record }) => {
    const id = idInSession('totp', actor.sessionId ?? '')
    const begun = await findChallenge<{ sealed: string }>(practice.db, practice, 'totp', id)
    if (begun?.accountId !== actor.accountId)
      throw new NotFoundError('begin again: no authenticator application waits to be confirmed')
    const sealed = Buffer.from(begun.data.sealed, 'base64')
    const step = await stepOfCode(unsealTotp(practice, actor.accountId, sealed), body.code, practice.now())
    if (step === undefined) {
      await practice.db.transaction().execute((tx) => failChallenge(tx, practice, id, TOTP_TRIES_MAX))
      throw wrongCode()
    }
    await practice.db.transaction().execute(async (tx) => {
      if (!(await takeChallenge(tx, practice, id))) throw new NotFoundError('it was confirmed before')
      // The code that confirmed it counts as used.
      await update(tx, practice, actor.accountId, { totp_sealed: sealed, totp_step: step, second_factor_due_at: null })
      await record(tx, { subject: `account:${actor.accountId}`, details: { kind: 'totp' } })
    })
    return undefined
  }),
  route(removeTotp, async ({ practice, actor, record }) => {
    await requireRecentProof(practice, actor)
    await practice.db.transaction().execute(async (tx) => {
      const account = await getAccount(tx, practice, actor.accountId)
      if (account.totp_sealed === null) throw new NotFoundError('there is no authenticator application')
      await update(tx, practice, actor.accountId, { totp_sealed: null, totp_step: null })
      await afterRemoval(tx, practice, actor)
      await record(tx, { subject: `account:${actor.accountId}`, details: { kind: 'totp' } })
    })
    return undefined
  }),

  route(listMyPasskeys, async ({ practice, actor }) => ({
    passkeys: (await listPasskeys(practice.db, practice, actor.accountId)).map(showPasskey),
  })),
  route(startPasskey, async ({ practice, actor, request }) => {
    await requireRecentProof(practice, actor)
    const account = await getAccount(practice.db, practice, actor.accountId)
    const { practiceName } = await knownAbout(practice, account)
    const { site, address } = visitorOf(request)
    const of = { accountId: account.id, login: account.login, displayName: account.display_name, practiceName }
    const options = await creationOptions(site, of, await listPasskeys(practice.db, practice, account.id))
    const begin = { kind: 'registration', address, accountId: account.id, data: { challenge: options.challenge } } as const
    await practice.db.transaction().execute((tx) => beginInSession(tx, practice, actor.sessionId ?? '', begin))
    return { options: asJson(options) }
  }),
  route(addPasskey, async ({ practice, actor, body, record, request }) => {
    const id = idInSession('registration', actor.sessionId ?? '')
    const begun = await findChallenge<{ challenge: string }>(practice.db, practice, 'registration', id)
    const isMine = await practice.db.transaction().execute((tx) => takeChallenge(tx, practice, id))
    if (begun === undefined || !isMine) throw new NotFoundError('begin again: no passkey waits to be added')
    const made = await checkCreation(visitorOf(request).site, begun.data.challenge, body.response)
    return practice.db.transaction().execute(async (tx) => {
      const row = await insertPasskey(tx, practice, actor.accountId, body.label, made)
      await update(tx, practice, actor.accountId, { second_factor_due_at: null })
      await record(tx, { subject: `account:${actor.accountId}`, details: { kind: 'passkey' } })
      return showPasskey(row)
    })
  }),
  route(renamePasskey, async ({ practice, actor, params, body, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const row = await renamePasskeyRow(tx, practice, actor.accountId, params.passkeyId, body.label)
      await record(tx, { subject: `account:${actor.accountId}`, details: { fields: ['passkey'] } })
      return showPasskey(row)
    }),
  ),
  route(removePasskey, async ({ practice, actor, params, record }) => {
    await requireRecentProof(practice, actor)
    await practice.db.transaction().execute(async (tx) => {
      await deletePasskey(tx, practice, actor.accountId, params.passkeyId)
      await afterRemoval(tx, practice, actor)
      await record(tx, { subject: `account:${actor.accountId}`, details: { kind: 'passkey' } })
    })
    return undefined
  }),

  route(makeRecoveryCodes, async ({ practice, actor, record }) => {
    await requireRecentProof(practice, actor)
    return practice.db.transaction().execute(async (tx) => {
      if (!(await hasSecondFactor(tx, practice, actor.accountId)))
        throw new InvalidInputError('recovery codes replace a second factor: add one first')
      const codes = await replaceRecoveryCodes(tx, practice, actor.accountId)
      await record(tx, { subject: `account:${actor.accountId}`, details: { count: codes.length } })
      return { codes: [...codes] }
    })
  }),

  route(startOidcLink, async ({ practice, actor, request, reply }) => {
    await requireRecentProof(practice, actor)
    const link = { accountId: actor.accountId, sessionId: actor.sessionId ?? '' }
    const { location, step } = await beginRound(practice, visitorOf(request), link)
    setCookie(reply, 'step', step)
    return { location }
  }),
  route(removeOidcLink, async ({ practice, actor, record }) => {
    await requireRecentProof(practice, actor)
    await practice.db.transaction().execute(async (tx) => {
      const account = await getAccount(tx, practice, actor.accountId)
      if (account.oidc_subject === null) throw new NotFoundError('this account is not linked')
      await update(tx, practice, actor.accountId, { oidc_subject: null })
      await record(tx, { subject: `account:${actor.accountId}`, details: { kind: 'oidc' } })
    })
    return undefined
  }),

  route(listMyTokens, async ({ practice, actor }) => ({
    tokens: [...(await listTokens(practice.db, practice, actor.accountId))],
  })),
  route(makeToken, async ({ practice, actor, body, record }) => {
    await requireRecentProof(practice, actor)
    return practice.db.transaction().execute(async (tx) => {
      const made = await createToken(tx, practice, actor, body)
      await record(tx, { subject: `token:${made.token.id}`, details: { days: body.days } })
      return made
    })
  }),
  route(revokeToken, async ({ practice, actor, params, record }) => {
    await practice.db.transaction().execute(async (tx) => {
      await revoke(tx, practice, actor.accountId, params.tokenId)
      await record(tx, { subject: `token:${params.tokenId}` })
    })
    return undefined
  }),
]

/** The open sessions of an account, as its owner or the practice's sees them. */
export async function showSessions(
  practice: OpenPractice,
  accountId: string,
  current: string | undefined,
): Promise<z.output<typeof sessionSchema>[]> {
  return (await listSessions(practice.db, practice, accountId)).map((row) => ({
    id: row.id,
    isCurrent: row.id === current,
    isLocked: row.locked_at !== null,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    factors: row.factors,
    address: row.address,
    userAgent: row.user_agent,
  }))
}

/** Without a second factor, recovery codes replace nothing; and a role that must have one is asked at once. */
async function afterRemoval(tx: Tx, practice: OpenPractice, actor: Actor): Promise<void> {
  if (await hasSecondFactor(tx, practice, actor.accountId)) return
  await removeRecoveryCodes(tx, practice, actor.accountId)
  const { secondFactorRoles } = await loadSignInSettings(tx, practice.id)
  if (secondFactorRoles.includes(actor.role))
    await update(tx, practice, actor.accountId, { second_factor_due_at: instantText(practice.now()) })
}

function showPasskey(row: PasskeyRow): z.output<typeof passkeySchema> {
  return {
    id: row.id,
    label: row.label,
    createdAt: row.created_at,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    isBackedUp: row.is_backed_up === 1,
  }
}

function wrongCode(): InvalidInputError {
  const message = 'the code is wrong, or too old: is the telephone’s clock right?'
  return new InvalidInputError(message, [{ path: 'code', problem: 'wrong-code', message }])
}

function samePassword(): InvalidInputError {
  const message = 'it is the password that you have'
  return new InvalidInputError(message, [{ path: 'newPassword', problem: 'same', message }])
}
