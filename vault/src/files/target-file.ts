/** A file being restored: written at any offsets in any order, runs of zeros left as holes when asked. */
import { closeSync, fchmodSync, fstatSync, ftruncateSync, writeSync } from 'node:fs'
import type { TreeNode } from '#format'

const BLOCK_BYTES = 4096
const ZEROS = Buffer.alloc(BLOCK_BYTES)

export interface TargetFileFacts {
  readonly descriptor: number
  readonly sizeBytes: number
  /** How much of an earlier file is kept; 0 for a new one. */
  readonly keptBytes: number
  readonly isSparse: boolean
  /** Permissions of an earlier file, which has others while it is written. */
  readonly earlierMode?: number
  readonly writeMetadata: (descriptor: number, node: TreeNode) => void
}

export class TargetFile implements Disposable {
  /** For `fs` calls of other threads; they write only within the size given, and tell nobody. */
  readonly descriptor: number
  /** Nothing of an earlier file is there: all of the content must be written (holes excepted). */
  readonly isFresh: boolean
  /** Device and inode: which file it is, whatever its name. */
  readonly identity: string
  readonly #facts: TargetFileFacts
  readonly #holesFrom: number
  #isOpen = true

  constructor(facts: TargetFileFacts) {
    this.descriptor = facts.descriptor
    this.isFresh = facts.keptBytes === 0
    this.identity = fileIdentity(facts.descriptor)
    this.#facts = facts
    this.#holesFrom = facts.isSparse ? facts.keptBytes : Number.POSITIVE_INFINITY
    // A new one has its size from the start, since its last bytes may never be written.
    if (facts.isSparse && this.isFresh) ftruncateSync(facts.descriptor, facts.sizeBytes)
  }

  /** Writes all of `bytes` there. @throws system errors (`ENOSPC`…) */
  write(bytes: Uint8Array, offset: number): void {
    if (offset + bytes.length <= this.#holesFrom) {
      writeWhole(this.descriptor, bytes, offset)
      return
    }
    for (const run of dataRuns(bytes, offset, this.#holesFrom)) {
      writeWhole(this.descriptor, bytes.subarray(run.start, run.end), offset + run.start)
    }
  }

  /** Whether another descriptor is of this very file. */
  isSame(descriptor: number): boolean {
    return fileIdentity(descriptor) === this.identity
  }

  /** Cuts off what an earlier file had more. Not before all is written: one that cannot be restored keeps what it had. */
  trim(): void {
    const { isSparse, keptBytes, sizeBytes } = this.#facts
    if (isSparse || keptBytes > sizeBytes) ftruncateSync(this.descriptor, sizeBytes)
  }

  /** Gives an earlier file, that nothing was written to, its permissions back. */
  leave(): void {
    if (this.#facts.earlierMode !== undefined) fchmodSync(this.descriptor, this.#facts.earlierMode)
  }

  /** Puts owner, attributes, permissions and times on this very file. Last of all: writing moves the times. */
  applyMetadata(node: TreeNode): void {
    this.#facts.writeMetadata(this.descriptor, node)
  }

  close(): void {
    if (this.#isOpen) closeSync(this.descriptor)
    this.#isOpen = false
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Device and inode. */
export function fileIdentity(descriptor: number): string {
  const { dev, ino } = fstatSync(descriptor, { bigint: true })
  return `${dev}/${ino}`
}

function writeWhole(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
}

/**
 * The parts of `bytes` that must be written: all but blocks of zeros (cut at multiples of 4096 in the file) from the offset `holesFrom` on,
 * where the file holds zeros already.
 */
export function* dataRuns(bytes: Uint8Array, offset: number, holesFrom: number): Generator<{ start: number; end: number }> {
  let start = -1
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + BLOCK_BYTES - ((offset + at) % BLOCK_BYTES))
    const isHole = offset + at >= holesFrom && isZero(bytes.subarray(at, end))
    if (isHole && start >= 0) {
      yield { start, end: at }
      start = -1
    } else if (!isHole && start < 0) start = at
    at = end
  }
  if (start >= 0) yield { start, end: bytes.length }
}

function isZero(block: Uint8Array): boolean {
  return block[0] === 0 && Buffer.compare(block, ZEROS.subarray(0, block.length)) === 0
}
