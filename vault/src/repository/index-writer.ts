/** Index files for packs that are stored: written every 50,000 blobs or ten minutes, so that an interrupted backup resumes there. */
import { encodeIndexOfLists, forEachPackBlob, type ListedPack, type PackEntry, type PackId, PackList } from '#format'
import type { BlobIndex } from './blob-index.ts'
import type { ObjectStore } from './objects.ts'

/** Blobs that an index file names before the next one is begun, as restic. */
export const INDEX_BLOBS_MAX = 50_000
const AGE_MS_MAX = 10 * 60_000

export class IndexWriter {
  readonly #objects: ObjectStore
  readonly #index: BlobIndex
  readonly #signal: AbortSignal | undefined
  #pending: ListedPack[] = []
  #pendingBlobs = 0
  #since = Date.now()
  #saving: Promise<unknown> = Promise.resolve()

  constructor(objects: ObjectStore, index: BlobIndex, signal?: AbortSignal) {
    this.#objects = objects
    this.#index = index
    this.#signal = signal
  }

  /** Notes a pack that is stored durably. From now on its blobs are known. */
  async add(pack: PackId, entries: readonly PackEntry[]): Promise<void> {
    await this.addList(pack, PackList.of(entries).bytes)
  }

  /** As {@link add}; `list` is `PackList.bytes`. */
  async addList(pack: PackId, list: Uint8Array): Promise<void> {
    const number = this.#index.packNumber(pack)
    forEachPackBlob(list, (id, type, offset, length, uncompressedLength) => {
      this.#index.settle(number, id, type === 'tree', offset, length, uncompressedLength)
      this.#pendingBlobs++
    })
    this.#pending.push({ id: pack, list })
    if (this.#pendingBlobs >= INDEX_BLOBS_MAX || Date.now() - this.#since >= AGE_MS_MAX) await this.flush()
  }

  /** Writes what is pending; resolves when every index file is stored. */
  async flush(signal = this.#signal): Promise<void> {
    const packs = this.#pending
    if (packs.length > 0) {
      this.#pending = []
      this.#pendingBlobs = 0
      this.#since = Date.now()
      const save = this.#objects.saveUnpacked('index', encodeIndexOfLists(packs), { signal })
      this.#saving = Promise.all([this.#saving, save])
    }
    await this.#saving
  }
}
