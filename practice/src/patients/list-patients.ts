/** Patients in lists: by the order of their names, or by their ids as search ranked them. */
import type { Db } from '#database'
import { parseAccounts } from './access-store.ts'
import type { PatientLine } from './contract.ts'
import { toPatientLine } from './store.ts'

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

/** The next page, by name. */
export async function listByName(
  { db, practiceId, accountId }: ListFor,
  after: NamePlace | undefined,
  limit: number,
): Promise<{ patients: PatientLine[]; next?: NamePlace }> {
  let query = patientsWithLimit(db, practiceId).orderBy('patient.sort_name').orderBy('patient.id')
  if (after !== undefined)
    query = query.where((row) =>
      row.or([
        row('patient.sort_name', '>', after.sortName),
        row.and([row('patient.sort_name', '=', after.sortName), row('patient.id', '>', after.id)]),
      ]),
    )
  const rows = await query.limit(limit + 1).execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const patients = shown.map((row) => toPatientLine(row, isLimitedFor(row.accounts, accountId)))
  return rows.length > limit && last !== undefined ? { patients, next: { sortName: last.sort_name, id: last.id } } : { patients }
}

/** The lines of some patients, in the order of the ids; those that are gone are left out. */
export async function listByIds({ db, practiceId, accountId }: ListFor, ids: readonly string[]): Promise<PatientLine[]> {
  if (ids.length === 0) return []
  const rows = await patientsWithLimit(db, practiceId).where('patient.id', 'in', ids).execute()
  const lines = new Map(rows.map((row) => [row.id, toPatientLine(row, isLimitedFor(row.accounts, accountId))]))
  return ids.flatMap((id) => lines.get(id) ?? [])
}

function patientsWithLimit(db: Db, practiceId: string) {
  return db
    .selectFrom('patient')
    .leftJoin('record_limit', (join) =>
      join.onRef('record_limit.patient_id', '=', 'patient.id').onRef('record_limit.practice_id', '=', 'patient.practice_id'),
    )
    .selectAll('patient')
    .select('record_limit.accounts')
    .where('patient.practice_id', '=', practiceId)
}

/** Whether a limit leaves this account out. */
export function isLimitedFor(accounts: string | null, accountId: string): boolean {
  return accounts !== null && !parseAccounts(accounts).includes(accountId)
}
