/**
 * Comparing records that are new or have changed with all others. What is left to do stands in the database, written with the change itself:
 * a run that was killed goes on where it was, a run over two hundred thousand records is only a longer one, and both need no more memory than
 * some hundred records.
 */
import { setImmediate as othersTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { instantText, type Tx } from '#database'
import type { OpenPractice } from '#open-practice'
import { keptIdsOf } from '#patients'
import { compareTraits } from './compare.ts'
import { matchKeysOf } from './match-keys.ts'
import { findSharing, loadTraits, replaceKeys } from './match-store.ts'
import { inOrder, type PairRow, parseReasons } from './pairs.ts'
import { isNewEvidence } from './reasons.ts'
import type { Traits } from './traits.ts'

export interface CompareOptions {
  /** records at most; absent: all that are due */
  readonly limit?: number
  readonly onProgress?: (soFar: ComparedRecords) => void
  readonly signal?: AbortSignal
}

export interface ComparedRecords {
  readonly compared: number
  /** pairs that nobody had been asked about, or that have to be asked about again */
  readonly found: number
}

/** More at once write fewer pages, and keep everybody else waiting for longer where the database is embedded. */
const RECORDS_A_TRANSACTION = 2_500
const ROWS_A_STATEMENT = 500

/** How many records wait to be compared. */
export async function countDue({ db, id }: Pick<OpenPractice, 'db' | 'id'>): Promise<number> {
  const { count } = await db
    .selectFrom('match_due')
    .select((row) => row.fn.countAll<number | string>().as('count'))
    .where('practice_id', '=', id)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Compares what is due, some hundred records in a transaction. May be called at any time, by several at once, and stopped between two. */
export async function compareDue(practice: OpenPractice, options: CompareOptions = {}): Promise<ComparedRecords> {
  const { limit = Number.POSITIVE_INFINITY, onProgress, signal } = options
  let soFar: ComparedRecords = { compared: 0, found: 0 }
  while (soFar.compared < limit && (await countDue(practice)) > 0) {
    signal?.throwIfAborted()
    const most = Math.min(RECORDS_A_TRANSACTION, limit - soFar.compared)
    const { compared, found } = await practice.db.transaction().execute((tx) => compareSome(tx, practice, most))
    if (compared === 0) break
    soFar = { compared: soFar.compared + compared, found: soFar.found + found }
    onProgress?.(soFar)
    // The embedded database answers at once, and what waits for answers alone gives way to nobody.
    await othersTurn()
  }
  return soFar
}

async function compareSome(tx: Tx, practice: OpenPractice, most: number): Promise<ComparedRecords> {
  const place = { db: tx, practiceId: practice.id }
  await takeTurn(tx, practice)
  const ids = await takeDue(tx, practice.id, most)
  if (ids.length === 0) return { compared: 0, found: 0 }
  const traits = await loadTraits(place, ids)
  const gone = ids.filter((id) => !traits.has(id))
  const keys = new Map([...traits].map(([id, each]) => [id, matchKeysOf(each)]))
  await replaceKeys(tx, practice.id, keys, gone)
  const before = await loadPairs(tx, practice.id, ids)
  const pairs = await pairsOf(place, keys, before)
  const others = new Set([...pairs.values()].flat().filter((id) => !traits.has(id)))
  const known = new Map([...traits, ...(await loadTraits(place, [...others]))])
  const found = await writePairs(tx, practice, { pairs, known, before })
  return { compared: ids.length, found }
}

/** Two who compared at once would not see each other's keys. */
async function takeTurn(tx: Tx, { id, now }: OpenPractice): Promise<void> {
  const changed = { value: 'null', changed_at: instantText(now()), changed_by: '' }
  await tx
    .insertInto('setting')
    .values({ practice_id: id, name: 'duplicates.turn', ...changed })
    .onConflict((conflict) => conflict.columns(['practice_id', 'name']).doUpdateSet(changed))
    .execute()
}

/** Takes them out before their identities are read: who changes one meanwhile puts it back. */
async function takeDue(tx: Tx, practiceId: string, most: number): Promise<string[]> {
  const rows = await tx
    .deleteFrom('match_due')
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', (due) =>
      due.selectFrom('match_due').select('patient_id').where('practice_id', '=', practiceId).orderBy('patient_id').limit(most),
    )
    .returning('patient_id')
    .execute()
  return rows.map(({ patient_id }) => patient_id)
}

type Pairs = ReadonlyMap<string, readonly [oneId: string, otherId: string]>

/** Who shares a key with one of these, and whoever was found with them before: what was found may hold no longer. */
async function pairsOf(
  place: Parameters<typeof findSharing>[0],
  keys: ReadonlyMap<string, readonly string[]>,
  before: ReadonlyMap<string, PairRow>,
): Promise<Pairs> {
  const sharing = await findSharing(place, [...keys.values()].flat())
  const pairs = new Map([...before].map(([name, row]) => [name, [row.one_id, row.other_id] as const]))
  for (const [id, ofOne] of keys)
    for (const other of ofOne.flatMap((key) => sharing.get(key) ?? []))
      if (other !== id) {
        const pair = inOrder(id, other)
        pairs.set(pair.join(' '), pair)
      }
  return pairs
}

async function loadPairs(tx: Tx, practiceId: string, patientIds: readonly string[]): Promise<Map<string, PairRow>> {
  const pairs = new Map<string, PairRow>()
  for (const side of ['one_id', 'other_id'] as const) {
    const rows = await tx
      .selectFrom('duplicate_pair')
      .selectAll()
      .where('practice_id', '=', practiceId)
      .where(side, 'in', [...patientIds])
      .execute()
    for (const row of rows) pairs.set(`${row.one_id} ${row.other_id}`, row)
  }
  return pairs
}

interface Compared {
  readonly pairs: Pairs
  readonly known: ReadonlyMap<string, Traits>
  readonly before: ReadonlyMap<string, PairRow>
}

/** @returns how many pairs somebody has to be asked about who had not been */
async function writePairs(tx: Tx, practice: OpenPractice, { pairs, known, before }: Compared): Promise<number> {
  const rows: PairRow[] = []
  const dropped: string[] = []
  for (const [name, [oneId, otherId]] of pairs) {
    const [one, other] = [known.get(oneId), known.get(otherId)]
    const row =
      one === undefined || other === undefined ? undefined : rowOf(practice, [oneId, otherId], one, other, before.get(name))
    if (row !== undefined) rows.push(row)
    else if (isUndecided(before.get(name))) dropped.push(name)
  }
  const ofOne = await joinedAlready(tx, practice.id, rows)
  const written = rows.map((row) => (ofOne.has(row) ? { ...row, state: 'joined' as const } : row))
  await upsert(tx, written)
  await drop(tx, practice.id, dropped)
  return written.filter((row) => row.state === 'open' && before.get(`${row.one_id} ${row.other_id}`)?.state !== 'open').length
}

function isUndecided(row: PairRow | undefined): boolean {
  return row?.state === 'open' || row?.state === 'later'
}

/** @returns undefined where nobody has to be asked; what somebody has decided stays until there is new evidence */
function rowOf(
  practice: OpenPractice,
  [one_id, other_id]: readonly [string, string],
  one: Traits,
  other: Traits,
  before: PairRow | undefined,
): PairRow | undefined {
  const { score, certainty, for: speaking, against } = compareTraits(one, other)
  if (certainty === undefined) return undefined
  const reasons = { for: speaking, against }
  const found = { practice_id: practice.id, one_id, other_id, score, reasons: JSON.stringify(reasons) }
  if (before === undefined) return { ...found, ...NOT_DECIDED, found_at: instantText(practice.now()) }
  const isReopened =
    before.state === 'different' && (before.decided_on === null || isNewEvidence(parseReasons(before.decided_on), reasons))
  return isReopened ? { ...before, ...found, ...NOT_DECIDED } : { ...before, ...found }
}

const NOT_DECIDED = { state: 'open', decided_at: null, decided_by: null, decided_reason: null, decided_on: null } as const

/** Rows whose two records are one already, by whatever way. */
async function joinedAlready(tx: Tx, practiceId: string, rows: readonly PairRow[]): Promise<ReadonlySet<PairRow>> {
  const kept = await keptIdsOf(
    tx,
    practiceId,
    rows.flatMap((row) => [row.one_id, row.other_id]),
  )
  return new Set(rows.filter((row) => kept.get(row.one_id) === kept.get(row.other_id)))
}

async function upsert(tx: Tx, rows: readonly PairRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT)
    await tx
      .insertInto('duplicate_pair')
      .values(rows.slice(at, at + ROWS_A_STATEMENT))
      .onConflict((conflict) =>
        conflict.columns(['practice_id', 'one_id', 'other_id']).doUpdateSet((row) => ({
          score: row.ref('excluded.score'),
          reasons: row.ref('excluded.reasons'),
          state: row.ref('excluded.state'),
          decided_at: row.ref('excluded.decided_at'),
          decided_by: row.ref('excluded.decided_by'),
          decided_reason: row.ref('excluded.decided_reason'),
          decided_on: row.ref('excluded.decided_on'),
        })),
      )
      .execute()
}

async function drop(tx: Tx, practiceId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await sql`
    delete from duplicate_pair where practice_id = ${practiceId} and (one_id, other_id) in
    (select value ->> 0, value ->> 1 from json_each(${JSON.stringify({ ...names.map((name) => name.split(' ')) })}) as each_pair)`.execute(
    tx,
  )
}
