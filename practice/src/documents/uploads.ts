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
import { inPieces, SegmentLayout } from './sealed-stream.ts'
import { awaitedBytes, insertUpload, type UploadFacts, updateReceived } from './store.ts'
import { UploadFile, type UploadFileOptions } from './upload-file.ts'
import { dropWhatIsLeft, getStoredUpload, getUploadKey, hold, pathOf, uploadsFolder, type Within } from './upload-parts.ts'

export const DOCUMENT_BYTES_MAX = 64 * 1024 ** 3
/** A piece brings at least one whole segment, or the end. */
export const PIECE_BYTES_MIN = 1024 * 1024
const FILE_NAME_LENGTH_MAX = 1_000
/** A kill loses at most so much that was sent. */
const ACKNOWLEDGE_BYTES = 8 * 1024 * 1024
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
 * @throws {InvalidInputError} more bytes than declared, or fewer than {@link PIECE_BYTES_MIN} that are not the end
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
  await using file = await UploadFile.open(options, upload.receivedBytes)
  const received = new Acknowledged(practice, upload, file)
  let cameBytes = 0
  const counted = async function* () {
    for await (const chunk of bytes) {
      cameBytes += chunk.length
      if (offset + cameBytes > upload.sizeBytes)
        throw new InvalidInputError(`more than the ${upload.sizeBytes} bytes that were declared`, [problem('body', 'too_big')])
      yield chunk
    }
  }
  try {
    await writeSegments(options.layout, offset, counted(), file, received)
  } finally {
    await received.acknowledge()
  }
  if (cameBytes > 0 && received.bytes === offset)
    throw new InvalidInputError(`a piece has at least ${PIECE_BYTES_MIN} bytes, or ends the document`, [
      problem('body', 'too_small'),
    ])
  return { receivedBytes: received.bytes }
}

async function writeSegments(
  layout: SegmentLayout,
  offset: number,
  bytes: AsyncIterable<Uint8Array>,
  file: UploadFile,
  received: Acknowledged,
): Promise<void> {
  if (offset === layout.plainBytes) return void (await Array.fromAsync(bytes)) // refuses what comes now
  let segment = layout.segmentOf(offset)
  const first = segment
  let end: Uint8Array | undefined
  for await (const piece of inPieces(bytes, (index) => layout.plainEnd(first + index) - layout.plainStart(first + index) || 1)) {
    if (piece.length < layout.plainEnd(segment) - layout.plainStart(segment)) return
    if (layout.isLast(segment)) {
      end = piece // written when nothing comes after it
      continue
    }
    await file.write(segment, piece)
    await received.advance(layout.plainEnd(segment))
    segment++
  }
  if (end === undefined) return
  await file.write(segment, end)
  await received.advance(layout.plainEnd(segment))
}

/** How much is written, and how much of it is on disk and in the database. */
class Acknowledged {
  bytes: number
  readonly #practice: OpenPractice
  readonly #uploadId: string
  readonly #file: UploadFile
  #written: number

  constructor(practice: OpenPractice, upload: UploadFacts, file: UploadFile) {
    this.bytes = upload.receivedBytes
    this.#written = upload.receivedBytes
    this.#practice = practice
    this.#uploadId = upload.id
    this.#file = file
  }

  async advance(writtenBytes: number): Promise<void> {
    this.#written = writtenBytes
    if (this.#written - this.bytes >= ACKNOWLEDGE_BYTES) await this.acknowledge()
  }

  async acknowledge(): Promise<void> {
    if (this.#written === this.bytes) return
    await this.#file.sync()
    try {
      await updateReceived(this.#practice.db, this.#practice.id, this.#uploadId, this.#written, this.#practice.now())
    } catch (error) {
      throw translateFull(error, this.#practice.folder)
    }
    this.bytes = this.#written
  }
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
