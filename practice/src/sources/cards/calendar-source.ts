/** Appointments of a calendar (iCalendar), of patients who are there already: by the file number that the event says. */
import { type EventFacts, readEvents } from '@couronne/formats'
import { KINDS } from '#patients'
import type { Finding } from '../findings.ts'
import type { MappedRow } from '../mapped-row.ts'
import type { EntryRow, EntrySource, EntryTable } from '../source.ts'
import { toLine, toParagraphs } from '../values.ts'
import { piecesOf, type ReadText, readTexts } from './read-texts.ts'

/** Years before this one, and after it, in which appointments that repeat are taken one by one. */
const YEARS = { before: 10, after: 2 }
const MINUTES_OTHERWISE = 30
/** `Dossier P000123`, `dossier n° 123`, `patient : 123`; a bare number may be a tooth. */
const FILE_NUMBER = /\b(?:dossier|patient)\s*(?:n[°o]\s*)?[:#]?\s*([A-Z]{0,4}-?\d[\w-]{0,35})/i
/** As Outlook and old servers call it. */
const ZONES: Readonly<Record<string, string>> = {
  'romance standard time': 'Europe/Paris',
  'paris, madrid': 'Europe/Paris',
  'w. europe standard time': 'Europe/Berlin',
  'gmt standard time': 'Europe/London',
  '(utc+01:00) brussels, copenhagen, madrid, paris': 'Europe/Paris',
}

/** @param place a folder, or one file */
export async function openCalendarSource(place: string, thisYear: number): Promise<EntrySource> {
  const table = calendarTable(await readTexts(place, /\.(ics|ical|ifb)$/i), thisYear)
  return { tables: [table], findFile: async () => undefined, [Symbol.asyncDispose]: async () => {} }
}

/** The appointments of texts, each a row. */
export function calendarRows(texts: readonly ReadText[], thisYear: number): EntryRow[] {
  const [from, to] = [`${thisYear - YEARS.before}-01-01`, `${thisYear + YEARS.after}-12-31`]
  const events = piecesOf(texts, (text) => readEvents(text, from, to))
  return events.map(
    ({ text, event }, i): EntryRow => ({ line: i + 1, raw: text, findings: [], map: ({ zone }) => mapEvent(event, zone) }),
  )
}

function calendarTable(texts: readonly ReadText[], thisYear: number): EntryTable {
  const rows = calendarRows(texts, thisYear)
  return {
    kind: 'entries',
    name: 'iCalendar',
    profile: { name: 'appointment', entity: 'appointment', mayBeEmpty: false },
    rowCount: rows.length,
    notes: texts.map(({ note }) => note),
    async *rows() {
      yield* rows
    },
  }
}

function mapEvent(event: EventFacts | undefined, zone: string): MappedRow {
  if (event === undefined) return { findings: [{ code: 'not-readable' }] }
  const { key, summary, description, attendees, minutes, status } = event
  const findings: Finding[] = []
  const fileNumber = FILE_NUMBER.exec([summary, description, ...attendees].join('\n'))?.[1]
  const wall = onOurWall(event, zone)
  if (wall === undefined) return { key, findings: [{ code: 'day-missing', column: 'DTSTART' }] }
  const { startsAt, isZoneKnown } = wall
  if (!isZoneKnown) findings.push({ code: 'time-wrong', column: 'DTSTART' })
  const isPossible = minutes === undefined || (minutes >= 1 && minutes <= 1_440)
  if (!isPossible) findings.push({ code: 'time-wrong', column: 'DTEND' })
  const body = clean({
    startsAt,
    zone,
    minutes: isPossible ? (minutes ?? MINUTES_OTHERWISE) : MINUTES_OTHERWISE,
    room:
      toLine(event.location ?? '')
        .slice(0, 50)
        .trim() || undefined,
    reason:
      toLine(summary ?? '')
        .slice(0, 300)
        .trim() || undefined,
    state: status === 'CANCELLED' ? 'cancelled' : 'booked',
    note: toParagraphs(description ?? '').slice(0, 20_000) || undefined,
  })
  if (!KINDS.appointment.schema.safeParse(body).success) return { key, findings: [...findings, { code: 'does-not-fit' }] }
  if (fileNumber === undefined)
    return {
      key,
      findings: [...findings, { code: 'patient-unknown' }],
      content: { kind: 'entry', content: { kind: 'appointment', body } },
    }
  return { key, findings, patientKey: fileNumber, fileNumber, content: { kind: 'entry', content: { kind: 'appointment', body } } }
}

/** Undefined for a whole day: an appointment has a time. In a zone that nobody knows it stands as it is written. */
function onOurWall({ start, zone: theirs }: EventFacts, zone: string): { startsAt: string; isZoneKnown: boolean } | undefined {
  if (start.length < 16) return undefined
  const name = theirs === undefined ? zone : (ZONES[theirs.toLowerCase()] ?? theirs.replace(/^\/[^/]+\/(?:[^/]+\/)?/, ''))
  try {
    const there = Temporal.PlainDateTime.from(start).toZonedDateTime(name)
    return { startsAt: there.withTimeZone(zone).toPlainDateTime().toString({ smallestUnit: 'minute' }), isZoneKnown: true }
  } catch {
    return { startsAt: start, isZoneKnown: false }
  }
}

function clean<T extends Record<string, unknown>>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
