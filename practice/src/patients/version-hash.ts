/**
 * One version of an entry, and its place in the entry's chain.
 *
 * body_hash = SHA-256, hex, of the UTF-8 of the salt's 32 hex digits followed by the body as stored.
 * hash = SHA-256, hex, of the UTF-8 of the JSON array
 * `[1, practice, patient, entry, kind, version, state, body_hash, recorded_at, recorded_by, reason, source, previous]`, written without
 * spaces as ECMAScript's JSON.stringify does; absent values are null, the first version's previous hash is 64 zeros.
 *
 * The body stands in the hash through its own, so that a version whose body was lawfully destroyed still proves who wrote it when; its salt
 * goes with it, so that nobody can confirm a guess at what it said.
 */
import { hash } from 'node:crypto'
import type { Tables } from '#database'

export type StoredVersion = Tables['record_version']

export const FIRST_PREVIOUS_VERSION_HASH = '0'.repeat(64)

/** Of a body as it is stored, with the salt that it gets. */
export function hashBody(salt: string, body: string): string {
  return sha256(salt + body)
}

/** The hash that a version must have. */
export function hashVersion(version: Omit<StoredVersion, 'hash' | 'body' | 'body_salt'>): string {
  const fields = [
    1,
    version.practice_id,
    version.patient_id,
    version.entry_id,
    version.kind,
    version.version,
    version.state,
    version.body_hash,
    version.recorded_at,
    version.recorded_by,
    version.reason,
    version.source,
    version.previous_hash,
  ]
  return sha256(JSON.stringify(fields))
}

/** What a batch of an import wrote, as the journal keeps it: SHA-256 of the versions' hashes, sorted, each with a line feed. */
export function digestVersions(hashes: readonly string[]): string {
  return sha256(
    hashes
      .toSorted()
      .map((each) => `${each}\n`)
      .join(''),
  )
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}
