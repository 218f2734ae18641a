/** The body of an upload on its way to the disk: hashed as it comes, never whole in memory. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { isDiskFull, systemCode, writeFully } from './disk.ts'
import { ClientGone, Refusal } from './refusal.ts'

/** Bytes of one write to the disk; an upload holds twice as much. */
const WRITE_BYTES = 512 * 1024
const GROW_BYTES = 1024 * 1024
const SLOW_START_MS = 30_000

export interface Incoming {
  readonly body: AsyncIterable<Buffer>
  /** What the request announced, `undefined` for a chunked body, which older restic sends. */
  readonly lengthBytes: number | undefined
  readonly bytesMax: number
  readonly bytesPerSecondMin: number
  /** Asks for room beyond the announced length; false when there is none. */
  readonly grow: (bytes: number) => boolean
  readonly monotonicMs: () => number
}

export interface Received {
  readonly sizeBytes: number
  readonly sha256: string
}

/**
 * Writes a body into a file and hashes it.
 * @throws {Refusal} too large, over the quota, too slow, not as long as announced
 * @throws {ClientGone} when the connection breaks
 */
export async function receive(file: FileHandle, incoming: Incoming): Promise<Received> {
  const hash = createHash('sha256')
  const allow = allowance(incoming)
  const writer = new Writer(file, Math.min(WRITE_BYTES, incoming.lengthBytes ?? WRITE_BYTES))
  let sizeBytes = 0
  try {
    for await (const chunk of incoming.body) {
      sizeBytes += chunk.length
      allow(sizeBytes)
      hash.update(chunk)
      await writer.take(chunk)
    }
    await writer.finish()
  } catch (error) {
    await writer.settle()
    throw isBroken(error) ? new ClientGone('the connection broke', { cause: error }) : error
  }
  if (incoming.lengthBytes !== undefined && sizeBytes !== incoming.lengthBytes) throw new ClientGone('the body was cut short')
  return { sizeBytes, sha256: hash.digest('hex') }
}

/**
 * Two buffers: one fills while the other goes to the disk. Pieces from the socket are copied and dropped at once: kept until they are
 * written they outlive the young generation, and collecting them took a third of the time of an upload.
 */
class Writer {
  readonly #file: FileHandle
  #filling: Buffer
  #resting: Buffer
  #filled = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(file: FileHandle, bufferBytes: number) {
    this.#file = file
    this.#filling = Buffer.allocUnsafeSlow(bufferBytes)
    this.#resting = Buffer.allocUnsafeSlow(bufferBytes)
  }

  async take(piece: Buffer): Promise<void> {
    for (let done = 0; done < piece.length; ) {
      const copied = piece.copy(this.#filling, this.#filled, done)
      done += copied
      this.#filled += copied
      if (this.#filled === this.#filling.length) await this.#write()
    }
  }

  async finish(): Promise<void> {
    if (this.#filled > 0) await this.#write()
    await this.#writing
  }

  /** Waits until nothing is being written any more, whatever came of it. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => {})
  }

  async #write(): Promise<void> {
    await this.#writing
    const full = this.#filling
    this.#writing = writeFully(this.#file, full.subarray(0, this.#filled))
    this.#filling = this.#resting
    this.#resting = full
    this.#filled = 0
    // Awaited before the next write and at the end; this only keeps a failure in between from being "unhandled".
    this.#writing.catch(() => {})
  }
}

/** Throws once a body is larger than it may be, or slower. */
function allowance({ lengthBytes, bytesMax, bytesPerSecondMin, grow, monotonicMs }: Incoming): (sizeBytes: number) => void {
  let allowedBytes = lengthBytes ?? 0
  const startedMs = monotonicMs()
  return (sizeBytes) => {
    if (sizeBytes > bytesMax) throw tooLarge(bytesMax)
    while (sizeBytes > allowedBytes) {
      if (!grow(GROW_BYTES)) throw overQuota()
      allowedBytes += GROW_BYTES
    }
    const tookMs = monotonicMs() - startedMs
    if (tookMs > SLOW_START_MS && (sizeBytes * 1000) / tookMs < bytesPerSecondMin) throw new ClientGone('the upload was too slow')
  }
}

export function tooLarge(bytesMax: number): Refusal {
  return new Refusal(413, 'too-large', `an object of this kind has at most ${bytesMax} bytes`)
}

export function overQuota(): Refusal {
  return new Refusal(507, 'quota', 'the quota of this account is used up')
}

/** Errors of the connection, as opposed to those of the disk. */
function isBroken(error: unknown): boolean {
  const code = systemCode(error)
  return (
    !isDiskFull(error) &&
    (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR')
  )
}
