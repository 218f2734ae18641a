/** Families: a child whose mother is a patient here too, spouses, somebody old whom a daughter or son decides for. */

import type { SampleEntry, SampleRecord } from './entry.ts'
import type { SeededRandom } from './random.ts'

/** A patient whom a later one may be related to. */
interface Member {
  readonly identity: SampleRecord['identity']
  readonly age: number
}

/** Adults who came before; a few are enough. */
const REMEMBERED_MAX = 200

/** Remembers who is there, so that whoever comes later may be of their family. */
export class Families {
  readonly #adults: Member[] = []
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  remember(identity: SampleRecord['identity'], age: number): void {
    if (age < 20) return
    this.#adults.push({ identity, age })
    if (this.#adults.length > REMEMBERED_MAX) this.#adults.shift()
  }

  /** Whoever may decide for a child, or for somebody old under guardianship; a spouse now and then. Related by file number where they are a patient too. */
  inventRelatives(age: number, invent: { readonly familyName: string; readonly givenName: string }): SampleEntry[] {
    const random = this.#random
    if (age < 18) {
      const mother = random.chance(0.5) ? this.#find('female', age + 18, age + 42) : undefined
      return [related({ relation: 'mother', authority: 'parental-authority' }, mother, invent)]
    }
    if (age > 84 && random.chance(0.2)) {
      const child = this.#find(undefined, age - 45, age - 20)
      return [related({ relation: 'child', authority: 'guardianship', isEmergencyContact: true }, child, invent)]
    }
    if (!random.chance(0.06)) return []
    const spouse = this.#find(undefined, age - 8, age + 8)
    return spouse === undefined ? [] : [related({ relation: 'spouse', isTrustedPerson: true }, spouse, invent)]
  }

  #find(sex: string | undefined, from: number, to: number): Member | undefined {
    const fitting = this.#adults.filter(({ identity, age }) => age >= from && age <= to && (sex ?? identity.sex) === identity.sex)
    return fitting.length === 0 ? undefined : this.#random.pick(fitting)
  }
}

function related(
  facts: SampleEntry<'relatedPerson'>['body'],
  member: Member | undefined,
  invented: { readonly familyName: string; readonly givenName: string },
): SampleEntry {
  if (member === undefined) return { kind: 'relatedPerson', body: { ...invented, ...facts } }
  const { fileNumber, birthName, usedName, givenNames = [], telephones = [] } = member.identity
  const name = { familyName: String(usedName ?? birthName), givenName: givenNames[0] ?? invented.givenName }
  return { kind: 'relatedPerson', body: { ...name, ...facts, telephones }, relatedFile: fileNumber }
}
