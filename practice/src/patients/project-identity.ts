/** The patient's row and words, drawn from the identity: what lists show and search finds. */
import { instantText, type Tables } from '#database'
import { ConflictError } from '#errors'
import type { Identity } from './kinds/identity.ts'
import { markToCompare } from './mark-to-compare.ts'
import { indexPatient } from './search/index.ts'
import { wordsOf } from './words-of.ts'
import type { Writing } from './writing.ts'

/** The columns of a patient's row that an identity decides. */
export function identityColumns(identity: Identity, sortName: string) {
  return {
    file_number: identity.fileNumber,
    birth_name: identity.birthName,
    used_name: identity.usedName ?? null,
    given_names: JSON.stringify(identity.givenNames),
    used_given_name: identity.usedGivenName ?? null,
    sex: identity.sex,
    born_on: identity.bornOn ?? null,
    died_on: identity.diedOn ?? null,
    ins: identity.ins?.number ?? null,
    telephone: identity.telephones[0]?.number ?? null,
    sort_name: sortName,
  } satisfies Partial<Tables['patient']>
}

/** @throws {ConflictError} when another patient has the file number */
export async function projectIdentity({ tx, practiceId, now }: Writing, patientId: string, identity: Identity): Promise<void> {
  const words = wordsOf(patientId, identity)
  await translatingTaken(() =>
    tx
      .updateTable('patient')
      .set({ ...identityColumns(identity, words.sortName), changed_at: instantText(now) })
      .where('id', '=', patientId)
      .where('practice_id', '=', practiceId)
      .execute(),
  )
  await indexPatient(tx, practiceId, words)
  await markToCompare(tx, practiceId, now, [patientId])
}

/** The only thing unique about a patient's row, beside its id, is the file number. `taken` says so to the caller. */
export async function translatingTaken<T>(write: () => Promise<T>, taken = 'another patient has this file number'): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (TAKEN_CODES.has((error as { code?: string }).code ?? '')) throw new ConflictError(taken)
    throw error
  }
}

/** SQLite names the constraint, PostgreSQL the class (unique_violation). The cause would quote the row, so it stays here. */
const TAKEN_CODES: ReadonlySet<string> = new Set(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505'])
