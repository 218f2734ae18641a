/** A storage that fails on purpose at its n-th operation: for tests that say "for every n". */
import { StorageError } from '#errors'
import { forwarding } from './forwarding.ts'
import type { CallOptions, ObjectEntry, ObjectKind, Storage } from './storage.ts'

/**
 * - `fails`: throws instead of doing anything
 * - `loses-reply`: does it, then throws
 * - `lies`: a flipped bit in the bytes loaded or saved, a size that is one too large; it says nothing
 * - `truncates`: half of the bytes loaded or saved, half of a list; it says nothing
 * - `stalls`: never answers, until its signal is aborted
 * - `dies`: from this operation on nothing is done, as after a power cut
 */
export const MISHAPS = ['fails', 'loses-reply', 'lies', 'truncates', 'stalls', 'dies'] as const
export type Mishap = (typeof MISHAPS)[number]

export interface StorageOperation {
  readonly method: 'create' | 'save' | 'replace' | 'load' | 'stat' | 'list' | 'remove'
  /** Absent for `create`. */
  readonly kind?: ObjectKind
  readonly name?: string
}

export interface FailingPlan {
  readonly mishap: Mishap
  /** The first operation is 1. */
  readonly at: number
  /** How many operations from there on; 1 when absent, all for `dies`. */
  readonly times?: number | undefined
  /** Which operations count; all when absent. */
  readonly concerns?: ((operation: StorageOperation) => boolean) | undefined
  /** What is thrown; a retryable `unreachable` when absent, not retryable for `dies`. */
  readonly error?: (() => Error) | undefined
}

/** `inner`, with one mishap as planned; `operations` says how many operations counted so far. */
export function failing(inner: Storage, plan: FailingPlan): Storage & { readonly operations: number } {
  const last = plan.mishap === 'dies' ? Number.POSITIVE_INFINITY : plan.at + (plan.times ?? 1) - 1
  const makeError =
    plan.error ?? (() => new StorageError('unreachable', 'failed on purpose', { retryable: plan.mishap !== 'dies' }))
  let operations = 0

  function mishapOf(operation: StorageOperation): Mishap | undefined {
    if (plan.concerns?.(operation) === false) return undefined
    operations++
    return operations >= plan.at && operations <= last ? plan.mishap : undefined
  }

  /** Mishaps that are the same whatever is asked. */
  async function go<T>(mishap: Mishap | undefined, options: CallOptions | undefined, work: () => Promise<T>): Promise<T> {
    if (mishap === 'fails' || mishap === 'dies') throw makeError()
    if (mishap === 'stalls') await untilAborted(options?.signal)
    const result = await work()
    if (mishap === 'loses-reply') throw makeError()
    return result
  }

  async function* list(kind: ObjectKind, options?: CallOptions): AsyncGenerator<ObjectEntry> {
    const mishap = mishapOf({ method: 'list', kind })
    await go(mishap === 'loses-reply' ? undefined : mishap, options, async () => {})
    const entries: ObjectEntry[] = []
    for await (const entry of inner.list(kind, options)) entries.push(entry)
    const count = mishap === 'truncates' || mishap === 'loses-reply' ? Math.floor(entries.length / 2) : entries.length
    for (const entry of entries.slice(0, count)) yield mishap === 'lies' ? { ...entry, sizeBytes: entry.sizeBytes + 1 } : entry
    if (mishap === 'loses-reply') throw makeError()
  }

  return {
    ...forwarding(inner),
    get operations() {
      return operations
    },
    create: (options) => go(mishapOf({ method: 'create' }), options, () => inner.create(options)),
    async save(kind, name, bytes, options) {
      const mishap = mishapOf({ method: 'save', kind, name })
      await go(mishap, options, () => inner.save(kind, name, spoil(bytes, mishap), options))
    },
    async replace(kind, name, bytes, options) {
      const mishap = mishapOf({ method: 'replace', kind, name })
      await go(mishap, options, () => inner.replace(kind, name, spoil(bytes, mishap), options))
    },
    async load(kind, name, options) {
      const mishap = mishapOf({ method: 'load', kind, name })
      return spoil(await go(mishap, options, () => inner.load(kind, name, options)), mishap)
    },
    async stat(kind, name, options) {
      const mishap = mishapOf({ method: 'stat', kind, name })
      const entry = await go(mishap, options, () => inner.stat(kind, name, options))
      return entry && mishap === 'lies' ? { ...entry, sizeBytes: entry.sizeBytes + 1 } : entry
    },
    list,
    remove: (kind, name, options) =>
      go(mishapOf({ method: 'remove', kind, name }), options, () => inner.remove(kind, name, options)),
  }
}

function spoil(bytes: Uint8Array, mishap: Mishap | undefined): Uint8Array {
  if (mishap === 'truncates') return bytes.slice(0, Math.floor(bytes.length / 2))
  if (mishap !== 'lies' || bytes.length === 0) return bytes
  const spoiled = bytes.slice()
  const at = Math.floor(bytes.length / 2)
  spoiled[at] = (spoiled[at] ?? 0) ^ 0x10
  return spoiled
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
