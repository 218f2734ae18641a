/**
 * One entry of the journal, and its place in the chain.
 *
 * hash = SHA-256, hex, of the UTF-8 of the JSON array
 * `[1, practice, seq, at, account, role, session, address, action, patient, subject, reason, details, salt, previous]`, written without spaces as
 * ECMAScript's JSON.stringify does; absent values are null, details is the text as stored, the first entry's previous hash is 64 zeros. The salt is random, and goes
 * when the entry is emptied: without it the hash would confirm to whoever guesses who looked at whom.
 */
import { createHash } from 'node:crypto'
import type { Tables } from '#database'

export type StoredEntry = Tables['journal_entry']

export const FIRST_PREVIOUS_HASH = '0'.repeat(64)

/** The hash that an entry must have. */
export function hashEntry(entry: Omit<StoredEntry, 'hash'>): string {
  const fields = [
    1,
    entry.practice_id,
    entry.seq,
    entry.at,
    entry.account_id,
    entry.role,
    entry.session_id,
    entry.address,
    entry.action,
    entry.patient_id,
    entry.subject,
    entry.reason,
    entry.details,
    entry.salt,
    entry.previous_hash,
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex')
}
