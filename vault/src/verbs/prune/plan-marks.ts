/** What becomes of the marks of earlier prunes: delete, recover, drop, or wait on (docs/decisions/0011-two-phase-prune.md). Pure. */
import type { PackId } from '#format'
import type { BlobIndex } from '#repository'
import { type Holder, type Holders, type Mark, type MarkFile, markAgeMs, stillWaitsFor } from './marks.ts'

/**
 * `two-phase`: beside running backups; packs that go are marked now and deleted by a later prune.
 * `instant`: with the repository to itself, as restic; packs that go are deleted at once.
 */
export type PruneMode = 'two-phase' | 'instant'

/** What becomes of one file of marks. */
export interface MarkPlan {
  readonly file: MarkFile
  /** Nobody can need these any more: they are deleted. */
  readonly delete: readonly Mark[]
  /** A snapshot needs these after all: they go back into the index. */
  readonly recover: readonly Mark[]
  /** Deleted already, or in the index again: the mark goes. */
  readonly drop: readonly Mark[]
  readonly wait: readonly Mark[]
  /** Why the last must wait: who holds a lock since before, or how long the grace still runs. */
  readonly waitsFor: readonly string[]
  /** Who is to be waited for from now on; undefined: still whoever holds a lock then. */
  readonly namesHolders: readonly Holder[] | undefined
  /** The time of a mark was wrong, or who it waits for was not known and is now: written anew. */
  readonly mustRewrite: boolean
}

export interface MarkFacts {
  /** Index files that were there before the locks were listed. */
  readonly marksSince: ReadonlySet<string>
  readonly holders: Holders
  /** Marked packs that are needed again. */
  readonly recover: ReadonlySet<PackId>
  readonly sizes: ReadonlyMap<PackId, number>
  readonly mode: PruneMode
  readonly now: Temporal.Instant
  readonly graceMs: number
}

/** What becomes of each file of marks. Pure. */
export function planMarks(index: BlobIndex, files: readonly MarkFile[], facts: MarkFacts): MarkPlan[] {
  const verdicts = files.map((file) => judgeMarks(index, file, facts))
  // Two files may mark one pack: it goes when both let it go, and is counted once.
  const waiting = new Set(verdicts.flatMap(({ packs }) => packs.filter(({ fate }) => fate === 'wait').map(({ pack }) => pack.id)))
  const settled = new Set<PackId>()
  return verdicts.map((verdict) => planMarkFile(verdict, facts, waiting, settled))
}

type Fate = 'delete' | 'recover' | 'drop' | 'wait'

interface MarkVerdict {
  readonly file: MarkFile
  readonly packs: readonly { readonly pack: Mark; readonly fate: Fate; readonly leftMs: number; readonly isDated: boolean }[]
  readonly waitsFor: readonly string[]
}

function judgeMarks(index: BlobIndex, file: MarkFile, facts: MarkFacts): MarkVerdict {
  const { mode, now, holders, recover, sizes, marksSince, graceMs } = facts
  const waitsFor = mode === 'instant' ? [] : stillWaitsFor(file.waitsFor, holders)
  const mayGo = mode === 'instant' || (marksSince.has(file.id) && waitsFor.length === 0)
  const packs = file.packs.map((pack) => {
    const ageMs = markAgeMs(pack, file, now)
    const leftMs = mode === 'instant' ? 0 : Math.max(0, graceMs - (ageMs ?? 0))
    const about = { pack, leftMs, isDated: ageMs !== undefined }
    if (index.hasPack(pack.id) || !sizes.has(pack.id)) return { ...about, fate: 'drop' as const }
    if (recover.has(pack.id)) return { ...about, fate: 'recover' as const }
    return { ...about, fate: mayGo && leftMs === 0 ? ('delete' as const) : ('wait' as const) }
  })
  return { file, packs, waitsFor }
}

function planMarkFile(
  { file, packs, waitsFor }: MarkVerdict,
  facts: MarkFacts,
  waiting: Set<PackId>,
  settled: Set<PackId>,
): MarkPlan {
  const plan: Record<Fate, Mark[]> = { delete: [], recover: [], drop: [], wait: [] }
  for (const { pack, fate } of packs) {
    if (fate === 'wait' || fate === 'drop') plan[fate].push(pack)
    else if (settled.has(pack.id)) plan.drop.push(pack)
    else if (fate === 'delete' && waiting.has(pack.id)) plan.wait.push(pack)
    else {
      settled.add(pack.id)
      plan[fate].push(pack)
    }
  }
  const wasSeen = facts.marksSince.has(file.id) && facts.holders.unreadable.length === 0
  const namesHolders = file.waitsFor ?? (wasSeen ? facts.holders.known : undefined)
  const left = packs.filter(({ fate }) => fate === 'wait')
  const learns = file.waitsFor === undefined && namesHolders !== undefined && facts.mode === 'two-phase'
  const mustRewrite = left.length > 0 && (learns || left.some(({ isDated }) => !isDated))
  const graceMs = Math.min(...left.map(({ leftMs }) => leftMs))
  const reasons = [...waitsFor, ...(graceMs > 0 ? [`${Math.ceil(graceMs / 60_000)} minutes of grace`] : [])]
  return { file, ...plan, waitsFor: left.length === 0 ? [] : reasons, namesHolders, mustRewrite }
}
