/** What people type to find somebody of a crowd: the same questions for the same crowd. */
import { type CrowdMember, SeededRandom } from '@couronne/samples'

export interface SearchQuestion {
  readonly kind: string
  readonly text: string
}

type Asking = (member: CrowdMember, random: SeededRandom) => string

const given = (member: CrowdMember) => member.givenNames[0] ?? ''
const COMMON_FAMILY = ['Martin', 'Bernard', 'Thomas', 'Petit', 'Robert', 'Laurent', 'Simon', 'Michel', 'David', 'Vincent']
const COMMON_GIVEN = ['Marie', 'Jean', 'Nathalie', 'Isabelle', 'Philippe', 'Michel', 'Alain', 'Nicolas', 'Pierre', 'Anne']

/** Respellings that are heard the same. */
const HEARD: readonly (readonly [RegExp, string])[] = [
  [/ph/g, 'f'],
  [/eaux?|aux?/g, 'o'],
  [/f(?=[aeiouéè])/g, 'ph'],
  [/i(?=[^aeiouéè])/g, 'y'],
  [/c(?=[aou])/g, 'k'],
  [/(?<=[aeiou])([tlnrm])(?=[aeiou])/g, '$1$1'],
  [/[dtsx]$/g, ''],
]

const KINDS: Readonly<Record<string, Asking>> = {
  'first letters': ({ birthName }, random) => birthName.slice(0, random.between(1, 3)),
  'family name': ({ birthName }) => birthName,
  'family and given name': (member) => `${member.usedName ?? member.birthName} ${given(member)}`,
  'given and family name': (member) => `${given(member)} ${member.birthName}`,
  'given name': given,
  'two of the commonest': (_, random) =>
    random.chance(0.5)
      ? `${random.pick(COMMON_FAMILY)} ${random.pick(COMMON_GIVEN)}`
      : `${random.pick(COMMON_GIVEN)} ${random.pick(COMMON_GIVEN)}`,
  'beginnings of two names': (member, random) =>
    `${member.birthName.slice(0, random.between(1, 4))} ${given(member).slice(0, random.between(1, 3))}`,
  'half typed': (member, random) => {
    const text = `${member.birthName} ${given(member)}`
    return text.slice(0, random.between(1, text.length))
  },
  'as it sounds': (member) => `${respelled(member.birthName)} ${respelled(given(member))}`,
  'one slip': (member, random) => `${withSlip(member.birthName, random)} ${given(member)}`,
  'two slips of common names': (_, random) =>
    `${withSlip(random.pick(COMMON_FAMILY), random)} ${withSlip(random.pick(COMMON_GIVEN), random)}`,
  'birth day': ({ bornOn }) => bornOn.split('-').reverse().join('/'),
  'name and year': (member) => `${member.birthName} ${member.bornOn.slice(0, 4)}`,
  'common given name and year': (member, random) => `${random.pick(COMMON_GIVEN)} ${member.bornOn.slice(0, 4)}`,
  telephone: ({ telephones }) => telephones[0] ?? '06 39 98',
  'file number': ({ number }) => String(number),
  INS: ({ ins, bornOn }) => ins ?? `1 ${bornOn.slice(2, 4)} ${bornOn.slice(5, 7)}`,
  nobody: (_, random) => Array.from({ length: 9 }, () => random.pick([...'bcdfghklmprstvzaeiou'])).join(''),
}

/** @returns so many questions of each kind, kinds by turns */
export function questionsAbout(crowd: Iterable<CrowdMember>, each: number): SearchQuestion[] {
  const random = new SeededRandom('search questions')
  const members = [...crowd]
  return Array.from({ length: each }, () =>
    Object.entries(KINDS).map(([kind, asking]) => ({ kind, text: asking(random.pick(members), random) })),
  ).flat()
}

function respelled(name: string): string {
  return HEARD.reduce((left, [written, heard]) => left.replace(written, heard), name.toLowerCase())
}

function withSlip(name: string, random: SeededRandom): string {
  const letters = [...name]
  const place = random.below(Math.max(1, letters.length - 1))
  const [one = '', other = ''] = letters.slice(place)
  const slips = [[other, one], [one], [one, 'e', other], ['r', other]] as const
  return letters.toSpliced(place, 2, ...random.pick(slips)).join('')
}
