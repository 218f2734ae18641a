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
    const rows = await linksTo(db, practiceId, asked)
    links.push(...rows)
    asked = rows.map(({ patient_id }) => patient_id)
  }
  return links
}

/** Links that lead directly to one of some records, oldest first. */
export async function linksTo(db: Db, practiceId: string, keptIds: readonly string[]): Promise<LinkRow[]> {
  return currentLinks(db, practiceId).where('kept_id', 'in', keptIds).orderBy('joined_at').orderBy('id').execute()
}

/** When a record that has been parted again was shown as another. */
export interface LinkSpan {
  /** the record as which it was shown */
  readonly patientId: string
  readonly from: string
  readonly to: string
}

/** Of links that were undone: as which records these were shown, directly or through another, and from when to when. */
export async function pastSpans(db: Db, practiceId: string, patientIds: readonly string[]): Promise<LinkSpan[]> {
  const spans: LinkSpan[] = []
  let asked: readonly LinkSpan[] = patientIds.map((patientId) => ({ patientId, from: '', to: LAST }))
  while (asked.length > 0) {
    const links = await db
      .selectFrom('patient_link')
      .selectAll()
      .where('practice_id', '=', practiceId)
      .where(
        'patient_id',
        'in',
        asked.map((span) => span.patientId),
      )
      .execute()
    asked = links.flatMap((link) =>
      asked
        .filter((span) => span.patientId === link.patient_id)
        .map((span) => ({
          patientId: link.kept_id,
          from: link.joined_at > span.from ? link.joined_at : span.from,
          to: (link.undone_at ?? LAST) < span.to ? (link.undone_at ?? LAST) : span.to,
        }))
        .filter(({ from, to }) => from < to && !patientIds.includes(link.kept_id)),
    )
    spans.push(...asked)
  }
  return spans
}

/** After every instant. */
const LAST = '\u{10ffff}'

function currentLinks(db: Db, practiceId: string) {
  return db.selectFrom('patient_link').selectAll().where('practice_id', '=', practiceId).where('undone_at', 'is', null)
}

function* chunks(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += IDS_A_STATEMENT) yield ids.slice(at, at + IDS_A_STATEMENT)
}
