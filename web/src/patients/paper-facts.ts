/** What a printed sheet is about, drawn from a record and a practice; and what it lacks, which is said before it is printed. */
import type { BodyOf, Entry, Identity, PracticeFacts, practitionerSchema } from '@couronne/practice/contract'
import type { z } from 'zod'

export interface PaperFacts {
  readonly practice: { readonly name: string; readonly facts: PracticeFacts; readonly isSample: boolean }
  /** absent: the entry names none */
  readonly practitioner: z.output<typeof practitionerSchema> | undefined
  readonly identity: Identity
  readonly entry: Entry
  /** who decided for the patient */
  readonly representative: { readonly name: string } | undefined
}

export const PAPER_KINDS: ReadonlySet<string> = new Set(['prescription', 'quote', 'consent', 'correspondence'])

export type PaperLack =
  | 'address'
  | 'practitioner'
  | 'rpps'
  | 'bornOn'
  | 'dosage'
  | 'validUntil'
  | 'materials'
  | 'madeIn'
  | 'device'
  | 'reimbursed'

/**
 * What a sheet of its kind has by law or by use and this one has not.
 *
 * @see CSP R5132-3 (prescription); CSP L1111-3-2 II (a quote with a made-to-measure device: its price, materials, place of making)
 */
export function lacksOf({ practice, practitioner, identity, entry }: PaperFacts): PaperLack[] {
  const { address, postalCode, town } = practice.facts
  const found: PaperLack[] = []
  if (address === undefined || postalCode === undefined || town === undefined) found.push('address')
  if (practitioner === undefined) found.push('practitioner')
  else if (practitioner.rpps === undefined) found.push('rpps')
  if (identity.bornOn === undefined) found.push('bornOn')
  if (entry.kind === 'prescription' && entry.body !== null) {
    const { category, lines } = entry.body
    if (category === 'medicines' && lines.some(({ dosage }) => dosage === undefined)) found.push('dosage')
  }
  if (entry.kind === 'quote' && entry.body !== null) found.push(...lacksOfQuote(entry.body))
  return found
}

function lacksOfQuote({ validUntil, lines }: BodyOf<'quote'>): PaperLack[] {
  // A line with any of the three is about a device: then the law wants them all.
  const devices = lines.filter((line) => line.materials ?? line.madeIn ?? line.deviceCents)
  return [
    ...(validUntil === undefined ? (['validUntil'] as const) : []),
    ...(devices.some(({ materials }) => materials === undefined) ? (['materials'] as const) : []),
    ...(devices.some(({ madeIn }) => madeIn === undefined) ? (['madeIn'] as const) : []),
    ...(devices.some(({ deviceCents }) => deviceCents === undefined) ? (['device'] as const) : []),
    ...(lines.some(({ reimbursedCents }) => reimbursedCents === undefined) ? (['reimbursed'] as const) : []),
  ]
}

/** The day that stands on the sheet. */
export function dayOnPaper(entry: Entry): string {
  switch (entry.kind) {
    case 'prescription':
      return entry.body?.prescribedOn ?? entry.createdAt.slice(0, 10)
    case 'quote':
      return entry.body?.madeOn ?? entry.createdAt.slice(0, 10)
    case 'consent':
      return entry.body?.decidedOn ?? entry.createdAt.slice(0, 10)
    case 'correspondence':
      return entry.body?.on ?? entry.createdAt.slice(0, 10)
    default:
      return entry.createdAt.slice(0, 10)
  }
}

/** As an identity document has it: `Hélène Marie LEFÈVRE`. */
export function nameOnPaper({ givenNames, birthName }: Identity): string {
  return [...givenNames, birthName.toLocaleUpperCase('fr')].join(' ')
}

/** Why it must not pass for one that counts. */
export function paperState(entry: Entry): 'withdrawn' | 'cancelled' | 'refused' | 'expired' | undefined {
  if (entry.state === 'withdrawn') return 'withdrawn'
  if (entry.kind === 'prescription' && entry.body?.status === 'cancelled') return 'cancelled'
  if (entry.kind === 'quote' && (entry.body?.state === 'refused' || entry.body?.state === 'expired')) return entry.body.state
  return undefined
}
