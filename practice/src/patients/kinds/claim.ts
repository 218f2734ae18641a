/**
 * Litigation: a complaint, an expert's mission, a trial. Consolidation is the day from which the ten years of CSP L.1142-28 run; a legal hold
 * keeps the record from being destroyed, whatever the clock says.
 */
import { z } from 'zod'
import { line } from '#text'
import { kind, linksTo } from './kind.ts'
import { daySchema, idSchema, idsSchema, isInOrder, noteSchema, outOfOrder } from './parts.ts'

export const CLAIM_WAYS = [
  'complaint',
  'amicable',
  'insurer',
  'cci',
  'ordinal',
  'civil',
  'criminal',
  'administrative',
  'other',
] as const

export const claimSchema = z
  .strictObject({
    way: z.enum(CLAIM_WAYS),
    subject: line(300),
    openedOn: daySchema,
    closedOn: daySchema.optional(),
    /** of the patient's state, as the expert set it */
    consolidatedOn: daySchema.optional(),
    practitionerId: idSchema.optional(),
    insurer: line(200).optional(),
    insurerReference: line(100).optional(),
    expert: line(200).optional(),
    hold: z.strictObject({ from: daySchema, to: daySchema.optional(), reason: line(300) }).optional(),
    procedureIds: idsSchema,
    documentIds: idsSchema,
    note: noteSchema.optional(),
  })
  .refine(({ openedOn, closedOn }) => isInOrder(openedOn, closedOn), outOfOrder('closedOn'))
  .refine(({ hold }) => isInOrder(hold?.from, hold?.to), outOfOrder('hold', 'to'))

export const claimKind = kind({
  schema: claimSchema,
  class: 'care',
  about: (body) => ({ on: body.openedOn, practitionerId: body.practitionerId, code: body.way }),
  links: (body) => [...linksTo('procedure', ...body.procedureIds), ...linksTo('document', ...body.documentIds)],
})
