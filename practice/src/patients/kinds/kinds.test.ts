import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { line, paragraphs } from '#text'
import { bodyFacts, ENTRY_KINDS, KINDS, parseBody } from './index.ts'
import { daySchema, partialDaySchema, telephoneSchema } from './parts.ts'
import { lineRestCents, quoteRestCents } from './quote.ts'

const IDENTITY = { fileNumber: '1', birthName: 'Exemple', sex: 'unknown' } as const

test('a name is one line, whatever is typed', () => {
  const name = line(20)
  assert.equal(name.parse('  L’Héritier-Œuvré '), 'L’Héritier-Œuvré')
  assert.equal(name.parse('e\u0301'), '\u00e9')
  for (const hostile of ['', '   ', 'a\u0000b', 'a\nb', 'a\u202eb', 'a\u2028b', '\ud800', 'x'.repeat(21), 'a\u001b[31m'])
    assert.equal(name.safeParse(hostile).success, false, JSON.stringify(hostile))
})

test('a text keeps its lines and takes no other control character', () => {
  assert.equal(paragraphs(50).parse('un\n\tdeux\r\n'), 'un\n\tdeux')
  for (const hostile of ['a\u0000', 'a\u0007b', '\udc00', 'a\u2066b'])
    assert.equal(paragraphs(50).safeParse(hostile).success, false)
})

test('a day is in the calendar and within two centuries', () => {
  assert.deepEqual(
    ['2024-02-29', '2023-02-29', '0205-03-04', '2026-13-01', '26-01-01'].map((text) => daySchema.safeParse(text).success),
    [true, false, false, false, false],
  )
})

test('zeros for what is not known of a date are left out, a whole date of zeros is none', () => {
  assert.deepEqual(
    ['1950-00-00', '1950-03-00', '1950-00'].map((text) => partialDaySchema.parse(text)),
    ['1950', '1950-03', '1950'],
  )
  assert.equal(partialDaySchema.safeParse('0000-00-00').success, false)
})

test('a telephone number may come with the spaces and strokes that people use', () => {
  const { number } = telephoneSchema.parse({ number: '\u00a006\u202f12/34.56-78 ' })
  assert.equal(number, '06 12/34.56-78')
})

test('what ends before it begins is refused, a month within its year is not', () => {
  const mother = (from: string, to: string) =>
    KINDS.relatedPerson.schema.safeParse({ familyName: 'X', relation: 'mother', from, to }).success
  assert.deepEqual([mother('2020-01-02', '2020-01-01'), mother('2020-01-01', '2020-01-01')], [false, true])
  const pregnant = (from: string, to: string) =>
    KINDS.alert.schema.safeParse({ category: 'pregnancy', state: 'present', label: 'Grossesse', from, to }).success
  assert.deepEqual([pregnant('2020-05', '2020'), pregnant('2020-05', '2019')], [true, false])
})

test('a birth date may be known to the month or the year', () => {
  assert.deepEqual(
    ['1950', '1950-01', '1950-01-24', '1950-00-24', '1950-02-30', '1950-13', '195', '2024-02-29'].map(
      (text) => partialDaySchema.safeParse(text).success,
    ),
    [true, true, true, false, false, false, false, true],
  )
})

test('an INS is stored without spaces, and one with a wrong key not at all', () => {
  const withIns = (number: string) => KINDS.identity.schema.safeParse({ ...IDENTITY, ins: { number, kind: 'nir-test' } })
  assert.equal(withIns('2 69 05 49 588 157 80').data?.ins?.number, '269054958815780')
  assert.equal(withIns('2 69 05 49 588 157 81').success, false)
})

test('an identity is not qualified without its INS', () => {
  assert.equal(KINDS.identity.schema.safeParse({ ...IDENTITY, status: 'qualified' }).success, false)
  assert.equal(KINDS.identity.schema.safeParse({ ...IDENTITY, status: 'validated' }).success, true)
})

test('an allergy that is present has a name; that none is known has not', () => {
  const alert = KINDS.alert.schema
  assert.equal(alert.safeParse({ category: 'allergy', state: 'present' }).success, false)
  assert.equal(alert.safeParse({ category: 'allergy', state: 'present', label: 'Pénicilline' }).success, true)
  assert.equal(alert.safeParse({ category: 'allergy', state: 'absent' }).success, true)
  assert.equal(alert.safeParse({ category: 'allergy', state: 'absent', severity: 'mild' }).success, false)
})

test('an act keeps its source’s code, and only CCAM codes must look like CCAM', () => {
  const act = (system: string, code: string) =>
    KINDS.procedure.schema.safeParse({ code: { system, code, label: 'Obturation 2 faces' }, status: 'done' }).success
  assert.equal(act('ngap', 'SC12'), true)
  assert.equal(act('local', 'OBT2'), true)
  assert.equal(act('ccam', 'HBMD049'), true)
  assert.equal(act('ccam', 'SC12'), false)
})

test('a tooth stands in an act once, and teeth that nobody has are refused', () => {
  const act = (...teeth: string[]) =>
    KINDS.procedure.schema.safeParse({
      code: { system: 'local', code: 'X', label: 'X' },
      status: 'done',
      teeth: teeth.map((fdi) => ({ fdi })),
    }).success
  assert.deepEqual([act('85', '36'), act('36', '36'), act('39')], [true, false, false])
})

test('a restricted document is care, a personal one its author’s', () => {
  const document = {
    title: 'Lettre',
    type: { system: 'http://loinc.org', code: '96349-6', label: 'Lettre d’adressage' },
    objectId: 'o',
    fileName: 'lettre.pdf',
  }
  const facts = (more: object) => bodyFacts('document', parseBody('document', { ...document, ...more }))
  assert.deepEqual([facts({}).class, facts({ sensitivity: 'restricted' }).class], ['documents', 'care'])
  assert.deepEqual([facts({}).isPersonal, facts({ personalNote: true }).isPersonal], [false, true])
})

test('an appointment stands at local time, without offset', () => {
  const at = (startsAt: string) =>
    KINDS.appointment.schema.safeParse({ startsAt, zone: 'Europe/Paris', minutes: 30, state: 'booked' }).success
  assert.deepEqual(['2026-03-12T10:15', '2026-03-12T10:15Z', '2026-03-12T25:00', '2026-03-12'].map(at), [
    true,
    false,
    false,
    false,
  ])
})

test('what a quote leaves to pay is known when each of its lines says what is reimbursed, a nothing too, and not before', () => {
  const rests = (...lines: readonly { feeCents: number; reimbursedCents?: number }[]) => {
    const told = lines.map((each) => ({ label: 'Acte', ...each }))
    const body = parseBody('quote', { state: 'draft', madeOn: '2026-03-02', lines: told })
    return [...body.lines.map(lineRestCents), quoteRestCents(body)]
  }
  const crown = { feeCents: 50_000, reimbursedCents: 12_050 }
  assert.deepEqual(rests(crown), [37_950, 37_950])
  assert.deepEqual(rests(crown, { feeCents: 9_010, reimbursedCents: 0 }), [37_950, 9_010, 46_960])
  assert.deepEqual(rests(crown, { feeCents: 9_010 }), [37_950, undefined, undefined])
  assert.deepEqual(rests({ feeCents: 2_000, reimbursedCents: 2_000 }), [0, 0])
  assert.deepEqual(rests({ feeCents: 2_000, reimbursedCents: 2_001 }, crown), [undefined, 37_950, undefined])
  assert.deepEqual(rests({ feeCents: 0 }), [undefined, undefined])
  assert.deepEqual(rests(), [undefined])
})

test('where a part is made is said only of what has a part made elsewhere', () => {
  const line = { label: 'Couronne', feeCents: 1, subcontractedIn: 'DE' }
  for (const subcontracting of ['none', undefined])
    assert.throws(
      () => parseBody('quote', { state: 'draft', madeOn: '2026-03-02', lines: [{ ...line, subcontracting }] }),
      z.ZodError,
    )
})

test('what a kind has parsed it parses again, to the same', () => {
  for (const kind of ENTRY_KINDS) {
    const body = EXAMPLES[kind]
    const parsed = parseBody(kind, body)
    assert.deepEqual(parseBody(kind, JSON.parse(JSON.stringify(parsed))), parsed, kind)
    bodyFacts(kind, parsed)
  }
})

test('no kind takes a member that it does not know, nor anything that is no object', () => {
  for (const kind of ENTRY_KINDS) {
    assert.throws(() => parseBody(kind, { ...(EXAMPLES[kind] as object), intruder: 1 }), z.ZodError, kind)
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        assert.throws(() => parseBody(kind, anything), z.ZodError)
      }),
      { numRuns: 50 },
    )
  }
})

const EXAMPLES: Readonly<Record<(typeof ENTRY_KINDS)[number], unknown>> = {
  identity: {
    ...IDENTITY,
    givenNames: ['Anne', 'Marie'],
    telephones: [{ number: '01 99 00 00 00' }],
    addresses: [{ town: 'Paris' }],
  },
  relatedPerson: { familyName: 'Exemple', relation: 'mother', authority: 'parental-authority' },
  referringDoctor: { familyName: 'Exemple', role: 'treating-physician', rpps: '10100000017' },
  alert: { category: 'anticoagulant', state: 'present', label: 'Apixaban' },
  procedure: {
    code: { system: 'ccam', code: 'HBMD049', label: 'Restauration' },
    status: 'billed',
    teeth: [{ fdi: '36', surfaces: ['M', 'O'] }],
    feeCents: 2892,
  },
  observation: { category: 'tooth-chart', on: '2026-03-02', findings: [{ fdi: '46', state: 'missing' }] },
  questionnaire: {
    form: 'medical-history',
    answeredOn: '2026-03-02',
    items: [{ question: 'allergy', label: 'Allergies ?', answer: 'not-answered' }],
  },
  prescription: { prescribedOn: '2026-03-02', status: 'signed', lines: [{ label: 'Paracétamol 1 g', days: 3 }] },
  consent: { subject: 'surgery', about: 'Avulsion 48', decision: 'given', decidedOn: '2026-03-02', by: 'patient' },
  quote: {
    state: 'signed',
    madeOn: '2026-03-02',
    signedOn: '2026-03-03',
    alternative: 'Aucune',
    lines: [
      {
        label: 'Couronne',
        feeCents: 50_000,
        deviceCents: 28_000,
        baseCents: 12_000,
        basket: 'free',
        subcontracting: 'part',
        subcontractedIn: 'DE',
      },
    ],
  },
  correspondence: {
    direction: 'in',
    channel: 'letter',
    on: '2026-03-02',
    party: { kind: 'doctor', name: 'Dr Exemple' },
    subject: 'Avis',
  },
  device: { category: 'implant', label: 'Implant 4 × 10', lot: 'L1', udi: '(01)0', teeth: [{ fdi: '46' }], placedOn: '2026-03' },
  appointment: { startsAt: '2026-03-12T10:15', zone: 'Europe/Paris', minutes: 30, state: 'booked' },
  claim: { way: 'civil', subject: 'Avulsion', openedOn: '2026-03-02', hold: { from: '2026-03-02', reason: 'Expertise' } },
  document: {
    title: 'Panoramique',
    type: { system: 'http://loinc.org', code: '18748-4', label: 'CR d’imagerie médicale' },
    objectId: 'o',
    fileName: 'p.dcm',
  },
  imagingStudy: {
    studyId: 's',
    studyUid: '1.2.250.1',
    modality: 'IO',
    title: 'Rétro-alvéolaire',
    takenOn: '2026-03-02',
    teeth: ['36'],
  },
  stewardship: { steward: { kind: 'company', name: 'SELARL Exemple' }, from: '2020-01-01', basis: 'company' },
  careLink: { practitionerId: 'p', from: '2020-01-01', basis: 'treating' },
}
