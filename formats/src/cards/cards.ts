/** What a card says of a person. */
import { componentsOf } from './components.ts'

export interface Card {
  /** as it stands */
  readonly text: string
  /** undefined: it cannot be read */
  readonly person: CardPerson | undefined
}

export interface CardPerson {
  readonly uid: string | undefined
  readonly familyName: string | undefined
  readonly givenNames: readonly string[]
  readonly fullName: string | undefined
  /** `1950-01-24`, or a year, or a year and a month */
  readonly bornOn: string | undefined
  readonly gender: 'F' | 'M' | undefined
  readonly telephones: readonly { readonly number: string; readonly types: readonly string[] }[]
  readonly emails: readonly string[]
  readonly addresses: readonly { readonly lines: readonly string[]; readonly town: string; readonly postalCode: string }[]
  readonly note: string | undefined
  /** properties that are nobody's standard, by their names in capitals: `X-DOSSIER` */
  readonly others: ReadonlyMap<string, string>
}

export function* readCards(text: string): Generator<Card> {
  for (const { text: written, component } of componentsOf(text, 'VCARD')) {
    let person: CardPerson | undefined
    try {
      person = component === undefined ? undefined : personOf(component)
    } catch {
      person = undefined
    }
    yield { text: written, person }
  }
}

type Component = NonNullable<
  ReturnType<typeof componentsOf> extends Generator<infer F> ? (F extends { component: infer C } ? C : never) : never
>

function personOf(card: Component): CardPerson {
  const all = (name: string) => card.getAllProperties(name)
  const texts = (name: string) => all(name).map((property) => flat(property.getFirstValue()))
  const name = parts(all('n')[0]?.getFirstValue())
  const gender = (parts(all('gender')[0]?.getFirstValue())[0] ?? '').toUpperCase()
  const others = card.getAllProperties().filter((property) => property.name.startsWith('x-'))
  return {
    uid: texts('uid')[0]?.replace(/^urn:uuid:/, '') || undefined,
    familyName: name[0] || undefined,
    givenNames: [name[1] ?? '', name[2] ?? '']
      .flatMap((each) => each.split(','))
      .map((each) => each.trim())
      .filter((each) => each !== ''),
    fullName: texts('fn')[0] || undefined,
    bornOn: bornOf(texts('bday')[0]),
    gender: gender === 'F' || gender === 'M' ? gender : undefined,
    telephones: all('tel').map((property) => ({
      number: flat(property.getFirstValue()).replace(/^tel:/, ''),
      types: [property.getParameter('type') ?? []].flat().map((type) => String(type).toLowerCase()),
    })),
    emails: texts('email'),
    addresses: all('adr').map((property) => {
      const [box = '', more = '', street = '', town = '', , postalCode = ''] = parts(property.getFirstValue())
      return { lines: [street, more, box].filter((each) => each !== ''), town, postalCode }
    }),
    note: texts('note').join('\n') || undefined,
    others: new Map(others.map((property) => [property.name.toUpperCase(), flat(property.getFirstValue())])),
  }
}

function parts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(flat) : value === undefined || value === null ? [] : String(value).split(';')
}

function flat(value: unknown): string {
  return Array.isArray(value) ? value.map(flat).join(',') : value === undefined || value === null ? '' : String(value).trim()
}

/** `19500124`, `1950-01-24`, `1950-01`, `1950`, with or without a time. */
function bornOf(written: string | undefined): string | undefined {
  const [, year, month, day] = /^(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?(?:[T ].*)?$/.exec(written ?? '') ?? []
  return year === undefined ? undefined : [year, month, day].filter((part) => part !== undefined).join('-')
}
