/**
 * The WASM kernels: Rabin scan, Poly1305, scrypt's ROMix. The module holds no data: states, tables and messages lie at addresses
 * that the caller passes, so that several threads may instantiate it over one shared memory.
 * Sources in `vault/kernels`, built by `scripts/build-kernels.ts`.
 */
import { KERNELS_BASE64 } from './kernels.wasm.ts'

const PAGE_BYTES = 65536
/** The largest memory that kernels take, one page under 4 GiB so that no address wraps. A memory that is shared must be made with a maximum of at most this. */
export const KERNEL_PAGES_MAX = 65535

interface Exports {
  rabinTables(tables: number, polynomial: bigint): void
  rabinReset(state: number): void
  rabinScan(tables: number, state: number, from: number, length: number): number
  poly1305Start(state: number, key: number): void
  poly1305Blocks(state: number, message: number, length: number, high: number): void
  poly1305Finish(state: number, tag: number): void
  scryptROMix(block: number, r: number, n: number, v: number, xy: number): void
}

/** Bytes of {@link Kernels.rabinTables}' tables. */
export const RABIN_TABLES_BYTES = 4096
/** Bytes of a chunker's state. */
export const RABIN_STATE_BYTES = 96
/** Bytes of a Poly1305 state. */
export const POLY1305_STATE_BYTES = 192

/** One thread's instance of the kernels over a memory. Addresses are bytes from the start of that memory; nothing is checked. */
export class Kernels {
  readonly memory: WebAssembly.Memory
  readonly #exports: Exports
  #bytes: Uint8Array

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory
    this.#exports = new WebAssembly.Instance(kernelModule(), { env: { memory } }).exports as unknown as Exports
    this.#bytes = new Uint8Array(memory.buffer)
  }

  /** The whole memory as it is now; a view taken earlier stays valid but ends where the memory ended then. */
  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.memory.buffer) this.#bytes = new Uint8Array(this.memory.buffer)
    return this.#bytes
  }

  /**
   * Address of fresh zeroed memory of at least `sizeBytes`, at the start of a page. Grows the memory, which is atomic: threads that
   * share it get different ones. It is never given back.
   */
  reserve(sizeBytes: number): number {
    return this.memory.grow(Math.ceil(sizeBytes / PAGE_BYTES)) * PAGE_BYTES
  }

  /** Fills the {@link RABIN_TABLES_BYTES} at `tables` for a polynomial of degree 53. */
  rabinTables(tables: number, polynomial: bigint): void {
    this.#exports.rabinTables(tables, polynomial)
  }

  /** Makes the {@link RABIN_STATE_BYTES} at `state` that of a chunk's start. */
  rabinReset(state: number): void {
    this.#exports.rabinReset(state)
  }

  /** How many of the `length` bytes at `from` belong to the current chunk when it ends there, else -1. */
  rabinScan(tables: number, state: number, from: number, length: number): number {
    return this.#exports.rabinScan(tables, state, from, length)
  }

  /**
   * The 16-byte tag of `length` bytes at `message`, written to `tag`. `key` is the address of `r || s`; `state` that of
   * {@link POLY1305_STATE_BYTES} of scratch, wiped at the end.
   */
  poly1305(state: number, key: number, message: number, length: number, tag: number): void {
    this.poly1305Start(state, key)
    const whole = length & ~15
    this.poly1305Blocks(state, message, whole)
    this.poly1305Finish(state, message + whole, length - whole, tag)
  }

  poly1305Start(state: number, key: number): void {
    this.#exports.poly1305Start(state, key)
  }

  /** Takes in `length` bytes, a multiple of 16; may be called again. */
  poly1305Blocks(state: number, message: number, length: number): void {
    this.#exports.poly1305Blocks(state, message, length, 1)
  }

  /** Takes in the last `length` bytes (fewer than 16), writes the tag and wipes the state. */
  poly1305Finish(state: number, rest: number, length: number, tag: number): void {
    if (length > 0) {
      const block = state + 160
      this.bytes.fill(0, block, block + 16).copyWithin(block, rest, rest + length)
      this.bytes[block + length] = 1
      this.#exports.poly1305Blocks(state, block, 16, 0)
      this.bytes.fill(0, block, block + 16)
    }
    this.#exports.poly1305Finish(state, tag)
  }

  /** scrypt's ROMix in place of the 128·r bytes at `block`, with scratch of n·128·r bytes at `v` and 256·r at `xy`. */
  scryptROMix(block: number, r: number, n: number, v: number, xy: number): void {
    this.#exports.scryptROMix(block, r, n, v, xy)
  }
}

let compiled: WebAssembly.Module | undefined

/** The module, compiled once a thread. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(KERNELS_BASE64))
  return compiled
}

/** Kernels over `memory` (shared, maximum at most {@link KERNEL_PAGES_MAX} pages), or over a small one of their own. */
export function instantiateKernels(memory?: WebAssembly.Memory): Kernels {
  return new Kernels(memory ?? new WebAssembly.Memory({ initial: 1, maximum: KERNEL_PAGES_MAX, shared: true }))
}
