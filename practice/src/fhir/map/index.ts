/** Each kind of entry, as resources of FHIR R4. Pure: the same entry in the same surroundings gives the same resources, in the same order. */
import type { Entry, EntryKind } from '#patients'
import { type Reference, type Resource, type Surroundings, tidy } from '../parts.ts'
import {
  mapAppointment,
  mapCareLink,
  mapClaim,
  mapConsent,
  mapCorrespondence,
  mapQuote,
  mapReferringDoctor,
  mapRelatedPerson,
  mapStewardship,
} from './administrative.ts'
import { mapAlert } from './alert.ts'
import { mapDevice, mapObservation, mapPrescription, mapProcedure, mapQuestionnaire } from './care.ts'
import { mapDocument } from './document.ts'
import { mapIdentity } from './identity.ts'
import { mapImagingStudy } from './imaging-study.ts'
import { provenanceOf } from './provenance.ts'

/**
 * The resources of an entry; the first has the entry's id (a patient's identity: the patient's), the others go on from it (`id.1`, `id.use`), the
 * last is the provenance of this version. Empty: a personal note, or a body that was lawfully destroyed.
 *
 * @param doctors of an identity: the patient's médecin traitant
 */
export function mapEntry(entry: Entry, around: Surroundings, doctors: readonly Reference[] = []): Resource[] {
  const resources = bare(entry, around, doctors).map(tidy)
  return resources.length === 0 ? [] : [...resources, tidy(provenanceOf(entry, resources, around))]
}

function bare(entry: Entry, around: Surroundings, doctors: readonly Reference[]): Resource[] {
  switch (entry.kind) {
    case 'identity':
      return entry.body === null ? [] : [mapIdentity(entry, entry.body, around, doctors)]
    case 'relatedPerson':
      return entry.body === null ? [] : [mapRelatedPerson(entry, entry.body, around)]
    case 'referringDoctor':
      return entry.body === null ? [] : mapReferringDoctor(entry, entry.body, around)
    case 'alert':
      return entry.body === null ? [] : [mapAlert(entry, entry.body, around)]
    case 'procedure':
      return entry.body === null ? [] : mapProcedure(entry, entry.body, around)
    case 'observation':
      return entry.body === null ? [] : present(mapObservation(entry, entry.body, around))
    case 'questionnaire':
      return entry.body === null ? [] : [mapQuestionnaire(entry, entry.body, around)]
    case 'prescription':
      return entry.body === null ? [] : mapPrescription(entry, entry.body, around)
    case 'consent':
      return entry.body === null ? [] : [mapConsent(entry, entry.body, around)]
    case 'quote':
      return entry.body === null ? [] : mapQuote(entry, entry.body, around)
    case 'correspondence':
      return entry.body === null ? [] : [mapCorrespondence(entry, entry.body, around)]
    case 'device':
      return entry.body === null ? [] : mapDevice(entry, entry.body, around)
    case 'appointment':
      return entry.body === null ? [] : [mapAppointment(entry, entry.body, around)]
    case 'claim':
      return entry.body === null ? [] : [mapClaim(entry, entry.body, around)]
    case 'document':
      return entry.body === null ? [] : present(mapDocument(entry, entry.body, around))
    case 'imagingStudy':
      return entry.body === null ? [] : [mapImagingStudy(entry, entry.body, around)]
    case 'stewardship':
      return entry.body === null ? [] : [mapStewardship(entry, entry.body, around)]
    case 'careLink':
      return entry.body === null ? [] : [mapCareLink(entry, entry.body, around)]
  }
}

function present(resource: Resource | undefined): Resource[] {
  return resource === undefined ? [] : [resource]
}

/** Of which type the resource is that stands for an entry. @param code of the row of an alert or a prescription: the category */
export function firstType(kind: EntryKind, code: string | undefined): string {
  switch (kind) {
    case 'alert':
      return code === 'allergy'
        ? 'AllergyIntolerance'
        : code === 'anticoagulant' || code === 'medication'
          ? 'MedicationStatement'
          : 'Condition'
    case 'prescription':
      return code === 'medicines' || code === 'products' ? 'MedicationRequest' : 'ServiceRequest'
    default:
      return FIRST_TYPES[kind]
  }
}

const FIRST_TYPES: Readonly<Record<Exclude<EntryKind, 'alert' | 'prescription'>, string>> = {
  identity: 'Patient',
  relatedPerson: 'RelatedPerson',
  referringDoctor: 'Practitioner',
  procedure: 'Procedure',
  observation: 'Observation',
  questionnaire: 'QuestionnaireResponse',
  consent: 'Consent',
  quote: 'CarePlan',
  correspondence: 'Communication',
  device: 'Device',
  appointment: 'Appointment',
  claim: 'Flag',
  document: 'DocumentReference',
  imagingStudy: 'ImagingStudy',
  stewardship: 'EpisodeOfCare',
  careLink: 'CareTeam',
}

/** Types of which a record has resources; those of the practice itself (Organization, PractitionerRole) go with it. */
export const RECORD_TYPES = [
  'AllergyIntolerance',
  'Appointment',
  'CarePlan',
  'CareTeam',
  'ChargeItem',
  'Communication',
  'Condition',
  'Consent',
  'Device',
  'DeviceUseStatement',
  'DocumentReference',
  'EpisodeOfCare',
  'Flag',
  'ImagingStudy',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Patient',
  'Practitioner',
  'Procedure',
  'Provenance',
  'QuestionnaireResponse',
  'RelatedPerson',
  'ServiceRequest',
] as const
export const PRACTICE_TYPES = ['Organization', 'PractitionerRole'] as const
