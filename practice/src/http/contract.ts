/** What every answer may be instead of what was asked for. */
import { z } from 'zod'

/** RFC 9457 problem details. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'a relative URI, `/problems/` and the code' }),
    title: z.string(),
    status: z.int(),
    /** the code, for programs */
    code: z.string(),
    fields: z.array(z.object({ path: z.string(), problem: z.string(), message: z.string() })).optional(),
    about: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  })
  .meta({ id: 'Problem' })

export type Problem = z.output<typeof problemSchema>
