/**
 * The shared memory of a backup: slabs that files are read into, buffers that packs grow in. All threads see one memory; what moves
 * between them is addresses.
 */
const MIB = 1024 * 1024
/** Files are read into slabs of this size. A chunk (8 MiB at most) that reaches the end is carried over to the next slab. */
export const SLAB_BYTES = 12 * MIB
export const SLABS = 3
/** A pack is finished before a blob that might not fit: the last pack of a run of large chunks ends up to 8 MiB short of its buffer. */
const BEYOND_TARGET_BYTES = 6 * MIB
/** Buffers besides the one that each worker fills: packs on their way to the mirrors. One is enough when packs are large. */
const BUFFERS_UNDER_WAY = 2
const LARGE_PACK_BYTES = 32 * MIB
/** Of the 2 GiB that the shared memory may have: slabs, and the scratch of 16 workers, take less than the rest. */
const BUFFERS_BYTES_MAX = 1600 * MIB
/** Files up to this size are one chunk (the chunker's minimum); workers read them themselves, whole. */
export const SMALL_FILE_BYTES_MAX = 512 * 1024

export interface BufferPlan {
  readonly bufferBytes: number
  readonly buffers: number
  /** As many as were asked for, or fewer where large packs leave no room for all. */
  readonly workers: number
}

/**
 * Buffers for packs of a size. A backup holds `buffers * bufferBytes` and about 80 MiB more, whatever the data: 88 MiB of buffers for
 * two workers and packs of 16 MiB, 402 MiB for packs of 128 MiB.
 */
export function planBuffers(packBytes: number, workers: number): BufferPlan {
  const bufferBytes = packBytes + BEYOND_TARGET_BYTES
  const underWay = packBytes > LARGE_PACK_BYTES ? 1 : BUFFERS_UNDER_WAY
  const fitting = Math.max(1, Math.min(workers, Math.floor(BUFFERS_BYTES_MAX / bufferBytes) - underWay))
  return { bufferBytes, buffers: fitting + underWay, workers: fitting }
}

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
