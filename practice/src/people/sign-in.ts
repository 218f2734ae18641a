/**
 * Signing in: password, then a second factor where there is one; or a passkey, which is both. Every sign-in and every refusal is in the
 * journal; what was typed never is. A refusal takes as long and says as much whether the account exists or not.
 */
import { instantText, type Tx } from '#database'
import { recordEvent } from '#journal'
import type { OpenPractice } from '#open-practice'
import { type AccountRow, findAccount, findAccountByLogin, foldLogin, update } from './accounts.ts'
import { beginForBrowser, type Challenge, failChallenge, findChallenge, takeChallenge } from './challenges.ts'
import type { SECOND_FACTORS } from './contract.ts'
import { findKnownDevice, rememberDevice } from './devices.ts'
import { NotSignedInError, SignInRefusedError } from './errors.ts'
import { notify } from './notices.ts'
import { checkAssertion, findPasskey, listPasskeys, notePasskeyUse, requestOptions, type Site } from './passkeys.ts'
import { hashPassword, isOutdated, isPassword, pretendToCheck } from './passwords.ts'
import { useRecoveryCode } from './recovery-codes.ts'
import { factorsToAsk, secondFactorsOf } from './second-factors.ts'
import { hashSecret } from './secrets.ts'
import { openSession } from './sessions.ts'
import { type Attempt, countAttempt, takeBack } from './throttle.ts'
import { stepOfCode, takeStep, unsealTotp } from './totp.ts'

/** The browser that asks. */
export interface Visitor {
  readonly address: string
  readonly userAgent: string
  readonly site: Site
  /** of the session that is open in it, whose cookie is hashed */
  readonly sessionHash: string | undefined
  readonly deviceSecret: string | undefined
  readonly stepSecret: string | undefined
}

type PasskeyOptions = Awaited<ReturnType<typeof requestOptions>>
type SecondFactor = (typeof SECOND_FACTORS)[number]

export type SignInResult =
  | { readonly kind: 'signed-in'; readonly session: string; readonly device: string }
  | {
      readonly kind: 'second-factor-needed'
      readonly factors: readonly SecondFactor[]
      readonly passkeyOptions?: PasskeyOptions
      readonly step: string
    }

/** What is kept while a second factor is due. */
interface SecondFactorStep {
  readonly first: 'password' | 'oidc'
  readonly factors: readonly SecondFactor[]
  readonly passkeyOptions?: PasskeyOptions
}

const STEP_FAILURES_MAX = 5

/** @throws {SignInRefusedError} */
export async function signInByPassword(
  practice: OpenPractice,
  visitor: Visitor,
  typed: { readonly login: string; readonly password: string },
): Promise<SignInResult> {
  const login = foldLogin(typed.login)
  const account = await findAccountByLogin(practice.db, practice, login)
  const attempt = await attemptOf(practice, visitor, 'password', login, account?.id)
  await countAttempt(practice, attempt)
  const hash = account?.password_hash ?? undefined
  const who = attempt.knownDevice === undefined ? 'stranger' : 'known'
  const isRight = hash === undefined ? await pretendToCheck(typed.password) : await isPassword(typed.password, hash, who)
  if (!isRight || account === undefined || account.state !== 'active')
    return refuse(practice, visitor, account?.id, isRight ? 'not-active' : 'password')
  const newHash = hash !== undefined && isOutdated(hash) ? await hashPassword(typed.password) : undefined
  const result = await practice.db.transaction().execute(async (tx) => {
    if (!(await isUnchanged(tx, practice, account))) return undefined
    await takeBack(tx, practice, attempt)
    if (newHash !== undefined) await update(tx, practice, account.id, { password_hash: newHash })
    return goOn(tx, practice, visitor, account, 'password')
  })
  return result ?? refuse(practice, visitor, account.id, 'changed')
}

/** Whether the account is active and has the password that was just checked; it stays so until the transaction ends. */
export async function isUnchanged(tx: Tx, practice: OpenPractice, account: AccountRow): Promise<boolean> {
  const found = await tx
    .updateTable('account')
    .set({ state: 'active' })
    .where('practice_id', '=', practice.id)
    .where('id', '=', account.id)
    .where('state', '=', 'active')
    .returning('password_hash')
    .executeTakeFirst()
  return found !== undefined && found.password_hash === account.password_hash
}

/** After the first factor: the session, or the step to the second. */
export async function goOn(
  tx: Tx,
  practice: OpenPractice,
  visitor: Visitor,
  account: AccountRow,
  first: 'password' | 'oidc',
): Promise<SignInResult> {
  const factors = factorsToAsk(await secondFactorsOf(tx, practice, account.id))
  if (factors.length === 0) return complete(tx, practice, visitor, account, first, first === 'password')
  const passkeyOptions = factors.includes('passkey')
    ? await requestOptions(visitor.site, await listPasskeys(tx, practice, account.id))
    : undefined
  const data: SecondFactorStep = { first, factors, ...(passkeyOptions === undefined ? {} : { passkeyOptions }) }
  const step = await beginForBrowser(tx, practice, {
    kind: 'second-factor',
    address: visitor.address,
    accountId: account.id,
    data,
  })
  return { kind: 'second-factor-needed', factors, ...(passkeyOptions === undefined ? {} : { passkeyOptions }), step }
}

/** What the step that was begun in this browser still asks for. @throws {NotSignedInError} none was, or its five minutes are over */
export async function pendingStep(practice: OpenPractice, visitor: Visitor): Promise<SecondFactorStep> {
  return (await findStep(practice, visitor)).data
}

export type TypedFactor =
  | { readonly kind: 'totp' | 'recovery-code'; readonly code: string }
  | { readonly kind: 'passkey'; readonly response: object }

/**
 * The second factor. Five failures end the step: the password is asked again.
 *
 * @throws {SignInRefusedError} wrong; {@link NotSignedInError} nothing was begun
 */
export async function signInBySecondFactor(practice: OpenPractice, visitor: Visitor, typed: TypedFactor): Promise<SignInResult> {
  const step = await findStep(practice, visitor)
  const account = await findAccount(practice.db, practice, step.accountId ?? '')
  if (account === undefined || account.state !== 'active') return refuse(practice, visitor, step.accountId, 'not-active')
  const attempt = await attemptOf(practice, visitor, 'second-factor', account.id, account.id)
  await countAttempt(practice, attempt)
  const use = await checkFactor(practice, visitor, account, step.data, typed)
  const result = await practice.db.transaction().execute(async (tx) => {
    if (use === undefined || !(await isUnchanged(tx, practice, account)) || !(await use(tx))) return undefined
    if (!(await takeChallenge(tx, practice, step.id))) throw new SignInRefusedError('this step was used before')
    await takeBack(tx, practice, attempt)
    return complete(tx, practice, visitor, account, `${step.data.first}+${typed.kind}`, true)
  })
  if (result !== undefined) return result
  await practice.db.transaction().execute((tx) => failChallenge(tx, practice, step.id, STEP_FAILURES_MAX))
  return refuse(practice, visitor, account.id, typed.kind)
}

/** Begins a sign-in by passkey. */
export async function beginPasskeySignIn(
  practice: OpenPractice,
  visitor: Visitor,
): Promise<{ options: PasskeyOptions; step: string }> {
  const options = await requestOptions(visitor.site, [])
  const step = await practice.db
    .transaction()
    .execute((tx) =>
      beginForBrowser(tx, practice, { kind: 'passkey', address: visitor.address, data: { challenge: options.challenge } }),
    )
  return { options, step }
}

/** @throws {SignInRefusedError} */
export async function signInByPasskey(practice: OpenPractice, visitor: Visitor, response: { id: string }): Promise<SignInResult> {
  const challenge = await takeFromBrowser<{ challenge: string }>(practice, visitor, 'passkey')
  const passkey = await findPasskey(practice.db, practice, response.id)
  const account = passkey === undefined ? undefined : await findAccount(practice.db, practice, passkey.account_id)
  const attempt = await addressAttempt(practice, visitor, 'second-factor', account?.id)
  await countAttempt(practice, attempt)
  const counter =
    challenge === undefined || passkey === undefined
      ? undefined
      : await checkAssertion(visitor.site, challenge.data.challenge, passkey, response)
  if (account === undefined || account.state !== 'active' || passkey === undefined || counter === undefined)
    return refuse(practice, visitor, account?.id, 'passkey')
  const result = await practice.db.transaction().execute(async (tx) => {
    if (!(await isUnchanged(tx, practice, account))) return undefined
    if (!(await notePasskeyUse(tx, practice, passkey, counter))) return undefined
    await takeBack(tx, practice, attempt)
    return complete(tx, practice, visitor, account, 'passkey', true)
  })
  return result ?? refuse(practice, visitor, account.id, 'passkey')
}

/** Takes what was begun in this browser: it does not count twice, whatever comes of it. */
export async function takeFromBrowser<T>(
  practice: OpenPractice,
  visitor: Visitor,
  kind: 'passkey' | 'oidc',
): Promise<Challenge<T> | undefined> {
  if (visitor.stepSecret === undefined) return undefined
  const found = await findChallenge<T>(practice.db, practice, kind, hashSecret(visitor.stepSecret))
  if (found === undefined) return undefined
  const isMine = await practice.db.transaction().execute((tx) => takeChallenge(tx, practice, found.id))
  return isMine ? found : undefined
}

/** The session, the browser's cookie, the journal. */
export async function complete(
  tx: Tx,
  practice: OpenPractice,
  visitor: Visitor,
  account: AccountRow,
  factors: string,
  isProof: boolean,
): Promise<SignInResult> {
  const { address, userAgent } = visitor
  const device = await rememberDevice(tx, practice, account.id, visitor.deviceSecret)
  const wanted = {
    accountId: account.id,
    role: account.role,
    address,
    userAgent,
    factors,
    isProof,
    replaces: visitor.sessionHash,
  }
  const { secret, actor } = await openSession(tx, practice, wanted)
  if (device.isNewElsewhere) await notify(tx, practice, [account.id], 'known-device-added', { sessionId: actor.sessionId ?? '' })
  return { kind: 'signed-in', session: secret, device: device.secret }
}

/** Says in the journal that somebody was refused, and why; tells them nothing. */
export async function refuse(
  practice: OpenPractice,
  visitor: Visitor,
  accountId: string | undefined,
  why: string,
): Promise<never> {
  const event = {
    action: 'sign-in.refused',
    ...(accountId === undefined ? {} : { subject: `account:${accountId}` }),
    details: { why, address: visitor.address },
  } as const
  await practice.db.transaction().execute((tx) => recordEvent(tx, practice.id, undefined, practice.now(), event))
  throw new SignInRefusedError('signing in was refused')
}

/** Where the browser is known, it answers for itself; elsewhere, account and address do. */
export async function attemptOf(
  practice: OpenPractice,
  visitor: Visitor,
  what: Attempt['what'],
  account: string,
  accountId: string | undefined,
): Promise<Attempt> {
  const knownDevice = await findKnownDevice(practice.db, practice, accountId, visitor.deviceSecret)
  return { what, account, address: visitor.address, ...(knownDevice === undefined ? {} : { knownDevice }) }
}

/** For what cannot be guessed: strangers wait by address only, so that nobody makes an account wait. */
export async function addressAttempt(
  practice: OpenPractice,
  visitor: Visitor,
  what: Attempt['what'],
  accountId: string | undefined,
): Promise<Attempt> {
  const attempt = await attemptOf(practice, visitor, what, accountId ?? '', accountId)
  return attempt.knownDevice === undefined ? { what, address: visitor.address } : attempt
}

async function findStep(practice: OpenPractice, visitor: Visitor): Promise<Challenge<SecondFactorStep>> {
  const { stepSecret } = visitor
  const found =
    stepSecret === undefined
      ? undefined
      : await findChallenge<SecondFactorStep>(practice.db, practice, 'second-factor', hashSecret(stepSecret))
  if (found === undefined) throw new NotSignedInError('sign in from the start: no second factor is waited for here')
  return found
}

/** @returns what uses the factor up, in the transaction of the sign-in; undefined: it is wrong */
async function checkFactor(
  practice: OpenPractice,
  visitor: Visitor,
  account: AccountRow,
  step: SecondFactorStep,
  typed: TypedFactor,
): Promise<((tx: Tx) => Promise<boolean>) | undefined> {
  switch (typed.kind) {
    case 'totp': {
      if (account.totp_sealed === null) return undefined
      const secret = unsealTotp(practice, account.id, account.totp_sealed)
      const found = await stepOfCode(secret, typed.code, practice.now())
      return found === undefined ? undefined : (tx) => takeStep(tx, practice, account.id, found)
    }
    case 'recovery-code':
      return async (tx) => {
        if (!(await useRecoveryCode(tx, practice, account.id, typed.code))) return false
        await notify(tx, practice, [account.id], 'recovery-code-used', { at: instantText(practice.now()) })
        return true
      }
    case 'passkey': {
      const { id } = typed.response as { id?: string }
      const passkey = await findPasskey(practice.db, practice, id ?? '')
      if (passkey?.account_id !== account.id || step.passkeyOptions === undefined) return undefined
      const counter = await checkAssertion(visitor.site, step.passkeyOptions.challenge, passkey, typed.response)
      return counter === undefined ? undefined : (tx) => notePasskeyUse(tx, practice, passkey, counter)
    }
  }
}
