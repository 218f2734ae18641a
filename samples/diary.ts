/** A practice's diary around a day: each chair filled from morning to evening with a gap here and there, nobody in two places at once. */
import type { SeededRandom } from './random.ts'

export interface DiaryOptions {
  readonly patients: number
  readonly today: Temporal.PlainDate
  readonly practitionerIds: readonly string[]
}

/** One appointment, at the time on the practice's wall. */
export interface Slot {
  readonly startsAt: Temporal.PlainDateTime
  readonly minutes: number
  readonly practitionerId: string
}

const DAYS_BEFORE = 10
const DAYS_AFTER = 18
const HALF_DAYS = [
  ['08:30', '12:30'],
  ['14:00', '19:00'],
] as const
const LENGTHS_MINUTES = [15, 30, 30, 45, 60] as const
const FREE_SHARE = 0.15

/** Who comes when, by the patient's number from 1; each comes once at most, and a small practice has as many appointments as patients. */
export function inventDiary(random: SeededRandom, { patients, today, practitionerIds }: DiaryOptions): ReadonlyMap<number, Slot> {
  const slots = new Map<number, Slot>()
  for (let offset = -DAYS_BEFORE; offset <= DAYS_AFTER; offset++) {
    const day = today.add({ days: offset })
    if (day.dayOfWeek > 5) continue
    for (const practitionerId of practitionerIds)
      for (const slot of inventDay(random, day, practitionerId)) {
        const number = random.between(1, patients)
        if (!slots.has(number)) slots.set(number, slot)
      }
  }
  return slots
}

function* inventDay(random: SeededRandom, day: Temporal.PlainDate, practitionerId: string): Generator<Slot> {
  for (const [from, to] of HALF_DAYS) {
    const end = day.toPlainDateTime(Temporal.PlainTime.from(to))
    let startsAt = day.toPlainDateTime(Temporal.PlainTime.from(from))
    while (Temporal.PlainDateTime.compare(startsAt, end) < 0) {
      const minutes = random.pick(LENGTHS_MINUTES)
      const endsAt = startsAt.add({ minutes })
      if (Temporal.PlainDateTime.compare(endsAt, end) > 0) break
      if (!random.chance(FREE_SHARE)) yield { startsAt, minutes, practitionerId }
      startsAt = endsAt
    }
  }
}
