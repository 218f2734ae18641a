/** What all that is done with an upload has in common: its row, its key, its file, and that one call at a time is at work on it. */
import { join } from 'node:path'
import type { Tx } from '#database'
import { ConflictError, NotFoundError } from '#errors'
import type { OpenPractice } from '#open-practice'
import { deleteDocumentKey, findDocumentKey } from './document-keys.ts'
import { findStoredUpload, isReferenced, type StoredUpload } from './store.ts'
import { documentsFolder, objectStoreOf } from './store-of-practice.ts'
import { removeUploadFile } from './upload-file.ts'

/** What the caller adds in the same transaction: its journal entry, its own rows. */
export type Within<T> = (tx: Tx, value: T) => Promise<void>

/** Uploads that a call is at work on. One process at a time has a practice's folder. */
const held = new Set<string>()

/** @throws {ConflictError} when another call is at work on it */
export function hold(uploadId: string): Disposable {
  if (held.has(uploadId)) throw new ConflictError('another request is at work on this upload', { about: { upload: uploadId } })
  held.add(uploadId)
  return { [Symbol.dispose]: () => void held.delete(uploadId) }
}

export function isHeld(uploadId: string): boolean {
  return held.has(uploadId)
}

export async function getStoredUpload(practice: OpenPractice, uploadId: string): Promise<StoredUpload> {
  const found = await findStoredUpload(practice.db, practice.id, uploadId)
  if (found === undefined) throw new NotFoundError('there is no such upload, or it is finished', { about: { upload: uploadId } })
  return found
}

export async function getUploadKey(practice: OpenPractice, uploadId: string): Promise<Uint8Array> {
  const key = await findDocumentKey(practice, uploadId)
  if (key === undefined) throw new NotFoundError('this upload has lost its key: begin it again', { about: { upload: uploadId } })
  return key
}

/** The key first: what is left then is noise. */
export async function dropWhatIsLeft(practice: OpenPractice, uploadId: string): Promise<void> {
  await deleteDocumentKey(practice.db, practice.id, uploadId)
  await removeUploadFile(pathOf(practice, uploadId))
}

export async function removeUnlessReferenced(practice: OpenPractice, sealedName: string): Promise<void> {
  if (!(await isReferenced(practice.db, practice.id, sealedName))) await objectStoreOf(practice).remove(sealedName)
}

export function uploadsFolder(practice: OpenPractice): string {
  return join(documentsFolder(practice), 'uploads')
}

/** The file in which an upload grows, or anything else that will be put into the store. */
export function pathOf(practice: OpenPractice, uploadId: string): string {
  return join(uploadsFolder(practice), `${uploadId}.sealed`)
}
