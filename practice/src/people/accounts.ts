/** Accounts: who may sign in, in which role. An account is never deleted: the journal names it. */
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { type Db, instantText, newId, type Tables, type Tx } from '#database'
import { ConflictError, NotFoundError } from '#errors'
import type { Actor, OpenPractice } from '#open-practice'
import type { Role } from '#rights'
import type { changePerson, invitePerson } from './contract.ts'
import { hashPassword } from './passwords.ts'
import { requirePractitioner } from './practitioners.ts'
import { hasSecondFactor } from './second-factors.ts'
import { hashSecret, newSecret } from './secrets.ts'
import { endAll } from './sessions.ts'
import { DEFAULT_SIGN_IN_SETTINGS, loadSignInSettings } from './sign-in-settings.ts'

export type AccountRow = Selectable<Tables['account']>

const INVITATION_HOURS = 7 * 24
const SECOND_FACTOR_HOURS = 7 * 24

export interface NewOwner {
  readonly login: string
  readonly displayName: string
  readonly password: string
  readonly language: 'fr' | 'en'
}

/** The first account of a practice, made while it is set up. @returns its id */
export async function createOwner(tx: Tx, practiceId: string, owner: NewOwner, now: Temporal.Instant): Promise<string> {
  return createActiveAccount(tx, practiceId, { ...owner, role: 'owner' }, now)
}

export interface NewActiveAccount extends NewOwner {
  readonly role: Role
  readonly practitionerId?: string
}

/** An account that needs no invitation: a practice's first, and those of the sample practice. @returns its id */
export async function createActiveAccount(
  tx: Tx,
  practiceId: string,
  wanted: NewActiveAccount,
  now: Temporal.Instant,
): Promise<string> {
  const id = newId()
  const { is_sample } = await tx.selectFrom('practice').select('is_sample').where('id', '=', practiceId).executeTakeFirstOrThrow()
  const isDue = is_sample === 0 && DEFAULT_SIGN_IN_SETTINGS.secondFactorRoles.includes(wanted.role)
  await tx
    .insertInto('account')
    .values({
      id,
      practice_id: practiceId,
      login: foldLogin(wanted.login),
      display_name: wanted.displayName.trim(),
      role: wanted.role,
      practitioner_id: wanted.practitionerId ?? null,
      language: wanted.language,
      state: 'active',
      password_hash: await hashPassword(wanted.password),
      password_changed_at: instantText(now),
      second_factor_due_at: isDue ? instantText(now.add({ hours: SECOND_FACTOR_HOURS })) : null,
      created_at: instantText(now),
    })
    .execute()
  return id
}

/** As it is compared: `Camille ` and `camille` are one, and so are `Élodie` and `elodie`, which is what keyboards and habits make of it. */
export function foldLogin(login: string): string {
  return login.normalize('NFKD').replaceAll(/\p{M}/gu, '').trim().toLowerCase()
}

export interface Invitation {
  /** shown once */
  readonly secret: string
  readonly endsAt: string
}

type NewAccount = z.output<(typeof invitePerson)['body']>

/** @throws {ConflictError} the login is taken; {@link NotFoundError} no such practitioner */
export async function createAccount(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  wanted: NewAccount,
): Promise<{ account: AccountRow; invitation: Invitation }> {
  const login = foldLogin(wanted.login)
  if ((await findAccountByLogin(tx, practice, login)) !== undefined) throw new ConflictError('this login is taken')
  if (wanted.practitionerId !== undefined) await requirePractitioner(tx, practice, wanted.practitionerId)
  const { invitation, columns } = makeInvitation(practice, false)
  const account = await tx
    .insertInto('account')
    .values({
      id: newId(),
      practice_id: practice.id,
      login,
      display_name: wanted.displayName,
      email: wanted.email ?? null,
      role: wanted.role,
      practitioner_id: wanted.practitionerId ?? null,
      language: wanted.language,
      state: 'invited',
      ...columns,
      created_at: instantText(practice.now()),
      created_by: actor.accountId,
    })
    .onConflict((conflict) => conflict.columns(['practice_id', 'login']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (account === undefined) throw new ConflictError('this login is taken')
  return { account, invitation }
}

/** A new link for an account: the former one counts no more. What the account can do meanwhile does not change. */
export async function makeInvitationFor(tx: Tx, practice: OpenPractice, accountId: string, resets: boolean): Promise<Invitation> {
  const account = await lockAccount(tx, practice, accountId)
  if (account.state === 'disabled') throw new ConflictError('this account is disabled: activate it first')
  const { invitation, columns } = makeInvitation(practice, resets)
  await update(tx, practice, accountId, columns)
  return invitation
}

type AccountChange = z.output<(typeof changePerson)['body']>

/**
 * Changes what is given.
 *
 * @returns the account, and the names of the fields that changed
 * @throws {ConflictError} the last active owner stays owner
 */
export async function changeAccount(
  tx: Tx,
  practice: OpenPractice,
  accountId: string,
  change: AccountChange,
): Promise<{ account: AccountRow; fields: readonly string[] }> {
  const mayLoseOwner = change.role !== undefined && change.role !== 'owner'
  // Before the account itself: two who demote each other wait for each other in one order.
  const owners = mayLoseOwner ? await activeOwners(tx, practice.id) : []
  const before = await lockAccount(tx, practice, accountId)
  if (change.practitionerId != null) await requirePractitioner(tx, practice, change.practitionerId)
  if (mayLoseOwner && before.role === 'owner') keepAnOwner(owners, accountId)
  const dueAt =
    change.role === undefined || change.role === before.role
      ? before.second_factor_due_at
      : await secondFactorDueAt(tx, practice, accountId, change.role)
  const after = {
    display_name: change.displayName ?? before.display_name,
    email: change.email === undefined ? before.email : change.email,
    role: change.role ?? before.role,
    practitioner_id: change.practitionerId === undefined ? before.practitioner_id : change.practitionerId,
    language: change.language ?? before.language,
  }
  const fields = Object.entries(after).flatMap(([name, value]) => (value === before[name as keyof typeof after] ? [] : [name]))
  await update(tx, practice, accountId, { ...after, second_factor_due_at: dueAt })
  return { account: await getAccount(tx, practice, accountId), fields }
}

/** Closes an account and ends its sessions. @throws {ConflictError} it is the last active owner's, or closed already */
export async function disableAccount(tx: Tx, practice: OpenPractice, accountId: string): Promise<AccountRow> {
  const owners = await activeOwners(tx, practice.id)
  const account = await lockAccount(tx, practice, accountId)
  if (account.state === 'disabled') throw new ConflictError('this account is disabled already')
  if (account.role === 'owner' && account.state === 'active') keepAnOwner(owners, accountId)
  await update(tx, practice, accountId, { state: 'disabled', invitation_hash: null, invitation_ends_at: null })
  await endAll(tx, practice, accountId)
  await revokeTokensOf(tx, practice, accountId)
  return getAccount(tx, practice, accountId)
}

/** @throws {ConflictError} it is not disabled */
export async function activateAccount(tx: Tx, practice: OpenPractice, accountId: string): Promise<AccountRow> {
  const account = await lockAccount(tx, practice, accountId)
  if (account.state !== 'disabled') throw new ConflictError('this account is not disabled')
  await update(tx, practice, accountId, { state: account.password_hash === null ? 'invited' : 'active' })
  return getAccount(tx, practice, accountId)
}

/** Two who change an account at once take turns: neither writes back what the other has just taken away. @throws {NotFoundError} */
async function lockAccount(tx: Tx, practice: OpenPractice, accountId: string): Promise<AccountRow> {
  const found = await tx
    .updateTable('account')
    .set((row) => ({ state: row.ref('state') }))
    .where('practice_id', '=', practice.id)
    .where('id', '=', accountId)
    .returningAll()
    .executeTakeFirst()
  if (found === undefined) throw new NotFoundError('no such account')
  return found
}

/** The active owners, locked until the transaction ends, so that two cannot each count on the other. */
export async function activeOwners(tx: Tx, practiceId: string): Promise<readonly string[]> {
  const rows = await tx
    .updateTable('account')
    .set({ role: 'owner' })
    .where('practice_id', '=', practiceId)
    .where('role', '=', 'owner')
    .where('state', '=', 'active')
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** When a role must have a second factor that it has not: in seven days. Null: it has one, or need not. */
export async function secondFactorDueAt(db: Db, practice: OpenPractice, accountId: string, role: Role): Promise<string | null> {
  const { secondFactorRoles } = await loadSignInSettings(db, practice.id)
  if (!secondFactorRoles.includes(role) || (await hasSecondFactor(db, practice, accountId))) return null
  return instantText(practice.now().add({ hours: SECOND_FACTOR_HOURS }))
}

/** After the setting has changed: whoever must have a second factor now has seven days, or what is left of them. */
export async function renewSecondFactorDues(tx: Tx, practice: OpenPractice): Promise<void> {
  for (const account of await listAccounts(tx, practice)) {
    const dueAt = await secondFactorDueAt(tx, practice, account.id, account.role)
    const kept = dueAt === null ? null : (account.second_factor_due_at ?? dueAt)
    if (kept !== account.second_factor_due_at) await update(tx, practice, account.id, { second_factor_due_at: kept })
  }
}

/** By name. */
export async function listAccounts(db: Db, practice: OpenPractice): Promise<readonly AccountRow[]> {
  return db
    .selectFrom('account')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .orderBy('display_name')
    .orderBy('id')
    .execute()
}

/** @throws {NotFoundError} */
export async function getAccount(db: Db, practice: OpenPractice, accountId: string): Promise<AccountRow> {
  const found = await findAccount(db, practice, accountId)
  if (found === undefined) throw new NotFoundError('no such account')
  return found
}

export async function findAccount(db: Db, practice: OpenPractice, accountId: string): Promise<AccountRow | undefined> {
  return db
    .selectFrom('account')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('id', '=', accountId)
    .executeTakeFirst()
}

/** @param login folded */
export async function findAccountByLogin(db: Db, practice: OpenPractice, login: string): Promise<AccountRow | undefined> {
  return db.selectFrom('account').selectAll().where('practice_id', '=', practice.id).where('login', '=', login).executeTakeFirst()
}

export async function update(tx: Tx, practice: OpenPractice, accountId: string, columns: Partial<AccountRow>): Promise<void> {
  await tx.updateTable('account').set(columns).where('practice_id', '=', practice.id).where('id', '=', accountId).execute()
}

function keepAnOwner(owners: readonly string[], accountId: string): void {
  if (owners.every((id) => id === accountId))
    throw new ConflictError('the last active owner stays: make somebody else an owner first')
}

async function revokeTokensOf(tx: Tx, practice: OpenPractice, accountId: string): Promise<void> {
  await tx
    .updateTable('api_token')
    .set({ revoked_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .execute()
}

function makeInvitation(practice: OpenPractice, resets: boolean) {
  const secret = newSecret()
  const endsAt = instantText(practice.now().add({ hours: INVITATION_HOURS }))
  const columns = { invitation_hash: hashSecret(secret), invitation_ends_at: endsAt, invitation_resets: resets ? 1 : 0 }
  return { invitation: { secret, endsAt }, columns }
}
