/** Before anybody is signed in: the ways to sign in, their steps, invitations. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { ROLES } from '#rights'
import { newPassword, passkeyOptions, passkeyResponse, typedPassword } from './contract-fields.ts'

export const OIDC_PRESETS = ['generic', 'pro-sante-connect'] as const
export const SECOND_FACTORS = ['totp', 'passkey', 'recovery-code'] as const

export const waysToSignInSchema = z
  .object({
    practiceName: z.string(),
    isSample: z.boolean(),
    /** of the sample practice: its passwords are for everybody */
    sampleAccounts: z.array(z.object({ role: z.enum(ROLES), login: z.string(), password: z.string() })).optional(),
    /** the practice's OpenID Connect provider, when it has one */
    oidc: z.object({ preset: z.enum(OIDC_PRESETS), label: z.string() }).optional(),
  })
  .meta({ id: 'WaysToSignIn' })

export const getWaysToSignIn = endpoint({
  method: 'GET',
  path: '/api/sign-in',
  summary: 'The ways to sign in here.',
  permission: 'none',
  reply: waysToSignInSchema,
  isBackground: true,
})

/** Signed in, with the session's cookie; or one more factor is due within five minutes, at `/api/sign-in/second-factor`. */
export const signInOutcomeSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('signed-in') }),
    z.object({
      kind: z.literal('second-factor-needed'),
      factors: z.array(z.enum(SECOND_FACTORS)),
      /** for `navigator.credentials.get`, when a passkey is among the factors */
      passkeyOptions: passkeyOptions.optional(),
    }),
  ])
  .meta({ id: 'SignInOutcome' })

export const signInWithPassword = endpoint({
  method: 'POST',
  path: '/api/sign-in/password',
  summary: 'Signs in by login and password; 401 `sign-in-refused`, 429 `too-many-attempts` with `about.seconds`.',
  permission: 'none',
  body: z.strictObject({ login: z.string().max(100), password: typedPassword }),
  reply: signInOutcomeSchema,
})

export const signInWithSecondFactor = endpoint({
  method: 'POST',
  path: '/api/sign-in/second-factor',
  summary: 'Gives the second factor that the sign-in asked for.',
  permission: 'none',
  body: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('totp'), code: z.string().max(20) }),
    z.strictObject({ kind: z.literal('recovery-code'), code: z.string().max(50) }),
    z.strictObject({ kind: z.literal('passkey'), response: passkeyResponse }),
  ]),
  reply: signInOutcomeSchema,
})

export const getSecondFactorStep = endpoint({
  method: 'GET',
  path: '/api/sign-in/second-factor',
  summary:
    'What a sign-in that was begun in this browser still asks for: after a round by the provider, or a reload. 401 when nothing was.',
  permission: 'none',
  reply: signInOutcomeSchema,
})

export const startPasskeySignIn = endpoint({
  method: 'POST',
  path: '/api/sign-in/passkey/options',
  summary: 'What the browser needs to ask for a passkey.',
  permission: 'none',
  reply: z.object({ options: passkeyOptions }),
})

export const signInWithPasskey = endpoint({
  method: 'POST',
  path: '/api/sign-in/passkey',
  summary: 'Signs in by passkey, without a password: the authenticator has checked who is there.',
  permission: 'none',
  body: z.strictObject({ response: passkeyResponse }),
  reply: signInOutcomeSchema,
})

export const startOidcSignIn = endpoint({
  method: 'POST',
  path: '/api/sign-in/oidc/start',
  summary: 'Where the browser goes to sign in at the practice’s OpenID Connect provider.',
  permission: 'none',
  reply: z.object({ location: z.url() }),
})

export const OIDC_OUTCOMES = [
  'refused',
  'not-linked',
  'weak',
  'unavailable',
  'expired',
  'second-factor-needed',
  'linked',
] as const

export const finishOidcSignIn = endpoint({
  method: 'GET',
  path: '/api/sign-in/oidc/callback',
  summary:
    'Where the provider sends the browser back to. Redirects to `/` when signed in, to `/sign-in?oidc=OUTCOME` otherwise; to `/account?oidc=OUTCOME` when an account was to be linked.',
  permission: 'none',
  query: z.looseObject({ state: z.string().max(500).optional() }),
  wire: { answers: { 303: 'To the page where the browser goes on, in `Location`.' } },
})

export const acceptInvitation = endpoint({
  method: 'POST',
  path: '/api/invitations/accept',
  summary: 'Chooses the password of an account to which somebody was invited. Signs nobody in.',
  permission: 'none',
  body: z.strictObject({ secret: z.string().max(200), password: newPassword }),
  reply: z.object({ login: z.string() }),
})

export const lookAtInvitation = endpoint({
  method: 'POST',
  path: '/api/invitations/look',
  summary: 'Whom an invitation is for, before it is accepted; 404 when it has ended.',
  permission: 'none',
  body: z.strictObject({ secret: z.string().max(200) }),
  reply: z.object({ login: z.string(), displayName: z.string(), practiceName: z.string(), endsAt: z.iso.datetime() }),
})
