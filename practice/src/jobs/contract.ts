/**
 * Jobs: work that takes longer than a request. Whoever may do what a job does may see it and stop it.
 *
 * A page follows one by its events, and asks for the job itself where a connection does not last. Neither says anything of a patient: ids,
 * counts and codes.
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'

const id = z.uuid()
const jobParams = z.object({ jobId: id })

/** `waiting`: for its turn, or for a server that takes it up again after a stop; it goes on from what was done. */
export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

/** The closed list of what jobs do; each room adds its own. */
export const JOB_KINDS = ['import'] as const
export type JobKind = (typeof JOB_KINDS)[number]

const factsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

export const jobSchema = z
  .object({
    id,
    kind: z.enum(JOB_KINDS),
    state: z.enum(JOB_STATES),
    /** what it is about: of an import `sourceId`, `isDry`, and `runId` as soon as there is one */
    about: factsSchema,
    progress: z
      .object({
        done: z.int(),
        /** absent: not known yet */
        total: z.int().optional(),
        /** of this attempt; absent while too little is done to tell */
        aSecond: z.number().optional(),
        secondsLeft: z.int().optional(),
      })
      .optional(),
    /** somebody has asked for its end, and it has not come to it yet */
    isStopping: z.boolean(),
    /** absent: the program itself, on a schedule */
    startedBy: z.string().optional(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().optional(),
    endedAt: z.iso.datetime().optional(),
    /** why it failed: a code as problems have them, and what it is about */
    error: z.object({ code: z.string(), message: z.string(), about: factsSchema }).optional(),
  })
  .meta({ id: 'Job' })
export type Job = z.output<typeof jobSchema>

export const listJobs = endpoint({
  method: 'GET',
  path: '/api/jobs',
  summary: 'Jobs that are under way, or all that are remembered, newest first; those of which the caller may do the like.',
  permission: 'self',
  query: z.object({ which: z.enum(['under-way', 'all']).default('under-way') }),
  reply: z.object({ jobs: z.array(jobSchema) }),
  isBackground: true,
})

export const getJob = endpoint({
  method: 'GET',
  path: '/api/jobs/:jobId',
  summary: 'How far a job is, or how it ended.',
  permission: 'self',
  params: jobParams,
  reply: jobSchema,
  isBackground: true,
})

export const followJob = endpoint({
  method: 'GET',
  path: '/api/jobs/:jobId/events',
  summary:
    'The job again each time that it has changed, as server-sent events called `job`; the stream ends with it, or after five minutes.',
  permission: 'self',
  params: jobParams,
  wire: { gives: ['text/event-stream'] },
  isBackground: true,
})

export const cancelJob = endpoint({
  method: 'POST',
  path: '/api/jobs/:jobId/cancel',
  summary: 'Asks a job to end. What it has done stays; the same job begun again goes on from there.',
  permission: 'self',
  journal: 'job.cancelled',
  params: jobParams,
  reply: jobSchema,
})
