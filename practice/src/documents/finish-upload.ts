/** The end of an upload: read back, hashed, told what it is, put into the store, and made a document in one transaction. */
import { createHash } from 'node:crypto'
import { instantText, type Tx } from '#database'
import { ConflictError } from '#errors'
import type { OpenPractice } from '#open-practice'
import { streamContext } from './document-keys.ts'
import { readFilePart, sizeOf } from './folder-store.ts'
import { agreesWithName, isPreviewable } from './media-types.ts'
import { readObject } from './objects.ts'
import { openStream, SegmentLayout } from './sealed-stream.ts'
import { sniff } from './sniff.ts'
import {
  type DocumentFacts,
  deleteUpload,
  type Findings,
  factsOfRow,
  findObject,
  insertObject,
  listSameObjects,
  type StoredUpload,
  type UploadFacts,
  updateFindings,
} from './store.ts'
import { objectStoreOf } from './store-of-practice.ts'
import {
  dropWhatIsLeft,
  getStoredUpload,
  getUploadKey,
  hold,
  pathOf,
  removeUnlessReferenced,
  type Within,
} from './upload-parts.ts'

export interface FinishedUpload {
  readonly upload: UploadFacts
  readonly object: DocumentFacts
  /** false: the same bytes were there for this patient already, and `object` is that one */
  readonly isNew: boolean
  /** false: the name's extension says something else than the bytes */
  readonly agreesWithName: boolean
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
  const twin = await findWholeTwin(practice, upload.patientId, findings.sha256)
  if (twin === undefined) {
    await updateFindings(practice.db, practice.id, uploadId, findings)
    await objectStoreOf(practice).put(findings.sealedName, pathOf(practice, uploadId))
  }
  const finished = await practice.db.transaction().execute(async (tx) => {
    const made = await makeObject(tx, practice, upload, findings, twin)
    await deleteUpload(tx, practice.id, uploadId)
    await within?.(tx, made)
    return made
  })
  // The document is there, whatever becomes of what nobody needs: the sweep takes it away later.
  if (!finished.isNew) {
    await dropWhatIsLeft(practice, uploadId).catch(() => {})
    await removeUnlessReferenced(practice, findings.sealedName).catch(() => {})
  }
  return finished
}

/**
 * The same bytes, kept for the same patient, that can be read this very moment: what was uploaded is given up for them. One that has been
 * damaged since is no reason to give up a good one.
 */
async function findWholeTwin(practice: OpenPractice, patientId: string, sha256: string): Promise<string | undefined> {
  for (const { id } of await listSameObjects(practice.db, practice.id, patientId, sha256))
    if (await isWhole(practice, id, sha256)) return id
  return undefined
}

async function isWhole(practice: OpenPractice, objectId: string, sha256: string): Promise<boolean> {
  const digest = createHash('sha256')
  try {
    for await (const chunk of (await readObject(practice, objectId)).stream) digest.update(chunk)
  } catch {
    return false // damaged, destroyed, or not to be had now: then there are two of it
  }
  return digest.digest('hex') === sha256
}

/** Opens what was sealed, from the disk: whatever is wrong with it is known before the sender is told that it may forget. */
async function readBack(practice: OpenPractice, upload: StoredUpload): Promise<Findings> {
  const path = pathOf(practice, upload.id)
  const key = await getUploadKey(practice, upload.id)
  const options = { key, associatedData: streamContext(practice.id, upload.id), sizeBytes: upload.sizeBytes }
  const [original, original1, sealed] = [createHash('sha256'), createHash('sha1'), createHash('sha256')]
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
    original1.update(plain)
    head ??= plain
  }
  const mediaType = await sniff({
    head: head ?? new Uint8Array(),
    sizeBytes: upload.sizeBytes,
    readAt: async (offset, lengthBytes) =>
      Buffer.concat(await Array.fromAsync(openStream(source, { ...options, offset, lengthBytes }))),
  })
  return { sha256: original.digest('hex'), sha1: original1.digest('hex'), sealedName: sealed.digest('hex'), mediaType }
}

async function makeObject(
  tx: Tx,
  practice: OpenPractice,
  upload: StoredUpload,
  findings: Findings,
  twin: string | undefined,
): Promise<FinishedUpload> {
  const { findings: _, ...facts } = upload
  const common = { upload: facts, agreesWithName: agreesWithName(findings.mediaType, upload.fileName) }
  if (twin !== undefined) {
    const same = await findObject(tx, practice.id, twin)
    if (same === undefined || same.destroyed_at !== null)
      throw new ConflictError('the same document was being destroyed at this moment: finish again')
    return { ...common, object: factsOfRow(same), isNew: false }
  }
  const row = {
    id: upload.id,
    practice_id: practice.id,
    patient_id: upload.patientId,
    sha256: findings.sha256,
    sha1: findings.sha1,
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
