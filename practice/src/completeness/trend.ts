/** Where the practice stands, and stood each day. Counts alone: no patient appears in them. */
import type { Db, Tables } from '#database'
import type { OpenPractice } from '#open-practice'
import { loadToday } from '#today'
import { RULE_IDS } from './refresh.ts'
import { addTally, type Counts, RECORDS } from './tally.ts'

/** Rows read at once. */
const PAGE = 5_000

/** Adds up what every record was judged to be. @returns by rule, the empty one being the records */
async function sumTallies(db: Db, practiceId: string): Promise<ReadonlyMap<string, Counts>> {
  const sums = new Map<string, Counts>()
  for (let after: string | undefined = ''; after !== undefined; ) {
    const rows: Pick<Tables['completeness_record'], 'patient_id' | 'tally'>[] = await db
      .selectFrom('completeness_record')
      .select(['patient_id', 'tally'])
      .where('practice_id', '=', practiceId)
      .where('patient_id', '>', after)
      .orderBy('patient_id')
      .limit(PAGE)
      .execute()
    for (const { tally } of rows) addTally(sums, tally, RULE_IDS)
    after = rows.length < PAGE ? undefined : rows.at(-1)?.patient_id
  }
  return sums
}

/** Writes today's counts down; later the same day they replace those of before. */
export async function keepTrend(practice: OpenPractice): Promise<void> {
  const { db, id } = practice
  const sums = await sumTallies(db, id)
  const onDay = await loadToday(db, id, practice.now())
  const rows = [RECORDS, ...RULE_IDS].flatMap((rule) => {
    const counts = sums.get(rule)
    return counts === undefined ? [] : [{ practice_id: id, on_day: onDay, rule, ...counts }]
  })
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom('completeness_trend').where('practice_id', '=', id).where('on_day', '=', onDay).execute()
    if (rows.length > 0) await tx.insertInto('completeness_trend').values(rows).execute()
  })
}

export interface TrendDay extends Counts {
  readonly on: string
}

/** @param rule the empty one: records. @returns oldest first, so many days at most, the newest of them */
export async function loadTrend(db: Db, practiceId: string, rule: string, days: number): Promise<TrendDay[]> {
  const rows = await db
    .selectFrom('completeness_trend')
    .select(['on_day', 'met', 'missing', 'waived'])
    .where('practice_id', '=', practiceId)
    .where('rule', '=', rule)
    .orderBy('on_day', 'desc')
    .limit(days)
    .execute()
  return rows.map(({ on_day, met, missing, waived }) => ({ on: on_day, met, missing, waived })).toReversed()
}

/** As they were counted last. @returns by rule, the empty one being the records; without a day nothing was counted yet */
export async function loadCounts(
  db: Db,
  practiceId: string,
): Promise<{ readonly on?: string; readonly counts: ReadonlyMap<string, Counts> }> {
  const last = await db
    .selectFrom('completeness_trend')
    .select((row) => row.fn.max('on_day').as('on'))
    .where('practice_id', '=', practiceId)
    .executeTakeFirst()
  const on = last?.on
  if (on === null || on === undefined) return { counts: new Map() }
  const rows = await db
    .selectFrom('completeness_trend')
    .select(['rule', 'met', 'missing', 'waived'])
    .where('practice_id', '=', practiceId)
    .where('on_day', '=', on)
    .execute()
  return { on, counts: new Map(rows.map(({ rule, ...counts }) => [rule, counts])) }
}
