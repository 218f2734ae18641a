/** What one record lacks, as it is at this moment. */
import type { Tx } from '#database'
import { type RecordAccess, requireRead } from '#patients'
import type { CompletenessFinding } from './contract.ts'
import { judge } from './judge.ts'
import { loadFacts } from './load-facts.ts'
import { type Judging, keepJudged } from './refresh.ts'
import { SEVERITIES, type Severity } from './rule.ts'
import { RULES } from './rules/index.ts'
import { loadStamps } from './stamps.ts'
import { loadWaivers } from './waiver-store.ts'
import { applyWaivers, type JudgedFinding, type JudgedRecord, type Waiver } from './waivers.ts'

/** Judges a record with its past, and keeps what it lacks today for the practice's lists. @throws as {@link requireRead} */
export async function judgeRecord(tx: Tx, practiceId: string, judging: Judging, access: RecordAccess): Promise<JudgedRecord> {
  requireRead(access, 'care')
  requireRead(access, 'documents')
  const record = judging.joined.partsOf(access.patientId)
  const stamps = await loadStamps(tx, practiceId, [record])
  const loaded = (await loadFacts(tx, practiceId, [record], stamps)).get(access.patientId)
  if (loaded === undefined) return { findings: [] }
  await keepJudged(tx, practiceId, judging, record)
  const waivers = (await loadWaivers(tx, practiceId, [access.patientId])).get(access.patientId) ?? []
  return applyWaivers(judge(loaded.facts, RULES, judging), waivers, judging.today)
}

const SEVERITY_OF: ReadonlyMap<string, Severity> = new Map(RULES.map(({ id, severity }) => [id, severity]))
const STATES = ['missing', 'due-later', 'waived', 'met'] as const satisfies readonly JudgedFinding['state'][]

/** Gravest first, then newest. @param nameOf of an account */
export function toFindings(
  findings: readonly JudgedFinding[],
  nameOf: (accountId: string) => string | undefined,
): CompletenessFinding[] {
  return findings
    .map(({ rule, subject, state, isPast, on, by, entryIds, evidenceIds, missing, waiver }) => ({
      rule,
      subject,
      severity: SEVERITY_OF.get(rule) ?? 'low',
      state,
      isPast,
      on,
      practitionerId: by,
      entryIds: [...entryIds],
      evidenceIds: [...evidenceIds],
      missing: [...missing],
      waiver: waiver === undefined ? undefined : toWaiver(waiver, nameOf),
    }))
    .toSorted(
      (a, b) =>
        STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        descending(a.on ?? '9999', b.on ?? '9999'),
    )
}

function toWaiver({ state, reason, untilOn, at, accountId }: Waiver, nameOf: (accountId: string) => string | undefined) {
  return { state, reason, untilOn, at, by: { id: accountId, name: nameOf(accountId) } }
}

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0
}
