/** Where a contract stands on a day: pure. Days are `2026-11-26`; the last day still counts. */
import type { practiceRoleSchema, practitionerSchema } from '@couronne/practice/contract'
import type { z } from 'zod'

export type Contract = z.output<typeof practiceRoleSchema>
export type Practitioner = z.output<typeof practitionerSchema>
export type Standing = 'to-come' | 'holds' | 'ended'

export function standingOf({ fromOn, toOn }: Contract, today: string): Standing {
  if (today < fromOn) return 'to-come'
  return toOn !== undefined && toOn < today ? 'ended' : 'holds'
}

/** The one that holds, else the one to come, else the last one. */
export function mainContract({ roles }: Practitioner, today: string): Contract | undefined {
  const of = (standing: Standing) => roles.find((role) => standingOf(role, today) === standing)
  return of('holds') ?? of('to-come') ?? roles.at(-1)
}

export function hasLeft({ roles }: Practitioner, today: string): boolean {
  return roles.length > 0 && roles.every((role) => standingOf(role, today) === 'ended')
}
