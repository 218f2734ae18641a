/**
 * The practice's master key: 32 random bytes from which every other key is drawn (HKDF-SHA256, RFC 5869). It is never stored in the clear:
 * key slots (`key-slots.ts`) hold it sealed, each in its own way.
 */
import { hkdfSync, randomBytes } from 'node:crypto'

export const MASTER_KEY_BYTES = 32

const PURPOSES = ['records', 'keyring', 'documents', 'secrets'] as const
/**
 * records, keyring: the embedded database's files. documents: wraps the key that each document has of its own. secrets: second factors and
 * other short values.
 */
export type KeyPurpose = (typeof PURPOSES)[number]

export class MasterKey {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    if (bytes.length !== MASTER_KEY_BYTES) throw new RangeError(`a master key has ${MASTER_KEY_BYTES} bytes, got ${bytes.length}`)
    this.#bytes = bytes
  }

  static make(): MasterKey {
    return new MasterKey(randomBytes(MASTER_KEY_BYTES))
  }

  /** The key for one purpose: 32 bytes, always the same. */
  derive(purpose: KeyPurpose): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#bytes, new Uint8Array(), `couronne 1 ${purpose}`, MASTER_KEY_BYTES))
  }

  /** The key itself, for sealing into a slot. */
  expose(): Uint8Array {
    return this.#bytes
  }
}
