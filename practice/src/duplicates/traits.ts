/** What of an identity tells who somebody is, folded so that case, accents, hyphens and particles make no difference. Pure. */
import { foldIns, foldTelephone, foldWords, type Identity, soundOf } from '#patients'

/** What is compared of an identity, whether it is written or not. The number under which care is billed is a parent's now and then, and left out. */
export type ComparedIdentity = Pick<Identity, 'birthName' | 'sex'> &
  Partial<
    Pick<
      Identity,
      | 'usedName'
      | 'givenNames'
      | 'usedGivenName'
      | 'bornOn'
      | 'birthPlace'
      | 'status'
      | 'flags'
      | 'ins'
      | 'telephones'
      | 'emails'
      | 'addresses'
    >
  >

/** What is compared of an identity that says more; the members that it has. */
export function comparedOf(identity: ComparedIdentity): ComparedIdentity {
  const entries = COMPARED.map((name) => [name, identity[name]] as const).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as ComparedIdentity
}

const COMPARED = [
  'birthName',
  'usedName',
  'givenNames',
  'usedGivenName',
  'sex',
  'bornOn',
  'birthPlace',
  'status',
  'flags',
  'ins',
  'telephones',
  'emails',
  'addresses',
] as const satisfies readonly (keyof ComparedIdentity)[]

export interface Name {
  /** without particles, unless it has nothing else */
  readonly words: readonly string[]
  /** these as one word: `Jean-Pierre` is `jeanpierre`, `de la Croix` is `croix` */
  readonly whole: string
  /** with its particles: `Le Roux` is `leroux` */
  readonly full: string
  /** how it sounds, or the name itself where it is too short or too foreign for that */
  readonly sound: string
}

export interface Traits {
  readonly birth: Name
  readonly used: Name | undefined
  /** of birth, in their order */
  readonly given: readonly Name[]
  readonly usedGiven: Name | undefined
  readonly sex: Identity['sex']
  readonly bornOn: string | undefined
  readonly birthPlace: string | undefined
  readonly ins: { readonly who: string; readonly kind: string; readonly isQualified: boolean } | undefined
  readonly telephones: ReadonlySet<string>
  readonly emails: ReadonlySet<string>
  readonly addresses: ReadonlySet<string>
  readonly isHomonym: boolean
  readonly isFictitious: boolean
}

const PARTICLES: ReadonlySet<string> = new Set(['d', 'de', 'du', 'des', 'l', 'la', 'le', 'les', 'von', 'van', 'di', 'da', 'el'])
const LONG_WORDS: Readonly<Record<string, string>> = { st: 'saint', ste: 'sainte' }
/** A shorter number is an extension, or nothing at all. */
const TELEPHONE_DIGITS_MIN = 8

/** @param read {@link nameOf}, or one that remembers */
export function traitsOf(identity: ComparedIdentity, read: (text: string) => Name = nameOf): Traits {
  const { ins, status, flags = [], telephones = [], emails = [], addresses = [] } = identity
  return {
    birth: read(identity.birthName),
    used: optionalName(identity.usedName, read),
    given: (identity.givenNames ?? []).map((text) => read(text)).filter(({ whole }) => whole !== ''),
    usedGiven: optionalName(identity.usedGivenName, read),
    sex: identity.sex,
    bornOn: identity.bornOn,
    birthPlace: identity.birthPlace,
    ins:
      ins === undefined
        ? undefined
        : {
            who: foldIns(ins.number),
            kind: ins.kind,
            isQualified: status === 'qualified' && (ins.kind === 'nir' || ins.kind === 'nia'),
          },
    telephones: new Set(telephones.map(({ number }) => foldTelephone(number)).filter((each) => isNumber(each))),
    emails: new Set(emails.map(({ address }) => address.trim().toLowerCase())),
    addresses: new Set(addresses.map(foldAddress).filter((each) => each !== undefined)),
    isHomonym: flags.includes('homonym'),
    isFictitious: flags.includes('fictitious'),
  }
}

export function nameOf(text: string): Name {
  const written = foldWords(text).map((word) => LONG_WORDS[word] ?? word)
  const telling = written.filter((word) => !PARTICLES.has(word))
  const words = telling.length === 0 ? written : telling
  const full = written.join('')
  return { words, whole: words.join(''), full, sound: soundOf(full) ?? full }
}

function optionalName(text: string | undefined, read: (text: string) => Name): Name | undefined {
  const name = text === undefined ? undefined : read(text)
  return name === undefined || name.whole === '' ? undefined : name
}

/** `0000000000` is what is typed where a program wants a number. */
function isNumber(telephone: string): boolean {
  return telephone.length >= TELEPHONE_DIGITS_MIN && new Set(telephone).size > 2
}

function foldAddress({ lines, postalCode }: NonNullable<ComparedIdentity['addresses']>[number]): string | undefined {
  const street = foldWords(lines.join(' ')).join(' ')
  return street === '' || postalCode === undefined ? undefined : `${foldWords(postalCode).join('')} ${street}`
}
