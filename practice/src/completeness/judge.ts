/**
 * Judges the facts of one record by the rules. Pure: the same facts, rules and day give the same findings, in whatever order the entries come.
 *
 * What is met stays met, whatever is added to the record beside it: expectations ask for something that is there, never for something that is not.
 */
import { type CompiledEvidence, type CompiledRule, compileRules } from './compiled-rules.ts'
import { dayNumber, monthsEarlier, printDay } from './days.ts'
import type { RecordFacts } from './fact.ts'
import type { Rule } from './rule.ts'
import { type KnownFact, type KnownRecord, knowRecord, type Subject } from './subjects.ts'
import { fits, tagsAsked } from './tag-sets.ts'

export interface JudgingOptions {
  /** `YYYY-MM-DD`, in the practice's time zone */
  readonly today: string
  /** care before that day is past: what is missing of it is told apart */
  readonly since: string
  /** false: past care is left out */
  readonly withPast?: boolean
}

export interface Finding {
  readonly rule: string
  /** the entry that it is about; a day of care; empty: the record */
  readonly subject: string
  /** due-later: the practice still has time */
  readonly state: 'met' | 'missing' | 'due-later'
  readonly isPast: boolean
  readonly on?: string
  readonly by?: string
  /** what it is about: an entry, or the acts of a day; empty: the record */
  readonly entryIds: readonly string[]
  /** entries that meet it */
  readonly evidenceIds: readonly string[]
  /** which expectations are not met, by their places in the rule */
  readonly missing: readonly number[]
  /** of one that is not met: changes when it becomes another finding */
  readonly sameAs?: string
}

export interface Judgement {
  /** by rule, then by subject; a rule that is not among them does not apply */
  readonly findings: readonly Finding[]
  /** the first day on which the same facts may be judged otherwise; absent: never */
  readonly nextOn?: string
}

export function judge(facts: RecordFacts, rules: readonly Rule[], { today, since, withPast = true }: JudgingOptions): Judgement {
  const known = knowRecord(facts, { today, since, withPast })
  const todayDay = dayNumber(today)
  const findings: Finding[] = []
  let next = Number.POSITIVE_INFINITY
  for (const compiled of compileRules(rules)) {
    if (!speaks(compiled, known)) continue
    for (const subject of known.subjectsOf(compiled.rule.scope)) {
      if (!isBound(compiled, subject)) continue
      const finding = judgeOne(compiled, subject, known, todayDay)
      findings.push(finding)
      if (finding.state === 'due-later' && subject.last !== undefined) next = Math.min(next, dueDay(compiled, subject.last))
    }
  }
  findings.sort((a, b) => order(a.rule, b.rule) || order(a.subject, b.subject))
  return next === Number.POSITIVE_INFINITY ? { findings } : { findings, nextOn: printDay(next) }
}

/** Whether the record holds what the rule wants to be given. */
function speaks({ given }: CompiledRule, known: KnownRecord): boolean {
  return given.every(({ kind, tags }) => known.ofKind(kind).some(({ fact }) => fits(fact.set, tags)))
}

/** Whether a rule speaks of it: its tags, and a day that the rule can reckon from. */
function isBound({ rule, having, needsDay }: CompiledRule, { set, last }: Subject): boolean {
  if (having !== undefined && !fits(set, having)) return false
  if (last === undefined) return rule.scope === 'record' || !needsDay
  return rule.since === undefined || last >= dayNumber(rule.since)
}

function judgeOne(compiled: CompiledRule, subject: Subject, known: KnownRecord, today: number): Finding {
  const evidence = new Set<string>()
  const missing: number[] = []
  for (const [place, { itself, anyOf }] of compiled.expects.entries()) {
    let isMet = itself !== undefined && fits(subject.set, itself)
    for (const each of anyOf) if (addEvidence(each, subject, known.ofKind(each.kind), evidence)) isMet = true
    if (!isMet) missing.push(place)
  }
  const isEarly = compiled.rule.graceDays !== undefined && subject.last !== undefined && today < dueDay(compiled, subject.last)
  const { id, on, by, entryIds, isPast } = subject
  return {
    rule: compiled.rule.id,
    subject: id,
    state: missing.length === 0 ? 'met' : isEarly ? 'due-later' : 'missing',
    isPast,
    ...(on === undefined ? {} : { on }),
    ...(by === undefined ? {} : { by }),
    entryIds,
    evidenceIds: evidence.size < 2 ? [...evidence] : [...evidence].sort(order),
    missing,
    ...(missing.length === 0 ? {} : { sameAs: sameAs(compiled.rule, subject, missing) }),
  }
}

/** The first day on which what is not there is missing. */
function dueDay({ rule: { graceDays = 0 } }: CompiledRule, last: number): number {
  return last + graceDays + 1
}

/** The day, the teeth, and of its tags those that the rule asks about: one of them corrected makes another finding. */
function sameAs({ scope, having }: Rule, { on, teeth, set }: Subject, missing: readonly number[]): string {
  const asked = [...(having?.all ?? []), ...(having?.any ?? [])].filter((tag) => fits(set, tagsAsked({ all: [tag] })))
  const where = scope === 'care-day' || scope === 'record' ? [] : teeth
  return [on ?? '', where.toSorted(order).join('.'), asked.toSorted(order).join('.'), missing.join('.')].join(' ')
}

/** Names all that speak for it. @returns whether any does */
function addEvidence(asked: CompiledEvidence, subject: Subject, facts: readonly KnownFact[], evidence: Set<string>): boolean {
  if (facts.length === 0) return false
  const times = timesOf(asked, subject)
  let isThere = false
  for (const known of facts) {
    if (!fits(known.fact.set, asked.tags) || subject.entryIds.includes(known.fact.id)) continue
    if (!(isLinked(known, subject) ? isNotAfter(known, times) : isInTime(known, times) && isThereToo(asked, known, subject)))
      continue
    isThere = true
    evidence.add(known.fact.id)
  }
  return isThere
}

/** Within which days it must lie; absent: whenever. */
interface Times {
  readonly from: number | undefined
  readonly to: number | undefined
}

function timesOf({ monthsBefore, daysBefore, daysAfter }: CompiledEvidence, { first, last }: Subject): Times {
  if (first === undefined || last === undefined) return { from: undefined, to: undefined }
  const from =
    daysBefore !== undefined ? first - daysBefore : monthsBefore !== undefined ? monthsEarlier(first, monthsBefore) : undefined
  return { from, to: daysAfter === undefined ? undefined : last + daysAfter }
}

/** Whether it may lie in the time that is asked for. What has no day proves nothing. */
function isInTime({ first, last }: KnownFact, { from, to }: Times): boolean {
  if (from === undefined && to === undefined) return true
  return first !== undefined && last !== undefined && (from === undefined || last >= from) && (to === undefined || first <= to)
}

/** What names the thing itself is about it, however old and of whatever tooth; only too late it may not be. */
function isNotAfter({ first }: KnownFact, { to }: Times): boolean {
  return to === undefined || first === undefined || first <= to
}

function isLinked({ fact }: KnownFact, subject: Subject): boolean {
  return subject.links.includes(fact.id) || (fact.links?.some((id) => subject.entryIds.includes(id)) ?? false)
}

function isThereToo({ about }: CompiledEvidence, { fact }: KnownFact, subject: Subject): boolean {
  if (about === 'link') return false
  if (about === undefined || subject.teeth.length === 0 || fact.teeth.length === 0) return true
  return fact.teeth.some((fdi) => subject.teeth.includes(fdi))
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
