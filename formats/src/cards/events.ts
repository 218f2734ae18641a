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

const OCCURRENCES_MAX = 2_000
/** Of one rule, those before the window too. */
const STEPS_MAX = 50_000

/** @param from first day of the window, @param to the last: `2026-12-31` */
export function* readEvents(text: string, from: string, to: string): Generator<CalendarEvent> {
  const found = [...componentsOf(text, 'VEVENT')]
  const changed = new Set(found.flatMap(({ component }) => (component === undefined ? [] : changedKey(component))))
  for (const { text: written, component } of found) {
    if (component === undefined) {
      yield { text: written, event: undefined }
      continue
    }
    let events: readonly EventFacts[] = []
    try {
      events = occurrencesOf(component, from, to).filter(({ key }) => isOwn(component) || !changed.has(key))
    } catch {
      events = []
    }
    if (events.length === 0) {
      if (!component.hasProperty('rrule')) yield { text: written, event: undefined }
      continue
    }
    for (const event of events) yield { text: `${written}\n${event.start}`, event }
  }
}

function isOwn(component: ICAL.Component): boolean {
  return component.hasProperty('recurrence-id')
}

function changedKey(component: ICAL.Component): string[] {
  const id = component.getFirstPropertyValue('recurrence-id')
  return id instanceof ICAL.Time ? [`${component.getFirstPropertyValue('uid')}|${wall(id)}`] : []
}

function occurrencesOf(component: ICAL.Component, from: string, to: string): EventFacts[] {
  const start = component.getFirstPropertyValue('dtstart')
  if (!(start instanceof ICAL.Time)) return []
  const about = factsOf(component, start)
  const uid = String(component.getFirstPropertyValue('uid') ?? '')
  const own = component.getFirstPropertyValue('recurrence-id')
  if (own instanceof ICAL.Time) return [{ ...about, key: `${uid}|${wall(own)}`, start: wall(start) }]
  if (!component.hasProperty('rrule') && !component.hasProperty('rdate'))
    return uid === '' ? [] : [{ ...about, key: uid, start: wall(start) }]
  const expansion = new ICAL.RecurExpansion({ component, dtstart: start })
  const events: EventFacts[] = []
  for (let step = 0; step < STEPS_MAX && events.length < OCCURRENCES_MAX; step++) {
    const next = expansion.next()
    if (next === undefined || next === null) break
    const at = wall(next)
    if (at.slice(0, 10) > to) break
    if (at.slice(0, 10) >= from) events.push({ ...about, key: `${uid}|${at}`, start: at })
  }
  return events
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
