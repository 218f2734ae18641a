/** The usual validators of FHIR, for tests: Medplum's with R4's structures, and npm `fhir` as a second opinion. */
import { readFileSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import { indexStructureDefinitionBundle, isResource, validateResource } from '@medplum/core'
import { Fhir } from 'fhir'

interface Structures {
  readonly entry: readonly { readonly resource: { readonly name: string; readonly kind: string; readonly abstract: boolean } }[]
}

let indexed: Structures | undefined

function load(): Structures {
  if (indexed !== undefined) return indexed
  const file = new URL('./vectors/fhir/r4-structures.json.zst', import.meta.url)
  indexed = JSON.parse(zstdDecompressSync(readFileSync(file)).toString()) as Structures
  indexStructureDefinitionBundle(indexed as unknown as Parameters<typeof indexStructureDefinitionBundle>[0])
  return indexed
}

/** The resource types of R4. */
export function structures(): string[] {
  return load()
    .entry.map(({ resource }) => resource)
    .filter(({ kind, abstract }) => kind === 'resource' && !abstract)
    .map(({ name }) => name)
}

/** What the usual validator says against a resource: errors and warnings. Empty: nothing. */
export function usualFindings(resource: unknown): string[] {
  load()
  if (!isResource(resource)) return ['no resource']
  try {
    return validateResource(resource).map(({ expression, details }) => `${expression?.join()}: ${details?.text}`)
  } catch (error) {
    return [(error as Error).message]
  }
}

export function usualValidatorAccepts(resource: unknown): boolean {
  return usualFindings(resource).length === 0
}

let second: Fhir | undefined

/** It takes `allowedBoolean: false` for nothing. */
const MISTAKEN = 'MedicationRequest.substitution.allowed[x]: Missing property'

/** What npm `fhir` says against a resource: it looks at codes, and at no invariant. */
export function secondFindings(resource: unknown): string[] {
  second ??= new Fhir()
  const { messages } = second.validate(resource as object, { errorOnUnexpected: true })
  return messages
    .filter(({ severity }) => severity === 'error')
    .map(({ location, message }) => `${location}: ${message}`)
    .filter((finding) => finding !== MISTAKEN)
}
