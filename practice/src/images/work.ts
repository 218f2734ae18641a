/** What images need done without anybody's asking: entries drawn again when more images came, files that a crash left without a row. */
import { setTimeout } from 'node:timers/promises'
import { sweepSealed } from '#documents'
import type { OpenPractice } from '#open-practice'
import { refreshStaleEntries } from './refresh-entries.ts'
import { isSealedNamed } from './store.ts'

const EVERY_MS = 60_000
const SWEEP_EVERY_MS = 3_600_000

export interface ImageWorkOptions {
  /** what is open now; undefined: nothing is */
  readonly practice: () => OpenPractice | undefined
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

/** Works until it is disposed of, which waits for what is under way. */
export function startImageWork({ practice, onError, everyMs = EVERY_MS }: ImageWorkOptions): AsyncDisposable {
  const stopping = new AbortController()
  let sweptAtMs = Number.NEGATIVE_INFINITY
  const work = (async () => {
    while (!stopping.signal.aborted) {
      await setTimeout(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
      const open = practice()
      if (open === undefined || stopping.signal.aborted) continue
      await refreshStaleEntries(open).catch(onError)
      if (performance.now() - sweptAtMs < SWEEP_EVERY_MS) continue
      sweptAtMs = performance.now()
      await sweepImages(open).catch(onError)
    }
  })()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await work
    },
  }
}

/** @returns how many files were taken away */
export function sweepImages(practice: OpenPractice): Promise<number> {
  return sweepSealed(practice, (sealedName) => isSealedNamed(practice.db, practice.id, sealedName))
}
