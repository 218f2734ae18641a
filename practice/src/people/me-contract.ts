/** One’s own account: name, password, second factors, sessions, tokens. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { OTHER_PERMISSIONS, PATIENT_PERMISSIONS, ROLES } from '#rights'
import { id, label, language, newPassword, passkeyOptions, passkeyResponse, typedPassword } from './contract-fields.ts'
import { sessionsSchema } from './session-contract.ts'

export const meSchema = z
  .object({
    account: z.object({
      id,
      login: z.string(),
      displayName: z.string(),
      email: z.string().optional(),
      role: z.enum(ROLES),
      practitionerId: z.string().optional(),
      language,
    }),
    permissions: z.array(z.enum([...PATIENT_PERMISSIONS, ...OTHER_PERMISSIONS])),
    /** `timeZone`: that of the clock on its wall, IANA */
    practice: z.object({ id, name: z.string(), isSample: z.boolean(), timeZone: z.string() }),
    secondFactors: z.object({ hasTotp: z.boolean(), passkeys: z.int(), recoveryCodesLeft: z.int() }),
    /** linked with the practice's OpenID Connect provider */
    isOidcLinked: z.boolean(),
    /** what is still asked of this account; `isRequired`: after `by`, nothing else works until it is done */
    due: z.array(
      z.object({
        kind: z.enum(['second-factor', 'recovery-codes']),
        isRequired: z.boolean(),
        by: z.iso.datetime().optional(),
      }),
    ),
    unseenNotices: z.int(),
  })
  .meta({ id: 'Me' })

export const getMe = endpoint({
  method: 'GET',
  path: '/api/me',
  summary: 'Who is signed in, what they may do, and what is still asked of them.',
  permission: 'self',
  reply: meSchema,
  isBackground: true,
})

export const changeMe = endpoint({
  method: 'PATCH',
  path: '/api/me',
  summary: 'Changes one’s own name, e-mail or language.',
  permission: 'self',
  journal: 'account.changed',
  body: z.strictObject({
    displayName: label.optional(),
    email: z.email().max(200).nullable().optional(),
    language: language.optional(),
  }),
  reply: meSchema,
})

export const listMySessions = endpoint({
  method: 'GET',
  path: '/api/me/sessions',
  summary: 'Where one is signed in.',
  permission: 'self',
  reply: sessionsSchema,
})

export const endMySession = endpoint({
  method: 'DELETE',
  path: '/api/me/sessions/:sessionId',
  summary: 'Ends one of one’s sessions.',
  permission: 'self',
  journal: 'session.ended',
  params: z.object({ sessionId: id }),
  status: 204,
})

export const changeMyPassword = endpoint({
  method: 'POST',
  path: '/api/me/password',
  summary:
    'Changes one’s password and ends one’s other sessions. 400 `invalid-input` names the problem: `too-common`, `too-like-a-name`, `one-character-repeated`.',
  permission: 'self',
  journal: 'password.changed',
  body: z.strictObject({ password: typedPassword, newPassword }),
  status: 204,
  isSecret: true,
})

export const startTotp = endpoint({
  method: 'POST',
  path: '/api/me/totp',
  summary: 'Makes a secret for an authenticator application; it counts once a code has confirmed it. Needs a recent proof.',
  permission: 'self',
  reply: z.object({
    /** base32, to type by hand */
    secret: z.string(),
    /** `otpauth://totp/…` */
    uri: z.string(),
    /** the same as a picture, SVG text */
    qrSvg: z.string(),
  }),
  isSecret: true,
})

export const confirmTotp = endpoint({
  method: 'POST',
  path: '/api/me/totp/confirm',
  summary: 'Confirms the authenticator application with a code, within ten minutes.',
  permission: 'self',
  journal: 'second-factor.added',
  body: z.strictObject({ code: z.string().max(20) }),
  status: 204,
  isSecret: true,
})

export const removeTotp = endpoint({
  method: 'DELETE',
  path: '/api/me/totp',
  summary: 'Removes the authenticator application. Needs a recent proof.',
  permission: 'self',
  journal: 'second-factor.removed',
  status: 204,
})

export const passkeySchema = z
  .object({
    id,
    label: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().optional(),
    /** kept by a provider who copies it to other devices */
    isBackedUp: z.boolean(),
  })
  .meta({ id: 'Passkey' })

export const listMyPasskeys = endpoint({
  method: 'GET',
  path: '/api/me/passkeys',
  summary: 'One’s passkeys.',
  permission: 'self',
  reply: z.object({ passkeys: z.array(passkeySchema) }),
})

export const startPasskey = endpoint({
  method: 'POST',
  path: '/api/me/passkeys/options',
  summary: 'What the browser needs to make a passkey. Needs a recent proof.',
  permission: 'self',
  reply: z.object({ options: passkeyOptions }),
})

const passkeyParams = z.object({ passkeyId: z.string().min(1).max(190) })

export const addPasskey = endpoint({
  method: 'POST',
  path: '/api/me/passkeys',
  summary: 'Adds the passkey that the browser has made, within five minutes.',
  permission: 'self',
  journal: 'second-factor.added',
  body: z.strictObject({ label, response: passkeyResponse }),
  reply: passkeySchema,
  status: 201,
})

export const renamePasskey = endpoint({
  method: 'PATCH',
  path: '/api/me/passkeys/:passkeyId',
  summary: 'Renames a passkey.',
  permission: 'self',
  journal: 'account.changed',
  params: passkeyParams,
  body: z.strictObject({ label }),
  reply: passkeySchema,
})

export const removePasskey = endpoint({
  method: 'DELETE',
  path: '/api/me/passkeys/:passkeyId',
  summary: 'Removes a passkey. Needs a recent proof.',
  permission: 'self',
  journal: 'second-factor.removed',
  params: passkeyParams,
  status: 204,
})

export const makeRecoveryCodes = endpoint({
  method: 'POST',
  path: '/api/me/recovery-codes',
  summary: 'Makes ten new recovery codes, shown once; the former ones count no more. Needs a recent proof.',
  permission: 'self',
  journal: 'recovery-codes.made',
  reply: z.object({ codes: z.array(z.string()) }),
  status: 201,
  isSecret: true,
})

export const startOidcLink = endpoint({
  method: 'POST',
  path: '/api/me/oidc',
  summary: 'Where the browser goes to link this account with the practice’s OpenID Connect provider. Needs a recent proof.',
  permission: 'self',
  reply: z.object({ location: z.url() }),
})

export const removeOidcLink = endpoint({
  method: 'DELETE',
  path: '/api/me/oidc',
  summary: 'Unlinks this account from the OpenID Connect provider. Needs a recent proof.',
  permission: 'self',
  journal: 'second-factor.removed',
  status: 204,
})

export const tokenSchema = z
  .object({
    id,
    label: z.string(),
    createdAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'Token' })

export const listMyTokens = endpoint({
  method: 'GET',
  path: '/api/me/tokens',
  summary: 'The tokens of one’s programs that have neither ended nor been revoked.',
  permission: 'self',
  reply: z.object({ tokens: z.array(tokenSchema) }),
})

export const makeToken = endpoint({
  method: 'POST',
  path: '/api/me/tokens',
  summary: 'Makes a token for a program that reads through the FHIR door, shown once. Needs a recent proof.',
  permission: 'fhir.read',
  journal: 'token.made',
  body: z.strictObject({ label, days: z.int().min(1).max(365) }),
  reply: z.object({ token: tokenSchema, secret: z.string() }),
  status: 201,
  isSecret: true,
})

export const revokeToken = endpoint({
  method: 'DELETE',
  path: '/api/me/tokens/:tokenId',
  summary: 'Revokes a token.',
  permission: 'self',
  journal: 'token.revoked',
  params: z.object({ tokenId: id }),
  status: 204,
})
