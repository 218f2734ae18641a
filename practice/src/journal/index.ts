/**
 * The journal: who did what, when, from where, why. Append-only and chained by hashes; kept by the database itself from being changed. No
 * patient's name, birth date or care is ever written here: ids are.
 */

export { JOURNAL_HEADS_FILE, keepHead, keptHeads } from './anchors.ts'
export { FIRST_PREVIOUS_HASH, hashEntry, type StoredEntry } from './entry.ts'
export { type JournalHead, recordEvent } from './record.ts'
export { emptyExpiredTraces } from './retention.ts'
export { journalRoutes } from './routes.ts'
export { isTold } from './store.ts'
export {
  JOURNAL_BREAKS,
  type JournalBreak,
  type JournalBreakKind,
  type JournalVerdict,
  journalHead,
  type VerifyOptions,
  verifyJournal,
} from './verify.ts'
