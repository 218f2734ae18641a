/** Brings a file's bytes to the server, piece by piece; goes on by itself after a lost connection, from the byte that the server names. */
import { appendUploadEndpoint, getUploadEndpoint, PIECE_BYTES_MIN } from '@couronne/practice/contract'
import { addressOf, call, Problem, readProblem } from '#api'

/** Small enough to show how it goes on, large enough to lose no time. */
const PIECE_BYTES = 8 * PIECE_BYTES_MIN
/** In a row, without a byte further. */
const TRIES_MAX = 6
const WAIT_MS = 1_000
/** The server's disk: trying again at once helps nobody, and it is no lost connection. */
const FULL = 507

export interface Upload {
  readonly id: string
  readonly sizeBytes: number
  readonly receivedBytes: number
}

/**
 * @param onProgress bytes that the server has
 * @throws {Problem} when it cannot go on: called again, it goes on from there
 * @throws the signal's reason when stopped; what the server has is kept
 */
export async function sendBytes(
  file: Blob,
  upload: Upload,
  { onProgress, signal }: { readonly onProgress: (receivedBytes: number) => void; readonly signal: AbortSignal },
): Promise<void> {
  let { receivedBytes } = upload
  let tries = 0
  while (receivedBytes < upload.sizeBytes) {
    signal.throwIfAborted()
    const next = await sendPiece(file, upload.id, receivedBytes, signal)
    tries = next === undefined || next <= receivedBytes ? tries + 1 : 0
    if (tries >= TRIES_MAX) throw Problem.offline()
    receivedBytes = next ?? (await askHowFar(upload.id, tries, signal)) ?? receivedBytes
    onProgress(receivedBytes)
  }
}

/** @returns where to go on; undefined when that has to be asked for. @throws {Problem} there is no room */
async function sendPiece(file: Blob, uploadId: string, from: number, signal: AbortSignal): Promise<number | undefined> {
  try {
    const response = await fetch(addressOf(appendUploadEndpoint, { params: { uploadId } }), {
      method: 'PATCH',
      headers: { 'content-type': 'application/octet-stream', 'upload-offset': String(from), accept: 'application/json' },
      credentials: 'same-origin',
      body: file.slice(from, from + PIECE_BYTES),
      signal,
    })
    if (response.status === FULL) throw await readProblem(response)
    if (!response.ok) return undefined
    return appendUploadEndpoint.reply.parse(await response.json()).receivedBytes
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Problem) throw error
    return undefined
  }
}

/** Waits while the screen is locked. @throws {Problem} when the upload is no more, or one may not any longer */
async function askHowFar(uploadId: string, tries: number, signal: AbortSignal): Promise<number | undefined> {
  await new Promise((resolve) => setTimeout(resolve, WAIT_MS * tries))
  try {
    return (await call(getUploadEndpoint, { params: { uploadId } }, { signal })).receivedBytes
  } catch (error) {
    if (error instanceof Problem && error.code === 'offline') return undefined
    throw error
  }
}
