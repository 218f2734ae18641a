/** Random-looking values that are the same for the same seed, on every machine: AES in counter mode over zeros, which also fills buffers fast. */
import { type Cipheriv, createCipheriv, createHash } from 'node:crypto'

const POOL_BYTES = 64 * 1024

export class SeededRandom {
  readonly #stream: Cipheriv
  readonly #zeros = new Uint8Array(POOL_BYTES)
  #pool: DataView = new DataView(new ArrayBuffer(0))
  #used = 0

  /** @param seed the same text gives the same values; say what they are for, so that two uses do not share them */
  constructor(seed: string) {
    const key = createHash('sha256').update(seed).digest()
    this.#stream = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16))
  }

  /** Fresh bytes, about 3 GB/s. */
  bytes(length: number): Uint8Array {
    return this.#stream.update(length <= POOL_BYTES ? this.#zeros.subarray(0, length) : new Uint8Array(length))
  }

  /** A whole number from 0 up to, not including, `limit` (at most 2³²). */
  below(limit: number): number {
    return Math.floor((this.#word() / 2 ** 32) * limit)
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  pick<T>(list: readonly T[]): T {
    const value = list[this.below(list.length)]
    if (value === undefined) throw new RangeError('nothing to pick from')
    return value
  }

  /** True in `share` of the cases, 0 to 1. */
  chance(share: number): boolean {
    return this.#word() < share * 2 ** 32
  }

  #word(): number {
    if (this.#used + 4 > this.#pool.byteLength) {
      const bytes = this.bytes(POOL_BYTES)
      this.#pool = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      this.#used = 0
    }
    const word = this.#pool.getUint32(this.#used, true)
    this.#used += 4
    return word
  }
}
