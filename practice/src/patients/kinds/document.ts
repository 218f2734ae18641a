/**
 * A file in the record. Its bytes are an object of the room `documents`, which makes these entries; title, type and the like are corrected
 * here. The day made is the one that the access clock counts from.
 */
import { z } from 'zod'
import { line } from '#text'
import { kind, linksTo } from './kind.ts'
import { idSchema, idsSchema, noteSchema, partialDaySchema, toothSchema } from './parts.ts'

export const SENSITIVITIES = ['normal', 'restricted', 'very-restricted'] as const

export const documentTypeSchema = z.strictObject({ system: line(200), code: line(60), label: line(300) })

export const documentSchema = z.strictObject({
  title: line(300),
  type: documentTypeSchema,
  madeOn: partialDaySchema.optional(),
  /** when a practitioner of this practice made it */
  practitionerId: idSchema.optional(),
  /** in words, when somebody else did */
  author: line(200).optional(),
  /** restricted: for those who give care, whatever else a role may open */
  sensitivity: z.enum(SENSITIVITIES).default('normal'),
  /** its author's alone, like a personal note */
  personalNote: z.boolean().default(false),
  objectId: idSchema,
  fileName: line(255),
  mediaType: line(150).optional(),
  /** scanner, import, DICOM device… */
  source: line(200).optional(),
  teeth: z.array(toothSchema).max(52).default([]),
  /** entries that it belongs to */
  aboutIds: idsSchema,
  note: noteSchema.optional(),
})

export const documentKind = kind({
  schema: documentSchema,
  class: 'documents',
  about: (body) => ({ on: body.madeOn, practitionerId: body.practitionerId, code: body.type.code }),
  classOf: (body) => (body.sensitivity === 'normal' ? 'documents' : 'care'),
  isPersonal: (body) => body.personalNote,
  links: (body) => linksTo(undefined, ...body.aboutIds),
  fixed: ['objectId', 'personalNote'],
})
