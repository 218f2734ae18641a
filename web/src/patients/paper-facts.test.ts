import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BodyOf, type Entry, type EntryKind, identitySchema, parseBody } from '@couronne/practice/contract'
import { carriesIns, isOfDevice, lacksOf, nameOnPaper, type PaperFacts, paperState, titleOnPaper } from './paper-facts.ts'

const WHOLE_QUOTE = {
  state: 'draft',
  madeOn: '2026-03-02',
  validUntil: '2026-09-02',
  alternative: 'Couronne métallique',
  lines: [
    {
      label: 'Couronne',
      feeCents: 55_000,
      deviceCents: 28_000,
      baseCents: 12_000,
      reimbursedCents: 7_200,
      basket: 'moderated',
      materials: 'zircone',
      madeIn: 'FR',
      subcontracting: 'none',
    },
    { label: 'Détartrage', feeCents: 2_892, baseCents: 2_892, reimbursedCents: 2_024 },
    { label: 'Blanchiment', feeCents: 30_000, reimbursedCents: 0 },
  ],
}

test('a whole quote lacks nothing, and a line without a device needs none of what a device needs', () => {
  assert.deepEqual(lacksOf(facts('quote', WHOLE_QUOTE)), [])
})

test('a quote for a device says its price, its materials and where it is made, or that is said to be missing', () => {
  const [crown = {}] = WHOLE_QUOTE.lines
  const without = (name: string) => Object.fromEntries(Object.entries(crown).filter(([each]) => each !== name))
  for (const [name, lack] of [
    ['deviceCents', 'device'],
    ['materials', 'materials'],
    ['madeIn', 'madeIn'],
    ['subcontracting', 'subcontracting'],
    ['basket', 'basket'],
    ['baseCents', 'base'],
    ['reimbursedCents', 'reimbursed'],
  ] as const)
    assert.deepEqual(lacksOf(facts('quote', { ...WHOLE_QUOTE, lines: [without(name)] })), [lack])
  assert.deepEqual(lacksOf(facts('quote', { ...WHOLE_QUOTE, validUntil: undefined })), ['validUntil'])
})

test('what is not in the basket 100 % Santé has its alternative told, or that there is none', () => {
  const basketed = (basket: string) => ({ ...WHOLE_QUOTE, alternative: undefined, lines: [{ ...WHOLE_QUOTE.lines[0], basket }] })
  assert.deepEqual(lacksOf(facts('quote', basketed('full-cover'))), [])
  for (const basket of ['moderated', 'free']) assert.deepEqual(lacksOf(facts('quote', basketed(basket))), ['alternative'])
})

test('more reimbursed than it costs is said', () => {
  const lines = quoteLines({ feeCents: 2_000, baseCents: 2_000, reimbursedCents: 2_001 })
  assert.deepEqual(lacksOf(facts('quote', { ...WHOLE_QUOTE, lines })), ['rest'])
})

test('a line is of a device by its price, its materials or its place of making; a price of nothing is none', () => {
  for (const told of [{ deviceCents: 1 }, { materials: 'zircone' }, { madeIn: 'FR' }])
    assert.deepEqual(quoteLines({ feeCents: 100, ...told }).map(isOfDevice), [true])
  assert.deepEqual(quoteLines({ feeCents: 100, deviceCents: 0 }).map(isOfDevice), [false])
})

const WHOLE_PRESCRIPTION = {
  prescribedOn: '2026-03-02',
  status: 'signed',
  lines: [{ label: 'Paracétamol 1 g', dosage: '1 comprimé 3 fois par jour', days: 3 }],
}

test('a whole prescription lacks nothing', () => {
  assert.deepEqual(lacksOf(facts('prescription', WHOLE_PRESCRIPTION)), [])
})

test('a prescription of medicines says how they are taken and for how long or how many packs, one of care need not', () => {
  const [line] = WHOLE_PRESCRIPTION.lines
  const of = (...lines: readonly object[]) => ({ ...WHOLE_PRESCRIPTION, lines })
  assert.deepEqual(lacksOf(facts('prescription', of({ label: 'Paracétamol 1 g' }))), ['dosage', 'duration'])
  assert.deepEqual(lacksOf(facts('prescription', of(line ?? {}, { label: 'Amoxicilline', dosage: '2 par jour' }))), ['duration'])
  assert.deepEqual(lacksOf(facts('prescription', of({ ...line, days: undefined, quantity: '2 boîtes' }))), [])
  assert.deepEqual(lacksOf(facts('prescription', { ...of({ label: 'Panoramique' }), category: 'imaging' })), [])
})

test('a prescription without the practice’s telephone and e-mail, the patient’s sex and whole birth date is told so', () => {
  const whole = facts('prescription', WHOLE_PRESCRIPTION)
  const { telephone: _, email: __, ...unreachable } = whole.practice.facts
  const practice = { ...whole.practice, facts: unreachable }
  assert.deepEqual(lacksOf({ ...whole, practice }), ['telephone', 'email'])
  assert.deepEqual(lacksOf({ ...whole, identity: { ...whole.identity, sex: 'unknown' } }), ['sex'])
  for (const bornOn of ['1956', '1956-03'])
    assert.deepEqual(lacksOf({ ...whole, identity: { ...whole.identity, bornOn } }), ['wholeBornOn'])
  const quote = facts('quote', WHOLE_QUOTE)
  assert.deepEqual(lacksOf({ ...quote, practice, identity: { ...quote.identity, sex: 'unknown', bornOn: '1956' } }), [])
})

test('a prescription that is still a draft is not printed unawares', () => {
  assert.deepEqual(lacksOf(facts('prescription', { ...WHOLE_PRESCRIPTION, status: 'draft' })), ['signedState'])
})

test('a consent by a representative whom nobody names lacks the name', () => {
  const body = { subject: 'care', about: 'Avulsion de la 48', decision: 'given', decidedOn: '2026-03-02', by: 'representative' }
  const unnamed = facts('consent', body)
  assert.deepEqual(lacksOf(unnamed), ['representative'])
  assert.deepEqual(lacksOf({ ...unnamed, representative: { name: 'Anne Exemple' } }), [])
  assert.deepEqual(lacksOf(facts('consent', { ...body, by: 'patient' })), [])
})

test('a letter without a text lacks one', () => {
  assert.deepEqual(lacksOf(facts('correspondence', { ...letterTo('doctor'), text: undefined })), ['letterText'])
  assert.deepEqual(lacksOf(facts('correspondence', letterTo('doctor'))), [])
})

test('the INS goes with prescriptions and with letters to a doctor or a laboratory, and nowhere else', () => {
  const PARTIES = ['patient', 'relative', 'doctor', 'insurer', 'lawyer', 'authority', 'laboratory', 'other']
  const withIns = PARTIES.filter((party) => carriesIns(facts('correspondence', letterTo(party)).entry))
  assert.deepEqual(withIns, ['doctor', 'laboratory'])
  assert.equal(carriesIns(facts('prescription', WHOLE_PRESCRIPTION).entry), true)
  assert.equal(carriesIns(facts('quote', WHOLE_QUOTE).entry), false)
  assert.equal(carriesIns(facts('correspondence', { ...letterTo('doctor'), direction: 'in' }).entry), false)
})

test('a practitioner has the title of the day’s contract; without one that day, what the others leave no doubt about', () => {
  const student = { id: 's', status: 'etudiant-adjoint', fromOn: '2020-09-01', toOn: '2021-08-31' } as const
  const dentist = { id: 'd', status: 'titulaire', fromOn: '2022-01-01', toOn: '2024-12-31' } as const
  const on = (day: string, ...roles: readonly (typeof student | typeof dentist)[]) =>
    titleOnPaper({ id: 'p', givenName: 'Camille', familyName: 'Exemple', roles: [...roles] }, day)
  assert.equal(on('2021-01-01', student, dentist), 'student')
  assert.equal(on('2022-01-01', student, dentist), 'dentist')
  assert.equal(on('2021-10-01', student, dentist), undefined)
  assert.equal(on('2025-03-01', student, dentist), 'dentist')
  assert.equal(on('2021-10-01', dentist), 'dentist')
  assert.equal(on('2021-10-01', student), undefined)
  assert.equal(on('2021-10-01'), undefined)
  const whole = facts('quote', WHOLE_QUOTE)
  const { practitioner } = whole
  assert.ok(practitioner !== undefined)
  assert.deepEqual(lacksOf({ ...whole, practitioner: { ...practitioner, roles: [] } }), ['title'])
})

test('who prints without an address, a practitioner or a birth date is told', () => {
  const { identity: whole, ...others } = facts('quote', WHOLE_QUOTE)
  const { bornOn: _, ...identity } = whole
  const practice = { name: 'Cabinet', facts: {}, isSample: false }
  assert.deepEqual(lacksOf({ ...others, identity, practice, practitioner: undefined }), ['address', 'practitioner', 'bornOn'])
})

test('what no longer counts says so on paper', () => {
  const cancelled = { prescribedOn: '2026-03-02', status: 'cancelled', lines: [{ label: 'Paracétamol' }] }
  assert.equal(paperState(facts('prescription', cancelled).entry), 'cancelled')
  assert.equal(paperState(facts('quote', { ...WHOLE_QUOTE, state: 'expired' }).entry), 'expired')
  assert.equal(paperState({ ...facts('quote', WHOLE_QUOTE).entry, state: 'withdrawn' }), 'withdrawn')
  assert.equal(paperState(facts('quote', WHOLE_QUOTE).entry), undefined)
})

test('a name is written as on an identity document', () => {
  assert.equal(nameOnPaper(facts('quote', WHOLE_QUOTE).identity), 'Hélène Marie LEFÈVRE')
})

function letterTo(kind: string) {
  return {
    direction: 'out',
    channel: 'letter',
    on: '2026-03-02',
    party: { kind, name: 'Exemple' },
    subject: 'Soins',
    text: 'Chère consœur,',
  }
}

function quoteLines(line: object): BodyOf<'quote'>['lines'] {
  return parseBody('quote', { ...WHOLE_QUOTE, lines: [{ label: 'Acte', ...line }] }).lines
}

function facts<K extends EntryKind>(kind: K, body: unknown): PaperFacts {
  return {
    practice: {
      name: 'Cabinet des Tilleuls',
      facts: {
        address: '3 rue des Tilleuls',
        postalCode: '69003',
        town: 'Lyon',
        telephone: '04 99 00 00 00',
        email: 'cabinet@exemple.fr',
      },
      isSample: false,
    },
    practitioner: {
      id: 'p',
      givenName: 'Camille',
      familyName: 'Exemple',
      rpps: '10000000009',
      roles: [{ id: 'r', status: 'titulaire', fromOn: '2020-01-01' }],
    },
    identity: identitySchema.parse({
      fileNumber: '1042',
      birthName: 'Lefèvre',
      givenNames: ['Hélène', 'Marie'],
      sex: 'female',
      bornOn: '1956-03-12',
    }),
    entry: entry(kind, parseBody(kind, body)),
    representative: undefined,
  }
}

function entry<K extends EntryKind>(kind: K, body: BodyOf<K>): Entry {
  const recordedBy = { id: 'a' }
  const at = '2026-03-02T08:00:00.000Z'
  return { kind, id: 'e', version: 1, state: 'current', createdAt: at, changedAt: at, recordedBy, body } as Entry
}
