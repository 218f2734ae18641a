/** Patients, the people around them, doctors elsewhere, whose patients they are. */
import { BIRTH_PLACE, COMMUNE, hl7, IDENTIFIER_TYPES, IDENTITY_RELIABILITY, NOTE, own, profile } from '#fhir-systems'
import { INS_OIDS, type InsKind, insDoubts, isIns } from '#patients'
import type { MappedContent } from '../mapped-row.ts'
import { parseSex } from '../values.ts'
import { codeAmong, codeIn, codingsOf, extensionOf } from './codings.ts'
import { clean, type Json, joined, lineOf, object, objects, textOf } from './json.ts'
import { addressesOf, doctorOf, nameOf, reachOf } from './people.ts'
import type { ResourceReader } from './resource-reader.ts'

/** What the profile may say of a source's patients. */
export interface PatientSettings {
  /** system of the identifier that is the file number */
  readonly fileNumber?: string | undefined
}

const INS_KINDS: ReadonlyMap<string, InsKind> = new Map(
  Object.entries(INS_OIDS).map(([kind, oid]) => [`urn:oid:${oid}`, kind as InsKind]),
)
const STATUSES = new Set(['provisional', 'recovered', 'validated', 'qualified'])
const FLAGS = new Set(['homonym', 'doubtful', 'fictitious'])

export function mapPatient(reader: ResourceReader, settings: PatientSettings): MappedContent | undefined {
  const { resource } = reader
  const official = nameOf(resource, ['official', 'maiden'])
  const usual = objects(resource.name).find(({ use }) => use === 'usual')
  const birthName = official.family ?? official.text
  if (birthName === undefined) {
    reader.say('name-missing')
    return undefined
  }
  if (!objects(resource.name).some(({ use }) => use === 'official' || use === 'maiden')) reader.say('birth-name-assumed')
  const sex = sexOf(reader)
  const bornOn = reader.day('birthDate')
  const ins = insOf(reader)
  if (ins !== undefined && insDoubts(ins.number, { sex, bornOn }).length > 0)
    reader.say('insured-number-of-another', 'identifier')
  const usedName = lineOf(usual?.family, 100)
  const usedGivenName = lineOf([usual?.given].flat()[0], 100)
  const givenNames = givenNamesOf(resource, official.given)
  const identity = clean({
    fileNumber: fileNumberOf(resource, settings) ?? reader.key.slice(0, 40),
    birthName,
    usedName: usedName === birthName ? undefined : usedName,
    givenNames,
    usedGivenName: usedGivenName === givenNames[0] ? undefined : usedGivenName,
    sex,
    bornOn,
    ...birthPlaceOf(resource),
    diedOn: resource.deceasedDateTime === undefined ? undefined : reader.day('deceasedDateTime'),
    status: statusOf(resource, ins !== undefined),
    flags: flagsOf(resource),
    ins,
    insuredNumber: insuredNumberOf(reader),
    ...reachOf(resource.telecom, (code, column) => reader.say(code, column)),
    addresses: addressesOf(resource.address),
    language: languageOf(resource),
    note: noteOf(resource),
  })
  return { kind: 'patient', identity }
}

function sexOf(reader: ResourceReader): 'female' | 'male' | 'unknown' {
  const { gender } = reader.resource
  if (gender === undefined || gender === 'unknown') return 'unknown'
  const sex = parseSex(String(gender))
  if (sex === undefined) reader.say('sex-unknown', 'gender')
  return sex ?? 'unknown'
}

/** A number whose key is wrong is nobody's; an identity number goes before one that is waiting. */
function insOf(reader: ResourceReader) {
  const order: readonly InsKind[] = ['nir', 'nia', 'nir-test', 'nir-demo']
  const found = objects(reader.resource.identifier).flatMap((identifier) => {
    const kind = INS_KINDS.get(systemOf(identifier))
    if (kind === undefined) return []
    const number = (lineOf(identifier.value, 30) ?? '').replaceAll(/[\s.-]/g, '').toUpperCase()
    if (!isIns(number)) {
      reader.say('insured-number-wrong', 'identifier')
      return []
    }
    const checkedOn = reader.wholeDay('identifier', extensionOf(identifier, own('ins-checked-on'))?.valueDate)
    return [clean({ number, kind, checkedOn })]
  })
  return found.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))[0]
}

function systemOf({ system }: Json): string {
  const written = lineOf(system, 200) ?? ''
  return /^[0-2](\.\d+)+$/.test(written) ? `urn:oid:${written}` : written
}

/** Under which care is billed, where a coverage of theirs says it. */
function insuredNumberOf(reader: ResourceReader): string | undefined {
  const numbers = reader.around
    .completing('Coverage', { type: 'Patient', key: reader.key })
    .map(({ resource }) => (lineOf(resource.subscriberId, 30) ?? '').replaceAll(/[\s.-]/g, '').toUpperCase())
  return numbers.find(isIns)
}

/** RNIV: what one tag of ours says, or the reliability that FR Core has; an INS of a provisional identity was recovered. */
function statusOf(resource: Json, hasIns: boolean): string {
  const tagged = codeAmong(object(resource.meta).tag, own('identity-status'))
  const isPossible = hasIns || (tagged !== 'recovered' && tagged !== 'qualified')
  if (tagged !== undefined && STATUSES.has(tagged) && isPossible) return tagged
  const reliability = extensionOf(resource, profile('fr-core-identity-reliability'))
  const isValid = codeIn(extensionOf(reliability ?? {}, 'identityStatus')?.valueCoding, IDENTITY_RELIABILITY) === 'VALI'
  return isValid ? (hasIns ? 'qualified' : 'validated') : hasIns ? 'recovered' : 'provisional'
}

function flagsOf(resource: Json): string[] {
  const meta = object(resource.meta)
  const tags = objects(meta.tag).flatMap((tag) => codingsOf(tag).filter(({ system }) => system === own('identity-flag')))
  const isTest = codeAmong(meta.security, hl7('v3-ActReason')) === 'HTEST'
  return [...new Set([...tags.map(({ code }) => code).filter((flag) => FLAGS.has(flag)), ...(isTest ? ['fictitious'] : [])])]
}

/** The one of the system that the profile names; that of the type INTRN or MR; any other that is no number of the state. */
function fileNumberOf(resource: Json, { fileNumber }: PatientSettings): string | undefined {
  const identifiers = objects(resource.identifier).filter((identifier) => !INS_KINDS.has(systemOf(identifier)))
  const rank = (identifier: Json): number => {
    if (fileNumber !== undefined) return systemOf(identifier) === fileNumber ? 0 : 9
    const types = codingsOf(identifier.type).map(({ system, code }) =>
      system === IDENTIFIER_TYPES || system === hl7('v2-0203') ? code : '',
    )
    return types.includes('INTRN') ? 0 : types.includes('MR') || types.includes('PI') ? 1 : 2
  }
  const [first] = identifiers.filter((each) => rank(each) < 9).toSorted((one, other) => rank(one) - rank(other))
  return lineOf(first?.value, 40)
}

/** All given names of birth stand in an extension, with blanks between; the first of them alone, whole, in the name. */
function givenNamesOf(resource: Json, given: readonly string[]): string[] {
  const names = objects(resource.name).map((name) => extensionOf(name, profile('fr-core-patient-birth-list-given-name')))
  const list = lineOf(names.find((name) => name !== undefined)?.valueString, 1_000)
  const [first] = given
  if (list === undefined) return given.slice(0, 20)
  const isFirst = first !== undefined && (list === first || list.startsWith(`${first} `))
  const rest = (isFirst ? list.slice(first.length) : list).split(/[\s,;]+/).filter((name) => name !== '')
  return [...(isFirst ? [first] : []), ...rest].slice(0, 20).map((name) => name.slice(0, 100))
}

function birthPlaceOf(resource: Json) {
  const place = object(extensionOf(resource, BIRTH_PLACE)?.valueAddress)
  const insee = codeIn(extensionOf(place, profile('fr-core-address-insee-code'))?.valueCoding, COMMUNE)
  return clean({
    birthPlace: insee !== undefined && /^(\d{2}|2[AB])\d{3}$/.test(insee) ? insee : undefined,
    birthPlaceName: lineOf(place.city, 100) ?? lineOf(place.text, 100),
  })
}

function languageOf(resource: Json): string | undefined {
  const known = objects(resource.communication).toSorted(
    (one, other) => Number(other.preferred === true) - Number(one.preferred === true),
  )
  const codes = known.flatMap(({ language }) => codingsOf(language).map(({ code }) => code))
  return codes.find((code) => /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(code) && code.length <= 35)
}

function noteOf(resource: Json): string | undefined {
  const written = textOf(object(extensionOf(resource, NOTE)?.valueAnnotation).text)
  const died = resource.deceasedBoolean === true ? 'Décédé(e), date inconnue' : undefined
  return joined([written, died], '\n')
}

const RELATIONS: Readonly<Record<string, string>> = {
  ...{ MTH: 'mother', FTH: 'father', PRN: 'parent', CHILD: 'child', SON: 'child', DAU: 'child', SPS: 'spouse', HUSB: 'spouse' },
  ...{
    WIFE: 'spouse',
    DOMPART: 'spouse',
    SIB: 'sibling',
    SIS: 'sibling',
    BRO: 'sibling',
    GRPRN: 'grandparent',
    GRMTH: 'grandparent',
  },
  ...{ GRFTH: 'grandparent', GUARD: 'guardian', FRND: 'friend' },
}
const LEGAL_AUTHORITIES = new Set([
  'parental-authority',
  'guardianship',
  'curatorship',
  'judicial-safeguard',
  'family-authorisation',
  'future-protection-mandate',
])

/** A related person, or a contact within a patient: both say who it is in the same words. */
export function mapRelatedPerson(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const { family, given, text } = nameOf({ name: resource.name })
  const familyName = family ?? text
  if (familyName === undefined) {
    reader.say('name-missing')
    return undefined
  }
  const relations = objects(resource.relationship)
  const role = codeAmong(relations, hl7('v3-RoleCode')) ?? ''
  const authority = codeAmong(relations, own('legal-authority'))
  const { start, end } = reader.period()
  const isContact = codeAmong(relations, hl7('v2-0131')) === 'C' || resource.resourceType === 'Patient.contact'
  for (const { system, value } of objects(resource.identifier))
    if (system === own('patient'))
      reader.links.push({ member: 'patientId', isList: false, table: 'Patient', key: String(value), kind: 'identity' })
  const body = clean({
    familyName,
    givenName: given[0],
    relation: RELATIONS[role] ?? 'other',
    authority: authority !== undefined && LEGAL_AUTHORITIES.has(authority) ? authority : undefined,
    isTrustedPerson: codeAmong(relations, own('relation')) === 'trusted-person' || undefined,
    isEmergencyContact: isContact || undefined,
    from: reader.wholeDay('period', start),
    to: reader.wholeDay('period', end),
    ...reachOf(resource.telecom, (code, column) => reader.say(code, column)),
    address: addressesOf(resource.address)[0],
    note: noteOf(resource) ?? relationWords(relations, role),
  })
  return { kind: 'entry', content: { kind: 'relatedPerson', body } }
}

/** What of the relation no word of ours says. */
function relationWords(relations: readonly Json[], role: string): string | undefined {
  if (RELATIONS[role] !== undefined) return undefined
  const texts = relations.map(({ text }) => lineOf(text, 200)).filter((text) => text !== undefined && text !== 'Autre')
  return joined(texts, ', ')
}

const DOCTOR_ROLES = new Set(['treating-physician', 'referring', 'referred-to', 'colleague', 'other'])

/** A doctor elsewhere with the part that they have for this patient; or one of the practice's own, and since when they treat. */
export function mapCareTeam(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const [participant = {}] = objects(resource.participant)
  const basis = codeAmong(resource.category, own('care-link-basis'))
  if (basis !== undefined) return careLink(reader, participant, basis)
  const role = codeAmong(participant.role, own('doctor-role'))
  const doctor = reader.resolve(participant.member)?.resource
  if (role === undefined || doctor?.resourceType !== 'Practitioner') {
    reader.say('kind-unknown')
    return undefined
  }
  return referringDoctor(reader, doctor, DOCTOR_ROLES.has(role) ? role : 'other')
}

/** Whom a patient's own resource names as the doctor who treats them. */
export function mapGeneralPractitioner(reader: ResourceReader): MappedContent | undefined {
  const named = reader.resolve(reader.resource.generalPractitioner)
  const doctor = named?.type === 'PractitionerRole' ? reader.resolve(named.resource?.practitioner)?.resource : named?.resource
  if (named === undefined || doctor?.resourceType !== 'Practitioner') {
    reader.say('link-missing')
    reader.say('nothing-said')
    return undefined
  }
  return referringDoctor(reader, doctor, 'treating-physician')
}

function referringDoctor(reader: ResourceReader, doctor: Json, role: string): MappedContent | undefined {
  const { familyName, ...known } = doctorOf(doctor)
  if (familyName === undefined) {
    reader.say('name-missing')
    return undefined
  }
  const { start, end } = reader.period()
  const body = clean({
    familyName,
    ...known,
    role,
    from: reader.wholeDay('period', start),
    to: reader.wholeDay('period', end),
    ...reachOf(doctor.telecom, (code, column) => reader.say(code, column)),
    address: addressesOf(doctor.address)[0],
    note: noteOf(doctor),
  })
  return { kind: 'entry', content: { kind: 'referringDoctor', body } }
}

const CARE_LINK_BASES = new Set(['treating', 'shared', 'replacement', 'referral', 'imported', 'other'])

function careLink(reader: ResourceReader, participant: Json, basis: string): MappedContent | undefined {
  const { start, end } = reader.period()
  const from = reader.wholeDay('period', start)
  reader.namePractitioner(participant.member)
  if (from === undefined) reader.say('day-missing', 'period')
  if (reader.practitioner === undefined) reader.say('practitioner-missing')
  if (from === undefined || reader.practitioner === undefined) return undefined
  reader.practitionerMember = 'practitionerId'
  const body = clean({
    from,
    to: reader.wholeDay('period', end),
    basis: CARE_LINK_BASES.has(basis) ? basis : 'other',
    note: reader.notes(),
  })
  return { kind: 'entry', content: { kind: 'careLink', body } }
}

const STEWARDSHIP_BASES = new Set([
  'company',
  'contract',
  'patient-choice',
  'hand-over',
  'succession',
  'declared',
  'imported',
  'other',
])

/** Whose the record is, as our own packages say it. */
export function mapEpisode(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const [type] = objects(resource.type)
  const basis = codeIn(type, own('stewardship-basis'))
  const from = reader.wholeDay('period', reader.period().start)
  if (basis === undefined || from === undefined) {
    reader.say('kind-unknown')
    return undefined
  }
  const steward = stewardOf(reader, lineOf(type?.text, 200)?.split(' : ')[1])
  if (steward === undefined) {
    reader.say('practitioner-missing')
    return undefined
  }
  const body = clean({ steward, from, basis: STEWARDSHIP_BASES.has(basis) ? basis : 'other', note: noteOf(resource) })
  return { kind: 'entry', content: { kind: 'stewardship', body } }
}

function stewardOf(reader: ResourceReader, kind: string | undefined): object | undefined {
  const { resource } = reader
  const [company] = objects(resource.contained).filter(({ resourceType }) => resourceType === 'Organization')
  if (kind === 'practice') return { kind }
  if (company !== undefined) {
    const siren = lineOf(objects(company.identifier)[0]?.value, 20)
    return clean({ kind: 'company', name: lineOf(company.name, 200), siren: /^\d{9}$/.test(siren ?? '') ? siren : undefined })
  }
  reader.namePractitioner(resource.careManager)
  if (reader.practitioner === undefined) return undefined
  reader.practitionerMember = 'steward.practitionerId'
  return { kind: 'practitioner' }
}
