/** A storage that reads for real and only pretends to write: for dry runs. */
import { memoryStorage, type ObjectKind, type Storage } from '#storage'
import { Mirror, MirroredStorage } from './mirrors.ts'
import { Repository } from './repository.ts'

/** Locks are kept in memory: whoever holds one asks whether it is still there. */
function pretending(storage: Storage): Storage {
  const nothing = async () => undefined
  const locks = memoryStorage()
  const placeOf = (kind: ObjectKind) => (kind === 'locks' ? locks : undefined)
  return {
    location: storage.location,
    connections: storage.connections,
    create: nothing,
    save: async (kind, name, bytes, options) => placeOf(kind)?.save(kind, name, bytes, options),
    replace: nothing,
    remove: async (kind, name, options) => placeOf(kind)?.remove(kind, name, options),
    load: async (kind, name, options) => {
      const isOurs = (await placeOf(kind)?.stat(kind, name)) !== undefined
      return (isOurs ? locks : storage).load(kind, name, options)
    },
    stat: async (kind, name, options) => (await placeOf(kind)?.stat(kind, name)) ?? storage.stat(kind, name, options),
    list: async function* (kind, options) {
      yield* storage.list(kind, options)
      if (kind === 'locks') yield* locks.list(kind, options)
    },
    freeBytes: (options) => storage.freeBytes(options),
    // The repository that is pretended over stays open.
    [Symbol.asyncDispose]: nothing,
  }
}

/** The same repository, of which nothing is changed whatever is done with it. */
export function dryRunOf(repository: Repository): Repository {
  const storage = new MirroredStorage([new Mirror(pretending(repository.storage))])
  return new Repository(storage, repository.key, repository.keyId, repository.config, {
    packBytes: repository.packBytes,
    cache: repository.objects.cache,
    onFinding: (finding) => repository.report(finding),
  })
}
