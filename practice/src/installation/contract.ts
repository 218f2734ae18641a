/** What the first pages may ask: what is here, setting up, opening; and what a thief of this machine could read. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { line } from '#text'
import { timeZoneSchema } from '#time-zone'

export const LEGAL_FORMS = ['individual', 'selarl', 'selas', 'scp', 'scm', 'health-centre', 'other'] as const

/** A practice as it names itself on its letters. */
export const practiceFactsSchema = z
  .strictObject({
    legalForm: z.enum(LEGAL_FORMS).optional(),
    /** 14 digits */
    siret: z
      .string()
      .regex(/^\d{14}$/)
      .optional(),
    /** 9 characters */
    finess: z
      .string()
      .regex(/^[0-9AB]{9}$/i)
      .optional(),
    address: z.string().max(300).optional(),
    postalCode: z.string().max(10).optional(),
    town: z.string().max(100).optional(),
    telephone: z.string().max(30).optional(),
    email: z.email().max(200).optional(),
    /** absent: Europe/Paris */
    timeZone: timeZoneSchema.optional(),
  })
  .meta({ id: 'PracticeFacts' })

export type PracticeFacts = z.output<typeof practiceFactsSchema>

/** In their order. */
export const SAMPLE_STEPS = ['practice', 'records', 'documents'] as const

/** idle: none is being made. failed: the code of the problem; nothing is kept of what was made. */
export const sampleMakingSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('idle') }),
    z.object({
      kind: z.literal('running'),
      step: z.enum(SAMPLE_STEPS),
      /** patients or documents */
      done: z.int(),
      /** 0: not known */
      total: z.int(),
    }),
    z.object({ kind: z.literal('failed'), code: z.string() }),
  ])
  .meta({ id: 'SampleMaking' })

export const installationSchema = z
  .object({
    /** empty: nothing is set up; sealed: a practice is here and waits for a key; open */
    state: z.enum(['empty', 'sealed', 'open']),
    isSample: z.boolean(),
    /** how a sealed practice can be opened by a person */
    waysIn: z.array(z.enum(['passphrase', 'recovery-kit', 'key-file', 'systemd-credential'])),
    /** set-up needs the code that stands in the terminal, since the request does not come from this machine */
    needsSetupCode: z.boolean(),
    sampleMaking: sampleMakingSchema,
    version: z.string(),
  })
  .meta({ id: 'Installation' })

export const getInstallation = endpoint({
  method: 'GET',
  path: '/api/installation',
  summary: 'What is on this machine: nothing yet, a sealed practice, an open one.',
  permission: 'none',
  reply: installationSchema,
  isBackground: true,
})

const setupCode = z.string().max(100).optional()

export const makePractice = endpoint({
  method: 'POST',
  path: '/api/installation/practice',
  summary: 'Sets up one’s own practice and its first account.',
  permission: 'none',
  body: z.strictObject({
    setupCode,
    name: line(200),
    facts: practiceFactsSchema,
    owner: z.strictObject({
      displayName: line(100),
      login: z.string().trim().min(2).max(100),
      password: z.string().min(12).max(200),
      language: z.enum(['fr', 'en']),
    }),
    /** asked for at each start; absent: this machine opens the practice by itself */
    passphrase: z.string().min(16).max(500).optional(),
  }),
  reply: z.object({
    /** 24 words, shown once and kept nowhere */
    recoveryWords: z.string(),
  }),
  status: 201,
})

export const makeSample = endpoint({
  method: 'POST',
  path: '/api/installation/sample',
  summary: 'Makes and opens the sample practice: everybody in it is invented.',
  permission: 'none',
  body: z.strictObject({ setupCode, language: z.enum(['fr', 'en']) }),
  reply: z.object({
    /** one for each role, to try what each sees */
    accounts: z.array(z.object({ role: z.string(), login: z.string(), password: z.string() })),
  }),
  status: 201,
})

export const watchSample = endpoint({
  method: 'GET',
  path: '/api/installation/sample/events',
  summary: 'How far the sample practice has come: server-sent events, each a SampleMaking, until none is being made.',
  permission: 'none',
  isBackground: true,
})

export const unsealPractice = endpoint({
  method: 'POST',
  path: '/api/installation/unseal',
  summary: 'Opens a sealed practice.',
  permission: 'none',
  body: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('passphrase'), passphrase: z.string().max(500) }),
    z.strictObject({ kind: z.literal('recovery-kit'), words: z.string().max(1_000) }),
  ]),
  status: 204,
})

export const keySlotSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['passphrase', 'recovery-kit', 'key-file', 'systemd-credential']),
    label: z.string(),
    createdAt: z.iso.datetime(),
    /** where the key file lies */
    path: z.string().optional(),
  })
  .meta({ id: 'KeySlot' })

export const sealingSchema = z
  .object({
    slots: z.array(keySlotSchema),
    engine: z.enum(['sqlite', 'postgresql']),
    /** whether this machine opens the practice by itself when it starts */
    opensByItself: z.boolean(),
    /** whether the key that does so lies on the same disk as the data, as far as can be told */
    keyBesideData: z.boolean(),
    folder: z.string(),
  })
  .meta({ id: 'Sealing' })

export const getSealing = endpoint({
  method: 'GET',
  path: '/api/system/sealing',
  summary: 'The ways in, and what a thief of this machine could read.',
  permission: 'system.read',
  reply: sealingSchema,
})

export const addKeySlotEndpoint = endpoint({
  method: 'POST',
  path: '/api/system/key-slots',
  summary: 'Adds a way in: a passphrase, a recovery kit, a key file on this machine. Needs a recent proof.',
  permission: 'practice.write',
  journal: 'key-slot.added',
  body: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('passphrase'),
      label: line(100),
      passphrase: z.string().min(16).max(500),
    }),
    z.strictObject({ kind: z.literal('recovery-kit'), label: line(100) }),
    z.strictObject({ kind: z.literal('key-file'), label: line(100) }),
  ]),
  reply: z.object({ slot: keySlotSchema, recoveryWords: z.string().optional() }),
  status: 201,
  isSecret: true,
})

export const removeKeySlotEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/system/key-slots/:slotId',
  summary: 'Removes a way in; the last one that a person can use stays. Needs a recent proof.',
  permission: 'practice.write',
  journal: 'key-slot.removed',
  params: z.object({ slotId: z.uuid() }),
  status: 204,
})

export const practiceSchema = z
  .object({ id: z.string(), name: z.string(), facts: practiceFactsSchema, isSample: z.boolean(), createdAt: z.iso.datetime() })
  .meta({ id: 'Practice' })

export const getPractice = endpoint({
  method: 'GET',
  path: '/api/practice',
  summary: 'The practice as it names itself.',
  permission: 'practice.read',
  reply: practiceSchema,
})

export const changePractice = endpoint({
  method: 'PUT',
  path: '/api/practice',
  summary: 'Changes how the practice names itself.',
  permission: 'practice.write',
  journal: 'practice.changed',
  body: z.strictObject({ name: line(200), facts: practiceFactsSchema }),
  reply: practiceSchema,
})

export const getHealth = endpoint({
  method: 'GET',
  path: '/healthz',
  summary: 'The process is up.',
  permission: 'none',
  reply: z.object({ status: z.literal('up') }),
  isBackground: true,
})

export const getReadiness = endpoint({
  method: 'GET',
  path: '/readyz',
  summary: 'The practice is open and its database answers; 503 otherwise.',
  permission: 'none',
  reply: z.object({ status: z.literal('ready') }),
  isBackground: true,
})
