/** Which practitioner has treated the patient, from when to when, on what basis: decides what a leaving one may take a copy of. */
import { z } from 'zod'
import { kind } from './kind.ts'
import { daySchema, idSchema, isInOrder, noteSchema, outOfOrder } from './parts.ts'

export const CARE_LINK_BASES = ['treating', 'shared', 'replacement', 'referral', 'imported', 'other'] as const

export const careLinkSchema = z
  .strictObject({
    practitionerId: idSchema,
    from: daySchema,
    to: daySchema.optional(),
    basis: z.enum(CARE_LINK_BASES),
    note: noteSchema.optional(),
  })
  .refine(({ from, to }) => isInOrder(from, to), outOfOrder('to'))

export const careLinkKind = kind({
  schema: careLinkSchema,
  class: 'administrative',
  about: (body) => ({ on: body.from, practitionerId: body.practitionerId, code: body.basis }),
})
