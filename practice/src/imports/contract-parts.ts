/** What the contracts of imports share. */
import { z } from 'zod'
import { type profileSchema, REFUSALS, REMARKS, type WrittenProfile } from '#sources/contract'

export const id = z.uuid()
export const instant = z.iso.datetime()
export const sourceParams = z.object({ sourceId: id })
export const page = { cursor: z.string().max(2_000).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }
/** Sent as it was written: its form is what {@link profileSchema} takes. */
export const writtenProfileSchema = z.looseObject({
  couronne: z.literal('import-profile'),
}) as unknown as z.ZodType<WrittenProfile>

export const findingSchema = z.object({
  code: z.enum([...REFUSALS, ...REMARKS]),
  column: z.string().optional(),
  /** of an image: in whose record it is, or would be */
  patientId: z.string().optional(),
})
