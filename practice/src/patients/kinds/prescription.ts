/** A prescription and its lines: medicines, products, care, examinations. */
import { z } from 'zod'
import { line } from '#text'
import { kind, linksTo } from './kind.ts'
import { codedSchema, daySchema, idSchema, noteSchema } from './parts.ts'

export const PRESCRIPTION_CATEGORIES = ['medicines', 'products', 'care', 'biology', 'imaging', 'other'] as const

export const prescriptionSchema = z.strictObject({
  category: z.enum(PRESCRIPTION_CATEGORIES).default('medicines'),
  prescribedOn: daySchema,
  practitionerId: idSchema.optional(),
  status: z.enum(['draft', 'signed', 'cancelled']),
  lines: z
    .array(
      z.strictObject({
        /** as written: `Amoxicilline 1 g, comprimé` */
        label: line(500),
        /** CIP13, UCD, ATC… */
        code: codedSchema.optional(),
        /** `1 comprimé matin et soir` */
        dosage: line(500).optional(),
        days: z.int().min(1).max(3_650).optional(),
        quantity: line(100).optional(),
        isNotSubstitutable: z.boolean().optional(),
        note: line(500).optional(),
      }),
    )
    .min(1)
    .max(100),
  documentId: idSchema.optional(),
  note: noteSchema.optional(),
})

export const prescriptionKind = kind({
  schema: prescriptionSchema,
  class: 'care',
  about: (body) => ({ on: body.prescribedOn, practitionerId: body.practitionerId, code: body.category }),
  links: (body) => linksTo('document', body.documentId),
})
