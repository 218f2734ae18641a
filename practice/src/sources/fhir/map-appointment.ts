import type { MappedContent } from '../mapped-row.ts'
import { wordsOf } from './codings.ts'
import { localIn } from './days.ts'
import { clean, type Json, joined, lineOf, object, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'

const APPOINTMENT_STATES = {
  ...{ booked: 'booked', arrived: 'kept', 'checked-in': 'kept', fulfilled: 'kept', noshow: 'missed', cancelled: 'cancelled' },
} as const
const ENCOUNTER_STATES = {
  ...{
    planned: 'booked',
    arrived: 'kept',
    triaged: 'kept',
    'in-progress': 'kept',
    onleave: 'kept',
    finished: 'kept',
    cancelled: 'cancelled',
  },
} as const
const MINUTES_OTHERWISE = 30

export function mapAppointment(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const participants = objects(resource.participant).map(({ actor }) => object(actor))
  const room = participants.find((actor) => (reader.resolve(actor)?.type ?? actor.type) === 'Location')
  const place = room === undefined ? undefined : reader.resolve(room)?.resource
  reader.namePractitioner(...participants.filter((actor) => actor !== room))
  return appointment(reader, APPOINTMENT_STATES, {
    start: resource.start,
    end: resource.end,
    minutes: resource.minutesDuration,
    room: lineOf(room?.display, 50) ?? lineOf(place?.name, 50),
    reason: lineOf(resource.description, 300) ?? reasonOf(resource),
    note: textOf(resource.comment),
  })
}

/** A visit that was: as an appointment that was kept. */
export function mapEncounter(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const { start, end } = reader.period()
  reader.namePractitioner(...objects(resource.participant).map(({ individual }) => individual))
  return appointment(reader, ENCOUNTER_STATES, { start, end, minutes: undefined, reason: reasonOf(resource) })
}

interface AppointmentAbout {
  readonly start: unknown
  readonly end: unknown
  readonly minutes: unknown
  readonly room?: string | undefined
  readonly reason?: string | undefined
  readonly note?: string | undefined
}

function appointment(
  reader: ResourceReader,
  states: Readonly<Record<string, string>>,
  about: AppointmentAbout,
): MappedContent | undefined {
  const { zone } = reader
  const state = reader.word('status', states)
  const start = localIn(about.start, zone)
  const end = localIn(about.end, zone)
  if (state === undefined) reader.say('does-not-fit')
  if (start === undefined) reader.say('day-missing', 'start')
  if (state === undefined || start === undefined) return undefined
  const between = end === undefined ? undefined : Math.round(start.until(end).total('minutes'))
  const minutes = typeof about.minutes === 'number' ? about.minutes : (between ?? MINUTES_OTHERWISE)
  const isPossible = Number.isInteger(minutes) && minutes >= 1 && minutes <= 1_440
  if (!isPossible) reader.say('time-wrong', 'end')
  const body = clean({
    startsAt: start.toString({ smallestUnit: 'minute' }),
    zone,
    minutes: isPossible ? minutes : MINUTES_OTHERWISE,
    room: about.room,
    reason: about.reason,
    state,
    note: about.note,
  })
  return { kind: 'entry', content: { kind: 'appointment', body } }
}

function reasonOf(resource: Json): string | undefined {
  const concepts = [...objects(resource.reasonCode), ...objects(resource.serviceType), ...objects(resource.type)]
  return lineOf(joined(concepts.slice(0, 3).map(wordsOf), ', '), 300)
}
