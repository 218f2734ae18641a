/** Everybody's accounts, and the practitioners. */
import type { z } from 'zod'
import { type Route, route } from '#http'
import type { Actor, OpenPractice } from '#open-practice'
import { may } from '#rights'
import {
  type AccountRow,
  activateAccount,
  changeAccount,
  createAccount,
  disableAccount,
  getAccount,
  listAccounts,
  makeInvitationFor,
} from './accounts.ts'
import {
  type accountSchema,
  activatePerson,
  addPracticeRole,
  addPractitioner,
  changePerson,
  changePracticeRole,
  changePractitioner,
  disablePerson,
  endSessionOf,
  endSessionsOf,
  inviteAgain,
  invitePerson,
  listPeople,
  listPractitioners,
  listSessionsOf,
  removePracticeRole,
} from './contract.ts'
import { showSessions } from './me-routes.ts'
import { addRole, changeRole, correctPractitioner, createPractitioner, listPractitionersOf, removeRole } from './practitioners.ts'
import { hasSecondFactor } from './second-factors.ts'
import { endAll, endOne, requireRecentProof } from './sessions.ts'

export const peopleRoutes: readonly Route[] = [
  route(listPeople, async ({ practice, actor }) => {
    const rows = await listAccounts(practice.db, practice)
    return { accounts: await Promise.all(rows.map((row) => showAccount(practice, actor, row))) }
  }),
  route(invitePerson, async ({ practice, actor, body, record }) => {
    await requireRecentProof(practice, actor)
    const made = await practice.db.transaction().execute(async (tx) => {
      const { account, invitation } = await createAccount(tx, practice, actor, body)
      await record(tx, { subject: `account:${account.id}`, details: { role: account.role } })
      return { account, invitation }
    })
    return { account: await showAccount(practice, actor, made.account), invitation: made.invitation }
  }),
  route(changePerson, async ({ practice, actor, params, body, record }) => {
    await requireRecentProof(practice, actor)
    const changed = await practice.db.transaction().execute(async (tx) => {
      const { account, fields } = await changeAccount(tx, practice, params.accountId, body)
      await record(tx, { subject: `account:${account.id}`, details: { fields, role: account.role } })
      return account
    })
    return showAccount(practice, actor, changed)
  }),
  route(disablePerson, async ({ practice, actor, params, record }) => {
    await requireRecentProof(practice, actor)
    const changed = await practice.db.transaction().execute(async (tx) => {
      const account = await disableAccount(tx, practice, params.accountId)
      await record(tx, { subject: `account:${account.id}` })
      return account
    })
    return showAccount(practice, actor, changed)
  }),
  route(activatePerson, async ({ practice, actor, params, record }) => {
    await requireRecentProof(practice, actor)
    const changed = await practice.db.transaction().execute(async (tx) => {
      const account = await activateAccount(tx, practice, params.accountId)
      await record(tx, { subject: `account:${account.id}` })
      return account
    })
    return showAccount(practice, actor, changed)
  }),
  route(inviteAgain, async ({ practice, actor, params, body, record }) => {
    await requireRecentProof(practice, actor)
    return practice.db.transaction().execute(async (tx) => {
      const invitation = await makeInvitationFor(tx, practice, params.accountId, body.removesSecondFactors)
      await record(tx, { subject: `account:${params.accountId}`, details: { resets: body.removesSecondFactors } })
      return invitation
    })
  }),
  route(listSessionsOf, async ({ practice, actor, params }) => {
    await getAccount(practice.db, practice, params.accountId)
    return { sessions: await showSessions(practice, params.accountId, actor.sessionId) }
  }),
  route(endSessionsOf, async ({ practice, params, record }) => {
    await practice.db.transaction().execute(async (tx) => {
      await getAccount(tx, practice, params.accountId)
      const sessions = await endAll(tx, practice, params.accountId)
      await record(tx, { subject: `account:${params.accountId}`, details: { why: 'by an owner', sessions } })
    })
    return undefined
  }),
  route(endSessionOf, async ({ practice, params, record }) => {
    await practice.db.transaction().execute(async (tx) => {
      await endOne(tx, practice, params.accountId, params.sessionId)
      await record(tx, { subject: `session:${params.sessionId}`, details: { why: 'by an owner', account: params.accountId } })
    })
    return undefined
  }),

  route(listPractitioners, async ({ practice }) => ({ practitioners: [...(await listPractitionersOf(practice.db, practice))] })),
  route(addPractitioner, async ({ practice, body, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const made = await createPractitioner(tx, practice, body)
      await record(tx, { subject: `practitioner:${made.id}` })
      return made
    }),
  ),
  route(changePractitioner, async ({ practice, actor, params, body, record }) => {
    // The RPPS number decides whom Pro Santé Connect signs in.
    if (body.rpps !== undefined) await requireRecentProof(practice, actor)
    return practice.db.transaction().execute(async (tx) => {
      const changed = await correctPractitioner(tx, practice, params.practitionerId, body)
      await record(tx, { subject: `practitioner:${changed.id}`, details: { fields: Object.keys(body) } })
      return changed
    })
  }),
  route(addPracticeRole, async ({ practice, params, body, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const changed = await addRole(tx, practice, params.practitionerId, body)
      await record(tx, { subject: `practitioner:${changed.id}`, details: { fields: ['roles'] } })
      return changed
    }),
  ),
  route(changePracticeRole, async ({ practice, params, body, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const changed = await changeRole(tx, practice, params.practitionerId, params.roleId, body)
      await record(tx, { subject: `practitioner:${changed.id}`, details: { fields: ['roles'] } })
      return changed
    }),
  ),
  route(removePracticeRole, async ({ practice, params, record }) =>
    practice.db.transaction().execute(async (tx) => {
      const changed = await removeRole(tx, practice, params.practitionerId, params.roleId)
      await record(tx, { subject: `practitioner:${changed.id}`, details: { fields: ['roles'] } })
      return changed
    }),
  ),
]

/** Who is protected how well helps whoever looks after accounts or the system, and whoever attacks: colleagues do not see it. */
async function showAccount(practice: OpenPractice, actor: Actor, row: AccountRow): Promise<z.output<typeof accountSchema>> {
  const seesProtection = may(actor.role, 'people.write') || may(actor.role, 'system.read')
  return {
    id: row.id,
    login: row.login,
    displayName: row.display_name,
    ...(row.email === null ? {} : { email: row.email }),
    role: row.role,
    ...(row.practitioner_id === null ? {} : { practitionerId: row.practitioner_id }),
    language: row.language,
    state: row.state,
    createdAt: row.created_at,
    ...(seesProtection ? { protection: await protectionOf(practice, row) } : {}),
  }
}

async function protectionOf(practice: OpenPractice, row: AccountRow) {
  const last = await practice.db
    .selectFrom('session')
    .select((session) => session.fn.max('last_seen_at').as('at'))
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', row.id)
    .executeTakeFirst()
  return {
    hasSecondFactor: await hasSecondFactor(practice.db, practice, row.id),
    ...(row.second_factor_due_at === null ? {} : { secondFactorDueAt: row.second_factor_due_at }),
    isOidcLinked: row.oidc_subject !== null,
    ...(last?.at == null ? {} : { lastSeenAt: last.at }),
    ...(row.invitation_ends_at === null ? {} : { invitationEndsAt: row.invitation_ends_at }),
  }
}
