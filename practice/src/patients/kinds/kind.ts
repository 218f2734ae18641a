/** What each kind of entry says of itself. */
import type { z } from 'zod'
import type { PatientPermission } from '#rights'

/**
 * Which permission of a role opens an entry: administrative ones `patients.read`, care `care.read`, documents `documents.read`, and the
 * same with `.write`.
 */
export const ENTRY_CLASSES = ['administrative', 'care', 'documents'] as const
export type EntryClass = (typeof ENTRY_CLASSES)[number]

export const READS = {
  administrative: 'patients.read',
  care: 'care.read',
  documents: 'documents.read',
} as const satisfies Record<EntryClass, PatientPermission>
export const WRITES = {
  administrative: 'patients.write',
  care: 'care.write',
  documents: 'documents.write',
} as const satisfies Record<EntryClass, PatientPermission>

/** What lists and rules ask for, drawn from a body. */
export interface EntryAbout {
  /** the day that it is about, or a month or a year */
  readonly on?: string | undefined
  readonly practitionerId?: string | undefined
  readonly code?: string | undefined
}

/** Another entry of the same record that a body names. */
export interface Link {
  readonly id: string
  /** of which kind it must be; absent: any */
  readonly kind?: string
}

export interface Kind<S extends z.ZodType = z.ZodType> {
  /**
   * Strict. From the first release on it grows by optional members and defaults only: stored versions are read by it, and one that it no
   * longer takes would look damaged.
   */
  readonly schema: S
  readonly class: EntryClass
  readonly about: (body: z.output<S>) => EntryAbout
  /** another class for some bodies: a restricted document is care */
  readonly classOf?: (body: z.output<S>) => EntryClass
  /** the author's own: nobody else ever sees that it is there */
  readonly isPersonal?: (body: z.output<S>) => boolean
  /** other entries of the same patient */
  readonly links?: (body: z.output<S>) => readonly Link[]
  /** ids of other patients of the practice */
  readonly patients?: (body: z.output<S>) => readonly string[]
  /** members that a correction may not change */
  readonly fixed?: readonly string[]
}

/** Gives the kind back with its exact type. */
export function kind<S extends z.ZodType>(spec: Kind<S>): Kind<S> {
  return spec
}

/** Links to entries of one kind, or of any; ids that are not there are passed over. */
export function linksTo(kind: string | undefined, ...ids: readonly (string | undefined)[]): Link[] {
  return ids.filter((id) => id !== undefined).map((id) => (kind === undefined ? { id } : { id, kind }))
}
