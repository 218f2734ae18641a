/** Where a contract stands on a day: pure. Days are `2026-11-26`; the last day still counts. */
import { type PracticeRole, type Practitioner, roleOn } from '@couronne/practice/contract'

type Standing = 'to-come' | 'holds' | 'ended'

export function standingOf({ fromOn, toOn }: PracticeRole, today: string): Standing {
  if (today < fromOn) return 'to-come'
  return toOn !== undefined && toOn < today ? 'ended' : 'holds'
}

/** The one that holds, else the one to come, else the last one. */
export function mainContract(practitioner: Practitioner, today: string): PracticeRole | undefined {
  const { roles } = practitioner
  return roleOn(practitioner, today) ?? roles.find(({ fromOn }) => today < fromOn) ?? roles.at(-1)
}

export function hasLeft({ roles }: Practitioner, today: string): boolean {
  return roles.length > 0 && roles.every((role) => standingOf(role, today) === 'ended')
}
