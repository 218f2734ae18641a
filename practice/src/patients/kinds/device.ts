/** What was put into the mouth, traceable to its maker: implants, prostheses, materials (regulation 2017/745). */
import { z } from 'zod'
import { line } from '#text'
import { kind, linksTo } from './kind.ts'
import { areasSchema, daySchema, idSchema, isInOrder, noteSchema, outOfOrder, partialDaySchema, teethSchema } from './parts.ts'

export const DEVICE_CATEGORIES = [
  'implant',
  'abutment',
  'fixed-prosthesis',
  'removable-prosthesis',
  'orthodontic',
  'graft',
  'material',
  'other',
] as const

export const deviceSchema = z
  .strictObject({
    category: z.enum(DEVICE_CATEGORIES),
    label: line(300),
    manufacturer: line(200).optional(),
    reference: line(100).optional(),
    lot: line(100).optional(),
    serialNumber: line(100).optional(),
    /** whole, as the label carries it */
    udi: line(200).optional(),
    /** who made what is made to measure */
    laboratory: z
      .strictObject({
        name: line(200),
        country: z
          .string()
          .regex(/^[A-Z]{2}$/)
          .optional(),
      })
      .optional(),
    teeth: teethSchema,
    areas: areasSchema,
    placedOn: partialDaySchema.optional(),
    removedOn: partialDaySchema.optional(),
    practitionerId: idSchema.optional(),
    /** the maker's statement of conformity for what is made to measure (annex XIII); absent: not received */
    conformity: z.strictObject({ receivedOn: daySchema.optional(), documentId: idSchema.optional() }).optional(),
    /** the implant card was handed to the patient (article 18) */
    cardHandedOn: daySchema.optional(),
    procedureId: idSchema.optional(),
    note: noteSchema.optional(),
  })
  .refine(({ placedOn, removedOn }) => isInOrder(placedOn, removedOn), outOfOrder('removedOn'))

export const deviceKind = kind({
  schema: deviceSchema,
  class: 'care',
  about: (body) => ({ on: body.placedOn, practitionerId: body.practitionerId, code: body.category }),
  links: (body) => [...linksTo('document', body.conformity?.documentId), ...linksTo('procedure', body.procedureId)],
})
