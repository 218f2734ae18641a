/** Appointments of a calendar: each occurrence of those that repeat, within a time that the caller bounds. */
import ICAL from 'ical.js'
import { componentsOf } from './components.ts'

export interface CalendarEvent {
  /** as it stands */
  readonly text: string
  /** undefined: it cannot be read, or has no beginning */
  readonly event: EventFacts | undefined
}

export interface EventFacts {
  /** its UID, and of one among several its day and time */
  readonly key: string
  /** on the wall: `2026-04-01T10:15`, or a day alone */
  readonly start: string
  /** IANA or whatever the calendar calls it; `UTC`; undefined: wherever one is */
  readonly zone: string | undefined
  readonly minutes: number | undefined
  readonly status: string | undefined
  readonly summary: string | undefined
  readonly description: string | undefined
  readonly location: string | undefined
  /** names of those who take part */
  readonly attendees: readonly string[]
}

/** Of one rule: each working day of seven years. What repeats more often is no appointment. */
const OCCURRENCES_MAX = 2_000
/** Of one rule, those before the window too, and those of which nothing comes. */
const STEPS_MAX = 50_000
/** Of days, weeks, …: the library counts them off one by one. */
const INTERVAL_MAX = 100_000
/** Of all rules of a file: seconds of work. */
const STEPS_A_FILE = 1_000_000
/** Of all occurrences of one event together, since each carries its text. */
const CHARACTERS_MAX = 32 * 1024 ** 2

/**
 * An event whose rule has no end, finds nothing in years, or repeats more often than appointments do comes once, unread.
 *
 * @param from first day of the window, @param to the last: `2026-12-31`
 */
export function* readEvents(text: string, from: string, to: string): Generator<CalendarEvent> {
  const changed = new Set<string>()
  for (const { component } of componentsOf(text, 'VEVENT'))
    if (component !== undefined) for (const key of changedKey(component)) changed.add(key)
  const steps = { left: STEPS_A_FILE }
  for (const { text: written, component } of componentsOf(text, 'VEVENT')) {
    const events = component === undefined ? undefined : readOne(component, { from, to, steps })
    if (component === undefined || events === undefined || events.length * written.length > CHARACTERS_MAX) {
      yield { text: written, event: undefined }
      continue
    }
    const own = events.filter(({ key }) => isOwn(component) || !changed.has(key))
    if (own.length === 0 && !component.hasProperty('rrule')) yield { text: written, event: undefined }
    for (const event of own) yield { text: `${written}\n${event.start}`, event }
  }
}

interface Window {
  readonly from: string
  readonly to: string
  /** that the file's rules may still take */
  readonly steps: { left: number }
}

/** @returns undefined: it cannot be read */
function readOne(component: ICAL.Component, window: Window): readonly EventFacts[] | undefined {
  try {
    return occurrencesOf(component, window)
  } catch {
    return undefined
  }
}

function isOwn(component: ICAL.Component): boolean {
  return component.hasProperty('recurrence-id')
}

function changedKey(component: ICAL.Component): string[] {
  const id = component.getFirstPropertyValue('recurrence-id')
  return id instanceof ICAL.Time ? [`${component.getFirstPropertyValue('uid')}|${wall(id)}`] : []
}

function occurrencesOf(component: ICAL.Component, window: Window): EventFacts[] {
  const start = component.getFirstPropertyValue('dtstart')
  if (!(start instanceof ICAL.Time)) return []
  const about = factsOf(component, start)
  const uid = String(component.getFirstPropertyValue('uid') ?? '')
  const own = component.getFirstPropertyValue('recurrence-id')
  if (own instanceof ICAL.Time) return [{ ...about, key: `${uid}|${wall(own)}`, start: wall(start) }]
  if (!component.hasProperty('rrule') && !component.hasProperty('rdate'))
    return uid === '' ? [] : [{ ...about, key: uid, start: wall(start) }]
  const left = new Set(timesOf(component, 'exdate').map(wall))
  return [...startsOf(component, start, window)]
    .filter((at) => !left.has(at) && !left.has(at.slice(0, 10)))
    .toSorted()
    .map((at) => ({ ...about, key: `${uid}|${at}`, start: at }))
}

/** @throws {RangeError} when a rule gives too many, or takes too long to give the next */
function startsOf(component: ICAL.Component, start: ICAL.Time, { from, to, steps }: Window): Set<string> {
  const isIn = (at: string) => at.slice(0, 10) >= from && at.slice(0, 10) <= to
  const starts = new Set(timesOf(component, 'rdate').map(wall).filter(isIn))
  if (!component.hasProperty('rrule') && isIn(wall(start))) starts.add(wall(start))
  for (const rule of component.getAllProperties('rrule').flatMap((property) => property.getValues())) {
    if (!(rule instanceof ICAL.Recur)) continue
    if (rule.interval > INTERVAL_MAX) throw new RangeError('it comes again in no lifetime')
    const iterator = new BoundedIterator(rule, start, steps)
    for (let next = iterator.next(); next != null; next = iterator.next()) {
      const at = wall(next)
      if (at.slice(0, 10) > to) break
      if (isIn(at)) starts.add(at)
      if (starts.size > OCCURRENCES_MAX) throw new RangeError('it repeats too often')
    }
  }
  return starts
}

/** A rule may ask for the 30th of February of each year: the library would look for it for ever, and asks here about each day. */
class BoundedIterator extends ICAL.RecurIterator {
  #steps = 0
  readonly #all: { left: number }

  constructor(rule: ICAL.Recur, dtstart: ICAL.Time, all: { left: number }) {
    super({ rule, dtstart })
    this.#all = all
  }

  override next(again?: boolean): ICAL.Time {
    this.#step()
    return super.next(again)
  }

  override check_contracting_rules(): boolean {
    this.#step()
    return super.check_contracting_rules()
  }

  #step(): void {
    if (++this.#steps > STEPS_MAX || --this.#all.left < 0) throw new RangeError('it takes too long')
  }
}

function timesOf(component: ICAL.Component, name: 'exdate' | 'rdate'): ICAL.Time[] {
  const values = component.getAllProperties(name).flatMap((property) => property.getValues() as unknown[])
  return values.flatMap((value) => (value instanceof ICAL.Period ? [value.start] : value instanceof ICAL.Time ? [value] : []))
}

function factsOf(component: ICAL.Component, start: ICAL.Time): Omit<EventFacts, 'key' | 'start'> {
  const text = (name: string) => String(component.getFirstPropertyValue(name) ?? '').trim() || undefined
  const zone = component.getFirstProperty('dtstart')?.getParameter('tzid')
  const attendees = component.getAllProperties('attendee').map((property) => String(property.getParameter('cn') ?? '').trim())
  return {
    zone: zone === undefined || zone === null ? (start.zone === ICAL.Timezone.utcTimezone ? 'UTC' : undefined) : String(zone),
    minutes: minutesOf(component, start),
    status: text('status')?.toUpperCase(),
    summary: text('summary'),
    description: text('description'),
    location: text('location'),
    attendees: attendees.filter((name) => name !== ''),
  }
}

function minutesOf(component: ICAL.Component, start: ICAL.Time): number | undefined {
  const duration = component.getFirstPropertyValue('duration')
  if (duration instanceof ICAL.Duration) return Math.round(duration.toSeconds() / 60)
  const end = component.getFirstPropertyValue('dtend')
  if (!(end instanceof ICAL.Time)) return undefined
  return Math.round((Date.parse(`${wall(end)}Z`) - Date.parse(`${wall(start)}Z`)) / 60_000)
}

/** As the clock shows it, to the minute. */
function wall(time: ICAL.Time): string {
  const text = time.toString()
  return time.isDate ? text.slice(0, 10) : text.slice(0, 16)
}
