/** The local zone's distance from UTC at an instant, in minutes, east positive: summer and winter differ from file to file. */

// Zones change at quarter hours only; a quarter is looked up once.
const QUARTER_MS = 900_000
const offsets = new Map<number, number>()
const OFFSETS_MAX = 8192

export function localOffsetMinutes(ns: bigint): number {
  const ms = Number(ns) / 1e6
  const quarter = Math.floor(ms / QUARTER_MS)
  let offset = offsets.get(quarter)
  if (offset === undefined) {
    offset = 0 - new Date(quarter * QUARTER_MS).getTimezoneOffset()
    // An instant beyond what Date can express has no zone here: UTC, as the clamped year would be.
    if (Number.isNaN(offset)) offset = 0
    if (offsets.size >= OFFSETS_MAX) offsets.clear()
    offsets.set(quarter, offset)
  }
  return offset
}
