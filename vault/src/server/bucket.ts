const HOUR_MS = 3600_000

/** So many an hour, all of them at once if nobody took any before. */
export class Bucket {
  readonly #perHour: number
  readonly #monotonicMs: () => number
  #left: number
  #filledAt: number

  constructor(perHour: number, monotonicMs: () => number) {
    this.#perHour = perHour
    this.#monotonicMs = monotonicMs
    this.#left = perHour
    this.#filledAt = monotonicMs()
  }

  /** Takes one; false when none is left. */
  take(): boolean {
    const now = this.#monotonicMs()
    this.#left = Math.min(this.#perHour, this.#left + ((now - this.#filledAt) * this.#perHour) / HOUR_MS)
    this.#filledAt = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
