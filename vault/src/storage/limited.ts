/** Keeps a destination from taking the whole line: a practice's telephones share it. */
import { setTimeout } from 'node:timers/promises'
import { forwarding } from './forwarding.ts'
import type { CallOptions, Storage } from './storage.ts'

export interface LimitOptions {
  /** Bytes a second for all calls together; no limit when absent. */
  readonly uploadBytesPerSecondMax?: number | undefined
  readonly downloadBytesPerSecondMax?: number | undefined
}

/** How often a waiting call says that it is alive, so that `retrying` does not take it for a stuck one. */
const SIGN_OF_LIFE_MS = 1000

/**
 * `inner` at no more than so many bytes a second, evenly: time that nobody used is not made up for, and several calls share the
 * rate by turns of one slice.
 */
export function limited(inner: Storage, options: LimitOptions): Storage {
  const up = rateOf(options.uploadBytesPerSecondMax, 'turn')
  const down = rateOf(options.downloadBytesPerSecondMax, 'end')
  return {
    ...forwarding(inner),
    save: (kind, name, bytes, call) => up(bytes.length, call, (paced) => inner.save(kind, name, bytes, paced)),
    replace: (kind, name, bytes, call) => up(bytes.length, call, (paced) => inner.replace(kind, name, bytes, paced)),
    load: (kind, name, call) => down(undefined, call, (paced) => inner.load(kind, name, { ...call, ...paced })),
    list: (kind, call = {}) => inner.list(kind, { ...call, ...down.pacing(call) }),
  }
}

interface Rate {
  /** Runs a call at this rate; `sizeBytes` is known before for uploads. */
  <T>(sizeBytes: number | undefined, call: CallOptions | undefined, work: (paced: CallOptions) => Promise<T>): Promise<T>
  pacing(call: CallOptions): CallOptions
}

/** What bytes wait for: their turn, before they are sent; the end of their time, when they have been received already. */
type WaitsFor = 'turn' | 'end'

function rateOf(bytesPerSecondMax: number | undefined, waitsFor: WaitsFor): Rate {
  const bucket = bytesPerSecondMax === undefined ? undefined : new Bucket(bytesPerSecondMax)
  const pacing = (call: CallOptions): CallOptions =>
    bucket === undefined ? call : { ...call, pace: (bytes) => bucket.take(bytes, waitsFor, call) }
  const rate = async <T>(
    sizeBytes: number | undefined,
    call: CallOptions = {},
    work: (paced: CallOptions) => Promise<T>,
  ): Promise<T> => {
    if (bucket === undefined) return work(call)
    let paced = 0
    const pace = async (bytes: number) => {
      paced += bytes
      await bucket.take(bytes, waitsFor, call)
    }
    const result = await work({ ...call, pace })
    // A storage that does not call pace pays afterwards.
    const owed = (sizeBytes ?? (result instanceof Uint8Array ? result.length : 0)) - paced
    if (owed > 0) await bucket.take(owed, 'end', call)
    return result
  }
  return Object.assign(rate, { pacing })
}

/** Bytes one after the other: each slice has its time when the one before has had its own. */
class Bucket {
  readonly #bytesPerMs: number
  #freeAtMs = 0

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  async take(bytes: number, waitsFor: WaitsFor, { signal, pace }: CallOptions): Promise<void> {
    const startMs = Math.max(performance.now(), this.#freeAtMs)
    this.#freeAtMs = startMs + bytes / this.#bytesPerMs
    const untilMs = waitsFor === 'turn' ? startMs : this.#freeAtMs
    for (let leftMs = untilMs - performance.now(); leftMs > 0; leftMs = untilMs - performance.now()) {
      await setTimeout(Math.min(leftMs, SIGN_OF_LIFE_MS), undefined, { signal }).catch(() => signal?.throwIfAborted())
      await pace?.(0)
    }
    await pace?.(bytes)
  }
}
