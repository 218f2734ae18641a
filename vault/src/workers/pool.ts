/** Worker threads that take jobs: the calling side. The other side is {@link answerJobs} of `serve.ts`. */

import { getCompileCacheDir } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { VaultError } from '#errors'
import type { Answer } from './serve.ts'

/** Threads worth starting on this machine: one a core, at least two, since a job may wait for a disk. */
export function workerCount(): number {
  return Math.max(2, Math.min(availableParallelism(), 16))
}

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

interface Hand {
  readonly worker: Worker
  /** Why it takes no more jobs: what is posted to a thread that has ended is never answered. */
  death?: unknown
  readonly waiting: Map<number, Waiting>
}

/**
 * Of a worker's heap, what new objects may take before they are looked through. What workers handle is in shared memory and their own
 * objects are few and short-lived: more room only holds garbage (35 MB less at the peak of a backup with two workers, none slower).
 */
const YOUNG_MB_MAX = 6

/** `Jobs` maps a job's name to its argument and result. */
export class WorkerPool<Jobs extends Record<string, { argument: unknown; result: unknown }>> implements AsyncDisposable {
  readonly #hands: Hand[] = []
  #lastJob = 0

  /**
   * @param module the workers' entry file; it calls `answerJobs`
   * @param data given to each worker at its start (structured clone; shared memory stays shared)
   * @param onEvent gets what a worker tells outside of its answers (`emitEvent`), in order with them
   */
  constructor(
    module: URL,
    data: unknown,
    { count = workerCount(), onEvent }: { count?: number; onEvent?: (event: never) => void } = {},
  ) {
    for (let i = 0; i < count; i++) this.#hands.push(startHand(module, data, onEvent))
  }

  get size(): number {
    return this.#hands.length
  }

  /** Jobs that a worker has and has not answered. */
  load(hand: number): number {
    return this.#hands[hand]!.waiting.size
  }

  get idlest(): number {
    let best = 0
    for (let hand = 1; hand < this.#hands.length; hand++) if (this.load(hand) < this.load(best)) best = hand
    return best
  }

  /**
   * Gives a job to a worker, the one with the least to do when none is named. Jobs of one worker are answered in order.
   * Rejects with what the job threw ({@link VaultError} with its code), or when the worker died.
   */
  run<Name extends keyof Jobs & string>(
    name: Name,
    argument: Jobs[Name]['argument'],
    { hand = this.idlest, transfer = [] }: { hand?: number; transfer?: readonly ArrayBuffer[] } = {},
  ): Promise<Jobs[Name]['result']> {
    const { worker, waiting, death } = this.#hands[hand]!
    if (death !== undefined) return Promise.reject(death)
    const job = ++this.#lastJob
    return new Promise((resolve, reject) => {
      waiting.set(job, { resolve, reject })
      worker.postMessage({ job, name, argument }, transfer)
    })
  }

  /** Gives the same job to every worker. */
  runOnAll<Name extends keyof Jobs & string>(name: Name, argument: Jobs[Name]['argument']): Promise<Jobs[Name]['result'][]> {
    return Promise.all(this.#hands.map((_, hand) => this.run(name, argument, { hand })))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hands.map(({ worker }) => worker.terminate()))
  }
}

/**
 * A worker does not inherit its parent's cache of compiled code, and stripping types from a hundred files takes longer than a small
 * backup (measured: 1.0 s without, 0.3 s with). This first line turns it on before anything is loaded.
 */
const BOOT = `
  const [module, codeCache] = process.argv.slice(2)
  if (codeCache !== '') require('node:module').enableCompileCache(codeCache)
  import(module)
`

/** Where this thread keeps compiled code; '' when it keeps none. Node adds a folder of its own for its version. */
function codeCacheFolder(): string {
  const folder = getCompileCacheDir()
  return folder === undefined ? '' : dirname(folder)
}

function startHand(module: URL, data: unknown, onEvent: ((event: never) => void) | undefined): Hand {
  const worker = new Worker(BOOT, {
    eval: true,
    workerData: data,
    argv: [module.href, codeCacheFolder()],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB_MAX },
  })
  const hand: Hand = { worker, waiting: new Map() }
  const { waiting } = hand
  worker.on('message', ({ job, event, result, error }: Answer) => {
    if (job === undefined) return onEvent?.(event as never)
    const { resolve, reject } = waiting.get(job)!
    waiting.delete(job)
    if (error === undefined) resolve(result as never)
    else reject(reviveError(error))
  })
  const fail = (error: unknown) => {
    hand.death ??= error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new VaultError('worker-died', `a worker thread ended with code ${code}`)))
  return hand
}

/** Errors lose their class between threads; code, message and what they are about come across. */
function reviveError(error: NonNullable<Answer['error']>): VaultError {
  const revived = new VaultError(error.code, error.message, { retryable: error.retryable })
  return Object.assign(revived, error.about)
}
