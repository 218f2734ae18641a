/** Who has opened a record, visit by visit. One opening is two or three lines of the journal; people ask who came, when, and for what. Pure. */
import type { JournalAction } from '#endpoint'
import { isEntryKind } from './kinds/index.ts'
import { type ReportedVisit, VISITED_PARTS, type VisitedPart } from './readers-contract.ts'

/** A line of the journal about one patient. */
export interface Trace {
  readonly at: string
  readonly accountId: string | null
  readonly role: string | null
  /** null: a program with a token, or the command line */
  readonly sessionId: string | null
  readonly action: VisitAction
  readonly subject: string | null
  readonly reason: string | null
  /** JSON */
  readonly details: string
}

/** A visit, and whose it was as the journal says it. */
export type Visit = Omit<ReportedVisit, 'account'> & Pick<Trace, 'accountId' | 'role'>

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
  'finding.waived',
  'waiver.withdrawn',
  'record.limited',
  'record.unlimited',
  'record.joined',
  'record.separated',
  'document.added',
  'study.read',
  'study.attached',
  'study.moved',
  'record.exported',
  'glass.broken',
] as const satisfies readonly JournalAction[]
export type VisitAction = (typeof VISIT_ACTIONS)[number]

/**
 * What one person did in one session without a pause of more than a quarter of an hour.
 *
 * @param traces of one patient, oldest first
 * @returns the last one first
 */
export function groupVisits(traces: Iterable<Trace>): Visit[] {
  const visits: Trace[][] = []
  const lastOf = new Map<string, Trace[]>()
  for (const trace of traces) {
    const who = JSON.stringify([trace.accountId, trace.role, trace.sessionId])
    const last = lastOf.get(who)
    const before = last?.at(-1)
    if (last !== undefined && before !== undefined && minutesBetween(before.at, trace.at) <= VISIT_PAUSE_MINUTES) last.push(trace)
    else {
      const visit = [trace]
      visits.push(visit)
      lastOf.set(who, visit)
    }
  }
  return visits.map(summarize).toSorted((a, b) => (a.endsAt < b.endsAt ? 1 : a.endsAt > b.endsAt ? -1 : 0))
}

/** @param traces one at the least */
function summarize(traces: readonly Trace[]): Visit {
  const [first, last] = [traces[0] as Trace, traces.at(-1) as Trace]
  const parts = { read: new Set<VisitedPart>(), changed: new Set<VisitedPart>(), printed: new Set<VisitedPart>() }
  const documents = new Set<string | null>()
  let isExported = false
  for (const { action, subject, details } of traces) {
    const kind = subject?.split(':')[0] ?? ''
    switch (action) {
      case 'record.read':
        for (const each of kindsIn(details)) parts.read.add(each)
        break
      case 'document.read':
      case 'study.read':
        documents.add(subject)
        break
      case 'record.exported':
        if (isEntryKind(kind)) parts.printed.add(kind)
        else isExported = true
        break
      case 'finding.waived':
      case 'waiver.withdrawn':
        parts.changed.add('completeness')
        break
      case 'record.limited':
      case 'record.unlimited':
        parts.changed.add('limit')
        break
      case 'record.joined':
      case 'record.separated':
        parts.changed.add('identity')
        break
      case 'patient.created':
      case 'record.changed':
      case 'record.corrected':
      case 'record.withdrawn':
      case 'record.restored':
      case 'document.added':
      case 'study.attached':
      case 'study.moved':
        if (isEntryKind(kind)) parts.changed.add(kind)
        break
      case 'glass.broken': // told below
    }
  }
  const reason = traces.findLast(({ action, reason }) => action === 'glass.broken' && reason !== null)?.reason ?? undefined
  return {
    accountId: first.accountId,
    role: first.role,
    startsAt: first.at,
    endsAt: last.at,
    read: inOrder(parts.read),
    documents: documents.size,
    changed: inOrder(parts.changed),
    printed: inOrder(parts.printed),
    isExported,
    isGlassBroken: traces.some(({ action, details }) => action === 'glass.broken' || isThroughGlass(details)),
    ...(reason === undefined ? {} : { reason }),
    traces: traces.length,
  }
}

function inOrder(parts: ReadonlySet<VisitedPart>): VisitedPart[] {
  return VISITED_PARTS.filter((part) => parts.has(part))
}

function kindsIn(details: string): VisitedPart[] {
  const { kinds } = JSON.parse(details) as { kinds?: unknown }
  return Array.isArray(kinds) ? (kinds as unknown[]).filter(isPart) : []
}

function isThroughGlass(details: string): boolean {
  return (JSON.parse(details) as { throughBrokenGlass?: unknown }).throughBrokenGlass === true
}

function isPart(text: unknown): text is VisitedPart {
  return typeof text === 'string' && (text === 'limit' || text === 'completeness' || isEntryKind(text))
}

function minutesBetween(earlier: string, later: string): number {
  return Temporal.Instant.from(earlier).until(Temporal.Instant.from(later)).total('minutes')
}
