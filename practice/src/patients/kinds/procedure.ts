/** An act: planned, done, billed or given up, with the code and the words of its source. */
import { z } from 'zod'
import { line } from '#text'
import { isCcamCode } from '../ccam.ts'
import { kind, linksTo } from './kind.ts'
import { areasSchema, centsSchema, idSchema, noteSchema, partialDaySchema, teethSchema } from './parts.ts'

export const PROCEDURE_SYSTEMS = ['ccam', 'ngap', 'local'] as const
export const PROCEDURE_STATUSES = ['planned', 'done', 'billed', 'cancelled'] as const

export const procedureCodeSchema = z
  .strictObject({
    system: z.enum(PROCEDURE_SYSTEMS),
    /** `HBMD049`; `SC12` (NGAP: letters and a coefficient); whatever a practice program invented */
    code: line(40),
    /** of the classification: `v84` */
    version: line(20).optional(),
    label: line(500),
    /** CCAM: activity, phase, modifiers as billed */
    activity: z.string().regex(/^\d$/).optional(),
    phase: z.string().regex(/^\d$/).optional(),
    modifiers: z
      .array(z.string().regex(/^[A-Z0-9]$/))
      .max(4)
      .optional(),
  })
  .refine(({ system, code }) => system !== 'ccam' || isCcamCode(code), {
    error: 'a CCAM code is four letters and three digits',
    path: ['code'],
  })

export const procedureSchema = z.strictObject({
  code: procedureCodeSchema,
  status: z.enum(PROCEDURE_STATUSES),
  teeth: teethSchema,
  areas: areasSchema,
  practitionerId: idSchema.optional(),
  /** done; for a planned one the day that is meant */
  performedOn: partialDaySchema.optional(),
  feeCents: centsSchema.optional(),
  quoteId: idSchema.optional(),
  note: noteSchema.optional(),
})

export const procedureKind = kind({
  schema: procedureSchema,
  class: 'care',
  about: (body) => ({ on: body.performedOn, practitionerId: body.practitionerId, code: body.code.code }),
  links: (body) => linksTo('quote', body.quoteId),
})
