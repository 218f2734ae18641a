/** Writing to the journal: always in the transaction of what is told, so that neither is there without the other. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { instantText, type Tx } from '#database'
import type { JournalEvent } from '#endpoint'
import type { Actor } from '#open-practice'
import { FIRST_PREVIOUS_HASH, hashEntry } from './entry.ts'
import { insertShown } from './shown.ts'

const SALT_BYTES = 16

/** The last entry, which stands for all before it. `seq` 0: there is none. */
export interface JournalHead {
  readonly seq: number
  readonly hash: string
}

/**
 * Appends one entry. Two transactions at once wait for each other at the head's row.
 *
 * @param actor undefined for what the program does by itself
 * @returns the new head
 */
export async function recordEvent(
  tx: Tx,
  practiceId: string,
  actor: Actor | undefined,
  now: Temporal.Instant,
  event: JournalEvent,
): Promise<JournalHead> {
  assert(event.shown === undefined || event.action === 'patients.searched')
  const shown = event.shown === undefined ? undefined : [...new Set(event.shown)]
  const head = await takeHead(tx, practiceId)
  const entry = {
    practice_id: practiceId,
    seq: head.seq,
    at: instantText(now),
    account_id: actor?.accountId ?? null,
    role: actor?.role ?? null,
    session_id: actor?.sessionId ?? null,
    address: actor?.address ?? null,
    action: event.action,
    patient_id: event.patientId ?? null,
    subject: event.subject ?? null,
    reason: event.reason ?? null,
    details: JSON.stringify({ ...event.details, shown }),
    salt: randomBytes(SALT_BYTES).toString('hex'),
    previous_hash: head.previousHash,
  }
  const hash = hashEntry(entry)
  await tx
    .insertInto('journal_entry')
    .values({ ...entry, hash })
    .execute()
  await insertShown(tx, practiceId, entry.seq, shown)
  await tx.updateTable('journal_head').set({ hash }).where('practice_id', '=', practiceId).execute()
  return { seq: head.seq, hash }
}

/** Counts one on, which locks the row until the transaction ends. */
async function takeHead(tx: Tx, practiceId: string): Promise<{ seq: number; previousHash: string }> {
  const found = await tx
    .updateTable('journal_head')
    .set((row) => ({ seq: row('seq', '+', 1) }))
    .where('practice_id', '=', practiceId)
    .returning(['seq', 'hash'])
    .executeTakeFirst()
  if (found !== undefined) return { seq: found.seq, previousHash: found.hash }
  await tx.insertInto('journal_head').values({ practice_id: practiceId, seq: 1, hash: FIRST_PREVIOUS_HASH }).execute()
  return { seq: 1, previousHash: FIRST_PREVIOUS_HASH }
}
