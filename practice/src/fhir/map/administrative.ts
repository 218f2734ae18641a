/** People around the patient, consents, quotes, letters, appointments, claims, whose patient it is. */
import { type EntryKind, type EntryOf, isPast } from '#patients'
import {
  address,
  coding,
  concept,
  euros,
  idOf,
  metaOf,
  noteExtension,
  noteOf,
  patientReference,
  period,
  practiceReference,
  type Resource,
  referencesTo,
  rppsIdentifier,
  type Surroundings,
  sites,
  telecom,
} from '../parts.ts'
import { FLAG_DETAIL, hl7, LOINC, own, profile, SIRENE } from '../systems.ts'
import { actConcept, billingWords } from './care.ts'

type Body<K extends EntryKind> = NonNullable<EntryOf<K>['body']>

const isWithdrawn = (entry: { readonly state: string }) => entry.state === 'withdrawn'
const inError = (entry: { readonly state: string }, status: string) => (isWithdrawn(entry) ? 'entered-in-error' : status)

const ROLE_CODES: Readonly<Record<Body<'relatedPerson'>['relation'], string | undefined>> = {
  mother: 'MTH',
  father: 'FTH',
  parent: 'PRN',
  child: 'CHILD',
  spouse: 'SPS',
  sibling: 'SIB',
  grandparent: 'GRPRN',
  guardian: 'GUARD',
  friend: 'FRND',
  other: undefined,
}

export function mapRelatedPerson(entry: EntryOf<'relatedPerson'>, body: Body<'relatedPerson'>, around: Surroundings): Resource {
  const role = ROLE_CODES[body.relation]
  return {
    resourceType: 'RelatedPerson',
    id: idOf(entry),
    meta: metaOf(entry, profile('fr-core-related-person')),
    extension: noteExtension(body.note),
    identifier: body.patientId === undefined ? [] : [{ use: 'secondary', system: own('patient'), value: body.patientId }],
    active: !isWithdrawn(entry) && !isPast(body.to, around.today),
    patient: patientReference(around),
    relationship: [
      role === undefined ? { text: 'Autre' } : concept(hl7('v3-RoleCode'), role),
      body.authority && concept(own('legal-authority'), body.authority, body.authority),
      body.isTrustedPerson === true ? concept(own('relation'), 'trusted-person', 'Personne de confiance') : undefined,
      body.isEmergencyContact === true ? concept(hl7('v2-0131'), 'C') : undefined,
    ],
    name: [{ family: body.familyName, given: [body.givenName] }],
    telecom: telecom(body),
    address: body.address === undefined ? [] : [address(body.address)],
    period: period(body.from, body.to),
  }
}

/** The doctor, and in what role for this patient: a team of one. */
export function mapReferringDoctor(
  entry: EntryOf<'referringDoctor'>,
  body: Body<'referringDoctor'>,
  around: Surroundings,
): Resource[] {
  return [
    {
      resourceType: 'Practitioner',
      id: idOf(entry),
      meta: metaOf(entry, profile('fr-core-practitioner')),
      extension: noteExtension(body.note),
      identifier: body.rpps === undefined ? [] : [rppsIdentifier(body.rpps)],
      active: !isWithdrawn(entry),
      name: [{ family: body.familyName, given: [body.givenName] }],
      telecom: telecom(body),
      address: body.address === undefined ? [] : [address(body.address)],
      qualification: body.speciality === undefined ? [] : [{ code: { text: body.speciality } }],
    },
    {
      resourceType: 'CareTeam',
      id: idOf(entry, 'team'),
      meta: metaOf(entry),
      status: inError(entry, isPast(body.to, around.today) ? 'inactive' : 'active'),
      subject: patientReference(around),
      period: period(body.from, body.to),
      participant: [
        { role: [concept(own('doctor-role'), body.role, body.role)], member: { reference: `Practitioner/${entry.id}` } },
      ],
    },
  ]
}

const CONSENT_STATUSES = { given: 'active', refused: 'rejected', withdrawn: 'inactive' } as const

export function mapConsent(entry: EntryOf<'consent'>, body: Body<'consent'>, around: Surroundings): Resource {
  const isAboutData = body.subject === 'data' || body.subject === 'sharing' || body.subject === 'photographs'
  const [source, ...furtherDocuments] = referencesTo(around, body.documentIds, ['DocumentReference'])
  const [representative] = referencesTo(around, [body.relatedPersonId], ['RelatedPerson'])
  const related = [
    ...(body.by === 'patient' ? [representative] : []),
    ...referencesTo(around, body.procedureIds),
    ...furtherDocuments,
    ...(body.practitionerId === undefined ? [] : [around.referToPractitioner(body.practitionerId)]),
  ].filter((reference) => reference !== undefined)
  return {
    resourceType: 'Consent',
    id: idOf(entry),
    meta: metaOf(entry, profile('fr-core-consent')),
    extension: noteExtension(body.note),
    status: inError(entry, CONSENT_STATUSES[body.decision]),
    scope: concept(hl7('consentscope'), isAboutData ? 'patient-privacy' : 'treatment'),
    category: [{ coding: [coding(LOINC, '59284-0'), coding(own('consent-subject'), body.subject)], text: body.about }],
    patient: patientReference(around),
    dateTime: body.decidedOn,
    performer: body.by === 'patient' ? [patientReference(around)] : [representative ?? { display: 'Représentant' }],
    organization: [practiceReference(around)],
    sourceReference: source,
    policyRule: { text: isAboutData ? 'Règlement (UE) 2016/679' : 'Code de la santé publique, article L. 1111-4' },
    provision: {
      type: body.decision === 'given' ? 'permit' : 'deny',
      data: related.map((reference) => ({ meaning: 'related', reference })),
    },
  }
}

const PLAN_STATUSES = { draft: 'draft', handed: 'active', signed: 'active', refused: 'revoked', expired: 'revoked' } as const

const BASKETS = {
  'full-cover': 'Panier 100 % Santé',
  moderated: 'Panier aux tarifs maîtrisés',
  free: 'Panier aux tarifs libres',
} as const

function subcontractingWords({ subcontracting, subcontractedIn }: Body<'quote'>['lines'][number]): string | undefined {
  if (subcontracting === undefined) return undefined
  if (subcontracting === 'none') return 'Sans sous-traitance de la fabrication'
  return `Sous-traitance d’une partie de la fabrication${subcontractedIn === undefined ? '' : ` : ${subcontractedIn}`}`
}

/** What is proposed, as a plan; the price of each line as a charge, since a plan knows no money. */
export function mapQuote(entry: EntryOf<'quote'>, body: Body<'quote'>, around: Surroundings): Resource[] {
  const facts = [
    ['Remis le', body.handedOn],
    ['Signé le', body.signedOn],
  ].flatMap(([words, day]) => (day === undefined ? [] : noteOf(`${words} ${day}`)))
  const plan: Resource = {
    resourceType: 'CarePlan',
    id: idOf(entry),
    meta: metaOf(entry),
    identifier: body.number === undefined ? [] : [{ system: `urn:uuid:${around.practiceId}`, value: body.number }],
    status: inError(entry, PLAN_STATUSES[body.state]),
    intent: body.state === 'signed' ? 'plan' : 'proposal',
    category: [concept(own('quote-state'), body.state, `Devis : ${body.state}`)],
    title: body.number === undefined ? 'Devis' : `Devis ${body.number}`,
    subject: patientReference(around),
    period: period(body.madeOn, body.validUntil),
    created: body.madeOn,
    author: around.referToPractitioner(body.practitionerId),
    supportingInfo: referencesTo(around, [body.documentId]),
    activity: body.lines.map((line) => ({
      detail: {
        code: line.code === undefined ? { text: line.label } : actConcept(line.code),
        status: body.state === 'refused' || body.state === 'expired' ? 'cancelled' : 'not-started',
        description: [line.label, ...line.teeth.map(({ fdi, surfaces }) => `${fdi}${surfaces.join('')}`), ...line.areas].join(
          ' ',
        ),
      },
    })),
    note: [
      ...facts,
      ...noteOf(body.alternative === undefined ? undefined : `Alternative 100 % Santé : ${body.alternative}`),
      ...noteOf(body.note),
    ],
  }
  const charges = body.lines.map(
    (line, index): Resource => ({
      resourceType: 'ChargeItem',
      id: idOf(entry, `line.${index + 1}`),
      meta: metaOf(entry),
      status: inError(entry, 'planned'),
      code: line.code === undefined ? { text: line.label } : actConcept(line.code),
      subject: patientReference(around),
      performingOrganization: practiceReference(around),
      bodysite: sites(line),
      priceOverride: euros(line.feeCents),
      supportingInformation: [{ reference: `CarePlan/${entry.id}` }],
      note: [
        ...noteOf(line.label),
        ...noteOf(line.code === undefined ? undefined : billingWords(line.code)),
        ...noteOf(line.deviceCents === undefined ? undefined : `Dont appareil : ${line.deviceCents / 100} EUR`),
        ...noteOf(line.baseCents === undefined ? undefined : `Base de remboursement : ${line.baseCents / 100} EUR`),
        ...noteOf(line.reimbursedCents === undefined ? undefined : `Remboursement : ${line.reimbursedCents / 100} EUR`),
        ...noteOf(line.basket === undefined ? undefined : BASKETS[line.basket]),
        ...noteOf(line.materials === undefined ? undefined : `Matériaux : ${line.materials}`),
        ...noteOf(line.madeIn === undefined ? undefined : `Fabriqué en : ${line.madeIn}`),
        ...noteOf(subcontractingWords(line)),
      ],
    }),
  )
  return [plan, ...charges]
}

const CHANNELS: Readonly<Record<Body<'correspondence'>['channel'], string | undefined>> = {
  letter: 'MAILWRIT',
  email: 'EMAILWRIT',
  mssante: 'EMAILWRIT',
  telephone: 'PHONE',
  message: 'ELECTRONIC',
  'in-person': 'FACE',
  other: undefined,
}

export function mapCorrespondence(
  entry: EntryOf<'correspondence'>,
  body: Body<'correspondence'>,
  around: Surroundings,
): Resource {
  const isIn = body.direction === 'in'
  const party = partyReference(body.party, around)
  const us = around.referToPractitioner(body.practitionerId) ?? practiceReference(around)
  const medium = CHANNELS[body.channel]
  const [answered] = referencesTo(around, [body.answersTo])
  const isToCommunication = answered?.reference?.startsWith('Communication/') === true
  return {
    resourceType: 'Communication',
    id: idOf(entry),
    meta: metaOf(entry),
    inResponseTo: isToCommunication ? [answered] : [],
    about: isToCommunication ? [] : [answered],
    status: inError(entry, 'completed'),
    category: [
      concept(own('correspondence-party'), body.party.kind, body.party.kind),
      body.awaitsAnswer === true ? concept(own('correspondence'), 'awaits-answer', 'Attend une réponse') : undefined,
      body.awaitsAnswer === false ? concept(own('correspondence'), 'filed', 'Classé') : undefined,
    ],
    medium: [
      medium === undefined
        ? { text: body.channel }
        : { coding: [coding(hl7('v3-ParticipationMode'), medium)], text: body.channel },
    ],
    subject: patientReference(around),
    topic: { text: body.subject },
    sent: isIn ? undefined : body.on,
    received: isIn ? body.on : undefined,
    sender: isIn ? party : us,
    recipient: [isIn ? us : party],
    payload: [
      body.text === undefined ? undefined : { contentString: body.text },
      ...referencesTo(around, body.documentIds).map((contentReference) => ({ contentReference })),
    ],
  }
}

/** Who stands nowhere else in the record is named, not pointed to. */
function partyReference({ kind, name, rpps }: Body<'correspondence'>['party'], around: Surroundings): object {
  if (kind === 'patient') return { ...patientReference(around), display: name }
  const type = kind === 'doctor' ? 'Practitioner' : kind === 'relative' ? 'RelatedPerson' : 'Organization'
  return { type, display: name, identifier: rpps === undefined ? undefined : rppsIdentifier(rpps) }
}

const APPOINTMENT_STATUSES = { booked: 'booked', kept: 'fulfilled', missed: 'noshow', cancelled: 'cancelled' } as const

export function mapAppointment(entry: EntryOf<'appointment'>, body: Body<'appointment'>, around: Surroundings): Resource {
  const start = Temporal.PlainDateTime.from(body.startsAt).toZonedDateTime(body.zone)
  const practitioner = around.referToPractitioner(body.practitionerId)
  return {
    resourceType: 'Appointment',
    id: idOf(entry),
    meta: metaOf(entry, profile('fr-core-appointment')),
    status: inError(entry, APPOINTMENT_STATUSES[body.state]),
    description: body.reason,
    start: instant(start),
    end: instant(start.add({ minutes: body.minutes })),
    minutesDuration: body.minutes,
    comment: body.note,
    participant: [
      { actor: patientReference(around), status: 'accepted' },
      practitioner === undefined ? undefined : { actor: practitioner, status: 'accepted' },
      body.room === undefined ? undefined : { actor: { type: 'Location', display: body.room }, status: 'accepted' },
    ],
  }
}

function instant(time: Temporal.ZonedDateTime): string {
  return time.toString({ smallestUnit: 'second', timeZoneName: 'never' })
}

/** Litigation has no resource: a flag on the record, with its dates. */
export function mapClaim(entry: EntryOf<'claim'>, body: Body<'claim'>, around: Surroundings): Resource {
  const words = [
    ['Consolidation', body.consolidatedOn],
    ['Assureur', body.insurer],
    ['Référence', body.insurerReference],
    ['Expert', body.expert],
    [
      'Conservation imposée',
      body.hold && `du ${body.hold.from}${body.hold.to === undefined ? '' : ` au ${body.hold.to}`}, ${body.hold.reason}`,
    ],
    ['Note', body.note],
  ].flatMap(([name, text]) => (text === undefined ? [] : [`${name} : ${text}`]))
  return {
    resourceType: 'Flag',
    id: idOf(entry),
    meta: metaOf(entry),
    extension: [
      ...noteExtension(words.length === 0 ? undefined : words.join('\n')),
      ...referencesTo(around, [...body.procedureIds, ...body.documentIds]).map((valueReference) => ({
        url: FLAG_DETAIL,
        valueReference,
      })),
    ],
    status: inError(entry, isPast(body.closedOn, around.today) ? 'inactive' : 'active'),
    category: [concept(hl7('flag-category'), 'admin'), concept(own('claim-way'), body.way, body.way)],
    code: { text: body.subject },
    subject: patientReference(around),
    period: period(body.openedOn, body.closedOn),
    author: around.referToPractitioner(body.practitionerId),
  }
}

/** Who keeps the record from that day: an episode under the responsibility of the practice, a company, or one practitioner. */
export function mapStewardship(entry: EntryOf<'stewardship'>, body: Body<'stewardship'>, around: Surroundings): Resource {
  const { steward } = body
  const company = steward.kind === 'company' ? steward : undefined
  const until = isWithdrawn(entry) ? undefined : around.stewardUntil?.(entry.id)
  return {
    resourceType: 'EpisodeOfCare',
    id: idOf(entry),
    meta: metaOf(entry),
    contained:
      company === undefined
        ? []
        : [
            {
              resourceType: 'Organization',
              id: 'company',
              identifier: company.siren === undefined ? [] : [{ system: SIRENE, value: company.siren }],
              name: company.name,
            },
          ],
    extension: noteExtension(body.note),
    status: inError(entry, stewardshipStatus(body.from, until, around.today)),
    type: [concept(own('stewardship-basis'), body.basis, `Dossier tenu par : ${steward.kind}`)],
    patient: patientReference(around),
    managingOrganization: company === undefined ? practiceReference(around) : { reference: '#company' },
    period: period(body.from, until === undefined || until <= body.from ? undefined : dayBefore(until)),
    careManager: steward.kind === 'practitioner' ? around.referToPractitioner(steward.practitionerId) : undefined,
  }
}

/** One that another takes over from on its first day never held. */
function stewardshipStatus(from: string, until: string | undefined, today: string): string {
  if (until !== undefined && until <= from) return 'cancelled'
  if (from > today) return 'planned'
  return until !== undefined && until <= today ? 'finished' : 'active'
}

function dayBefore(day: string): string {
  return Temporal.PlainDate.from(day).subtract({ days: 1 }).toString()
}

export function mapCareLink(entry: EntryOf<'careLink'>, body: Body<'careLink'>, around: Surroundings): Resource {
  return {
    resourceType: 'CareTeam',
    id: idOf(entry),
    meta: metaOf(entry),
    status: inError(entry, isPast(body.to, around.today) ? 'inactive' : 'active'),
    category: [concept(own('care-link-basis'), body.basis, body.basis)],
    subject: patientReference(around),
    period: period(body.from, body.to),
    participant: [{ member: around.referToPractitioner(body.practitionerId) }],
    managingOrganization: [practiceReference(around)],
    note: noteOf(body.note),
  }
}
