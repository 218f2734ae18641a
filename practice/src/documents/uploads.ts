/**
 * Uploads that survive anything: begin, append as often as needed, finish. What an append acknowledged is on disk; after a crash, a cut or a
 * full disk the upload goes on from there. The original is sealed as it comes and never on disk in the clear.
 *
 * ```
 * key in the keyring → file with a header → upload row → (segments → sync → acknowledged)… → read back, hashed, sniffed
 *   → findings in the upload row → file into the store → object row and whatever the caller adds, upload row gone: one transaction
 * ```
 * A kill between any two leaves something that the next call goes on with, or that {@link removeAbandonedUploads} takes away.
 */
import { statfs } from 'node:fs/promises'
import { instantText, newId } from '#database'
import { ConflictError, DiskFullError, InvalidInputError } from '#errors'
import { translateFull } from '#files'
import type { OpenPractice } from '#open-practice'
import { makeDocumentKey, streamContext } from './document-keys.ts'
import { makeFolder } from './folder-store.ts'
import { receiveSegments } from './receive-segments.ts'
import { SegmentLayout } from './sealed-stream.ts'
import { awaitedBytes, insertUpload, type UploadFacts, updateReceived } from './store.ts'
import { UploadFile, type UploadFileOptions } from './upload-file.ts'
import { dropWhatIsLeft, getStoredUpload, getUploadKey, hold, pathOf, uploadsFolder, type Within } from './upload-parts.ts'

export const DOCUMENT_BYTES_MAX = 64 * 1024 ** 3
const FILE_NAME_LENGTH_MAX = 1_000
/** What the database and everything else keep for themselves. */
const RESERVED_BYTES = 16 * 1024 * 1024
/** Room is kept for an upload so long after its last piece: one that nobody goes on with must not keep others out. */
const ROOM_KEPT_FOR = Temporal.Duration.from({ minutes: 30 })

export interface NewUpload {
  readonly patientId: string
  /** who may go on with it */
  readonly accountId: string
  /** as it was called where it came from: any text, shown by {@link printFileName} only */
  readonly fileName: string
  readonly sizeBytes: number
  /** kept with the upload and given back at its end */
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * @throws {InvalidInputError} a size or a name that cannot be
 * @throws {DiskFullError} when there would not be room for all of it, beside the uploads under way
 */
export async function beginUpload(practice: OpenPractice, wanted: NewUpload, within?: Within<UploadFacts>): Promise<UploadFacts> {
  const { sizeBytes, fileName } = wanted
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > DOCUMENT_BYTES_MAX)
    throw new InvalidInputError(`a document has 0 to ${DOCUMENT_BYTES_MAX} bytes`, [problem('sizeBytes', 'size')])
  if (fileName.length > FILE_NAME_LENGTH_MAX)
    throw new InvalidInputError(`a file name has at most ${FILE_NAME_LENGTH_MAX} characters`, [problem('fileName', 'too_big')])
  const upload: UploadFacts = {
    id: newId(),
    patientId: wanted.patientId,
    accountId: wanted.accountId,
    fileName: fileName.toWellFormed().replaceAll('\0', '\u{fffd}'), // PostgreSQL's text holds neither
    details: wanted.details ?? {},
    sizeBytes,
    receivedBytes: 0,
    startedAt: instantText(practice.now()),
  }
  await requireRoom(practice, sizeBytes)
  using _held = hold(upload.id)
  const key = await makeDocumentKey(practice, upload.id)
  try {
    await UploadFile.make(fileOptions(practice, upload, key))
    await practice.db.transaction().execute(async (tx) => {
      await insertUpload(tx, practice.id, upload)
      await within?.(tx, upload)
    })
  } catch (error) {
    await dropWhatIsLeft(practice, upload.id)
    throw translateFull(error, practice.folder)
  }
  return upload
}

/** @throws {NotFoundError} when there is none, or none any more: finished, given up, abandoned for seven days */
export async function getUpload(practice: OpenPractice, uploadId: string): Promise<UploadFacts> {
  const { findings: _, ...facts } = await getStoredUpload(practice, uploadId)
  return facts
}

/**
 * Takes the next bytes. Whole segments are kept; what is left of `bytes` after the last whole one is not, and is sent again. What had come
 * before an error is kept and acknowledged as well.
 *
 * @param offset where `bytes` begin in the original: what is acknowledged, and nothing else
 * @returns what is acknowledged now
 * @throws {ConflictError} another offset is expected (`about.receivedBytes`), or another call is at work on this upload
 * @throws {InvalidInputError} more bytes than declared, or fewer than `PIECE_BYTES_MIN` that are not the end
 * @throws {DiskFullError}
 */
export async function appendUpload(
  practice: OpenPractice,
  uploadId: string,
  offset: number,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly receivedBytes: number }> {
  using _held = hold(uploadId)
  const upload = await getStoredUpload(practice, uploadId)
  if (offset !== upload.receivedBytes || upload.findings !== undefined)
    throw new ConflictError(`the next byte is ${upload.receivedBytes}, not ${offset}`, {
      about: { receivedBytes: upload.receivedBytes },
    })
  const options = fileOptions(practice, upload, await getUploadKey(practice, uploadId))
  const receivedBytes = await receiveSegments(options, offset, bytes, (acknowledged) =>
    updateReceived(practice.db, practice.id, uploadId, acknowledged, practice.now()),
  )
  return { receivedBytes }
}

async function requireRoom(practice: OpenPractice, sizeBytes: number): Promise<void> {
  const folder = uploadsFolder(practice)
  await makeFolder(folder)
  const { bavail, bsize } = await statfs(folder)
  const awaited = await awaitedBytes(practice.db, practice.id, practice.now().subtract(ROOM_KEPT_FOR))
  if (sizeBytes + awaited + RESERVED_BYTES > bavail * bsize)
    throw new DiskFullError(`there is no room for ${sizeBytes} bytes more`, {
      about: { wantedBytes: sizeBytes, awaitedBytes: awaited, freeBytes: bavail * bsize },
    })
}

function fileOptions(practice: OpenPractice, upload: UploadFacts, key: Uint8Array): UploadFileOptions {
  return {
    path: pathOf(practice, upload.id),
    key,
    associatedData: streamContext(practice.id, upload.id),
    layout: new SegmentLayout(upload.sizeBytes),
  }
}

function problem(path: string, word: string) {
  return { path, problem: word, message: word }
}
