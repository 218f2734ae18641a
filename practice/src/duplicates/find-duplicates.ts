/** Records that may be of a person who is not written yet: an import asks it of its rows, the page of a new patient before it saves. */
import { matchKeysOf } from './match-keys.ts'
import { findSharing, loadTraits, type MatchPlace } from './match-store.ts'
import { type Ranked, rank } from './rank.ts'
import { type ComparedIdentity, traitsOf } from './traits.ts'

export type FoundDuplicate = Omit<Ranked<string>, 'id'> & { readonly patientId: string }

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
  return asked.map(({ traits, keys }) => {
    const ids = new Set(keys.flatMap((key) => sharing.get(key) ?? []))
    return rank(traits, ids, known).map(({ id, ...found }) => ({ ...found, patientId: id }))
  })
}
