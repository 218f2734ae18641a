/** The job that runs an import: what was asked for, taken up again after a stop or a kill under the same run. */
import type { Tx } from '#database'
import { compareDue } from '#duplicates'
import { ConflictError, NotFoundError } from '#errors'
import type { JobEnd, JobWork, RunningJob } from '#jobs'
import type { Actor, OpenPractice } from '#open-practice'
import { notify } from '#people'
import { parseProfile } from '#sources'
import { ownersOf } from './owners.ts'
import type { Places } from './places.ts'
import { needsSomebody } from './report.ts'
import { runImport } from './run-import.ts'
import { findRun, lastRunBefore } from './run-store.ts'
import { getSource } from './source-store.ts'

/** What a job of this kind is about. */
export interface ImportJobFacts {
  readonly sourceId: string
  readonly isDry: boolean
  /** by the program, at night */
  readonly isFollowing: boolean
  /** the rows are in, and who came twice is looked for */
  readonly isComparing?: boolean
}

export function importJob(places: Places): JobWork {
  return {
    kind: 'import',
    permission: 'imports',
    run: (job) => run(places, job),
    ended: (tx, job, end) => tellOwners(tx, job, end),
  }
}

async function run(places: Places, job: RunningJob): Promise<void> {
  const { practice, about, signal, tell, note } = job
  const source = await getSource(practice.db, practice.id, String(about.sourceId))
  if (source.yaml === '') throw new ConflictError('nobody has said yet what the columns of this source mean')
  const profile = parseProfile(source.yaml)
  await using opened = await places.open(practice, source, profile, signal)
  const runId = typeof about.runId === 'string' ? about.runId : undefined
  const actor = await actorOf(practice, job.startedBy ?? source.createdBy)
  await runImport(
    practice,
    actor,
    { profile, source: opened.source, yaml: source.yaml, sourceId: source.id },
    {
      isDry: about.isDry === true,
      mayBeEmpty: String(about.mayBeEmpty ?? '').split('\n'),
      onRun: (id) => note({ runId: id, isComparing: false }),
      onProgress: (rows, total) => tell(rows, total),
      signal,
      ...(runId === undefined ? {} : { runId }),
    },
  )
  if (about.isDry === true) return
  // Who came twice, or was here already, waits for a person. The rows are in by now: a page says so, and what a stop leaves is compared later.
  await note({ isComparing: true })
  await compareDue(practice, { signal })
}

/** Whoever has asked for it, or has made the source, when they still work here; each version has their name. */
async function actorOf({ db, id }: OpenPractice, accountId: string): Promise<Actor> {
  const account = await db
    .selectFrom('account')
    .select(['id', 'role', 'state'])
    .where('practice_id', '=', id)
    .where('id', '=', accountId)
    .executeTakeFirst()
  if (account?.state === 'active') return { accountId: account.id, role: account.role, address: 'job' }
  const [owner] = await ownersOf(db, id)
  if (owner === undefined) throw new NotFoundError('no owner is active')
  return { accountId: owner, role: 'owner', address: 'job' }
}

/** Of a night: when it failed, or when something new waits for a person. Whoever has started one by hand sees its page. */
async function tellOwners(
  tx: Tx,
  { practice, about, startedBy }: Pick<RunningJob, 'practice' | 'about' | 'startedBy'>,
  end: JobEnd,
) {
  if (startedBy !== undefined) return
  const facts = { sourceId: String(about.sourceId), ...(typeof about.runId === 'string' ? { runId: about.runId } : {}) }
  const owners = await ownersOf(tx, practice.id)
  if (end.state === 'failed') return notify(tx, practice, owners, 'import-failed', facts)
  if (end.state !== 'done' || typeof about.runId !== 'string') return
  const report = await findRun(tx, practice.id, about.runId)
  if (report === undefined) return
  const before = await lastRunBefore(tx, practice.id, report)
  if (needsSomebody(report.tables, before?.tables)) await notify(tx, practice, owners, 'import-needs-you', facts)
}
