/** Reads one resource for its mapping, and notes what it cannot read and whom and what it names. */
import type { EntryKind, Tooth } from '#patients'
import type { Finding, Refusal, Remark } from '../findings.ts'
import type { EntryLink } from '../mapped-row.ts'
import { dayIn } from './days.ts'
import { type Json, joined, lineOf, object, objects, textOf } from './json.ts'
import type { Named, Neighbours } from './neighbours.ts'
import { personOf } from './people.ts'
import { sitesOf } from './teeth.ts'

export class ResourceReader {
  readonly resource: Json
  readonly key: string
  /** IANA: days of instants are those on the practice's wall */
  readonly zone: string
  readonly around: Neighbours
  readonly findings: Finding[] = []
  readonly links: EntryLink[] = []
  practitioner: string | undefined
  rpps: string | undefined
  /** where the practitioner's id goes, and without whom nothing is made */
  practitionerMember: string | undefined

  constructor(resource: Json, key: string, around: Neighbours, zone: string) {
    this.resource = resource
    this.key = key
    this.around = around
    this.zone = zone
  }

  say(code: Refusal | Remark, column?: string): void {
    if (this.findings.some((finding) => finding.code === code && finding.column === column)) return
    this.findings.push(column === undefined ? { code } : { code, column })
  }

  /** A day, a month or a year; of an instant the day on the practice's wall. @param given where it does not stand in the member itself */
  day(member: string, ...given: readonly unknown[]): string | undefined {
    const value = given.length === 0 ? this.resource[member] : given[0]
    if (value === undefined) return undefined
    const day = dayIn(value, this.zone)
    if (day === undefined) this.say('day-wrong', member)
    return day
  }

  /** A day of which no part is missing. */
  wholeDay(member: string, ...given: readonly unknown[]): string | undefined {
    const day = this.day(member, ...given)
    return day?.length === 10 ? day : undefined
  }

  resolve(reference: unknown, expected?: string): Named | undefined {
    return this.around.resolve(reference, this.resource, expected)
  }

  /** Whoever of some references is a practitioner: the first. A reference that leads nowhere and has no words is said. */
  namePractitioner(...references: readonly unknown[]): void {
    for (const reference of references) {
      if (this.practitioner !== undefined) return
      const person = personOf(reference, this.resource, this.around)
      this.practitioner = person?.name
      this.rpps = person?.rpps
    }
  }

  /** Names rows of other tables in a member of the body. References to other types are passed over. */
  link(
    member: string,
    references: unknown,
    to: { readonly types: readonly string[]; readonly kind?: EntryKind; readonly isList?: boolean },
  ) {
    for (const reference of objects(references)) {
      const named = this.resolve(reference)
      if (named === undefined) {
        if (reference.reference !== undefined) this.say('link-missing', member)
        continue
      }
      if (!to.types.includes(named.type) || named.key.startsWith('#')) continue
      const { isList = false, kind } = to
      this.links.push({ member, isList, table: named.type, key: named.key, ...(kind === undefined ? {} : { kind }) })
      if (!isList) return
    }
  }

  teeth(sites: unknown = this.resource.bodySite) {
    const { teeth, areas, isAll } = sitesOf(sites)
    if (!isAll) this.say('tooth-unknown')
    return { teeth, areas }
  }

  toothNumbers(sites: unknown = this.resource.bodySite): Tooth[] {
    return this.teeth(sites).teeth.map(({ fdi }) => fdi)
  }

  /** All notes, one below the other. */
  notes(...more: readonly (string | undefined)[]): string | undefined {
    const notes = objects(this.resource.note).map(({ text }) => textOf(text))
    const all = joined([...notes, ...more], '\n')
    if (all !== undefined && all.length > 20_000) this.say('cut-short', 'note')
    return textOf(all)
  }

  line(member: string, charactersMax: number): string | undefined {
    return lineOf(this.resource[member], charactersMax)
  }

  /** One of the words that a member may be, by what they mean here. */
  word<W>(member: string, words: Readonly<Record<string, W>>): W | undefined {
    const written = lineOf(this.resource[member], 60) ?? ''
    const meant = Object.hasOwn(words, written) ? words[written] : undefined
    if (meant === undefined) this.say('status-unknown', member)
    return meant
  }

  period(): { readonly start: unknown; readonly end: unknown } {
    const { start, end } = object(this.resource.period)
    return { start, end }
  }
}
