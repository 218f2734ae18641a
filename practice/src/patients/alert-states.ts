/** Alerts in their three states. Pure. */
import type { EntryOf } from './contract.ts'
import { ALERT_CATEGORIES, type AlertCategory } from './kinds/alert.ts'

export interface AlertState {
  readonly category: AlertCategory
  readonly state: 'present' | 'absent' | 'not-recorded'
  readonly entryIds: string[]
  readonly labels: string[]
}

/**
 * For each category: present when any entry says so; absent when one says that nothing of the category is there; else nobody has recorded it,
 * even where some single thing (`no latex allergy`) is said to be absent.
 *
 * @param alerts current ones, newest first
 */
export function alertStates(alerts: readonly EntryOf<'alert'>[]): AlertState[] {
  return ALERT_CATEGORIES.map((category) => {
    const bodies = alerts.flatMap(({ id, body }) => (body?.category === category ? [{ id, body }] : []))
    const there = bodies.filter(({ body }) => body.state === 'present')
    const isAbsent = bodies.some(({ body }) => body.state === 'absent' && body.label === undefined)
    const shown = there.length > 0 ? there : bodies
    return {
      category,
      state: there.length > 0 ? 'present' : isAbsent ? 'absent' : 'not-recorded',
      entryIds: bodies.map(({ id }) => id),
      labels: shown.flatMap(({ body }) => body.label ?? []),
    }
  })
}
