/** Ctrl-C, and readers who have seen enough: the work stops cleanly, locks are given back, and the exit code tells. */
import { EXIT } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** What a shell says of a program that wrote to nobody. */
const EXIT_NOBODY_READS = 141

export class Interruption implements AsyncDisposable {
  readonly #controller = new AbortController()
  readonly #terminal: Terminal
  readonly #toClose: Promise<AsyncDisposable>[] = []
  #code: number | undefined

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    process.on('SIGINT', this.#stop).on('SIGTERM', this.#stop)
    process.stdout.on('error', this.#nobodyReads)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The exit code when the work was stopped; undefined while nobody has asked. */
  get code(): number | undefined {
    return this.#code
  }

  closeAtEnd(thing: Promise<AsyncDisposable>): void {
    this.#toClose.push(thing)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#toClose) {
      await thing.then(
        (opened) => opened[Symbol.asyncDispose](),
        () => undefined,
      )
    }
    process.off('SIGINT', this.#stop).off('SIGTERM', this.#stop)
  }

  /** The second Ctrl-C ends the process. */
  readonly #stop = (): void => {
    if (this.#code !== undefined) process.exit(EXIT.interrupted)
    this.#terminal.warn({
      fr: 'interruption demandée : on termine proprement (encore Ctrl-C : tout de suite)',
      en: 'stopping cleanly (Ctrl-C again: at once)',
    })
    this.#abort(EXIT.interrupted)
  }

  /** `couronne vault ls | head`: what follows has nowhere to go. */
  readonly #nobodyReads = ({ code }: NodeJS.ErrnoException): void => {
    if (code === 'EPIPE' && this.#code === undefined) this.#abort(EXIT_NOBODY_READS)
  }

  #abort(code: number): void {
    this.#code = code
    this.#controller.abort()
  }
}
