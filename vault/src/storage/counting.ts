/** Counts calls and bytes: for progress, for reports, and for tests that promise how little is asked of a destination. */
import { forwarding } from './forwarding.ts'
import type { Storage } from './storage.ts'

const METHODS = ['create', 'save', 'replace', 'load', 'stat', 'list', 'remove'] as const
export type CountedMethod = (typeof METHODS)[number]

export interface Counts {
  /** Calls begun; a list is one call. */
  readonly calls: Readonly<Record<CountedMethod, number>>
  /** Calls that threw. */
  readonly failures: number
  /** Bytes of objects saved or replaced, and loaded; calls that threw add nothing. */
  readonly bytesSaved: number
  readonly bytesLoaded: number
}

/** `inner`, with `counts` that grow as it is used. */
export function counting(inner: Storage): Storage & { readonly counts: Counts } {
  const calls = Object.fromEntries(METHODS.map((method) => [method, 0])) as Record<CountedMethod, number>
  const counts = { calls, failures: 0, bytesSaved: 0, bytesLoaded: 0 }

  async function counted<T>(method: CountedMethod, work: () => Promise<T>): Promise<T> {
    calls[method]++
    try {
      return await work()
    } catch (error) {
      counts.failures++
      throw error
    }
  }

  return {
    ...forwarding(inner),
    counts,
    create: (options) => counted('create', () => inner.create(options)),
    async save(kind, name, bytes, options) {
      await counted('save', () => inner.save(kind, name, bytes, options))
      counts.bytesSaved += bytes.length
    },
    async replace(kind, name, bytes, options) {
      await counted('replace', () => inner.replace(kind, name, bytes, options))
      counts.bytesSaved += bytes.length
    },
    async load(kind, name, options) {
      const bytes = await counted('load', () => inner.load(kind, name, options))
      counts.bytesLoaded += bytes.length
      return bytes
    },
    stat: (kind, name, options) => counted('stat', () => inner.stat(kind, name, options)),
    async *list(kind, options) {
      calls.list++
      try {
        yield* inner.list(kind, options)
      } catch (error) {
        counts.failures++
        throw error
      }
    },
    remove: (kind, name, options) => counted('remove', () => inner.remove(kind, name, options)),
  }
}
