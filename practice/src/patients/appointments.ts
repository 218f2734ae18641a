/** The practice's appointments, across patients. */

import type { z } from 'zod'
import type { Db } from '#database'
import { InvalidInputError } from '#errors'
import type { AccessQuestion } from './access-store.ts'
import { openGlass } from './access-store.ts'
import type { listAppointments } from './contract.ts'
import { isLimitedFor } from './list-patients.ts'
import { parseStored, toPatientLine } from './store.ts'

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
  const glass = await openGlass(question)
  return rows
    .map((row) => {
      const body = parseStored('appointment', row.body ?? '', row.entry_id)
      const isLimited = isLimitedFor(row.accounts, question.actor.accountId) && !glass.has(row.id)
      const { startsAt, zone, minutes, practitionerId, state, reason, room } = body
      const taken = { startsAt, zone, minutes, practitionerId, state }
      if (isLimited) return taken
      return {
        ...taken,
        entry: { id: row.entry_id, version: row.entry_version, patient: toPatientLine(row, false), reason, room },
      }
    })
    .toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : 0))
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
    .innerJoin('patient', (join) =>
      join.onRef('patient.id', '=', 'record_entry.patient_id').onRef('patient.practice_id', '=', 'record_entry.practice_id'),
    )
    .leftJoin('record_limit', (join) =>
      join.onRef('record_limit.patient_id', '=', 'patient.id').onRef('record_limit.practice_id', '=', 'patient.practice_id'),
    )
    .selectAll('patient')
    .select([
      'record_entry.id as entry_id',
      'record_entry.version as entry_version',
      'record_version.body',
      'record_limit.accounts',
    ])
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
