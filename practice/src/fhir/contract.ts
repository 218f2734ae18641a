/**
 * FHIR R4, for reading by programs: `application/fhir+json`, errors as OperationOutcome. A search parameter that is not known is refused
 * rather than passed over, and an answer is whole or an error: nothing is cut without a word.
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'

/** FHIR's `id` */
const id = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/)
const type = z.string().regex(/^[A-Z][A-Za-z]{2,40}$/)
const format = {
  _format: z.enum(['json', 'application/json', 'application/fhir+json', 'application/fhir json']).optional(),
  _pretty: z.enum(['true', 'false']).optional(),
}

const fhirJson = { gives: ['application/fhir+json'] } as const

export const getCapabilities = endpoint({
  method: 'GET',
  path: '/fhir/R4/metadata',
  summary: 'What this FHIR door offers: a CapabilityStatement.',
  permission: 'none',
  wire: fhirJson,
  query: z.strictObject(format),
})

export const searchPatients = endpoint({
  method: 'GET',
  path: '/fhir/R4/Patient',
  summary:
    'Patients by `identifier` (`system|value`: INS, file number), `name`, `family`, `given`, `birthdate`; one of them at least.',
  permission: 'fhir.read',
  wire: fhirJson,
  journal: 'patients.searched',
  query: z.strictObject({
    identifier: z.string().min(1).max(200).optional(),
    name: z.string().trim().min(1).max(200).optional(),
    family: z.string().trim().min(1).max(200).optional(),
    given: z.string().trim().min(1).max(200).optional(),
    /** a day, a month, a year */
    birthdate: z
      .string()
      .regex(/^(eq)?\d{4}(-\d\d(-\d\d)?)?$/)
      .optional(),
    _count: z.coerce.number().int().min(1).max(200).default(50),
    /** where the page before ended: from its link `next` */
    _cursor: z.string().max(2_000).optional(),
    ...format,
  }),
})

export const readPatientResource = endpoint({
  method: 'GET',
  path: '/fhir/R4/Patient/:id',
  summary: 'A patient.',
  permission: 'fhir.read',
  wire: fhirJson,
  journal: 'record.read',
  params: z.object({ id }),
  query: z.strictObject(format),
})

export const getEverything = endpoint({
  method: 'GET',
  path: '/fhir/R4/Patient/:id/$everything',
  summary: 'A whole record, as far as the caller may read it: one Bundle, counted before it is sent, and never cut.',
  permission: 'fhir.read',
  wire: fhirJson,
  journal: 'record.exported',
  params: z.object({ id }),
  query: z.strictObject({
    /** only what has changed since: an instant */
    _since: z.iso.datetime({ offset: true }).optional(),
    /** only these types, with commas */
    _type: z.string().max(1_000).optional(),
    ...format,
  }),
})

export const readBinary = endpoint({
  method: 'GET',
  path: '/fhir/R4/Binary/:id',
  summary: 'The bytes of a document, in their own type; the id is that of its DocumentReference.',
  permission: 'fhir.read',
  wire: { gives: ['*/*'] },
  journal: 'document.read',
  params: z.object({ id }),
  query: z.strictObject(format),
})

export const searchByPatient = endpoint({
  method: 'GET',
  path: '/fhir/R4/:type',
  summary: 'All resources of a type in one record: `patient=` its id.',
  permission: 'fhir.read',
  wire: fhirJson,
  journal: 'record.read',
  params: z.object({ type }),
  query: z.strictObject({ patient: z.string().regex(/^(Patient\/)?[A-Za-z0-9\-.]{1,64}$/), ...format }),
})

export const readResource = endpoint({
  method: 'GET',
  path: '/fhir/R4/:type/:id',
  summary: 'One resource, as it is now.',
  permission: 'fhir.read',
  wire: fhirJson,
  journal: 'record.read',
  params: z.object({ type, id }),
  query: z.strictObject(format),
})

export const readHistory = endpoint({
  method: 'GET',
  path: '/fhir/R4/:type/:id/_history',
  summary: 'Every version of a resource, newest first.',
  permission: 'fhir.read',
  wire: fhirJson,
  journal: 'record.read',
  params: z.object({ type, id }),
  query: z.strictObject(format),
})

export const readVersion = endpoint({
  method: 'GET',
  path: '/fhir/R4/:type/:id/_history/:version',
  summary: 'One version of a resource.',
  permission: 'fhir.read',
  wire: fhirJson,
  journal: 'record.read',
  params: z.object({ type, id, version: z.string().regex(/^\d{1,9}$/) }),
  query: z.strictObject(format),
})
