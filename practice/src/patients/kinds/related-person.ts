/** Somebody around the patient: parent, spouse, and whoever may decide in their name. */
import { z } from 'zod'
import { line } from '#text'
import { kind } from './kind.ts'
import { addressSchema, daySchema, emailsSchema, idSchema, isInOrder, noteSchema, outOfOrder, telephonesSchema } from './parts.ts'

export const RELATIONS = [
  'mother',
  'father',
  'parent',
  'child',
  'spouse',
  'sibling',
  'grandparent',
  'guardian',
  'friend',
  'other',
] as const

/** Autorité parentale, tutelle, curatelle, sauvegarde de justice, habilitation familiale, mandat de protection future. */
export const LEGAL_AUTHORITIES = [
  'parental-authority',
  'guardianship',
  'curatorship',
  'judicial-safeguard',
  'family-authorisation',
  'future-protection-mandate',
] as const

export const relatedPersonSchema = z
  .strictObject({
    familyName: line(100),
    givenName: line(100).optional(),
    relation: z.enum(RELATIONS),
    /** by what right they decide for the patient; absent: by none */
    authority: z.enum(LEGAL_AUTHORITIES).optional(),
    /** personne de confiance (CSP L.1111-6) */
    isTrustedPerson: z.boolean().optional(),
    isEmergencyContact: z.boolean().optional(),
    from: daySchema.optional(),
    to: daySchema.optional(),
    /** when they are a patient here too */
    patientId: idSchema.optional(),
    telephones: telephonesSchema,
    emails: emailsSchema,
    address: addressSchema.optional(),
    note: noteSchema.optional(),
  })
  .refine(({ from, to }) => isInOrder(from, to), outOfOrder('to'))

export const relatedPersonKind = kind({
  schema: relatedPersonSchema,
  class: 'administrative',
  about: (body) => ({ on: body.from, code: body.authority ?? body.relation }),
  patients: (body) => (body.patientId === undefined ? [] : [body.patientId]),
})
