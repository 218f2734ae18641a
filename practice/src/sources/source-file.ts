/** A file that rows name, wherever its bytes are: below a folder, within an archive or a message. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { ImportSourceError } from '#errors'

export interface SourceFile {
  readonly sizeBytes: number
  /** from its beginning each time */
  stream(): AsyncIterable<Uint8Array>
  /** fewer bytes at the end */
  readAt(offset: number, lengthBytes: number): Promise<Uint8Array>
}

/** A file was there a moment ago, and is gone, or changes while it is read, or lets nobody read it: the row that names it waits for the next run. */
export class SourceFileLostError extends ImportSourceError {
  readonly finding: 'file-missing' | 'not-readable'

  constructor(message: string, finding: 'file-missing' | 'not-readable', cause?: unknown) {
    super(message, { cause })
    this.finding = finding
  }
}

export async function fileOnDisk(path: string): Promise<SourceFile> {
  const { size } = await orLost(() => stat(path))
  return {
    sizeBytes: size,
    stream: () => wholeFile(path, size),
    readAt: (offset, lengthBytes) =>
      orLost(async () => {
        await using file = await open(path)
        const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, size - offset)))
        const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
        return bytes.subarray(0, bytesRead)
      }),
  }
}

/** As long as it was when it was found: a file that somebody is still writing is none yet. */
async function* wholeFile(path: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const pieces = createReadStream(path)[Symbol.asyncIterator]()
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await orLost(() => pieces.next())
      bytes += value?.length ?? 0
      if (bytes > sizeBytes || (done === true && bytes < sizeBytes))
        throw new SourceFileLostError('a file changes while it is read', 'not-readable')
      if (done === true) return
      yield value
    }
  } finally {
    await pieces.return?.()
  }
}

async function orLost<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unexpected'
    const isGone = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code)
    throw new SourceFileLostError(`a file cannot be read: ${code}`, isGone ? 'file-missing' : 'not-readable', cause)
  }
}

export function fileInMemory(bytes: Uint8Array): SourceFile {
  return {
    sizeBytes: bytes.length,
    async *stream() {
      yield bytes
    },
    readAt: async (offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes),
  }
}
