import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proposeStewards, type StewardFacts } from './steward-default.ts'

const facts = (over: Partial<StewardFacts>): StewardFacts => ({
  name: 'SELARL Exemple',
  practising: [
    { practitionerId: 'owner', status: 'titulaire' },
    { practitionerId: 'colleague', status: 'collaborateur-liberal' },
    { practitionerId: 'locum', status: 'remplacant' },
    { practitionerId: 'employee', status: 'collaborateur-salarie' },
  ],
  ...over,
})
const first = (over: Partial<StewardFacts>) => proposeStewards(facts(over)).first

test('in a company of exercise a new patient is the company’s, by its name and SIREN', () => {
  const company = { kind: 'company', name: 'SELARL Exemple', siren: '732829320' }
  for (const legalForm of ['selarl', 'selas', 'scp'])
    assert.deepEqual(first({ legalForm, siret: '73282932000074' }), { steward: company, basis: 'company' })
  assert.deepEqual(first({ legalForm: 'selarl' })?.steward, { kind: 'company', name: 'SELARL Exemple' })
})

test('a collaborateur libéral who opens a record opens it for themselves, a locum and an employee do not', () => {
  const own = { steward: { kind: 'practitioner', practitionerId: 'colleague' }, basis: 'contract' }
  for (const legalForm of ['selarl', 'individual', 'scm', undefined])
    assert.deepEqual(first({ legalForm, practitionerId: 'colleague' }), own)
  for (const practitionerId of ['locum', 'employee', 'owner', undefined])
    assert.deepEqual(first({ legalForm: 'individual', practitionerId })?.steward, { kind: 'practice' })
})

test('where premises only are shared, each owner has their own, and nothing is said where the front desk opens the record', () => {
  assert.deepEqual(first({ legalForm: 'scm', practitionerId: 'owner' })?.steward, {
    kind: 'practitioner',
    practitionerId: 'owner',
  })
  assert.equal(first({ legalForm: 'scm' }), undefined)
  assert.deepEqual(
    proposeStewards(facts({ legalForm: 'scm' })).all.map(({ steward }) => steward),
    ['owner', 'colleague'].map((practitionerId) => ({ kind: 'practitioner', practitionerId })),
  )
})

test('where nobody has said the legal form, nothing is said of the patient either, and one may choose', () => {
  const { first: none, all } = proposeStewards(facts({}))
  assert.equal(none, undefined)
  assert.deepEqual(
    all.map(({ steward }) => steward.kind),
    ['practice', 'practitioner'],
  )
})
