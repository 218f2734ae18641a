/** Where sealed files lie: `folder-store.ts`, the usual way, or `s3-store.ts`. Knows neither keys nor what is inside. */
import { PracticeError } from '#errors'

/** The place where documents lie did not do what was asked; the same may succeed later. */
export class DocumentStoreError extends PracticeError {
  readonly code = 'document-store'
}

/** Write-once files named by the SHA-256 of their bytes, in hex. */
export interface ObjectStore extends AsyncDisposable {
  /**
   * Takes over the file at `path`, which is gone afterwards: durable under its name when this returns. May be called again after a crash,
   * with or without the file, when the object is there.
   *
   * @throws {DiskFullError}
   */
  put(name: string, path: string): Promise<void>
  /**
   * The same for what is in memory.
   *
   * @param aside gives a path for a file that is there for a moment, where the store needs one
   */
  putPieces(name: string, pieces: readonly Uint8Array[], aside: () => string): Promise<void>
  /** @returns its size in bytes; undefined when it is not there */
  stat(name: string): Promise<number | undefined>
  /** A part of an object, in order. @throws {DamagedError} when it is not there or ends before */
  read(name: string, offset: number, lengthBytes: number): AsyncIterable<Uint8Array>
  /** Succeeds when it is gone already. */
  remove(name: string): Promise<void>
}
