/** How the practice wants people to sign in, kept as JSON in the table of settings. */
import type { z } from 'zod'
import { type Db, instantText, type Tx } from '#database'
import type { Actor, OpenPractice } from '#open-practice'
import { type SignInSettings, signInSettingsSchema } from './contract.ts'

export const DEFAULT_SIGN_IN_SETTINGS: SignInSettings = {
  locksAfterMinutes: 10,
  endsAfterIdleMinutes: 60,
  endsAfterHours: 12,
  secondFactorRoles: ['owner', 'it-provider'],
}

const SIGN_IN = 'people.sign-in'

export async function loadSignInSettings(db: Db, practiceId: string): Promise<SignInSettings> {
  return (await loadSetting(db, practiceId, SIGN_IN, signInSettingsSchema)) ?? DEFAULT_SIGN_IN_SETTINGS
}

export async function saveSignInSettings(tx: Tx, practice: OpenPractice, actor: Actor, settings: SignInSettings): Promise<void> {
  await saveSetting(tx, practice, actor, SIGN_IN, settings)
}

/** @returns undefined where nobody has set it */
export async function loadSetting<T extends z.ZodType>(
  db: Db,
  practiceId: string,
  name: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  const found = await db
    .selectFrom('setting')
    .select('value')
    .where('practice_id', '=', practiceId)
    .where('name', '=', name)
    .executeTakeFirst()
  return found === undefined ? undefined : schema.parse(JSON.parse(found.value))
}

export async function saveSetting(tx: Tx, practice: OpenPractice, actor: Actor, name: string, value: unknown): Promise<void> {
  const row = { value: JSON.stringify(value), changed_at: instantText(practice.now()), changed_by: actor.accountId }
  await tx
    .insertInto('setting')
    .values({ practice_id: practice.id, name, ...row })
    .onConflict((conflict) => conflict.columns(['practice_id', 'name']).doUpdateSet(row))
    .execute()
}

export async function removeSetting(tx: Tx, practiceId: string, name: string): Promise<void> {
  await tx.deleteFrom('setting').where('practice_id', '=', practiceId).where('name', '=', name).execute()
}
