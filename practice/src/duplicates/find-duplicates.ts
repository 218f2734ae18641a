/** Records that may be of a person who is not written yet: an import's dry run asks it of each row, the page of a new patient before it saves. */
import { type Comparison, compareTraits } from './compare.ts'
import { matchKeysOf } from './match-keys.ts'
import { findSharing, loadTraits, type MatchPlace } from './match-store.ts'
import type { Certainty } from './reasons.ts'
import { type ComparedIdentity, type Traits, traitsOf } from './traits.ts'

export interface FoundDuplicate extends Comparison {
  readonly patientId: string
  readonly certainty: Certainty
}

/** So many for one identity, the likeliest. */
const FOUND_MAX = 10

/**
 * Compares identities that are not written with every record that has been compared itself ({@link compareDue} sees to the others).
 *
 * @param identities some hundred at a time: they and what resembles them are in memory at once
 * @returns for each in its place those who may be the same person, likeliest first; mostly nobody
 */
export async function findDuplicates(
  place: MatchPlace,
  identities: readonly ComparedIdentity[],
): Promise<readonly (readonly FoundDuplicate[])[]> {
  const asked = identities.map((identity) => ({ traits: traitsOf(identity), keys: [] as string[] }))
  for (const each of asked) each.keys = matchKeysOf(each.traits)
  const sharing = await findSharing(
    place,
    asked.flatMap(({ keys }) => keys),
  )
  const known = await loadTraits(place, [...new Set([...sharing.values()].flat())])
  return asked.map(({ traits, keys }) => rank(traits, new Set(keys.flatMap((key) => sharing.get(key) ?? [])), known))
}

function rank(traits: Traits, patientIds: Iterable<string>, known: ReadonlyMap<string, Traits>): FoundDuplicate[] {
  const found: FoundDuplicate[] = []
  for (const patientId of patientIds) {
    const other = known.get(patientId)
    const compared = other === undefined ? undefined : compareTraits(traits, other)
    if (compared?.certainty !== undefined) found.push({ ...compared, certainty: compared.certainty, patientId })
  }
  return found.sort((a, b) => b.score - a.score || (a.patientId < b.patientId ? -1 : 1)).slice(0, FOUND_MAX)
}
