/** A repository's storage that reads back what it has saved: where something else is deleted afterwards, a silent loss would be final. */
import { StorageError, VaultError } from '#errors'
import { type Mirror, type MirroredStorage, ObjectStore, type Repository } from '#repository'
import type { CallOptions, ObjectKind } from '#storage'

/** The repository's objects; whatever is saved through it is on each mirror as it was given, or the call fails. */
export function readingBack({ objects }: Repository): ObjectStore {
  const { storage, key, version, primitives } = objects
  const checked = new Proxy(storage, {
    get(target, name) {
      if (name === 'save') return saveAndRead(target)
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return new ObjectStore(checked, key, version, primitives)
}

function saveAndRead(storage: MirroredStorage) {
  return async (kind: ObjectKind, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<void> => {
    await storage.save(kind, name, bytes, options)
    for (const mirror of storage.current) {
      if (await holds(mirror, kind, name, bytes, options)) continue
      await mirror.storage.replace(kind, name, bytes, options)
      if (await holds(mirror, kind, name, bytes, options)) continue
      throw new StorageError('failed', `${mirror.location}: ${kind}/${name} reads otherwise than it was written`, {
        retryable: false,
      })
    }
  }
}

async function holds(
  { storage }: Mirror,
  kind: ObjectKind,
  name: string,
  bytes: Uint8Array,
  options: CallOptions,
): Promise<boolean> {
  try {
    return Buffer.compare(await storage.load(kind, name, { ...options, fresh: true }), bytes) === 0
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof VaultError) || error.retryable) throw error
    return false
  }
}
