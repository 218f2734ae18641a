/** Notices, and how the practice wants people to sign in. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { ROLES } from '#rights'
import { id, label } from './contract-fields.ts'
import { OIDC_PRESETS } from './sign-in-contract.ts'

export const NOTICE_KINDS = [
  'glass-broken',
  'known-device-added',
  'recovery-code-used',
  'second-factors-removed',
  'import-needs-you',
  'import-failed',
] as const

export const noticeSchema = z
  .object({
    id,
    kind: z.enum(NOTICE_KINDS),
    /** ids: `accountId`, `patientId`, `sessionId`; `sourceId`, `runId` of an import */
    about: z.record(z.string(), z.string()),
    at: z.iso.datetime(),
    seenAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'Notice' })

export const listNotices = endpoint({
  method: 'GET',
  path: '/api/notices',
  summary: 'What one should see, newest first: unseen ones, or all of the last ninety days.',
  permission: 'self',
  query: z.object({ which: z.enum(['unseen', 'all']).default('unseen') }),
  reply: z.object({ notices: z.array(noticeSchema) }),
  isBackground: true,
})

export const markNoticeSeen = endpoint({
  method: 'POST',
  path: '/api/notices/:noticeId/seen',
  summary: 'Says that one has seen it.',
  permission: 'self',
  journal: 'notice.seen',
  params: z.object({ noticeId: id }),
  status: 204,
})

/** Minutes and hours, each with its bounds. */
export const signInSettingsSchema = z
  .strictObject({
    /** the screen locks after so many minutes without anybody; CNIL and ANSSI advise at most ten */
    locksAfterMinutes: z.int().min(2).max(30),
    /** the session ends after so many minutes without anybody */
    endsAfterIdleMinutes: z.int().min(15).max(240),
    endsAfterHours: z.int().min(1).max(24),
    /** these roles must have a second factor within seven days; the others are asked */
    secondFactorRoles: z.array(z.enum(ROLES)).max(ROLES.length),
  })
  .meta({ id: 'SignInSettings' })

export type SignInSettings = z.output<typeof signInSettingsSchema>

export const getSignInSettings = endpoint({
  method: 'GET',
  path: '/api/settings/sign-in',
  summary: 'When screens lock and sessions end, and who must have a second factor.',
  permission: 'practice.read',
  reply: signInSettingsSchema,
})

export const changeSignInSettings = endpoint({
  method: 'PUT',
  path: '/api/settings/sign-in',
  summary: 'Changes when screens lock and sessions end, and who must have a second factor. Needs a recent proof.',
  permission: 'practice.write',
  journal: 'setting.changed',
  body: signInSettingsSchema,
  reply: signInSettingsSchema,
})

const oidcFacts = {
  preset: z.enum(OIDC_PRESETS),
  /** what the sign-in page calls it */
  label,
  /** exactly as the provider names itself */
  issuer: z.url({ protocol: /^https?$/ }).max(500),
  clientId: z.string().trim().min(1).max(200),
  /** how this server is reached, e.g. `https://couronne.example.fr`: the provider sends browsers back to it */
  publicOrigin: z.url({ protocol: /^https?$/ }).max(200),
  /** generic only: a sign-in there counts as two factors; Pro Santé Connect’s always does */
  countsAsTwoFactors: z.boolean(),
  /** Pro Santé Connect only: an account is linked by itself when its practitioner has the RPPS number that the provider vouches for */
  linksByRpps: z.boolean(),
}

export const oidcSettingsSchema = z
  .object({
    ...oidcFacts,
    hasClientSecret: z.boolean(),
    /** what must be declared at the provider, exactly */
    redirectUri: z.url(),
  })
  .meta({ id: 'OidcSettings' })

export const getOidcSettings = endpoint({
  method: 'GET',
  path: '/api/settings/oidc',
  summary: 'The practice’s OpenID Connect provider.',
  permission: 'practice.read',
  reply: z.object({ oidc: oidcSettingsSchema.optional() }),
})

export const changeOidcSettings = endpoint({
  method: 'PUT',
  path: '/api/settings/oidc',
  summary: 'Sets the practice’s OpenID Connect provider, after asking it who it is. Needs a recent proof.',
  permission: 'practice.write',
  journal: 'setting.changed',
  body: z.strictObject({
    ...oidcFacts,
    /** absent: as before, if issuer and client are as before */
    clientSecret: z.string().min(1).max(500).optional(),
  }),
  reply: oidcSettingsSchema,
})

export const removeOidcSettings = endpoint({
  method: 'DELETE',
  path: '/api/settings/oidc',
  summary: 'Nobody signs in by OpenID Connect any more; accounts forget their link. Needs a recent proof.',
  permission: 'practice.write',
  journal: 'setting.changed',
  status: 204,
})
