/** An appointment, at the time that the clock on the practice's wall shows. */
import { z } from 'zod'
import { line } from '#text'
import { timeZoneSchema } from '#time-zone'
import { kind } from './kind.ts'
import { idSchema, noteSchema } from './parts.ts'

export const APPOINTMENT_STATES = ['booked', 'kept', 'missed', 'cancelled'] as const

export const appointmentSchema = z.strictObject({
  /** local, without offset: `2026-03-12T10:15` */
  startsAt: z.iso.datetime({ local: true, precision: -1 }).regex(/^(19|20|21).{14}$/),
  zone: timeZoneSchema,
  minutes: z.int().min(1).max(1_440),
  practitionerId: idSchema.optional(),
  room: line(50).optional(),
  reason: line(300).optional(),
  state: z.enum(APPOINTMENT_STATES),
  note: noteSchema.optional(),
})

export const appointmentKind = kind({
  schema: appointmentSchema,
  class: 'administrative',
  about: (body) => ({ on: body.startsAt.slice(0, 10), practitionerId: body.practitionerId, code: body.state }),
})
