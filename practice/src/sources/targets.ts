/** What a row of a source may become, and what of it the row may say. The mapping page offers these; a profile names columns for them. */

/** How a column's text is read. */
export const TARGET_KINDS = [
  'line',
  'text',
  'names',
  'day',
  'time',
  'minutes',
  'sex',
  'telephone',
  'email',
  'postal-code',
  'insured-number',
  'teeth',
  'surfaces',
  'amount',
  'practitioner',
  'path',
  'bytes',
  'word',
] as const
export type TargetKind = (typeof TARGET_KINDS)[number]

export const TARGETS = {
  patient: {
    fileNumber: 'line',
    birthName: 'line',
    usedName: 'line',
    givenNames: 'names',
    usedGivenName: 'line',
    sex: 'sex',
    bornOn: 'day',
    birthPlaceName: 'line',
    diedOn: 'day',
    insuredNumber: 'insured-number',
    addressLine: 'line',
    addressMore: 'line',
    postalCode: 'postal-code',
    town: 'line',
    telephone: 'telephone',
    mobile: 'telephone',
    workTelephone: 'telephone',
    email: 'email',
    note: 'text',
  },
  procedure: {
    performedOn: 'day',
    code: 'line',
    label: 'line',
    teeth: 'teeth',
    surfaces: 'surfaces',
    fee: 'amount',
    status: 'word',
    practitioner: 'practitioner',
    note: 'text',
  },
  appointment: {
    on: 'day',
    at: 'time',
    minutes: 'minutes',
    practitioner: 'practitioner',
    room: 'line',
    reason: 'line',
    status: 'word',
    note: 'text',
  },
  note: { on: 'day', text: 'text', teeth: 'teeth', practitioner: 'practitioner' },
  alert: { category: 'word', label: 'line', recordedOn: 'day', note: 'text' },
  document: {
    path: 'path',
    bytes: 'bytes',
    fileName: 'line',
    title: 'line',
    type: 'word',
    madeOn: 'day',
    teeth: 'teeth',
    practitioner: 'practitioner',
    author: 'line',
    note: 'text',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, TargetKind>>>>

export type Entity = keyof typeof TARGETS
export const ENTITIES = Object.keys(TARGETS) as [Entity, ...Entity[]]
export type Target<E extends Entity = Entity> = E extends Entity ? keyof (typeof TARGETS)[E] : never
