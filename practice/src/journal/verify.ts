/** Walking the chain: whole, or where it breaks. */
import { setImmediate } from 'node:timers/promises'
import type { Db } from '#database'
import { FIRST_PREVIOUS_HASH, hashEntry, type StoredEntry } from './entry.ts'
import type { JournalHead } from './record.ts'
import { EMPTIED, EmptiedCheck } from './retention.ts'
import { findMisshown } from './shown.ts'

export const JOURNAL_BREAKS = ['changed', 'unlinked', 'gap', 'head', 'anchor', 'emptied', 'shown'] as const
/**
 * changed: an entry is not what its hash says. unlinked: it does not follow from the one before. gap: numbers are missing. head: the last
 * entry is not the one that the head names: the end was cut off, or written by another hand. anchor: an entry is not the one that a head
 * kept elsewhere (a backup, a package) names. emptied: what was emptied from here on is not what the journal says was emptied.
 * shown: whom the entry showed is not found by them, or somebody whom it did not show is.
 */
export type JournalBreakKind = (typeof JOURNAL_BREAKS)[number]

export interface JournalBreak {
  readonly kind: JournalBreakKind
  readonly seq: number
}

export interface JournalVerdict {
  readonly entries: number
  readonly head: JournalHead
  /** the first hundred; empty: whole */
  readonly breaks: readonly JournalBreak[]
  /** heads kept elsewhere that were compared */
  readonly anchors: number
}

const BATCH = 2_000
const BREAKS_MAX = 100

export interface VerifyOptions {
  /** heads that were kept outside of the database */
  readonly anchors?: readonly JournalHead[]
  readonly onProgress?: (entries: number) => void
  readonly signal?: AbortSignal
}

/** Reads every entry and compares. Memory is bounded; entries that are appended meanwhile are not read. */
export async function verifyJournal(db: Db, practiceId: string, options: VerifyOptions = {}): Promise<JournalVerdict> {
  const verdict = await walk(db, practiceId, options)
  // Traces may have been emptied while they were being read.
  return verdict.breaks.some(({ kind }) => kind === 'emptied' || kind === 'shown') ? walk(db, practiceId, options) : verdict
}

async function walk(db: Db, practiceId: string, options: VerifyOptions): Promise<JournalVerdict> {
  const stored = await journalHead(db, practiceId)
  const anchors = Map.groupBy(options.anchors ?? [], (anchor) => anchor.seq)
  const breaks: JournalBreak[] = []
  const note = (kind: JournalBreakKind, seq: number) => void (breaks.length < BREAKS_MAX && breaks.push({ kind, seq }))
  const emptied = await EmptiedCheck.load(db, practiceId, stored.seq)
  let last: JournalHead = { seq: 0, hash: FIRST_PREVIOUS_HASH }
  let entries = 0
  for await (const batch of readEntries(db, practiceId, stored.seq)) {
    options.signal?.throwIfAborted()
    const misshown = await findMisshown(db, practiceId, batch)
    await setImmediate() // the embedded database answers at once: without this nobody else is served before the end
    for (const entry of batch) {
      if (entry.seq !== last.seq + 1) note('gap', last.seq + 1)
      else if (entry.previous_hash !== last.hash) note('unlinked', entry.seq)
      // What it said is gone, with its time; its hash still stands between its neighbours'.
      if (entry.action === EMPTIED) emptied.see(entry.seq)
      else if (hashEntry(entry) !== entry.hash) note('changed', entry.seq)
      if (misshown.has(entry.seq)) note('shown', entry.seq)
      // All of them: one that was kept after the chain had been written anew must not hide the one of before.
      if (anchors.get(entry.seq)?.some(({ hash }) => hash !== entry.hash)) note('anchor', entry.seq)
      last = { seq: entry.seq, hash: entry.hash }
    }
    entries += batch.length
    options.onProgress?.(entries)
  }
  if (last.seq !== stored.seq || (stored.seq > 0 && last.hash !== stored.hash)) note('head', Math.max(last.seq, stored.seq))
  else if (await hasEntriesBeyond(db, practiceId)) note('head', last.seq + 1)
  for (const seq of emptied.wrong()) note('emptied', seq)
  for (const seq of anchors.keys()) if (seq > last.seq) note('anchor', seq)
  return { entries, head: last, breaks, anchors: options.anchors?.length ?? 0 }
}

/** Whether there are entries of which the head knows nothing: it was put back, so that they would not be read. */
async function hasEntriesBeyond(db: Db, practiceId: string): Promise<boolean> {
  const newest = await db
    .selectFrom('journal_entry')
    .select('seq')
    .where('practice_id', '=', practiceId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (newest?.seq ?? 0) > (await journalHead(db, practiceId)).seq // read last: it may have gone on, never back
}

/** @returns `seq` 0 where nothing was ever written */
export async function journalHead(db: Db, practiceId: string): Promise<JournalHead> {
  const found = await db
    .selectFrom('journal_head')
    .select(['seq', 'hash'])
    .where('practice_id', '=', practiceId)
    .executeTakeFirst()
  return found ?? { seq: 0, hash: FIRST_PREVIOUS_HASH }
}

async function* readEntries(db: Db, practiceId: string, upTo: number): AsyncGenerator<readonly StoredEntry[]> {
  let after = Number.MIN_SAFE_INTEGER // what stands before the first is read too, and is a break
  while (true) {
    const batch = await db
      .selectFrom('journal_entry')
      .selectAll()
      .where('practice_id', '=', practiceId)
      .where('seq', '>', after)
      .where('seq', '<=', upTo)
      .orderBy('seq')
      .limit(BATCH)
      .execute()
    const last = batch.at(-1)
    if (last === undefined) return
    yield batch
    after = last.seq
  }
}
