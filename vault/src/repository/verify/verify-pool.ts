/** Gives packs and trees to worker threads: a file of this machine by its path, everything else loaded here and handed over, not copied. */
import type { PackId, SealKey } from '#format'
import type { CallOptions, Storage } from '#storage'
import { WorkerPool, workerCount } from '#workers'
import type { BlobIndex } from '../blob-index.ts'
import { ByteBudget } from '../lanes.ts'
import { type JobBytes, type PackResult, VerifyJobs } from './jobs.ts'
import type { TreeBatch } from './tree-facts.ts'
import type { VerifyMessages, VerifySetup } from './worker.ts'

/** Bytes loaded here and not yet given back by a worker, all together. */
const LOADED_BYTES_MAX = 64 * 1024 * 1024
/** Jobs that wait at each worker, so that it never waits for us. */
const JOBS_AHEAD = 2
/** So much is done on the calling thread: starting workers takes longer. */
const ALONE_BYTES_MAX = 8 * 1024 * 1024

export interface TreeRange {
  readonly pack: PackId
  readonly offset: number
  readonly lengthBytes: number
  /** Entries of the index, in the order of their offsets. */
  readonly trees: Uint32Array
}

export class VerifyPool implements AsyncDisposable {
  readonly #key: SealKey
  readonly #count: number
  readonly #budget = new ByteBudget(LOADED_BYTES_MAX)
  #index: BlobIndex | undefined
  #alone: VerifyJobs | undefined
  #aloneBytesLeft = ALONE_BYTES_MAX
  #pool: WorkerPool<VerifyMessages> | undefined
  #ready: Promise<unknown> | undefined

  constructor(key: SealKey, count = workerCount()) {
    this.#key = key
    this.#count = count
  }

  /** Starts the workers, when there will be work for them: they come up while the index is still being read. */
  start(): void {
    const setup: VerifySetup = { key: this.#key }
    this.#pool ??= new WorkerPool(new URL('./worker.ts', import.meta.url), setup, { count: this.#count })
  }

  /** Must come before any work. @param index complete: the workers see it as it is now */
  useIndex(index: BlobIndex): void {
    this.#index = index
  }

  /** How many calls from one destination keep the workers busy. */
  lanesFor(storage: Storage): number {
    return storage.fileOf === undefined ? Math.max(storage.connections, 2) : this.#count * JOBS_AHEAD
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
    const job = { pack, from, entries, wantsTrees }
    const alone = this.#takesAlone(sizeBytes)
    if (alone !== undefined) return alone.pack(job)
    return (await this.#workers()).run('pack', job, { transfer: transferable(from) })
  }

  async readTrees(storage: Storage, range: TreeRange, { signal }: CallOptions = {}): Promise<TreeBatch> {
    const { pack, offset, lengthBytes, trees } = range
    using _room = await this.#roomFor(storage, lengthBytes)
    const from = await load(storage, pack, { offset, lengthBytes, signal })
    const job = { from, offset, lengthBytes, trees }
    const alone = this.#takesAlone(lengthBytes)
    if (alone !== undefined) return alone.trees(job)
    return (await this.#workers()).run('trees', job, { transfer: transferable(from) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]()
  }

  #takesAlone(bytes: number): VerifyJobs | undefined {
    this.#aloneBytesLeft -= bytes
    if (this.#pool !== undefined || this.#aloneBytesLeft < 0) return undefined
    this.#alone ??= new VerifyJobs(this.#key, this.#index!)
    return this.#alone
  }

  async #workers(): Promise<WorkerPool<VerifyMessages>> {
    this.start()
    const pool = this.#pool!
    const segments = this.#index!.segments.map(({ memory, capacity }) => ({ memory, capacity }))
    this.#ready ??= pool.runOnAll('index', segments)
    await this.#ready
    return pool
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
