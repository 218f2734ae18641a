/**
 * How we stand with the server: reachable or not, the screen locked or not, somebody asked to prove who they are. Calls wait here while the
 * screen is locked or the proof is due, and go on by themselves.
 */
import { useSyncExternalStore } from 'react'
import type { Problem } from './problem.ts'

export interface Standing {
  readonly isOffline: boolean
  readonly isLocked: boolean
  readonly isProofDue: boolean
}

export type Loss = 'signed-out' | 'sealed'

let standing: Standing = { isOffline: false, isLocked: false, isProofDue: false }
const watchers = new Set<() => void>()
const lossWatchers = new Set<(loss: Loss) => void>()

export function currentStanding(): Standing {
  return standing
}

export function useStanding(): Standing {
  return useSyncExternalStore(watchStanding, currentStanding)
}

export function setStanding(change: Partial<Standing>): void {
  const next = { ...standing, ...change }
  if ((Object.keys(next) as (keyof Standing)[]).every((name) => next[name] === standing[name])) return
  standing = next
  for (const watcher of [...watchers]) watcher()
}

/** Tells when a call found that nobody is signed in, or that the practice is sealed. @returns stops watching */
export function watchLosses(watcher: (loss: Loss) => void): () => void {
  lossWatchers.add(watcher)
  return () => lossWatchers.delete(watcher)
}

export function tellLoss(loss: Loss): void {
  for (const watcher of [...lossWatchers]) watcher(loss)
}

/** @throws the signal's reason */
export async function untilUnlocked(signal?: AbortSignal): Promise<void> {
  setStanding({ isLocked: true })
  await until(() => !standing.isLocked, signal)
}

let isProven = false

/** @throws {Problem} when the one who was asked would rather not */
export async function untilProven(refused: Problem, signal?: AbortSignal): Promise<void> {
  isProven = false
  setStanding({ isProofDue: true })
  await until(() => !standing.isProofDue, signal)
  if (!isProven) throw refused
}

export function endProof(outcome: 'proven' | 'given-up'): void {
  isProven = outcome === 'proven'
  setStanding({ isProofDue: false })
}

/** @returns stops watching */
function watchStanding(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

function until(isSo: () => boolean, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = watchStanding(() => {
      if (!isSo()) return
      stop()
      resolve()
    })
    signal?.addEventListener('abort', () => {
      stop()
      reject(signal.reason)
    })
  })
}
