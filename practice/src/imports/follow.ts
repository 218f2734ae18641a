/**
 * Sources that are followed each night: at a time of the practice's own clock a job is begun, once for each day. A night that was missed is made
 * up for at the next start, once.
 */
import { findActive, insertJob } from '#jobs'
import { recordEvent } from '#journal'
import type { OpenPractice } from '#open-practice'
import { loadTimeZone } from '#today'
import { claimNight, listSources, type StoredSource } from './source-store.ts'

/** No two jobs of one source at once. */
export function activeKeyOf(sourceId: string): string {
  return `import ${sourceId}`
}

/** Begins what is due. @returns how many jobs */
export async function followSources(practice: OpenPractice): Promise<number> {
  const { db, id } = practice
  const due = (await listSources(db, id)).filter(({ followedAt, yaml }) => followedAt !== undefined && yaml !== '')
  if (due.length === 0) return 0
  const now = practice.now().toZonedDateTimeISO(await loadTimeZone(db, id))
  let begun = 0
  for (const source of due) {
    const day = dueDay(source, now)
    if (day !== undefined && (await follow(practice, source, day))) begun++
  }
  return begun
}

/** The night that is due, and has not been begun. One that is still to come was begun by a clock that was wrong. */
function dueDay({ followedAt = '', followedOn = '' }: StoredSource, now: Temporal.ZonedDateTime): string | undefined {
  const day = lastNight(followedAt, now)
  return followedOn >= day && followedOn <= now.toPlainDate().toString() ? undefined : day
}

/** Today's once its time has come, else yesterday's. */
function lastNight(followedAt: string, now: Temporal.ZonedDateTime): string {
  const hasCome = now.toPlainTime().toString({ smallestUnit: 'minute' }) >= followedAt
  return (hasCome ? now : now.subtract({ days: 1 })).toPlainDate().toString()
}

/** For a source that is followed from now on: the night before counts as done. */
export async function nightBefore({ db, id, now }: OpenPractice, followedAt: string): Promise<string> {
  return lastNight(followedAt, now().toZonedDateTimeISO(await loadTimeZone(db, id)))
}

async function follow(practice: OpenPractice, source: StoredSource, day: string): Promise<boolean> {
  const activeKey = activeKeyOf(source.id)
  return practice.db.transaction().execute(async (tx) => {
    if (!(await claimNight(tx, practice, source.id, day, source.followedOn))) return false
    if ((await findActive(tx, practice.id, activeKey)) !== undefined) return false // one that a person has begun does as well
    const about = { sourceId: source.id, isDry: false, isFollowing: true }
    const jobId = await insertJob(tx, practice, { kind: 'import', about, activeKey, startedBy: undefined })
    const details = { kind: 'import', source: source.id }
    await recordEvent(tx, practice.id, undefined, practice.now(), { action: 'job.started', subject: `job:${jobId}`, details })
    return true
  })
}
