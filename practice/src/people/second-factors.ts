/** Which second factors an account has. Recovery codes stand in for one; they are none by themselves. */
import type { Db } from '#database'
import type { OpenPractice } from '#open-practice'
import type { SECOND_FACTORS } from './contract.ts'
import { listPasskeys } from './passkeys.ts'
import { countRecoveryCodes } from './recovery-codes.ts'

export interface SecondFactors {
  readonly hasTotp: boolean
  readonly passkeys: number
  readonly recoveryCodesLeft: number
}

export async function secondFactorsOf(db: Db, practice: OpenPractice, accountId: string): Promise<SecondFactors> {
  const account = await db
    .selectFrom('account')
    .select('totp_sealed')
    .where('practice_id', '=', practice.id)
    .where('id', '=', accountId)
    .executeTakeFirst()
  return {
    hasTotp: account !== undefined && account.totp_sealed !== null,
    passkeys: (await listPasskeys(db, practice, accountId)).length,
    recoveryCodesLeft: await countRecoveryCodes(db, practice, accountId),
  }
}

export async function hasSecondFactor(db: Db, practice: OpenPractice, accountId: string): Promise<boolean> {
  const { hasTotp, passkeys } = await secondFactorsOf(db, practice, accountId)
  return hasTotp || passkeys > 0
}

/** What a sign-in by password may go on with; empty: nothing more is asked. */
export function factorsToAsk(factors: SecondFactors): readonly (typeof SECOND_FACTORS)[number][] {
  if (!factors.hasTotp && factors.passkeys === 0) return []
  return [
    ...(factors.passkeys > 0 ? (['passkey'] as const) : []),
    ...(factors.hasTotp ? (['totp'] as const) : []),
    ...(factors.recoveryCodesLeft > 0 ? (['recovery-code'] as const) : []),
  ]
}
