/** Bytes of one object, in pieces: a file read by this thread, or what the main thread has loaded. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StorageError } from '#errors'
import { CHUNK_BYTES_MAX } from '#format'

/** A view that `read` returns is valid until the next `read`. */
export interface ByteSource extends Disposable {
  readonly sizeBytes: number
  read(offset: number, lengthBytes: number): Uint8Array
}

/** @param start offset in the object of the first of `bytes` */
export function memorySource(bytes: Uint8Array, start = 0): ByteSource {
  return {
    sizeBytes: start + bytes.length,
    read(offset, lengthBytes) {
      const at = offset - start
      if (at < 0 || at + lengthBytes > bytes.length) throw tooShort(offset, lengthBytes)
      return bytes.subarray(at, at + lengthBytes)
    },
    [Symbol.dispose]() {},
  }
}

/** A chunk as it is stored; larger pieces are read only where a single blob is larger. */
const USUAL_BYTES = CHUNK_BYTES_MAX + 64 * 1024
let buffer = new Uint8Array(0)

/** A file of this machine, read into one buffer of the thread: one file at a time. */
export function fileSource(path: string): ByteSource {
  const file = openSync(path, 'r')
  return {
    sizeBytes: fstatSync(file).size,
    read(offset, lengthBytes) {
      if (buffer.length < lengthBytes) buffer = new Uint8Array(Math.max(lengthBytes, USUAL_BYTES))
      for (let done = 0; done < lengthBytes; ) {
        const got = readSync(file, buffer, done, lengthBytes - done, offset + done)
        if (got === 0) throw tooShort(offset, lengthBytes)
        done += got
      }
      return buffer.subarray(0, lengthBytes)
    },
    [Symbol.dispose]() {
      closeSync(file)
      if (buffer.length > USUAL_BYTES) buffer = new Uint8Array(0)
    },
  }
}

function tooShort(offset: number, lengthBytes: number): StorageError {
  return new StorageError('failed', `${lengthBytes} bytes were expected at ${offset}, the object ends before`, {
    retryable: false,
  })
}
