/** The practice itself, and those who practise in it. */
import type { PracticeFacts } from '#installation'
import { identifier, type Resource, rppsIdentifier } from '../parts.ts'
import { FINESS, ID_NAT_PS, ID_NAT_STRUCT, own, PROFESSION, profile, SIRENE } from '../systems.ts'

export interface PracticeShown {
  readonly id: string
  readonly name: string
  readonly facts: PracticeFacts
  readonly createdAt: string
}

export interface PractitionerShown {
  readonly id: string
  readonly familyName: string
  readonly givenName: string
  readonly rpps?: string | undefined
  readonly createdAt: string
  readonly roles: readonly {
    readonly id: string
    readonly status: string
    readonly fromOn: string
    readonly toOn?: string | undefined
  }[]
}

export function mapPractice({ id, name, facts, createdAt }: PracticeShown): Resource {
  const { finess, siret } = facts
  const national = finess !== undefined ? `1${finess}` : siret !== undefined ? `3${siret}` : undefined
  return {
    resourceType: 'Organization',
    id,
    meta: { lastUpdated: createdAt, profile: [profile('fr-core-organization')] },
    identifier: [
      national === undefined ? undefined : identifier('IDNST', ID_NAT_STRUCT, national, 'official'),
      finess === undefined ? undefined : identifier('FINEG', FINESS, finess),
      siret === undefined ? undefined : identifier('SIRET', SIRENE, siret),
    ],
    active: true,
    name,
    telecom: [
      facts.telephone === undefined ? undefined : { system: 'phone', value: facts.telephone, use: 'work' },
      facts.email === undefined ? undefined : { system: 'email', value: facts.email, use: 'work' },
    ],
    address: [{ line: [facts.address], postalCode: facts.postalCode, city: facts.town }],
  }
}

/** The practitioner, then the contract of each period here. */
export function mapPractitioner(shown: PractitionerShown, practiceId: string): Resource[] {
  const { id, rpps } = shown
  return [
    {
      resourceType: 'Practitioner',
      id,
      meta: { lastUpdated: shown.createdAt, profile: [profile('fr-core-practitioner')] },
      identifier: rpps === undefined ? [] : [rppsIdentifier(rpps), identifier('IDNPS', ID_NAT_PS, `8${rpps}`, 'official')],
      name: [{ family: shown.familyName, given: [shown.givenName] }],
      qualification: [{ code: { coding: [{ system: PROFESSION, code: '40', display: 'Chirurgien-Dentiste' }] } }],
    },
    ...shown.roles.map((role) => ({
      resourceType: 'PractitionerRole',
      id: role.id,
      meta: { lastUpdated: shown.createdAt },
      period: { start: role.fromOn, end: role.toOn },
      practitioner: { reference: `Practitioner/${id}` },
      organization: { reference: `Organization/${practiceId}` },
      code: [{ coding: [{ system: own('practice-role'), code: role.status }], text: role.status }],
    })),
  ]
}
