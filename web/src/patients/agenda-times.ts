/** Which times of a day are free, and which appointments meet another. Times are those of the clock on the practice's wall. */

export interface Held {
  readonly startsAt: string
  readonly minutes: number
  readonly practitionerId?: string | undefined
  readonly state: string
  readonly entry?: { readonly id: string; readonly patient: { readonly id: string } } | undefined
}

/** An appointment that is being given. */
export interface Wanted {
  readonly startsAt: string
  readonly minutes: number
  readonly practitionerId?: string | undefined
  readonly patientId?: string | undefined
  /** the entry that is moved: it is no obstacle to itself */
  readonly entryId?: string | undefined
}

/** No practice has told us when it is open: free times are proposed within these, and any other can be typed. */
const FROM_MINUTE = 8 * 60
const TO_MINUTE = 19 * 60
/** Proposed times begin at a quarter. */
const STEP_MINUTES = 15
const DAY_MINUTES = 24 * 60

/**
 * Free times of that day for an appointment of that length, one behind the other: `09:00`, `09:30`. None without a practitioner: they are
 * somebody's.
 *
 * @param after minute of the day before which it is too late: today, what is over
 */
export function freeTimes(day: string, held: readonly Held[], wanted: Omit<Wanted, 'startsAt'>, after = 0): string[] {
  if (wanted.minutes < 1 || wanted.practitionerId === undefined) return []
  const found: string[] = []
  let at = FROM_MINUTE
  while (at + wanted.minutes <= TO_MINUTE) {
    const startsAt = `${day}T${printMinute(at)}`
    const obstacle = held.find((each) => meets(each, { ...wanted, startsAt }))
    if (obstacle !== undefined) at = nextStep(Math.max(spanOf(obstacle).end, at + 1))
    else if (at < after) at = nextStep(after)
    else {
      found.push(printMinute(at))
      at = nextStep(at + wanted.minutes)
    }
  }
  return found
}

/** Whether it takes the same practitioner, or the same patient, at the same time of the same day. */
export function meets(held: Held, wanted: Wanted): boolean {
  if (!takesTime(held)) return false
  if (held.entry !== undefined && held.entry.id === wanted.entryId) return false
  if (held.startsAt.slice(0, 10) !== wanted.startsAt.slice(0, 10)) return false
  const isSamePatient = held.entry !== undefined && held.entry.patient.id === wanted.patientId
  const isSamePractitioner = held.practitionerId !== undefined && held.practitionerId === wanted.practitionerId
  if (!isSamePractitioner && !isSamePatient) return false
  const [one, other] = [spanOf(held), spanOf(wanted)]
  return one.start < other.end && other.start < one.end
}

/** Those that stand while another of their practitioner or patient does. */
export function doubleBooked(held: readonly Held[]): ReadonlySet<Held> {
  const isDouble = (one: Held) =>
    held.some((other) => other !== one && meets(other, { ...one, patientId: one.entry?.patient.id }))
  return new Set(held.filter((each) => takesTime(each) && isDouble(each)))
}

/** Of `09:30`, or of a local time. */
export function minuteOfDay(time: string): number {
  const [hour = 0, minute = 0] = time.slice(-5).split(':').map(Number)
  return hour * 60 + minute
}

function takesTime({ state }: Held): boolean {
  return state !== 'cancelled' && state !== 'missed'
}

function spanOf({ startsAt, minutes }: { readonly startsAt: string; readonly minutes: number }) {
  const start = minuteOfDay(startsAt)
  return { start, end: Math.min(start + minutes, DAY_MINUTES) }
}

function nextStep(minute: number): number {
  return Math.ceil(minute / STEP_MINUTES) * STEP_MINUTES
}

function printMinute(minute: number): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
