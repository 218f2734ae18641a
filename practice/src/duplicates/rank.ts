/** Of those who share a key with somebody, whoever may be the same person. Pure. */
import { type Comparison, compareTraits } from './compare.ts'
import type { Certainty } from './reasons.ts'
import type { Traits } from './traits.ts'

export interface Ranked<Id> extends Comparison {
  readonly id: Id
  readonly certainty: Certainty
}

/** So many for one identity, the likeliest. */
const FOUND_MAX = 10

/** @returns likeliest first; an id that nobody knows is left out */
export function rank<Id extends string | number>(
  traits: Traits,
  ids: Iterable<Id>,
  known: ReadonlyMap<Id, Traits>,
): Ranked<Id>[] {
  const found: Ranked<Id>[] = []
  for (const id of ids) {
    const other = known.get(id)
    const compared = other === undefined ? undefined : compareTraits(traits, other)
    if (compared?.certainty !== undefined) found.push({ ...compared, certainty: compared.certainty, id })
  }
  return found.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, FOUND_MAX)
}
