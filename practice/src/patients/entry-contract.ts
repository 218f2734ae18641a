/** Entries as they are sent and asked for: one option a kind, so that a page that knows the kind knows the body. */
import { z } from 'zod'
import { line } from '#text'
import { type BodyOf, type EntryKind, schemaOf } from './kinds/index.ts'
import { idSchema } from './kinds/parts.ts'

/** The members that every entry has. */
const entryMembers = {
  id: idSchema,
  /** the patient in whose record it was written, where that was joined to this one; absent: this one */
  writtenIn: idSchema.optional(),
  version: z.int().min(1),
  state: z.enum(['current', 'withdrawn']),
  aboutOn: z.string().optional(),
  practitionerId: z.string().optional(),
  code: z.string().optional(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  /** who made this version */
  recordedBy: z.object({ id: z.string(), name: z.string().optional() }),
  /** why this version corrects or withdraws */
  reason: z.string().optional(),
  /** where it comes from when nobody typed it */
  source: z.string().optional(),
} as const

/** One option a kind. `null`: the body was lawfully destroyed. */
function entryOption<K extends EntryKind>(kind: K) {
  return z.object({ kind: z.literal(kind), ...entryMembers, body: z.nullable(schemaOf(kind)) })
}

export const entrySchema = z
  .discriminatedUnion('kind', [
    entryOption('identity'),
    entryOption('relatedPerson'),
    entryOption('referringDoctor'),
    entryOption('alert'),
    entryOption('procedure'),
    entryOption('observation'),
    entryOption('questionnaire'),
    entryOption('prescription'),
    entryOption('consent'),
    entryOption('quote'),
    entryOption('correspondence'),
    entryOption('device'),
    entryOption('appointment'),
    entryOption('claim'),
    entryOption('document'),
    entryOption('imagingStudy'),
    entryOption('stewardship'),
    entryOption('careLink'),
  ])
  .meta({ id: 'Entry' })
export type Entry = z.output<typeof entrySchema>
export type EntryOf<K extends EntryKind> = Extract<Entry, { kind: K }>

function newEntryOption<K extends EntryKind>(kind: K) {
  return z.strictObject({ kind: z.literal(kind), body: schemaOf(kind) })
}

/** An identity is made with its patient, a document with its bytes (`/api/patients/{patientId}/documents`), a study when its images are attached. */
export const newEntrySchema = z
  .discriminatedUnion('kind', [
    newEntryOption('relatedPerson'),
    newEntryOption('referringDoctor'),
    newEntryOption('alert'),
    newEntryOption('procedure'),
    newEntryOption('observation'),
    newEntryOption('questionnaire'),
    newEntryOption('prescription'),
    newEntryOption('consent'),
    newEntryOption('quote'),
    newEntryOption('correspondence'),
    newEntryOption('device'),
    newEntryOption('appointment'),
    newEntryOption('claim'),
    newEntryOption('stewardship'),
    newEntryOption('careLink'),
  ])
  .meta({ id: 'NewEntry' })
export type NewEntry = z.output<typeof newEntrySchema>

const correctionMembers = { expectedVersion: z.int().min(1), reason: line(500) }

function correctionOption<K extends EntryKind>(kind: K) {
  return z.strictObject({ kind: z.literal(kind), body: schemaOf(kind), ...correctionMembers })
}

export const correctionSchema = z
  .discriminatedUnion('kind', [
    correctionOption('identity'),
    correctionOption('relatedPerson'),
    correctionOption('referringDoctor'),
    correctionOption('alert'),
    correctionOption('procedure'),
    correctionOption('observation'),
    correctionOption('questionnaire'),
    correctionOption('prescription'),
    correctionOption('consent'),
    correctionOption('quote'),
    correctionOption('correspondence'),
    correctionOption('device'),
    correctionOption('appointment'),
    correctionOption('claim'),
    correctionOption('document'),
    correctionOption('imagingStudy'),
    correctionOption('stewardship'),
    correctionOption('careLink'),
  ])
  .meta({ id: 'Correction' })

export const withdrawalSchema = z.strictObject(correctionMembers)

export const versionSchema = z
  .object({
    version: z.int(),
    state: z.enum(['current', 'withdrawn']),
    recordedAt: z.iso.datetime(),
    recordedBy: z.object({ id: z.string(), name: z.string().optional() }),
    reason: z.string().optional(),
    source: z.string().optional(),
    hash: z.string(),
    /** of the entry's kind; null: lawfully destroyed */
    body: z.unknown(),
  })
  .meta({ id: 'EntryVersion' })

/** An entry whose body is there, of a kind that is known. */
export function hasBody<K extends EntryKind>(entry: EntryOf<K>): entry is EntryOf<K> & { readonly body: BodyOf<K> } {
  return entry.body !== null
}
