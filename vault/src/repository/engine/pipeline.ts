/**
 * The way of the data in a backup: read into slabs of shared memory, cut into chunks on this thread; hashed, compressed, sealed and
 * packed in workers; stored on the mirrors from the very memory in which the pack grew. Nothing is copied between threads.
 *
 * Memory is bounded whatever the data: when a destination is slow the pack buffers run out and reading waits. When only some mirrors
 * are slow, they are left behind after {@link PipelineOptions.patienceMs}.
 */
import { Chunker, instantiateKernels, type Kernels } from '#format'
import { WorkerPool } from '#workers'
import type { IndexWriter } from '../index-writer.ts'
import type { Repository } from '../repository.ts'
import type { FinishedPack } from './packer.ts'
import { planBuffers, RegionPool, SLAB_BYTES, SLABS } from './regions.ts'
import { SlabPool } from './slab-pool.ts'
import type { ChunkResult, SmallFile, SmallFileResult } from './small-file.ts'
import { type ReadInto, StreamRun, type StreamStores } from './stream.ts'
import type { EngineJobs, ExpectedChunk, WorkerSetup } from './worker.ts'

/** Memory that can be reserved at most: slabs, buffers and scratch of 16 workers fit. */
const PAGES_MAX = 32768
const PAGE_BYTES = 65536
const JOBS_PER_WORKER = 3
/** New blobs that the tables must have room for before jobs are given out. */
const CLAIMS_AHEAD = 8192
const WATCH_MS = 250

export interface PipelineOptions {
  /** zstd level of data, or `off` */
  readonly level: number | 'off'
  readonly indexWriter: IndexWriter
  /** How long a mirror may keep all others waiting before it is left behind. */
  readonly patienceMs?: number
  readonly signal?: AbortSignal | undefined
}

/** A stream's content: its blobs in order, and what of it was new. */
export interface StoredStream {
  readonly content: readonly string[]
  readonly sizeBytes: number
  /** Of it, what the repository did not have; and what that takes there. */
  readonly addedBytes: number
  readonly storedBytes: number
}

/** A stream that has been read to its end. */
export interface ReadStream {
  readonly sizeBytes: number
  /** What it became; rejects when the pipeline fails. */
  readonly stored: Promise<StoredStream>
}

export interface PipelineTotals {
  dataBlobs: number
  addedBytes: number
  packedBytes: number
}

export class Pipeline implements AsyncDisposable {
  readonly totals: PipelineTotals = { dataBlobs: 0, addedBytes: 0, packedBytes: 0 }
  readonly #repository: Repository
  readonly #options: PipelineOptions
  readonly #kernels: Kernels
  readonly #memory: Uint8Array
  readonly #buffers: RegionPool
  readonly #slabs: SlabPool
  readonly #streamStores: StreamStores
  readonly #startWorkers: () => WorkerPool<EngineJobs>
  #workers: WorkerPool<EngineJobs> | undefined
  readonly #jobs = new Set<Promise<unknown>>()
  readonly #saves = new Set<Promise<void>>()
  readonly #watch: NodeJS.Timeout
  readonly #stop = () => this.#fail(this.#options.signal!.reason)
  /** Those who wait for something that a failure would keep from happening. */
  readonly #waiting = new Set<(error: unknown) => void>()
  #failure: { error: unknown } | undefined
  /** Settles when no stream is being read. */
  #lastStream: Promise<unknown> = Promise.resolve()
  #exhaustedSince: number | undefined

  constructor(repository: Repository, workers: number, options: PipelineOptions) {
    this.#repository = repository
    this.#options = options
    this.#kernels = instantiateKernels(new WebAssembly.Memory({ initial: 1, maximum: PAGES_MAX, shared: true }))
    const chunker = new Chunker(this.#kernels, repository.config.chunkerPolynomial)
    const reserve = (count: number, bytes: number) => {
      const stride = Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES
      const first = this.#kernels.reserve(count * stride)
      return Array.from({ length: count }, (_, i) => first + i * stride)
    }
    const { packBytes } = repository
    const plan = planBuffers(packBytes, workers)
    this.#buffers = RegionPool.create(reserve(plan.buffers, plan.bufferBytes))
    this.#slabs = new SlabPool(reserve(SLABS, SLAB_BYTES))
    this.#memory = this.#kernels.bytes
    this.#streamStores = {
      chunker,
      memory: this.#memory,
      slabs: this.#slabs,
      storeChunk: (slab, offset, length) => this.#storeChunk(slab, offset, length),
      compareChunks: (slab, offset, expected) => this.#compareChunks(slab, offset, expected),
      orFailure: (work) => this.#orFailure(work),
    }
    this.#startWorkers = () => {
      const setup: WorkerSetup = {
        memory: this.#kernels.memory,
        buffers: this.#buffers.shared,
        bufferBytes: plan.bufferBytes,
        packBytes,
        segments: repository.index.segments,
        key: repository.key,
        level: repository.config.version === 1 ? 'off' : options.level,
      }
      const onEvent = (pack: FinishedPack) => this.#storePack(pack)
      return new WorkerPool<EngineJobs>(new URL('./worker.ts', import.meta.url), setup, { count: plan.workers, onEvent })
    }
    this.#watch = setInterval(() => this.#leaveSlowMirrors(), WATCH_MS)
    options.signal?.addEventListener('abort', this.#stop, { once: true })
  }

  /**
   * Stores a stream of any length. Resolves when all of it has been read, while workers are still at its last chunks: whoever has many
   * files goes on with the next. Streams take turns, in the order of the calls.
   * Rejects with what reading threw: the stream is then unfinished, and the pipeline as good as before.
   *
   * @param expected the content that an earlier backup of the same file found, as far as the repository has it: what is still the same is
   * hashed and not cut
   */
  storeStream(read: ReadInto, expected: readonly ExpectedChunk[] = []): Promise<ReadStream> {
    const reading = this.#lastStream.then(() => this.#readStream(read, expected))
    this.#lastStream = reading.catch(() => undefined)
    return reading
  }

  async #readStream(read: ReadInto, expected: readonly ExpectedChunk[]): Promise<ReadStream> {
    const run = new StreamRun(this.#streamStores, read, expected)
    await run.run()
    const { chunks, sizeBytes } = run
    const stored = this.#orFailure(Promise.all(chunks.map(({ result }) => result))).then((results) => ({
      content: results.map(({ id }) => id),
      sizeBytes,
      addedBytes: chunks.reduce((sum, { lengthBytes }, i) => sum + (results[i]!.storedBytes > 0 ? lengthBytes : 0), 0),
      storedBytes: results.reduce((sum, chunk) => sum + chunk.storedBytes, 0),
    }))
    // A failure is the whole pipeline's, and comes out of whatever is asked of it next.
    stored.catch(() => undefined)
    return { sizeBytes, stored }
  }

  /** Stores files of one chunk each; workers read them. Resolves with one result a file, in order. Waits while all workers are busy. */
  async storeSmallFiles(files: readonly SmallFile[]): Promise<{ results: Promise<SmallFileResult[]> }> {
    while (this.#pool.load(this.#pool.idlest) >= JOBS_PER_WORKER) await this.#orFailure(Promise.race(this.#jobs))
    this.#throwFailure()
    this.#makeRoomForClaims()
    const results = this.#track(this.#pool.run('files', files, { hand: this.#pickHand() })).then((all) => {
      for (const result of all) if (result.kind === 'read' && result.chunk !== undefined) this.#count(result.chunk, result.size)
      return all
    })
    return { results: this.#orFailure(results) }
  }

  /** Completes all packs and waits until they are stored. Their index is the caller's to flush. */
  async finish(): Promise<void> {
    if (this.#workers !== undefined) {
      await this.#orFailure(Promise.all(this.#jobs))
      await this.#orFailure(this.#workers.runOnAll('finish', undefined))
      await this.#orFailure(Promise.all(this.#saves))
    }
    this.#throwFailure()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch)
    // A signal that is listened to lives as long as the signals that it is made of, and would keep the pipeline's memory with it.
    this.#options.signal?.removeEventListener('abort', this.#stop)
    await this.#workers?.[Symbol.asyncDispose]()
    // Mirrors may still be reading from the buffers.
    await Promise.allSettled(this.#saves)
  }

  /** Started with the first job: a backup that finds nothing changed needs none. */
  get #pool(): WorkerPool<EngineJobs> {
    this.#workers ??= this.#startWorkers()
    return this.#workers
  }

  #storeChunk(slab: number, offset: number, length: number): Promise<ChunkResult> {
    this.#makeRoomForClaims()
    this.#slabs.hold(slab)
    const result = this.#track(this.#pool.run('chunk', { start: slab + offset, length }, { hand: this.#pickHand() }))
    const counted = result
      .then((chunk) => {
        this.#count(chunk, length)
        return chunk
      })
      .finally(() => this.#slabs.give(slab))
    // Awaited with its stream's other chunks; a failure meanwhile is the pipeline's.
    counted.catch(() => undefined)
    return counted
  }

  #compareChunks(slab: number, offset: number, expected: readonly ExpectedChunk[]): Promise<readonly boolean[]> {
    this.#slabs.hold(slab)
    return this.#track(this.#pool.run('compare', { start: slab + offset, expected })).finally(() => this.#slabs.give(slab))
  }

  #count({ storedBytes }: ChunkResult, plainBytes: number): void {
    if (storedBytes === 0) return
    this.totals.dataBlobs++
    this.totals.addedBytes += plainBytes
    this.totals.packedBytes += storedBytes
  }

  /** At random between workers that are not too busy: the order of chunks in packs then tells an observer nothing. */
  #pickHand(): number {
    const hand = Math.floor(Math.random() * this.#pool.size)
    return this.#pool.load(hand) < JOBS_PER_WORKER ? hand : this.#pool.idlest
  }

  #makeRoomForClaims(): void {
    const pool = this.#pool
    const segment = this.#repository.index.reserve(CLAIMS_AHEAD)
    if (segment !== undefined) void this.#track(pool.runOnAll('segment', segment))
  }

  #track<T>(job: Promise<T>): Promise<T> {
    const settled = job
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#jobs.delete(settled)
      })
    this.#jobs.add(settled)
    return job
  }

  #storePack({ start, lengthBytes, id, list }: FinishedPack): void {
    const bytes = this.#memory.subarray(start, start + lengthBytes)
    const save = this.#repository.storage
      .save('data', id, bytes, { signal: this.#options.signal })
      .then(() => this.#options.indexWriter.addList(id, list))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#buffers.give(start)
        this.#saves.delete(save)
      })
    this.#saves.add(save)
  }

  #leaveSlowMirrors(): void {
    if (!this.#buffers.isExhausted) this.#exhaustedSince = undefined
    else this.#exhaustedSince ??= performance.now()
    const patienceMs = this.#options.patienceMs ?? 5000
    if (this.#exhaustedSince === undefined || performance.now() - this.#exhaustedSince < patienceMs) return
    try {
      this.#repository.storage.leaveSlowBehind(`kept the other mirrors waiting for ${Math.round(patienceMs / 1000)} s`)
    } catch (error) {
      // That it is behind could not be written down: a timer has no caller to tell.
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    for (const reject of this.#waiting) reject(this.#failure.error)
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** The work's outcome, or the pipeline's failure as soon as there is one. (A race with one promise of long life would hold all.) */
  async #orFailure<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined)
    this.#throwFailure()
    const { promise, reject } = Promise.withResolvers<never>()
    this.#waiting.add(reject)
    try {
      return await Promise.race([work, promise])
    } finally {
      this.#waiting.delete(reject)
    }
  }
}
