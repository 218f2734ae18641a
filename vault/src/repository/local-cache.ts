/**
 * Copies of what is asked for again and again, on this machine: indexes, snapshots and packs of trees of repositories that lie elsewhere.
 * Layout and content are those of restic's own cache.
 */
import { join } from 'node:path'
import { cached, type Storage } from '#storage'

export class LocalCache {
  readonly #root: string
  readonly #treePacks = new Set<string>()
  #folder: string | undefined

  /** @param root folder of all caches: each repository has its own below it */
  constructor(root: string) {
    this.#root = root
  }

  /** A destination of the repository, with this cache. Before {@link open} nothing is kept, since it is not known whose it is. */
  wrap(storage: Storage): Storage {
    return cached(storage, { folder: () => this.#folder, keepsPack: (name) => this.#treePacks.has(name) })
  }

  open(repositoryId: string): void {
    this.#folder = join(this.#root, repositoryId)
  }

  /** The pack holds trees: it is kept from now on. */
  noteTreePack(pack: string): void {
    this.#treePacks.add(pack)
  }
}
