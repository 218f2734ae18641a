/**
 * Duplicates: records that may be one person's, the decisions of people about them, and joining two records so that they are shown as one. The
 * program joins nothing by itself.
 *
 * A list shows names and birth dates, as any list of patients does, and is in the journal with whom it showed. To set two records side by side
 * one must be able to open both.
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { identitySchema, idSchema, newIdentitySchema, patientLineSchema, patientSchema } from '#patients/contract'
import { line } from '#text'
import { CERTAINTIES, REASON_CODES_AGAINST, REASON_CODES_FOR } from './reasons.ts'

export * from './reasons.ts'

const instant = z.iso.datetime()
/** As for all that an owner may want to understand later. */
const reasonSchema = line(500).min(10)
const pairParams = z.object({ oneId: idSchema, otherId: idSchema })

/** What has been said of a pair: nothing yet, not now, two people. */
export const DUPLICATE_STATES = ['open', 'later', 'different'] as const
export type DuplicateState = (typeof DUPLICATE_STATES)[number]

const likenessMembers = {
  /** 0 to 100 */
  score: z.int(),
  for: z.array(z.enum(REASON_CODES_FOR)),
  against: z.array(z.enum(REASON_CODES_AGAINST)),
} as const

const decisionSchema = z.object({
  at: instant,
  by: z.object({ id: z.string(), name: z.string().optional() }),
  reason: z.string().optional(),
})

export const duplicatePairSchema = z
  .object({
    oneId: idSchema,
    otherId: idSchema,
    /** as they are shown: a record that was joined to another, as that one */
    one: patientLineSchema,
    other: patientLineSchema,
    ...likenessMembers,
    certainty: z.enum(CERTAINTIES),
    state: z.enum(DUPLICATE_STATES),
    foundAt: instant,
    decision: decisionSchema.optional(),
  })
  .meta({ id: 'DuplicatePair' })
export type DuplicatePair = z.output<typeof duplicatePairSchema>

export const listDuplicates = endpoint({
  method: 'GET',
  path: '/api/duplicates',
  summary: 'Pairs of records that may be one person’s, likeliest first, and how many records are still to be compared.',
  permission: 'patients.read',
  journal: 'patients.searched',
  query: z.object({
    state: z.enum(DUPLICATE_STATES).default('open'),
    cursor: z.string().max(2_000).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(25),
  }),
  reply: z.object({ pairs: z.array(duplicatePairSchema), next: z.string().optional(), due: z.int() }),
})

export const countDuplicates = endpoint({
  method: 'GET',
  path: '/api/duplicates/count',
  summary: 'How many pairs wait for a person to decide.',
  permission: 'practice.read',
  reply: z.object({ open: z.int() }),
  isBackground: true,
})

/** One of two records beside the other. */
const sideSchema = z.object({
  patient: patientLineSchema,
  identity: identitySchema,
  createdAt: instant,
  /** current entries that the caller may read */
  counts: patientSchema.shape.counts,
  /** the last day on which something was done or noted that the caller may read */
  lastVisitOn: z.string().optional(),
  steward: patientSchema.shape.stewardship,
  isLimited: z.boolean(),
  /** records that were joined to it before */
  joined: z.int(),
})
export type DuplicateSide = z.output<typeof sideSchema>

export const getDuplicate = endpoint({
  method: 'GET',
  path: '/api/duplicates/:oneId/:otherId',
  summary: 'Two records side by side: who each says it is, what it holds, what speaks for one person and what against.',
  permission: 'patients.read',
  journal: 'record.read',
  params: pairParams,
  reply: z.object({
    one: sideSchema,
    other: sideSchema,
    ...likenessMembers,
    certainty: z.enum(CERTAINTIES).optional(),
    /** absent: nobody has asked about these two */
    state: z.enum(DUPLICATE_STATES).optional(),
    decision: decisionSchema.optional(),
  }),
})

export const decideDuplicate = endpoint({
  method: 'PUT',
  path: '/api/duplicates/:oneId/:otherId/decision',
  summary: 'Says of two records that they are two people’s, that it is decided later, or that it is open again.',
  permission: 'patients.write',
  journal: 'duplicate.decided',
  params: pairParams,
  body: z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('different'), reason: reasonSchema }),
    z.strictObject({ state: z.literal('later') }),
    z.strictObject({ state: z.literal('open') }),
  ]),
})

export const checkNewPatient = endpoint({
  method: 'POST',
  path: '/api/duplicates/check',
  summary: 'Who is there already that may be the same person as one who is not written yet, likeliest first.',
  permission: 'patients.write',
  journal: 'patients.searched',
  body: z.strictObject({ identity: newIdentitySchema }),
  reply: z.object({
    found: z.array(z.object({ patient: patientLineSchema, ...likenessMembers, certainty: z.enum(CERTAINTIES) })),
  }),
})

export const joinRecordEndpoint = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/joined',
  summary: 'Joins another record to this one: both are shown as this one, and stay as they were written.',
  permission: 'patients.write',
  journal: 'record.joined',
  params: z.object({ patientId: idSchema }),
  body: z.strictObject({ joinedId: idSchema, reason: reasonSchema }),
  status: 201,
  reply: z.object({ linkId: idSchema }),
})

export const separateRecordEndpoint = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/joined/:linkId/separation',
  summary: 'Parts a record from the one to which it was joined; both are as they were, with what was written in each since.',
  permission: 'patients.write',
  journal: 'record.separated',
  params: z.object({ patientId: idSchema, linkId: idSchema }),
  body: z.strictObject({ reason: reasonSchema }),
})
