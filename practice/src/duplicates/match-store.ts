/** Keys of records, who shares one, and the identities that are compared. SQL, as functions of a transaction. */
import { sql } from 'kysely'
import type { Db, Tx } from '#database'
import { type ComparedIdentity, type Traits, traitsOf } from './traits.ts'

/** Where one reads. A transaction serves as `db`. */
export interface MatchPlace {
  readonly db: Db
  readonly practiceId: string
}

/**
 * Beyond so many under one key it tells nobody apart (a program's placeholder for a name, an agency's telephone): whoever stands there is
 * found by their other keys, or not.
 */
export const RECORDS_A_KEY_MAX = 60
const ROWS_A_STATEMENT = 500

/** Traits by patient, as they are written now; those whose identity was destroyed are left out. */
export async function loadTraits({ db, practiceId }: MatchPlace, patientIds: readonly string[]): Promise<Map<string, Traits>> {
  const traits = new Map<string, Traits>()
  for (let at = 0; at < patientIds.length; at += ROWS_A_STATEMENT) {
    const rows = await db
      .selectFrom('patient')
      .innerJoin('record_entry', (join) =>
        join.onRef('record_entry.id', '=', 'patient.identity_id').onRef('record_entry.practice_id', '=', 'patient.practice_id'),
      )
      .innerJoin('record_version', (join) =>
        join
          .onRef('record_version.entry_id', '=', 'record_entry.id')
          .onRef('record_version.version', '=', 'record_entry.version')
          .onRef('record_version.practice_id', '=', 'record_entry.practice_id'),
      )
      .select(['patient.id', 'record_version.body'])
      .where('patient.practice_id', '=', practiceId)
      .where('patient.id', 'in', patientIds.slice(at, at + ROWS_A_STATEMENT))
      .where('record_version.body', 'is not', null)
      .execute()
    // Parsed when it was written; a schema for each would take half the time of a search over all.
    for (const { id, body } of rows) traits.set(id, traitsOf(JSON.parse(body ?? '') as ComparedIdentity))
  }
  return traits
}

/** Makes these the keys of their patients, whatever they were before. @param gone whose identity is there no more */
export async function replaceKeys(
  tx: Tx,
  practiceId: string,
  keys: ReadonlyMap<string, readonly string[]>,
  gone: readonly string[],
): Promise<void> {
  await takeOut(tx, practiceId, [...keys.keys(), ...gone])
  const rows = [...keys].flatMap(([id, each]) => each.map((key) => [key, id] as const))
  // In the order of the table's key: rows that go to one page come together.
  rows.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
  await sql`
    insert into match_key (practice_id, key, patient_id)
    select ${practiceId}, value ->> 0, value ->> 1 from json_each(${listed(rows)}) as each_row
    where true
    on conflict do nothing`.execute(tx)
  await sql`
    insert into match_index (practice_id, patient_id, keys)
    select ${practiceId}, value ->> 0, value ->> 1
    from json_each(${listed([...keys].map(([id, each]) => [id, JSON.stringify(each)]))}) as each_row
    where true
    on conflict (patient_id) do update set keys = excluded.keys`.execute(tx)
}

async function takeOut(tx: Tx, practiceId: string, patientIds: readonly string[]): Promise<void> {
  for (let at = 0; at < patientIds.length; at += ROWS_A_STATEMENT) {
    const ids = patientIds.slice(at, at + ROWS_A_STATEMENT)
    const before = await tx
      .selectFrom('match_index')
      .select(['patient_id', 'keys'])
      .where('practice_id', '=', practiceId)
      .where('patient_id', 'in', ids)
      .execute()
    if (before.length === 0) continue
    const rows = before.flatMap(({ patient_id, keys }) => (JSON.parse(keys) as string[]).map((key) => [key, patient_id]))
    await sql`
      delete from match_key where practice_id = ${practiceId} and (key, patient_id) in
      (select value ->> 0, value ->> 1 from json_each(${listed(rows)}) as each_row)`.execute(tx)
    await tx.deleteFrom('match_index').where('practice_id', '=', practiceId).where('patient_id', 'in', ids).execute()
  }
}

/** Who stands under each of some keys; keys under which too many do are left out. */
export async function findSharing(
  { db, practiceId }: MatchPlace,
  keys: Iterable<string>,
): Promise<Map<string, readonly string[]>> {
  const { rows } = await sql<{ key: string; ids: string | null }>`
    select value ->> 0 as key, (
      select string_agg(found.patient_id, ' ') from (
        select patient_id from match_key
        where match_key.practice_id = ${practiceId} and match_key.key = value ->> 0 limit ${RECORDS_A_KEY_MAX + 1}
      ) as found
    ) as ids
    from json_each(${listed([...new Set(keys)].map((key) => [key]))}) as each_key`.execute(db)
  return new Map(
    rows
      .map(({ key, ids }) => [key, ids?.split(' ') ?? []] as const)
      .filter(([, ids]) => ids.length > 0 && ids.length <= RECORDS_A_KEY_MAX),
  )
}

/** Rows as one parameter that both engines take apart alike: an object, for PostgreSQL's json_each knows no arrays. */
function listed(rows: readonly (readonly string[])[]): string {
  return JSON.stringify({ ...rows })
}
