/** What the patient, or whoever decides for them, has agreed to, refused, or taken back. */
import { z } from 'zod'
import { line } from '#text'
import { kind, linksTo } from './kind.ts'
import { daySchema, idSchema, idsSchema, noteSchema } from './parts.ts'

export const CONSENT_SUBJECTS = [
  'care',
  'surgery',
  'implant',
  'anaesthesia',
  'imaging',
  'data',
  'sharing',
  'photographs',
  'other',
] as const

export const consentSchema = z.strictObject({
  subject: z.enum(CONSENT_SUBJECTS),
  /** to what, in words */
  about: line(500),
  decision: z.enum(['given', 'refused', 'withdrawn']),
  decidedOn: daySchema,
  by: z.enum(['patient', 'representative']),
  /** the entry of the person who decided for the patient */
  relatedPersonId: idSchema.optional(),
  /** who explained */
  practitionerId: idSchema.optional(),
  procedureIds: idsSchema,
  documentIds: idsSchema,
  note: noteSchema.optional(),
})

export const consentKind = kind({
  schema: consentSchema,
  class: 'administrative',
  about: (body) => ({ on: body.decidedOn, practitionerId: body.practitionerId, code: body.subject }),
  links: (body) => [
    ...linksTo('relatedPerson', body.relatedPersonId),
    ...linksTo('procedure', ...body.procedureIds),
    ...linksTo('document', ...body.documentIds),
  ],
})
