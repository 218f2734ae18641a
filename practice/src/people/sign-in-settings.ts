/** How the practice wants people to sign in, with what holds where nobody has said. */
import type { Db, Tx } from '#database'
import type { Actor, OpenPractice } from '#open-practice'
import { loadSetting, saveSetting } from '#settings'
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
