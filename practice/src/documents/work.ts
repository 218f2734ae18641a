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
/** What fails is tried again later and later, up to this. */
const PAUSE_MS_MAX = 300_000

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
    let pauseMs = everyMs
    while (!stopping.signal.aborted) {
      const open = practice()
      const troubles = open === undefined ? [] : await workOnce(open, sweptAtMs, stopping.signal)
      if (!stopping.signal.aborted) for (const trouble of troubles) onError(trouble)
      pauseMs = troubles.length === 0 ? everyMs : Math.min(pauseMs * 2, PAUSE_MS_MAX)
      await setTimeout(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  })()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await work
    },
  }
}

/** @returns what went wrong: no kind of work waits for another */
async function workOnce(
  practice: OpenPractice,
  sweptAtMs: Map<string, number>,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const work: Promise<unknown>[] = []
  const isSweepDue = performance.now() - (sweptAtMs.get(practice.id) ?? Number.NEGATIVE_INFINITY) > SWEEP_EVERY_MS
  if (isSweepDue) {
    sweptAtMs.set(practice.id, performance.now())
    work.push(finishDestructions(practice), removeAbandonedUploads(practice))
  }
  work.push(makeDuePreviews(practice, { signal }))
  const results = await Promise.allSettled(work)
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
}
