/** Lengths of time as Go writes them: `90s`, `5m`, `1h30m`. */
import { UsageError } from '@couronne/vault'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of such a text. @throws {UsageError} when it is none */
export function parseDurationMs(text: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text))
    throw new UsageError(`${text}: expected a length of time such as 90s, 5m or 1h30m`)
  let total = 0
  for (const [, value, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h)/g)) total += Number(value) * UNIT_MS[unit!]!
  return total
}
