/** Objects in memory: for tests, and as the plainest reading of what a storage does. */
import { ObjectExistsError } from '#errors'
import { checkName, checkRange, isObjectName, missing, rangeBytes, sameBytes } from './layout.ts'
import type { CallOptions, LoadOptions, ObjectEntry, ObjectKind, Storage } from './storage.ts'

/** A storage in memory; `objects` lets tests look inside and do damage: the keys are `kind/name`, `config/` for the config. */
export interface MemoryStorage extends Storage {
  readonly objects: Map<string, Uint8Array>
}

/** An empty storage in memory. Disposing of it leaves its objects alone, so that it may be opened again. */
export function memoryStorage(options: { location?: string; objects?: Map<string, Uint8Array> } = {}): MemoryStorage {
  const objects = options.objects ?? new Map<string, Uint8Array>()

  function put(kind: ObjectKind, name: string, bytes: Uint8Array): void {
    objects.set(`${kind}/${name}`, Uint8Array.from(bytes))
  }

  return {
    location: options.location ?? 'memory:',
    connections: 5,
    objects,
    async create({ signal }: CallOptions = {}) {
      signal?.throwIfAborted()
    },
    async save(kind, name, bytes, { signal, pace }: CallOptions = {}) {
      checkName(kind, name)
      signal?.throwIfAborted()
      await pace?.(bytes.length)
      signal?.throwIfAborted()
      const there = objects.get(`${kind}/${name}`)
      if (there === undefined) put(kind, name, bytes)
      else if (!sameBytes(there, bytes)) throw new ObjectExistsError(kind, name)
    },
    async replace(kind, name, bytes, { signal, pace }: CallOptions = {}) {
      checkName(kind, name)
      signal?.throwIfAborted()
      await pace?.(bytes.length)
      signal?.throwIfAborted()
      put(kind, name, bytes)
    },
    async load(kind, name, loadOptions: LoadOptions = {}) {
      checkName(kind, name)
      checkRange(loadOptions)
      loadOptions.signal?.throwIfAborted()
      const there = objects.get(`${kind}/${name}`)
      if (there === undefined) throw missing(kind, name)
      const offset = loadOptions.offset ?? 0
      const part = there.slice(offset, offset + rangeBytes(kind, name, there.length, loadOptions))
      await loadOptions.pace?.(part.length)
      loadOptions.signal?.throwIfAborted()
      return part
    },
    async stat(kind, name, { signal }: CallOptions = {}) {
      checkName(kind, name)
      signal?.throwIfAborted()
      const there = objects.get(`${kind}/${name}`)
      return there && { name, sizeBytes: there.length }
    },
    async *list(kind, { signal }: CallOptions = {}): AsyncGenerator<ObjectEntry> {
      for (const [key, bytes] of [...objects]) {
        signal?.throwIfAborted()
        const name = key.slice(kind.length + 1)
        const named = kind === 'config' ? name === '' : isObjectName(name)
        if (key.startsWith(`${kind}/`) && named) yield { name, sizeBytes: bytes.length }
      }
    },
    async remove(kind, name, { signal }: CallOptions = {}) {
      checkName(kind, name)
      signal?.throwIfAborted()
      objects.delete(`${kind}/${name}`)
    },
    async listsAtOnce() {
      return true
    },
    async freeBytes() {
      return undefined
    },
    async [Symbol.asyncDispose]() {},
  }
}
