/**
 * What a person decides about a source, once, and each run applies: kept with the source, with who and when. Pure.
 *
 * A decision is about something that the source itself names (a row's key, a word, a name), so that it holds when rows move.
 */
import { z } from 'zod'
import { line } from '#text'

const id = z.string().min(1).max(100)
/** as the report has it: of a profile */
const table = z.string().regex(/^[a-z0-9-]{1,40}$/)
/** of a row, as the report has it */
const key = z.string().min(1).max(1_000)

export const decisionContentSchema = z.discriminatedUnion('kind', [
  /** a name in the source is this practitioner of ours; null: nobody here, and the row says no more of it */
  z.strictObject({ kind: z.literal('practitioner'), written: z.string().min(1).max(200), practitionerId: id.nullable() }),
  /** a word of a table's column stands for one that is known */
  z.strictObject({
    kind: z.literal('word'),
    table,
    target: z.string().min(1).max(40),
    written: z.string().min(1).max(200),
    means: z.string().min(1).max(200),
  }),
  /** a test patient is let in, or kept out with all that is about them */
  z.strictObject({ kind: z.literal('test-patient'), key, isLetIn: z.boolean() }),
  /** a patient gets this file number instead of the source's, which is somebody else's already */
  z.strictObject({ kind: z.literal('file-number'), key, fileNumber: line(40) }),
  /** rows of a patient whom the source does not have are about this patient of ours; null: they stay out */
  z.strictObject({ kind: z.literal('patient'), key, patientId: id.nullable() }),
  /**
   * One row as it stands: taken although its columns differ or its key is another row's (`accept`), left out for good (`ignore`), or about
   * this patient (`relink`). When the source changes the row, it is asked about anew.
   */
  z.strictObject({
    kind: z.literal('row'),
    table,
    digest: z.string().regex(/^[0-9a-f]{32}$/),
    answer: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('accept') }),
      z.strictObject({ kind: z.literal('ignore') }),
      z.strictObject({ kind: z.literal('relink'), patientId: id }),
    ]),
  }),
])
export type DecisionContent = z.output<typeof decisionContentSchema>

export const decisionSchema = z
  .object({
    id,
    decision: decisionContentSchema,
    decidedBy: z.object({ id, name: z.string() }),
    decidedAt: z.iso.datetime(),
  })
  .meta({ id: 'ImportDecision' })
export type Decision = z.output<typeof decisionSchema>
