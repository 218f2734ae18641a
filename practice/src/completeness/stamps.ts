/**
 * Whether a record has changed since it was judged. Every change of an entry adds a version and nothing takes one away, so the sum of
 * their numbers tells: one pass over an index, and no other room need say that it has changed something. Records that are shown as one count as one.
 */
import type { Db } from '#database'

/** A record as it is shown: its own entries, and those of records that were joined to it. */
export interface Parts {
  readonly patientId: string
  /** itself first */
  readonly partIds: readonly string[]
}

/** From a record to those joined to it, however indirectly; and those that are shown within others. */
export interface Joined {
  readonly partsOf: (patientId: string) => Parts
  readonly isWithin: (patientId: string) => boolean
}

/** Few records of a practice are joined: all links are read at once. */
export async function loadJoined(db: Db, practiceId: string): Promise<Joined> {
  const links = await db
    .selectFrom('patient_link')
    .select(['patient_id', 'kept_id'])
    .where('practice_id', '=', practiceId)
    .where('undone_at', 'is', null)
    .execute()
  const into = Map.groupBy(links, ({ kept_id }) => kept_id)
  const within = new Set(links.map(({ patient_id }) => patient_id))
  const below = (id: string): readonly string[] => [id, ...(into.get(id) ?? []).flatMap(({ patient_id }) => below(patient_id))]
  return { partsOf: (patientId) => ({ patientId, partIds: below(patientId) }), isWithin: (id) => within.has(id) }
}

/** @returns by patient: the number of versions, and of which other records */
export async function loadStamps(db: Db, practiceId: string, records: readonly Parts[]): Promise<ReadonlyMap<string, string>> {
  const ids = records.flatMap(({ partIds }) => partIds)
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('record_entry')
    .select((row) => ['patient_id', row.fn.sum<number | string>('version').as('versions')])
    .where('practice_id', '=', practiceId)
    .where('patient_id', 'in', ids)
    .groupBy('patient_id')
    .execute()
  const versions = new Map(rows.map((row) => [row.patient_id, Number(row.versions)]))
  const stampOf = ({ partIds: [own = '', ...others] }: Parts) =>
    [versions.get(own) ?? 0, ...others.toSorted().map((id) => `${id}:${versions.get(id) ?? 0}`)].join(' ')
  return new Map(records.map((record) => [record.patientId, stampOf(record)]))
}
