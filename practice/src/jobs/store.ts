/** Jobs in the database, as functions of it. A job that runs is its holder's alone until its lease ends. */
import type { ExpressionBuilder } from 'kysely'
import { type Db, instantText, newId, type Tables, type Tx } from '#database'
import { ConflictError, NotFoundError } from '#errors'
import type { OpenPractice } from '#open-practice'
import type { JobKind, JobState } from './contract.ts'
import type { JobEnd, JobFacts } from './job-kind.ts'

/** Renewed a dozen times before it ends: a machine that is busy loses no job. */
export const LEASE = Temporal.Duration.from({ seconds: 60 })
/** Clocks of two servers differ by less: a lease that ends later was given by a clock that was wrong, and binds nobody. */
const CLOCKS_APART_MAX = Temporal.Duration.from({ hours: 1 })
/** Ended jobs are remembered so long, and so many. */
const KEPT_FOR = Temporal.Duration.from({ hours: 24 * 400 })
const KEPT_MAX = 2_000
const LISTED_MAX = 200

export interface NewJob {
  readonly kind: JobKind
  readonly about: JobFacts
  /** no two jobs of one key at once */
  readonly activeKey: string
  /** undefined: the program, on a schedule */
  readonly startedBy: string | undefined
}

export interface StoredJob {
  readonly id: string
  readonly kind: JobKind
  readonly state: JobState
  readonly about: JobFacts
  readonly done: number
  readonly total: number | undefined
  readonly attempts: number
  readonly isStopping: boolean
  readonly startedBy: string | undefined
  readonly createdAt: string
  readonly startedAt: string | undefined
  readonly endedAt: string | undefined
  readonly error: JobError | undefined
}

export interface JobError {
  readonly code: string
  readonly message: string
  readonly about: JobFacts
}

/** Puts a job in the queue. @throws {ConflictError} when one of the same key has not ended: `about.job` */
export async function insertJob(tx: Tx, practice: OpenPractice, { kind, about, activeKey, startedBy }: NewJob): Promise<string> {
  const id = newId()
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('job')
    .values({
      id,
      practice_id: practice.id,
      kind,
      about: JSON.stringify(about),
      state: 'waiting',
      active_key: activeKey,
      done: 0,
      total: null,
      holder: null,
      lease_ends_at: null,
      attempts: 0,
      is_stopping: 0,
      started_by: startedBy ?? null,
      created_at: instantText(practice.now()),
      started_at: null,
      ended_at: null,
      error: null,
    })
    .onConflict((conflict) => conflict.columns(['practice_id', 'active_key']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 1n) return id
  const active = await findActive(tx, practice.id, activeKey)
  throw new ConflictError('such a job is under way', { about: active === undefined ? {} : { job: active } })
}

/** The job of this key that has not ended. */
export async function findActive(db: Db, practiceId: string, activeKey: string): Promise<string | undefined> {
  const found = await db
    .selectFrom('job')
    .select('id')
    .where('practice_id', '=', practiceId)
    .where('active_key', '=', activeKey)
    .executeTakeFirst()
  return found?.id
}

/**
 * The oldest that waits, or whose holder's lease has ended; it is the holder's from now on.
 *
 * @param running what this holder is at already: a clock that jumps ahead ends no lease of its own
 */
export async function takeNext(
  practice: OpenPractice,
  holder: string,
  kinds: readonly JobKind[],
  running: readonly string[] = [],
): Promise<StoredJob | undefined> {
  const { db, id: practiceId } = practice
  const now = practice.now()
  const isFree = (row: ExpressionBuilder<Tables, 'job'>) =>
    row.or([
      row('holder', 'is', null),
      row('lease_ends_at', '<', instantText(now)),
      row('lease_ends_at', '>', instantText(now.add(LEASE).add(CLOCKS_APART_MAX))),
    ])
  const free = await db
    .selectFrom('job')
    .select(['id', 'holder'])
    .where('practice_id', '=', practiceId)
    .where('state', 'in', ['waiting', 'running'])
    .where('kind', 'in', kinds)
    .$if(running.length > 0, (jobs) => jobs.where('id', 'not in', running))
    .where(isFree)
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (free === undefined) return undefined
  const taken = await db
    .updateTable('job')
    .set((row) => ({
      state: 'running',
      holder,
      lease_ends_at: instantText(now.add(LEASE)),
      started_at: instantText(now),
      attempts: row('attempts', '+', 1),
    }))
    .where('practice_id', '=', practiceId)
    .where('id', '=', free.id)
    .where('state', 'in', ['waiting', 'running'])
    .where('holder', free.holder === null ? 'is' : '=', free.holder)
    .where(isFree)
    .returningAll()
    .executeTakeFirst()
  return taken && toJob(taken)
}

/** An embedded database has one server: what another held, it held before it died. */
export async function freeAll({ db, id }: OpenPractice): Promise<void> {
  await db.updateTable('job').set({ lease_ends_at: '' }).where('practice_id', '=', id).where('state', '=', 'running').execute()
}

/** Says how far it is, and that it is still held. @returns whether somebody has asked for its end; undefined: it is another's by now */
export async function renewLease(
  practice: OpenPractice,
  { id, holder, done, total }: { readonly id: string; readonly holder: string; readonly done: number; readonly total?: number },
): Promise<boolean | undefined> {
  const kept = await practice.db
    .updateTable('job')
    .set({
      lease_ends_at: instantText(practice.now().add(LEASE)),
      done,
      ...(total === undefined ? {} : { total }),
    })
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .where('holder', '=', holder)
    .returning('is_stopping')
    .executeTakeFirst()
  return kept && kept.is_stopping === 1
}

/** @throws {ConflictError} when it is another's by now */
export async function saveAbout(practice: OpenPractice, id: string, holder: string, about: JobFacts): Promise<void> {
  const { numUpdatedRows } = await practice.db
    .updateTable('job')
    .set({ about: JSON.stringify(about) })
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .where('holder', '=', holder)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new ConflictError('another server has taken this job over', { about: { job: id } })
}

/** Gives a job back unfinished: the next server, or the next start of this one, goes on with it. */
export async function giveBack(practice: OpenPractice, id: string, holder: string): Promise<void> {
  await practice.db
    .updateTable('job')
    .set((row) => ({ state: 'waiting', holder: null, lease_ends_at: null, attempts: row('attempts', '-', 1) }))
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .where('holder', '=', holder)
    .execute()
}

/** @returns whether it was this holder's to end */
export async function endJob(
  tx: Tx,
  practice: OpenPractice,
  {
    id,
    holder,
    state,
    done,
    error,
  }: JobEnd & {
    readonly id: string
    readonly holder: string
    readonly done: number
    readonly error?: JobError
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('job')
    .set({
      state,
      done,
      active_key: null,
      holder: null,
      lease_ends_at: null,
      ended_at: instantText(practice.now()),
      error: error === undefined ? null : JSON.stringify(error),
    })
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .where('holder', '=', holder)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Asks for its end. One that nobody runs ends at once. @throws {NotFoundError} {@link ConflictError} it has ended */
export async function askForEnd(tx: Tx, practice: OpenPractice, id: string): Promise<void> {
  const now = instantText(practice.now())
  const waiting = await tx
    .updateTable('job')
    .set({ state: 'cancelled', is_stopping: 1, active_key: null, holder: null, lease_ends_at: null, ended_at: now })
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'running'])
    .where((row) => row.or([row('holder', 'is', null), row('lease_ends_at', '<', now)]))
    .executeTakeFirst()
  if (waiting.numUpdatedRows === 1n) return
  const { numUpdatedRows } = await tx
    .updateTable('job')
    .set({ is_stopping: 1 })
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .executeTakeFirst()
  if (numUpdatedRows === 1n) return
  if ((await findJob(tx, practice.id, id)) === undefined) throw new NotFoundError('there is no such job', { about: { job: id } })
  throw new ConflictError('this job has ended', { about: { job: id } })
}

export async function findJob(db: Db, practiceId: string, id: string): Promise<StoredJob | undefined> {
  const found = await db
    .selectFrom('job')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', id)
    .executeTakeFirst()
  return found && toJob(found)
}

/** Newest first. */
export async function listStoredJobs(
  db: Db,
  practiceId: string,
  kinds: readonly JobKind[],
  which: 'under-way' | 'all',
): Promise<StoredJob[]> {
  if (kinds.length === 0) return []
  const all = db.selectFrom('job').selectAll().where('practice_id', '=', practiceId).where('kind', 'in', kinds)
  const rows = await (which === 'all' ? all : all.where('state', 'in', ['waiting', 'running']))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(LISTED_MAX)
    .execute()
  return rows.map(toJob)
}

/** Forgets what ended long ago, and the oldest beyond what is kept. */
export async function forgetOldJobs(tx: Tx, practice: OpenPractice): Promise<void> {
  const ended = tx.selectFrom('job').select('ended_at').where('practice_id', '=', practice.id).where('ended_at', 'is not', null)
  const oldest = await ended.orderBy('ended_at', 'desc').offset(KEPT_MAX).limit(1).executeTakeFirst()
  const limit = [instantText(practice.now().subtract(KEPT_FOR)), oldest?.ended_at ?? ''].toSorted().at(-1)!
  await tx.deleteFrom('job').where('practice_id', '=', practice.id).where('ended_at', '<=', limit).execute()
}

interface JobRow {
  id: string
  kind: string
  about: string
  state: JobState
  done: number
  total: number | null
  attempts: number
  is_stopping: number
  started_by: string | null
  created_at: string
  started_at: string | null
  ended_at: string | null
  error: string | null
}

function toJob(row: JobRow): StoredJob {
  return {
    id: row.id,
    kind: row.kind as JobKind,
    state: row.state,
    about: JSON.parse(row.about) as JobFacts,
    done: row.done,
    total: row.total === null ? undefined : row.total,
    attempts: row.attempts,
    isStopping: row.is_stopping === 1,
    startedBy: row.started_by ?? undefined,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    error: row.error === null ? undefined : (JSON.parse(row.error) as JobError),
  }
}
