/** The session of a browser: its lock, its proof, its end. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { id, passkeyOptions, passkeyResponse, typedPassword } from './contract-fields.ts'

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

/** Where somebody is signed in. */
export const sessionsSchema = z.object({ sessions: z.array(sessionSchema) })
