/** Each type of resource, and what it becomes. Pure: the same resource among the same neighbours becomes the same. */
import { own } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codeAmong } from './codings.ts'
import { type Json, objects } from './json.ts'
import { mapAllergy, mapCondition, mapMedication } from './map-alerts.ts'
import { mapAppointment, mapEncounter } from './map-appointment.ts'
import { mapCarePlan } from './map-care-plan.ts'
import { mapCommunication } from './map-communication.ts'
import { mapConsent } from './map-consent.ts'
import { mapDevice } from './map-device.ts'
import { mapAttachment, mapDocument, mapImagingStudy, mapReport } from './map-documents.ts'
import { mapFlagOrClaim } from './map-flag.ts'
import { mapObservation } from './map-observation.ts'
import {
  mapCareTeam,
  mapEpisode,
  mapGeneralPractitioner,
  mapPatient,
  mapRelatedPerson,
  type PatientSettings,
} from './map-patient.ts'
import { mapProcedure } from './map-procedure.ts'
import { mapQuestionnaire } from './map-questionnaire.ts'
import { groupOf, mapRequest } from './map-request.ts'
import type { ResourceReader } from './resource-reader.ts'

/** What a resource is here. */
export type Meant =
  | {
      readonly kind: 'content'
      readonly content: MappedContent | undefined
      readonly patient: unknown
      readonly joined?: readonly Json[]
    }
  /** it is read with what it completes: a practitioner, the charge of an act */
  | { readonly kind: 'context' }
  /** nothing that a record takes */
  | { readonly kind: 'unknown' }

type Mapper = (reader: ResourceReader) => MappedContent | undefined

const SUBJECTS: Readonly<Record<string, Mapper>> = {
  Procedure: mapProcedure,
  Observation: mapObservation,
  QuestionnaireResponse: mapQuestionnaire,
  Condition: mapCondition,
  MedicationStatement: mapMedication,
  Communication: mapCommunication,
  CarePlan: mapCarePlan,
  Flag: mapFlagOrClaim,
  ImagingStudy: mapImagingStudy,
  Encounter: mapEncounter,
  CareTeam: mapCareTeam,
  DocumentReference: mapDocument,
  DiagnosticReport: mapReport,
}
const PATIENTS: Readonly<Record<string, Mapper>> = {
  AllergyIntolerance: mapAllergy,
  Consent: mapConsent,
  RelatedPerson: mapRelatedPerson,
  EpisodeOfCare: mapEpisode,
  'Patient.contact': mapRelatedPerson,
  'Patient.generalPractitioner': mapGeneralPractitioner,
}
/** They say who, where and when of others. */
const CONTEXT = new Set(['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication', 'Provenance', 'Endpoint'])

export function meaningOf(reader: ResourceReader, settings: PatientSettings): Meant {
  const { resource, around } = reader
  const type = String(resource.resourceType)
  if (type === 'Patient') return { kind: 'content', content: mapPatient(reader, settings), patient: undefined }
  if (CONTEXT.has(type) || completes(reader)) return { kind: 'context' }
  const bySubject = SUBJECTS[type]
  if (bySubject !== undefined) return { kind: 'content', content: bySubject(reader), patient: resource.subject }
  const byPatient = PATIENTS[type]
  if (byPatient !== undefined) return { kind: 'content', content: byPatient(reader), patient: resource.patient }
  switch (type) {
    case 'Device':
      return { kind: 'content', content: mapDevice(reader), patient: devicePatient(reader) }
    case 'MedicationRequest':
    case 'ServiceRequest': {
      const group = groupOf(resource)
      const all = group === undefined ? [resource] : around.ofGroup(type, group).map((each) => each.resource)
      const [, ...others] = all
      return { kind: 'content', content: mapRequest(reader, all), patient: resource.subject, joined: others }
    }
    case 'Appointment':
      return { kind: 'content', content: mapAppointment(reader), patient: appointmentPatient(reader) }
    default:
      return { kind: 'unknown' }
  }
}

/** Whether another resource of the source is read together with this one, and says all of it. */
function completes(reader: ResourceReader): boolean {
  const { resource, around, key } = reader
  const isThere = (references: unknown, types: readonly string[]) =>
    objects(references).some((reference) => {
      const named = reader.resolve(reference)
      return named?.resource !== undefined && types.includes(named.type)
    })
  switch (resource.resourceType) {
    case 'ChargeItem':
      return isThere(resource.service, ['Procedure']) || isThere(resource.supportingInformation, ['CarePlan'])
    case 'DeviceUseStatement':
      return isThere([resource.device], ['Device'])
    case 'Coverage':
      return isThere([resource.beneficiary], ['Patient'])
    case 'Encounter':
      return isThere(resource.appointment, ['Appointment'])
    case 'Binary':
      return ['DocumentReference', 'DiagnosticReport'].some((type) => around.completing(type, { type: 'Binary', key }).length > 0)
    case 'MedicationRequest':
    case 'ServiceRequest': {
      const group = groupOf(resource)
      const first = group === undefined ? undefined : around.ofGroup(String(resource.resourceType), group)[0]
      return first !== undefined && first.key !== key
    }
    case 'Patient.generalPractitioner':
      return hasTeam(reader)
    default:
      return false
  }
}

/** Our own packages say more of the doctor who treats the patient, with a team of one. */
function hasTeam(reader: ResourceReader): boolean {
  const named = reader.resolve(reader.resource.generalPractitioner)
  const teams = named === undefined ? [] : reader.around.completing('CareTeam', named)
  return teams.some(({ resource }) =>
    objects(resource.participant).some(({ role }) => codeAmong(role, own('doctor-role')) !== undefined),
  )
}

function devicePatient(reader: ResourceReader): unknown {
  const { resource, around, key } = reader
  return resource.patient ?? around.completing('DeviceUseStatement', { type: 'Device', key })[0]?.resource.subject
}

function appointmentPatient(reader: ResourceReader): unknown {
  const actors = objects(reader.resource.participant).map(({ actor }) => actor)
  return actors.find((actor) => reader.resolve(actor)?.type === 'Patient')
}

/** A file of another resource: of one of which more than one is there, or of a consent or a message. */
export function meaningOfAttachment(reader: ResourceReader, at: number): Meant {
  const { resource } = reader
  const { resourceType: type } = resource
  const content =
    type === 'DocumentReference'
      ? mapDocument(reader, at)
      : type === 'DiagnosticReport'
        ? mapReport(reader, at)
        : mapAttachment(reader, at)
  return { kind: 'content', content, patient: resource.subject ?? resource.patient }
}
