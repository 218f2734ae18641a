/** A job as whoever follows it is told, with how fast it goes. Pure. */
import type { Job } from './contract.ts'
import type { StoredJob } from './store.ts'

/** Before that a rate says nothing. */
const TOLD_AFTER_MS = 2_000

export function printJob(job: StoredJob, now: Temporal.Instant): Job {
  const { id, kind, state, isStopping, createdAt, startedBy, startedAt, endedAt, error } = job
  return {
    id,
    kind,
    state,
    about: { ...job.about },
    ...(startedAt === undefined ? {} : { progress: progressOf(job, startedAt, now) }),
    isStopping: isStopping && endedAt === undefined,
    createdAt,
    ...(startedBy === undefined ? {} : { startedBy }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(error === undefined ? {} : { error: { ...error, about: { ...error.about } } }),
  }
}

function progressOf({ done, total, state, endedAt }: StoredJob, startedAt: string, now: Temporal.Instant) {
  const until = endedAt === undefined ? now : Temporal.Instant.from(endedAt)
  const ms = until.since(startedAt).total('milliseconds')
  const aSecond = ms < TOLD_AFTER_MS || done === 0 ? undefined : (done / ms) * 1_000
  const left = aSecond === undefined || total === undefined || state !== 'running' ? undefined : (total - done) / aSecond
  return {
    done,
    ...(total === undefined ? {} : { total }),
    ...(aSecond === undefined ? {} : { aSecond: Math.round(aSecond * 10) / 10 }),
    ...(left === undefined ? {} : { secondsLeft: Math.max(0, Math.ceil(left)) }),
  }
}
