/** A letter, message or call, in or out, and what it answers. */
import { z } from 'zod'
import { line } from '#text'
import { kind, linksTo } from './kind.ts'
import { daySchema, idSchema, idsSchema, noteSchema, rppsSchema } from './parts.ts'

export const CORRESPONDENCE_CHANNELS = ['letter', 'email', 'mssante', 'telephone', 'message', 'in-person', 'other'] as const

export const correspondenceSchema = z.strictObject({
  direction: z.enum(['in', 'out']),
  channel: z.enum(CORRESPONDENCE_CHANNELS),
  on: daySchema,
  /** with whom */
  party: z.strictObject({
    kind: z.enum(['patient', 'relative', 'doctor', 'insurer', 'lawyer', 'authority', 'laboratory', 'other']),
    name: line(200),
    rpps: rppsSchema.optional(),
  }),
  subject: line(300),
  text: noteSchema.optional(),
  practitionerId: idSchema.optional(),
  /** the entry to which this is the answer */
  answersTo: idSchema.optional(),
  /** somebody should answer; false: filed */
  awaitsAnswer: z.boolean().optional(),
  documentIds: idsSchema,
})

export const correspondenceKind = kind({
  schema: correspondenceSchema,
  class: 'administrative',
  about: (body) => ({ on: body.on, practitionerId: body.practitionerId, code: body.direction }),
  links: (body) => [...linksTo(undefined, body.answersTo), ...linksTo('document', ...body.documentIds)],
})
