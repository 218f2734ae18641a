/** Rules made ready for judging: the same data, with tags as sets and times where they are asked for. Pure. */
import type { Evidence, Rule } from './rule.ts'
import { type TagsAsked, tagsAsked } from './tag-sets.ts'

export interface CompiledEvidence {
  readonly kind: Evidence['kind']
  readonly tags: TagsAsked
  readonly monthsBefore: number | undefined
  readonly daysBefore: number | undefined
  readonly daysAfter: number | undefined
  readonly about: Evidence['about']
}

export interface CompiledRule {
  readonly rule: Rule
  readonly having: TagsAsked | undefined
  readonly given: readonly { readonly kind: Evidence['kind']; readonly tags: TagsAsked }[]
  readonly expects: readonly { readonly itself: TagsAsked | undefined; readonly anyOf: readonly CompiledEvidence[] }[]
  /** it reckons from the day of what it speaks of */
  readonly needsDay: boolean
}

const compiled = new WeakMap<readonly Rule[], readonly CompiledRule[]>()

export function compileRules(rules: readonly Rule[]): readonly CompiledRule[] {
  const known = compiled.get(rules) ?? rules.map(compileRule)
  compiled.set(rules, known)
  return known
}

function compileRule(rule: Rule): CompiledRule {
  const expects = rule.expects.map(({ itself, anyOf = [] }) => ({
    itself: itself === undefined ? undefined : tagsAsked(itself),
    anyOf: anyOf.map(compileEvidence),
  }))
  return {
    rule,
    having: rule.having === undefined ? undefined : tagsAsked(rule.having),
    given: (rule.given ?? []).map((given) => ({ kind: given.kind, tags: tagsAsked(given) })),
    expects,
    needsDay: rule.graceDays !== undefined || expects.some(({ anyOf }) => anyOf.some(isReckoned)),
  }
}

function compileEvidence({ kind, about, monthsBefore, daysBefore, daysAfter, ...tagged }: Evidence): CompiledEvidence {
  return { kind, about, monthsBefore, daysBefore, daysAfter, tags: tagsAsked(tagged) }
}

function isReckoned({ monthsBefore, daysBefore, daysAfter }: CompiledEvidence): boolean {
  return (monthsBefore ?? daysBefore ?? daysAfter) !== undefined
}
