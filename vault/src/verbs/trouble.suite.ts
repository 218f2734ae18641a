/** For tests that say "for every n": a storage that gets into trouble at its n-th call, and what to require of it. */
import { failing, type Mishap, retrying, type Storage, type StorageOperation } from '#storage'
import { seeded } from './damage.suite.ts'

export const CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
/** Chooses the calls where not every one is tried. */
export const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)
/** Patience is short, so that a test need not wait. */
const IMPATIENT = { firstPauseMs: 1, pauseMsMax: 2, totalMs: 20, failuresMax: 3, refuseMs: 20 }
/** Only where something stalls: a busy machine is slow, too, and a call that is given up is made again. */
const STALL_MS = 250

export interface Trouble {
  readonly name: string
  readonly mishap: Mishap
  /** How many calls; 1 when absent. */
  readonly times?: number
}

/** What happens once is tried again and goes unnoticed; what lasts is given up. */
export const TROUBLES: readonly Trouble[] = [
  { name: 'fails once', mishap: 'fails' },
  { name: 'fails for good', mishap: 'fails', times: Number.POSITIVE_INFINITY },
  { name: 'loses a reply', mishap: 'loses-reply' },
  { name: 'loses all replies', mishap: 'loses-reply', times: Number.POSITIVE_INFINITY },
  { name: 'lies', mishap: 'lies' },
  { name: 'cuts short', mishap: 'truncates' },
  { name: 'stalls once', mishap: 'stalls' },
  { name: 'stalls for good', mishap: 'stalls', times: Number.POSITIVE_INFINITY },
  { name: 'dies', mishap: 'dies' },
]

/** A storage in trouble. */
export interface Troubled {
  /** Tries again as a real one is tried again, with little patience. */
  readonly storage: Storage
  /** The call that went wrong first; undefined while none has. */
  hit(): StorageOperation | undefined
  /** Calls so far. */
  calls(): number
}

/** @param at the first call that goes wrong; infinity for none, to count them */
export function inTrouble(inner: Storage, { mishap, times }: Trouble, at: number): Troubled {
  let hit: StorageOperation | undefined
  const broken = failing(inner, {
    ...{ mishap, at, times },
    concerns: (operation) => {
      if (broken.operations + 1 === at) hit = operation
      return true
    },
  })
  return {
    storage: retrying(broken, { ...IMPATIENT, ...(mishap === 'stalls' && { stallMs: STALL_MS }) }),
    hit: () => hit,
    calls: () => broken.operations,
  }
}

/** Whether the destination took an object, spoiled it, and said nothing: only reading shows it. */
export function isSilentLoss({ mishap }: Trouble, hit: StorageOperation | undefined): boolean {
  const isSpoiled = mishap === 'lies' || mishap === 'truncates'
  return isSpoiled && (hit?.method === 'save' || hit?.method === 'replace') && hit.kind !== 'locks'
}

/** One of 1…count; every one in a campaign. */
export function* sample(count: number, what: string): Generator<number> {
  const random = seeded(Buffer.from(what).reduce((sum, byte) => Math.imul(sum, 31) + byte, SEED))
  if (CAMPAIGN) for (let n = 1; n <= count; n++) yield n
  else yield Math.max(1, Math.ceil(random() * count))
}
