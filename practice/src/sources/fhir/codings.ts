/** Codes of resources: codings, concepts, identifiers, extensions. */
import { type Json, lineOf, object, objects } from './json.ts'

export interface Coding {
  /** an OID as a URN, whatever the source wrote */
  readonly system: string
  readonly code: string
  readonly version?: string
  readonly display?: string
}

/** Of a concept, or a coding by itself. */
export function codingsOf(concept: unknown): Coding[] {
  const given = object(concept)
  const codings = given.coding === undefined && given.code !== undefined ? [given] : objects(given.coding)
  return codings.flatMap((coding) => {
    const code = lineOf(coding.code, 100)
    if (code === undefined) return []
    const version = lineOf(coding.version, 50)
    const display = lineOf(coding.display)
    return [
      {
        system: systemOf(coding.system),
        code,
        ...(version === undefined ? {} : { version }),
        ...(display === undefined ? {} : { display }),
      },
    ]
  })
}

function systemOf(system: unknown): string {
  const written = lineOf(system, 200) ?? ''
  return /^[0-2](\.\d+)+$/.test(written) ? `urn:oid:${written}` : written
}

export function codeIn(concept: unknown, system: string): string | undefined {
  return codingsOf(concept).find((coding) => coding.system === system)?.code
}

/** The first code of a system, among several concepts. */
export function codeAmong(concepts: unknown, system: string): string | undefined {
  return objects(concepts)
    .map((concept) => codeIn(concept, system))
    .find((code) => code !== undefined)
}

/** Its own words, those of a coding, a bare code. */
export function wordsOf(concept: unknown): string | undefined {
  const codings = codingsOf(concept)
  const display = codings.find((coding) => coding.display !== undefined)?.display
  return lineOf(object(concept).text) ?? display ?? codings[0]?.code
}

/** The concept as a code of the record: the first coding that has a system. */
export function codedOf(concept: unknown) {
  const coding = codingsOf(concept).find(({ system }) => system !== '')
  if (coding === undefined) return undefined
  const { system, code, version, display } = coding
  return {
    system: system.replace(/^urn:oid:/, ''),
    code,
    ...(version === undefined ? {} : { version }),
    label: display ?? wordsOf(concept) ?? code,
  }
}

export function extensionOf(resource: Json, url: string): Json | undefined {
  return objects(resource.extension).find((extension) => extension.url === url)
}

export function extensionsOf(resource: Json, url: string): Json[] {
  return objects(resource.extension).filter((extension) => extension.url === url)
}
