/** Days and times as FHIR writes them. */

const PARTIAL = /^(18|19|20|21)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/

/** Of a day, month or year what is there; of an instant the day on a wall of that zone. Undefined: it is none. */
export function dayIn(value: unknown, zone: string): string | undefined {
  if (typeof value !== 'string' || value.length > 60) return undefined
  if (PARTIAL.test(value)) return isDay(value) ? value : undefined
  const day = localIn(value, zone)?.toPlainDate().toString()
  return day !== undefined && PARTIAL.test(day) ? day : undefined
}

/** What the clock on a wall of that zone shows then; a time without an offset is that of the wall. */
export function localIn(value: unknown, zone: string): Temporal.PlainDateTime | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) || value.length > 60) return undefined
  try {
    return /(Z|[+-]\d\d:?\d\d)$/i.test(value)
      ? Temporal.Instant.from(value).toZonedDateTimeISO(zone).toPlainDateTime()
      : Temporal.PlainDateTime.from(value)
  } catch {
    return undefined
  }
}

function isDay(text: string): boolean {
  if (text.length < 10) return true
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' })
    return true
  } catch {
    return false
  }
}
