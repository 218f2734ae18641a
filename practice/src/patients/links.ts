/**
 * Which records are shown as one. A link leads from a record to the one that is kept; that one may lead on, when it was joined itself. Nothing
 * moves: each entry stays in the record in which it was written, and a link that is undone leaves both as they were.
 */
import type { Db, Tables } from '#database'

export type LinkRow = Tables['patient_link']

const IDS_A_STATEMENT = 5_000

/** The record as which each of some is shown: mostly itself. Ids that are nobody's lead to themselves. */
export async function keptIdsOf(db: Db, practiceId: string, patientIds: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const kept = new Map([...patientIds].map((id) => [id, id]))
  let asked = new Set(kept.values())
  while (asked.size > 0) {
    const leads = new Map<string, string>()
    for (const ids of chunks([...asked]))
      for (const row of await currentLinks(db, practiceId).where('patient_id', 'in', ids).execute())
        leads.set(row.patient_id, row.kept_id)
    for (const [id, end] of kept) kept.set(id, leads.get(end) ?? end)
    asked = new Set(leads.values())
  }
  return kept
}

export async function keptIdOf(db: Db, practiceId: string, patientId: string): Promise<string> {
  return (await keptIdsOf(db, practiceId, [patientId])).get(patientId) ?? patientId
}

/** The links by which records are shown in this one, the nearest first: directly, or through another that was joined before. */
export async function linksInto(db: Db, practiceId: string, keptId: string): Promise<LinkRow[]> {
  const links: LinkRow[] = []
  let asked = [keptId]
  while (asked.length > 0) {
    const rows = await currentLinks(db, practiceId).where('kept_id', 'in', asked).orderBy('joined_at').orderBy('id').execute()
    links.push(...rows)
    asked = rows.map(({ patient_id }) => patient_id)
  }
  return links
}

function currentLinks(db: Db, practiceId: string) {
  return db.selectFrom('patient_link').selectAll().where('practice_id', '=', practiceId).where('undone_at', 'is', null)
}

function* chunks(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += IDS_A_STATEMENT) yield ids.slice(at, at + IDS_A_STATEMENT)
}
