/** Everybody’s accounts, their invitations and sessions. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { ROLES } from '#rights'
import { id, label, language, login } from './contract-fields.ts'
import { sessionsSchema } from './session-contract.ts'

export const ACCOUNT_STATES = ['invited', 'active', 'disabled'] as const

export const accountSchema = z
  .object({
    id,
    login: z.string(),
    displayName: z.string(),
    email: z.string().optional(),
    role: z.enum(ROLES),
    practitionerId: z.string().optional(),
    language,
    state: z.enum(ACCOUNT_STATES),
    createdAt: z.iso.datetime(),
    /** how well it is protected: only for those who look after accounts or the system */
    protection: z
      .object({
        hasSecondFactor: z.boolean(),
        secondFactorDueAt: z.iso.datetime().optional(),
        isOidcLinked: z.boolean(),
        lastSeenAt: z.iso.datetime().optional(),
        /** an invitation, or a new password, is waiting to be accepted */
        invitationEndsAt: z.iso.datetime().optional(),
      })
      .optional(),
  })
  .meta({ id: 'Account' })

const accountParams = z.object({ accountId: id })

export const listPeople = endpoint({
  method: 'GET',
  path: '/api/people',
  summary: 'The accounts of the practice, by name.',
  permission: 'people.read',
  reply: z.object({ accounts: z.array(accountSchema) }),
})

export const invitationSchema = z
  .object({
    /** the page’s link carries it after the `#`: `/invitation#SECRET`; shown once */
    secret: z.string(),
    endsAt: z.iso.datetime(),
  })
  .meta({ id: 'Invitation' })

export const invitePerson = endpoint({
  method: 'POST',
  path: '/api/people',
  summary: 'Makes an account, and the link by which its owner chooses a password within seven days. Needs a recent proof.',
  permission: 'people.write',
  journal: 'account.created',
  body: z.strictObject({
    login,
    displayName: label,
    email: z.email().max(200).optional(),
    role: z.enum(ROLES),
    practitionerId: id.optional(),
    language,
  }),
  reply: z.object({ account: accountSchema, invitation: invitationSchema }),
  status: 201,
  isSecret: true,
})

export const changePerson = endpoint({
  method: 'PATCH',
  path: '/api/people/:accountId',
  summary: 'Changes an account’s name, e-mail, role or practitioner. Needs a recent proof. The last active owner stays owner.',
  permission: 'people.write',
  journal: 'account.changed',
  params: accountParams,
  body: z.strictObject({
    displayName: label.optional(),
    email: z.email().max(200).nullable().optional(),
    role: z.enum(ROLES).optional(),
    practitionerId: id.nullable().optional(),
    language: language.optional(),
  }),
  reply: accountSchema,
})

export const disablePerson = endpoint({
  method: 'POST',
  path: '/api/people/:accountId/disable',
  summary: 'Closes an account and ends its sessions. Needs a recent proof. The last active owner stays active.',
  permission: 'people.write',
  journal: 'account.disabled',
  params: accountParams,
  reply: accountSchema,
})

export const activatePerson = endpoint({
  method: 'POST',
  path: '/api/people/:accountId/activate',
  summary: 'Opens a closed account again. Needs a recent proof.',
  permission: 'people.write',
  journal: 'account.activated',
  params: accountParams,
  reply: accountSchema,
})

export const inviteAgain = endpoint({
  method: 'POST',
  path: '/api/people/:accountId/invitation',
  summary:
    'Makes a new link: for an invitation that has ended, or for somebody who lost their password (and, if asked, second factors). Needs a recent proof.',
  permission: 'people.write',
  journal: 'invitation.made',
  params: accountParams,
  body: z.strictObject({ removesSecondFactors: z.boolean().default(false) }),
  reply: invitationSchema,
  status: 201,
  isSecret: true,
})

export const listSessionsOf = endpoint({
  method: 'GET',
  path: '/api/people/:accountId/sessions',
  summary: 'Where somebody is signed in.',
  permission: 'people.write',
  params: accountParams,
  reply: sessionsSchema,
})

export const endSessionsOf = endpoint({
  method: 'DELETE',
  path: '/api/people/:accountId/sessions',
  summary: 'Ends all sessions of somebody.',
  permission: 'people.write',
  journal: 'session.ended',
  params: accountParams,
  status: 204,
})

export const endSessionOf = endpoint({
  method: 'DELETE',
  path: '/api/people/:accountId/sessions/:sessionId',
  summary: 'Ends a session of somebody.',
  permission: 'people.write',
  journal: 'session.ended',
  params: z.object({ accountId: id, sessionId: id }),
  status: 204,
})
