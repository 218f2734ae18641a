/** The two jobs of verifying, for worker threads and, where the work is too small for one, for the calling thread. */
import { VaultError } from '#errors'
import type { SealKey } from '#format'
import { nativeCodec, nodePrimitives, parallelSha256 } from '#primitives'
import type { BlobIndex } from '../blob-index.ts'
import { BlobOpener } from './blob-opener.ts'
import { type ByteSource, fileSource, memorySource } from './byte-source.ts'
import { checkPack, checkPackHash, openBlob, type PackCheckTools, type PackProblem } from './pack-check.ts'
import { type TreeBatch, TreeBatchBuilder } from './tree-facts.ts'

/** A file of this machine, or bytes of an object from its byte `start` on. */
export type JobBytes =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly start: number }

export interface PackJob {
  readonly pack: string
  readonly from: JobBytes
  /** The pack's entries in the index by offset; none: only its hash is compared. */
  readonly entries: Uint32Array
  readonly wantsTrees: boolean
}

export interface PackResult {
  readonly problems: readonly PackProblem[]
  readonly bytesRead: number
  /** Why it could not be read to its end. */
  readonly failure?: string
  readonly trees?: TreeBatch
}

export interface TreesJob {
  readonly from: JobBytes
  /** One range of a pack and the trees in it. */
  readonly offset: number
  readonly lengthBytes: number
  readonly trees: Uint32Array
}

export class VerifyJobs {
  readonly #index: BlobIndex
  readonly #tools: PackCheckTools

  constructor(key: SealKey, index: BlobIndex) {
    this.#index = index
    const opener = new BlobOpener(nativeCodec(nodePrimitives), key)
    this.#tools = { primitives: nodePrimitives, hashes: parallelSha256(), key, opener, index }
  }

  pack({ pack, from, entries, wantsTrees }: PackJob): PackResult {
    const trees = new TreeBatchBuilder(this.#index)
    try {
      using source = open(from)
      const problems =
        entries.length === 0
          ? checkPackHash(pack, source)
          : checkPack(this.#tools, pack, source, entries, (number, json) => {
              if (wantsTrees && this.#isFirstCopy(number)) trees.add(number, json)
            })
      return { problems, bytesRead: source.sizeBytes, ...(wantsTrees && { trees: trees.finish() }) }
    } catch (error) {
      return { problems: [], bytesRead: 0, failure: messageOf(error), ...(wantsTrees && { trees: trees.finish() }) }
    }
  }

  /** A tree of several packs is looked at once. */
  #isFirstCopy(number: number): boolean {
    return this.#index.numberOf('tree', this.#index.at(number).id) === number
  }

  trees({ from, offset, lengthBytes, trees }: TreesJob): TreeBatch {
    const batch = new TreeBatchBuilder(this.#index)
    let done = 0
    try {
      using source = open(from)
      const bytes = source.read(offset, lengthBytes)
      for (const number of trees) {
        done++
        if (!this.#isFirstCopy(number)) continue
        const copy = this.#index.at(number)
        const stored = bytes.subarray(copy.offset - offset, copy.offset - offset + copy.length)
        const problem = openBlob(this.#tools, copy, stored, (json) => batch.add(number, json))
        if (problem !== undefined) batch.addUnreadable(number, problem.message)
      }
    } catch (error) {
      const message = messageOf(error)
      for (const number of trees.subarray(done)) batch.addUnreadable(number, message)
    }
    return batch.finish()
  }
}

function open(from: JobBytes): ByteSource {
  return from.kind === 'file' ? fileSource(from.path) : memorySource(from.bytes, from.start)
}

/** What a file system or a short object says; everything else is a fault of ours and ends the check. */
function messageOf(error: unknown): string {
  if (error instanceof VaultError) return error.message
  if (error instanceof Error && 'code' in error && 'syscall' in error) return `${error.syscall}: ${error.code}`
  throw error
}
