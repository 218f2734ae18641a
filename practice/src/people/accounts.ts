/** Accounts: who may sign in, in which role. */
import { instantText, newId, type Tx } from '#database'
import { hashPassword } from './passwords.ts'

export interface NewOwner {
  readonly login: string
  readonly displayName: string
  readonly password: string
  readonly language: 'fr' | 'en'
}

/** The first account of a practice, made while it is set up. @returns its id */
export async function createOwner(tx: Tx, practiceId: string, owner: NewOwner, now: Temporal.Instant): Promise<string> {
  const id = newId()
  await tx
    .insertInto('account')
    .values({
      id,
      practice_id: practiceId,
      login: owner.login.trim().toLowerCase(),
      display_name: owner.displayName.trim(),
      email: null,
      role: 'owner',
      practitioner_id: null,
      language: owner.language,
      state: 'active',
      password_hash: await hashPassword(owner.password),
      password_changed_at: instantText(now),
      invitation_hash: null,
      invitation_ends_at: null,
      totp_sealed: null,
      totp_step: null,
      oidc_subject: null,
      created_at: instantText(now),
      created_by: null,
    })
    .execute()
  return id
}
