/** Who is signed in, what they may do, what is still asked of them. */
import type { z } from 'zod'
import type { Actor, OpenPractice } from '#open-practice'
import { RIGHTS } from '#rights'
import { timeZoneOf } from '#time-zone'
import { getAccount } from './accounts.ts'
import type { meSchema } from './contract.ts'
import { countUnseenNotices } from './notices.ts'
import { type SecondFactors, secondFactorsOf } from './second-factors.ts'

type Me = z.output<typeof meSchema>

export async function loadMe(practice: OpenPractice, actor: Actor): Promise<Me> {
  const account = await getAccount(practice.db, practice, actor.accountId)
  const own = await practice.db.selectFrom('practice').selectAll().where('id', '=', practice.id).executeTakeFirstOrThrow()
  const secondFactors = await secondFactorsOf(practice.db, practice, account.id)
  return {
    account: {
      id: account.id,
      login: account.login,
      displayName: account.display_name,
      ...(account.email === null ? {} : { email: account.email }),
      role: account.role,
      ...(account.practitioner_id === null ? {} : { practitionerId: account.practitioner_id }),
      language: account.language,
    },
    permissions: [...RIGHTS[account.role]],
    practice: { id: practice.id, name: own.name, isSample: own.is_sample === 1, timeZone: timeZoneOf(own.facts) },
    secondFactors,
    isOidcLinked: account.oidc_subject !== null,
    due: dueOf(secondFactors, account.second_factor_due_at),
    unseenNotices: await countUnseenNotices(practice.db, practice, account.id),
  }
}

/** Everybody is asked for a second factor, some must; whoever has one is asked for the codes that replace it. */
function dueOf({ hasTotp, passkeys, recoveryCodesLeft }: SecondFactors, dueAt: string | null): Me['due'] {
  if (!hasTotp && passkeys === 0)
    return [{ kind: 'second-factor', isRequired: dueAt !== null, ...(dueAt === null ? {} : { by: dueAt }) }]
  return recoveryCodesLeft === 0 ? [{ kind: 'recovery-codes', isRequired: false }] : []
}
