/** The medical questionnaire: for each question present, absent, or not answered. */
import { z } from 'zod'
import { line, paragraphs } from '#text'
import { kind, linksTo } from './kind.ts'
import { daySchema, idSchema, noteSchema } from './parts.ts'

export const questionnaireSchema = z.strictObject({
  /** `medical-history`; the form, so that two can be compared */
  form: line(100),
  answeredOn: daySchema,
  items: z
    .array(
      z.strictObject({
        /** stable within the form: `anticoagulant` */
        question: line(100),
        /** as it was asked */
        label: line(500),
        answer: z.enum(['present', 'absent', 'not-answered']),
        detail: paragraphs(2_000).optional(),
      }),
    )
    .max(300),
  /** absent: nobody has signed */
  signed: z.strictObject({ by: z.enum(['patient', 'representative']), name: line(200).optional(), on: daySchema }).optional(),
  practitionerId: idSchema.optional(),
  documentId: idSchema.optional(),
  note: noteSchema.optional(),
})

export const questionnaireKind = kind({
  schema: questionnaireSchema,
  class: 'care',
  about: (body) => ({ on: body.answeredOn, practitionerId: body.practitionerId, code: body.form }),
  links: (body) => linksTo('document', body.documentId),
})
