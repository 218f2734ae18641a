/** The calendar's day where the reader is: no time zone is asked twice. */
export function todayIso(now = new Date()): string {
  return isoOf(now)
}

/** `2026-11-26`, of the day that it is here at that time. */
export function isoOf(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
