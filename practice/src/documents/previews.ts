/**
 * Previews: small pictures of documents, made after filing, one at a time, in a process of their own (`preview-process.ts`). What waits is in
 * the database, so that a restart goes on where it was; what cannot be drawn is marked so and not tried again.
 *
 * A preview is sealed with its document's key: whoever destroys that destroys both.
 */
import type { ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once as happens } from 'node:events'
import { open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { feed, startConfined, watchSize } from '#confined-process'
import { newId, translateTrouble } from '#database'
import { DamagedError, DiskFullError, NotFoundError, WrongKeyError } from '#errors'
import { translateFull } from '#files'
import type { OpenPractice } from '#open-practice'
import { findDocumentKey, previewContext } from './document-keys.ts'
import { makeFolder } from './folder-store.ts'
import { bareType } from './media-types.ts'
import { DocumentStoreError } from './object-store.ts'
import { readObject } from './objects.ts'
import { sealStream } from './sealed-stream.ts'
import { listDuePreviews, type ObjectRow, updatePreview } from './store.ts'
import { objectStoreOf } from './store-of-practice.ts'
import { hold, pathOf } from './upload-parts.ts'

/** The system starts none that could draw: no document's fault, and no other can be drawn either. */
class NoProcessError extends Error {
  override readonly name = 'NoProcessError'
}

const BATCH = 20
const PROGRAM = fileURLToPath(new URL('./preview-process.ts', import.meta.url))

export interface PreviewLimits {
  readonly timeoutMs: number
  /** of the process that draws; watched on Linux */
  readonly residentBytes: number
  readonly previewBytes: number
  /** ends a drawing that is under way, which stays due */
  readonly signal?: AbortSignal
}

export const PREVIEW_LIMITS: PreviewLimits = {
  timeoutMs: 30_000,
  residentBytes: 1536 * 1024 * 1024,
  previewBytes: 1024 * 1024,
}

export interface DuePreviewsOptions {
  readonly limits?: PreviewLimits
  readonly signal?: AbortSignal
  /** those that are passed over this time */
  readonly isPostponed?: (objectId: string) => boolean
  /** told of one that cannot be tried now for a reason of its own; absent: the first such reason is thrown at the end */
  readonly onFailure?: (objectId: string, error: unknown) => void
}

/**
 * Makes the previews that are due, until none is left or `signal` is aborted. One that cannot be tried now stays due, and the others are made.
 *
 * @returns how many were made, and how many turned out to be impossible
 */
export async function makeDuePreviews(
  practice: OpenPractice,
  { limits = PREVIEW_LIMITS, signal, isPostponed = () => false, onFailure }: DuePreviewsOptions = {},
): Promise<{ readonly made: number; readonly impossible: number }> {
  const count = { made: 0, impossible: 0 }
  let trouble: unknown
  for (let after = ''; ; ) {
    const due = await listDuePreviews(practice.db, practice.id, { after, limit: BATCH })
    if (due.length === 0) break
    for (const row of due) {
      if (signal?.aborted) return count
      after = row.id
      if (isPostponed(row.id)) continue
      try {
        count[await makePreview(practice, row, { ...limits, ...(signal === undefined ? {} : { signal }) })]++
      } catch (error) {
        if (signal?.aborted || isEverybodys(error)) throw error
        if (onFailure === undefined) trouble ??= error
        else onFailure(row.id, error)
      }
    }
  }
  if (trouble !== undefined) throw trouble
  return count
}

function isEverybodys(error: unknown): boolean {
  return (
    error instanceof NoProcessError ||
    error instanceof DiskFullError ||
    error instanceof DocumentStoreError ||
    translateTrouble(error) !== error
  )
}

async function makePreview(practice: OpenPractice, row: ObjectRow, limits: PreviewLimits): Promise<'made' | 'impossible'> {
  if (row.preview_name !== null) await objectStoreOf(practice).remove(row.preview_name) // of a time that a crash cut short
  const drawn = await drawOf(practice, row, limits)
  const key = drawn === undefined ? undefined : await findDocumentKey(practice, row.id)
  if (drawn === undefined || key === undefined) {
    await updatePreview(practice.db, practice.id, row.id, { state: 'impossible', name: null })
    return 'impossible'
  }
  const sealing = sealStream(once(drawn), { key, associatedData: previewContext(practice.id, row.id), random: randomBytes })
  await keep(practice, row.id, Buffer.concat(await Array.fromAsync(sealing)))
  return 'made'
}

/** @returns undefined when nothing can be drawn */
async function drawOf(practice: OpenPractice, row: ObjectRow, limits: PreviewLimits): Promise<Uint8Array | undefined> {
  try {
    const { stream } = await readObject(practice, row.id)
    return await draw(row.media_type, stream, limits)
  } catch (error) {
    // What does not open, or went away meanwhile, has no preview; it is told to whoever asks for the document itself.
    if (error instanceof DamagedError || error instanceof NotFoundError || error instanceof WrongKeyError) return undefined
    throw error
  }
}

/** The name is in the row before the file is in the store: a crash between the two leaves nothing that nobody knows of. */
async function keep(practice: OpenPractice, objectId: string, sealed: Uint8Array): Promise<void> {
  const store = objectStoreOf(practice)
  const name = createHash('sha256').update(sealed).digest('hex')
  const fileId = newId()
  using _held = hold(fileId)
  const path = pathOf(practice, fileId)
  try {
    await makeFolder(dirname(path))
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(sealed)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw translateFull(error, path)
  }
  await updatePreview(practice.db, practice.id, objectId, { state: 'due', name })
  await store.put(name, path)
  const isWanted = await updatePreview(practice.db, practice.id, objectId, { state: 'made', name })
  if (!isWanted) await store.remove(name)
}

/**
 * Draws in a process of its own, which is killed when it takes too long, grows too large or says too much.
 *
 * @returns WebP; undefined when nothing can be drawn of this
 * @throws {NoProcessError}
 * @throws when the original cannot be read, or `limits.signal` is aborted
 */
export async function draw(
  mediaType: string,
  original: AsyncIterable<Uint8Array>,
  limits: PreviewLimits = PREVIEW_LIMITS,
): Promise<Uint8Array | undefined> {
  const child = await startOrGiveUp(mediaType, original)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const parts: Buffer[] = []
  let size = 0
  child.stdout?.on('data', (part: Buffer) => {
    parts.push(part)
    size += part.length
    if (size > limits.previewBytes) child.kill('SIGKILL')
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), limits.timeoutMs)
  const stop = () => child.kill('SIGKILL')
  limits.signal?.addEventListener('abort', stop, { once: true })
  if (limits.signal?.aborted) stop()
  const watch = watchSize(child, limits.residentBytes)
  try {
    const [code] = await Promise.all([ended, feed(child, original)])
    limits.signal?.throwIfAborted()
    return code === 0 && size > 0 && size <= limits.previewBytes ? Buffer.concat(parts) : undefined
  } finally {
    limits.signal?.removeEventListener('abort', stop)
    clearTimeout(timer)
    clearInterval(watch)
    child.kill('SIGKILL')
  }
}

/** Whoever gives up ends the original, which is open. @throws {NoProcessError} */
async function startOrGiveUp(mediaType: string, original: AsyncIterable<Uint8Array>): Promise<ChildProcess> {
  try {
    const child = startDrawing(mediaType)
    await happens(child, 'spawn')
    return child
  } catch (cause) {
    await original[Symbol.asyncIterator]().return?.()
    throw new NoProcessError('no process could be started to draw', { cause })
  }
}

export function startDrawing(mediaType: string, program: readonly string[] = [PROGRAM]): ChildProcess {
  return startConfined([...program, bareType(mediaType)], { heapMegabytes: 512 })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
