/** A file that rows name, wherever its bytes are: below a folder, within an archive or a message. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'

export interface SourceFile {
  readonly sizeBytes: number
  /** from its beginning each time */
  stream(): AsyncIterable<Uint8Array>
  /** fewer bytes at the end */
  readAt(offset: number, lengthBytes: number): Promise<Uint8Array>
}

export async function fileOnDisk(path: string): Promise<SourceFile> {
  const { size } = await stat(path)
  return {
    sizeBytes: size,
    stream: () => createReadStream(path),
    readAt: async (offset, lengthBytes) => {
      await using file = await open(path)
      const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, size - offset)))
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
      return bytes.subarray(0, bytesRead)
    },
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
