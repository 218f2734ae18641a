/** Stored documents: opened, wholly or in part, and destroyed. */
import { NotFoundError } from '#errors'
import type { OpenPractice } from '#open-practice'
import { deleteDocumentKey, findDocumentKey, previewContext, streamContext } from './document-keys.ts'
import { primed } from './primed.ts'
import { DOCUMENT_SHAPE, openStream, SegmentLayout } from './sealed-stream.ts'
import {
  type DocumentFacts,
  factsOfRow,
  findObject,
  listUnfinishedDestructions,
  markDestroyed,
  markFilesRemoved,
  type ObjectRow,
} from './store.ts'
import { objectStoreOf } from './store-of-practice.ts'
import type { Within } from './upload-parts.ts'

/** Of the original: `offset` its first byte, to the end when `lengthBytes` is absent. */
export interface PlainRange {
  readonly offset: number
  readonly lengthBytes?: number
}

export interface OpenedObject {
  readonly facts: DocumentFacts
  /** authenticated before it is yielded; throws in the middle when the file turns out to be damaged there */
  readonly stream: AsyncIterable<Uint8Array>
}

/** @throws {NotFoundError} when there is none, or it was destroyed */
export async function getDocument(practice: OpenPractice, objectId: string): Promise<DocumentFacts> {
  return factsOfRow(await getRow(practice, objectId))
}

/**
 * Opens a document. Its first bytes are read before this returns, so that what is missing or damaged is an error and not half an answer.
 *
 * @throws {NotFoundError} when there is none, or it was destroyed
 * @throws {DamagedError} when the sealed file is not what it was
 */
export async function readObject(practice: OpenPractice, objectId: string, range?: PlainRange): Promise<OpenedObject> {
  const row = await getRow(practice, objectId)
  const key = await getKey(practice, objectId)
  const source = await sourceOf(practice, row.sealed_name)
  const context = streamContext(practice.id, objectId)
  const opened = openStream(source, { key, associatedData: context, sizeBytes: row.size_bytes, ...range })
  return { facts: factsOfRow(row), stream: await primed(opened) }
}

/** The preview, in WebP. @throws {NotFoundError} when there is none, or not yet */
export async function readPreview(
  practice: OpenPractice,
  objectId: string,
): Promise<{ readonly facts: DocumentFacts; readonly sizeBytes: number; readonly stream: AsyncIterable<Uint8Array> }> {
  const row = await getRow(practice, objectId)
  if (row.preview_state !== 'made' || row.preview_name === null)
    throw new NotFoundError('this document has no preview', { about: { object: objectId, state: row.preview_state } })
  const key = await getKey(practice, objectId)
  const source = await sourceOf(practice, row.preview_name)
  const sizeBytes = plainBytes(source.sizeBytes)
  const opened = openStream(source, { key, associatedData: previewContext(practice.id, objectId), sizeBytes })
  return { facts: factsOfRow(row), sizeBytes, stream: await primed(opened) }
}

/**
 * Destroys a document for good: its key, then its files. No copy of the files can be opened any more, but with a copy of the keyring made
 * before. The row stays and says when. May be called again after a crash.
 *
 * @throws {NotFoundError} when there never was one
 */
export async function destroyObject(practice: OpenPractice, objectId: string, within?: Within<DocumentFacts>): Promise<void> {
  const row = await findObject(practice.db, practice.id, objectId)
  if (row === undefined) throw new NotFoundError('there is no such document', { about: { object: objectId } })
  if (row.destroyed_at === null) {
    await practice.db.transaction().execute(async (tx) => {
      await deleteDocumentKey(tx, practice.id, objectId)
      await markDestroyed(tx, practice.id, objectId, practice.now())
      await within?.(tx, factsOfRow(row))
    })
  }
  await removeFiles(practice, objectId)
}

/** Goes on with destructions that a crash cut short: keys that a destroyed document still has, files that still lie there. */
export async function finishDestructions(practice: OpenPractice): Promise<void> {
  let trouble: unknown
  for (const objectId of await listUnfinishedDestructions(practice.db, practice.id))
    await removeFiles(practice, objectId).catch((error: unknown) => {
      trouble ??= error // of this one: the others do not wait for it
    })
  if (trouble !== undefined) throw trouble
}

async function removeFiles(practice: OpenPractice, objectId: string): Promise<void> {
  // The two database files are not committed as one: after a power cut the mark may be there and the key as well.
  await deleteDocumentKey(practice.db, practice.id, objectId)
  const row = await findObject(practice.db, practice.id, objectId)
  if (row === undefined) return
  const store = objectStoreOf(practice)
  await store.remove(row.sealed_name)
  if (row.preview_name !== null) await store.remove(row.preview_name)
  await markFilesRemoved(practice.db, practice.id, objectId)
}

async function getRow(practice: OpenPractice, objectId: string): Promise<ObjectRow> {
  const row = await findObject(practice.db, practice.id, objectId)
  if (row === undefined || row.destroyed_at !== null)
    throw new NotFoundError('there is no such document, or it was destroyed', { about: { object: objectId } })
  return row
}

async function getKey(practice: OpenPractice, objectId: string): Promise<Uint8Array> {
  const key = await findDocumentKey(practice, objectId)
  if (key === undefined) throw new NotFoundError('this document’s key was destroyed', { about: { object: objectId } })
  return key
}

async function sourceOf(practice: OpenPractice, name: string) {
  const store = objectStoreOf(practice)
  const sizeBytes = (await store.stat(name)) ?? 0
  return { sizeBytes, read: (offset: number, lengthBytes: number) => store.read(name, offset, lengthBytes) }
}

function plainBytes(sealedBytes: number): number {
  const segments = Math.ceil(sealedBytes / DOCUMENT_SHAPE.segmentBytes)
  const overhead = new SegmentLayout(0).sealedBytes
  return Math.max(0, sealedBytes - overhead - (segments - 1) * 16)
}
