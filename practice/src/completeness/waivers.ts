/**
 * Waiving: somebody says why something may be missing, until a day or for good. It holds for that finding alone: once the entry is corrected
 * so that something else is missing, or of another day or tooth, the new finding is open. Pure.
 */
import type { Finding, Judgement } from './judge.ts'

export interface Waiver {
  readonly rule: string
  readonly subject: string
  readonly version: number
  readonly state: 'waived' | 'withdrawn'
  readonly sameAs: string
  /** absent: destroyed with its record */
  readonly reason?: string | undefined
  /** the last day on which it holds */
  readonly untilOn?: string | undefined
  readonly at: string
  readonly accountId: string
}

export type JudgedFinding = Omit<Finding, 'state'> & {
  readonly state: Finding['state'] | 'waived'
  /** the newest: of a finding that is waived, or was */
  readonly waiver?: Waiver
}

export interface JudgedRecord {
  readonly findings: readonly JudgedFinding[]
  readonly nextOn?: string
}

/** @param waivers the newest version of each */
export function applyWaivers({ findings, nextOn }: Judgement, waivers: readonly Waiver[], today: string): JudgedRecord {
  if (waivers.length === 0) return nextOn === undefined ? { findings } : { findings, nextOn }
  const byFinding = new Map(waivers.map((waiver) => [keyOf(waiver), waiver]))
  let next = nextOn
  const judged = findings.map((finding): JudgedFinding => {
    const waiver = byFinding.get(keyOf(finding))
    if (waiver === undefined || finding.state === 'met') return finding
    if (!holds(waiver, finding, today)) return { ...finding, waiver }
    if (waiver.untilOn !== undefined) {
      const ends = dayAfter(waiver.untilOn)
      if (next === undefined || ends < next) next = ends
    }
    return { ...finding, state: 'waived', waiver }
  })
  return next === undefined ? { findings: judged } : { findings: judged, nextOn: next }
}

function holds({ state, sameAs, untilOn }: Waiver, finding: Finding, today: string): boolean {
  return state === 'waived' && sameAs === finding.sameAs && (untilOn === undefined || today <= untilOn)
}

function keyOf({ rule, subject }: { readonly rule: string; readonly subject: string }): string {
  return `${rule} ${subject}`
}

function dayAfter(day: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toString()
}
