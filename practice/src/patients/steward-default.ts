/**
 * Whose a new patient is, as the practice's legal form and the contract of whoever practises there say. A proposal: what is written is an entry
 * like any other, which people correct. Pure.
 *
 * Sources: a collaborateur libéral may build a patient base of their own (law 2005-882, art. 18); in a company of exercise the patients are the
 * company's; those who only share premises (SCM) have each their own; a salaried colleague and a locum have none here.
 */
import type { Stewardship } from './kinds/stewardship.ts'

export interface StewardFacts {
  readonly name: string
  /** `LEGAL_FORMS`; absent: nobody has said, and nothing is proposed by it */
  readonly legalForm?: string | undefined
  readonly siret?: string | undefined
  /** who practises here on that day, under which contract (`PRACTICE_ROLE_STATUSES`) */
  readonly practising: readonly { readonly practitionerId: string; readonly status: string }[]
  /** who opens the record, where they practise */
  readonly practitionerId?: string | undefined
}

export type StewardProposal = Pick<Stewardship, 'steward' | 'basis'>

export interface StewardProposals {
  /** what the new patient gets where nobody chooses; absent: nothing */
  readonly first?: StewardProposal
  /** all that one may choose from, the first one too */
  readonly all: readonly StewardProposal[]
}

const OF_COMPANY: ReadonlySet<string> = new Set(['selarl', 'selas', 'scp'])
const OF_PRACTICE: ReadonlySet<string> = new Set(['individual', 'health-centre'])
const WITH_OWN_PATIENTS: ReadonlySet<string> = new Set(['collaborateur-liberal'])
/** where each has their own patients, so have those who own the place */
const IN_SHARED_PREMISES: ReadonlySet<string> = new Set(['titulaire', 'associe', 'collaborateur-liberal'])

export function proposeStewards(facts: StewardFacts): StewardProposals {
  const { legalForm = '', practising, practitionerId } = facts
  const isShared = legalForm === 'scm'
  const own = practising
    .filter(({ status }) => (isShared ? IN_SHARED_PREMISES : WITH_OWN_PATIENTS).has(status))
    .map((each): StewardProposal & { steward: { kind: 'practitioner' } } => ({
      steward: { kind: 'practitioner', practitionerId: each.practitionerId },
      basis: 'contract',
    }))
  const place: StewardProposal = OF_COMPANY.has(legalForm)
    ? { steward: { kind: 'company', ...nameOfCompany(facts) }, basis: 'company' }
    : { steward: { kind: 'practice' }, basis: 'declared' }
  const mine = own.find(({ steward }) => steward.practitionerId === practitionerId)
  const first = mine ?? (OF_COMPANY.has(legalForm) || OF_PRACTICE.has(legalForm) ? place : undefined)
  const all = [...(isShared ? [] : [place]), ...own]
  return first === undefined ? { all } : { first, all }
}

/** A SIRET begins with its company's SIREN. */
function nameOfCompany({ name, siret }: StewardFacts): { readonly name: string; readonly siren?: string } {
  return siret === undefined ? { name } : { name, siren: siret.slice(0, 9) }
}
