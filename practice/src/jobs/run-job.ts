/** One job, from taking it to its end: the lease is renewed while the work goes on, and the end is written down with its journal entry. */
import { setTimeout } from 'node:timers/promises'
import { ConflictError, JobGivenUpError, StoppingError } from '#errors'
import { problemOf } from '#http'
import { recordEvent } from '#journal'
import type { OpenPractice } from '#open-practice'
import type { JobEnd, JobFacts, JobWork, RunningJob } from './job-kind.ts'
import { endJob, forgetOldJobs, giveBack, type JobError, LEASE, renewLease, type StoredJob, saveAbout } from './store.ts'

/** Begun so often without coming to an end, it takes the server down with it. */
export const ATTEMPTS_MAX = 20

export interface JobRun {
  readonly practice: OpenPractice
  readonly holder: string
  readonly work: JobWork
  readonly job: StoredJob
  /** of the server: its reason is a {@link StoppingError} */
  readonly stopping: AbortSignal
  readonly renewEveryMs: number
  /** what is open now: a job ends with the practice that it is of */
  readonly isOpen: () => boolean
  readonly onError: (error: unknown) => void
}

/** Somebody has asked for its end. */
class CancelledError extends Error {}

/** Runs it until it ends, or must be left to whoever takes it up again. Never throws. */
export async function runJob(run: JobRun): Promise<void> {
  const { practice, holder, work, job, stopping, onError } = run
  const ending = new AbortController()
  const leave = () => ending.abort(stopping.reason)
  stopping.addEventListener('abort', leave, { once: true })
  if (stopping.aborted) leave()
  const progress = { done: 0, total: job.total }
  let about = job.about
  const running: RunningJob = {
    id: job.id,
    practice,
    get about() {
      return about
    },
    startedBy: job.startedBy,
    signal: ending.signal,
    tell: (done, total) => {
      progress.done = done
      progress.total = total ?? progress.total
    },
    note: async (facts) => {
      about = { ...about, ...facts }
      await saveAbout(practice, job.id, holder, about)
    },
  }
  const renewing = keepLease(run, progress, ending)
  try {
    if (job.attempts > ATTEMPTS_MAX) throw new JobGivenUpError(`begun ${ATTEMPTS_MAX} times without coming to an end`)
    await work.run(running)
    ending.signal.throwIfAborted()
    ending.abort()
    await renewing
    await end(run, running, { state: 'done' }, progress.done)
  } catch (thrown) {
    const error: unknown = ending.signal.aborted && ending.signal.reason !== undefined ? ending.signal.reason : thrown
    ending.abort()
    await renewing
    await leaveOrEnd(run, running, error, progress.done).catch(onError)
  } finally {
    stopping.removeEventListener('abort', leave)
  }
}

async function leaveOrEnd(run: JobRun, running: RunningJob, error: unknown, done: number): Promise<void> {
  if (error instanceof LeaseLostError) return
  if (error instanceof StoppingError) return giveBack(run.practice, run.job.id, run.holder)
  if (error instanceof CancelledError) return end(run, running, { state: 'cancelled' }, done)
  const { code, title, about = {} } = problemOf(error)
  if (code === 'internal') run.onError(error)
  await end(run, running, { state: 'failed', code }, done, { code, message: title, about: about as JobFacts })
}

/** Another server has taken it over: this one was asleep for longer than its lease. */
class LeaseLostError extends Error {}

/** Until the work ends. What cannot be renewed is tried again while the lease lasts, and then left alone. */
async function keepLease(
  { practice, holder, job, renewEveryMs, isOpen }: JobRun,
  progress: { readonly done: number; readonly total: number | undefined },
  ending: AbortController,
): Promise<void> {
  const leaseMs = LEASE.total('milliseconds')
  let renewedAt = performance.now()
  while (!ending.signal.aborted) {
    await setTimeout(renewEveryMs, undefined, { signal: ending.signal, ref: false }).catch(() => {})
    if (ending.signal.aborted) return
    if (!isOpen()) return ending.abort(new StoppingError('the practice is being closed'))
    const { done, total } = progress
    const asked = await renewLease(practice, { id: job.id, holder, done, ...(total === undefined ? {} : { total }) }).then(
      (isStopping) => (isStopping === undefined ? 'lost' : isStopping ? 'stop' : 'go'),
      () => 'unknown',
    )
    if (asked === 'stop') return ending.abort(new CancelledError())
    if (asked === 'lost') return ending.abort(new LeaseLostError())
    if (asked === 'go') renewedAt = performance.now()
    if (performance.now() - renewedAt > leaseMs) return ending.abort(new LeaseLostError())
  }
}

async function end(run: JobRun, running: RunningJob, ended: JobEnd, done: number, error?: JobError): Promise<void> {
  const { practice, holder, work, job } = run
  await practice.db.transaction().execute(async (tx) => {
    const isOurs = await endJob(tx, practice, { ...ended, id: job.id, holder, done, ...(error === undefined ? {} : { error }) })
    if (!isOurs) throw new ConflictError('another server has taken this job over', { about: { job: job.id } })
    const details = { kind: job.kind, state: ended.state, code: ended.code }
    await recordEvent(tx, practice.id, undefined, practice.now(), { action: 'job.ended', subject: `job:${job.id}`, details })
    await work.ended?.(tx, running, ended)
    await forgetOldJobs(tx, practice)
  })
}
