/** Names for what is stored, and the times in it. */
import { randomUUIDv7 } from 'node:crypto'

/** A new id: UUID version 7 (RFC 9562 §5.7), so that what was made later sorts later. */
export function newId(): string {
  return randomUUIDv7()
}

/** An instant as the tables hold it: UTC, milliseconds, 24 characters, so that text order is time order. */
export function instantText(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'millisecond' })
}
