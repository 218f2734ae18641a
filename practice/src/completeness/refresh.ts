/**
 * Judging records and keeping what they lack: one that is looked at, or all of a practice in pieces. What has not changed is not judged again,
 * what is judged as before is not written again, and a piece is written whole or not at all: killed at any line, the next run goes on.
 */
import { createHash } from 'node:crypto'
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Insertable } from 'kysely'
import type { Db, Tables, Tx } from '#database'
import { DamagedError } from '#errors'
import type { OpenPractice } from '#open-practice'
import { loadToday } from '#today'
import { FACTS_FORM, printFacts } from './facts-text.ts'
import { judge } from './judge.ts'
import { loadFacts } from './load-facts.ts'
import { SEVERITIES } from './rule.ts'
import { RULES } from './rules/index.ts'
import { loadSince } from './since.ts'
import { type Joined, loadJoined, loadStamps, type Parts } from './stamps.ts'
import { printTally, tallyOf } from './tally.ts'
import { loadWaivers } from './waiver-store.ts'
import { applyWaivers, type JudgedFinding, type JudgedRecord } from './waivers.ts'

export const RULE_IDS: readonly string[] = RULES.map(({ id }) => id)
const RULES_HASH = createHash('sha256').update(JSON.stringify(RULES)).digest('hex').slice(0, 16)

/** By what records are judged today. */
export interface Judging {
  readonly today: string
  readonly since: string
  /** changes with the rules and with the day since which care counts */
  readonly judgedBy: string
  readonly joined: Joined
  /** what has not changed is judged again too */
  readonly isAgain?: boolean
}

export async function loadJudging(db: Db, practice: Pick<OpenPractice, 'id' | 'now'>): Promise<Judging> {
  const since = await loadSince(db, practice.id)
  const today = await loadToday(db, practice.id, practice.now())
  return { today, since, judgedBy: `${RULES_HASH} ${since}`, joined: await loadJoined(db, practice.id) }
}

export interface RefreshOptions {
  /** judges everything again, from the facts that are kept */
  readonly isAgain?: boolean
  readonly onProgress?: (records: number) => void
  /** a record that does not read: the others go on */
  readonly onTrouble?: (error: unknown) => void
  readonly signal?: AbortSignal
}

export interface Refreshed {
  readonly records: number
  /** of them those that were judged */
  readonly judged: number
  /** of them those whose findings were written */
  readonly written: number
}

/** So many records in a transaction; the embedded database lets nobody else run meanwhile. */
const PIECE = 200

/** Every record of the practice, in the order of their ids. */
export async function refreshAll(practice: OpenPractice, options: RefreshOptions = {}): Promise<Refreshed> {
  const judging = { ...(await loadJudging(practice.db, practice)), isAgain: options.isAgain ?? false }
  const soFar = { records: 0, judged: 0, written: 0 }
  const ids = await patientIds(practice)
  for (let at = 0; at < ids.length; at += PIECE) {
    options.signal?.throwIfAborted()
    const piece = ids.slice(at, at + PIECE)
    const { judged, written } = await refreshRecords(practice, judging, piece, options)
    soFar.records += piece.length
    soFar.judged += judged
    soFar.written += written
    options.onProgress?.(soFar.records)
    await othersTurn()
  }
  return soFar
}

/** All at once, which are some megabytes: SQLite would sort them again for each piece. */
async function patientIds({ db, id }: OpenPractice): Promise<string[]> {
  const rows = await db.selectFrom('patient').select('id').where('practice_id', '=', id).orderBy('id').execute()
  return rows.map((row) => row.id)
}

/** Some records: a piece's worth at most. */
export async function refreshRecords(
  practice: OpenPractice,
  judging: Judging,
  patientIds: readonly string[],
  options: RefreshOptions = {},
): Promise<Omit<Refreshed, 'records'>> {
  const { joined } = judging
  const within = patientIds.filter(joined.isWithin)
  const records = patientIds.filter((id) => !joined.isWithin(id)).map(joined.partsOf)
  const stale = await findStale(practice.db, practice.id, judging, records)
  if (stale.length === 0 && !(await haveResults(practice.db, practice.id, within))) return { judged: 0, written: 0 }
  try {
    return await practice.db.transaction().execute((tx) => refreshIn(tx, practice.id, judging, stale, within))
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error
    options.onTrouble?.(error)
    return refreshOneByOne(practice, judging, stale)
  }
}

/** Keeps what one record lacks today, where it is not kept already. One that is shown within another is not kept alone. */
export async function keepJudged(tx: Tx, practiceId: string, judging: Judging, record: Parts): Promise<void> {
  if (judging.joined.isWithin(record.patientId)) return
  await refreshIn(tx, practiceId, judging, await findStale(tx, practiceId, judging, [record]), [])
}

/** What one damaged record keeps from being written with it, without it. */
async function refreshOneByOne({ db, id }: OpenPractice, judging: Judging, stale: readonly Parts[]) {
  const soFar = { judged: 0, written: 0 }
  for (const record of stale) {
    const one = await db
      .transaction()
      .execute((tx) => refreshIn(tx, id, judging, [record], []))
      .catch((error: unknown) => {
        if (!(error instanceof DamagedError)) throw error
        return { judged: 0, written: 0 }
      })
    soFar.judged += one.judged
    soFar.written += one.written
  }
  return soFar
}

type RecordRow = Tables['completeness_record']

/** Those that have changed since they were judged, or whose day to be judged again has come. */
async function findStale(db: Db, practiceId: string, judging: Judging, records: readonly Parts[]): Promise<Parts[]> {
  if (judging.isAgain === true) return [...records]
  const known = await loadRecords(db, practiceId, records)
  const stamps = await loadStamps(db, practiceId, records)
  return records.filter(({ patientId }) => !isFresh(known.get(patientId), stamps.get(patientId), judging))
}

function isFresh(row: RecordRow | undefined, stamp: string | undefined, { judgedBy, today }: Judging): boolean {
  if (row === undefined || row.stamp !== stamp || row.judged_by !== judgedBy) return false
  // A clock that was ahead for a while: judged tomorrow is not judged today.
  return row.judged_on <= today && (row.next_on === null || today < row.next_on)
}

async function loadRecords(db: Db, practiceId: string, records: readonly Parts[]): Promise<ReadonlyMap<string, RecordRow>> {
  if (records.length === 0) return new Map()
  const rows = await db
    .selectFrom('completeness_record')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where(
      'patient_id',
      'in',
      records.map(({ patientId }) => patientId),
    )
    .execute()
  return new Map(rows.map((row) => [row.patient_id, row]))
}

async function haveResults(db: Db, practiceId: string, patientIds: readonly string[]): Promise<boolean> {
  if (patientIds.length === 0) return false
  const found = await db
    .selectFrom('completeness_record')
    .select('patient_id')
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', patientIds)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/** @param within records that are shown within others: nothing is kept of them alone */
async function refreshIn(tx: Tx, practiceId: string, judging: Judging, stale: readonly Parts[], within: readonly string[]) {
  if (within.length > 0) await forget(tx, practiceId, within)
  if (stale.length === 0) return { judged: 0, written: 0 }
  // The stamps are read first: what is written meanwhile makes them old, never the facts.
  const stamps = await loadStamps(tx, practiceId, stale)
  const facts = await loadFacts(tx, practiceId, stale, stamps)
  const known = await loadRecords(tx, practiceId, stale)
  const waivers = await loadWaivers(
    tx,
    practiceId,
    stale.map(({ patientId }) => patientId),
  )
  let judged = 0
  const rows: RecordRow[] = []
  const factRows: Tables['completeness_facts'][] = []
  const changed: [string, readonly JudgedFinding[]][] = []
  for (const { patientId } of stale) {
    const loaded = facts.get(patientId)
    if (loaded === undefined) continue
    const stamp = stamps.get(patientId) ?? ''
    const judgement = judge(loaded.facts, RULES, { ...judging, withPast: false })
    const waived = applyWaivers(judgement, waivers.get(patientId) ?? [], judging.today)
    const open = waived.findings.filter(({ state }) => state === 'missing' || state === 'waived')
    const row = recordRow(practiceId, patientId, stamp, judging, waived, open)
    judged++
    const before = known.get(patientId)
    if (before === undefined || isOther(row, before)) rows.push(row)
    if (row.digest !== before?.digest) changed.push([patientId, open])
    if (!loaded.isKept)
      factRows.push({ patient_id: patientId, practice_id: practiceId, stamp, form: FACTS_FORM, facts: printFacts(loaded.facts) })
  }
  await saveFindings(tx, practiceId, changed, known)
  await saveRecords(tx, rows)
  await saveFacts(tx, factRows)
  return { judged, written: changed.length }
}

/** The same day's judgement of the same record is not written again. */
function isOther(row: RecordRow, before: RecordRow): boolean {
  return (Object.keys(row) as (keyof RecordRow)[]).some((column) => row[column] !== before[column])
}

function recordRow(
  practiceId: string,
  patientId: string,
  stamp: string,
  { judgedBy, today }: Judging,
  judged: JudgedRecord,
  open: readonly JudgedFinding[],
): RecordRow {
  const digested = open.map(({ rule, subject, state, on, by, missing }) => [rule, subject, state, on, by, missing])
  return {
    practice_id: practiceId,
    patient_id: patientId,
    stamp,
    judged_by: judgedBy,
    judged_on: today,
    next_on: judged.nextOn ?? null,
    tally: printTally(tallyOf(judged.findings), RULE_IDS),
    digest: open.length === 0 ? '' : createHash('sha256').update(JSON.stringify(digested)).digest('hex').slice(0, 32),
  }
}

const SEVERITY_OF: ReadonlyMap<string, number> = new Map(RULES.map(({ id, severity }) => [id, SEVERITIES.indexOf(severity) + 1]))

/** SQLite takes 32,766 values a statement. */
const ROWS_A_STATEMENT = 1_000

async function saveFindings(
  tx: Tx,
  practiceId: string,
  changed: readonly (readonly [string, readonly JudgedFinding[]])[],
  known: ReadonlyMap<string, RecordRow>,
): Promise<void> {
  const old = changed.map(([patientId]) => patientId).filter((id) => known.has(id))
  if (old.length > 0)
    await tx.deleteFrom('completeness_finding').where('practice_id', '=', practiceId).where('patient_id', 'in', old).execute()
  const rows = changed.flatMap(([patientId, findings]) =>
    findings.map(
      ({ rule, subject, state, on, by, missing }): Insertable<Tables['completeness_finding']> => ({
        practice_id: practiceId,
        patient_id: patientId,
        rule,
        subject,
        severity: SEVERITY_OF.get(rule) ?? 0,
        state: state === 'waived' ? 'waived' : 'missing',
        about_on: on ?? '',
        practitioner_id: by ?? null,
        missing: JSON.stringify(missing),
      }),
    ),
  )
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT)
    await tx
      .insertInto('completeness_finding')
      .values(rows.slice(at, at + ROWS_A_STATEMENT))
      .execute()
}

async function saveRecords(tx: Tx, rows: readonly RecordRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insertInto('completeness_record')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['practice_id', 'patient_id']).doUpdateSet((row) => ({
        stamp: row.ref('excluded.stamp'),
        judged_by: row.ref('excluded.judged_by'),
        judged_on: row.ref('excluded.judged_on'),
        next_on: row.ref('excluded.next_on'),
        tally: row.ref('excluded.tally'),
        digest: row.ref('excluded.digest'),
      })),
    )
    .execute()
}

async function saveFacts(tx: Tx, rows: readonly Tables['completeness_facts'][]): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insertInto('completeness_facts')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('patient_id').doUpdateSet((row) => ({
        stamp: row.ref('excluded.stamp'),
        form: row.ref('excluded.form'),
        facts: row.ref('excluded.facts'),
      })),
    )
    .execute()
}

async function forget(tx: Tx, practiceId: string, patientIds: readonly string[]): Promise<void> {
  for (const table of ['completeness_finding', 'completeness_record', 'completeness_facts'] as const)
    await tx.deleteFrom(table).where('practice_id', '=', practiceId).where('patient_id', 'in', patientIds).execute()
}
