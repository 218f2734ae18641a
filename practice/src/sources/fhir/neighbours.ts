/** Resources that a resource names, and those that name it. */
import { isObject, type Json, lineOf, object, objects } from './json.ts'
import type { Handle, ParsedShelved, Shelf, Shelved } from './shelf.ts'

export interface Named {
  readonly type: string
  readonly key: string
  /** undefined: it is not in this source; it may have come with an earlier run */
  readonly resource?: Json
}

/** A type and an id at the end of an address, without the version that may follow. */
const ADDRESS = /(?:^|\/)([A-Z][A-Za-z]{1,60})\/([\w.-]{1,100})(?:\/_history\/[^/]*)?$/

export class Neighbours {
  readonly #shelf: Shelf

  constructor(shelf: Shelf) {
    this.#shelf = shelf
  }

  /**
   * @param from the resource in which the reference stands: what is contained in it is named by `#`
   * @returns undefined: it names nothing that can be found
   */
  resolve(reference: unknown, from: Json, expected?: string): Named | undefined {
    if (!isObject(reference)) return undefined
    const written = lineOf(reference.reference, 1_000)
    if (written === undefined) return this.#byIdentifier(expected ?? lineOf(reference.type, 60), reference.identifier)
    if (written.startsWith('#')) return contained(from, written.slice(1))
    if (/^urn:(uuid|oid):/.test(written)) return this.#byUrl(written, expected)
    const [, asked, identifier] = /^([A-Z][A-Za-z]+)\?identifier=([^&]+)$/.exec(written) ?? []
    if (asked !== undefined) return this.#byToken(asked, decoded(identifier ?? ''))
    const [, type = '', key = ''] = ADDRESS.exec(written) ?? []
    if (type === '') return undefined
    const resource = this.#shelf.find(type, key)
    if (resource !== undefined) return { type, key, resource }
    return this.#byUrl(written, undefined) ?? { type, key }
  }

  /** Whether it is the one that others mean, where several say that they are the same. */
  isMeant({ type, key, place }: Shelved): boolean {
    return this.#shelf.placeOf(type, key) === place
  }

  /** Resources of a type that complete one: a charge its act, a use its device. */
  completing(type: string, of: { readonly type: string; readonly key: string }): ParsedShelved[] {
    const names = [`${of.type}/${of.key}`, `urn:uuid:${of.key}`, `urn:oid:${of.key}`]
    const found = names.flatMap((value) => this.#shelf.findByHandle(type, { name: 'of', value }))
    return [...new Map(found.map((each) => [each.place, each])).values()]
  }

  /** Those of a type that belong to one group, in their order. */
  ofGroup(type: string, value: string): ParsedShelved[] {
    return this.#shelf.findByHandle(type, { name: 'group', value })
  }

  #byUrl(url: string, expected: string | undefined): Named | undefined {
    const found = this.#shelf.findByUrl(url)
    if (found !== undefined) return { type: found.type, key: found.key, resource: found.resource }
    return expected === undefined ? undefined : { type: expected, key: url.replace(/^urn:(uuid|oid):/, '') }
  }

  #byIdentifier(type: string | undefined, identifier: unknown): Named | undefined {
    const [token] = tokensOf(identifier)
    return type === undefined || token === undefined ? undefined : this.#byToken(type, token)
  }

  #byToken(type: string, token: string): Named | undefined {
    const [found, other] = this.#shelf.findByHandle(type, { name: 'identifier', value: token })
    // Two who have one number are not told apart by it.
    return found === undefined || other !== undefined ? undefined : { type, key: found.key, resource: found.resource }
  }
}

function contained(from: Json, id: string): Named | undefined {
  const resource = objects(from.contained).find((each) => each.id === id)
  const type = lineOf(resource?.resourceType, 60)
  return resource === undefined || type === undefined ? undefined : { type, key: `#${id}`, resource }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `system|value` of each identifier that has both. */
export function tokensOf(identifiers: unknown): string[] {
  return objects(identifiers).flatMap(({ system, value }) => {
    const [name, number] = [lineOf(system, 200), lineOf(value, 100)]
    return name === undefined || number === undefined ? [] : [`${name}|${number}`]
  })
}

/** What a resource completes, as it names it; whatever of it is no reference is passed over. */
const COMPLETES: Readonly<Record<string, (resource: Json) => readonly unknown[]>> = {
  ChargeItem: ({ service, supportingInformation }) => [...objects(service), ...objects(supportingInformation)],
  DeviceUseStatement: ({ device }) => [device],
  CareTeam: ({ participant }) => objects(participant).map(({ member }) => member),
  DiagnosticReport: ({ imagingStudy, presentedForm }) => [
    ...objects(imagingStudy),
    ...objects(presentedForm).map(({ url }) => ({ reference: url })),
  ],
  Coverage: ({ beneficiary }) => [beneficiary],
  DocumentReference: ({ content }) => objects(content).map(({ attachment }) => ({ reference: object(attachment).url })),
  Procedure: ({ focalDevice }) => objects(focalDevice).map(({ manipulated }) => manipulated),
}

/** Each is read again for whoever asks for it: one that names millions would cost the square of that. */
const HANDLES_MAX = 100

/** By what a resource is found by others. */
export function handlesOf(type: string, resource: Json): Handle[] {
  const completed = (COMPLETES[type]?.(resource) ?? []).flatMap((reference) => {
    const written = lineOf(object(reference).reference, 1_000)
    if (written === undefined || written.startsWith('#')) return []
    const [, name, key] = ADDRESS.exec(written) ?? []
    return [{ name: 'of', value: name === undefined ? written : `${name}/${key}` }]
  })
  const group = tokensOf(resource.groupIdentifier ?? resource.requisition).map((value) => ({ name: 'group', value }))
  const isPerson = type === 'Patient' || type === 'Practitioner' || type === 'PractitionerRole'
  const identifiers = isPerson ? tokensOf(resource.identifier).map((value) => ({ name: 'identifier', value })) : []
  return [...completed, ...group, ...identifiers].slice(0, HANDLES_MAX)
}
