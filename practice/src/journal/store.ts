/** Reading the journal. */
import { type Db, instantText, type Tx } from '#database'
import type { JournalEvent } from '#endpoint'
import { parseCursor, printCursor } from '#http'
import type { Actor } from '#open-practice'

/** Which entries: `withPatients` false leaves out, by the query itself, whatever concerns one; `patientId` finds lists that showed them too. */
export interface JournalFilter {
  readonly withPatients: boolean
  readonly accountId?: string | undefined
  readonly action?: string | undefined
  readonly patientId?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export interface JournalPage {
  readonly entries: Awaited<ReturnType<typeof selectPage>>
  readonly next?: string
}

/** One page, newest first. */
export async function readJournal(
  db: Db,
  practiceId: string,
  filter: JournalFilter,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<JournalPage> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(parseCursor(cursor, 1)[0])
  const rows = await selectPage(db, practiceId, filter, before, limit + 1)
  const entries = rows.slice(0, limit)
  const last = entries.at(-1)
  return { entries, ...(rows.length > limit && last !== undefined ? { next: printCursor([last.seq]) } : {}) }
}

function selectPage(db: Db, practiceId: string, filter: JournalFilter, before: number, limit: number) {
  let query = db
    .selectFrom('journal_entry as entry')
    .leftJoin('account', 'account.id', 'entry.account_id')
    .selectAll('entry')
    .select('account.display_name')
    .where('entry.practice_id', '=', practiceId)
    .where('entry.seq', '<', before)
    .orderBy('entry.seq', 'desc')
    .limit(limit)
  // What shows a list of patients names them in its details.
  if (!filter.withPatients) query = query.where('entry.patient_id', 'is', null).where('entry.action', '!=', 'patients.searched')
  const { patientId } = filter
  if (patientId !== undefined)
    query = query.where('entry.seq', 'in', (row) =>
      row
        .selectFrom('journal_entry as about')
        .select('about.seq')
        .where('about.practice_id', '=', practiceId)
        .where('about.patient_id', '=', patientId)
        .unionAll(
          row
            .selectFrom('journal_shown as shown')
            .select('shown.seq')
            .where('shown.practice_id', '=', practiceId)
            .where('shown.patient_id', '=', patientId),
        ),
    )
  if (filter.accountId !== undefined) query = query.where('entry.account_id', '=', filter.accountId)
  if (filter.action !== undefined) query = query.where('entry.action', '=', filter.action)
  if (filter.from !== undefined) query = query.where('entry.at', '>=', asStored(filter.from))
  if (filter.to !== undefined) query = query.where('entry.at', '<', asStored(filter.to))
  return query.execute()
}

/** Instants are compared as texts, which `10:00:00Z` and `10:00:00.000Z` would do wrongly. */
function asStored(instant: string): string {
  return instantText(Temporal.Instant.from(instant))
}

const EXPORT_BATCH = 1_000

/** Oldest first, up to `upTo`, in bounded memory. */
export async function* streamJournal(
  db: Db,
  practiceId: string,
  { from, to, upTo }: { readonly from?: string | undefined; readonly to?: string | undefined; readonly upTo: number },
): AsyncGenerator<JournalPage['entries'][number]> {
  let after = 0
  while (true) {
    let query = db
      .selectFrom('journal_entry as entry')
      .leftJoin('account', 'account.id', 'entry.account_id')
      .selectAll('entry')
      .select('account.display_name')
      .where('entry.practice_id', '=', practiceId)
      .where('entry.seq', '>', after)
      .where('entry.seq', '<=', upTo)
      .orderBy('entry.seq')
      .limit(EXPORT_BATCH)
    if (from !== undefined) query = query.where('entry.at', '>=', asStored(from))
    if (to !== undefined) query = query.where('entry.at', '<', asStored(to))
    const batch = await query.execute()
    const last = batch.at(-1)
    if (last === undefined) return
    yield* batch
    after = last.seq
  }
}

/** Whether the same person, in the same session, is in the journal with the same since then. */
export async function isTold(
  tx: Tx,
  practiceId: string,
  actor: Actor,
  { action, patientId, subject }: Pick<JournalEvent, 'action' | 'patientId' | 'subject'>,
  since: Temporal.Instant,
): Promise<boolean> {
  const same = tx
    .selectFrom('journal_entry')
    .select('seq')
    .where('practice_id', '=', practiceId)
    .where('account_id', '=', actor.accountId)
    .where('action', '=', action)
    .where('subject', '=', subject ?? '')
    .where('at', '>=', instantText(since))
  const ofPatient = patientId === undefined ? same.where('patient_id', 'is', null) : same.where('patient_id', '=', patientId)
  const { sessionId } = actor
  const found =
    sessionId === undefined ? ofPatient.where('session_id', 'is', null) : ofPatient.where('session_id', '=', sessionId)
  return (await found.orderBy('seq', 'desc').limit(1).executeTakeFirst()) !== undefined
}
