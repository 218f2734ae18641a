/** Proving who is there, within a session: to unlock the screen, or before a sensitive change. */
import type { Tx } from '#database'
import { InvalidInputError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import { getAccount } from './accounts.ts'
import { beginInSession, findChallenge, idInSession, takeChallenge } from './challenges.ts'
import { checkAssertion, findPasskey, listPasskeys, notePasskeyUse, requestOptions } from './passkeys.ts'
import { isPassword } from './passwords.ts'
import { attemptOf, refuse, type Visitor } from './sign-in.ts'
import { countAttempt, takeBack } from './throttle.ts'

export type Proof =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'passkey'; readonly response: { readonly id: string } }

/** What the browser needs to prove by passkey, within five minutes. @throws {InvalidInputError} the account has none */
export async function beginProof(practice: OpenPractice, actor: Actor, visitor: Visitor) {
  const passkeys = await listPasskeys(practice.db, practice, actor.accountId)
  if (passkeys.length === 0) throw new InvalidInputError('this account has no passkey')
  const options = await requestOptions(visitor.site, passkeys)
  await practice.db.transaction().execute((tx) =>
    beginInSession(tx, practice, actor.sessionId ?? '', {
      kind: 'proof',
      address: visitor.address,
      accountId: actor.accountId,
      data: { challenge: options.challenge },
    }),
  )
  return options
}

/**
 * Checks a proof; counts and journals its failure.
 *
 * @returns what takes it into account, for the caller's transaction
 * @throws {SignInRefusedError} it does not hold; {@link TooManyAttemptsError}
 */
export async function checkProof(
  practice: OpenPractice,
  actor: Actor,
  visitor: Visitor,
  proof: Proof,
): Promise<(tx: Tx) => Promise<void>> {
  const account = await getAccount(practice.db, practice, actor.accountId)
  const attempt = await attemptOf(practice, visitor, 'password', account.login, account.id)
  await countAttempt(practice, attempt)
  if (proof.kind === 'password') {
    const isRight = account.password_hash !== null && (await isPassword(proof.password, account.password_hash, 'known'))
    if (!isRight) return refuse(practice, visitor, account.id, 'proof by password')
    return (tx) => takeBack(tx, practice, attempt)
  }
  const id = idInSession('proof', actor.sessionId ?? '')
  const challenge = await findChallenge<{ challenge: string }>(practice.db, practice, 'proof', id)
  const isMine = await practice.db.transaction().execute((tx) => takeChallenge(tx, practice, id))
  const passkey = await findPasskey(practice.db, practice, proof.response.id)
  const counter =
    challenge === undefined || !isMine || passkey?.account_id !== account.id
      ? undefined
      : await checkAssertion(visitor.site, challenge.data.challenge, passkey, proof.response)
  if (passkey === undefined || counter === undefined) return refuse(practice, visitor, account.id, 'proof by passkey')
  return async (tx) => {
    await takeBack(tx, practice, attempt)
    if (!(await notePasskeyUse(tx, practice, passkey, counter))) throw new InvalidInputError('this passkey is gone')
  }
}
