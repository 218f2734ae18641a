/** Forms of every kind: nothing is lost on the way through one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CCAM_LIST, ENTRY_KINDS, type EntryKind, schemaOf } from '@couronne/practice/contract'
import { FIELDS } from './field-specs.ts'
import {
  bodyFrom,
  emptyValues,
  fieldAt,
  parseEuros,
  parsePartial,
  printPartial,
  printRows,
  refill,
  valuesOf,
  wrongIn,
} from './field-values.ts'

const TODAY = '2026-03-12'

/** As much as each kind holds, members that no form asks for among them. */
const FULL: Readonly<Record<EntryKind, object>> = {
  identity: {
    fileNumber: '7',
    birthName: 'Exemple',
    givenNames: ['Anne', 'Marie-Lou'],
    sex: 'female',
    bornOn: '1950-03',
    birthPlace: '75056',
    ins: { number: '269054958815780', kind: 'nir-test', checkedOn: '2026-01-01' },
    status: 'qualified',
    flags: ['homonym'],
    telephones: [{ number: '01 99 00 00 00', use: 'home', note: 'le soir' }, { number: '06 99 00 00 00' }],
    emails: [{ address: 'a@exemple.fr', isSecure: true }],
    addresses: [{ lines: ['1 rue X', 'Bât. B'], postalCode: '75001', town: 'Paris', country: 'FR', use: 'home' }],
    note: 'Deux\nlignes',
  },
  relatedPerson: {
    familyName: 'E',
    relation: 'mother',
    authority: 'parental-authority',
    isTrustedPerson: false,
    patientId: 'p',
    address: { lines: ['1'], town: 'X', country: 'FR' },
  },
  referringDoctor: { familyName: 'E', role: 'treating-physician', rpps: '10100000017', telephones: [{ number: '0199000000' }] },
  alert: {
    category: 'allergy',
    state: 'present',
    label: 'Latex',
    code: { system: 's', code: 'c', label: 'l' },
    severity: 'severe',
    from: '2020',
  },
  procedure: {
    code: { system: 'ccam', code: 'HBMD049', label: 'Restauration', activity: '1', modifiers: ['N'] },
    status: 'done',
    teeth: [{ fdi: '36', surfaces: ['M', 'O'] }],
    areas: ['01'],
    feeCents: 2892,
    performedOn: '2026-03-01',
  },
  observation: {
    category: 'periodontal-chart',
    on: TODAY,
    teeth: [
      {
        fdi: '16',
        mobility: 1,
        sites: [
          { site: 'MV', depthMm: 3.5, recessionMm: -1, isBleeding: true, hasPlaque: false },
          { site: 'DL', depthMm: 6, isSuppurating: true },
        ],
      },
    ],
    text: 'Remarque',
  },
  questionnaire: {
    form: 'other-form',
    answeredOn: TODAY,
    items: [{ question: 'q', label: 'Q ?', answer: 'present', detail: 'oui' }],
    signed: { by: 'representative', name: 'N', on: TODAY },
  },
  prescription: {
    prescribedOn: TODAY,
    status: 'signed',
    lines: [
      { label: 'Amoxicilline', code: { system: 'cip', code: '1', label: 'x' }, days: 7, isNotSubstitutable: true, note: 'n' },
    ],
  },
  consent: {
    subject: 'surgery',
    about: 'Avulsion',
    decision: 'given',
    decidedOn: TODAY,
    by: 'representative',
    relatedPersonId: 'r',
    procedureIds: ['a'],
    documentIds: ['d'],
  },
  quote: {
    state: 'signed',
    madeOn: TODAY,
    signedOn: TODAY,
    alternative: 'A',
    lines: [
      {
        label: 'Couronne',
        teeth: [{ fdi: '26', surfaces: ['V'] }],
        areas: ['01'],
        feeCents: 50_005,
        baseCents: 12_000,
        reimbursedCents: 0,
        basket: 'moderated',
        madeIn: 'FR',
        subcontracting: 'part',
        subcontractedIn: 'DE',
        code: { system: 'ngap', code: 'SC12', label: 'x' },
      },
    ],
  },
  correspondence: {
    direction: 'in',
    channel: 'letter',
    on: TODAY,
    party: { kind: 'doctor', name: 'D', rpps: '10100000017' },
    subject: 'S',
    awaitsAnswer: false,
    documentIds: ['d'],
  },
  device: {
    category: 'implant',
    label: 'I',
    laboratory: { name: 'L', country: 'FR' },
    teeth: [{ fdi: '46', surfaces: [] }],
    conformity: { receivedOn: TODAY, documentId: 'd' },
  },
  appointment: { startsAt: '2026-03-12T10:15', zone: 'Indian/Reunion', minutes: 30, state: 'booked' },
  claim: {
    way: 'civil',
    subject: 'S',
    openedOn: TODAY,
    hold: { from: TODAY, to: '2027-01-01', reason: 'Expertise' },
    procedureIds: ['p'],
  },
  document: {
    title: 'T',
    type: { system: 'http://loinc.org', code: '18748-4', label: 'CR' },
    objectId: 'o',
    fileName: 'f.dcm',
    teeth: ['36'],
    aboutIds: ['a'],
    source: 's',
  },
  imagingStudy: {
    studyId: 's',
    studyUid: '1.2.3',
    modality: 'PX',
    title: 'Panoramique',
    teeth: ['36'],
    device: { manufacturer: 'F', model: 'M', serialNumber: 'N' },
    dose: { areaProductMgyCm2: 91.5 },
    procedureId: 'p',
    reportIds: ['d'],
  },
  stewardship: { steward: { kind: 'company', name: 'SELARL', siren: '123456789' }, from: TODAY, basis: 'company' },
  careLink: { practitionerId: 'p', from: TODAY, basis: 'treating' },
}

for (const kind of ENTRY_KINDS)
  test(`${kind}: a correction that changes nothing changes nothing`, () => {
    const body = schemaOf(kind).parse(FULL[kind]) as Record<string, unknown>
    const values = valuesOf(FIELDS[kind], body)
    assert.deepEqual(schemaOf(kind).parse(bodyFrom(FIELDS[kind], values, body)), body)
    assert.deepEqual(wrongIn(kind, values, body), {})
  })

test('what is emptied goes, with the group that it emptied', () => {
  const { claim } = FULL
  const values = { ...valuesOf(FIELDS.claim, claim as Record<string, unknown>), 'hold.from': '' }
  assert.equal('hold' in bodyFrom(FIELDS.claim, values, claim as Record<string, unknown>), false)
})

test('an alert that becomes absent keeps no severity', () => {
  const body = bodyFrom(
    FIELDS.alert,
    { ...valuesOf(FIELDS.alert, FULL.alert as Record<string, unknown>), state: 'absent' },
    FULL.alert as Record<string, unknown>,
  )
  assert.deepEqual(schemaOf('alert').parse(body), {
    category: 'allergy',
    state: 'absent',
    code: { system: 's', code: 'c', label: 'l' },
  })
})

test('a code in a line of a quote is of CCAM, with the words of its list, and one that was there stays as it was', () => {
  const codeOf = (code: string, before?: object) => {
    const rows = [
      { values: { label: 'Acte', feeCents: '1', code }, ...(before === undefined ? {} : { before: { code: before } }) },
    ]
    const { lines } = bodyFrom(FIELDS.quote, { ...emptyValues(FIELDS.quote, TODAY), lines: printRows(rows) })
    return (lines as { code?: unknown }[])[0]?.code
  }
  const listed = CCAM_LIST[0]
  assert.deepEqual(codeOf(` ${listed?.code.toLowerCase()} `), { system: 'ccam', code: listed?.code, label: listed?.label })
  assert.deepEqual(codeOf('zzzz999'), { system: 'ccam', code: 'ZZZZ999', label: 'ZZZZ999' })
  const billed = { system: 'ngap', code: 'SC12', label: 'Soins' }
  assert.deepEqual(codeOf('SC12', billed), billed)
  assert.equal(codeOf('', billed), undefined)
})

test('what is missing is said of its field, in rows with the line', () => {
  const values = emptyValues(FIELDS.observation, TODAY)
  assert.deepEqual(wrongIn('observation', values), { text: { word: 'missing' } })
  const quote = bodyFrom(FIELDS.quote, emptyValues(FIELDS.quote, TODAY))
  assert.deepEqual(quote.lines, [])
  assert.equal(fieldAt('procedure', 'body.body.code.label'), 'code')
})

test('what is wrong in a row is said with its line and its box, and is not called missing', () => {
  const wrong = (values: Record<string, string>) =>
    wrongIn('quote', { ...emptyValues(FIELDS.quote, TODAY), lines: printRows([{ values }]) }).lines
  assert.deepEqual(wrong({ label: 'Couronne', feeCents: 'abc' }), { word: 'other', line: 1, column: 'fee' })
  assert.deepEqual(wrong({ label: 'Couronne', feeCents: '' }), { word: 'missing', line: 1, column: 'fee' })
})

test('a birth date is typed as people write it', () => {
  assert.deepEqual(
    ['12/3/1950', '12 03 1950', '12.03.1950', '12031950', '3/1950', '1950', '1950-03-12', '12/3/50', 'mars'].map(parsePartial),
    ['1950-03-12', '1950-03-12', '1950-03-12', '1950-03-12', '1950-03', '1950', '1950-03-12', undefined, undefined],
  )
  assert.equal(printPartial('1950-03-12'), '12/03/1950')
})

test('an amount is typed with a comma or a point, and nothing is rounded away', () => {
  assert.deepEqual(['28,92', '28.9', '1 250', '0,29 €', '28,925', 'dix'].map(parseEuros), [
    2892,
    2890,
    125_000,
    29,
    '28,925',
    'dix',
  ])
})

test('who is chosen in another’s place takes their names away too, and leaves what somebody has typed', () => {
  const martin = { familyName: 'Martin', givenName: 'Anne' }
  const empty = { familyName: '', givenName: '' }
  assert.deepEqual(refill(empty, {}, martin), martin)
  assert.deepEqual(refill(martin, martin, { familyName: 'Exemple' }), { familyName: 'Exemple', givenName: '' })
  assert.deepEqual(refill({ ...martin, givenName: 'Annie' }, martin, { familyName: 'Exemple', givenName: 'Zoé' }), {
    familyName: 'Exemple',
  })
})

test('whoever is linked no more takes the names that came with them', () => {
  const martin = { familyName: 'Martin', givenName: 'Anne' }
  assert.deepEqual(refill({ ...martin, note: '' }, martin, {}), { familyName: '', givenName: '' })
  assert.deepEqual(refill({ familyName: 'Typed', givenName: 'Anne' }, martin, {}), { givenName: '' })
})
