/**
 * People who are written nowhere yet, compared with each other as they come: the patients of an import's source, before any of them is a record.
 * Kept in memory is what they share keys by; who they are stays with whoever asks.
 */
import { matchKeysOf } from './match-keys.ts'
import { type Ranked, rank } from './rank.ts'
import { SharedKeys } from './shared-keys.ts'
import { type ComparedIdentity, traitsOf } from './traits.ts'

export interface Newcomer {
  /** under which they are found again, each once: a line of a file */
  readonly number: number
  readonly identity: ComparedIdentity
}

export type LoadIdentities = (numbers: readonly number[]) => Promise<ReadonlyMap<number, ComparedIdentity>>

export class Crowd {
  readonly #keys = new SharedKeys()

  /**
   * @param newcomers some hundred at a time: they and what resembles them are in memory at once
   * @param load who came before, by number; whoever it does not find is compared with nobody
   * @returns for each in its place those who came before and may be the same person, likeliest first; mostly nobody
   */
  async add(newcomers: readonly Newcomer[], load: LoadIdentities): Promise<readonly (readonly Ranked<number>[])[]> {
    const asked = newcomers.map(({ number, identity }) => {
      const traits = traitsOf(identity)
      return { number, traits, others: new Set(matchKeysOf(traits).flatMap((key) => this.#keys.add(key, number))) }
    })
    const known = new Map(asked.map(({ number, traits }) => [number, traits]))
    const before = new Set(asked.flatMap(({ others }) => [...others]).filter((number) => !known.has(number)))
    if (before.size > 0) for (const [number, identity] of await load([...before])) known.set(number, traitsOf(identity))
    return asked.map(({ traits, others }) => rank(traits, others, known))
  }
}
