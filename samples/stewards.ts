/**
 * Whose patient, and since when: the practice's until it became a company, the company's after that, a colleague's own; some changed hands, and
 * of some nobody has said it.
 */

import type { SampleEntry } from './entry.ts'
import type { SeededRandom } from './random.ts'

/** The day on which the practice became a SELARL. */
const COMPANY_SINCE = '2020-01-01'
const COMPANY = { kind: 'company', name: 'Cabinet d’exemple' } as const

/** @param practitionerIds the owner first; the second is a collaborateur libéral, the others have no patients of their own */
export function inventStewards(
  random: SeededRandom,
  {
    practitionerIds,
    practitionerId,
    since,
  }: { readonly practitionerIds: readonly string[]; readonly practitionerId: string; readonly since: string },
): SampleEntry[] {
  if (random.chance(0.08)) return []
  const entry = (body: SampleEntry<'stewardship'>['body']): SampleEntry => ({ kind: 'stewardship', body })
  const colleague = practitionerIds[1]
  const isTheirs = practitionerId === colleague && random.chance(0.7)
  if (isTheirs && colleague !== undefined) {
    const own = entry({ steward: { kind: 'practitioner', practitionerId: colleague }, from: since, basis: 'contract' })
    return random.chance(0.05) ? [own, entry({ steward: COMPANY, from: '2025-09-01', basis: 'patient-choice' })] : [own]
  }
  if (since >= COMPANY_SINCE) return [entry({ steward: COMPANY, from: since, basis: 'company' })]
  return [
    entry({ steward: { kind: 'practice' }, from: since, basis: 'declared' }),
    entry({ steward: COMPANY, from: COMPANY_SINCE, basis: 'hand-over' }),
  ]
}
