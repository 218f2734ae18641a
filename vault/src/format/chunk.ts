/**
 * Content-defined chunks, with restic's boundaries: a file is cut where the Rabin fingerprint of its last 64 bytes ends in 20 zero bits,
 * never before 512 KiB, always at 8 MiB. Data inserted in the middle of a file changes the chunks around it only.
 */
import { FormatError } from '#errors'
import { type Kernels, RABIN_STATE_BYTES, RABIN_TABLES_BYTES } from './kernels.ts'
import { degree } from './polynomial.ts'

export { isIrreducible, newPolynomial } from './polynomial.ts'

export const CHUNK_BYTES_MIN = 524288
export const CHUNK_BYTES_MAX = 8388608
/** What a {@link Chunker} needs when it is given an address. */
export const CHUNKER_SCRATCH_BYTES: number = RABIN_TABLES_BYTES + RABIN_STATE_BYTES

/**
 * Cuts streams that lie in the kernels' memory, over the WASM kernel. Chunks may straddle stretches at different addresses. After a
 * cut it stands at the start of the next chunk.
 */
export class Chunker {
  readonly #kernels: Kernels
  readonly #tables: number
  readonly #state: number

  /**
   * @param at address of {@link CHUNKER_SCRATCH_BYTES} for its tables and state, a multiple of 8; when absent it reserves a page, for good
   * @throws {FormatError} when the polynomial is not of degree 53
   */
  constructor(kernels: Kernels, polynomial: bigint, at?: number) {
    if (degree(polynomial) !== 53) throw new FormatError('a chunker wants a polynomial of degree 53')
    this.#kernels = kernels
    this.#tables = at ?? kernels.reserve(CHUNKER_SCRATCH_BYTES)
    this.#state = this.#tables + RABIN_TABLES_BYTES
    kernels.rabinTables(this.#tables, polynomial)
    this.reset()
  }

  /** Start of a file. */
  reset(): void {
    this.#kernels.rabinReset(this.#state)
  }

  /**
   * Slides over `memory[offset, offset + length)`.
   * @returns how many bytes of it belong to the current chunk when that ends there (go on with the rest), or -1 when all of it does
   */
  next(offset: number, length: number): number {
    return this.#kernels.rabinScan(this.#tables, this.#state, offset, length)
  }

  /** The fingerprint after the last byte that went in; after a cut, that of the cut. For tests. */
  get digest(): bigint {
    const view = new DataView(this.#kernels.bytes.buffer, this.#state, RABIN_STATE_BYTES)
    return view.getUint32(8, true) === 0 ? view.getBigUint64(80, true) : view.getBigUint64(0, true)
  }
}
