/** A patient's row as a line of a list. */
import { z } from 'zod'
import type { Db, Tables } from '#database'
import type { PatientLine } from './contract.ts'

const givenNamesSchema = z.array(z.string())

export type PatientRow = Tables['patient']

/** A line of a list. @param isLimited whether only accounts other than the caller's may open it: the telephone is left out then */
export function toPatientLine(row: PatientRow, isLimited: boolean): PatientLine {
  return {
    id: row.id,
    fileNumber: row.file_number,
    birthName: row.birth_name,
    usedName: row.used_name ?? undefined,
    givenNames: givenNamesSchema.parse(JSON.parse(row.given_names)),
    usedGivenName: row.used_given_name ?? undefined,
    sex: row.sex as PatientLine['sex'],
    bornOn: row.born_on ?? undefined,
    diedOn: row.died_on ?? undefined,
    telephone: isLimited ? undefined : (row.telephone ?? undefined),
    isLimited,
  }
}

/** The rows of some patients, in no order. */
export async function loadPatientRows(db: Db, practiceId: string, ids: readonly string[]): Promise<PatientRow[]> {
  if (ids.length === 0) return []
  return db.selectFrom('patient').selectAll().where('practice_id', '=', practiceId).where('id', 'in', ids).execute()
}
