/** Gives packs and trees to worker threads: a file of this machine by its path, everything else loaded here and handed over, not copied. */
import type { PackId, SealKey } from '#format'
import type { CallOptions, Storage } from '#storage'
import { WorkerPool, workerCount } from '#workers'
import type { BlobIndex } from '../blob-index.ts'
import { ByteBudget } from '../lanes.ts'
import type { TreeBatch } from './tree-facts.ts'
import type { JobBytes, PackResult, VerifyJobs } from './worker.ts'

/** Bytes loaded here and not yet given back by a worker, all together. */
const LOADED_BYTES_MAX = 64 * 1024 * 1024
/** Jobs that wait at each worker, so that it never waits for us. */
const JOBS_AHEAD = 2

export interface TreeRange {
  readonly pack: PackId
  readonly offset: number
  readonly lengthBytes: number
  /** Entries of the index, in the order of their offsets. */
  readonly trees: Uint32Array
}

export class VerifyPool implements AsyncDisposable {
  readonly #pool: WorkerPool<VerifyJobs>
  readonly #budget = new ByteBudget(LOADED_BYTES_MAX)

  /** @param index complete: the workers see it as it is now */
  constructor(key: SealKey, index: BlobIndex, count = workerCount()) {
    const setup = { key, segments: index.segments.map(({ memory, capacity }) => ({ memory, capacity })) }
    this.#pool = new WorkerPool(new URL('./worker.ts', import.meta.url), setup, { count })
  }

  /** How many calls from one destination keep the workers busy. */
  lanesFor(storage: Storage): number {
    const local = this.#pool.size * JOBS_AHEAD
    return storage.fileOf === undefined ? Math.max(storage.connections, 2) : local
  }

  /**
   * @param entries the pack's entries in the index by offset; none to compare its hash alone
   * @throws what the destination throws
   */
  async checkPack(
    storage: Storage,
    pack: PackId,
    sizeBytes: number,
    entries: Uint32Array,
    { wantsTrees = false, signal }: CallOptions & { readonly wantsTrees?: boolean } = {},
  ): Promise<PackResult> {
    using _room = await this.#roomFor(storage, sizeBytes)
    const from = await load(storage, pack, { signal })
    return this.#pool.run('pack', { pack, from, entries, wantsTrees }, { transfer: transferable(from) })
  }

  async readTrees(storage: Storage, range: TreeRange, { signal }: CallOptions = {}): Promise<TreeBatch> {
    const { pack, offset, lengthBytes, trees } = range
    using _room = await this.#roomFor(storage, lengthBytes)
    const from = await load(storage, pack, { offset, lengthBytes, signal })
    return this.#pool.run('trees', { from, offset, lengthBytes, trees }, { transfer: transferable(from) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
  }

  #roomFor(storage: Storage, bytes: number): Promise<Disposable> {
    return storage.fileOf === undefined ? this.#budget.take(bytes) : Promise.resolve({ [Symbol.dispose]() {} })
  }
}

async function load(
  storage: Storage,
  pack: PackId,
  options: CallOptions & { readonly offset?: number; readonly lengthBytes?: number },
): Promise<JobBytes> {
  if (storage.fileOf !== undefined) return { kind: 'file', path: storage.fileOf('data', pack) }
  return { kind: 'bytes', bytes: await storage.load('data', pack, options), start: options.offset ?? 0 }
}

/** Bytes that fill a buffer of their own travel without a copy; a view on something larger is cloned. */
function transferable(from: JobBytes): ArrayBuffer[] {
  if (from.kind === 'file') return []
  const { buffer, byteLength } = from.bytes
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}
