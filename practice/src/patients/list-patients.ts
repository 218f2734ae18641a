/** Patients in lists: by the order of their names, or by their ids as search ranked them. */
import type { Db } from '#database'
import { type LimitInList, limitsOf } from './access-store.ts'
import type { PatientLine } from './contract.ts'
import { keptIdsOf } from './links.ts'
import { loadPatientRows, type PatientRow, toPatientLine } from './patient-line.ts'

/** In which practice, and for whom the list is. */
export interface ListFor {
  readonly db: Db
  readonly practiceId: string
  readonly accountId: string
}

export interface NamePlace {
  readonly sortName: string
  readonly id: string
}

/** The next page, by name. A record that was joined to another stands there as that one. */
export async function listByName(
  asking: ListFor,
  after: NamePlace | undefined,
  limit: number,
): Promise<{ patients: PatientLine[]; next?: NamePlace }> {
  let query = asking.db
    .selectFrom('patient')
    .selectAll()
    .where('practice_id', '=', asking.practiceId)
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('patient_link')
            .select('patient_link.id')
            .whereRef('patient_link.practice_id', '=', 'patient.practice_id')
            .whereRef('patient_link.patient_id', '=', 'patient.id')
            .where('patient_link.undone_at', 'is', null),
        ),
      ),
    )
    .orderBy('sort_name')
    .orderBy('id')
  if (after !== undefined)
    query = query.where((row) =>
      row.or([row('sort_name', '>', after.sortName), row.and([row('sort_name', '=', after.sortName), row('id', '>', after.id)])]),
    )
  const rows = await query.limit(limit + 1).execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const patients = await linesOf(asking, shown)
  return rows.length > limit && last !== undefined ? { patients, next: { sortName: last.sort_name, id: last.id } } : { patients }
}

/** The lines of some patients, in the order of the ids, each once; those that are gone are left out, those that were joined are as that which is kept. */
export async function listByIds(asking: ListFor, ids: readonly string[]): Promise<PatientLine[]> {
  if (ids.length === 0) return []
  const { db, practiceId } = asking
  const keptIds = new Set((await keptIdsOf(db, practiceId, ids)).values())
  const rows = await loadPatientRows(db, practiceId, [...keptIds])
  const lines = new Map((await linesOf(asking, rows)).map((line) => [line.id, line]))
  return [...keptIds].flatMap((id) => lines.get(id) ?? [])
}

async function linesOf({ db, practiceId, accountId }: ListFor, rows: readonly PatientRow[]): Promise<PatientLine[]> {
  const limits = await limitsOf(
    db,
    practiceId,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => toPatientLine(row, isLimitedFor(limits.get(row.id), accountId)))
}

/** Whether a limit leaves this account out. */
export function isLimitedFor(limit: LimitInList | undefined, accountId: string): boolean {
  return limit !== undefined && !limit.limitedTo.includes(accountId)
}
