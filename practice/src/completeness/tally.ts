/** What was met, missing and waived, counted by rule. Pure. */
import type { JudgedFinding } from './waivers.ts'

export interface Counts {
  met: number
  missing: number
  waived: number
}

export type Tally = Readonly<Record<string, Readonly<Counts>>>

/** Under the empty rule the record itself: met when nothing is missing that nobody has waived; none when no rule speaks of it. */
export const RECORDS = ''

/** @param findings those of today's care */
export function tallyOf(findings: readonly JudgedFinding[]): Tally {
  const tally: Record<string, Counts> = {}
  for (const { rule, state } of findings) {
    const counts = tally[rule] ?? { met: 0, missing: 0, waived: 0 }
    tally[rule] = counts
    if (state !== 'due-later') counts[state]++
  }
  if (findings.length === 0) return tally
  const states = new Set(findings.map(({ state }) => state))
  const record = states.has('missing') ? 'missing' : states.has('waived') ? 'waived' : 'met'
  tally[RECORDS] = { met: 0, missing: 0, waived: 0, [record]: 1 }
  return tally
}

/** Rules in their places: `[place, met, missing, waived]`, shorter than names a hundred thousand times. */
export function printTally(tally: Tally, ruleIds: readonly string[]): string {
  const names = [RECORDS, ...ruleIds]
  return JSON.stringify(
    names.flatMap((rule, place) => {
      const counts = tally[rule]
      return counts === undefined ? [] : [[place, counts.met, counts.missing, counts.waived]]
    }),
  )
}

/** Adds what {@link printTally} has printed. */
export function addTally(sums: Map<string, Counts>, text: string, ruleIds: readonly string[]): void {
  for (const [place = 0, met = 0, missing = 0, waived = 0] of JSON.parse(text) as number[][]) {
    const rule = place === 0 ? RECORDS : (ruleIds[place - 1] ?? '')
    const sum = sums.get(rule) ?? { met: 0, missing: 0, waived: 0 }
    sum.met += met
    sum.missing += missing
    sum.waived += waived
    sums.set(rule, sum)
  }
}
