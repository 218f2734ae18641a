/** A limit on how many things happen at once; who comes first is served first. */
export class Slots {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(count: number) {
    this.#free = count
  }

  /** @throws the signal's reason when it is aborted while waiting */
  async use<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    await this.#take(signal)
    try {
      return await work()
    } finally {
      this.#give()
    }
  }

  async #take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
    }
    const turn = Promise.withResolvers<void>()
    const stop = () => {
      if (this.#waiting.delete(turn.resolve)) turn.reject(signal?.reason)
    }
    this.#waiting.add(turn.resolve)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      await turn.promise
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** The slot goes straight to the next in line. */
  #give(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#free++
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}
