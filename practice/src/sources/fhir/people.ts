/** Names, numbers and addresses of people. */
import { CONTACT_COMMENT, ID_NAT_PS, IDENTIFIER_TYPES, RPPS } from '#fhir-systems'
import { codeIn, extensionOf } from './codings.ts'
import { clean, isObject, type Json, joined, lineOf, lines, object, objects } from './json.ts'
import type { Neighbours } from './neighbours.ts'

export interface Person {
  /** `MARTIN Claire` */
  readonly name: string
  readonly rpps?: string
}

/** Whom a reference means, where it is a practitioner; by its words where it leads nowhere. */
export function personOf(reference: unknown, from: Json, around: Neighbours): Person | undefined {
  if (!isObject(reference)) return undefined
  const named = around.resolve(reference, from)
  const words = lineOf(reference.display, 200)
  const ownRpps = rppsOf({ identifier: reference.identifier })
  if (named?.resource === undefined)
    return words === undefined || (named !== undefined && !named.type.startsWith('Practitioner')) || isOther(reference)
      ? undefined
      : withNumber(words, ownRpps)
  if (named.type === 'PractitionerRole') return personOf(named.resource.practitioner, named.resource, around)
  if (named.type !== 'Practitioner') return undefined
  const { family, given } = nameOf(named.resource)
  const name = joined([family, given[0]], ' ') ?? words
  return name === undefined ? undefined : withNumber(name, rppsOf(named.resource) ?? ownRpps)
}

function isOther({ type }: Json): boolean {
  return typeof type === 'string' && !type.startsWith('Practitioner')
}

function withNumber(name: string, rpps: string | undefined): Person {
  return rpps === undefined ? { name } : { name, rpps }
}

export function rppsOf(resource: Json): string | undefined {
  for (const identifier of objects(resource.identifier)) {
    const value = lineOf(identifier.value, 40) ?? ''
    if (/^\d{11}$/.test(value) && (identifier.system === RPPS || codeIn(identifier.type, IDENTIFIER_TYPES) === 'RPPS'))
      return value
    if (identifier.system === ID_NAT_PS && /^8\d{11}$/.test(value)) return value.slice(1)
  }
  return undefined
}

export interface PersonName {
  readonly family: string | undefined
  readonly given: readonly string[]
  /** what it says as one text where its parts are missing */
  readonly text: string | undefined
}

/** @param uses in the order in which they are wanted; any other comes last, old ones never */
export function nameOf(resource: Json, uses: readonly string[] = ['official', 'usual']): PersonName {
  const names = objects(resource.name).filter(({ use }) => use !== 'old')
  const rank = ({ use }: Json) => {
    const at = uses.indexOf(String(use))
    return at === -1 ? uses.length : at
  }
  const [name = {}] = names.toSorted((one, other) => rank(one) - rank(other))
  const text = lineOf(name.text, 200) ?? (typeof resource.name === 'string' ? lineOf(resource.name, 200) : undefined)
  return { family: lineOf(name.family, 100), given: lines(name.given ?? [], 100), text }
}

const TELEPHONE = /^\+?[\d ()./-]{4,30}$/
const TELEPHONE_USES: Readonly<Record<string, string>> = { mobile: 'mobile', home: 'home', work: 'work' }
const TELEPHONE_SYSTEMS = ['phone', 'sms', 'fax', 'pager']
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/

/** Telephones and mailboxes; what does not read as one is told by the caller's remark. */
export function reachOf(telecom: unknown, say: (code: 'telephone-wrong' | 'email-wrong', column: string) => void) {
  const telephones: object[] = []
  const emails: object[] = []
  for (const point of objects(telecom)) {
    const value = lineOf(point.value, 200)
    if (value === undefined || point.use === 'old') continue
    const note = lineOf(extensionOf(point, CONTACT_COMMENT)?.valueString, 200)
    if (point.system === 'email') {
      if (EMAIL.test(value)) emails.push(clean({ address: value, isSecure: isSecure(value) || undefined, note }))
      else say('email-wrong', 'telecom')
    } else if (TELEPHONE_SYSTEMS.includes(String(point.system ?? 'phone'))) {
      const use = TELEPHONE_USES[String(point.use)]
      const words = point.system === 'fax' ? (note ?? 'Télécopie') : note
      const number = value.replace(/^tel:/, '')
      if (TELEPHONE.test(number)) telephones.push(clean({ number, use, note: words }))
      else say('telephone-wrong', 'telecom')
    }
  }
  return { telephones: telephones.slice(0, 20), emails: emails.slice(0, 20) }
}

/** A mailbox of MSSanté. */
function isSecure(address: string): boolean {
  return /[@.]mssante\.fr$/i.test(address)
}

const ADDRESS_USES: Readonly<Record<string, string>> = { home: 'home', temp: 'temporary', billing: 'billing', work: 'work' }
/** Three letters where two are expected: those of whom a French practice has patients. */
const COUNTRIES: Readonly<Record<string, string>> = {
  ...{ FRA: 'FR', BEL: 'BE', CHE: 'CH', LUX: 'LU', DEU: 'DE', ESP: 'ES', ITA: 'IT', PRT: 'PT', GBR: 'GB', MCO: 'MC', NLD: 'NL' },
  ...{ DZA: 'DZ', MAR: 'MA', TUN: 'TN', USA: 'US', CAN: 'CA', AND: 'AD', POL: 'PL', ROU: 'RO', IRL: 'IE', FRANCE: 'FR' },
}

export function addressesOf(addresses: unknown): object[] {
  return objects(addresses)
    .filter(({ use }) => use !== 'old')
    .slice(0, 20)
    .map(addressOf)
    .filter((address) => Object.keys(address).some((name) => name !== 'use' && name !== 'lines') || address.lines.length > 0)
}

function addressOf(address: Json) {
  const { country, isKnown } = countryOf(address.country)
  const written = lines(address.line ?? [], 200)
  const all = written.length > 0 ? written : lines(address.text ?? [], 200)
  return clean({
    lines: [...all, ...(isKnown ? [] : lines(address.country, 200))].slice(0, 6),
    postalCode: lineOf(address.postalCode, 20),
    town: lineOf(address.city, 100),
    country,
    use: ADDRESS_USES[String(address.use)],
  })
}

function countryOf(country: unknown) {
  const word = (lineOf(country, 100) ?? '').toUpperCase()
  const code = /^[A-Z]{2}$/.test(word) ? word : COUNTRIES[word]
  return { country: code, isKnown: code !== undefined || word === '' }
}

/** The first of some references that leads to a practitioner elsewhere. */
export function doctorOf(practitioner: Json) {
  const { family, given, text } = nameOf(practitioner)
  const [qualification] = objects(practitioner.qualification)
  return {
    familyName: family ?? text,
    givenName: given[0],
    rpps: rppsOf(practitioner),
    speciality: lineOf(object(object(qualification).code).text, 100),
  }
}
