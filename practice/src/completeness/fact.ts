/** What the rules judge by: the newest version of each entry, less its words. Plain data, so that it can be kept beside the record. */
import type { EntryKind } from '#patients'
import type { TagSet } from './tag-sets.ts'

export interface Fact {
  /** the entry */
  readonly id: string
  readonly kind: EntryKind
  /** a day, or a month or a year */
  readonly on?: string | undefined
  /** a practitioner */
  readonly by?: string | undefined
  readonly set: TagSet
  readonly teeth: readonly string[]
  /** entries that it names */
  readonly links: readonly string[]
}

export interface RecordFacts {
  /** the record was opened here by hand, on that day; absent: it came with an import, and may hold nothing of ours */
  readonly openedOn?: string | undefined
  readonly facts: readonly Fact[]
}
