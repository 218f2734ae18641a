/**
 * Patients and their records. Every look is written to the journal: with the kinds that were read, or for lists of patients with whom they showed.
 *
 * Dates are days (`2026-03-12`), or a month or a year where no more is known. A text that nobody may see is not sent rather than hidden by
 * the page. What a role keeps closed, or a limit put on a record, answers `break-glass-needed`.
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { line, questionSchema } from '#text'
import { correctionSchema, entrySchema, newEntrySchema, versionSchema, withdrawalSchema } from './entry-contract.ts'
import { INS_DOUBTS } from './ins.ts'
import { ALERT_CATEGORIES } from './kinds/alert.ts'
import { appointmentSchema } from './kinds/appointment.ts'
import { identitySchema, newIdentitySchema, SEXES } from './kinds/identity.ts'
import { ENTRY_KINDS } from './kinds/index.ts'
import { idSchema } from './kinds/parts.ts'
import { STEWARDSHIP_BASES, stewardSchema } from './kinds/stewardship.ts'

export * from './ccam.ts'
export * from './document-types.ts'
export * from './entry-contract.ts'
export * from './fdi.ts'
export * from './ins.ts'
export * from './kinds/alert.ts'
export * from './kinds/appointment.ts'
export * from './kinds/care-link.ts'
export * from './kinds/claim.ts'
export * from './kinds/consent.ts'
export * from './kinds/correspondence.ts'
export * from './kinds/device.ts'
export * from './kinds/document.ts'
export * from './kinds/identity.ts'
export * from './kinds/imaging-study.ts'
export * from './kinds/index.ts'
export { ENTRY_CLASSES, type EntryClass } from './kinds/kind.ts'
export * from './kinds/observation.ts'
export { idSchema } from './kinds/parts.ts'
export * from './kinds/prescription.ts'
export * from './kinds/procedure.ts'
export * from './kinds/questionnaire.ts'
export * from './kinds/quote.ts'
export * from './kinds/referring-doctor.ts'
export * from './kinds/related-person.ts'
export * from './kinds/stewardship.ts'
export * from './lists.ts'
export * from './paper-kinds.ts'
export * from './readers-contract.ts'
export * from './steward-at.ts'

const id = idSchema
const patientParams = z.object({ patientId: id })
const entryParams = z.object({ patientId: id, entryId: id })
const pageMembers = { cursor: z.string().max(2_000).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }
const instant = z.iso.datetime()
/** Why: read by the owner and by whoever examines the record; ten characters at least keep `x` out. */
const reasonSchema = line(500).min(10)

// Patients

const stewardChoiceSchema = z.strictObject({ steward: stewardSchema, basis: z.enum(STEWARDSHIP_BASES) })
/** Whose a new patient is; null: nobody says yet. */
export type StewardChoice = z.output<typeof stewardChoiceSchema> | null

/** A line of the list: enough to know a patient from their namesakes. */
export const patientLineSchema = z
  .object({
    id,
    fileNumber: z.string(),
    birthName: z.string(),
    usedName: z.string().optional(),
    givenNames: z.array(z.string()),
    usedGivenName: z.string().optional(),
    sex: z.enum(SEXES),
    bornOn: z.string().optional(),
    diedOn: z.string().optional(),
    /** absent where the record is limited to others */
    telephone: z.string().optional(),
    /** only some accounts may open it */
    isLimited: z.boolean(),
  })
  .meta({ id: 'PatientLine' })
export type PatientLine = z.output<typeof patientLineSchema>

/** Three states: `not-recorded` says that nobody has asked, or nobody wrote it down. */
export const alertStateSchema = z
  .object({
    category: z.enum(ALERT_CATEGORIES),
    state: z.enum(['present', 'absent', 'not-recorded']),
    /** the current entries of the category, newest first */
    entryIds: z.array(z.string()),
    /** what is present, or what alone is said to be absent */
    labels: z.array(z.string()),
    /** since when all of it has been verified: the day of the one longest ago, recorded or asked again; absent: not known of one at least */
    checkedOn: z.string().optional(),
  })
  .meta({ id: 'AlertState' })

export const recordAccessSchema = z
  .object({
    /** what of the record the caller may read, and write */
    reads: z.array(z.enum(['administrative', 'care', 'documents'])),
    writes: z.array(z.enum(['administrative', 'care', 'documents'])),
    isLimited: z.boolean(),
    /** the glass is broken until then */
    glassEndsAt: instant.optional(),
    mayBreakGlass: z.boolean(),
  })
  .meta({ id: 'RecordAccess' })

/** A record that somebody has joined to another: both are shown as one, and stay as they were written. */
export const joinedRecordSchema = z
  .object({
    linkId: id,
    /** the record as it was: an old file number, another name */
    patient: patientLineSchema,
    /** to which it was joined: this one, or one that was joined to this one itself */
    keptId: id,
    joinedAt: instant,
    joinedBy: z.object({ id: z.string(), name: z.string().optional() }),
    reason: z.string(),
  })
  .meta({ id: 'JoinedRecord' })

export const patientSchema = z
  .object({
    id,
    createdAt: instant,
    identity: z.object({
      entryId: id,
      version: z.int(),
      changedAt: instant,
      body: identitySchema,
      /** in what the INS does not fit the other traits: somebody should look again */
      insDoubts: z.array(z.enum(INS_DOUBTS)),
    }),
    alerts: z.array(alertStateSchema),
    /** today's; absent: not recorded */
    stewardship: z.object({ entryId: id, steward: stewardSchema, from: z.string() }).optional(),
    /** current entries that the caller may read */
    counts: z.partialRecord(z.enum(ENTRY_KINDS), z.int()),
    /** records of the same person that are shown within this one: mostly none */
    joined: z.array(joinedRecordSchema),
    access: recordAccessSchema,
  })
  .meta({ id: 'Patient' })
export type Patient = z.output<typeof patientSchema>

export const listPatients = endpoint({
  method: 'GET',
  path: '/api/patients',
  summary: 'Patients in the order of their names; with `query`, those found by it, best first: 100 at most, and no further page.',
  permission: 'patients.read',
  journal: 'patients.searched',
  query: z.object({ query: questionSchema.optional(), ...pageMembers }),
  reply: z.object({
    patients: z.array(patientLineSchema),
    next: z.string().optional(),
    /** of a search: false when there may be others, which a longer question would tell apart */
    isAll: z.boolean().optional(),
  }),
})

export const createPatientEndpoint = endpoint({
  method: 'POST',
  path: '/api/patients',
  summary:
    'Opens a record. Without a file number the next free one is given; without `stewardship` the patient is whose the practice’s form and the caller’s contract say.',
  permission: 'patients.write',
  journal: 'patient.created',
  body: z.strictObject({
    identity: newIdentitySchema,
    /** whose patient, from today on; null: nobody says yet */
    stewardship: stewardChoiceSchema.nullable().optional(),
  }),
  reply: z.object({ id, fileNumber: z.string() }),
  status: 201,
})

export const listStewardProposals = endpoint({
  method: 'GET',
  path: '/api/stewards',
  summary:
    'Whose a new patient may be: as the practice’s legal form and the contracts of today say; the first is what they get by itself.',
  permission: 'practice.read',
  reply: z.object({ first: stewardChoiceSchema.optional(), all: z.array(stewardChoiceSchema) }),
})

export const getPatient = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId',
  summary: 'Identity, alerts in their three states, whose patient it is today, how much there is, and what the caller may open.',
  permission: 'patients.read',
  journal: 'record.read',
  params: patientParams,
  reply: patientSchema,
})

export const getPaper = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/entries/:entryId/paper',
  summary:
    'A prescription, quote, consent or letter as it goes on paper, with whom it is about: counts as an export of the entry.',
  permission: 'patients.read',
  journal: 'record.exported',
  params: entryParams,
  reply: z.object({
    identity: identitySchema,
    entry: entrySchema,
    /** of a consent: who decided for the patient */
    representative: z.object({ name: z.string() }).optional(),
  }),
})

const entriesSchema = z.object({ entries: z.array(entrySchema), next: z.string().optional() })

export const listEntries = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/entries',
  summary: 'Current entries of one kind, or of all, newest day first.',
  permission: 'patients.read',
  journal: 'record.read',
  params: patientParams,
  query: z.object({
    kind: z.enum(ENTRY_KINDS).optional(),
    /** withdrawn ones too */
    withdrawn: z.enum(['true', 'false']).default('false'),
    ...pageMembers,
  }),
  reply: entriesSchema,
})

export const addPatientEntry = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/entries',
  summary: 'Adds an entry to the record.',
  permission: 'patients.write',
  journal: 'record.changed',
  params: patientParams,
  body: newEntrySchema,
  reply: z.object({ id, version: z.int() }),
  status: 201,
})

export const getEntry = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/entries/:entryId',
  summary: 'One entry, as it is now.',
  permission: 'patients.read',
  journal: 'record.read',
  params: entryParams,
  reply: entrySchema,
})

export const correctPatientEntry = endpoint({
  method: 'PUT',
  path: '/api/patients/:patientId/entries/:entryId',
  summary: 'Corrects an entry: a new version beside the old one. `conflict` when somebody else was quicker.',
  permission: 'patients.write',
  journal: 'record.corrected',
  params: entryParams,
  body: correctionSchema,
  reply: z.object({ id, version: z.int() }),
})

export const withdrawPatientEntry = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/entries/:entryId/withdraw',
  summary: 'Takes an entry out of the record as it is shown; it stays among the versions with the reason.',
  permission: 'patients.write',
  journal: 'record.withdrawn',
  params: entryParams,
  body: withdrawalSchema,
  reply: z.object({ id, version: z.int() }),
})

export const restorePatientEntry = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/entries/:entryId/restore',
  summary: 'Brings a withdrawn entry back as it was: a new version, with the reason.',
  permission: 'patients.write',
  journal: 'record.restored',
  params: entryParams,
  body: withdrawalSchema,
  reply: z.object({ id, version: z.int() }),
})

export const listVersions = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/entries/:entryId/versions',
  summary: 'Every version of an entry, newest first: who, when, why, what it said.',
  permission: 'patients.read',
  journal: 'record.read',
  params: entryParams,
  reply: z.object({ kind: z.enum(ENTRY_KINDS), versions: z.array(versionSchema) }),
})

export const getTimeline = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/timeline',
  summary: 'Everything that the caller may read, by its day, newest first.',
  permission: 'patients.read',
  journal: 'record.read',
  params: patientParams,
  query: z.object({ ...pageMembers }),
  reply: entriesSchema,
})

// Teeth

const chartItemSchema = z.object({
  entryId: id,
  kind: z.enum(['procedure', 'observation', 'device']),
  on: z.string().optional(),
  /** planned: not there yet */
  state: z.enum(['planned', 'there', 'removed']),
  /** what it is, in the words of `TOOTH_STATES`; absent: an act that leaves no mark */
  mark: z.string().optional(),
  /** of the act or device */
  code: z.string().optional(),
  label: z.string(),
  surfaces: z.array(z.string()),
})

export const chartSchema = z
  .object({
    /** only teeth of which something is recorded, in the order of `TEETH` */
    teeth: z.array(
      z.object({
        fdi: z.string(),
        /** not-recorded: nothing says that it is there, nor that it is gone */
        presence: z.enum(['present', 'missing', 'implant', 'not-recorded']),
        /** newest first */
        items: z.array(chartItemSchema),
      }),
    ),
    /** what is about an arch, a sextant, a quadrant */
    areas: z.array(z.object({ area: z.string(), items: z.array(chartItemSchema) })),
  })
  .meta({ id: 'Chart' })
export type Chart = z.output<typeof chartSchema>
export type ChartItem = z.output<typeof chartItemSchema>

export const getChart = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/chart',
  summary: 'The odontogram: what is recorded of each tooth, drawn from procedures, observations and devices.',
  // Care, which broken glass opens to a role that has not `care.read`: the access to the record decides.
  permission: 'patients.read',
  journal: 'record.read',
  params: patientParams,
  reply: chartSchema,
})

// Who may, and who has

export const breakGlassEndpoint = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/break-glass',
  summary: 'Opens for an hour what the role or a limit keeps closed, for a reason that the owner is told.',
  permission: 'records.break-glass',
  journal: 'glass.broken',
  params: patientParams,
  body: z.strictObject({ reason: reasonSchema }),
  reply: z.object({ endsAt: instant }),
  status: 201,
})

export const getLimit = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/limit',
  summary: 'Who alone may open the record, if it is limited.',
  permission: 'records.limit',
  journal: 'record.read',
  params: patientParams,
  reply: z.object({
    limit: z.object({ accountIds: z.array(z.string()), reason: z.string(), setAt: instant, setBy: z.string() }).optional(),
  }),
})

export const limitRecord = endpoint({
  method: 'PUT',
  path: '/api/patients/:patientId/limit',
  summary: 'Only these accounts may open the record from now on; others have to break the glass.',
  permission: 'records.limit',
  journal: 'record.limited',
  params: patientParams,
  body: z.strictObject({ accountIds: z.array(id).min(1).max(100), reason: reasonSchema }),
})

export const liftLimit = endpoint({
  method: 'DELETE',
  path: '/api/patients/:patientId/limit',
  summary: 'Lifts the limit.',
  permission: 'records.limit',
  journal: 'record.unlimited',
  params: patientParams,
})

export const verifyRecordEndpoint = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/verify',
  summary: 'Computes every hash of the record anew and says whether each version is as it was written.',
  permission: 'patients.read',
  journal: 'record.read',
  params: patientParams,
  reply: z.object({
    isWhole: z.boolean(),
    entries: z.int(),
    versions: z.int(),
    /** versions whose content was lawfully destroyed: their hashes hold, their text is gone */
    destroyed: z.int(),
    breaks: z.array(
      z.object({
        kind: z.enum(['changed', 'unlinked', 'gap', 'newest', 'journal', 'batch']),
        entryId: z.string(),
        version: z.int(),
      }),
    ),
  }),
})

// Appointments

export const listAppointments = endpoint({
  method: 'GET',
  path: '/api/appointments',
  summary: 'Appointments from a day to a day, both included, in their order. A record limited to others shows as a taken time.',
  permission: 'patients.read',
  journal: 'patients.searched',
  query: z
    .object({ from: z.iso.date(), to: z.iso.date(), practitionerId: id.optional() })
    .refine(({ from, to }) => from <= to && daysBetween(from, to) <= 62, {
      error: 'at most 62 days, the first before the last',
      path: ['to'],
    }),
  reply: z.object({
    appointments: z.array(
      z.object({
        startsAt: z.string(),
        zone: z.string(),
        minutes: z.int(),
        practitionerId: z.string().optional(),
        state: appointmentSchema.shape.state,
        /** absent where the record is limited to others */
        entry: z
          .object({
            id,
            version: z.int(),
            patient: patientLineSchema,
            reason: z.string().optional(),
            room: z.string().optional(),
          })
          .optional(),
      }),
    ),
  }),
})

const DAY_MS = 86_400_000

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS
}
