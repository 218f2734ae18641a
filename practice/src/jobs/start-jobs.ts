/**
 * Takes jobs and runs them, some at once, until it is disposed of; then those that run are left for the next start. Any server of a practice may
 * take any job: the database says whose it is.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { StoppingError } from '#errors'
import type { OpenPractice } from '#open-practice'
import type { JobWork } from './job-kind.ts'
import { runJob } from './run-job.ts'
import { freeAll, takeNext } from './store.ts'

const LOOK_EVERY_MS = 500
const RENEW_EVERY_MS = 1_000
/** A short one does not wait for a long one; the database writes for one at a time anyway. */
const AT_ONCE_MAX = 2
/** What goes on is told once in so long. */
const TELL_AGAIN_MS = 60_000

/** Practices whose jobs of before this process are free. */
const seen = new WeakSet<OpenPractice>()

export interface JobsOptions {
  /** what is open now; undefined: nothing is */
  readonly practice: () => OpenPractice | undefined
  readonly works: readonly JobWork[]
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

/** Works until it is disposed of, which waits for what is under way to be left. */
export function startJobs(options: JobsOptions): AsyncDisposable {
  const { practice, onError, everyMs = LOOK_EVERY_MS } = options
  const stopping = new AbortController()
  const holder = randomUUID()
  const running = new Map<string, Promise<void>>()
  const work = (async () => {
    let toldAtMs = Number.NEGATIVE_INFINITY
    while (!stopping.signal.aborted) {
      const open = practice()
      try {
        if (open !== undefined) await takeSome(open, options, { holder, running, stopping: stopping.signal })
      } catch (error) {
        if (performance.now() - toldAtMs > TELL_AGAIN_MS) onError(error)
        toldAtMs = performance.now()
      }
      await setTimeout(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
    await Promise.all(running.values())
  })()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new StoppingError('the application is being stopped'))
      await work
    },
  }
}

interface Under {
  readonly holder: string
  /** by the job's id */
  readonly running: Map<string, Promise<void>>
  readonly stopping: AbortSignal
}

async function takeSome(
  practice: OpenPractice,
  { practice: openNow, works, onError, everyMs }: JobsOptions,
  { holder, running, stopping }: Under,
): Promise<void> {
  if (practice.engine === 'sqlite' && !seen.has(practice)) {
    seen.add(practice)
    await freeAll(practice)
  }
  const kinds = works.map(({ kind }) => kind)
  while (running.size < AT_ONCE_MAX && !stopping.aborted) {
    const job = await takeNext(practice, holder, kinds, [...running.keys()])
    const work = works.find(({ kind }) => kind === job?.kind)
    if (job === undefined || work === undefined) return
    const renewEveryMs = Math.min(RENEW_EVERY_MS, everyMs ?? RENEW_EVERY_MS)
    const isOpen = () => openNow() === practice
    const run = runJob({ practice, holder, work, job, stopping, renewEveryMs, isOpen, onError })
    running.set(job.id, run)
    void run.finally(() => running.delete(job.id))
  }
}
