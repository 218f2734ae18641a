/** Work on many things, a few at a time. */

/**
 * Calls `work` for each item, at most `count` at a time. The first failure stops the others from starting anything more and is thrown once
 * all have come to rest: nothing goes on behind the caller's back.
 */
export async function inLanes<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  count: number,
  work: (item: Item) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const next = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let failure: { error: unknown } | undefined
  const lane = async () => {
    while (failure === undefined) {
      try {
        signal?.throwIfAborted()
        const { done, value } = await next.next()
        if (done) return
        await work(value)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, count) }, lane))
  if (failure !== undefined) throw failure.error
}

/** Lets through what fits into a number of bytes; something larger than all of it waits until it is alone. */
export class ByteBudget {
  readonly #bytesMax: number
  #taken = 0
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = []

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Resolves when there is room; the result gives it back. */
  async take(bytes: number): Promise<Disposable> {
    const wanted = Math.min(bytes, this.#bytesMax)
    if (this.#waiting.length > 0 || this.#taken + wanted > this.#bytesMax) {
      await new Promise<void>((go) => this.#waiting.push({ bytes: wanted, go }))
    } else {
      this.#taken += wanted
    }
    return { [Symbol.dispose]: () => this.#giveBack(wanted) }
  }

  #giveBack(bytes: number): void {
    this.#taken -= bytes
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#taken + first.bytes > this.#bytesMax) return
      this.#waiting.shift()
      this.#taken += first.bytes
      first.go()
    }
  }
}
