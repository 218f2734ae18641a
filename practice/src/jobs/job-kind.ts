/** What a room says of its own jobs. */
import type { Tx } from '#database'
import type { OpenPractice } from '#open-practice'
import type { Permission } from '#rights'
import type { JobKind } from './contract.ts'

/** Ids, claims and counts; never what a patient's record holds. */
export type JobFacts = Readonly<Record<string, string | number | boolean>>

/** A job while it runs. */
export interface RunningJob {
  readonly id: string
  readonly practice: OpenPractice
  readonly about: JobFacts
  /** the account that has asked for it; undefined: the program, on a schedule */
  readonly startedBy: string | undefined
  /** aborted when somebody asks for its end, when the server stops, and when another server has taken the job over */
  readonly signal: AbortSignal
  /** How far it is; written down from time to time. */
  readonly tell: (done: number, total?: number) => void
  /** Adds to what the job is about, at once: whoever takes it up again finds it there. */
  readonly note: (facts: JobFacts) => Promise<void>
}

/** How a job came to its end. */
export interface JobEnd {
  readonly state: 'done' | 'failed' | 'cancelled'
  /** of a failure */
  readonly code?: string
}

export interface JobWork {
  readonly kind: JobKind
  /** who has it may see jobs of this kind, and stop them */
  readonly permission: Permission
  /**
   * Does the work, and gives way often: requests wait for the same thread and the same database. Called anew after a stop or a kill, with all
   * that {@link RunningJob.note} kept: what was done is not done again.
   */
  readonly run: (job: RunningJob) => Promise<void>
  /** In the transaction in which its end is written down: what is to be told to people. */
  readonly ended?: (tx: Tx, job: Omit<RunningJob, 'signal' | 'tell' | 'note'>, end: JobEnd) => Promise<void>
}
