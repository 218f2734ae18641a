/** The routes of completeness: each is one transaction with its journal entry. */
import type { Db } from '#database'
import { NotFoundError } from '#errors'
import { parseCursor, printCursor, type Route, route } from '#http'
import { loadAccess, recordShown, requireWrite, type Writing } from '#patients'
import {
  changeCompletenessSince,
  getCompletenessCounts,
  getCompletenessTrend,
  getRecordCompleteness,
  listCompletenessRules,
  listFindings,
  waiveFinding,
  withdrawFindingWaiver,
} from './contract.ts'
import { type FindingPlace, listOpenFindings } from './list-findings.ts'
import { judgeRecord, toFindings } from './read-record.ts'
import { keepJudged, loadJudging, RULE_IDS } from './refresh.ts'
import type { Rule } from './rule.ts'
import { NOT_CHECKED, RULES } from './rules/index.ts'
import { loadSince, saveSince } from './since.ts'
import { RECORDS } from './tally.ts'
import { loadCounts, loadTrend } from './trend.ts'
import { waive, withdrawWaiver } from './waiver-store.ts'
import type { JudgedFinding } from './waivers.ts'

export const completenessRoutes: readonly Route[] = [
  route(getRecordCompleteness, async ({ practice, actor, record, params: { patientId }, query }) =>
    practice.db.transaction().execute(async (tx) => {
      const judging = await loadJudging(tx, practice)
      const access = await loadAccess({ db: tx, practiceId: practice.id, actor, now: practice.now() }, patientId)
      const { findings } = await judgeRecord(tx, practice.id, judging, access)
      const shown = findings.filter(
        ({ state, isPast }) => (query.past === 'true' || !isPast) && (query.met === 'true' || state !== 'met'),
      )
      const names = await loadNames(tx, practice.id, shown)
      await record(tx, { patientId: access.patientId, details: { kinds: ['completeness'] } })
      return {
        since: judging.since,
        findings: toFindings(shown, (id) => names.get(id)),
        pastMissing: findings.filter(({ state, isPast }) => isPast && state === 'missing').length,
        notApplicable: RULE_IDS.filter((rule) => findings.every((finding) => finding.rule !== rule)),
      }
    }),
  ),

  route(waiveFinding, async ({ practice, actor, record, params: { patientId }, body }) =>
    practice.db.transaction().execute(async (tx) => {
      const writing: Writing = { tx, practiceId: practice.id, actor, now: practice.now(), record: (event) => record(tx, event) }
      const { recordId, finding, keep } = await findingToWaive(writing, practice, patientId, body)
      await waive(writing, { patientId: recordId, ...body }, finding)
      await keep()
      return undefined
    }),
  ),

  route(withdrawFindingWaiver, async ({ practice, actor, record, params: { patientId }, body }) =>
    practice.db.transaction().execute(async (tx) => {
      const writing: Writing = { tx, practiceId: practice.id, actor, now: practice.now(), record: (event) => record(tx, event) }
      const { recordId, finding, keep } = await findingToWaive(writing, practice, patientId, body)
      await withdrawWaiver(writing, { patientId: recordId, ...body }, finding?.waiver)
      await keep()
      return undefined
    }),
  ),

  route(listFindings, async ({ practice, actor, record, query }) =>
    practice.db.transaction().execute(async (tx) => {
      const asking = { db: tx, practiceId: practice.id, accountId: actor.accountId }
      const { cursor, limit, ...filters } = query
      const { lines, next } = await listOpenFindings(asking, { ...filters, limit, after: parsePlace(cursor) })
      const ids = lines.map(({ patient }) => patient.id)
      await recordShown(record, tx, 'completeness', ids, { count: lines.length, rule: query.rule })
      return next === undefined ? { lines } : { lines, next: printCursor([next.severity, next.on, next.patientId, next.what]) }
    }),
  ),

  route(getCompletenessCounts, async ({ practice }) => {
    const since = await loadSince(practice.db, practice.id)
    const { on, counts } = await loadCounts(practice.db, practice.id)
    const none = { met: 0, missing: 0, waived: 0 }
    return {
      ...(on === undefined ? {} : { on }),
      since,
      records: counts.get(RECORDS) ?? none,
      rules: RULE_IDS.map((rule) => ({ rule, ...(counts.get(rule) ?? none) })),
    }
  }),

  route(getCompletenessTrend, async ({ practice, query: { rule = RECORDS, days } }) => ({
    days: await loadTrend(practice.db, practice.id, rule, days),
  })),

  route(listCompletenessRules, async ({ practice }) => ({
    rules: RULES.map(toRule),
    notChecked: [...NOT_CHECKED],
    since: await loadSince(practice.db, practice.id),
  })),

  route(changeCompletenessSince, async ({ practice, actor, record, body: { since } }) =>
    practice.db.transaction().execute(async (tx) => {
      await saveSince(tx, practice, actor, since)
      await record(tx, { subject: 'setting:completeness.since', details: { since } })
      return { since }
    }),
  ),
]

/** @throws as `requireWrite`; {@link NotFoundError} there is no such rule */
async function findingToWaive(
  { tx, practiceId, actor, now }: Writing,
  practice: Parameters<typeof loadJudging>[1],
  patientId: string,
  { rule, subject }: { readonly rule: string; readonly subject: string },
) {
  if (!RULE_IDS.includes(rule)) throw new NotFoundError('there is no such rule')
  const judging = await loadJudging(tx, practice)
  const access = await loadAccess({ db: tx, practiceId, actor, now }, patientId)
  requireWrite(access, 'care')
  const { findings } = await judgeRecord(tx, practiceId, judging, access)
  return {
    recordId: access.patientId,
    finding: findings.find((each) => each.rule === rule && each.subject === subject),
    keep: () => keepJudged(tx, practiceId, { ...judging, isAgain: true }, judging.joined.partsOf(access.patientId)),
  }
}

async function loadNames(db: Db, practiceId: string, findings: readonly JudgedFinding[]): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(findings.flatMap(({ waiver }) => waiver?.accountId ?? []))
  if (ids.size === 0) return new Map()
  const rows = await db
    .selectFrom('account')
    .select(['id', 'display_name'])
    .where('practice_id', '=', practiceId)
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row.display_name]))
}

function toRule({ id, version, since, severity, sources, title, expects, advice, reading, graceDays, remedy }: Rule) {
  return {
    id,
    version,
    since,
    severity,
    sources: [...sources],
    title,
    missing: expects.map(({ missing }) => missing),
    advice,
    reading,
    graceDays,
    remedy,
  }
}

function parsePlace(cursor: string | undefined): FindingPlace | undefined {
  if (cursor === undefined) return undefined
  const [severity, on, patientId, what] = parseCursor(cursor, 4)
  return { severity: Number(severity), on: String(on), patientId: String(patientId), what: String(what) }
}
