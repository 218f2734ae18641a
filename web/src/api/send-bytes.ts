/** Brings a file's bytes to the server, piece by piece; goes on by itself after a lost connection, from the byte that the server names. */
import { PIECE_BYTES_MIN } from '@couronne/practice/contract'
import { z } from 'zod'
import { Problem, readProblem } from './problem.ts'

/** Small enough to show how it goes on, large enough to lose no time. */
const PIECE_BYTES = 8 * PIECE_BYTES_MIN
/** In a row, without a byte further. */
const TRIES_MAX = 6
const WAIT_MS = 1_000
/** The server's disk: trying again at once helps nobody, and it is no lost connection. */
const FULL = 507

const answerSchema = z.object({ receivedBytes: z.int() })

export interface Sending {
  /** where its pieces go */
  readonly address: string
  readonly sizeBytes: number
  readonly receivedBytes: number
  /** asks how far it is; waits while the screen is locked. @throws {Problem} when it is no more, or one may not any longer */
  readonly ask: (signal: AbortSignal) => Promise<number>
}

/**
 * @param onProgress bytes that the server has
 * @throws {Problem} when it cannot go on: called again, it goes on from there
 * @throws the signal's reason when stopped; what the server has is kept
 */
export async function sendBytes(
  file: Blob,
  sending: Sending,
  { onProgress, signal }: { readonly onProgress: (receivedBytes: number) => void; readonly signal: AbortSignal },
): Promise<void> {
  let { receivedBytes } = sending
  let tries = 0
  while (receivedBytes < sending.sizeBytes) {
    signal.throwIfAborted()
    const next = await sendPiece(file, sending.address, receivedBytes, signal)
    tries = next === undefined || next <= receivedBytes ? tries + 1 : 0
    if (tries >= TRIES_MAX) throw Problem.offline()
    receivedBytes = next ?? (await askHowFar(sending, tries, signal)) ?? receivedBytes
    onProgress(receivedBytes)
  }
}

/** @returns where to go on; undefined when that has to be asked for. @throws {Problem} there is no room */
async function sendPiece(file: Blob, address: string, from: number, signal: AbortSignal): Promise<number | undefined> {
  try {
    const response = await fetch(address, {
      method: 'PATCH',
      headers: { 'content-type': 'application/octet-stream', 'upload-offset': String(from), accept: 'application/json' },
      credentials: 'same-origin',
      body: file.slice(from, from + PIECE_BYTES),
      signal,
    })
    if (response.status === FULL) throw await readProblem(response)
    if (!response.ok) return undefined
    return answerSchema.parse(await response.json()).receivedBytes
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Problem) throw error
    return undefined
  }
}

async function askHowFar({ ask }: Sending, tries: number, signal: AbortSignal): Promise<number | undefined> {
  await new Promise((resolve) => setTimeout(resolve, WAIT_MS * tries))
  try {
    return await ask(signal)
  } catch (error) {
    if (error instanceof Problem && error.code === 'offline') return undefined
    throw error
  }
}
