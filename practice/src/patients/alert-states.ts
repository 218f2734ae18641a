/** Alerts in their three states. Pure. */
import type { EntryOf } from './contract.ts'
import { ALERT_CATEGORIES, type AlertCategory, alertThing } from './kinds/alert.ts'
import { isPast } from './kinds/parts.ts'

export interface AlertState {
  readonly category: AlertCategory
  readonly state: 'present' | 'absent' | 'not-recorded'
  readonly entryIds: string[]
  readonly labels: string[]
  /** the day since which all that is shown has been verified: that of the one longest ago; absent: of one at least nobody knows */
  readonly checkedOn?: string
}

/**
 * For each category: present when any entry says so, and has not ended; absent when one says that nothing of the category is there; else
 * nobody has recorded it, even where some single thing (`no latex allergy`) is said to be absent, or was there until some day.
 *
 * @param alerts current ones, newest first
 * @param today `YYYY-MM-DD`
 */
export function alertStates(alerts: readonly EntryOf<'alert'>[], today: string): AlertState[] {
  return ALERT_CATEGORIES.map((category) => {
    const bodies = alerts.flatMap(({ id, body }) => (body?.category === category ? [{ id, body }] : []))
    const ended = bodies.filter(({ body }) => body.state === 'present' && isPast(body.to, today))
    const there = bodies.filter((each) => each.body.state === 'present' && !ended.includes(each))
    const isAbsent = bodies.some(({ body }) => body.state === 'absent' && alertThing(body) === undefined)
    const shown = there.length > 0 ? there : bodies.filter((each) => !ended.includes(each))
    return {
      category,
      state: there.length > 0 ? 'present' : isAbsent ? 'absent' : 'not-recorded',
      entryIds: bodies.map(({ id }) => id),
      labels: shown.flatMap(({ body }) => alertThing(body) ?? []),
      ...longestAgo(shown.map(({ body }) => body.checkedOn ?? body.recordedOn)),
    }
  })
}

function longestAgo(days: readonly (string | undefined)[]): { readonly checkedOn?: string } {
  const known = days.filter((day) => day !== undefined).toSorted()
  const [first] = known
  return first === undefined || known.length < days.length ? {} : { checkedOn: first }
}
