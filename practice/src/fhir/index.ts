/**
 * The FHIR door: records as HL7 FHIR R4 (FR Core where it has a profile), for reading by programs with a token. A record goes out whole and
 * counted, as far as its reader may see it; nothing is written here, and no personal note leaves.
 */
export { mapEntry, PRACTICE_TYPES, RECORD_TYPES } from './map/index.ts'
export { mapPractice, mapPractitioner } from './map/practice.ts'
export { fhirProblems } from './outcome.ts'
export type { Resource, StoredFile, Surroundings } from './parts.ts'
export { makeFhirRoutes } from './routes.ts'
