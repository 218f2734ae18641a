/**
 * What a form asks of each kind of entry, as data: seventeen kinds, one form. A field knows where in the body it stands and how people read
 * it; `field-values.ts` takes a body apart into fields and puts it together again.
 */
import {
  ALERT_CATEGORIES,
  APPOINTMENT_STATES,
  CARE_LINK_BASES,
  CLAIM_WAYS,
  CONSENT_SUBJECTS,
  CORRESPONDENCE_CHANNELS,
  DEFAULT_TIME_ZONE,
  DEVICE_CATEGORIES,
  DOCTOR_ROLES,
  type EntryKind,
  IDENTITY_FLAGS,
  IDENTITY_STATUSES,
  INS_KINDS,
  LEGAL_AUTHORITIES,
  PRESCRIPTION_CATEGORIES,
  PROCEDURE_STATUSES,
  PROCEDURE_SYSTEMS,
  QUOTE_BASKETS,
  QUOTE_STATES,
  RELATIONS,
  SENSITIVITIES,
  SEXES,
  STEWARDSHIP_BASES,
} from '@couronne/practice/contract'
import type { Messages } from '#messages'

export type LabelKey = keyof Messages['patients']['labels']
export type ChoiceTable = keyof Messages['patients']['choices']
export type RowKey = keyof Messages['patients']['addRows'] & LabelKey
export type Values = Record<string, string | boolean>

interface Common {
  /** where it stands in the body: `code.label` */
  readonly path: string
  /** its name in the form, where two fields share a place */
  readonly name?: string
  readonly label: LabelKey
  readonly hint?: keyof Messages['patients']['hints']
  readonly isNeeded?: true
  /** folded away until asked for */
  readonly isMore?: true
  /** asked only then */
  readonly when?: (values: Values) => boolean
}

export type FieldSpec = Common &
  (
    | { readonly type: 'text'; readonly lengthMax: number; readonly inputMode?: 'numeric' | 'tel' }
    | { readonly type: 'long' | 'list' | 'lines' | 'day' | 'partial' | 'instant' | 'tick' | 'euros' | 'practitioner' }
    | { readonly type: 'today' }
    | { readonly type: 'number'; readonly least: number; readonly most: number }
    | { readonly type: 'choice'; readonly of: ChoiceTable; readonly values: readonly string[]; readonly first?: string }
    | { readonly type: 'ticks'; readonly of: ChoiceTable; readonly values: readonly string[] }
    | {
        readonly type:
          | 'teeth'
          | 'tooth-list'
          | 'tooth-numbers'
          | 'areas'
          | 'code'
          /** the code alone, of an act whose words stand elsewhere */
          | 'ccam'
          | 'findings'
          | 'answers'
          | 'conformity'
          | 'document-type'
      }
    | { readonly type: 'sites'; readonly member: 'depthMm' | 'recessionMm' }
    | { readonly type: 'site-ticks'; readonly member: 'isBleeding' | 'hasPlaque' | 'isSuppurating' }
    | { readonly type: 'rows'; readonly fields: readonly FieldSpec[]; readonly row: RowKey; readonly least?: number }
    /** another patient; choosing one fills these fields, and another takes the place of what the one before has filled */
    | { readonly type: 'patient'; readonly fills: readonly ['familyName', 'givenName'] }
    | { readonly type: 'entry'; readonly kind: EntryKind }
    | { readonly type: 'entries'; readonly kind: EntryKind }
    /** stays as it is, and is shown as it is */
    | { readonly type: 'constant'; readonly value: string }
  )

const note: FieldSpec = { type: 'long', path: 'note', label: 'note', isMore: true }
const practitioner: FieldSpec = { type: 'practitioner', path: 'practitionerId', label: 'practitioner' }
const documents: FieldSpec = { type: 'entries', path: 'documentIds', label: 'documents', kind: 'document', isMore: true }
const procedures: FieldSpec = { type: 'entries', path: 'procedureIds', label: 'procedures', kind: 'procedure', isMore: true }
const document: FieldSpec = { type: 'entry', path: 'documentId', label: 'document', kind: 'document', isMore: true }

const telephones: FieldSpec = {
  type: 'rows',
  path: 'telephones',
  label: 'telephones',
  row: 'telephone',
  least: 1,
  fields: [
    { type: 'text', path: 'number', label: 'number', lengthMax: 30, inputMode: 'tel' },
    { type: 'choice', path: 'use', label: 'use', of: 'telephoneUse', values: ['mobile', 'home', 'work', 'other'] },
  ],
}
const emails: FieldSpec = {
  type: 'rows',
  path: 'emails',
  label: 'emails',
  row: 'email',
  isMore: true,
  fields: [
    { type: 'text', path: 'address', label: 'email', lengthMax: 200 },
    { type: 'tick', path: 'isSecure', label: 'isSecure' },
  ],
}
const addressFields: readonly FieldSpec[] = [
  { type: 'lines', path: 'lines', label: 'addressLines' },
  { type: 'text', path: 'postalCode', label: 'postalCode', lengthMax: 20 },
  { type: 'text', path: 'town', label: 'town', lengthMax: 100 },
]
const address: readonly FieldSpec[] = addressFields.map((each) => ({
  ...each,
  path: `address.${each.path}`,
  isMore: true as const,
}))

const hasIns = (values: Values) => values['ins.number'] !== '' && values['ins.number'] !== undefined
const isPresent = (values: Values) => values.state === 'present'
const observed =
  (...categories: readonly string[]) =>
  (values: Values) =>
    categories.includes(String(values.category))

const identity: readonly FieldSpec[] = [
  { type: 'text', path: 'birthName', label: 'birthName', lengthMax: 100, isNeeded: true },
  { type: 'list', path: 'givenNames', label: 'givenNames', hint: 'commas' },
  { type: 'partial', path: 'bornOn', label: 'bornOn', hint: 'partial' },
  { type: 'choice', path: 'sex', label: 'sex', of: 'sex', values: SEXES, first: 'unknown', isNeeded: true },
  telephones,
  { type: 'text', path: 'usedName', label: 'usedName', lengthMax: 100, isMore: true },
  { type: 'text', path: 'usedGivenName', label: 'usedGivenName', lengthMax: 100, isMore: true },
  emails,
  {
    type: 'rows',
    path: 'addresses',
    label: 'addresses',
    row: 'address',
    isMore: true,
    fields: [
      ...addressFields,
      { type: 'choice', path: 'use', label: 'use', of: 'addressUse', values: ['home', 'temporary', 'billing', 'work', 'other'] },
    ],
  },
  { type: 'text', path: 'fileNumber', label: 'fileNumber', lengthMax: 40, hint: 'fileNumber', isMore: true },
  { type: 'text', path: 'insuredNumber', label: 'insuredNumber', lengthMax: 30, hint: 'insuredNumber', isMore: true },
  { type: 'text', path: 'birthPlaceName', label: 'birthPlaceName', lengthMax: 100, isMore: true },
  { type: 'text', path: 'birthPlace', label: 'birthPlace', lengthMax: 5, isMore: true },
  {
    type: 'choice',
    path: 'status',
    label: 'identityStatus',
    of: 'identityStatus',
    values: IDENTITY_STATUSES,
    first: 'provisional',
    isNeeded: true,
    isMore: true,
  },
  { type: 'ticks', path: 'flags', label: 'flags', of: 'flag', values: IDENTITY_FLAGS, isMore: true },
  { type: 'text', path: 'ins.number', label: 'ins', lengthMax: 30, inputMode: 'numeric', isMore: true },
  {
    type: 'choice',
    path: 'ins.kind',
    label: 'insKind',
    of: 'insKind',
    values: INS_KINDS,
    first: 'nir',
    isNeeded: true,
    isMore: true,
    when: hasIns,
  },
  { type: 'day', path: 'ins.checkedOn', label: 'insCheckedOn', hint: 'insCheckedOn', isMore: true, when: hasIns },
  { type: 'text', path: 'language', label: 'language', lengthMax: 35, hint: 'language', isMore: true },
  { type: 'partial', path: 'diedOn', label: 'diedOn', hint: 'partial', isMore: true },
  note,
]

// biome-ignore format: a table is read by columns
export const FIELDS: Readonly<Record<EntryKind, readonly FieldSpec[]>> = {
  identity,
  alert: [
    { type: 'choice', path: 'category', label: 'category', of: 'alertCategory', values: ALERT_CATEGORIES, first: 'allergy', isNeeded: true },
    { type: 'choice', path: 'state', label: 'state', of: 'alertState', values: ['present', 'absent'], first: 'present', isNeeded: true },
    { type: 'text', path: 'label', name: 'label', label: 'what', lengthMax: 300, isNeeded: true, hint: 'alertWhat', when: isPresent },
    { type: 'text', path: 'label', name: 'absentLabel', label: 'whatAbsent', lengthMax: 300, hint: 'alertAbsent', when: (values) => !isPresent(values) },
    { type: 'choice', path: 'severity', label: 'severity', of: 'severity', values: ['mild', 'moderate', 'severe'], when: isPresent },
    { type: 'text', path: 'reaction', label: 'reaction', lengthMax: 300, when: isPresent, isMore: true },
    { type: 'choice', path: 'toldBy', label: 'toldBy', of: 'toldBy', values: ['patient', 'representative', 'doctor', 'document', 'other'], isMore: true },
    { type: 'day', path: 'checkedOn', label: 'checkedOn', hint: 'checkedOn', isMore: true },
    { type: 'today', path: 'recordedOn', label: 'recordedOn', isMore: true },
    { type: 'partial', path: 'from', label: 'from', hint: 'partial', when: isPresent, isMore: true },
    { type: 'partial', path: 'to', label: 'to', hint: 'partial', when: isPresent, isMore: true },
    note,
  ],
  procedure: [
    { type: 'code', path: 'code', label: 'act', isNeeded: true },
    { type: 'choice', path: 'status', label: 'status', of: 'procedureStatus', values: PROCEDURE_STATUSES, first: 'done', isNeeded: true },
    { type: 'today', path: 'performedOn', label: 'performedOn' },
    { type: 'teeth', path: 'teeth', label: 'teeth' },
    practitioner,
    { type: 'euros', path: 'feeCents', label: 'fee' },
    { type: 'areas', path: 'areas', label: 'areas', isMore: true },
    { type: 'entry', path: 'quoteId', label: 'quote', kind: 'quote', isMore: true },
    { ...note, isMore: true },
  ],
  observation: [
    {
      type: 'choice', path: 'category', label: 'category', of: 'observationCategory',
      values: ['note', 'personal-note', 'tooth-chart', 'periodontal-chart'], first: 'note', isNeeded: true,
    },
    { type: 'long', path: 'text', name: 'text', label: 'text', isNeeded: true, when: observed('note', 'personal-note') },
    { type: 'findings', path: 'findings', label: 'findings', isNeeded: true, when: observed('tooth-chart') },
    {
      type: 'rows', path: 'teeth', name: 'probed', label: 'probed', row: 'tooth', least: 1, isNeeded: true, when: observed('periodontal-chart'),
      fields: [
        { type: 'tooth-numbers', path: 'fdi', label: 'tooth', isNeeded: true },
        { type: 'sites', path: 'sites', name: 'depth', label: 'depth', member: 'depthMm', hint: 'sites' },
        { type: 'sites', path: 'sites', name: 'recession', label: 'recession', member: 'recessionMm' },
        { type: 'site-ticks', path: 'sites', name: 'bleeding', label: 'bleeding', member: 'isBleeding' },
        { type: 'site-ticks', path: 'sites', name: 'plaque', label: 'plaque', member: 'hasPlaque' },
        { type: 'number', path: 'mobility', label: 'mobility', least: 0, most: 3 },
        { type: 'number', path: 'furcation', label: 'furcation', least: 0, most: 3 },
      ],
    },
    { type: 'today', path: 'on', label: 'on', isNeeded: true },
    { type: 'long', path: 'text', name: 'remark', label: 'note', when: observed('tooth-chart', 'periodontal-chart') },
    { type: 'tooth-list', path: 'teeth', name: 'teeth', label: 'teeth', when: observed('note'), isMore: true },
    { ...practitioner, isMore: true },
  ],
  questionnaire: [
    { type: 'constant', path: 'form', label: 'form', value: 'medical-history' },
    { type: 'today', path: 'answeredOn', label: 'answeredOn', isNeeded: true },
    { type: 'answers', path: 'items', label: 'answers' },
    { type: 'choice', path: 'signed.by', label: 'signedBy', of: 'decider', values: ['patient', 'representative'] },
    { type: 'today', path: 'signed.on', label: 'signedOn', when: (values) => values['signed.by'] !== '' },
    { type: 'text', path: 'signed.name', label: 'signedName', lengthMax: 200, when: (values) => values['signed.by'] === 'representative' },
    { ...practitioner, isMore: true }, document, note,
  ],
  prescription: [
    { type: 'choice', path: 'category', label: 'category', of: 'prescriptionCategory', values: PRESCRIPTION_CATEGORIES, first: 'medicines', isNeeded: true },
    {
      type: 'rows', path: 'lines', label: 'prescriptionLines', row: 'prescriptionLine', least: 1, isNeeded: true,
      fields: [
        { type: 'text', path: 'label', label: 'product', lengthMax: 500, isNeeded: true },
        { type: 'text', path: 'dosage', label: 'dosage', lengthMax: 500 },
        { type: 'number', path: 'days', label: 'days', least: 1, most: 3650 },
        { type: 'text', path: 'quantity', label: 'quantity', lengthMax: 100 },
        { type: 'tick', path: 'isNotSubstitutable', label: 'isNotSubstitutable' },
      ],
    },
    { type: 'choice', path: 'status', label: 'status', of: 'prescriptionStatus', values: ['draft', 'signed', 'cancelled'], first: 'draft', isNeeded: true },
    { type: 'today', path: 'prescribedOn', label: 'prescribedOn', isNeeded: true },
    practitioner, document, note,
  ],
  consent: [
    { type: 'choice', path: 'subject', label: 'subject', of: 'consentSubject', values: CONSENT_SUBJECTS, first: 'care', isNeeded: true },
    { type: 'text', path: 'about', label: 'consentAbout', lengthMax: 500, isNeeded: true },
    { type: 'choice', path: 'decision', label: 'decision', of: 'decision', values: ['given', 'refused', 'withdrawn'], first: 'given', isNeeded: true },
    { type: 'choice', path: 'by', label: 'decidedBy', of: 'decider', values: ['patient', 'representative'], first: 'patient', isNeeded: true },
    { type: 'entry', path: 'relatedPersonId', label: 'representative', kind: 'relatedPerson', when: (values) => values.by === 'representative' },
    { type: 'today', path: 'decidedOn', label: 'decidedOn', isNeeded: true },
    { ...practitioner, label: 'explainedBy' }, documents, note,
  ],
  quote: [
    {
      type: 'rows', path: 'lines', label: 'quoteLines', row: 'quoteLine', least: 1, isNeeded: true,
      fields: [
        { type: 'text', path: 'label', label: 'act', lengthMax: 500, isNeeded: true },
        { type: 'ccam', path: 'code', label: 'ccam', hint: 'ccam' },
        { type: 'tooth-numbers', path: 'teeth', label: 'teeth', hint: 'toothNumbers' },
        { type: 'euros', path: 'feeCents', label: 'fee', isNeeded: true },
        { type: 'euros', path: 'deviceCents', label: 'devicePrice' },
        { type: 'euros', path: 'baseCents', label: 'base' },
        { type: 'euros', path: 'reimbursedCents', label: 'reimbursed' },
        { type: 'choice', path: 'basket', label: 'basket', of: 'basket', values: QUOTE_BASKETS },
        { type: 'text', path: 'materials', label: 'materials', lengthMax: 300 },
        { type: 'text', path: 'madeIn', label: 'madeIn', lengthMax: 2, hint: 'country' },
        { type: 'choice', path: 'subcontracting', label: 'subcontracting', of: 'subcontracting', values: ['none', 'part'] },
        { type: 'text', path: 'subcontractedIn', label: 'subcontractedIn', lengthMax: 2, hint: 'country', when: ({ subcontracting }) => subcontracting === 'part' },
      ],
    },
    { type: 'choice', path: 'state', label: 'state', of: 'quoteState', values: QUOTE_STATES, first: 'draft', isNeeded: true },
    { type: 'today', path: 'madeOn', label: 'madeOn', isNeeded: true },
    { type: 'day', path: 'signedOn', label: 'signedOn', isNeeded: true, when: (values) => values.state === 'signed' },
    practitioner,
    { type: 'long', path: 'alternative', label: 'alternative', hint: 'alternative' },
    { type: 'text', path: 'number', label: 'quoteNumber', lengthMax: 50, isMore: true },
    { type: 'day', path: 'handedOn', label: 'handedOn', isMore: true },
    { type: 'day', path: 'validUntil', label: 'validUntil', isMore: true },
    document, note,
  ],
  correspondence: [
    { type: 'choice', path: 'direction', label: 'direction', of: 'direction', values: ['in', 'out'], first: 'in', isNeeded: true },
    { type: 'choice', path: 'channel', label: 'channel', of: 'channel', values: CORRESPONDENCE_CHANNELS, first: 'letter', isNeeded: true },
    {
      type: 'choice', path: 'party.kind', label: 'partyKind', of: 'party', first: 'doctor', isNeeded: true,
      values: ['patient', 'relative', 'doctor', 'insurer', 'lawyer', 'authority', 'laboratory', 'other'],
    },
    { type: 'text', path: 'party.name', label: 'partyName', lengthMax: 200, isNeeded: true },
    { type: 'text', path: 'subject', label: 'letterSubject', lengthMax: 300, isNeeded: true },
    { type: 'today', path: 'on', label: 'on', isNeeded: true },
    { type: 'long', path: 'text', label: 'text' },
    { type: 'tick', path: 'awaitsAnswer', label: 'awaitsAnswer' },
    { type: 'text', path: 'party.rpps', label: 'rpps', lengthMax: 11, inputMode: 'numeric', isMore: true },
    { type: 'entry', path: 'answersTo', label: 'answersTo', kind: 'correspondence', isMore: true },
    { ...practitioner, isMore: true }, documents,
  ],
  device: [
    { type: 'choice', path: 'category', label: 'category', of: 'deviceCategory', values: DEVICE_CATEGORIES, first: 'implant', isNeeded: true },
    { type: 'text', path: 'label', label: 'what', lengthMax: 300, isNeeded: true, hint: 'deviceWhat' },
    { type: 'teeth', path: 'teeth', label: 'teeth' },
    { type: 'partial', path: 'placedOn', label: 'placedOn', hint: 'partial' },
    { type: 'text', path: 'manufacturer', label: 'manufacturer', lengthMax: 200 },
    { type: 'text', path: 'reference', label: 'reference', lengthMax: 100 },
    { type: 'text', path: 'lot', label: 'lot', lengthMax: 100 },
    { type: 'text', path: 'serialNumber', label: 'serialNumber', lengthMax: 100 },
    { type: 'text', path: 'udi', label: 'udi', lengthMax: 200, hint: 'udi' },
    practitioner,
    { type: 'text', path: 'laboratory.name', label: 'laboratory', lengthMax: 200, isMore: true },
    { type: 'conformity', path: 'conformity', label: 'conformity', isMore: true },
    { type: 'day', path: 'cardHandedOn', label: 'cardHandedOn', isMore: true },
    { type: 'partial', path: 'removedOn', label: 'removedOn', hint: 'partial', isMore: true },
    { type: 'areas', path: 'areas', label: 'areas', isMore: true },
    { type: 'entry', path: 'procedureId', label: 'procedure', kind: 'procedure', isMore: true },
    note,
  ],
  appointment: [
    { type: 'instant', path: 'startsAt', label: 'startsAt', isNeeded: true },
    { type: 'number', path: 'minutes', label: 'minutes', least: 1, most: 1440, isNeeded: true },
    practitioner,
    { type: 'text', path: 'reason', label: 'reason', lengthMax: 300 },
    { type: 'choice', path: 'state', label: 'state', of: 'appointmentState', values: APPOINTMENT_STATES, first: 'booked', isNeeded: true },
    { type: 'text', path: 'room', label: 'room', lengthMax: 50, isMore: true },
    { type: 'constant', path: 'zone', label: 'zone', value: DEFAULT_TIME_ZONE },
    note,
  ],
  claim: [
    { type: 'choice', path: 'way', label: 'way', of: 'claimWay', values: CLAIM_WAYS, first: 'complaint', isNeeded: true },
    { type: 'text', path: 'subject', label: 'letterSubject', lengthMax: 300, isNeeded: true },
    { type: 'today', path: 'openedOn', label: 'openedOn', isNeeded: true },
    { type: 'day', path: 'consolidatedOn', label: 'consolidatedOn', hint: 'consolidated' },
    { type: 'day', path: 'hold.from', label: 'holdFrom', hint: 'hold' },
    { type: 'text', path: 'hold.reason', label: 'holdReason', lengthMax: 300, isNeeded: true, when: (values) => values['hold.from'] !== '' },
    { type: 'day', path: 'hold.to', label: 'holdTo', when: (values) => values['hold.from'] !== '' },
    practitioner,
    { type: 'day', path: 'closedOn', label: 'closedOn', isMore: true },
    { type: 'text', path: 'insurer', label: 'insurer', lengthMax: 200, isMore: true },
    { type: 'text', path: 'insurerReference', label: 'insurerReference', lengthMax: 100, isMore: true },
    { type: 'text', path: 'expert', label: 'expert', lengthMax: 200, isMore: true },
    procedures, documents, note,
  ],
  relatedPerson: [
    { type: 'patient', path: 'patientId', label: 'relatedPatient', hint: 'relatedPatient', fills: ['familyName', 'givenName'] },
    { type: 'text', path: 'familyName', label: 'familyName', lengthMax: 100, isNeeded: true },
    { type: 'text', path: 'givenName', label: 'givenName', lengthMax: 100 },
    { type: 'choice', path: 'relation', label: 'relation', of: 'relation', values: RELATIONS, first: 'mother', isNeeded: true },
    { type: 'choice', path: 'authority', label: 'authority', of: 'authority', values: LEGAL_AUTHORITIES },
    telephones,
    { type: 'tick', path: 'isTrustedPerson', label: 'isTrustedPerson' },
    { type: 'tick', path: 'isEmergencyContact', label: 'isEmergencyContact' },
    { type: 'day', path: 'from', label: 'from', isMore: true },
    { type: 'day', path: 'to', label: 'to', isMore: true },
    emails, ...address, note,
  ],
  referringDoctor: [
    { type: 'text', path: 'familyName', label: 'familyName', lengthMax: 100, isNeeded: true },
    { type: 'text', path: 'givenName', label: 'givenName', lengthMax: 100 },
    { type: 'choice', path: 'role', label: 'doctorRole', of: 'doctorRole', values: DOCTOR_ROLES, first: 'treating-physician', isNeeded: true },
    { type: 'text', path: 'speciality', label: 'speciality', lengthMax: 100 },
    telephones,
    { type: 'text', path: 'rpps', label: 'rpps', lengthMax: 11, inputMode: 'numeric', isMore: true },
    { type: 'day', path: 'from', label: 'from', isMore: true },
    { type: 'day', path: 'to', label: 'to', isMore: true },
    emails, ...address, note,
  ],
  stewardship: [
    { type: 'choice', path: 'steward.kind', label: 'steward', of: 'steward', values: ['practice', 'company', 'practitioner'], first: 'practice', isNeeded: true },
    { type: 'text', path: 'steward.name', label: 'company', lengthMax: 200, isNeeded: true, when: (values) => values['steward.kind'] === 'company' },
    { type: 'text', path: 'steward.siren', label: 'siren', lengthMax: 9, inputMode: 'numeric', when: (values) => values['steward.kind'] === 'company' },
    { type: 'practitioner', path: 'steward.practitionerId', label: 'practitioner', isNeeded: true, when: (values) => values['steward.kind'] === 'practitioner' },
    { type: 'today', path: 'from', label: 'from', isNeeded: true },
    { type: 'choice', path: 'basis', label: 'basis', of: 'stewardshipBasis', values: STEWARDSHIP_BASES, first: 'declared', isNeeded: true },
    note,
  ],
  careLink: [
    { ...practitioner, isNeeded: true },
    { type: 'today', path: 'from', label: 'from', isNeeded: true },
    { type: 'day', path: 'to', label: 'to' },
    { type: 'choice', path: 'basis', label: 'basis', of: 'careLinkBasis', values: CARE_LINK_BASES, first: 'treating', isNeeded: true },
    note,
  ],
  document: [
    { type: 'text', path: 'title', label: 'title', lengthMax: 300, isNeeded: true },
    { type: 'document-type', path: 'type', label: 'documentType', isNeeded: true },
    { type: 'partial', path: 'madeOn', label: 'madeOn', hint: 'partial' },
    practitioner,
    { type: 'text', path: 'author', label: 'author', lengthMax: 200, isMore: true },
    { type: 'choice', path: 'sensitivity', label: 'sensitivity', of: 'sensitivity', values: SENSITIVITIES, first: 'normal', isNeeded: true, isMore: true },
    { type: 'tooth-list', path: 'teeth', label: 'teeth', isMore: true },
    note,
  ],
  imagingStudy: [
    { type: 'text', path: 'title', label: 'title', lengthMax: 300, isNeeded: true },
    { type: 'partial', path: 'takenOn', label: 'takenOn', hint: 'partial' },
    { type: 'tooth-list', path: 'teeth', label: 'teeth' },
    practitioner,
    { type: 'long', path: 'justification', label: 'justification' },
    { type: 'text', path: 'modality', label: 'modality', lengthMax: 16, isNeeded: true, isMore: true },
    { type: 'text', path: 'bodyPart', label: 'bodyPart', lengthMax: 64, isMore: true },
    { type: 'entry', path: 'procedureId', label: 'procedure', kind: 'procedure', isMore: true },
    { type: 'entries', path: 'reportIds', label: 'reports', kind: 'document', isMore: true },
    { type: 'text', path: 'device.manufacturer', label: 'manufacturer', lengthMax: 100, isMore: true },
    { type: 'text', path: 'device.model', label: 'deviceModel', lengthMax: 100, isMore: true },
    { type: 'text', path: 'device.serialNumber', label: 'serialNumber', lengthMax: 100, isMore: true },
    note,
  ],
}

/** The systems of codes that a picker offers beside the list. */
export const CODE_SYSTEMS = PROCEDURE_SYSTEMS

export function nameOf(field: FieldSpec): string {
  return field.name ?? field.path
}

export function isAsked(field: FieldSpec, values: Values): boolean {
  return field.when === undefined || field.when(values)
}
