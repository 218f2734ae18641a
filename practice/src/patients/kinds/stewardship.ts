/**
 * Whose patient, and so who keeps the record: the practice, the company (in a SELARL the patients are the company's), or one practitioner
 * (a collaborateur libéral's own). Each entry holds from its day until the next (`steward-at.ts`).
 */
import { z } from 'zod'
import { line } from '#text'
import { kind } from './kind.ts'
import { daySchema, idSchema, noteSchema } from './parts.ts'

export const STEWARDSHIP_BASES = [
  'company',
  'contract',
  'patient-choice',
  'hand-over',
  'succession',
  'declared',
  'imported',
  'other',
] as const

export const stewardSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('practice') }),
  z.strictObject({
    kind: z.literal('company'),
    name: line(200),
    siren: z
      .string()
      .regex(/^\d{9}$/)
      .optional(),
  }),
  z.strictObject({ kind: z.literal('practitioner'), practitionerId: idSchema }),
])

export const stewardshipSchema = z.strictObject({
  steward: stewardSchema,
  from: daySchema,
  basis: z.enum(STEWARDSHIP_BASES),
  note: noteSchema.optional(),
})
export type Stewardship = z.output<typeof stewardshipSchema>

export const stewardshipKind = kind({
  schema: stewardshipSchema,
  class: 'administrative',
  about: ({ from, steward }) => ({
    on: from,
    practitionerId: steward.kind === 'practitioner' ? steward.practitionerId : undefined,
    code: steward.kind,
  }),
})
