import { tryLater } from './refusal.ts'

/** So many at once; others wait for their turn, up to so many, in the order in which they came. */
export class Slots {
  readonly #waitingMax: number
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(atOnceMax: number, waitingMax: number) {
    this.#free = atOnceMax
    this.#waitingMax = waitingMax
  }

  /** @throws {Refusal} 503, when too many wait already */
  async take(): Promise<Disposable> {
    if (this.#free > 0) this.#free--
    else if (this.#waiting.length >= this.#waitingMax) throw tryLater('busy', 'too much at once', 2)
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return { [Symbol.dispose]: () => this.#giveBack() }
  }

  #giveBack(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
