/** Invitations: whoever has the link chooses the account's password. */
import { instantText, type Tx } from '#database'
import { NotFoundError } from '#errors'
import { recordEvent } from '#journal'
import type { Actor, OpenPractice } from '#open-practice'
import {
  type AccountRow,
  activeOwners,
  findAccountByLogin,
  foldLogin,
  type Invitation,
  listAccounts,
  makeInvitationFor,
  secondFactorDueAt,
  update,
} from './accounts.ts'
import { forgetDevices } from './devices.ts'
import { notify } from './notices.ts'
import { requireGoodPassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { removeRecoveryCodes } from './recovery-codes.ts'
import { hashSecret } from './secrets.ts'
import { endAll } from './sessions.ts'
import { countAttempt, takeBack } from './throttle.ts'

/** Everybody's login, for whoever opens the practice from its machine. */
export async function listLogins(practice: OpenPractice) {
  const rows = await listAccounts(practice.db, practice)
  return rows.map(({ login, display_name, role, state }) => ({ login, displayName: display_name, role, state }))
}

/**
 * A new link for somebody who cannot be helped from within: the only owner. Whoever can open the data may ask for it.
 *
 * @throws {NotFoundError} nobody has this login; {@link ConflictError} the account is disabled
 */
export async function makeResetLink(practice: OpenPractice, login: string, resets: boolean): Promise<Invitation> {
  return practice.db.transaction().execute(async (tx) => {
    const account = await findAccountByLogin(tx, practice, foldLogin(login))
    if (account === undefined) throw new NotFoundError('no account has this login')
    const invitation = await makeInvitationFor(tx, practice, account.id, resets)
    await recordEvent(tx, practice.id, undefined, practice.now(), {
      action: 'invitation.made',
      subject: `account:${account.id}`,
      details: { resets },
    })
    return invitation
  })
}

/** @throws {NotFoundError} it never was, has ended, or was accepted: the answer is one */
export async function findInvitation(practice: OpenPractice, address: string, secret: string): Promise<AccountRow> {
  const attempt = { what: 'invitation', address } as const
  await countAttempt(practice, attempt)
  const found = await practice.db
    .selectFrom('account')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('invitation_hash', '=', hashSecret(secret))
    .where('invitation_ends_at', '>', instantText(practice.now()))
    .where('state', '!=', 'disabled')
    .executeTakeFirst()
  if (found === undefined) throw new NotFoundError('this invitation has ended, or was accepted before')
  await practice.db.transaction().execute((tx) => takeBack(tx, practice, attempt))
  return found
}

/**
 * Sets the password, ends what sessions there were, and, where the invitation says so, takes the second factors away. Once.
 *
 * @throws {NotFoundError} as {@link findInvitation}; {@link InvalidInputError} the password is too easy
 */
export async function accept(
  practice: OpenPractice,
  address: string,
  { secret, password }: { readonly secret: string; readonly password: string },
): Promise<AccountRow> {
  const account = await findInvitation(practice, address, secret)
  requireGoodPassword(password, await knownAbout(practice, account), 'password')
  const hash = await hashPassword(password)
  const actor: Actor = { accountId: account.id, role: account.role, address }
  await practice.db.transaction().execute(async (tx) => {
    await takeInvitation(tx, practice, account, secret, hash)
    if (account.invitation_resets === 1) await removeSecondFactors(tx, practice, account)
    if (account.second_factor_due_at === null || account.state === 'invited')
      await update(tx, practice, account.id, {
        second_factor_due_at: await secondFactorDueAt(tx, practice, account.id, account.role),
      })
    await endAll(tx, practice, account.id)
    await forgetDevices(tx, practice, account.id)
    await recordEvent(tx, practice.id, actor, practice.now(), {
      action: 'invitation.accepted',
      subject: `account:${account.id}`,
      details: { resets: account.invitation_resets === 1 },
    })
  })
  return account
}

/** What others know of somebody, for the rules of passwords. */
export async function knownAbout(practice: OpenPractice, account: AccountRow) {
  const { name } = await practice.db.selectFrom('practice').select('name').where('id', '=', practice.id).executeTakeFirstOrThrow()
  return { login: account.login, displayName: account.display_name, practiceName: name }
}

/** True for exactly one of those who try at once. */
async function takeInvitation(tx: Tx, practice: OpenPractice, account: AccountRow, secret: string, hash: string): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('account')
    .set({
      state: 'active',
      password_hash: hash,
      password_changed_at: instantText(practice.now()),
      invitation_hash: null,
      invitation_ends_at: null,
      invitation_resets: null,
    })
    .where('practice_id', '=', practice.id)
    .where('id', '=', account.id)
    .where('invitation_hash', '=', hashSecret(secret))
    .where('state', '!=', 'disabled')
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new NotFoundError('this invitation has ended, or was accepted before')
}

async function removeSecondFactors(tx: Tx, practice: OpenPractice, account: AccountRow): Promise<void> {
  await update(tx, practice, account.id, { totp_sealed: null, totp_step: null, oidc_subject: null })
  await tx.deleteFrom('passkey').where('practice_id', '=', practice.id).where('account_id', '=', account.id).execute()
  await removeRecoveryCodes(tx, practice, account.id)
  const told = new Set([account.id, ...(await activeOwners(tx, practice.id))])
  await notify(tx, practice, [...told], 'second-factors-removed', { accountId: account.id })
}
