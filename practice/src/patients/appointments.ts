/** The practice's appointments, across patients. */
import type { z } from 'zod'
import type { Db } from '#database'
import { InvalidInputError } from '#errors'
import { type AccessQuestion, limitsOf, openGlass } from './access-store.ts'
import type { listAppointments, PatientLine } from './contract.ts'
import { keptIdsOf } from './links.ts'
import { isLimitedFor } from './list-patients.ts'
import { loadPatientRows, toPatientLine } from './patient-line.ts'
import { parseStored } from './store.ts'

type Appointment = z.output<typeof listAppointments.reply>['appointments'][number]

export interface AppointmentsAsked {
  /** days, both included */
  readonly from: string
  readonly to: string
  readonly practitionerId?: string | undefined
}

/** More than this in one answer is a mistake of the asker's, and is refused rather than cut. */
const APPOINTMENTS_MAX = 10_000

/** In the order of their times. A record that is limited to others shows as a time that is taken. */
export async function readAppointments(question: AccessQuestion, asked: AppointmentsAsked): Promise<Appointment[]> {
  const rows = await appointmentRows(question.db, question.practiceId, asked)
  if (rows.length > APPOINTMENTS_MAX)
    throw new InvalidInputError(`more than ${APPOINTMENTS_MAX} appointments: ask for fewer days`)
  const patients = await patientsOf(
    question,
    rows.map(({ patient_id }) => patient_id),
  )
  return rows
    .map((row) => {
      const body = parseStored('appointment', row.body ?? '', row.id)
      const { startsAt, zone, minutes, practitionerId, state, reason, room } = body
      const taken = { startsAt, zone, minutes, practitionerId, state }
      const patient = patients.get(row.patient_id)
      return patient === undefined ? taken : { ...taken, entry: { id: row.id, version: row.version, patient, reason, room } }
    })
    .toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : 0))
}

/** The line of each patient whose record is open to who asks; of a record that was joined, that of the one which is kept. */
async function patientsOf(question: AccessQuestion, patientIds: readonly string[]): Promise<ReadonlyMap<string, PatientLine>> {
  const { db, practiceId, actor } = question
  const kept = await keptIdsOf(db, practiceId, patientIds)
  const keptIds = [...new Set(kept.values())]
  const limits = await limitsOf(db, practiceId, keptIds)
  const glass = await openGlass(question)
  const isOpen = (id: string) =>
    !isLimitedFor(limits.get(id), actor.accountId) || limits.get(id)?.parts.every((part) => glass.has(part)) === true
  const rows = await loadPatientRows(db, practiceId, keptIds.filter(isOpen))
  const lines = new Map(rows.map((row) => [row.id, toPatientLine(row, false)]))
  return new Map(
    [...kept].flatMap(([id, keptId]) => (lines.has(keptId) ? [[id, lines.get(keptId) as PatientLine] as const] : [])),
  )
}

function appointmentRows(db: Db, practiceId: string, { from, to, practitionerId }: AppointmentsAsked) {
  let query = db
    .selectFrom('record_entry')
    .innerJoin('record_version', (join) =>
      join
        .onRef('record_version.entry_id', '=', 'record_entry.id')
        .onRef('record_version.version', '=', 'record_entry.version')
        .onRef('record_version.practice_id', '=', 'record_entry.practice_id'),
    )
    .select(['record_entry.id', 'record_entry.version', 'record_entry.patient_id', 'record_version.body'])
    .where('record_entry.practice_id', '=', practiceId)
    .where('record_entry.kind', '=', 'appointment')
    .where('record_entry.about_on', '>=', from)
    .where('record_entry.about_on', '<=', to)
    .where('record_entry.state', '=', 'current')
    .where('record_version.body', 'is not', null)
    .orderBy('record_entry.about_on')
    .orderBy('record_entry.id')
    .limit(APPOINTMENTS_MAX + 1)
  if (practitionerId !== undefined) query = query.where('record_entry.practitioner_id', '=', practitionerId)
  return query.execute()
}
