/**
 * What an open practice needs a few times a day: the journal's head kept beside the database, old traces emptied, old copies removed, records
 * that are new or have changed compared with the others. One that fails keeps no other waiting.
 */
import { setTimeout } from 'node:timers/promises'
import { compareDue } from '#duplicates'
import { removeOldCopies } from '#installation'
import { emptyExpiredTraces, journalHead, keepHead } from '#journal'
import type { OpenPractice } from '#open-practice'

/** Soon after the start: a machine that is switched off each evening needs it too. */
const FIRST_AFTER_MS = 5 * 60_000
const EVERY_MS = 2 * 3_600_000

export interface UpkeepOptions {
  /** what is open now; undefined: nothing is */
  readonly practice: () => OpenPractice | undefined
  readonly onError: (error: unknown) => void
}

/** Works until it is disposed of, which waits for what is under way and keeps the last head. */
export function startUpkeep({ practice, onError }: UpkeepOptions): AsyncDisposable {
  const stopping = new AbortController()
  const rest = (pauseMs: number) => setTimeout(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
  const work = (async () => {
    await rest(FIRST_AFTER_MS)
    let old: readonly string[] = []
    while (!stopping.signal.aborted) {
      const open = practice()
      if (open !== undefined) old = await keepUp(open, old, onError, stopping.signal)
      await rest(EVERY_MS)
    }
  })()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await work
      const open = practice()
      if (open !== undefined) await keepHeadOf(open)
    },
  }
}

/**
 * @param old copies that were too old the last time, too: a clock that is wrong for a moment takes none away
 * @returns those that are too old now
 */
async function keepUp(
  practice: OpenPractice,
  old: readonly string[],
  onError: (error: unknown) => void,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [copies, ...others] = await Promise.allSettled([
    removeOldCopies(practice.folder, practice.now(), old),
    emptyExpiredTraces(practice),
    keepHeadOf(practice),
    compareDue(practice, { signal }),
  ])
  for (const each of [copies, ...others]) if (each.status === 'rejected' && !signal.aborted) onError(each.reason)
  return copies.status === 'fulfilled' ? copies.value : []
}

async function keepHeadOf({ db, id, folder, now }: OpenPractice): Promise<void> {
  await keepHead(folder, id, await journalHead(db, id), now())
}
