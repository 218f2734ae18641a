/** What this door offers, no more. */
import { PRACTICE_TYPES, RECORD_TYPES } from './map/index.ts'

/** When what stands here last changed. */
const DATE = '2026-11-26'

export function capabilityStatement(version: string, base: string): object {
  const types: readonly string[] = [...RECORD_TYPES, ...PRACTICE_TYPES].toSorted()
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: DATE,
    kind: 'instance',
    software: { name: 'Couronne', version },
    implementation: { description: 'Dossiers patients du cabinet, en lecture', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        security: { description: 'Authorization: Bearer, with a token that a practitioner makes for the program.' },
        resource: [...types.map(resourceOf), { type: 'Binary', interaction: interactions('read') }],
      },
    ],
  }
}

function resourceOf(type: string): object {
  if (type === 'Patient')
    return {
      type,
      interaction: interactions('read', 'vread', 'history-instance', 'search-type'),
      versioning: 'versioned',
      searchParam: [
        { name: 'identifier', type: 'token' },
        ...['name', 'family', 'given'].map((name) => ({ name, type: 'string' })),
        { name: 'birthdate', type: 'date' },
      ],
      operation: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }],
    }
  if ((PRACTICE_TYPES as readonly string[]).includes(type)) return { type, interaction: interactions('read') }
  return {
    type,
    interaction: interactions('read', 'vread', 'history-instance', 'search-type'),
    versioning: 'versioned',
    searchParam: [{ name: 'patient', type: 'reference' }],
  }
}

function interactions(...codes: readonly string[]): object[] {
  return codes.map((code) => ({ code }))
}
