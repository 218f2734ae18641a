/** Who has opened a record, visit by visit. One opening is two or three lines of the journal; people ask who came, when, and for what. Pure. */
import { ENTRY_KINDS, isEntryKind } from './kinds/index.ts'

/** Parts of a record as a visit names them; `limit`: who alone may open it. */
export const VISITED_PARTS = [...ENTRY_KINDS, 'limit'] as const
export type VisitedPart = (typeof VISITED_PARTS)[number]

/** A line of the journal about one patient. */
export interface Trace {
  readonly at: string
  readonly accountId: string | null
  readonly role: string | null
  /** null: a program with a token, or the command line */
  readonly sessionId: string | null
  readonly action: string
  readonly subject: string | null
  readonly reason: string | null
  /** JSON */
  readonly details: string
}

export interface Visit {
  readonly accountId?: string
  readonly role?: string
  readonly startsAt: string
  readonly endsAt: string
  /** in the order of `VISITED_PARTS`, as those that were changed */
  readonly read: readonly VisitedPart[]
  /** different documents that were opened */
  readonly documents: number
  readonly changed: readonly VisitedPart[]
  /** taken out as sheets of paper */
  readonly printed: readonly VisitedPart[]
  /** the whole record was taken out */
  readonly isExported: boolean
  /** the role or a limit kept closed what was read */
  readonly isGlassBroken: boolean
  /** why the glass was broken */
  readonly reason?: string
  /** lines of the journal */
  readonly traces: number
}

/** A pause longer than this ends a visit. */
export const VISIT_PAUSE_MINUTES = 15

/** What counts as being in a record. Looking at the journal is no look at the record. */
export const VISIT_ACTIONS = [
  'record.read',
  'document.read',
  'patient.created',
  'record.changed',
  'record.corrected',
  'record.withdrawn',
  'record.restored',
  'record.limited',
  'record.unlimited',
  'document.added',
  'record.exported',
  'glass.broken',
] as const

/**
 * What one person did in one session without a pause of more than a quarter of an hour.
 *
 * @param traces of one patient, oldest first
 * @returns the last one first
 */
export function groupVisits(traces: Iterable<Trace>): Visit[] {
  const open = new Map<string, Growing>()
  const all: Growing[] = []
  for (const trace of traces) {
    const who = JSON.stringify([trace.accountId, trace.role, trace.sessionId])
    const last = open.get(who)
    const visit = last !== undefined && minutesBetween(last.endsAt, trace.at) <= VISIT_PAUSE_MINUTES ? last : begin(trace)
    if (visit !== last) {
      all.push(visit)
      open.set(who, visit)
    }
    grow(visit, trace)
  }
  return all.map(finish).toSorted((a, b) => (a.endsAt < b.endsAt ? 1 : a.endsAt > b.endsAt ? -1 : 0))
}

interface Growing {
  readonly accountId: string | null
  readonly role: string | null
  readonly startsAt: string
  endsAt: string
  readonly read: Set<VisitedPart>
  readonly documents: Set<string>
  readonly changed: Set<VisitedPart>
  readonly printed: Set<VisitedPart>
  isExported: boolean
  isGlassBroken: boolean
  reason: string | null
  traces: number
}

function begin({ accountId, role, at }: Trace): Growing {
  return {
    accountId,
    role,
    startsAt: at,
    endsAt: at,
    read: new Set(),
    documents: new Set(),
    changed: new Set(),
    printed: new Set(),
    isExported: false,
    isGlassBroken: false,
    reason: null,
    traces: 0,
  }
}

function grow(visit: Growing, { at, action, subject, reason, details }: Trace): void {
  visit.endsAt = at
  visit.traces += 1
  const { kinds, throughBrokenGlass } = JSON.parse(details) as { kinds?: unknown; throughBrokenGlass?: unknown }
  if (throughBrokenGlass === true) visit.isGlassBroken = true
  const kind = subject?.split(':')[0] ?? ''
  switch (action) {
    case 'record.read':
      for (const each of Array.isArray(kinds) ? (kinds as unknown[]) : []) if (isPart(each)) visit.read.add(each)
      break
    case 'document.read':
      visit.documents.add(subject ?? '')
      break
    case 'record.exported':
      if (isEntryKind(kind)) visit.printed.add(kind)
      else visit.isExported = true
      break
    case 'glass.broken':
      visit.isGlassBroken = true
      visit.reason = reason
      break
    case 'record.limited':
    case 'record.unlimited':
      visit.changed.add('limit')
      break
    default:
      if (isEntryKind(kind)) visit.changed.add(kind)
  }
}

function finish({ accountId, role, reason, read, documents, changed, printed, ...others }: Growing): Visit {
  return {
    ...others,
    ...(accountId === null ? {} : { accountId }),
    ...(role === null ? {} : { role }),
    ...(reason === null ? {} : { reason }),
    read: VISITED_PARTS.filter((part) => read.has(part)),
    documents: documents.size,
    changed: VISITED_PARTS.filter((part) => changed.has(part)),
    printed: VISITED_PARTS.filter((part) => printed.has(part)),
  }
}

function isPart(text: unknown): text is VisitedPart {
  return typeof text === 'string' && (text === 'limit' || isEntryKind(text))
}

function minutesBetween(earlier: string, later: string): number {
  return Temporal.Instant.from(earlier).until(Temporal.Instant.from(later)).total('minutes')
}
