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
import { createHash } from 'node:crypto'
import { readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { instantText, newId, type Tx } from '#database'
import { ConflictError, DiskFullError, InvalidInputError, NotFoundError } from '#errors'
import { translateFull } from '#files'
import type { OpenPractice } from '#open-practice'
import { deleteDocumentKey, findDocumentKey, makeDocumentKey, streamContext } from './document-keys.ts'
import { makeFolder, readFilePart, sizeOf } from './folder-store.ts'
import { inPieces, openStream, SegmentLayout } from './sealed-stream.ts'
import { agreesWithName, isPreviewable, sniff } from './sniff.ts'
import {
  awaitedBytes,
  type DocumentFacts,
  deleteUpload,
  type Findings,
  factsOfRow,
  findSameObject,
  findStoredUpload,
  insertObject,
  insertUpload,
  isReferenced,
  listLooseKeys,
  listUploadsUntouchedSince,
  type StoredUpload,
  type UploadFacts,
  updateFindings,
  updateReceived,
} from './store.ts'
import { documentsFolder, objectStoreOf } from './store-of-practice.ts'
import { removeUploadFile, UploadFile, type UploadFileOptions } from './upload-file.ts'

export const DOCUMENT_BYTES_MAX = 64 * 1024 ** 3
/** A piece brings at least one whole segment, or the end. */
export const PIECE_BYTES_MIN = 1024 * 1024
const FILE_NAME_LENGTH_MAX = 1_000
/** A kill loses at most so much that was sent. */
const ACKNOWLEDGE_BYTES = 8 * 1024 * 1024
/** What the database and everything else keep for themselves. */
const RESERVED_BYTES = 16 * 1024 * 1024
const ABANDONED_AFTER = Temporal.Duration.from({ hours: 7 * 24 })

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

export interface FinishedUpload {
  readonly upload: UploadFacts
  readonly object: DocumentFacts
  /** false: the same bytes were there for this patient already, and `object` is that one */
  readonly isNew: boolean
  /** false: the name's extension says something else than the bytes */
  readonly agreesWithName: boolean
}

/** What the caller adds in the same transaction: its journal entry, its own rows. */
export type Within<T> = (tx: Tx, value: T) => Promise<void>

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
  const options = fileOptions(practice, upload, await getKey(practice, uploadId))
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

/**
 * All bytes are there: reads them back from the disk, and makes the document. May be called again after a failure.
 *
 * @throws {ConflictError} when bytes are missing (`about.receivedBytes`)
 * @throws {DamagedError} when what is on the disk does not open
 */
export async function finishUpload(
  practice: OpenPractice,
  uploadId: string,
  within?: Within<FinishedUpload>,
): Promise<FinishedUpload> {
  using _held = hold(uploadId)
  const upload = await getStoredUpload(practice, uploadId)
  if (upload.receivedBytes !== upload.sizeBytes)
    throw new ConflictError(`${upload.receivedBytes} of ${upload.sizeBytes} bytes are there`, {
      about: { receivedBytes: upload.receivedBytes },
    })
  const findings = upload.findings ?? (await readBack(practice, upload))
  const hadBefore = await findSameObject(practice.db, practice.id, upload.patientId, findings.sha256)
  if (hadBefore === undefined) {
    await updateFindings(practice.db, practice.id, uploadId, findings)
    await objectStoreOf(practice).put(findings.sealedName, pathOf(practice, uploadId))
  }
  const finished = await practice.db.transaction().execute(async (tx) => {
    const made = await makeObject(tx, practice, upload, findings, hadBefore === undefined)
    await deleteUpload(tx, practice.id, uploadId)
    await within?.(tx, made)
    return made
  })
  if (!finished.isNew) {
    await dropWhatIsLeft(practice, uploadId)
    await removeUnlessReferenced(practice, findings.sealedName)
  }
  return finished
}

/** Gives an upload up. */
export async function abandonUpload(practice: OpenPractice, uploadId: string, within?: Within<UploadFacts>): Promise<void> {
  using _held = hold(uploadId)
  const upload = await getStoredUpload(practice, uploadId)
  await practice.db.transaction().execute(async (tx) => {
    await deleteUpload(tx, practice.id, uploadId)
    await within?.(tx, upload)
  })
  await dropWhatIsLeft(practice, uploadId)
  if (upload.findings !== undefined) await removeUnlessReferenced(practice, upload.findings.sealedName)
}

/** Takes away uploads that nobody has touched for seven days, and what crashes left. @returns how many uploads */
export async function removeAbandonedUploads(practice: OpenPractice): Promise<number> {
  const abandoned = await listUploadsUntouchedSince(practice.db, practice.id, practice.now().subtract(ABANDONED_AFTER))
  let count = 0
  for (const uploadId of abandoned) {
    if (held.has(uploadId)) continue
    await abandonUpload(practice, uploadId)
    count++
  }
  const loose = new Set(await listLooseKeys(practice.db, practice.id))
  for (const name of await uploadFiles(practice)) loose.add(name.slice(0, name.indexOf('.')))
  for (const id of loose) {
    if (held.has(id) || (await findStoredUpload(practice.db, practice.id, id)) !== undefined) continue
    using _held = hold(id)
    await removeUploadFile(pathOf(practice, id))
    if ((await listLooseKeys(practice.db, practice.id)).includes(id)) await deleteDocumentKey(practice.db, practice.id, id)
  }
  return count
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

/** Opens what was sealed, from the disk: whatever is wrong with it is known before the sender is told that it may forget. */
async function readBack(practice: OpenPractice, upload: StoredUpload): Promise<Findings> {
  const path = pathOf(practice, upload.id)
  const key = await getKey(practice, upload.id)
  const options = { key, associatedData: streamContext(practice.id, upload.id), sizeBytes: upload.sizeBytes }
  const [original, sealed] = [createHash('sha256'), createHash('sha256')]
  const source = { sizeBytes: (await sizeOf(path)) ?? 0, read: (at: number, length: number) => readFilePart(path, at, length) }
  const hashed = {
    ...source,
    read: async function* (at: number, length: number) {
      for await (const chunk of source.read(at, length)) {
        sealed.update(chunk)
        yield chunk
      }
    },
  }
  let head: Uint8Array | undefined
  for await (const plain of openStream(hashed, options)) {
    original.update(plain)
    head ??= plain
  }
  const mediaType = await sniff({
    head: head ?? new Uint8Array(),
    sizeBytes: upload.sizeBytes,
    readAt: async (offset, lengthBytes) =>
      Buffer.concat(await Array.fromAsync(openStream(source, { ...options, offset, lengthBytes }))),
  })
  return { sha256: original.digest('hex'), sealedName: sealed.digest('hex'), mediaType }
}

async function makeObject(
  tx: Tx,
  practice: OpenPractice,
  upload: StoredUpload,
  findings: Findings,
  isStored: boolean,
): Promise<FinishedUpload> {
  const same = await findSameObject(tx, practice.id, upload.patientId, findings.sha256)
  const { findings: _, ...facts } = upload
  const common = { upload: facts, agreesWithName: agreesWithName(findings.mediaType, upload.fileName) }
  if (same !== undefined) return { ...common, object: factsOfRow(same), isNew: false }
  if (!isStored) throw new ConflictError('the same document was being destroyed at this moment: finish again')
  const row = {
    id: upload.id,
    practice_id: practice.id,
    patient_id: upload.patientId,
    sha256: findings.sha256,
    size_bytes: upload.sizeBytes,
    media_type: findings.mediaType,
    sealed_name: findings.sealedName,
    sealed_bytes: new SegmentLayout(upload.sizeBytes).sealedBytes,
    preview_name: null,
    preview_state: isPreviewable(findings.mediaType, upload.sizeBytes) ? ('due' as const) : ('none' as const),
    stored_at: instantText(practice.now()),
    destroyed_at: null,
  }
  await insertObject(tx, row)
  return { ...common, object: factsOfRow(row), isNew: true }
}

async function removeUnlessReferenced(practice: OpenPractice, sealedName: string): Promise<void> {
  if (!(await isReferenced(practice.db, practice.id, sealedName))) await objectStoreOf(practice).remove(sealedName)
}

/** The key first: what is left then is noise. */
async function dropWhatIsLeft(practice: OpenPractice, uploadId: string): Promise<void> {
  await deleteDocumentKey(practice.db, practice.id, uploadId)
  await removeUploadFile(pathOf(practice, uploadId))
}

async function getStoredUpload(practice: OpenPractice, uploadId: string): Promise<StoredUpload> {
  const found = await findStoredUpload(practice.db, practice.id, uploadId)
  if (found === undefined) throw new NotFoundError('there is no such upload, or it is finished', { about: { upload: uploadId } })
  return found
}

async function getKey(practice: OpenPractice, uploadId: string): Promise<Uint8Array> {
  const key = await findDocumentKey(practice, uploadId)
  if (key === undefined) throw new NotFoundError('this upload has lost its key: begin it again', { about: { upload: uploadId } })
  return key
}

async function requireRoom(practice: OpenPractice, sizeBytes: number): Promise<void> {
  const folder = uploadsFolder(practice)
  await makeFolder(folder)
  const { bavail, bsize } = await statfs(folder)
  const awaited = await awaitedBytes(practice.db, practice.id)
  if (sizeBytes + awaited + RESERVED_BYTES > bavail * bsize)
    throw new DiskFullError(`there is no room for ${sizeBytes} bytes more`, {
      about: { wantedBytes: sizeBytes, awaitedBytes: awaited, freeBytes: bavail * bsize },
    })
}

async function uploadFiles(practice: OpenPractice): Promise<readonly string[]> {
  const folder = uploadsFolder(practice)
  await makeFolder(folder)
  return (await readdir(folder)).filter((name) => /^[0-9a-f-]{36}\.sealed(\.new)?$/.test(name))
}

function uploadsFolder(practice: OpenPractice): string {
  return join(documentsFolder(practice), 'uploads')
}

/** The file in which an upload grows, or anything else that will be put into the store. */
export function pathOf(practice: OpenPractice, uploadId: string): string {
  return join(uploadsFolder(practice), `${uploadId}.sealed`)
}

function fileOptions(practice: OpenPractice, upload: UploadFacts, key: Uint8Array): UploadFileOptions {
  return {
    path: pathOf(practice, upload.id),
    key,
    associatedData: streamContext(practice.id, upload.id),
    layout: new SegmentLayout(upload.sizeBytes),
  }
}

/** Uploads that a call is at work on. One process at a time has a practice's folder. */
const held = new Set<string>()

/** @throws {ConflictError} when another call is at work on it */
export function hold(uploadId: string): Disposable {
  if (held.has(uploadId)) throw new ConflictError('another request is at work on this upload', { about: { upload: uploadId } })
  held.add(uploadId)
  return { [Symbol.dispose]: () => void held.delete(uploadId) }
}

function problem(path: string, word: string) {
  return { path, problem: word, message: word }
}
