/** Where a list goes on: opaque to the caller, the last row's place for us. Anybody may read or make one: it opens nothing. */
import { z } from 'zod'
import { InvalidInputError } from '#errors'

/** PostgreSQL's texts hold no NUL; neither does any place of ours. */
const textSchema = z
  .string()
  .max(500)
  .refine((text) => text.isWellFormed() && !text.includes('\0'))
const placeSchema = z.array(z.union([textSchema, z.number()])).max(4)

/** The parts of the place after which the next page begins. */
export type Place = z.output<typeof placeSchema>

export function printCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** @throws {InvalidInputError} when it is none of ours, or has not `length` parts */
export function parseCursor(cursor: string, length: number): Place {
  try {
    const place = placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    if (place.length === length) return place
  } catch {}
  throw new InvalidInputError('the cursor is none of this list', [
    { path: 'cursor', problem: 'cursor', message: 'use the value that the previous page gave' },
  ])
}

/** The usual members of a list's query. */
export const pageQuery = {
  cursor: z.string().max(2_000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
}
