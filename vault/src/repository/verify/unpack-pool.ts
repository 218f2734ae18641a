/** Blobs out of packs into open files, by worker threads: a pack of this machine is read by them, any other is loaded here and handed over. */
import { VaultError } from '#errors'
import type { BlobId, PackId, SealKey } from '#format'
import type { CallOptions, Storage } from '#storage'
import { WorkerPool, workerCount } from '#workers'
import { ByteBudget } from '../lanes.ts'
import type { MirroredStorage } from '../mirrors.ts'
import type { JobBytes } from './jobs.ts'
import { BLOB_NUMBERS, PLACE_NUMBERS, type UnpackJobs, type UnpackResult, type UnpackWorkerSetup } from './unpack-job.ts'

/** Bytes loaded here and not yet given back by a worker, all together. */
const LOADED_BYTES_MAX = 48 * 1024 * 1024
/** Jobs that wait at each worker, so that it never waits for us. */
const JOBS_AHEAD = 3

/** Where a blob's plaintext is to be written. */
export interface UnpackPlace {
  readonly descriptor: number
  readonly offset: number
  /** From where on in the file blocks of zeros may stay holes; nowhere when absent. */
  readonly holesFrom?: number | undefined
}

/** A blob and its places in the pack and in files. `id` is 32 bytes. */
export interface UnpackBlob {
  readonly id: Uint8Array
  readonly offset: number
  readonly length: number
  readonly uncompressedLength: number
  readonly places: readonly UnpackPlace[]
}

export class UnpackPool implements AsyncDisposable {
  readonly #pool: WorkerPool<UnpackJobs>
  readonly #storage: MirroredStorage
  readonly #budget = new ByteBudget(LOADED_BYTES_MAX)

  constructor(key: SealKey, storage: MirroredStorage, count = workerCount()) {
    this.#storage = storage
    const setup: UnpackWorkerSetup = { key }
    this.#pool = new WorkerPool<UnpackJobs>(new URL('./unpack-worker.ts', import.meta.url), setup, { count })
  }

  /** How many calls keep the workers busy. */
  get lanes(): number {
    const local = this.#pool.size * JOBS_AHEAD
    return this.#file === undefined ? Math.max(this.#storage.connections, 2) : local
  }

  /**
   * Opens blobs of one pack, in the order of their offsets, and writes them. Descriptors stay open until it resolves.
   * What could not be opened or written is in the answer, by its number; a pack that is not there is that of each of its blobs.
   * @throws {StorageError} when no destination can be reached
   */
  async unpack(pack: PackId, blobs: readonly UnpackBlob[], { signal }: CallOptions = {}): Promise<UnpackResult> {
    const offset = blobs[0]!.offset
    const lengthBytes = blobs.reduce((end, blob) => Math.max(end, blob.offset + blob.length), 0) - offset
    using _room = await this.#roomFor(lengthBytes)
    const from = await this.#load(pack, offset, lengthBytes, signal)
    if (typeof from === 'string') return { badBlobs: blobs.map((_, blob) => ({ blob, message: from })), badWrites: [] }
    return this.#pool.run('unpack', { from, offset, lengthBytes, ...flatten(blobs) }, { transfer: transferable(from) })
  }

  /** Which pieces of an open file are there already: 1 for each that hashes to its ID. */
  compare(descriptor: number, offset: number, pieces: readonly { id: BlobId; length: number }[]): Promise<Uint8Array> {
    const ids = new Uint8Array(pieces.length * 32)
    for (const [i, { id }] of pieces.entries()) ids.set(Uint8Array.fromHex(id), i * 32)
    const lengths = Uint32Array.from(pieces, ({ length }) => length)
    return this.#pool.run('compare', { descriptor, offset, ids, lengths })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
  }

  /** The mirror whose packs are files here, if there is one. */
  get #file(): Storage | undefined {
    return this.#storage.current.find(({ storage }) => storage.fileOf !== undefined)?.storage
  }

  #roomFor(bytes: number): Promise<Disposable> {
    return this.#file === undefined ? this.#budget.take(bytes) : Promise.resolve({ [Symbol.dispose]() {} })
  }

  /** The bytes, or why nobody has them. */
  async #load(pack: PackId, offset: number, lengthBytes: number, signal: AbortSignal | undefined): Promise<JobBytes | string> {
    const local = this.#file
    if (local !== undefined) return { kind: 'file', path: local.fileOf!('data', pack) }
    try {
      return { kind: 'bytes', bytes: await this.#storage.load('data', pack, { offset, lengthBytes, signal }), start: offset }
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof VaultError) || error.retryable) throw error
      return error.message
    }
  }
}

function flatten(blobs: readonly UnpackBlob[]): { ids: Uint8Array; blobs: Uint32Array; places: Float64Array } {
  const ids = new Uint8Array(blobs.length * 32)
  const numbers = new Uint32Array(blobs.length * BLOB_NUMBERS)
  const places = new Float64Array(blobs.reduce((sum, blob) => sum + blob.places.length, 0) * PLACE_NUMBERS)
  let placed = 0
  for (const [i, blob] of blobs.entries()) {
    ids.set(blob.id, i * 32)
    for (const { descriptor, offset, holesFrom = -1 } of blob.places) {
      places.set([descriptor, offset, holesFrom], placed++ * PLACE_NUMBERS)
    }
    numbers.set([blob.offset, blob.length, blob.uncompressedLength, placed], i * BLOB_NUMBERS)
  }
  return { ids, blobs: numbers, places }
}

/** Bytes that fill a buffer of their own travel without a copy; a view on something larger is cloned. */
function transferable(from: JobBytes): ArrayBuffer[] {
  if (from.kind === 'file') return []
  const { buffer, byteLength } = from.bytes
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}
