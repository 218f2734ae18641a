/**
 * Facts as they are kept beside the records: JSON, an array a fact, practitioners named once. They are drawn from the entries and can be drawn
 * again at any time, so a text in another form than today's is not read but replaced.
 */
import { z } from 'zod'
import { ENTRY_KINDS, type EntryKind } from '#patients'
import type { Fact, RecordFacts } from './fact.ts'
import { ACT_TAGS, OTHER_TAGS } from './tags.ts'

/** Counted up when facts are drawn otherwise than before. */
const DRAWN = 1
/** A text in another form is drawn again. */
export const FACTS_FORM = `${DRAWN}.${ACT_TAGS.length + OTHER_TAGS.length}.${ENTRY_KINDS.length}`

type FactRow = readonly [
  kind: number,
  id: string,
  on: string | 0,
  by: number,
  a: number,
  b: number,
  c: number,
  teeth?: string,
  links?: readonly string[],
]
type FactsRow = readonly [openedOn: string | 0, practitioners: readonly string[], facts: readonly FactRow[]]

export function printFacts({ openedOn, facts }: RecordFacts): string {
  const practitioners = [...new Set(facts.flatMap(({ by = [] }) => by))]
  const rows = facts.map(({ id, kind, on, by, set, teeth, links }): FactRow => {
    const start = [
      ENTRY_KINDS.indexOf(kind),
      id,
      on ?? 0,
      by === undefined ? -1 : practitioners.indexOf(by),
      ...set,
    ] as const satisfies FactRow
    return links.length > 0 ? [...start, teeth.join(' '), links] : teeth.length > 0 ? [...start, teeth.join(' ')] : start
  })
  return JSON.stringify([openedOn ?? 0, practitioners, rows] satisfies FactsRow)
}

/** Only the outermost form is checked: what is inside is ours, and a hundred thousand of them are read at once. */
const outermostSchema = z.tuple([z.union([z.string(), z.literal(0)]), z.array(z.string()), z.array(z.unknown())])

export function parseFacts(text: string): RecordFacts {
  const [openedOn, practitioners, rows] = outermostSchema.parse(JSON.parse(text)) as unknown as FactsRow
  return { openedOn: openedOn === 0 ? undefined : openedOn, facts: rows.map((row) => toFact(row, practitioners)) }
}

function toFact([kind, id, on, by, a, b, c, teeth = '', links = []]: FactRow, practitioners: readonly string[]): Fact {
  return {
    id,
    kind: ENTRY_KINDS[kind] as EntryKind,
    on: on === 0 ? undefined : on,
    by: practitioners[by],
    set: [a, b, c],
    teeth: teeth === '' ? [] : teeth.split(' '),
    links,
  }
}
