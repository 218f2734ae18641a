/**
 * The shared memory of a backup: slabs that files are read into, buffers that packs grow in. All threads see one memory; what moves
 * between them is addresses.
 */
import { PACK_BYTES_TARGET } from '../pack-writer.ts'

const MIB = 1024 * 1024
/** Files are read into slabs of this size. A chunk (8 MiB at most) that reaches the end is carried over to the next slab. */
export const SLAB_BYTES = 12 * MIB
export const SLABS = 3
/** A pack is finished before a blob that might not fit: the last pack of a run of large chunks ends up to 8 MiB short of this. */
export const PACK_BUFFER_BYTES = PACK_BYTES_TARGET + 6 * MIB
/** Files up to this size are one chunk (the chunker's minimum); workers read them themselves, whole. */
export const SMALL_FILE_BYTES_MAX = 512 * 1024

/**
 * Which of a number of equal regions are taken, shared by all threads. Workers wait for a free one by sleeping; the main thread,
 * which must not sleep, frees them.
 */
export class RegionPool {
  readonly #states: Int32Array
  readonly #starts: readonly number[]

  constructor(states: Int32Array, starts: readonly number[]) {
    this.#states = states
    this.#starts = starts
  }

  /** @param starts addresses of the regions */
  static create(starts: readonly number[]): RegionPool {
    return new RegionPool(new Int32Array(new SharedArrayBuffer((starts.length + 1) * 4)), starts)
  }

  /** What another thread needs to make its view of the pool: `new RegionPool(states, starts)`. */
  get shared(): { readonly states: Int32Array; readonly starts: readonly number[] } {
    return { states: this.#states, starts: this.#starts }
  }

  /** Address of a region that is now the caller's, or -1 when all are taken. */
  tryTake(): number {
    for (let i = 0; i < this.#starts.length; i++) {
      if (Atomics.compareExchange(this.#states, i + 1, 0, 1) === 0) return this.#starts[i]!
    }
    return -1
  }

  /** Address of a region, as soon as one is free. For workers: the thread sleeps meanwhile. */
  take(): number {
    for (;;) {
      const turn = Atomics.load(this.#states, 0)
      const start = this.tryTake()
      if (start >= 0) return start
      Atomics.wait(this.#states, 0, turn)
    }
  }

  give(start: number): void {
    Atomics.store(this.#states, this.#starts.indexOf(start) + 1, 0)
    Atomics.add(this.#states, 0, 1)
    Atomics.notify(this.#states, 0)
  }

  get isExhausted(): boolean {
    return this.#starts.every((_, i) => Atomics.load(this.#states, i + 1) === 1)
  }
}
