/** Whole objects, verified: what is loaded hashes to its name, what is saved has been opened again first. */
import { ObjectDamagedError, ObjectMissingError, VaultError } from '#errors'
import { decodeUnpacked, encodeUnpacked, type Primitives, type SealKey } from '#format'
import type { CallOptions, ObjectKind } from '#storage'
import type { LocalCache } from './local-cache.ts'
import type { MirroredStorage } from './mirrors.ts'

/** Objects that are sealed whole and named by their hash. */
export type UnpackedKind = Extract<ObjectKind, 'index' | 'snapshots' | 'locks'>

export class ObjectStore {
  readonly storage: MirroredStorage
  readonly key: SealKey
  readonly version: 1 | 2
  readonly primitives: Primitives
  /** Of the destinations that have one. */
  readonly cache: LocalCache | undefined

  constructor(storage: MirroredStorage, key: SealKey, version: 1 | 2, primitives: Primitives, cache?: LocalCache) {
    this.storage = storage
    this.key = key
    this.version = version
    this.primitives = primitives
    this.cache = cache
  }

  /**
   * An object's bytes, from the first mirror whose bytes hash to its name; each mirror is asked twice, since a transfer can fail too.
   * @throws {ObjectMissingError} when no mirror has it
   * @throws {ObjectDamagedError} when all that have it have it wrong
   */
  async loadVerified(kind: ObjectKind, name: string, options: CallOptions = {}): Promise<Uint8Array> {
    let found = false
    for (let attempt = 0; attempt < 2; attempt++) {
      for await (const { bytes } of this.storage.loadFromEach(kind, name, options)) {
        found = true
        if (this.primitives.sha256Hex(bytes) === name) return bytes
      }
    }
    if (found) throw new ObjectDamagedError(kind, name, 'its bytes do not hash to its name')
    // No mirror gave it: say why as the first one says it.
    await this.storage.load(kind, name, options)
    throw new ObjectMissingError(kind, name)
  }

  /**
   * The JSON inside an index, a snapshot or a lock.
   * @throws {ObjectDamagedError} when it is junk, altered or cut short, or sealed with another key
   */
  async loadUnpacked(kind: UnpackedKind, name: string, options: CallOptions = {}): Promise<Uint8Array> {
    const stored = await this.loadVerified(kind, name, options)
    try {
      return decodeUnpacked(this.primitives, this.key, stored)
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      throw new ObjectDamagedError(kind, name, error.message, { cause: error })
    }
  }

  /** Seals JSON, opens it again, and stores it under its hash, which is returned. */
  async saveUnpacked(kind: UnpackedKind, json: Uint8Array, options: CallOptions = {}): Promise<string> {
    const { name, stored } = this.sealUnpacked(kind, json)
    await this.storage.save(kind, name, stored, options)
    return name
  }

  /** What {@link saveUnpacked} stores, and its name: for who must know the name before anything is there. */
  sealUnpacked(kind: UnpackedKind, json: Uint8Array): { readonly name: string; readonly stored: Uint8Array } {
    const stored = encodeUnpacked(this.primitives, this.key, json, this.version)
    if (!this.primitives.equal(decodeUnpacked(this.primitives, this.key, stored), json)) {
      throw new VaultError('self-check', `${kind}: what was just sealed does not open to the same bytes; nothing was stored`)
    }
    return { name: this.primitives.sha256Hex(stored), stored }
  }
}
