/** A doctor elsewhere: the médecin traitant, who sent the patient, to whom one writes. */
import { z } from 'zod'
import { line } from '#text'
import { kind } from './kind.ts'
import {
  addressSchema,
  daySchema,
  emailsSchema,
  isInOrder,
  noteSchema,
  outOfOrder,
  rppsSchema,
  telephonesSchema,
} from './parts.ts'

/** Médecin traitant, who sent the patient, who is sent patients, a colleague who also treats. */
export const DOCTOR_ROLES = ['treating-physician', 'referring', 'referred-to', 'colleague', 'other'] as const

export const referringDoctorSchema = z
  .strictObject({
    familyName: line(100),
    givenName: line(100).optional(),
    role: z.enum(DOCTOR_ROLES),
    speciality: line(100).optional(),
    rpps: rppsSchema.optional(),
    from: daySchema.optional(),
    to: daySchema.optional(),
    telephones: telephonesSchema,
    emails: emailsSchema,
    address: addressSchema.optional(),
    note: noteSchema.optional(),
  })
  .refine(({ from, to }) => isInOrder(from, to), outOfOrder('to'))

export const referringDoctorKind = kind({
  schema: referringDoctorSchema,
  class: 'administrative',
  about: (body) => ({ on: body.from, code: body.role }),
})
