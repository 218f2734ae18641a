/** The records that are shown within another, for its page. */
import type { Db } from '#database'
import type { RecordAccess } from './access.ts'
import type { Patient } from './contract.ts'
import { linksInto } from './links.ts'
import { loadPatientRows, toPatientLine } from './patient-line.ts'

/** The one joined last comes first. */
export async function readJoined(db: Db, practiceId: string, access: RecordAccess): Promise<Patient['joined']> {
  const links = await linksInto(db, practiceId, access.patientId)
  if (links.length === 0) return []
  const patients = await loadPatientRows(db, practiceId, access.parts)
  const accounts = await db
    .selectFrom('account')
    .select(['id', 'display_name'])
    .where('practice_id', '=', practiceId)
    .where(
      'id',
      'in',
      links.map((link) => link.joined_by),
    )
    .execute()
  const lines = new Map(patients.map((row) => [row.id, toPatientLine(row, access.limitedTo !== undefined)]))
  const names = new Map(accounts.map(({ id, display_name }) => [id, display_name]))
  return links
    .map((link) => ({
      linkId: link.id,
      patient: lines.get(link.patient_id),
      keptId: link.kept_id,
      joinedAt: link.joined_at,
      joinedBy: { id: link.joined_by, name: names.get(link.joined_by) },
      reason: link.reason,
    }))
    .flatMap(({ patient, ...link }) => (patient === undefined ? [] : [{ ...link, patient }]))
    .toSorted((a, b) => (a.joinedAt < b.joinedAt ? 1 : -1))
}
