/**
 * People who are written nowhere yet, compared with each other as they come: the patients of an import's source, before any of them is a record.
 * Kept in memory is what they share keys by; who they are stays with whoever asks.
 */
import { matchKeysOf } from './match-keys.ts'
import { type Ranked, rank } from './rank.ts'
import { SharedKeys } from './shared-keys.ts'
import { type ComparedIdentity, type Name, nameOf, traitsOf } from './traits.ts'

export interface Newcomer {
  /** under which they are found again, each once: a line of a file */
  readonly number: number
  readonly identity: ComparedIdentity
}

export type LoadIdentities = (numbers: readonly number[]) => Promise<ReadonlyMap<number, ComparedIdentity>>

export class Crowd {
  readonly #keys = new SharedKeys()
  readonly #read = rememberingNames()

  /**
   * @param newcomers some hundred at a time: they and what resembles them are in memory at once
   * @param load who came before, by number; whoever it does not find is compared with nobody
   * @returns for each in its place those who came before and may be the same person, likeliest first; mostly nobody
   */
  async add(newcomers: readonly Newcomer[], load: LoadIdentities): Promise<readonly (readonly Ranked<number>[])[]> {
    const asked = newcomers.map(({ number, identity }) => {
      const traits = traitsOf(identity, this.#read)
      return { number, traits, others: new Set(matchKeysOf(traits).flatMap((key) => this.#keys.add(key, number))) }
    })
    const known = new Map(asked.map(({ number, traits }) => [number, traits]))
    const before = new Set(asked.flatMap(({ others }) => [...others]).filter((number) => !known.has(number)))
    if (before.size > 0)
      for (const [number, identity] of await load([...before])) known.set(number, traitsOf(identity, this.#read))
    return asked.map(({ traits, others }) => rank(traits, others, known))
  }
}

const NAMES_KEPT_MAX = 20_000

/** A crowd has few names, and to read one takes half of the time. */
function rememberingNames(): (text: string) => Name {
  const kept = new Map<string, Name>()
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    if (kept.size === NAMES_KEPT_MAX) kept.clear()
    const name = nameOf(text)
    kept.set(text, name)
    return name
  }
}
