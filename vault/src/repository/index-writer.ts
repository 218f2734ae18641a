/** Index files for packs that are stored: written every 50,000 blobs or ten minutes, so that an interrupted backup resumes there. */
import { encodeIndexFile, type IndexPack, type PackEntry, type PackId } from '#format'
import type { BlobIndex } from './blob-index.ts'
import type { ObjectStore } from './objects.ts'

const BLOBS_MAX = 50_000
const AGE_MS_MAX = 10 * 60_000

export class IndexWriter {
  readonly #objects: ObjectStore
  readonly #index: BlobIndex
  readonly #signal: AbortSignal | undefined
  #pending: IndexPack[] = []
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
    for (const entry of entries) this.#index.settle(pack, entry)
    this.#pending.push({ id: pack, blobs: entries })
    this.#pendingBlobs += entries.length
    if (this.#pendingBlobs >= BLOBS_MAX || Date.now() - this.#since >= AGE_MS_MAX) await this.flush()
  }

  /** Writes what is pending; resolves when every index file is stored. */
  async flush(signal = this.#signal): Promise<void> {
    const packs = this.#pending
    if (packs.length > 0) {
      this.#pending = []
      this.#pendingBlobs = 0
      this.#since = Date.now()
      const json = encodeIndexFile({ packs, packsToDelete: [] })
      const save = this.#objects.saveUnpacked('index', json, { signal })
      this.#saving = Promise.all([this.#saving, save])
    }
    await this.#saving
  }
}
