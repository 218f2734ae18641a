/** Bytes as they come, sealed segment by segment into the file that grows; from time to time they are on disk, and said to be. */
import { InvalidInputError } from '#errors'
import { translateFull } from '#files'
import { inPieces, type SegmentLayout } from './sealed-stream.ts'
import { UploadFile, type UploadFileOptions } from './upload-file.ts'

/** A piece brings at least one whole segment, or the end. */
export const PIECE_BYTES_MIN = 1024 * 1024
/** A kill loses at most so much that was sent. */
const ACKNOWLEDGE_BYTES = 8 * 1024 * 1024

/**
 * Whole segments are kept; what is left of `bytes` after the last whole one is not, and is sent again. What had come before an error is kept
 * and acknowledged as well.
 *
 * @param offset where `bytes` begin in the original: what was acknowledged before
 * @param save notes durably how much is acknowledged
 * @returns what is acknowledged now
 * @throws {InvalidInputError} more bytes than the layout has, or fewer than {@link PIECE_BYTES_MIN} that are not the end
 * @throws {DiskFullError}
 */
export async function receiveSegments(
  options: UploadFileOptions,
  offset: number,
  bytes: AsyncIterable<Uint8Array>,
  save: (receivedBytes: number) => Promise<void>,
): Promise<number> {
  const { layout, path } = options
  await using file = await UploadFile.open(options, offset)
  const received = new Acknowledged(file, path, offset, save)
  let cameBytes = 0
  const counted = async function* () {
    for await (const chunk of bytes) {
      cameBytes += chunk.length
      if (offset + cameBytes > layout.plainBytes)
        throw new InvalidInputError(`more than the ${layout.plainBytes} bytes that were declared`, [problem('too_big')])
      yield chunk
    }
  }
  try {
    await writeSegments(layout, offset, counted(), file, received)
  } finally {
    await received.acknowledge()
  }
  if (cameBytes > 0 && received.bytes === offset)
    throw new InvalidInputError(`a piece has at least ${PIECE_BYTES_MIN} bytes, or ends the file`, [problem('too_small')])
  return received.bytes
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

/** How much is written, and how much of it is on disk and noted. */
class Acknowledged {
  bytes: number
  readonly #file: UploadFile
  readonly #path: string
  readonly #save: (receivedBytes: number) => Promise<void>
  #written: number

  constructor(file: UploadFile, path: string, receivedBytes: number, save: (receivedBytes: number) => Promise<void>) {
    this.bytes = receivedBytes
    this.#written = receivedBytes
    this.#file = file
    this.#path = path
    this.#save = save
  }

  async advance(writtenBytes: number): Promise<void> {
    this.#written = writtenBytes
    if (this.#written - this.bytes >= ACKNOWLEDGE_BYTES) await this.acknowledge()
  }

  async acknowledge(): Promise<void> {
    if (this.#written === this.bytes) return
    await this.#file.sync()
    try {
      await this.#save(this.#written)
    } catch (error) {
      throw translateFull(error, this.#path)
    }
    this.bytes = this.#written
  }
}

function problem(word: string) {
  return { path: 'body', problem: word, message: word }
}
