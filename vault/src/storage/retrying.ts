/**
 * Tries again what may succeed later, and gives up on what will not.
 *
 * A destination that cannot be reached is tried for a quarter of an hour with growing pauses, as restic does; an object that fails
 * for other reasons a few times only. When one call has given up on an unreachable destination, all others give up with it at their
 * next failure, and new ones are refused at once until a single one gets through again.
 */
import { setTimeout } from 'node:timers/promises'
import { StorageError, VaultError } from '#errors'
import { forwarding } from './forwarding.ts'
import { Slots } from './slots.ts'
import type { CallOptions, LoadOptions, ObjectEntry, ObjectKind, Storage } from './storage.ts'

const LIST_BATCH = 1000
/** However long the first attempts took. */
const ATTEMPTS_MIN = 3

export interface RetryOptions {
  /** Before the second attempt; doubles each time, give or take half. 1 s when absent. */
  readonly firstPauseMs?: number | undefined
  /** 1 minute when absent. */
  readonly pauseMsMax?: number | undefined
  /** No attempt begins later than this after the first. 15 minutes when absent. */
  readonly totalMs?: number | undefined
  /** Attempts at what fails though the destination is there. 5 when absent. */
  readonly failuresMax?: number | undefined
  /** An attempt in which nothing moves for so long is given up. 2 minutes when absent. */
  readonly stallMs?: number | undefined
  /** How long nothing is tried after a call gave up on the destination. 30 s when absent. */
  readonly refuseMs?: number | undefined
  /** Told before each pause. */
  readonly onRetry?: ((retry: Retry) => void) | undefined
  /** Between 0 and 1; chosen by tests. */
  readonly random?: (() => number) | undefined
}

export interface Retry {
  /** Such as `save data/<id>`. */
  readonly what: string
  readonly attempt: number
  readonly pauseMs: number
  readonly error: VaultError
}

const DEFAULTS = {
  firstPauseMs: 1000,
  pauseMsMax: 60_000,
  totalMs: 15 * 60_000,
  failuresMax: 5,
  stallMs: 120_000,
  refuseMs: 30_000,
  onRetry: (_retry: Retry): void => {},
  random: Math.random,
}

/** `inner`, whose retryable failures are tried again, with at most `inner.connections` calls side by side. */
export function retrying(inner: Storage, options: RetryOptions = {}): Storage {
  const retrier = new Retrier(inner, options)
  const { retention } = inner
  const named = (verb: string, kind: ObjectKind, name: string) => `${verb} ${kind}${name === '' ? '' : `/${name}`}`
  return {
    ...forwarding(inner),
    create: (call) => retrier.run('create', call, (paced) => inner.create(paced)),
    save: (kind, name, bytes, call) =>
      retrier.run(named('save', kind, name), call, (paced) => inner.save(kind, name, bytes, paced), kind),
    replace: (kind, name, bytes, call) =>
      retrier.run(named('replace', kind, name), call, (paced) => inner.replace(kind, name, bytes, paced), kind),
    load: (kind, name, call: LoadOptions = {}) =>
      retrier.run(named('load', kind, name), call, (paced) => inner.load(kind, name, { ...call, ...paced }), kind),
    stat: (kind, name, call) => retrier.run(named('stat', kind, name), call, (paced) => inner.stat(kind, name, paced), kind),
    remove: (kind, name, call) =>
      retrier.run(named('remove', kind, name), call, (paced) => inner.remove(kind, name, paced), kind),
    freeBytes: (call) => retrier.run('free space', call, (paced) => inner.freeBytes(paced)),
    list: (kind, call) => retrier.list(kind, call),
    ...(inner.modifiedAt !== undefined && {
      modifiedAt: (kind: ObjectKind, name: string, call?: CallOptions) =>
        retrier.run(named('date', kind, name), call, (paced) => inner.modifiedAt!(kind, name, paced), kind),
    }),
    // A file of this machine needs no second attempt.
    ...(inner.fileOf !== undefined && { fileOf: (kind: ObjectKind, name: string) => inner.fileOf!(kind, name) }),
    ...(retention !== undefined && {
      retention: {
        read: (kind, name, call) =>
          retrier.run(named('read retention of', kind, name), call, (paced) => retention.read(kind, name, paced), kind),
        extend: (kind, name, wanted, call) =>
          retrier.run(
            named('extend retention of', kind, name),
            call,
            (paced) => retention.extend(kind, name, wanted, paced),
            kind,
          ),
      },
    }),
  }
}

class Retrier {
  readonly #inner: Storage
  readonly #options: typeof DEFAULTS
  readonly #slots: Slots
  readonly #circuit: Circuit

  constructor(inner: Storage, options: RetryOptions) {
    this.#inner = inner
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
    this.#options = { ...DEFAULTS, ...given }
    this.#slots = new Slots(inner.connections)
    this.#circuit = new Circuit(inner.location, this.#options.refuseMs)
  }

  async run<T>(what: string, call: CallOptions = {}, work: (paced: CallOptions) => Promise<T>, kind?: ObjectKind): Promise<T> {
    // A lock that waits behind packs on a slow line would be taken for a dead one by others.
    if (kind === 'locks') return this.#repeat(what, call, () => this.#attempt(call, work))
    return this.#repeat(what, call, (probing) =>
      this.#slots.use(call.signal, () => {
        this.#circuit.check(probing)
        return this.#attempt(call, work)
      }),
    )
  }

  /** A list that breaks is begun again; what the caller has seen is not shown twice. */
  async *list(kind: ObjectKind, call: CallOptions = {}): AsyncGenerator<ObjectEntry> {
    const seen = new Set<string>()
    let source: ListSource | undefined
    try {
      for (let done = false; !done; ) {
        const batch: ObjectEntry[] = []
        done = await this.#repeat(`list ${kind}`, call, async () => {
          source ??= new ListSource(this.#inner, kind, call.signal)
          const { entries, pacing } = source
          try {
            return await this.#attempt(call, (paced) => {
              pacing.now = paced
              return fill(batch, entries)
            })
          } catch (error) {
            source.stop()
            source = undefined
            throw error
          }
        })
        for (const entry of batch) {
          if (seen.has(entry.name)) continue
          seen.add(entry.name)
          yield entry
        }
      }
    } finally {
      source?.stop()
    }
  }

  async #repeat<T>(what: string, { signal }: CallOptions, work: (probing: boolean) => Promise<T>): Promise<T> {
    const { firstPauseMs, pauseMsMax, onRetry, random } = this.#options
    const probing = this.#circuit.enter()
    const startedMs = performance.now()
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await work(probing)
        this.#circuit.close()
        return result
      } catch (error) {
        signal?.throwIfAborted()
        const pauseMs = Math.min(firstPauseMs * 2 ** (attempt - 1), pauseMsMax) * (0.5 + random())
        if (this.#isFinal(error, attempt, performance.now() - startedMs + pauseMs, probing)) throw error
        onRetry({ what, attempt, pauseMs, error: error as VaultError })
        await setTimeout(pauseMs, undefined, { signal }).catch(() => signal?.throwIfAborted())
      } finally {
        if (signal?.aborted) this.#circuit.leave(probing)
      }
    }
  }

  #isFinal(error: unknown, attempt: number, elapsedMs: number, probing: boolean): boolean {
    const unreachable = error instanceof StorageError && error.reason === 'unreachable'
    if (!unreachable) this.#circuit.close()
    if (!(error instanceof VaultError) || !error.retryable) return true
    if (!unreachable) return attempt >= this.#options.failuresMax || elapsedMs > this.#options.totalMs
    if (!probing && !this.#circuit.isOpen && (attempt < ATTEMPTS_MIN || elapsedMs <= this.#options.totalMs)) return false
    this.#circuit.open(error)
    return true
  }

  /** One attempt, given up when no byte moves for too long. */
  async #attempt<T>({ signal, pace }: CallOptions, work: (paced: CallOptions) => Promise<T>): Promise<T> {
    signal?.throwIfAborted()
    const { stallMs } = this.#options
    const stalled = new AbortController()
    const giveUp = Promise.withResolvers<never>()
    const watch = new Watch(stallMs, () => {
      const error = new StorageError('unreachable', `${this.#inner.location}: nothing moved for ${stallMs} ms`)
      stalled.abort(error)
      giveUp.reject(error)
    })
    const stop = () => giveUp.reject(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    const paced: CallOptions = {
      signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
      pace: (bytes) => watch.pause(() => pace?.(bytes)),
    }
    try {
      return await Promise.race([work(paced), giveUp.promise])
    } finally {
      watch[Symbol.dispose]()
      signal?.removeEventListener('abort', stop)
    }
  }
}

/** A list under way, over several attempts at its next entries. */
class ListSource {
  readonly entries: AsyncIterator<ObjectEntry>
  /** Whose pace counts at the moment. */
  readonly pacing: { now: CallOptions } = { now: {} }
  readonly #stopped = new AbortController()

  constructor(inner: Storage, kind: ObjectKind, signal: AbortSignal | undefined) {
    const both = signal === undefined ? this.#stopped.signal : AbortSignal.any([signal, this.#stopped.signal])
    const options: CallOptions = { signal: both, pace: (bytes) => this.pacing.now.pace?.(bytes) }
    this.entries = inner.list(kind, options)[Symbol.asyncIterator]()
  }

  /** Not awaited: a list that hangs would not let itself be closed either. */
  stop(): void {
    this.#stopped.abort()
    this.entries.return?.().catch(() => {})
  }
}

/** Adds the next entries, as many as are worth one watch; true when there are no more. */
async function fill(batch: ObjectEntry[], entries: AsyncIterator<ObjectEntry>): Promise<boolean> {
  while (batch.length < LIST_BATCH) {
    const next = await entries.next()
    if (next.done) return true
    batch.push(next.value)
  }
  return false
}

/** Calls back when nothing happened for a time; pauses do not count. */
class Watch implements Disposable {
  readonly #ms: number
  readonly #onSilence: () => void
  #timer: NodeJS.Timeout | undefined
  #done = false

  constructor(ms: number, onSilence: () => void) {
    this.#ms = ms
    this.#onSilence = onSilence
    this.#start()
  }

  async pause(work: () => Promise<void> | void): Promise<void> {
    clearTimeout(this.#timer)
    try {
      await work()
    } finally {
      this.#start()
    }
  }

  [Symbol.dispose](): void {
    this.#done = true
    clearTimeout(this.#timer)
  }

  #start(): void {
    clearTimeout(this.#timer)
    if (!this.#done) this.#timer = globalThis.setTimeout(this.#onSilence, this.#ms)
  }
}

/** Whether the destination is thought to be there. */
class Circuit {
  readonly #location: string
  readonly #refuseMs: number
  #last: StorageError | undefined
  #tryAtMs = 0

  constructor(location: string, refuseMs: number) {
    this.#location = location
    this.#refuseMs = refuseMs
  }

  get isOpen(): boolean {
    return this.#last !== undefined
  }

  /**
   * True for the one call that finds out whether the destination is back; it makes a single attempt.
   * @throws {StorageError} for all others while it is thought to be away
   */
  enter(): boolean {
    if (this.#last === undefined) return false
    this.check(performance.now() >= this.#tryAtMs)
    this.#tryAtMs = performance.now() + this.#refuseMs
    return true
  }

  /** @throws {StorageError} while the destination is thought to be away, unless this call should find out */
  check(probing: boolean): void {
    if (this.#last === undefined || probing) return
    throw new StorageError('unreachable', `${this.#location}: not tried, since it could not be reached just now`, {
      cause: this.#last,
    })
  }

  open(error: StorageError): void {
    this.#last = error
    this.#tryAtMs = performance.now() + this.#refuseMs
  }

  close(): void {
    this.#last = undefined
  }

  /** The call that should find out was stopped: the next one may. */
  leave(probing: boolean): void {
    if (probing) this.#tryAtMs = 0
  }
}
