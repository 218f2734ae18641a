/** Lengths of time as Go writes them: `90s`, `5m`, `1h30m`; and moments as people do. */
import { WrongUse } from '../wrong-use.ts'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of such a text. @throws {WrongUse} when it is none */
export function parseDurationMs(text: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text))
    throw new WrongUse({
      fr: `${text} : attendu une durée, comme 90s, 5m ou 1h30m`,
      en: `${text}: expected a length of time, such as 90s, 5m or 1h30m`,
    })
  let total = 0
  for (const [, value, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h)/g)) total += Number(value) * UNIT_MS[unit!]!
  return total
}

/** A day or a time by this machine's clock: `2026-11-23`, `2026-11-23 10:00:00`. @throws {WrongUse} when it is none */
export function parseMoment(flag: string, text: string): Temporal.ZonedDateTime {
  if (text === 'now') return Temporal.Now.zonedDateTimeISO()
  try {
    return Temporal.PlainDateTime.from(text.trim().replace(' ', 'T')).toZonedDateTime(Temporal.Now.timeZoneId())
  } catch {
    throw new WrongUse({
      fr: `${flag} ${text} : attendu un moment, comme 2026-11-23 ou "2026-11-23 10:00:00"`,
      en: `${flag} ${text}: expected a time, such as 2026-11-23 or "2026-11-23 10:00:00"`,
    })
  }
}
