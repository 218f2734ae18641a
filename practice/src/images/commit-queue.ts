/**
 * Writes of several senders at once in one transaction: each commit is a wait for the disk, whatever is in it. Who comes while one is being
 * written goes with the next. A group that fails is written one by one, so that nobody pays for another's fault.
 */
import type { Tx } from '#database'
import type { OpenPractice } from '#open-practice'

type Work = (tx: Tx) => Promise<void>

interface Waiting {
  readonly work: Work
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const GROUP_MAX = 32

export class CommitQueue {
  readonly #practice: OpenPractice
  #waiting: Waiting[] = []
  #isWriting = false

  constructor(practice: OpenPractice) {
    this.#practice = practice
  }

  /** Runs `work` in a transaction, which is on disk when this returns. It may run twice, and must be the same then. */
  write(work: Work): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      void this.#go()
    })
  }

  async #go(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP_MAX)
      try {
        await this.#together(group)
        for (const { resolve } of group) resolve()
      } catch (error) {
        if (group.length === 1) group[0]?.reject(error)
        else for (const each of group) await this.#together([each]).then(each.resolve, each.reject)
      }
    }
    this.#isWriting = false
  }

  #together(group: readonly Waiting[]): Promise<void> {
    return this.#practice.db.transaction().execute(async (tx) => {
      for (const { work } of group) await work(tx)
    })
  }
}

const queues = new WeakMap<OpenPractice, CommitQueue>()

export function commitQueueOf(practice: OpenPractice): CommitQueue {
  const found = queues.get(practice)
  if (found !== undefined) return found
  const made = new CommitQueue(practice)
  queues.set(practice, made)
  return made
}
