/** A storage that reads for real and only pretends to write: for dry runs. */
import type { Storage } from '#storage'
import { Mirror, MirroredStorage } from './mirrors.ts'
import { Repository } from './repository.ts'

function pretending(storage: Storage): Storage {
  const nothing = async () => undefined
  return {
    location: storage.location,
    connections: storage.connections,
    create: nothing,
    save: nothing,
    replace: nothing,
    remove: nothing,
    load: (kind, name, options) => storage.load(kind, name, options),
    stat: (kind, name, options) => storage.stat(kind, name, options),
    list: (kind, options) => storage.list(kind, options),
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
