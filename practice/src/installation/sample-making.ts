/** How far the making of the sample practice has come: kept here, so that a page that is opened meanwhile, or anew, knows it too. */
import { setTimeout as wait } from 'node:timers/promises'
import type { z } from 'zod'
import { problemOf } from '#http'
import type { sampleMakingSchema } from './contract.ts'

export type Making = z.output<typeof sampleMakingSchema>
/** One step under way. `total` is 0 where it is not known. */
export type SampleProgress = Omit<Extract<Making, { kind: 'running' }>, 'kind'>

/** What changes faster is told this often. */
const TELL_MS = 250

export class SampleMaking {
  #state: Making = { kind: 'idle' }

  state(): Making {
    return this.#state
  }

  /** Carries out `work`, whose progress and end are told to whoever asks. A failure stays told until the next try. */
  async run<T>(work: (onProgress: (progress: SampleProgress) => void) => Promise<T>): Promise<T> {
    this.#state = { kind: 'running', step: 'practice', done: 0, total: 0 }
    try {
      const made = await work((progress) => {
        this.#state = { kind: 'running', ...progress }
      })
      this.#state = { kind: 'idle' }
      return made
    } catch (error) {
      this.#state = { kind: 'failed', code: problemOf(error).code }
      throw error
    }
  }

  /**
   * Each state as an event (`text/event-stream`), the present one at once; ends when nothing is being made.
   *
   * @see WHATWG HTML, 9.2 Server-sent events
   */
  async *events(signal: AbortSignal): AsyncGenerator<string> {
    let told: Making | undefined
    yield 'retry: 1000\n\n'
    while (!signal.aborted) {
      const state = this.#state
      if (state !== told) yield `data: ${JSON.stringify(state)}\n\n`
      told = state
      if (state.kind !== 'running') return
      await wait(TELL_MS, undefined, { signal }).catch(() => {}) // whoever looked is gone
    }
  }
}
