/** Slabs and how many chunks in each are still being worked on. Main thread only. */
export class SlabPool {
  readonly #free: number[]
  readonly #holds = new Map<number, number>()
  readonly #waiting: ((slab: number) => void)[] = []

  constructor(starts: readonly number[]) {
    this.#free = [...starts]
  }

  /** A slab that is the caller's, as soon as there is one. */
  async take(): Promise<number> {
    const slab = this.#free.pop() ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)))
    this.#holds.set(slab, 1)
    return slab
  }

  hold(slab: number): void {
    this.#holds.set(slab, this.#holds.get(slab)! + 1)
  }

  give(slab: number): void {
    const holds = this.#holds.get(slab)! - 1
    this.#holds.set(slab, holds)
    if (holds > 0) return
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(slab)
    else next(slab)
  }
}
