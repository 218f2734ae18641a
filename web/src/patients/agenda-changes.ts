/** Appointments given and changed from the diary, as versions of their entries: who was slower gets a conflict. */
import { addPatientEntry, correctPatientEntry, type Entry, getEntry } from '@couronne/practice/contract'
import { call, type InputOf, Problem } from '#api'

interface AppointmentRef {
  readonly id: string
  /** the one that was seen */
  readonly version: number
  readonly patient: { readonly id: string }
}

export type AppointmentNow = Extract<Entry, { kind: 'appointment' }>
type AppointmentBody = NonNullable<AppointmentNow['body']>
type State = AppointmentBody['state']

interface Facts {
  readonly startsAt: string
  readonly minutes: number
  readonly practitionerId?: string
  readonly reason?: string
}

export async function giveAppointment(patientId: string, facts: Facts & { readonly zone: string }, key: string): Promise<void> {
  const body = { kind: 'appointment' as const, body: { ...facts, state: 'booked' as const } }
  await call(addPatientEntry, { params: { patientId }, body }, { key })
}

/** Whoever moves an appointment expects the patient: it is booked, whatever it was meanwhile. */
export async function moveAppointment(entry: AppointmentRef, to: Facts, reason: string, key: string): Promise<void> {
  const { practitionerId: _p, reason: _r, ...others } = await bodyOf(entry)
  await correct(entry, { ...others, ...to, state: 'booked' }, reason, key)
}

export async function setAppointmentState(entry: AppointmentRef, state: State, reason: string): Promise<void> {
  await correct(entry, { ...(await bodyOf(entry)), state }, reason)
}

/** As it stands now. */
export async function getAppointment({ id, patient }: AppointmentRef): Promise<AppointmentNow> {
  const entry = await call(getEntry, { params: { patientId: patient.id, entryId: id } })
  if (entry.kind !== 'appointment') throw Problem.unexpected(200)
  return entry
}

/** The list tells less than the entry holds: it is read whole before it is corrected. */
async function bodyOf(entry: AppointmentRef): Promise<AppointmentBody> {
  const { body } = await getAppointment(entry)
  if (body === null) throw new Problem({ code: 'not-found', title: 'the content of the entry was destroyed', status: 404 })
  return body
}

async function correct({ id, version, patient }: AppointmentRef, body: AppointmentBody, reason: string, key?: string) {
  const correction = { kind: 'appointment', body, expectedVersion: version, reason }
  const input = {
    params: { patientId: patient.id, entryId: id },
    body: correction as InputOf<typeof correctPatientEntry>['body'],
  }
  await call(correctPatientEntry, input, key === undefined ? {} : { key })
}
