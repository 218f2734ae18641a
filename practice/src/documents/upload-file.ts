/**
 * The file in which an upload grows: the sealed document itself, as it will lie in the store, without what has not come yet.
 *
 * A segment's nonce follows from the header and its number. A file that is longer than what was acknowledged holds segments, or parts of
 * some, that a crash or a full disk left; sealing other bytes under the same nonce would betray both. So such a file is not cut back. The
 * sender mostly sends again what it sent before, which gives the very bytes that lie there. Where it gives others, all before is sealed
 * again under a new header, in a file beside it which then takes its place.
 */
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DamagedError } from '#errors'
import { syncFolder, translateFull } from '#files'
import { makeFolder, readFilePart, sizeOf } from './folder-store.ts'
import { makeHeader, openStream, SegmentCipher, type SegmentLayout } from './sealed-stream.ts'

export interface UploadFileOptions {
  readonly path: string
  readonly key: Uint8Array
  readonly associatedData: string
  readonly layout: SegmentLayout
}

export class UploadFile implements AsyncDisposable {
  #file: FileHandle
  #cipher: SegmentCipher
  /** of the file: up to here something was sealed before */
  #leftBytes: number
  readonly #options: UploadFileOptions

  private constructor(file: FileHandle, cipher: SegmentCipher, leftBytes: number, options: UploadFileOptions) {
    this.#file = file
    this.#cipher = cipher
    this.#leftBytes = leftBytes
    this.#options = options
  }

  /** A new one, durable when this returns; whole when the document is empty. */
  static async make(options: UploadFileOptions): Promise<void> {
    const { path, key, associatedData, layout } = options
    await makeFolder(dirname(path))
    const cipher = new SegmentCipher(key, makeHeader(randomBytes), associatedData)
    try {
      await using file = await open(path, 'wx', 0o600)
      await writeAll(file, cipher.header, 0)
      if (layout.plainBytes === 0) await writeAll(file, cipher.sealSegment(0, true, new Uint8Array()), layout.headerBytes)
      await file.sync()
    } catch (error) {
      await rm(path, { force: true })
      throw translateFull(error, path)
    }
    await syncFolder(dirname(path))
  }

  /**
   * Opens one to go on after `receivedBytes` of the original, which are acknowledged.
   *
   * @throws {DamagedError} when they are not all there
   */
  static async open(options: UploadFileOptions, receivedBytes: number): Promise<UploadFile> {
    const { path, layout } = options
    const expected = sealedLength(layout, receivedBytes)
    const actual = (await sizeOf(path)) ?? 0
    if (actual < expected)
      throw new DamagedError(`an upload’s file has ${actual} bytes, ${expected} were acknowledged: begin it again`)
    const isTooLong = actual > layout.sealedBytes // nothing that is sent again could agree with it
    if (isTooLong) await sealAgain(options, receivedBytes)
    const cipher = await cipherOf(options)
    return new UploadFile(await open(path, 'r+'), cipher, isTooLong ? expected : actual, options)
  }

  /** Writes a segment, the next one; not durable before {@link sync}. @throws {DiskFullError} */
  async write(segment: number, plain: Uint8Array): Promise<void> {
    const { layout, path } = this.#options
    const start = layout.sealedStart(segment)
    let sealed = this.#cipher.sealSegment(segment, layout.isLast(segment), plain)
    if (!(await this.#isWhatLiesAt(start, sealed))) {
      await this.#sealAgainBefore(segment)
      sealed = this.#cipher.sealSegment(segment, layout.isLast(segment), plain)
    }
    try {
      await writeAll(this.#file, sealed, start)
    } catch (error) {
      throw translateFull(error, path)
    }
  }

  /** Whether it agrees with what was left there, as far as that goes. */
  async #isWhatLiesAt(start: number, sealed: Uint8Array): Promise<boolean> {
    const length = Math.min(sealed.length, this.#leftBytes - start)
    if (length <= 0) return true
    const left = Buffer.concat(await Array.fromAsync(readFilePart(this.#options.path, start, length)))
    return left.equals(sealed.subarray(0, length))
  }

  async #sealAgainBefore(segment: number): Promise<void> {
    const { layout, path } = this.#options
    await sealAgain(this.#options, layout.plainStart(segment))
    await this.#file.close()
    this.#cipher = await cipherOf(this.#options)
    this.#file = await open(path, 'r+')
    this.#leftBytes = layout.sealedStart(segment)
  }

  async sync(): Promise<void> {
    try {
      await this.#file.sync()
    } catch (error) {
      throw translateFull(error, this.#options.path)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

/** The bytes of one that is whole. @throws {DamagedError} */
export async function* readUploadFile({ path, key, associatedData, layout }: UploadFileOptions): AsyncGenerator<Uint8Array> {
  const sizeBytes = (await sizeOf(path)) ?? 0
  const read = (offset: number, lengthBytes: number) => readFilePart(path, offset, lengthBytes)
  yield* openStream({ sizeBytes, read }, { key, associatedData, sizeBytes: layout.plainBytes })
}

/** Takes away an upload's file, and what a sealing anew may have left beside it. */
export async function removeUploadFile(path: string): Promise<void> {
  await rm(newPath(path), { force: true })
  await rm(path, { force: true })
}

/** How long the file is when so much of the original is in it, which is whole segments. */
function sealedLength(layout: SegmentLayout, receivedBytes: number): number {
  return receivedBytes === layout.plainBytes ? layout.sealedBytes : layout.sealedStart(layout.segmentOf(receivedBytes))
}

async function sealAgain(options: UploadFileOptions, receivedBytes: number): Promise<void> {
  const { path, key, associatedData, layout } = options
  const old = await cipherOf(options)
  const cipher = new SegmentCipher(key, makeHeader(randomBytes), associatedData)
  const target = newPath(path)
  try {
    await using file = await open(target, 'w', 0o600)
    await writeAll(file, cipher.header, 0)
    for (let segment = 0; layout.plainStart(segment) < receivedBytes; segment++) {
      const start = layout.sealedStart(segment)
      const sealed = Buffer.concat(await Array.fromAsync(readFilePart(path, start, layout.sealedEnd(segment) - start)))
      const plain = old.openSegment(segment, layout.isLast(segment), sealed)
      await writeAll(file, cipher.sealSegment(segment, layout.isLast(segment), plain), start)
    }
    await file.sync()
  } catch (error) {
    await rm(target, { force: true })
    throw translateFull(error, path)
  }
  await rename(target, path)
  await syncFolder(dirname(path))
}

async function cipherOf({ path, key, associatedData, layout }: UploadFileOptions): Promise<SegmentCipher> {
  const header = Buffer.concat(await Array.fromAsync(readFilePart(path, 0, layout.headerBytes)))
  return new SegmentCipher(key, header, associatedData)
}

function newPath(path: string): string {
  return `${path}.new`
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at)
    at += bytesWritten
  }
}
