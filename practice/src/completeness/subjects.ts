/** What rules speak of: the record, a day of care, an entry; and the facts made ready for it. Pure. */
import { dayNumber, rangeOf } from './days.ts'
import type { Fact, RecordFacts } from './fact.ts'
import type { RuleScope } from './rule.ts'
import { fits, type TagSet, tagsAsked, union } from './tag-sets.ts'

/** A fact with its day as numbers. */
export interface KnownFact {
  readonly fact: Fact
  readonly first: number | undefined
  readonly last: number | undefined
}

/** Something that a rule speaks of. */
export interface Subject {
  readonly id: string
  readonly on: string | undefined
  readonly by: string | undefined
  readonly set: TagSet
  readonly first: number | undefined
  readonly last: number | undefined
  readonly teeth: readonly string[]
  readonly links: readonly string[]
  readonly entryIds: readonly string[]
  readonly isPast: boolean
}

export interface KnownRecord {
  readonly ofKind: (kind: Fact['kind']) => readonly KnownFact[]
  readonly subjectsOf: (scope: RuleScope) => readonly Subject[]
}

/** @param since care before that day is past; left out unless `withPast` */
export function knowRecord(
  { openedOn, facts }: RecordFacts,
  { today, since, withPast }: { readonly today: string; readonly since: string; readonly withPast: boolean },
): KnownRecord {
  const byKind = Map.groupBy(facts.map(know), ({ fact }) => fact.kind)
  const ofKind = (kind: Fact['kind']) => byKind.get(kind) ?? []
  const [sinceDay, todayDay] = [dayNumber(since), dayNumber(today)]
  const isRecordPast = lastActivity(byKind, openedOn, todayDay) < sinceDay
  const isPast = (last: number | undefined) => (last === undefined ? isRecordPast : last < sinceDay)
  const wanted = (subjects: readonly Subject[]) => (withPast ? subjects : subjects.filter((each) => !each.isPast))
  const made = new Map<RuleScope, readonly Subject[]>()
  const make = (scope: RuleScope): readonly Subject[] => {
    if (scope === 'care-day') return careDays(ofKind('procedure'), isPast)
    if (scope === 'record')
      return ofKind('identity').map((known) => ({ ...toSubject(known, isRecordPast), id: '', on: undefined, entryIds: [] }))
    return ofKind(scope).map((known) => toSubject(known, isPast(known.last)))
  }
  return {
    ofKind,
    subjectsOf: (scope) => {
      const subjects = made.get(scope) ?? wanted(make(scope))
      made.set(scope, subjects)
      return subjects
    },
  }
}

function know(fact: Fact): KnownFact {
  const range = fact.on === undefined ? undefined : rangeOf(fact.on)
  return { fact, first: range?.first, last: range?.last }
}

function toSubject({ fact, first, last }: KnownFact, isPast: boolean): Subject {
  const { id, on, by, set, teeth, links } = fact
  return { id, on, by, set, first, last, teeth, links, entryIds: [id], isPast }
}

/** Acts that were done on one day, together. */
function careDays(acts: readonly KnownFact[], isPast: (last: number | undefined) => boolean): Subject[] {
  const done = acts.filter(({ fact }) => fact.on?.length === 10 && fits(fact.set, DONE))
  return [...Map.groupBy(done, ({ fact }) => fact.on ?? '')].map(([on, ofDay]) => {
    const facts = ofDay.map(({ fact }) => fact)
    const last = ofDay[0]?.last
    return {
      id: on,
      on,
      by: facts.flatMap(({ by = [] }) => by).toSorted()[0],
      set: facts.map((fact) => fact.set).reduce(union),
      first: last,
      last,
      teeth: [],
      links: facts.flatMap(({ links }) => links),
      entryIds: facts.map(({ id }) => id).toSorted(),
      isPast: isPast(last),
    }
  })
}

const DONE = tagsAsked({ all: ['done'] })
const PLANNED = tagsAsked({ all: ['planned'] })
const NO_ACTIVITY: ReadonlySet<Fact['kind']> = new Set(['identity', 'relatedPerson', 'referringDoctor', 'alert'])

/** The last day on which something happened to the patient here. */
function lastActivity(
  byKind: ReadonlyMap<Fact['kind'], readonly KnownFact[]>,
  openedOn: string | undefined,
  today: number,
): number {
  let latest = openedOn === undefined ? Number.NEGATIVE_INFINITY : dayNumber(openedOn)
  for (const [kind, ofKind] of byKind) {
    if (NO_ACTIVITY.has(kind)) continue
    for (const { fact, first, last } of ofKind)
      if (first !== undefined && last !== undefined && first <= today && last > latest && !fits(fact.set, PLANNED)) latest = last
  }
  return latest
}
