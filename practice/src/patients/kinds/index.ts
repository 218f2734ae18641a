/** All kinds of entries, by the name that stands in the database, in the API and in packages. */
import type { z } from 'zod'
import { alertKind } from './alert.ts'
import { appointmentKind } from './appointment.ts'
import { careLinkKind } from './care-link.ts'
import { claimKind } from './claim.ts'
import { consentKind } from './consent.ts'
import { correspondenceKind } from './correspondence.ts'
import { deviceKind } from './device.ts'
import { documentKind } from './document.ts'
import { identityKind } from './identity.ts'
import { imagingStudyKind } from './imaging-study.ts'
import type { EntryAbout, EntryClass, Kind, Link } from './kind.ts'
import { observationKind } from './observation.ts'
import { prescriptionKind } from './prescription.ts'
import { procedureKind } from './procedure.ts'
import { questionnaireKind } from './questionnaire.ts'
import { quoteKind } from './quote.ts'
import { referringDoctorKind } from './referring-doctor.ts'
import { relatedPersonKind } from './related-person.ts'
import { stewardshipKind } from './stewardship.ts'

export const KINDS = {
  identity: identityKind,
  relatedPerson: relatedPersonKind,
  referringDoctor: referringDoctorKind,
  alert: alertKind,
  procedure: procedureKind,
  observation: observationKind,
  questionnaire: questionnaireKind,
  prescription: prescriptionKind,
  consent: consentKind,
  quote: quoteKind,
  correspondence: correspondenceKind,
  device: deviceKind,
  appointment: appointmentKind,
  claim: claimKind,
  document: documentKind,
  imagingStudy: imagingStudyKind,
  stewardship: stewardshipKind,
  careLink: careLinkKind,
} as const

export type EntryKind = keyof typeof KINDS
export const ENTRY_KINDS = Object.keys(KINDS) as [EntryKind, ...EntryKind[]]

/** What an entry of a kind holds. */
export type BodyOf<K extends EntryKind> = z.output<(typeof KINDS)[K]['schema']>

/** A kind and its body, of any kind. */
export type EntryContent = { [K in EntryKind]: { readonly kind: K; readonly body: BodyOf<K> } }[EntryKind]

export function isEntryKind(text: string): text is EntryKind {
  return Object.hasOwn(KINDS, text)
}

/** The schema of a kind, by its exact type. */
export function schemaOf<K extends EntryKind>(kind: K): (typeof KINDS)[K]['schema'] {
  return KINDS[kind].schema
}

/** A body as its kind's schema has it. @throws {z.ZodError} when it is none of that kind */
export function parseBody<K extends EntryKind>(kind: K, body: unknown): BodyOf<K> {
  return specOf(kind).schema.parse(body) as BodyOf<K>
}

/** What the rest of the room asks of a body, without knowing its kind. */
export interface BodyFacts extends EntryAbout {
  readonly class: EntryClass
  readonly isPersonal: boolean
  readonly links: readonly Link[]
  /** ids of other patients */
  readonly patients: readonly string[]
}

export function bodyFacts<K extends EntryKind>(kind: K, body: BodyOf<K>): BodyFacts {
  const spec = specOf(kind)
  return {
    ...spec.about(body),
    class: spec.classOf?.(body) ?? spec.class,
    isPersonal: spec.isPersonal?.(body) ?? false,
    links: spec.links?.(body) ?? [],
    patients: spec.patients?.(body) ?? [],
  }
}

/** Members of a body that a correction must leave as they are. */
export function fixedMembers(kind: EntryKind): readonly string[] {
  return specOf(kind).fixed ?? []
}

/** Each body meets its own kind's functions: the table is typed by kind, the call is not. */
function specOf(kind: EntryKind): Kind {
  return KINDS[kind] as Kind
}
