import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BodyOf, type Entry, type EntryKind, identitySchema, parseBody } from '@couronne/practice/contract'
import { lacksOf, nameOnPaper, type PaperFacts, paperState } from './paper-facts.ts'

const WHOLE_QUOTE = {
  state: 'draft',
  madeOn: '2026-03-02',
  validUntil: '2026-09-02',
  lines: [
    { label: 'Couronne', feeCents: 55_000, deviceCents: 28_000, reimbursedCents: 12_000, materials: 'zircone', madeIn: 'FR' },
    { label: 'Détartrage', feeCents: 2_892, reimbursedCents: 2_024 },
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
    ['reimbursedCents', 'reimbursed'],
  ] as const)
    assert.deepEqual(lacksOf(facts('quote', { ...WHOLE_QUOTE, lines: [without(name)] })), [lack])
  assert.deepEqual(lacksOf(facts('quote', { ...WHOLE_QUOTE, validUntil: undefined })), ['validUntil'])
})

test('a prescription of medicines says how they are taken, one of care need not', () => {
  const body = { prescribedOn: '2026-03-02', status: 'draft', lines: [{ label: 'Paracétamol 1 g' }] }
  assert.deepEqual(lacksOf(facts('prescription', body)), ['dosage'])
  assert.deepEqual(lacksOf(facts('prescription', { ...body, category: 'imaging' })), [])
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

function facts<K extends EntryKind>(kind: K, body: unknown): PaperFacts {
  return {
    practice: {
      name: 'Cabinet des Tilleuls',
      facts: { address: '3 rue des Tilleuls', postalCode: '69003', town: 'Lyon' },
      isSample: false,
    },
    practitioner: { id: 'p', givenName: 'Camille', familyName: 'Exemple', rpps: '10000000009', roles: [] },
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
