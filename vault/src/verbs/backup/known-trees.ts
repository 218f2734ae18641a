/**
 * Trees that a backup does not store because an index names them. They are believed unread, until a tree of the parent snapshot could not
 * be read: what took that one may have taken others, and a snapshot must not count on what nobody has.
 */
import { BlobMissingError, ObjectDamagedError, ObjectMissingError, StorageError } from '#errors'
import type { BlobId } from '#format'
import type { Repository } from '#repository'
import type { CallOptions } from '#storage'
import { isNoAnswer } from '../right-bytes.ts'

export class KnownTrees {
  readonly #repository: Repository
  readonly #options: CallOptions
  #isDoubtful = false
  /** Each is looked at once: it can be read, or whoever asked first stores it. */
  readonly #asked = new Set<BlobId>()

  constructor(repository: Repository, options: CallOptions = {}) {
    this.#repository = repository
    this.#options = options
  }

  /** From now on each known tree is read before it is believed. */
  doubt(): void {
    this.#isDoubtful = true
  }

  /** True, once, for a tree that an index names and of which no copy can be read. @throws when a destination gave no answer */
  async isLost(tree: BlobId): Promise<boolean> {
    if (!this.#isDoubtful || this.#asked.has(tree) || !this.#repository.index.has('tree', tree)) return false
    this.#asked.add(tree)
    try {
      // Where the new snapshot goes: a copy in the cache, or on a disk in the drawer, is of no use to it.
      await this.#repository.loadBlob('tree', tree, { ...this.#options, only: this.#repository.storage.current })
      return false
    } catch (error) {
      if (isLoss(error)) return true
      throw error
    }
  }
}

function isLoss(error: unknown): boolean {
  const isOfObject = [BlobMissingError, ObjectDamagedError, ObjectMissingError].some((loss) => error instanceof loss)
  return isOfObject || (error instanceof StorageError && !isNoAnswer(error))
}
