/** The chunker written the obvious way, from the definition: what the kernel is compared with in tests and benchmarks. Slow. */
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN } from './chunk.ts'
import { remainder } from './polynomial.ts'

const WINDOW = 64
const CUT_MASK = 0xfffff

/** Cuts streams given in any pieces; after a cut it stands at the start of the next chunk. */
export class PlainChunker {
  /** Tables in halves of 32 bits: number arithmetic has no 64-bit integers. */
  readonly #out: Uint32Array
  readonly #mod: Uint32Array
  readonly #window = new Uint8Array(WINDOW)
  #position = 0
  #count = 0
  #high = 0
  #low = 0
  #cut: bigint | undefined

  constructor(polynomial: bigint) {
    this.#out = new Uint32Array(512)
    this.#mod = new Uint32Array(512)
    for (let b = 0; b < 256; b++) {
      put(this.#out, b, remainder(BigInt(b) << BigInt(8 * (WINDOW - 1)), polynomial))
      put(this.#mod, b, remainder(BigInt(b) << 53n, polynomial) | (BigInt(b) << 53n))
    }
    this.reset()
  }

  /** Start of a file. */
  reset(): void {
    this.#window.fill(0)
    this.#position = 0
    this.#count = 0
    this.#high = 0
    this.#low = 0
    this.#slide(1)
  }

  /** How many of `bytes` belong to the current chunk when it ends there, or -1 when all do. */
  next(bytes: Uint8Array): number {
    for (let i = 0; i < bytes.length; i++) {
      this.#count++
      if (this.#count <= CHUNK_BYTES_MIN - WINDOW) continue
      this.#slide(bytes[i]!)
      if (this.#count < CHUNK_BYTES_MIN || ((this.#low & CUT_MASK) !== 0 && this.#count < CHUNK_BYTES_MAX)) continue
      const digest = this.digest
      this.reset()
      this.#cut = digest
      return i + 1
    }
    this.#cut = undefined
    return -1
  }

  /** The fingerprint after the last byte; after a cut, that of the cut. */
  get digest(): bigint {
    return this.#cut !== undefined && this.#count === 0 ? this.#cut : (BigInt(this.#high) << 32n) | BigInt(this.#low)
  }

  #slide(byte: number): void {
    const old = this.#window[this.#position]!
    this.#window[this.#position] = byte
    this.#position = (this.#position + 1) % WINDOW
    const high = this.#high ^ this.#out[2 * old + 1]!
    const low = this.#low ^ this.#out[2 * old]!
    const top = (high >>> 13) & 0xff
    this.#high = (((high << 8) | (low >>> 24)) ^ this.#mod[2 * top + 1]!) >>> 0
    this.#low = (((low << 8) | byte) ^ this.#mod[2 * top]!) >>> 0
  }
}

function put(table: Uint32Array, index: number, value: bigint): void {
  table[2 * index] = Number(value & 0xffffffffn)
  table[2 * index + 1] = Number(value >> 32n)
}
