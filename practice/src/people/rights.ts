/**
 * Who may do what, on one page: each role has the least that its work needs. Pure data, for the server, the web pages and the tests.
 *
 * The two kinds of permission are two types, and the IT provider's list only takes the second: a patient's data cannot be given to that
 * role by a slip of the pen. Which kind a route is of stands in its contract.
 */

/** Whoever holds one of these meets patients' names or care. */
export const PATIENT_PERMISSIONS = [
  /** find patients; see identity, contacts, alerts, appointments, quotes, correspondence, consents */
  'patients.read',
  'patients.write',
  /** see procedures, observations, questionnaires, prescriptions, devices, claims */
  'care.read',
  'care.write',
  'documents.read',
  'documents.write',
  /** open what one's role, or a limit put on the record, keeps closed; the owner is told */
  'records.break-glass',
  /** put a limit on a record, and lift it */
  'records.limit',
  /** who has looked at which patient */
  'journal.patients',
  /** the FHIR door: whole records, by machine */
  'fhir.read',
  /** bring in what other programs kept: see rows as they stand there, decide, run */
  'imports',
] as const

/** No patient appears in what these open. */
export const OTHER_PERMISSIONS = [
  /** one's own account, sessions, second factors */
  'self',
  'practice.read',
  'practice.write',
  'people.read',
  'people.write',
  /** the journal without patients: sign-ins, settings, verification */
  'journal.read',
  'journal.export',
  /** versions, health, keys' slots, certificates */
  'system.read',
  'system.write',
] as const

export type PatientPermission = (typeof PATIENT_PERMISSIONS)[number]
export type OtherPermission = (typeof OTHER_PERMISSIONS)[number]
export type Permission = PatientPermission | OtherPermission

export const ROLES = ['owner', 'practitioner', 'assistant', 'it-provider', 'data-protection-officer', 'auditor'] as const
export type Role = (typeof ROLES)[number]

const IT_PROVIDER: readonly OtherPermission[] = [
  'self',
  'practice.read',
  'people.read',
  'journal.read',
  'system.read',
  'system.write',
]

// biome-ignore format: a table is read by columns
export const RIGHTS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: [...PATIENT_PERMISSIONS, ...OTHER_PERMISSIONS],
  practitioner: [
    'patients.read', 'patients.write', 'care.read', 'care.write', 'documents.read', 'documents.write',
    'records.break-glass', 'records.limit', 'fhir.read', 'self', 'practice.read', 'people.read',
  ],
  assistant: [
    'patients.read', 'patients.write', 'documents.read', 'documents.write', 'records.break-glass', 'self', 'practice.read', 'people.read',
  ],
  'it-provider': IT_PROVIDER,
  'data-protection-officer': ['journal.patients', 'journal.read', 'journal.export', 'self', 'practice.read', 'people.read', 'system.read'],
  auditor: ['journal.read', 'self', 'practice.read', 'people.read', 'system.read'],
}

/** Whether a role has a permission. */
export function may(role: Role, permission: Permission): boolean {
  return RIGHTS[role].includes(permission)
}

const patientPermissions: ReadonlySet<string> = new Set(PATIENT_PERMISSIONS)

/** Whether a permission opens patients' data. */
export function concernsPatients(permission: Permission): permission is PatientPermission {
  return patientPermissions.has(permission)
}
