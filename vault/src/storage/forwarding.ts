/** What a wrapper starts from: everything as the inner storage does it. */
import type { Storage } from './storage.ts'

/** Hands every call to `inner`, its disposal too; a wrapper overrides what it changes. */
export function forwarding(inner: Storage): Storage {
  const { retention } = inner
  return {
    location: inner.location,
    connections: inner.connections,
    create: (options) => inner.create(options),
    save: (kind, name, bytes, options) => inner.save(kind, name, bytes, options),
    replace: (kind, name, bytes, options) => inner.replace(kind, name, bytes, options),
    load: (kind, name, options) => inner.load(kind, name, options),
    stat: (kind, name, options) => inner.stat(kind, name, options),
    list: (kind, options) => inner.list(kind, options),
    remove: (kind, name, options) => inner.remove(kind, name, options),
    freeBytes: (options) => inner.freeBytes(options),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    ...(retention !== undefined && { retention }),
    ...(inner.listsAtOnce !== undefined && { listsAtOnce: () => inner.listsAtOnce!() }),
    ...(inner.modifiedAt !== undefined && { modifiedAt: (kind, name, options) => inner.modifiedAt!(kind, name, options) }),
  }
}
