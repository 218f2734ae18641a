/** What a printed sheet is about, drawn from a record and a practice; and what it lacks, which is said before it is printed. */
import {
  type BodyOf,
  type Entry,
  type Identity,
  lineRestCents,
  type PracticeFacts,
  type Practitioner,
  roleOn,
} from '@couronne/practice/contract'

export interface PaperFacts {
  readonly practice: { readonly name: string; readonly facts: PracticeFacts; readonly isSample: boolean }
  /** absent: the entry names none */
  readonly practitioner: Practitioner | undefined
  readonly identity: Identity
  readonly entry: Entry
  /** who decided for the patient */
  readonly representative: { readonly name: string } | undefined
}

export type PaperLack =
  | 'address'
  | 'practitioner'
  | 'title'
  | 'rpps'
  | 'bornOn'
  | 'wholeBornOn'
  | 'sex'
  | 'telephone'
  | 'email'
  | 'signedState'
  | 'dosage'
  | 'duration'
  | 'validUntil'
  | 'materials'
  | 'madeIn'
  | 'device'
  | 'subcontracting'
  | 'basket'
  | 'base'
  | 'alternative'
  | 'reimbursed'
  | 'rest'
  | 'representative'
  | 'letterText'

type Lacks = readonly (PaperLack | false)[]

/**
 * What a sheet of its kind has by law or by use and this one has not.
 *
 * @see CSP R5132-3 (prescription); CSP L1111-3-2 II (a quote with a made-to-measure device: its price, materials, place of making); the
 * model of quotes of the convention of dentists (basket, base of reimbursement, alternative, subcontracting)
 */
export function lacksOf(facts: PaperFacts): PaperLack[] {
  const { practice, practitioner, identity, entry } = facts
  const { address, postalCode, town } = practice.facts
  const lacks: Lacks = [
    (address === undefined || postalCode === undefined || town === undefined) && 'address',
    practitioner === undefined && 'practitioner',
    practitioner !== undefined && titleOnPaper(practitioner, dayOnPaper(entry)) === undefined && 'title',
    practitioner !== undefined && practitioner.rpps === undefined && 'rpps',
    identity.bornOn === undefined && 'bornOn',
    ...lacksOfKind(facts),
  ]
  return lacks.filter((lack) => lack !== false)
}

function lacksOfKind({ entry, practice, identity, representative }: PaperFacts): Lacks {
  if (entry.body === null) return []
  switch (entry.kind) {
    case 'prescription':
      return lacksOfPrescription(entry.body, practice.facts, identity)
    case 'quote':
      return lacksOfQuote(entry.body)
    case 'consent':
      return [entry.body.by === 'representative' && representative === undefined && 'representative']
    case 'correspondence':
      return [entry.body.text === undefined && 'letterText']
    default:
      return []
  }
}

function lacksOfPrescription(body: BodyOf<'prescription'>, practice: PracticeFacts, { bornOn, sex }: Identity): Lacks {
  const medicines = body.category === 'medicines' ? body.lines : []
  return [
    bornOn !== undefined && bornOn.length < 10 && 'wholeBornOn',
    sex === 'unknown' && 'sex',
    practice.telephone === undefined && 'telephone',
    practice.email === undefined && 'email',
    body.status === 'draft' && 'signedState',
    medicines.some(({ dosage }) => dosage === undefined) && 'dosage',
    medicines.some(({ days, quantity }) => days === undefined && quantity === undefined) && 'duration',
  ]
}

type QuoteLine = BodyOf<'quote'>['lines'][number]

function lacksOfQuote({ validUntil, lines, alternative }: BodyOf<'quote'>): Lacks {
  const devices = lines.filter(isOfDevice)
  return [
    validUntil === undefined && 'validUntil',
    devices.some(({ materials }) => materials === undefined) && 'materials',
    devices.some(({ madeIn }) => madeIn === undefined) && 'madeIn',
    devices.some(({ subcontracting }) => subcontracting === undefined) && 'subcontracting',
    devices.some(({ deviceCents }) => deviceCents === undefined) && 'device',
    devices.some(({ basket }) => basket === undefined) && 'basket',
    alternative === undefined && lines.some(({ basket }) => basket === 'moderated' || basket === 'free') && 'alternative',
    lines.some(({ baseCents, reimbursedCents = 0 }) => baseCents === undefined && reimbursedCents > 0) && 'base',
    lines.some(({ reimbursedCents }) => reimbursedCents === undefined) && 'reimbursed',
    lines.some((line) => line.reimbursedCents !== undefined && lineRestCents(line) === undefined) && 'rest',
  ]
}

/** A line with any of these three is about a device: then the law wants them all (CSP L1111-3-2 II). */
export function isOfDevice({ materials, madeIn, deviceCents }: QuoteLine): boolean {
  return Boolean(materials ?? madeIn ?? deviceCents)
}

/** For the care itself: an insurer, a lawyer or the patient's employer has no use for the number (decision 0043). */
export function carriesIns(entry: Entry): boolean {
  if (entry.kind === 'prescription') return true
  if (entry.kind !== 'correspondence' || entry.body === null) return false
  const { direction, party } = entry.body
  return direction === 'out' && (party.kind === 'doctor' || party.kind === 'laboratory')
}

/**
 * As what somebody signs on a day: by the contract of that day. On a day without one a dentist is who has been one before, or has never
 * been anything else; of a student nothing is known then.
 */
export function titleOnPaper(practitioner: Practitioner, day: string): 'dentist' | 'student' | undefined {
  const { roles } = practitioner
  const held = roleOn(practitioner, day)
  if (held !== undefined) return held.status === 'etudiant-adjoint' ? 'student' : 'dentist'
  const asDentist = roles.filter(({ status }) => status !== 'etudiant-adjoint')
  const wasDentist = asDentist.some(({ fromOn }) => fromOn <= day)
  return wasDentist || (asDentist.length > 0 && asDentist.length === roles.length) ? 'dentist' : undefined
}

/** The day that stands on the sheet. */
export function dayOnPaper({ aboutOn, createdAt }: Entry): string {
  return aboutOn ?? createdAt.slice(0, 10)
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
