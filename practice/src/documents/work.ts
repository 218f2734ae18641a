/**
 * What documents need done without anybody's asking: previews, destructions to go on with, uploads that were abandoned. All of it is in the
 * database: any of it may be killed, and the next start goes on.
 */
import { setTimeout } from 'node:timers/promises'
import type { OpenPractice } from '#open-practice'
import { removeAbandonedUploads } from './abandoned-uploads.ts'
import { finishDestructions } from './objects.ts'
import { makeDuePreviews } from './previews.ts'

const PREVIEWS_EVERY_MS = 3_000
const SWEEP_EVERY_MS = 3_600_000

export interface DocumentWorkOptions {
  /** what is open now; undefined: nothing is */
  readonly practice: () => OpenPractice | undefined
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

/** Works until it is disposed of, which waits for what is under way. */
export function startDocumentWork({ practice, onError, everyMs = PREVIEWS_EVERY_MS }: DocumentWorkOptions): AsyncDisposable {
  const stopping = new AbortController()
  const work = (async () => {
    const sweptAtMs = new Map<string, number>()
    while (!stopping.signal.aborted) {
      const open = practice()
      if (open !== undefined)
        await workOnce(open, sweptAtMs, stopping.signal).catch((error: unknown) => {
          if (!stopping.signal.aborted) onError(error)
        })
      await setTimeout(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  })()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await work
    },
  }
}

async function workOnce(practice: OpenPractice, sweptAtMs: Map<string, number>, signal: AbortSignal): Promise<void> {
  if (performance.now() - (sweptAtMs.get(practice.id) ?? Number.NEGATIVE_INFINITY) > SWEEP_EVERY_MS) {
    sweptAtMs.set(practice.id, performance.now())
    await finishDestructions(practice)
    await removeAbandonedUploads(practice)
  }
  await makeDuePreviews(practice, { signal })
}
