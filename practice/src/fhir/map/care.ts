/** Acts, observations, questionnaires, prescriptions, devices. */
import type { EntryKind, EntryOf } from '#patients'
import {
  asCode,
  asUrn,
  coded,
  coding,
  concept,
  euros,
  idOf,
  metaOf,
  millimetres,
  noteOf,
  patientReference,
  period,
  practiceReference,
  type Resource,
  referencesTo,
  type Surroundings,
  sites,
  tooth,
  toothCodings,
} from '../parts.ts'
import { CCAM, hl7, LOINC, own, profile, SNOMED, URI } from '../systems.ts'

type BodyOfEntry<K extends EntryKind> = NonNullable<EntryOf<K>['body']>

const inError = (entry: { readonly state: string }, status: string) => (entry.state === 'withdrawn' ? 'entered-in-error' : status)

// Acts

type ActCode = BodyOfEntry<'procedure'>['code']

const ACT_STATUSES = { planned: 'preparation', done: 'completed', billed: 'completed', cancelled: 'not-done' } as const

/** The act, and its fee where one stands there: FHIR keeps money apart. */
export function mapProcedure(entry: EntryOf<'procedure'>, body: BodyOfEntry<'procedure'>, around: Surroundings): Resource[] {
  const performer = around.referToPractitioner(body.practitionerId)
  const act: Resource = {
    resourceType: 'Procedure',
    id: idOf(entry),
    meta: metaOf(entry, profile('fr-core-procedure')),
    basedOn: referencesTo(around, [body.quoteId], ['CarePlan']),
    status: inError(entry, ACT_STATUSES[body.status]),
    code: actConcept(body.code),
    subject: patientReference(around),
    performedDateTime: body.performedOn,
    performer: performer === undefined ? [] : [{ actor: performer }],
    bodySite: sites(body),
    note: [...noteOf(billingWords(body.code)), ...noteOf(body.note)],
  }
  if (body.feeCents === undefined) return [act]
  return [
    act,
    {
      ...charge(entry, 'fee', body, around),
      service: [{ reference: `Procedure/${entry.id}` }],
      priceOverride: euros(body.feeCents),
    },
  ]
}

function charge(entry: EntryOf<'procedure'>, part: string, body: BodyOfEntry<'procedure'>, around: Surroundings): Resource {
  const statuses = { planned: 'planned', done: 'billable', billed: 'billed', cancelled: 'not-billable' } as const
  return {
    resourceType: 'ChargeItem',
    id: idOf(entry, part),
    meta: metaOf(entry),
    status: inError(entry, statuses[body.status]),
    code: actConcept(body.code),
    subject: patientReference(around),
    performingOrganization: practiceReference(around),
    occurrenceDateTime: body.performedOn,
    bodysite: sites(body),
  }
}

/** As the source has it: NGAP letters and codes of a practice program's own are not turned into CCAM. */
export function actConcept({ system, code, version, label }: ActCode): object {
  const uri = system === 'ccam' ? CCAM : own(`act-${system}`)
  return { coding: [{ system: uri, version, code: asCode(code), display: label }], text: label }
}

export function billingWords({ activity, phase, modifiers }: ActCode): string | undefined {
  const words = [
    activity === undefined ? '' : `activité ${activity}`,
    phase === undefined ? '' : `phase ${phase}`,
    modifiers === undefined || modifiers.length === 0 ? '' : `modificateurs ${modifiers.join(' ')}`,
  ].filter((word) => word !== '')
  return words.length === 0 ? undefined : `Facturation : ${words.join(', ')}`
}

// Observations

type Note = Exclude<BodyOfEntry<'observation'>, { category: 'personal-note' }>

/** @returns undefined for a personal note: it goes to nobody, not to its author either */
export function mapObservation(
  entry: EntryOf<'observation'>,
  body: BodyOfEntry<'observation'>,
  around: Surroundings,
): Resource | undefined {
  if (body.category === 'personal-note') return undefined
  return {
    resourceType: 'Observation',
    id: idOf(entry),
    meta: metaOf(entry),
    status: inError(entry, 'final'),
    category: [concept(hl7('observation-category'), 'exam')],
    subject: patientReference(around),
    effectiveDateTime: body.on,
    performer: [around.referToPractitioner(body.practitionerId)],
    ...findings(body),
  }
}

function findings(body: Note): object {
  switch (body.category) {
    case 'note':
      return {
        code: concept(LOINC, '11506-3', 'Note de consultation'),
        valueString: body.text,
        component: body.teeth.map((fdi) => ({
          code: concept(own('observation'), 'tooth', 'Dent'),
          valueCodeableConcept: tooth({ fdi }),
        })),
      }
    case 'tooth-chart':
      return {
        code: { coding: [coding(LOINC, '83836-7'), coding(own('observation'), 'tooth-chart')], text: 'Schéma dentaire' },
        note: noteOf(body.text),
        component: body.findings.map(({ fdi, surfaces, state, note }) => ({
          code: tooth({ fdi, surfaces }),
          valueCodeableConcept: concept(own('tooth-state'), state, note === undefined ? state : `${state} : ${note}`),
        })),
      }
    case 'periodontal-chart':
      return {
        code: concept(own('observation'), 'periodontal-chart', 'Sondage parodontal'),
        note: noteOf(body.text),
        component: body.teeth.flatMap(probings),
      }
  }
}

/** One component a measure. A tooth of which nothing was measured was looked at. */
function probings({
  fdi,
  mobility,
  furcation,
  sites: places,
}: Extract<Note, { category: 'periodontal-chart' }>['teeth'][number]) {
  const measure = (what: string, value: object, site?: string) => ({
    code: {
      coding: [coding(own('periodontal-measure'), what), ...toothCodings(fdi), site && coding(own('probing-site'), site)],
      text: ['Dent', fdi, site, what].filter((word) => word !== undefined).join(' '),
    },
    ...value,
  })
  const ofSite = (place: (typeof places)[number]) => [
    place.depthMm === undefined ? undefined : measure('depth', { valueQuantity: millimetres(place.depthMm) }, place.site),
    place.recessionMm === undefined
      ? undefined
      : measure('recession', { valueQuantity: millimetres(place.recessionMm) }, place.site),
    place.isBleeding === undefined ? undefined : measure('bleeding', { valueBoolean: place.isBleeding }, place.site),
    place.hasPlaque === undefined ? undefined : measure('plaque', { valueBoolean: place.hasPlaque }, place.site),
    place.isSuppurating === undefined ? undefined : measure('suppuration', { valueBoolean: place.isSuppurating }, place.site),
  ]
  return [
    { code: concept(own('observation'), 'tooth', 'Dent'), valueCodeableConcept: tooth({ fdi }) },
    mobility === undefined ? undefined : measure('mobility', { valueInteger: mobility }),
    furcation === undefined ? undefined : measure('furcation', { valueInteger: furcation }),
    ...places.flatMap(ofSite),
  ]
}

// Questionnaires

const ANSWERS = { present: coding(SNOMED, '373066001', 'Yes'), absent: coding(SNOMED, '373067005', 'No') } as const

/** A question that was not answered stands there without an answer. */
export function mapQuestionnaire(
  entry: EntryOf<'questionnaire'>,
  body: BodyOfEntry<'questionnaire'>,
  around: Surroundings,
): Resource {
  return {
    resourceType: 'QuestionnaireResponse',
    id: idOf(entry),
    meta: metaOf(entry),
    questionnaire: own(`questionnaire:${encodeURIComponent(body.form)}`),
    status: inError(entry, 'completed'),
    subject: patientReference(around),
    authored: body.answeredOn,
    author: around.referToPractitioner(body.practitionerId),
    source: patientReference(around),
    item: [
      ...body.items.map(({ question, label, answer, detail }, index) => ({
        linkId: `${index + 1}`,
        definition: own(`question:${encodeURIComponent(question)}`),
        text: label,
        ...answered(answer, detailItem(`${index + 1}.detail`, detail)),
      })),
      ...signature(body.signed),
      ...referencesTo(around, [body.documentId]).map((valueReference) => ({
        linkId: 'document',
        text: 'Document',
        answer: [{ valueReference }],
      })),
      ...(body.note === undefined ? [] : [{ linkId: 'note', text: 'Note', answer: [{ valueString: body.note }] }]),
    ],
  }
}

/** What is said more precisely stands under the answer; where there is none, under the question. */
function answered(answer: 'present' | 'absent' | 'not-answered', item: object[]): object {
  return answer === 'not-answered' ? { item } : { answer: [{ valueCoding: ANSWERS[answer], item }] }
}

function detailItem(linkId: string, detail: string | undefined): object[] {
  return detail === undefined ? [] : [{ linkId, text: 'Précision', answer: [{ valueString: detail }] }]
}

function signature(signed: BodyOfEntry<'questionnaire'>['signed']): object[] {
  if (signed === undefined) return []
  const by = signed.by === 'patient' ? 'Patient' : 'Représentant'
  const words = signed.name === undefined ? by : `${by} : ${signed.name}`
  return [
    {
      linkId: 'signature',
      text: 'Signature',
      item: [
        { linkId: 'signature.by', text: 'Signé par', answer: [{ valueString: words }] },
        { linkId: 'signature.on', text: 'Signé le', answer: [{ valueDate: signed.on }] },
      ],
    },
  ]
}

// Prescriptions

type Prescription = BodyOfEntry<'prescription'>
type Line = Prescription['lines'][number]

/** One request a line: of medicines and products, or of care, biology, imaging. */
export function mapPrescription(entry: EntryOf<'prescription'>, body: Prescription, around: Surroundings): Resource[] {
  const isMedication = body.category === 'medicines' || body.category === 'products'
  return body.lines.map((line, index) => {
    const common = {
      id: idOf(entry, index),
      subject: patientReference(around),
      authoredOn: body.prescribedOn,
      requester: around.referToPractitioner(body.practitionerId),
      supportingInformation: isMedication ? referencesTo(around, [body.documentId]) : [],
      supportingInfo: isMedication ? [] : referencesTo(around, [body.documentId]),
      note: [...noteOf(line.note), ...noteOf(body.note)],
    }
    const group = { system: URI, value: asUrn(entry.id) }
    return isMedication
      ? {
          resourceType: 'MedicationRequest',
          meta: metaOf(entry, profile('fr-core-medication-request')),
          ...common,
          groupIdentifier: group,
          ...medication(entry, body, line),
        }
      : { resourceType: 'ServiceRequest', meta: metaOf(entry), ...common, requisition: group, ...service(entry, body, line) }
  })
}

const MEDICATION_STATUSES = { draft: 'draft', signed: 'active', cancelled: 'cancelled' } as const
const SERVICE_STATUSES = { draft: 'draft', signed: 'active', cancelled: 'revoked' } as const

function medication(entry: EntryOf<'prescription'>, { status, category }: Prescription, line: Line): object {
  const duration = line.days === undefined ? undefined : days(line.days)
  return {
    status: inError(entry, MEDICATION_STATUSES[status]),
    intent: 'order',
    category: [concept(own('prescription-category'), category)],
    medicationCodeableConcept: coded(line.label, line.code),
    dosageInstruction: [
      { text: line.dosage, timing: duration === undefined ? undefined : { repeat: { boundsDuration: duration } } },
    ],
    dispenseRequest: {
      extension: line.quantity === undefined ? [] : [{ url: own('quantity-words'), valueString: line.quantity }],
      expectedSupplyDuration: duration,
    },
    substitution: line.isNotSubstitutable === undefined ? undefined : { allowedBoolean: !line.isNotSubstitutable },
  }
}

function service(entry: EntryOf<'prescription'>, { status, category }: Prescription, line: Line): object {
  return {
    status: inError(entry, SERVICE_STATUSES[status]),
    intent: 'order',
    category: [concept(own('prescription-category'), category)],
    code: coded(line.label, line.code),
    patientInstruction: [line.dosage, line.quantity, line.days === undefined ? undefined : `${line.days} jours`]
      .filter((words) => words !== undefined)
      .join(' ; '),
  }
}

function days(value: number): object {
  return { value, unit: 'jours', system: 'http://unitsofmeasure.org', code: 'd' }
}

// Devices

/** The thing, and a statement of its use for each tooth or area. */
export function mapDevice(entry: EntryOf<'device'>, body: BodyOfEntry<'device'>, around: Surroundings): Resource[] {
  const places = sites(body)
  const device: Resource = {
    resourceType: 'Device',
    id: idOf(entry),
    meta: metaOf(entry),
    udiCarrier: body.udi === undefined ? [] : [{ carrierHRF: body.udi, entryType: 'unknown' }],
    status: inError(entry, body.removedOn === undefined ? 'active' : 'inactive'),
    manufacturer: body.manufacturer,
    lotNumber: body.lot,
    serialNumber: body.serialNumber,
    modelNumber: body.reference,
    deviceName: [{ name: body.label, type: 'user-friendly-name' }],
    type: concept(own('device-category'), body.category, body.category),
    property: properties(body),
    patient: patientReference(around),
    note: noteOf(body.note),
  }
  const uses = (places.length === 0 ? [undefined] : places).map((bodySite, index) => ({
    resourceType: 'DeviceUseStatement',
    id: idOf(entry, index === 0 ? 'use' : `use.${index}`),
    meta: metaOf(entry),
    status: inError(entry, body.removedOn === undefined ? 'active' : 'completed'),
    subject: patientReference(around),
    derivedFrom: referencesTo(around, [body.procedureId, body.conformity?.documentId], ['Procedure', 'DocumentReference']),
    timingPeriod: period(body.placedOn, body.removedOn),
    source: around.referToPractitioner(body.practitionerId),
    device: { reference: `Device/${entry.id}` },
    bodySite,
  }))
  return [device, ...uses]
}

function properties({ laboratory, conformity, cardHandedOn }: BodyOfEntry<'device'>): object[] {
  const property = (name: string, text: string) => ({
    type: concept(own('device-property'), name, name),
    valueCode: [{ text }],
  })
  return [
    ...(laboratory === undefined
      ? []
      : [property('laboratory', [laboratory.name, laboratory.country].filter(Boolean).join(', '))]),
    ...(conformity === undefined ? [] : [property('conformity-received', conformity.receivedOn ?? 'date inconnue')]),
    ...(cardHandedOn === undefined ? [] : [property('card-handed', cardHandedOn)]),
  ]
}
