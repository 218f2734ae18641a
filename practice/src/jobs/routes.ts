/** The routes of jobs: each sees those of which their role may do the like. */
import { setTimeout as wait } from 'node:timers/promises'
import { NotFoundError } from '#errors'
import { type Route, route, sendStream } from '#http'
import type { Actor, OpenPractice } from '#open-practice'
import { may } from '#rights'
import { cancelJob, followJob, getJob, type Job, type JobKind, listJobs } from './contract.ts'
import type { JobWork } from './job-kind.ts'
import { printJob } from './print-job.ts'
import { askForEnd, findJob, listStoredJobs } from './store.ts'

const LOOK_EVERY_MS = 500
/** Proxies end what is silent for longer. */
const SILENCE_MS_MAX = 15_000
/** Whoever still looks comes back, and is asked who they are. */
const STREAM_MS_MAX = 5 * 60_000
const STREAMS_EACH_MAX = 10

/** @param signal ends the streams when the server stops */
export function makeJobRoutes(works: readonly Pick<JobWork, 'kind' | 'permission'>[], signal: AbortSignal): readonly Route[] {
  const kindsOf = ({ role }: Actor): readonly JobKind[] =>
    works.filter(({ permission }) => may(role, permission)).map(({ kind }) => kind)
  const get = async (practice: OpenPractice, actor: Actor, jobId: string): Promise<Job> => {
    const job = await findJob(practice.db, practice.id, jobId)
    if (job === undefined || !kindsOf(actor).includes(job.kind))
      throw new NotFoundError('there is no such job', { about: { job: jobId } })
    return printJob(job, practice.now())
  }
  const streams = new Streams()
  return [
    route(listJobs, async ({ practice, actor, query }) => {
      const jobs = await listStoredJobs(practice.db, practice.id, kindsOf(actor), query.which)
      return { jobs: jobs.map((job) => printJob(job, practice.now())) }
    }),
    route(getJob, ({ practice, actor, params }) => get(practice, actor, params.jobId)),
    route(followJob, async ({ practice, actor, params, reply, signal: gone }) => {
      const look = () => get(practice, actor, params.jobId)
      const first = await look()
      const until = AbortSignal.any([gone, signal, streams.open(actor.accountId), AbortSignal.timeout(STREAM_MS_MAX)])
      return sendStream(reply.type('text/event-stream; charset=utf-8'), events(first, look, until))
    }),
    route(cancelJob, async ({ practice, actor, params, record }) => {
      await get(practice, actor, params.jobId)
      await practice.db.transaction().execute(async (tx) => {
        await askForEnd(tx, practice, params.jobId)
        await record(tx, { subject: `job:${params.jobId}` })
      })
      return get(practice, actor, params.jobId)
    }),
  ]
}

/** @see WHATWG HTML, 9.2 Server-sent events */
async function* events(first: Job, look: () => Promise<Job>, until: AbortSignal): AsyncGenerator<string> {
  yield 'retry: 2000\n\n'
  let told = ''
  let toldAtMs = 0
  for (let job = first; ; job = await look()) {
    const text = JSON.stringify(job)
    if (text !== told) yield `event: job\ndata: ${text}\n\n`
    else if (performance.now() - toldAtMs > SILENCE_MS_MAX) yield ': still here\n\n'
    if (text !== told || performance.now() - toldAtMs > SILENCE_MS_MAX) toldAtMs = performance.now()
    told = text
    if (job.endedAt !== undefined) return
    await wait(LOOK_EVERY_MS, undefined, { signal: until }).catch(() => {})
    if (until.aborted) return
  }
}

/** So many at once for each account: the oldest makes room. */
class Streams {
  readonly #open = new Map<string, AbortController[]>()

  open(accountId: string): AbortSignal {
    const all = this.#open.get(accountId) ?? []
    if (all.length >= STREAMS_EACH_MAX) all.shift()?.abort()
    const mine = new AbortController()
    this.#open.set(accountId, [...all, mine])
    return mine.signal
  }
}
