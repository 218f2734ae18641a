/** Pairs as they are listed, counted and decided. SQL, as functions of a transaction. */
import { type Db, instantText } from '#database'
import { keptIdsOf, listByIds, type Writing } from '#patients'
import type { Comparison } from './compare.ts'
import type { DuplicatePair, DuplicateState } from './contract.ts'
import { inOrder, type PairRow, parseReasons } from './pairs.ts'
import { certaintyOf } from './reasons.ts'

export interface PairPlace {
  readonly score: number
  readonly oneId: string
  readonly otherId: string
}

/** For whom a list is. */
export interface PairsFor {
  readonly db: Db
  readonly practiceId: string
  readonly accountId: string
}

/** A page of pairs in one state, likeliest first. Pairs whose records are one by now are left out, so that a page may be shorter. */
export async function listPairs(
  asking: PairsFor,
  state: DuplicateState,
  after: PairPlace | undefined,
  limit: number,
): Promise<{ pairs: DuplicatePair[]; next?: PairPlace }> {
  const { db, practiceId } = asking
  let query = db
    .selectFrom('duplicate_pair')
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'duplicate_pair.decided_by').onRef('account.practice_id', '=', 'duplicate_pair.practice_id'),
    )
    .selectAll('duplicate_pair')
    .select('account.display_name')
    .where('duplicate_pair.practice_id', '=', practiceId)
    .where('duplicate_pair.state', '=', state)
    .orderBy('duplicate_pair.score', 'desc')
    .orderBy('duplicate_pair.one_id')
    .orderBy('duplicate_pair.other_id')
  if (after !== undefined)
    query = query.where((row) =>
      row.or([
        row('duplicate_pair.score', '<', after.score),
        row.and([row('duplicate_pair.score', '=', after.score), row('duplicate_pair.one_id', '>', after.oneId)]),
        row.and([
          row('duplicate_pair.score', '=', after.score),
          row('duplicate_pair.one_id', '=', after.oneId),
          row('duplicate_pair.other_id', '>', after.otherId),
        ]),
      ]),
    )
  const rows = await query.limit(limit + 1).execute()
  const shown = rows.slice(0, limit)
  const pairs = await describe(asking, shown)
  const last = shown.at(-1)
  if (rows.length <= limit || last === undefined) return { pairs }
  return { pairs, next: { score: last.score, oneId: last.one_id, otherId: last.other_id } }
}

async function describe(
  asking: PairsFor,
  rows: readonly (PairRow & { readonly display_name: string | null })[],
): Promise<DuplicatePair[]> {
  const { db, practiceId } = asking
  const kept = await keptIdsOf(
    db,
    practiceId,
    rows.flatMap((row) => [row.one_id, row.other_id]),
  )
  const lines = new Map((await listByIds(asking, [...kept.values()])).map((line) => [line.id, line]))
  return rows.flatMap((row) => {
    const [one, other] = [lines.get(kept.get(row.one_id) ?? ''), lines.get(kept.get(row.other_id) ?? '')]
    const reasons = parseReasons(row.reasons)
    const certainty = certaintyOf(row.score, reasons.against) ?? 'possible'
    if (one === undefined || other === undefined || one === other || row.state === 'joined') return []
    const { state, score, one_id: oneId, other_id: otherId, found_at: foundAt } = row
    const decision = decisionOf(row)
    return [{ oneId, otherId, one, other, score, ...reasons, certainty, state, foundAt, ...(decision && { decision }) }]
  })
}

function decisionOf(row: PairRow & { readonly display_name: string | null }): DuplicatePair['decision'] {
  if (row.decided_at === null || row.decided_by === null) return undefined
  const by = { id: row.decided_by, name: row.display_name ?? undefined }
  return { at: row.decided_at, by, reason: row.decided_reason ?? undefined }
}

export async function countOpen(db: Db, practiceId: string): Promise<number> {
  const { count } = await db
    .selectFrom('duplicate_pair')
    .select((row) => row.fn.countAll<number | string>().as('count'))
    .where('practice_id', '=', practiceId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** What has been said of two records, and by whom. @returns undefined: nobody was asked */
export async function findDecision(
  db: Db,
  practiceId: string,
  one: string,
  other: string,
): Promise<{ readonly state: PairRow['state']; readonly decision: DuplicatePair['decision'] } | undefined> {
  const [oneId, otherId] = inOrder(one, other)
  const row = await db
    .selectFrom('duplicate_pair')
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'duplicate_pair.decided_by').onRef('account.practice_id', '=', 'duplicate_pair.practice_id'),
    )
    .selectAll('duplicate_pair')
    .select('account.display_name')
    .where('duplicate_pair.practice_id', '=', practiceId)
    .where('duplicate_pair.one_id', '=', oneId)
    .where('duplicate_pair.other_id', '=', otherId)
    .executeTakeFirst()
  return row === undefined ? undefined : { state: row.state, decision: decisionOf(row) }
}

export interface PairDecision {
  readonly state: PairRow['state']
  readonly reason?: string | undefined
}

/**
 * Keeps what somebody has said of two records, and so of all parts of each: the pairs that were found, and the one that was asked about.
 *
 * @param likeness what is known of the pair that was asked about
 */
export async function decidePairs(
  writing: Writing,
  { ones, others }: { readonly ones: readonly string[]; readonly others: readonly string[] },
  { state, reason }: PairDecision,
  likeness: Pick<Comparison, 'score' | 'for' | 'against'>,
): Promise<void> {
  const { tx, practiceId, actor, now } = writing
  const at = instantText(now)
  const decided =
    state === 'open'
      ? { decided_at: null, decided_by: null, decided_reason: null }
      : { decided_at: at, decided_by: actor.accountId, decided_reason: reason ?? null }
  const reasons = JSON.stringify({ for: likeness.for, against: likeness.against })
  const [one_id, other_id] = inOrder(ones[0] as string, others[0] as string)
  await tx
    .insertInto('duplicate_pair')
    .values({
      practice_id: practiceId,
      one_id,
      other_id,
      score: likeness.score,
      reasons,
      state,
      found_at: at,
      ...decided,
      decided_on: reasons,
    })
    .onConflict((conflict) => conflict.columns(['practice_id', 'one_id', 'other_id']).doNothing())
    .execute()
  for (const [sideOne, sideOther] of [
    [ones, others],
    [others, ones],
  ] as const)
    await tx
      .updateTable('duplicate_pair')
      .set((row) => ({ state, ...decided, decided_on: state === 'open' ? null : row.ref('reasons') }))
      .where('practice_id', '=', practiceId)
      .where('one_id', 'in', [...sideOne])
      .where('other_id', 'in', [...sideOther])
      .execute()
}
