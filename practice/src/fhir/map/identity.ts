/** The patient, from the newest version of the identity. */
import { type EntryOf, INS_OIDS, type InsKind } from '#patients'
import {
  address,
  coding,
  identifier,
  metaOf,
  noteExtension,
  patientReference,
  practiceReference,
  type Reference,
  type Resource,
  type Surroundings,
  telecom,
} from '../parts.ts'
import { BIRTH_PLACE, COMMUNE, hl7, IDENTITY_RELIABILITY, own, profile } from '../systems.ts'

const INS_TYPES: Readonly<Record<InsKind, string>> = {
  nir: 'INS-NIR',
  nia: 'INS-NIA',
  'nir-test': 'INS-NIR-TEST',
  'nir-demo': 'INS-NIR-DEMO',
}
const GENDERS = { female: 'female', male: 'male', unknown: 'unknown' } as const

type Body = NonNullable<EntryOf<'identity'>['body']>

/** @param doctors the médecin traitant, where the record names one */
export function mapIdentity(
  entry: EntryOf<'identity'>,
  body: Body,
  around: Surroundings,
  doctors: readonly Reference[] = [],
): Resource {
  const isQualified = body.status === 'qualified'
  return {
    resourceType: 'Patient',
    id: entry.writtenIn ?? around.patientId,
    meta: metaOf(entry, profile(hasInsProfile(body) ? 'fr-core-patient-ins' : 'fr-core-patient'), {
      security: body.flags.includes('fictitious') ? [coding(hl7('v3-ActReason'), 'HTEST')] : [],
      tag: [coding(own('identity-status'), body.status), ...body.flags.map((flag) => coding(own('identity-flag'), flag))],
    }),
    extension: [reliability(body), birthPlace(body), ...noteExtension(body.note)],
    identifier: [
      // RNIV: an INS goes out with a qualified identity only.
      isQualified && body.ins !== undefined ? insIdentifier(body.ins) : undefined,
      identifier('INTRN', `urn:uuid:${around.practiceId}`, body.fileNumber, 'secondary'),
    ],
    active: entry.writtenIn === undefined,
    name: [officialName(body), usualName(body)],
    telecom: telecom(body),
    gender: GENDERS[body.sex],
    birthDate: body.bornOn,
    deceasedDateTime: body.diedOn,
    address: body.addresses.map(address),
    communication:
      body.language === undefined ? [] : [{ language: { coding: [coding('urn:ietf:bcp:47', body.language)] }, preferred: true }],
    generalPractitioner: doctors,
    managingOrganization: practiceReference(around),
    link: linksOf(entry, around),
  }
}

/** A record that was joined to another stays, and says which one holds now. */
function linksOf({ writtenIn }: EntryOf<'identity'>, around: Surroundings): object[] {
  if (writtenIn !== undefined) return [{ other: patientReference(around), type: 'replaced-by' }]
  return (around.joinedIds ?? []).map((id) => ({ other: { reference: `Patient/${id}` }, type: 'replaces' }))
}

/** What the profile asks of a qualified identity. */
function hasInsProfile({ status, ins, birthPlace: place, bornOn, givenNames }: Body): boolean {
  return status === 'qualified' && ins !== undefined && place !== undefined && bornOn?.length === 10 && givenNames.length > 0
}

function insIdentifier({ kind, number, checkedOn }: NonNullable<Body['ins']>): object {
  return {
    extension: checkedOn === undefined ? [] : [{ url: own('ins-checked-on'), valueDate: checkedOn }],
    ...identifier(INS_TYPES[kind], `urn:oid:${INS_OIDS[kind]}`, number, kind === 'nia' ? 'temp' : 'official'),
  }
}

function reliability({ status }: Body): object {
  const code = status === 'qualified' || status === 'validated' ? 'VALI' : 'PROV'
  return {
    url: profile('fr-core-identity-reliability'),
    extension: [{ url: 'identityStatus', valueCoding: coding(IDENTITY_RELIABILITY, code) }],
  }
}

function birthPlace({ birthPlace: insee, birthPlaceName }: Body): object | undefined {
  if (insee === undefined && birthPlaceName === undefined) return undefined
  return {
    url: BIRTH_PLACE,
    valueAddress: {
      extension: insee === undefined ? [] : [{ url: profile('fr-core-address-insee-code'), valueCoding: coding(COMMUNE, insee) }],
      city: birthPlaceName,
    },
  }
}

/** Of birth: the first given name alone stands as such, all of them in the extension. */
function officialName({ birthName, givenNames }: Body): object {
  return {
    extension:
      givenNames.length === 0
        ? []
        : [{ url: profile('fr-core-patient-birth-list-given-name'), valueString: givenNames.join(' ') }],
    use: 'official',
    family: birthName,
    given: givenNames.slice(0, 1),
  }
}

function usualName({ usedName, usedGivenName, birthName, givenNames }: Body): object | undefined {
  if (usedName === undefined && usedGivenName === undefined) return undefined
  return { use: 'usual', family: usedName ?? birthName, given: [usedGivenName ?? givenNames[0]] }
}
