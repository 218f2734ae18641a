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
/** What fails is tried again later and later, up to this; a preview that fails for a reason of its own waits as long, and holds up no other. */
const PAUSE_MS_MAX = 300_000
/** What goes on is told once in so long. */
const TELL_AGAIN_MS = 60_000

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
    const news = newsOnly()
    const memory: Memory = { sweptAtMs: new Map(), failedAtMs: new Map(), onError }
    let pauseMs = everyMs
    while (!stopping.signal.aborted) {
      const open = practice()
      const troubles = open === undefined ? [] : await workOnce(open, memory, stopping.signal)
      if (!stopping.signal.aborted) for (const trouble of news(troubles)) onError(trouble)
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

/** @returns those of a kind that was not told of in the last minute */
function newsOnly(): (troubles: readonly unknown[]) => readonly unknown[] {
  const toldAtMs = new Map<string, number>()
  const kindOf = (trouble: unknown) => `${(trouble as Error).name} ${(trouble as { code?: unknown }).code}`
  return (troubles) => {
    const now = performance.now()
    const news = troubles.filter((each) => now - (toldAtMs.get(kindOf(each)) ?? Number.NEGATIVE_INFINITY) >= TELL_AGAIN_MS)
    for (const each of news) toldAtMs.set(kindOf(each), now)
    return news
  }
}

interface Memory {
  readonly sweptAtMs: Map<string, number>
  /** previews, forgotten with each sweep */
  readonly failedAtMs: Map<string, number>
  readonly onError: (error: unknown) => void
}

/** @returns what went wrong: no kind of work waits for another */
async function workOnce(practice: OpenPractice, memory: Memory, signal: AbortSignal): Promise<readonly unknown[]> {
  const { sweptAtMs, failedAtMs, onError } = memory
  const work: Promise<unknown>[] = []
  const isSweepDue = performance.now() - (sweptAtMs.get(practice.id) ?? Number.NEGATIVE_INFINITY) > SWEEP_EVERY_MS
  if (isSweepDue) {
    sweptAtMs.set(practice.id, performance.now())
    failedAtMs.clear()
    work.push(finishDestructions(practice), removeAbandonedUploads(practice))
  }
  const isPostponed = (id: string) => performance.now() - (failedAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < PAUSE_MS_MAX
  const onFailure = (id: string, error: unknown) => {
    failedAtMs.set(id, performance.now())
    onError(error)
  }
  work.push(makeDuePreviews(practice, { signal, isPostponed, onFailure }))
  const results = await Promise.allSettled(work)
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
}
