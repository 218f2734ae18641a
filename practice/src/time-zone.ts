/** The clock on the practice's wall. Days of law and care are days there: practices in Réunion or Martinique are hours from Paris. */
import { z } from 'zod'

export const DEFAULT_TIME_ZONE = 'Europe/Paris'

/** Where French practices are; the page of the settings offers these. Any other of IANA's is accepted. */
export const FRENCH_TIME_ZONES = [
  'Europe/Paris',
  'America/Guadeloupe',
  'America/Martinique',
  'America/Cayenne',
  'America/Miquelon',
  'Indian/Reunion',
  'Indian/Mayotte',
  'Pacific/Noumea',
  'Pacific/Tahiti',
  'Pacific/Wallis',
] as const

const KNOWN_MAX = 1_000
const known = new Set<string>()

/** Whether this machine's table has the zone: a time in one that nobody knows would be read as another. Zones are added, never taken out. */
function isTimeZone(text: string): boolean {
  if (known.has(text)) return true
  try {
    new Intl.DateTimeFormat('fr', { timeZone: text })
    // Its table lacks some old names that Intl's has, such as `PST`. Browsers may not have it yet; the server decides.
    if (typeof Temporal !== 'undefined') Temporal.PlainDate.from('2026-01-01').toZonedDateTime(text)
  } catch {
    return false
  }
  if (known.size < KNOWN_MAX) known.add(text)
  return true
}

/** IANA: `Europe/Paris`, `Indian/Reunion`. */
export const timeZoneSchema = z
  .string()
  .regex(/^[A-Za-z]+(\/[A-Za-z0-9_+-]+){0,2}$/)
  .max(60)
  .refine(isTimeZone, { error: 'a time zone of IANA is expected' })

const factsSchema = z.object({ timeZone: timeZoneSchema.optional() })

/** The practice's, from how it names itself. */
export function timeZoneOf(facts: string): string {
  return factsSchema.safeParse(JSON.parse(facts)).data?.timeZone ?? DEFAULT_TIME_ZONE
}
