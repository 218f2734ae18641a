/**
 * People: signing in and out, the screen's lock, one's own account, everybody's accounts, practitioners, notices, and how the practice wants
 * people to sign in.
 *
 * A secret is answered once, when it is made (invitation, recovery codes, token), and never again. Where a call needs a recent proof of who
 * is there (`POST /api/session/prove`, or a sign-in or unlocking by password or passkey within ten minutes), it says so, and answers
 * 403 `proof-needed` without one.
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { OTHER_PERMISSIONS, PATIENT_PERMISSIONS, ROLES } from '#rights'

const id = z.string().min(1).max(100)
const label = z.string().trim().min(1).max(100)
const day = z.iso.date()
const login = z.string().trim().min(2).max(100)
const language = z.enum(['fr', 'en'])

export const PASSWORD_LENGTH_MIN = 12
export const PASSWORD_LENGTH_MAX = 200

/** A password that somebody chooses. The rest of what is asked of it is in `people/password-rules.ts`. */
const newPassword = z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX)
/** One that somebody types to be checked: anything, within reason. */
const typedPassword = z.string().min(1).max(1_000)

/** What the browser's `navigator.credentials` takes and gives, as JSON (WebAuthn level 3, §5.1.8–10). */
const passkeyOptions = z.looseObject({ challenge: z.string() })
const passkeyResponse = z.looseObject({ id: z.string().max(2_000), response: z.looseObject({}) })

// Signing in

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
    'Where the provider sends the browser back to. Redirects to `/` when signed in, to `/sign-in?oidc=OUTCOME` otherwise, to `/account?oidc=linked` after linking.',
  permission: 'none',
  query: z.looseObject({ state: z.string().max(500).optional() }),
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

// The session

export const currentSessionSchema = z
  .object({
    id,
    displayName: z.string(),
    isLocked: z.boolean(),
    /** unless somebody does something before */
    locksAt: z.iso.datetime().optional(),
    endsAt: z.iso.datetime(),
    hasPasskeys: z.boolean(),
    /** until when sensitive changes are open */
    provenUntil: z.iso.datetime().optional(),
  })
  .meta({ id: 'CurrentSession' })

export const getCurrentSession = endpoint({
  method: 'GET',
  path: '/api/session',
  summary: 'The session of this browser. Answers while the screen is locked too.',
  permission: 'self',
  reply: currentSessionSchema,
  isBackground: true,
})

export const proofSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password'), password: typedPassword }),
  z.strictObject({ kind: z.literal('passkey'), response: passkeyResponse }),
])

export const startProof = endpoint({
  method: 'POST',
  path: '/api/session/passkey-options',
  summary: 'What the browser needs to unlock, or to prove who is there, by passkey. Answers while the screen is locked too.',
  permission: 'self',
  reply: z.object({ options: passkeyOptions }),
  isBackground: true,
})

export const unlockSession = endpoint({
  method: 'POST',
  path: '/api/session/unlock',
  summary: 'Opens the locked screen.',
  permission: 'self',
  journal: 'session.unlocked',
  body: proofSchema,
  reply: currentSessionSchema,
  isSecret: true,
})

export const proveSession = endpoint({
  method: 'POST',
  path: '/api/session/prove',
  summary: 'Proves who is there, which opens sensitive changes for ten minutes.',
  permission: 'self',
  journal: 'session.proven',
  body: proofSchema,
  reply: currentSessionSchema,
  isSecret: true,
})

export const lockSession = endpoint({
  method: 'POST',
  path: '/api/session/lock',
  summary: 'Locks the screen.',
  permission: 'self',
  journal: 'session.locked',
  status: 204,
})

export const signOut = endpoint({
  method: 'POST',
  path: '/api/session/sign-out',
  summary: 'Ends this session. Works while the screen is locked too.',
  permission: 'self',
  journal: 'sign-out.done',
  status: 204,
})

export const signOutEverywhere = endpoint({
  method: 'POST',
  path: '/api/session/sign-out-everywhere',
  summary: 'Ends all of one’s sessions, this one too, and forgets the browsers that were known.',
  permission: 'self',
  journal: 'sign-out.done',
  status: 204,
})

// One's own account

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

export const sessionSchema = z
  .object({
    id,
    isCurrent: z.boolean(),
    isLocked: z.boolean(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    /** how it was opened: `password`, `password+totp`, `passkey`, `oidc`… */
    factors: z.string(),
    address: z.string(),
    userAgent: z.string(),
  })
  .meta({ id: 'Session' })

const sessionsSchema = z.object({ sessions: z.array(sessionSchema) })

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

// Everybody's accounts

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

// Practitioners

/** Under which contract somebody practises: decides whose the patients are, and what leaves with whom. */
export const PRACTICE_ROLE_STATUSES = [
  'titulaire',
  'associe',
  'collaborateur-liberal',
  'collaborateur-salarie',
  'remplacant',
  'gerant-de-selarl',
  'etudiant-adjoint',
] as const

export const practiceRoleSchema = z
  .object({
    id,
    status: z.enum(PRACTICE_ROLE_STATUSES),
    fromOn: day,
    /** the last day; absent: still */
    toOn: day.optional(),
  })
  .meta({ id: 'PracticeRole' })

export const practitionerSchema = z
  .object({
    id,
    familyName: z.string(),
    givenName: z.string(),
    /** 11 digits, the last of which checks the others */
    rpps: z.string().optional(),
    /** oldest first */
    roles: z.array(practiceRoleSchema),
  })
  .meta({ id: 'Practitioner' })

export const listPractitioners = endpoint({
  method: 'GET',
  path: '/api/practitioners',
  summary: 'Who practises or has practised here, by name, with the contract and its dates.',
  permission: 'people.read',
  reply: z.object({ practitioners: z.array(practitionerSchema) }),
})

const rpps = z.string().trim().max(20)
const roleFacts = { status: z.enum(PRACTICE_ROLE_STATUSES), fromOn: day, toOn: day.optional() }

export const addPractitioner = endpoint({
  method: 'POST',
  path: '/api/practitioners',
  summary: 'Adds a practitioner with the first contract.',
  permission: 'people.write',
  journal: 'practitioner.created',
  body: z.strictObject({ familyName: label, givenName: label, rpps: rpps.optional(), role: z.strictObject(roleFacts) }),
  reply: practitionerSchema,
  status: 201,
})

const practitionerParams = z.object({ practitionerId: id })

export const changePractitioner = endpoint({
  method: 'PATCH',
  path: '/api/practitioners/:practitionerId',
  summary: 'Corrects a practitioner’s name or RPPS number.',
  permission: 'people.write',
  journal: 'practitioner.changed',
  params: practitionerParams,
  body: z.strictObject({ familyName: label.optional(), givenName: label.optional(), rpps: rpps.nullable().optional() }),
  reply: practitionerSchema,
})

export const addPracticeRole = endpoint({
  method: 'POST',
  path: '/api/practitioners/:practitionerId/roles',
  summary: 'Adds a contract; two may not hold on the same day.',
  permission: 'people.write',
  journal: 'practitioner.changed',
  params: practitionerParams,
  body: z.strictObject(roleFacts),
  reply: practitionerSchema,
  status: 201,
})

const roleParams = z.object({ practitionerId: id, roleId: id })

export const changePracticeRole = endpoint({
  method: 'PUT',
  path: '/api/practitioners/:practitionerId/roles/:roleId',
  summary: 'Ends a contract, or corrects it.',
  permission: 'people.write',
  journal: 'practitioner.changed',
  params: roleParams,
  body: z.strictObject(roleFacts),
  reply: practitionerSchema,
})

export const removePracticeRole = endpoint({
  method: 'DELETE',
  path: '/api/practitioners/:practitionerId/roles/:roleId',
  summary: 'Takes away a contract that was entered by mistake; the last one stays.',
  permission: 'people.write',
  journal: 'practitioner.changed',
  params: roleParams,
  reply: practitionerSchema,
})

// Notices

export const NOTICE_KINDS = ['glass-broken', 'known-device-added', 'recovery-code-used', 'second-factors-removed'] as const

export const noticeSchema = z
  .object({
    id,
    kind: z.enum(NOTICE_KINDS),
    /** ids: `accountId`, `patientId`, `sessionId` */
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

// How the practice wants people to sign in

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
