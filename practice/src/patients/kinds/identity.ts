/**
 * Who the patient is, as the RNIV asks: birth name and given names of birth strictly, used ones beside; how sure one is; the INS; how to
 * reach them. One entry a patient, made with the record.
 */
import { z } from 'zod'
import { line } from '#text'
import { compactIns, INS_KINDS, isIns } from '../ins.ts'
import { kind } from './kind.ts'
import { addressSchema, emailsSchema, noteSchema, partialDaySchema, telephonesSchema } from './parts.ts'

export const SEXES = ['female', 'male', 'unknown'] as const

/** RNIV: provisional until checked; recovered from the INSi service; validated by an identity document; qualified by both. */
export const IDENTITY_STATUSES = ['provisional', 'recovered', 'validated', 'qualified'] as const

/** RNIV: another has the same traits; doubts; invented (a test). */
export const IDENTITY_FLAGS = ['homonym', 'doubtful', 'fictitious'] as const

export const insSchema = z.strictObject({
  number: z.string().max(30).overwrite(compactIns).refine(isIns, { error: '13 characters and their key are expected' }),
  kind: z.enum(INS_KINDS),
  /** when the INSi service gave or confirmed it */
  checkedOn: z.iso.date().optional(),
})

const shape = {
  /** the practice's own, as on its paper files */
  fileNumber: line(40),
  birthName: line(100),
  usedName: line(100).optional(),
  /** of birth, in their order; empty where none is known */
  givenNames: z.array(line(100)).max(20).default([]),
  usedGivenName: line(100).optional(),
  sex: z.enum(SEXES),
  bornOn: partialDaySchema.optional(),
  /** INSEE: five characters, of a commune or (99…) a country */
  birthPlace: z
    .string()
    .regex(/^(\d{2}|2[AB])\d{3}$/)
    .optional(),
  /** in words, as on the identity document */
  birthPlaceName: line(100).optional(),
  diedOn: partialDaySchema.optional(),
  status: z.enum(IDENTITY_STATUSES).default('provisional'),
  flags: z.array(z.enum(IDENTITY_FLAGS)).max(IDENTITY_FLAGS.length).default([]),
  ins: insSchema.optional(),
  /** under which care is billed, the patient's own or a parent's, as somebody wrote it down: it tells nobody who the patient is */
  insuredNumber: z
    .string()
    .max(30)
    .overwrite(compactIns)
    .refine(isIns, { error: '13 characters and their key are expected' })
    .optional(),
  telephones: telephonesSchema,
  emails: emailsSchema,
  addresses: z.array(addressSchema).max(20).default([]),
  /** BCP 47: `fr`, `pt-BR` */
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .max(35)
    .optional(),
  note: noteSchema.optional(),
} as const

interface InsAndStatus {
  readonly status: (typeof IDENTITY_STATUSES)[number]
  readonly ins?: unknown
}

/** What the INSi service has given is there. */
function hasItsIns({ status, ins }: InsAndStatus): boolean {
  return ins !== undefined || (status !== 'recovered' && status !== 'qualified')
}
const withoutIns = { error: 'a recovered or qualified identity has an INS', path: ['ins'] }

export const identitySchema = z.strictObject(shape).refine(hasItsIns, withoutIns)
export type Identity = z.output<typeof identitySchema>

/** A patient who is made: without a file number the next free one is given. */
export const newIdentitySchema = z
  .strictObject({ ...shape, fileNumber: shape.fileNumber.optional() })
  .refine(hasItsIns, withoutIns)

export const identityKind = kind({
  schema: identitySchema,
  class: 'administrative',
  about: (body) => ({ on: body.bornOn }),
})
