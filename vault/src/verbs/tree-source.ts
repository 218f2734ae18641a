/**
 * Trees for a walk. The first ones are read each for itself; a walk that goes on reads packs of trees in large pieces, since a tree has a
 * few hundred bytes and the next ones lie beside it: a request for each would cost a remote destination its distance every time.
 */
import { ObjectDamagedError, VaultError } from '#errors'
import { type BlobId, decodeTree, type TreeNode } from '#format'
import type { BlobLocation, Repository } from '#repository'
import type { CallOptions } from '#storage'
import { type NodeList, nodeListOf } from './node-list.ts'

/** Trees that are read for themselves. */
const SINGLE_TREES = 16
const WINDOW_BYTES = 512 * 1024
const WINDOWS_KEPT = 24

export class TreeSource {
  readonly #repository: Repository
  readonly #signal: AbortSignal | undefined
  /** Pieces of packs, the least recently used first. A piece that could not be read is undefined. */
  readonly #windows = new Map<string, Promise<Uint8Array | undefined>>()
  /** Where the last tree of each pack ends. */
  #packEnds: Map<string, number> | undefined
  #loads = 0

  constructor(repository: Repository, { signal }: CallOptions = {}) {
    this.#repository = repository
    this.#signal = signal
  }

  /** @throws as {@link Repository.loadTree} */
  load(id: BlobId): Promise<TreeNode[]> {
    return this.#decoded(id, decodeTree)
  }

  /** As {@link load}, for a walk that takes one node after the other. */
  loadList(id: BlobId): Promise<NodeList> {
    return this.#decoded(id, nodeListOf)
  }

  async #decoded<T>(id: BlobId, decode: (json: Uint8Array) => T): Promise<T> {
    const json = await this.loadJson(id)
    try {
      return decode(json)
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      throw new ObjectDamagedError('blob', id, `is no tree: ${error.message}`, { cause: error })
    }
  }

  /** The tree's bytes. @throws as {@link Repository.loadBlob} */
  async loadJson(id: BlobId): Promise<Uint8Array> {
    this.#loads++
    const location = this.#loads > SINGLE_TREES ? this.#repository.index.find('tree', id) : undefined
    const json = location === undefined ? undefined : await this.#readFromWindow(location)
    // Other copies, other mirrors, and what to say when there is none: the repository knows.
    return json ?? this.#repository.loadBlob('tree', id, { signal: this.#signal })
  }

  async #readFromWindow(location: BlobLocation): Promise<Uint8Array | undefined> {
    const { pack, offset, length } = location
    const window = Math.floor(offset / WINDOW_BYTES)
    const start = window * WINDOW_BYTES
    if (offset + length > start + WINDOW_BYTES) return undefined
    const bytes = await this.#window(pack, start)
    if (bytes === undefined || offset + length - start > bytes.length) return undefined
    try {
      return this.#repository.openBlob(location, bytes.subarray(offset - start, offset - start + length))
    } catch (error) {
      if (error instanceof VaultError) return undefined
      throw error
    }
  }

  #window(pack: BlobLocation['pack'], start: number): Promise<Uint8Array | undefined> {
    const key = `${pack}/${start}`
    const known = this.#windows.get(key) ?? this.#loadWindow(pack, start)
    this.#windows.delete(key)
    this.#windows.set(key, known)
    if (this.#windows.size > WINDOWS_KEPT) this.#windows.delete(this.#windows.keys().next().value!)
    return known
  }

  async #loadWindow(pack: BlobLocation['pack'], start: number): Promise<Uint8Array | undefined> {
    const end = this.#endOf(pack)
    const lengthBytes = Math.min(WINDOW_BYTES, end - start)
    try {
      return await this.#repository.storage.load('data', pack, { offset: start, lengthBytes, signal: this.#signal })
    } catch (error) {
      this.#signal?.throwIfAborted()
      if (!(error instanceof VaultError) || error.retryable) throw error
      return undefined
    }
  }

  #endOf(pack: string): number {
    this.#packEnds ??= packEnds(this.#repository)
    return this.#packEnds.get(pack) ?? 0
  }
}

/** For packs of trees, where the last one ends. */
function packEnds({ index }: Repository): Map<string, number> {
  const ends = new Map<string, number>()
  index.forEach((number, packNumber, isTree) => {
    if (!isTree) return
    const { offset, length } = index.at(number)
    const pack = index.packs[packNumber]!
    ends.set(pack, Math.max(ends.get(pack) ?? 0, offset + length))
  })
  return ends
}
