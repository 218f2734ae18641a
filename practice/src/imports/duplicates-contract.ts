/**
 * Possible duplicates that a run has found, or a dry run before anything is written. What these answer holds names, the source's and the
 * practice's; whom of the practice it showed is in the journal.
 */
import { z } from 'zod'
import { CERTAINTIES, REASON_CODES_AGAINST, REASON_CODES_FOR } from '#duplicates/contract'
import { endpoint } from '#endpoint'
import { patientLineSchema } from '#patients/contract'

/** Somebody as the source has them. */
const sourcePersonSchema = z
  .object({
    /** of the table of patients */
    line: z.int(),
    key: z.string(),
    ...patientLineSchema.pick({ birthName: true, usedName: true, givenNames: true, usedGivenName: true, sex: true, bornOn: true })
      .shape,
  })
  .meta({ id: 'ImportSourcePerson' })
export type ImportSourcePerson = z.output<typeof sourcePersonSchema>

export const importDuplicateSchema = z
  .object({
    person: sourcePersonSchema,
    other: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('patient'), patient: patientLineSchema }),
      z.object({ kind: z.literal('row'), person: sourcePersonSchema }),
    ]),
    /** 0 to 100 */
    score: z.int(),
    certainty: z.enum(CERTAINTIES),
    for: z.array(z.enum(REASON_CODES_FOR)),
    against: z.array(z.enum(REASON_CODES_AGAINST)),
  })
  .meta({ id: 'ImportDuplicate' })
export type ImportDuplicate = z.output<typeof importDuplicateSchema>

export const listImportDuplicates = endpoint({
  method: 'GET',
  path: '/api/imports/runs/:runId/duplicates',
  summary:
    'Patients of the source who would be new and may be in the practice already, or look like one further up in the source, likeliest first. Nobody is joined by it.',
  permission: 'imports',
  journal: 'patients.searched',
  params: z.object({ runId: z.uuid() }),
  query: z.object({
    which: z.enum(['practice', 'source']),
    cursor: z.string().max(2_000).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ duplicates: z.array(importDuplicateSchema), next: z.string().optional() }),
})
