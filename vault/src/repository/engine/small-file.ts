/** A file of one chunk on its way into the pipeline: read whole by the worker that stores it. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { SMALL_FILE_BYTES_MAX } from './regions.ts'

/** What became of a chunk; `storedBytes` is 0 when the repository had it already. */
export interface ChunkResult {
  readonly id: string
  readonly storedBytes: number
}

/** A small file; `size` and `mtimeNs` as the walk saw them. */
export interface SmallFile {
  readonly path: Uint8Array
  readonly size: number
  readonly mtimeNs: bigint
}

export type SmallFileResult =
  | { readonly kind: 'read'; readonly size: number; readonly chunk: ChunkResult | undefined; readonly changed: boolean }
  /** It has outgrown one chunk since the walk: the caller reads it as a large one. */
  | { readonly kind: 'grown' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

type Unread = Exclude<SmallFileResult, { kind: 'read' }>

/**
 * Reads a file and stores it. What reading meets is a result; what `store` throws is thrown, whatever it is: the chunk may be claimed
 * by then, and another file that has it would count on a pack that nobody writes.
 *
 * @param buffer room for the largest file that is small, and one byte more
 */
export function storeSmallFile(file: SmallFile, buffer: Uint8Array, store: (chunk: Uint8Array) => ChunkResult): SmallFileResult {
  const read = readSmallFile(file, buffer)
  if ('kind' in read) return read
  const { length, mtimeNs } = read
  const chunk = length === 0 ? undefined : store(buffer.subarray(0, length))
  return { kind: 'read', size: length, chunk, changed: length !== file.size || mtimeNs !== file.mtimeNs }
}

function readSmallFile({ path }: SmallFile, buffer: Uint8Array): Unread | { readonly length: number; readonly mtimeNs: bigint } {
  let fd: number | undefined
  try {
    fd = openSync(Buffer.from(path.buffer, path.byteOffset, path.length), OPEN_FLAGS)
    let length = 0
    for (;;) {
      const got = readSync(fd, buffer, length, buffer.length - length, null)
      length += got
      if (got === 0) break
      if (length > SMALL_FILE_BYTES_MAX) return { kind: 'grown' }
    }
    const after = fstatSync(fd, { bigint: true })
    if (!after.isFile()) return { kind: 'failed', code: 'EINVAL', message: 'is no regular file any more' }
    return { length, mtimeNs: after.mtimeNs }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return { kind: 'failed', code: String(error.code), message: error.message }
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
