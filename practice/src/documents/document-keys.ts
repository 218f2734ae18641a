/**
 * Each document has a key of its own: 32 random bytes, kept in the keyring, sealed with the practice's key for documents. Where the row is
 * gone, nobody opens the document again, nor any copy of it: only copies of the keyring made before still hold the key.
 */
import { randomBytes } from 'node:crypto'
import { type Db, instantText, type Tx } from '#database'
import { seal, unseal } from '#keys'
import type { OpenPractice } from '#open-practice'
import { DOCUMENT_KEY_BYTES } from './sealed-stream.ts'

/** Makes and keeps the key of an object to come: durable when this returns, before anything is sealed with it. */
export async function makeDocumentKey(practice: OpenPractice, objectId: string): Promise<Uint8Array> {
  const key = randomBytes(DOCUMENT_KEY_BYTES)
  await practice.db
    .insertInto('keyring.document_key')
    .values({
      object_id: objectId,
      practice_id: practice.id,
      wrapped_key: Buffer.from(seal(practice.master.derive('documents'), key, keyContext(practice.id, objectId))),
      created_at: instantText(practice.now()),
    })
    .execute()
  return key
}

/**
 * @returns undefined when there is none, or none any more
 * @throws {WrongKeyError} when the row was changed, or is another object's
 */
export async function findDocumentKey(practice: OpenPractice, objectId: string): Promise<Uint8Array | undefined> {
  const found = await practice.db
    .selectFrom('keyring.document_key')
    .select('wrapped_key')
    .where('practice_id', '=', practice.id)
    .where('object_id', '=', objectId)
    .executeTakeFirst()
  if (found === undefined) return undefined
  return unseal(practice.master.derive('documents'), found.wrapped_key, keyContext(practice.id, objectId))
}

/** Gone for good: the page is overwritten (`secure_delete`). Succeeds when it is gone already. */
export async function deleteDocumentKey(db: Db | Tx, practiceId: string, objectId: string): Promise<void> {
  await db.deleteFrom('keyring.document_key').where('practice_id', '=', practiceId).where('object_id', '=', objectId).execute()
}

/** What a sealed document is: in its associated data, so that no file can be put in another's place. */
export function streamContext(practiceId: string, objectId: string): string {
  return `couronne document ${practiceId} ${objectId}`
}

export function previewContext(practiceId: string, objectId: string): string {
  return `couronne preview ${practiceId} ${objectId}`
}

export function keyContext(practiceId: string, objectId: string): string {
  return `couronne document key ${practiceId} ${objectId}`
}
