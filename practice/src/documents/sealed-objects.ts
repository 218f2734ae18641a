/**
 * Sealed files for rooms that keep rows of their own about them: stored under the hash of what was sealed, opened by any part. What a crash
 * leaves between the file and its row is known by a mark beside the store, and swept away.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { instantText, newId, type Tx } from '#database'
import { DamagedError } from '#errors'
import { translateFull } from '#files'
import { seal } from '#keys'
import type { OpenPractice } from '#open-practice'
import { keyContext } from './document-keys.ts'
import { makeFolder } from './folder-store.ts'
import type { PlainRange } from './objects.ts'
import { primed } from './primed.ts'
import { DOCUMENT_KEY_BYTES, makeHeader, openStream, SegmentCipher, SegmentLayout, sealStream } from './sealed-stream.ts'
import { documentsFolder, objectStoreOf } from './store-of-practice.ts'
import { hold, pathOf } from './upload-parts.ts'

export interface SealedFile {
  /** SHA-256 of its bytes, hex: its name in the store */
  readonly sealedName: string
  readonly sealedBytes: number
}

export interface Sealing {
  readonly key: Uint8Array
  /** what the file is: needed to open it, so that no file can be put in another's place */
  readonly context: string
}

/** A mark older than this is of a process that is gone: between mark and row lie milliseconds. */
const MARK_MS_MAX = 3_600_000

/** A new key under an id of the caller's, in its transaction; {@link findObjectKey} gives it back. */
export async function makeObjectKey(tx: Tx, practice: OpenPractice, keyId: string): Promise<Uint8Array> {
  const key = randomBytes(DOCUMENT_KEY_BYTES)
  await tx
    .insertInto('keyring.document_key')
    .values({
      object_id: keyId,
      practice_id: practice.id,
      wrapped_key: Buffer.from(seal(practice.master.derive('documents'), key, keyContext(practice.id, keyId))),
      created_at: instantText(practice.now()),
    })
    .execute()
  return key
}

export { findDocumentKey as findObjectKey } from './document-keys.ts'

/**
 * Seals and stores what is in memory: durable when this returns. The caller writes its row, then calls {@link settleSealed}.
 *
 * @throws {DiskFullError}
 */
export async function storeSealed(practice: OpenPractice, plain: Uint8Array, { key, context }: Sealing): Promise<SealedFile> {
  const pieces = sealInMemory(plain, key, context)
  const digest = createHash('sha256')
  for (const piece of pieces) digest.update(piece)
  const sealedName = digest.digest('hex')
  await mark(practice, sealedName)
  await objectStoreOf(practice).putPieces(sealedName, pieces, () => pathOf(practice, newId()))
  return { sealedName, sealedBytes: pieces.reduce((sum, { length }) => sum + length, 0) }
}

/** The same for what is too large for that: one segment at a time is in memory. */
export async function storeSealedStream(
  practice: OpenPractice,
  plain: AsyncIterable<Uint8Array>,
  { key, context }: Sealing,
): Promise<SealedFile> {
  const fileId = newId()
  using _held = hold(fileId)
  const path = pathOf(practice, fileId)
  const digest = createHash('sha256')
  let sealedBytes = 0
  try {
    await makeFolder(dirname(path))
    await using file = await open(path, 'wx', 0o600)
    for await (const piece of sealStream(plain, { key, associatedData: context, random: randomBytes })) {
      digest.update(piece)
      await writeAll(file, piece)
      sealedBytes += piece.length
    }
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw translateFull(error, path)
  }
  const sealedName = digest.digest('hex')
  await mark(practice, sealedName)
  await objectStoreOf(practice).put(sealedName, path)
  return { sealedName, sealedBytes }
}

/** The row is there, or never will be (`isKept` false): the file is taken away then. */
export async function settleSealed(practice: OpenPractice, { sealedName }: SealedFile, isKept = true): Promise<void> {
  if (!isKept) await objectStoreOf(practice).remove(sealedName)
  await rm(markPath(practice, sealedName), { force: true })
}

/** Whether the sealed file lies there as it was written: its name is the hash of its bytes, so it is read to its end, and no key is needed. */
export async function isSealedWhole(practice: OpenPractice, { sealedName, sealedBytes }: SealedFile): Promise<boolean> {
  const store = objectStoreOf(practice)
  if ((await store.stat(sealedName)) !== sealedBytes) return false
  const digest = createHash('sha256')
  try {
    for await (const piece of store.read(sealedName, 0, sealedBytes)) digest.update(piece)
  } catch (error) {
    // What a failing disk can no longer read is as lost as what is gone.
    if (error instanceof DamagedError || (error as NodeJS.ErrnoException).code === 'EIO') return false
    throw error
  }
  return digest.digest('hex') === sealedName
}

/**
 * Opens a part of a sealed file, or all of it. Its first bytes are read before this returns.
 *
 * @param file `plainBytes`: as long as it was before it was sealed
 * @throws {DamagedError} when it is not what it was
 */
export async function openSealed(
  practice: OpenPractice,
  { sealedName, plainBytes }: { readonly sealedName: string; readonly plainBytes: number },
  { key, context }: Sealing,
  range: PlainRange = { offset: 0 },
): Promise<AsyncIterable<Uint8Array>> {
  const store = objectStoreOf(practice)
  const sizeBytes = (await store.stat(sealedName)) ?? 0
  if (sizeBytes === 0) throw new DamagedError('a sealed file is not where it should be')
  const source = { sizeBytes, read: (offset: number, length: number) => store.read(sealedName, offset, length) }
  return primed(openStream(source, { key, associatedData: context, sizeBytes: plainBytes, ...range }))
}

/** Removes what crashes left in the store without a row. @param isKept whether a row names it @returns how many files */
export async function sweepSealed(practice: OpenPractice, isKept: (sealedName: string) => Promise<boolean>): Promise<number> {
  const folder = marksFolder(practice)
  await makeFolder(folder)
  let count = 0
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{64}$/.test(name)) continue
    const made = await stat(join(folder, name)).catch(() => undefined)
    if (made === undefined || Date.now() - made.mtimeMs < MARK_MS_MAX) continue
    const isNamed = await isKept(name)
    await settleSealed(practice, { sealedName: name, sealedBytes: 0 }, isNamed)
    if (!isNamed) count++
  }
  return count
}

function sealInMemory(plain: Uint8Array, key: Uint8Array, context: string): readonly Uint8Array[] {
  const cipher = new SegmentCipher(key, makeHeader(randomBytes), context)
  const layout = new SegmentLayout(plain.length)
  const [first = new Uint8Array(), ...segments] = Array.from({ length: layout.count }, (_, i) =>
    cipher.sealSegment(i, layout.isLast(i), plain.subarray(layout.plainStart(i), layout.plainEnd(i))),
  )
  return [Buffer.concat([cipher.header, first]), ...segments]
}

const marksMade = new WeakSet<OpenPractice>()

/** Not durable: after a power cut, a file without a row and without a mark is lost space and nothing worse. */
async function mark(practice: OpenPractice, sealedName: string): Promise<void> {
  if (!marksMade.has(practice)) await makeFolder(marksFolder(practice))
  marksMade.add(practice)
  const path = markPath(practice, sealedName)
  try {
    await (await open(path, 'w', 0o600)).close()
  } catch (error) {
    throw translateFull(error, path)
  }
}

function marksFolder(practice: OpenPractice): string {
  return join(documentsFolder(practice), 'marks')
}

function markPath(practice: OpenPractice, sealedName: string): string {
  return join(marksFolder(practice), sealedName)
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
}
