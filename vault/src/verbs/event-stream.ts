/** Turns work that reports as it goes into an `AsyncIterable` of what it reports. */

/**
 * Runs `work` and yields what it emits, in order. Work does not wait for the consumer; it should emit progress by time, not by item.
 * The stream throws what the work throws. A consumer that leaves early aborts the work and waits until it has ended.
 */
export async function* eventStream<Event>(
  work: (emit: (event: Event) => void, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): AsyncGenerator<Event, void, undefined> {
  const leaving = new AbortController()
  const both = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal])
  const queue: Event[] = []
  let wake: () => void = () => undefined
  let isOver = false
  const outcome = work((event) => {
    queue.push(event)
    wake()
  }, both).finally(() => {
    isOver = true
    wake()
  })
  outcome.catch(() => undefined)
  try {
    for (;;) {
      while (queue.length > 0) yield queue.shift()!
      if (isOver) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    await outcome
  } finally {
    if (!isOver) {
      leaving.abort()
      await outcome.catch(() => undefined)
    }
  }
}

/** Calls `report` at most once in `intervalMs`, when asked to. */
export function paced(report: () => void, intervalMs = 200): () => void {
  let last = 0
  return () => {
    const now = performance.now()
    if (now - last < intervalMs) return
    last = now
    report()
  }
}
