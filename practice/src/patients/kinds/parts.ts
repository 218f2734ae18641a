/** The parts of which the kinds' schemas are made. Only parts that several use stand here. */
import { z } from 'zod'
import { line, paragraphs } from '#text'
import { AREAS, SURFACES, TEETH } from '../fdi.ts'

/** Each value once, in its first place. */
function once<T>(values: T[]): T[] {
  return [...new Set(values)]
}

/** A day between 1800 and 2199: a wider one is a slip of the pen. */
export const daySchema = z.iso.date().regex(/^(18|19|20|21)/)

/** A day, or a month (`1950-01`) or a year (`1950`) where no more is known. Zeros stand for what is not known in many a source. */
export const partialDaySchema = z
  .string()
  .overwrite((text) => text.replace(/(-00){1,2}$/, ''))
  .regex(/^(18|19|20|21)\d\d(-\d\d(-\d\d)?)?$/)
  .refine((text) => z.iso.date().safeParse(`${text}-01-01`.slice(0, 10)).success, { error: 'there is no such day' })

/** Whether the second of two days, months or years may follow the first: as far as both are known. */
export function isInOrder(from: string | undefined, to: string | undefined): boolean {
  if (from === undefined || to === undefined) return true
  const known = Math.min(from.length, to.length)
  return from.slice(0, known) <= to.slice(0, known)
}

export function outOfOrder(...path: string[]) {
  return { error: 'it ends before it begins', path }
}

/** Whether a day, month or year is over. `2026-03` is over on 1 April. Undefined: no end is known, so it is not. */
export function isPast(partialDay: string | undefined, today: string): boolean {
  return partialDay !== undefined && partialDay < today.slice(0, partialDay.length)
}

/**
 * Ours are UUIDs; an import may bring its own, but no others than FHIR takes (letters, digits, hyphens, 64 of them), less the room and the
 * point for the parts that go on from an entry's id there (`.provenance`). What a source calls its rows is for its importer to remember.
 */
export const idSchema = z.string().regex(/^[A-Za-z0-9-]{1,50}$/)
export const idsSchema = z.array(idSchema).max(200).default([])
export const centsSchema = z.int().min(0).max(100_000_000)
export const noteSchema = paragraphs(20_000)

export const toothSchema = z.enum(TEETH)
export const surfacesSchema = z.array(z.enum(SURFACES)).max(SURFACES.length).overwrite(once).default([])
export const teethSchema = z
  .array(z.strictObject({ fdi: toothSchema, surfaces: surfacesSchema }))
  .max(TEETH.length)
  .refine((teeth) => new Set(teeth.map((tooth) => tooth.fdi)).size === teeth.length, { error: 'a tooth stands there twice' })
  .default([])
/** Arches, sextants, quadrants (ISO 3950). */
export const areasSchema = z.array(z.enum(AREAS)).max(AREAS.length).overwrite(once).default([])

/** 11 digits. */
export const rppsSchema = z.string().regex(/^\d{11}$/)

/** As people write it; only digits and the usual marks. */
export const telephoneSchema = z.strictObject({
  number: z
    .string()
    .max(60)
    .overwrite((text) => text.replaceAll(/\s+/gu, ' ').trim())
    .regex(/^\+?[\d ()./-]{4,30}$/),
  use: z.enum(['mobile', 'home', 'work', 'other']).optional(),
  note: line(200).optional(),
})

export const emailSchema = z.strictObject({
  address: z.email().max(200),
  /** a mailbox of MSSanté, fit for health data */
  isSecure: z.boolean().optional(),
  note: line(200).optional(),
})

export const addressSchema = z.strictObject({
  lines: z.array(line(200)).max(6).default([]),
  postalCode: line(20).optional(),
  town: line(100).optional(),
  /** ISO 3166, two letters */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  use: z.enum(['home', 'temporary', 'billing', 'work', 'other']).optional(),
})

export const telephonesSchema = z.array(telephoneSchema).max(20).default([])
export const emailsSchema = z.array(emailSchema).max(20).default([])

/** A code of any system, with the words of the source, which always stay. */
export const codedSchema = z.strictObject({
  /** URI or OID, or `local` */
  system: line(200),
  code: line(100),
  version: line(50).optional(),
  label: line(500),
})
