/**
 * Alerts in their states: present; said to be absent, as a negative statement (refuted, not taken, or a code for `no known…`). What nobody
 * has recorded is no entry, and so no resource.
 */
import { alertThing, type EntryOf, isPast } from '#patients'
import {
  coded,
  coding,
  idOf,
  metaOf,
  noteOf,
  patientReference,
  type Reference,
  type Resource,
  type Surroundings,
} from '../parts.ts'
import { DATA_ABSENT, hl7, IPS_ABSENT, own, profile, SNOMED } from '../systems.ts'

type Alert = EntryOf<'alert'>
type Body = NonNullable<Alert['body']>

const CATEGORY_TEXTS: Readonly<Record<Body['category'], string>> = {
  allergy: 'Allergie',
  anticoagulant: 'Anticoagulant',
  medication: 'Traitement en cours',
  condition: 'Antécédent',
  pregnancy: 'Grossesse',
  device: 'Dispositif implanté',
  infection: 'Infection',
  other: 'Autre alerte',
}

export function mapAlert(entry: Alert, body: Body, around: Surroundings): Resource {
  switch (body.category) {
    case 'allergy':
      return mapAllergy(entry, body, around)
    case 'anticoagulant':
    case 'medication':
      return mapMedication(entry, body, around)
    case 'condition':
    case 'pregnancy':
    case 'device':
    case 'infection':
    case 'other':
      return mapCondition(entry, body, around)
  }
}

function mapAllergy(entry: Alert, body: Body, around: Surroundings): Resource {
  const isNoneKnown = body.state === 'absent' && alertThing(body) === undefined
  const noneKnown = {
    coding: [coding(SNOMED, '716186003', 'No known allergy'), coding(IPS_ABSENT, 'no-known-allergies')],
    text: 'Aucune allergie connue',
  }
  const clinical =
    body.state === 'present' ? (isPast(body.to, around.today) ? 'resolved' : 'active') : isNoneKnown ? 'active' : 'inactive'
  return {
    resourceType: 'AllergyIntolerance',
    id: idOf(entry),
    meta: metaOf(entry, profile('fr-core-allergy-intolerance')),
    ...statuses(entry, 'allergyintolerance', clinical, body.state === 'absent' && !isNoneKnown ? 'refuted' : certainty(body)),
    code: isNoneKnown ? noneKnown : coded(alertThing(body) ?? '', body.code),
    patient: patientReference(around),
    onsetDateTime: body.state === 'present' ? body.from : undefined,
    recordedDate: body.recordedOn,
    asserter: teller(body, around),
    note: [...noteOf(endWords(body)), ...noteOf(checkWords(body)), ...noteOf(body.note)],
    reaction: body.state === 'present' ? reaction(body) : [],
  }
}

function reaction({ reaction: text, severity }: Extract<Body, { state: 'present' }>): object[] {
  if (text === undefined && severity === undefined) return []
  const unknown = { extension: [{ url: DATA_ABSENT, valueCode: 'unknown' }] }
  return [{ manifestation: [text === undefined ? unknown : { text }], severity }]
}

function mapMedication(entry: Alert, body: Body, around: Surroundings): Resource {
  const status = body.state === 'absent' ? 'not-taken' : isPast(body.to, around.today) ? 'completed' : 'active'
  const isNoneAtAll = body.state === 'absent' && alertThing(body) === undefined && body.category === 'medication'
  const text = alertThing(body) ?? (isNoneAtAll ? 'Aucun traitement' : 'Anticoagulants')
  return {
    resourceType: 'MedicationStatement',
    id: idOf(entry),
    meta: metaOf(entry),
    status: entry.state === 'withdrawn' ? 'entered-in-error' : status,
    category: { coding: [coding(own('alert-category'), body.category)], text: CATEGORY_TEXTS[body.category] },
    medicationCodeableConcept: isNoneAtAll
      ? { coding: [coding(IPS_ABSENT, 'no-known-medications')], text }
      : coded(text, body.code),
    subject: patientReference(around),
    effectivePeriod: body.state === 'present' ? { start: body.from, end: body.to } : undefined,
    informationSource: teller(body, around),
    dateAsserted: body.recordedOn,
    note: [
      ...noteOf(
        body.state === 'present' && body.severity !== undefined ? `Gravité : ${SEVERITY_WORDS[body.severity]}` : undefined,
      ),
      ...noteOf(checkWords(body)),
      ...noteOf(body.note),
      ...noteOf(body.state === 'present' ? body.reaction : undefined),
    ],
  }
}

function mapCondition(entry: Alert, body: Body, around: Surroundings): Resource {
  const isNoneAtAll = body.state === 'absent' && alertThing(body) === undefined && body.category === 'condition'
  const text = alertThing(body) ?? (isNoneAtAll ? 'Aucun antécédent connu' : CATEGORY_TEXTS[body.category])
  const clinical =
    body.state === 'present' ? (isPast(body.to, around.today) ? 'resolved' : 'active') : isNoneAtAll ? 'active' : 'inactive'
  const end = body.state === 'present' ? body.to : undefined
  const isAbated = entry.state === 'current' && isPast(end, around.today)
  return {
    resourceType: 'Condition',
    id: idOf(entry),
    meta: metaOf(entry, profile('fr-core-condition')),
    ...statuses(entry, 'condition', clinical, body.state === 'absent' && !isNoneAtAll ? 'refuted' : certainty(body), 'ver'),
    category: [
      { coding: [coding(hl7('condition-category'), 'problem-list-item')] },
      { coding: [coding(own('alert-category'), body.category)], text: CATEGORY_TEXTS[body.category] },
    ],
    severity: body.state === 'present' && body.severity !== undefined ? severity(body.severity) : undefined,
    code: isNoneAtAll ? { coding: [coding(IPS_ABSENT, 'no-known-problems')], text } : coded(text, body.code),
    subject: patientReference(around),
    onsetDateTime: body.state === 'present' ? body.from : undefined,
    abatementDateTime: isAbated ? end : undefined,
    recordedDate: body.recordedOn,
    asserter: teller(body, around),
    note: [
      ...noteOf(isAbated ? undefined : endWords(body)),
      ...noteOf(checkWords(body)),
      ...noteOf(body.note),
      ...noteOf(body.state === 'present' ? body.reaction : undefined),
    ],
  }
}

const SEVERITIES = { mild: ['255604002', 'Mild'], moderate: ['6736007', 'Moderate'], severe: ['24484000', 'Severe'] } as const

function severity(level: keyof typeof SEVERITIES): object {
  const [code, display] = SEVERITIES[level]
  return { coding: [coding(SNOMED, code, display)] }
}

const SEVERITY_WORDS = { mild: 'légère', moderate: 'modérée', severe: 'sévère' } as const

/** Where FHIR has no member for the end, or none for one that is still to come. */
function endWords(body: Body): string | undefined {
  return body.state === 'present' && body.to !== undefined ? `Jusqu’au ${body.to}` : undefined
}

const TELLERS = { representative: 'Représentant', doctor: 'Médecin', document: 'Document', other: 'Autre' } as const

/** R4 has a day for when it was recorded, and none for when it was last asked again. */
function checkWords({ checkedOn }: Body): string | undefined {
  return checkedOn === undefined ? undefined : `Vérifié le ${checkedOn}`
}

/** Who said so. */
function teller({ toldBy }: Body, around: Surroundings): Reference | undefined {
  if (toldBy === undefined) return undefined
  return toldBy === 'patient' ? patientReference(around) : { display: TELLERS[toldBy] }
}

/** What a doctor or a document says is confirmed; what a person tells is not. */
function certainty({ toldBy }: Body): string {
  return toldBy === 'doctor' || toldBy === 'document' ? 'confirmed' : 'unconfirmed'
}

/** FHIR wants no clinical status of what was entered in error, and one of everything else. */
function statuses(entry: Alert, kind: string, clinical: string, verification: string, suffix = 'verification'): object {
  const system = hl7(`${kind}-${suffix === 'ver' ? 'ver-status' : suffix}`)
  if (entry.state === 'withdrawn') return { verificationStatus: { coding: [coding(system, 'entered-in-error')] } }
  return {
    clinicalStatus: { coding: [coding(hl7(`${kind}-clinical`), clinical)] },
    verificationStatus: { coding: [coding(system, verification)] },
  }
}
