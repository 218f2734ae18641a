/**
 * What a rule is: data that a jurist can read, an engine can judge by, and a page can show. A rule says of which things in a record it speaks,
 * what must be there for each of them, within which time, why, and what to do where it is missing.
 */
import type { EntryKind } from '#patients'
import type { Tag } from './tags.ts'

export const SEVERITIES = ['high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** read: in a public copy of the text; known: the article is certain; uncertain: the reference, its edge or our reading is to be checked. */
export const SURENESSES = ['read', 'known', 'uncertain'] as const
export type Sureness = (typeof SURENESSES)[number]

export interface Source {
  /** the article or the guidance, as one cites it */
  readonly cited: string
  readonly address: string
  readonly sureness: Sureness
}

/** A text in both languages. */
export interface Words {
  readonly fr: string
  readonly en: string
}

/** Which tags something has. */
export interface Tagged {
  readonly all?: readonly Tag[]
  readonly any?: readonly Tag[]
  readonly none?: readonly Tag[]
}

/** Something in the record that meets an expectation. */
export interface Evidence extends Tagged {
  readonly kind: EntryKind
  /** not before so many months before the day of what it is for; absent: however old */
  readonly monthsBefore?: number
  /** not after so many days after it; absent: at any time; 0: on the day or before */
  readonly daysAfter?: number
  /** not before the day itself, less so many days */
  readonly daysBefore?: number
  /** tooth: where both name teeth, one of them is the same; link: one names the other */
  readonly about?: 'tooth' | 'link'
}

/** One of these must be there, or the thing itself must have these tags. */
export interface Expectation {
  readonly anyOf?: readonly Evidence[]
  readonly itself?: Tagged
  /** what is missing where it is not, in a few words that end a sentence */
  readonly missing: Words
}

/** Of what a rule speaks: the record as a whole, each day of care, or each entry of a kind. */
export type RuleScope = 'record' | 'care-day' | EntryKind

/** What a person does about it, with one press where there is one. */
export type Remedy =
  | { readonly kind: 'add'; readonly entryKind: EntryKind }
  /** the entry itself is to be completed */
  | { readonly kind: 'complete' }
  | { readonly kind: 'identity' }
  | { readonly kind: 'file' }

export interface Rule {
  readonly id: string
  /** counted up when the rule asks for something else */
  readonly version: number
  /** care before that day is not bound by it: the text was not there yet */
  readonly since?: string
  readonly sources: readonly Source[]
  readonly severity: Severity
  readonly scope: RuleScope
  /** which of them; absent: all */
  readonly having?: Tagged
  /** what else the record must hold for the rule to speak at all */
  readonly given?: readonly (Tagged & { readonly kind: EntryKind })[]
  readonly expects: readonly Expectation[]
  /** how many days after the thing the practice has until it is missing */
  readonly graceDays?: number
  readonly remedy: Remedy
  /** the duty, in a few words */
  readonly title: Words
  /** what to do */
  readonly advice: Words
  /** how we read the text where it leaves something open */
  readonly reading?: Words
}
