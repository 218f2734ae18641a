/**
 * Keeps what records lack up to date without anybody's asking: those that the journal says have changed, every quarter of a minute; all of them
 * at the start, each day, and after an import; and the day's counts. All of it can be drawn again: it may be killed anywhere.
 */
import { setTimeout } from 'node:timers/promises'
import type { JournalAction } from '#endpoint'
import type { OpenPractice } from '#open-practice'
import { keptIdsOf } from '#patients'
import { loadToday } from '#today'
import { loadJudging, refreshAll, refreshRecords } from './refresh.ts'
import { keepTrend } from './trend.ts'

const EVERY_MS = 15_000
/** Of one round; more than that is an import's work, and all is looked through. */
const CHANGED_MAX = 200

export interface CompletenessWorkOptions {
  /** what is open now; undefined: nothing is */
  readonly practice: () => OpenPractice | undefined
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

/** Up to where the journal was followed, and the day on which all was last looked through. */
interface Followed {
  readonly practiceId: string
  readonly seq: number
  readonly wholeOn: string
}

/** Works until it is disposed of, which waits for what is under way. */
export function startCompletenessWork({ practice, onError, everyMs = EVERY_MS }: CompletenessWorkOptions): AsyncDisposable {
  const stopping = new AbortController()
  const { signal } = stopping
  const work = (async () => {
    let followed: Followed | undefined
    while (!signal.aborted) {
      await setTimeout(everyMs, undefined, { signal, ref: false }).catch(() => {})
      const open = practice()
      if (open === undefined || signal.aborted) continue
      try {
        followed = await follow(open, followed?.practiceId === open.id ? followed : undefined, onError, signal)
      } catch (error) {
        if (!signal.aborted) onError(error)
      }
    }
  })()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await work
    },
  }
}

async function follow(
  practice: OpenPractice,
  followed: Followed | undefined,
  onTrouble: (error: unknown) => void,
  signal: AbortSignal,
): Promise<Followed> {
  const today = await loadToday(practice.db, practice.id, practice.now())
  // Before the records are read: what is written meanwhile is looked at in the next round.
  const seq = await lastSeq(practice)
  const changed = followed?.wholeOn === today ? await findChanged(practice, followed.seq, seq) : 'all'
  if (changed === 'all') {
    await refreshAll(practice, { onTrouble, signal })
    await keepTrend(practice)
  } else if (changed.length > 0) {
    const judging = await loadJudging(practice.db, practice)
    const { judged } = await refreshRecords(practice, judging, changed, { onTrouble })
    if (judged > 0) await keepTrend(practice)
  }
  return { practiceId: practice.id, seq, wholeOn: today }
}

async function lastSeq({ db, id }: OpenPractice): Promise<number> {
  const head = await db.selectFrom('journal_head').select('seq').where('practice_id', '=', id).executeTakeFirst()
  return head?.seq ?? 0
}

/** What changes no record: most of the journal. */
const LOOKS = [
  'record.read',
  'patients.searched',
  'document.read',
  'study.read',
  'tray.read',
  'journal.read',
] as const satisfies readonly JournalAction[]
/** What changes many, or which day care is judged from. */
const CHANGES_MANY: ReadonlySet<string> = new Set([
  'records.imported',
  'record.joined',
  'record.separated',
  'setting.changed',
] satisfies JournalAction[])

/** Patients in whose records something may have changed: the stamps tell whether it has. */
async function findChanged({ db, id }: OpenPractice, after: number, upTo: number): Promise<readonly string[] | 'all'> {
  if (after >= upTo) return []
  const rows = await db
    .selectFrom('journal_entry')
    .select(['action', 'patient_id'])
    .distinct()
    .where('practice_id', '=', id)
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .where('action', 'not in', [...LOOKS])
    .execute()
  const patients = new Set(rows.flatMap(({ patient_id }) => patient_id ?? []))
  if (patients.size > CHANGED_MAX || rows.some(({ action }) => CHANGES_MANY.has(action))) return 'all'
  return [...new Set((await keptIdsOf(db, id, patients)).values())]
}
