import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { SEXES } from '#patients'
import examples from './compare.examples.json' with { type: 'json' }
import { compareTraits } from './compare.ts'
import { matchKeysOf } from './match-keys.ts'
import { CERTAINTIES, isNewEvidence, REASON_CODES_AGAINST, REASON_CODES_FOR, SCORE_MIN } from './reasons.ts'
import { type ComparedIdentity, traitsOf } from './traits.ts'

const exampleSchema = z.object({
  says: z.string(),
  one: z.record(z.string(), z.unknown()),
  other: z.record(z.string(), z.unknown()),
  score: z.int(),
  certainty: z.enum(CERTAINTIES).optional(),
  for: z.array(z.enum(REASON_CODES_FOR)),
  against: z.array(z.enum(REASON_CODES_AGAINST)),
})
const EXAMPLES = z.array(exampleSchema).parse(examples)
const traits = (identity: object) => traitsOf(identity as ComparedIdentity)

suite('examples of pairs', () => {
  for (const { says, one, other, ...expected } of EXAMPLES)
    test(says, () => {
      const { score, certainty, for: speaking, against } = compareTraits(traits(one), traits(other))
      assert.deepEqual({ score, certainty, for: speaking, against }, { certainty: undefined, ...expected })
    })
})

test('whom somebody should look at shares a key, in every example', () => {
  for (const { says, one, other, certainty } of EXAMPLES.filter((each) => each.certainty !== undefined)) {
    const shared = new Set(matchKeysOf(traits(one))).intersection(new Set(matchKeysOf(traits(other))))
    assert.ok(shared.size > 0, `${certainty}: ${says}`)
  }
})

const name = fc.constantFrom(
  'Martin',
  'Martín',
  'martin-dupont',
  'Dupont',
  'de la Croix',
  'Lacroix',
  'Jean',
  'JEAN',
  'Jean-Pierre',
  'J.',
  '漢字',
  '?',
)
const day = fc.constantFrom('1985-03-12', '1985-12-03', '1985', '1985-03', '1970-01-01', '1986-03-12')
const anybody: fc.Arbitrary<ComparedIdentity> = fc.record(
  {
    birthName: name,
    usedName: name,
    givenNames: fc.array(name, { maxLength: 3 }),
    usedGivenName: name,
    sex: fc.constantFrom(...SEXES),
    bornOn: day,
    birthPlace: fc.constantFrom('75111', '99100'),
    status: fc.constantFrom('provisional' as const, 'qualified' as const),
    flags: fc.subarray(['homonym', 'fictitious'] as const).map((flags) => [...flags]),
    ins: fc.record({
      number: fc.constantFrom('285037511123456', '285036922254321'),
      kind: fc.constantFrom('nir' as const, 'nia' as const),
    }),
    telephones: fc.array(
      fc.constantFrom('06 39 98 00 01', '+33639980001', '0000000000').map((number) => ({ number })),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['birthName', 'sex'] },
)

test('whichever comes first, the answer is the same, and a score is 0 to 100', () => {
  fc.assert(
    fc.property(anybody, anybody, (one, other) => {
      const compared = compareTraits(traits(one), traits(other))
      assert.deepEqual(compareTraits(traits(other), traits(one)), compared)
      assert.ok(Number.isInteger(compared.score) && compared.score >= 0 && compared.score <= 100)
      assert.equal(compared.certainty !== undefined, compared.score >= SCORE_MIN)
    }),
  )
})

test('the order of fields, case and accents make no difference', () => {
  fc.assert(
    fc.property(anybody, anybody, (one, other) => {
      const shouted = { ...one, birthName: one.birthName.toUpperCase().normalize('NFD') }
      const turned = Object.fromEntries(Object.entries(shouted).toReversed())
      assert.deepEqual(compareTraits(traits(turned), traits(other)), compareTraits(traits(one), traits(other)))
      assert.deepEqual(matchKeysOf(traits(turned)), matchKeysOf(traits(one)))
    }),
  )
})

test('a pair that is worth a look shares a key', () => {
  fc.assert(
    fc.property(anybody, anybody, (one, other) => {
      const { certainty } = compareTraits(traits(one), traits(other))
      const shared = new Set(matchKeysOf(traits(one))).intersection(new Set(matchKeysOf(traits(other))))
      return certainty === undefined || certainty === 'possible' || shared.size > 0
    }),
  )
})

test('a decision stands until something new speaks for it, or something no longer against it', () => {
  const decided = { for: ['birth-date', 'birth-name'], against: ['given-name-differs'] }
  assert.equal(isNewEvidence(decided, decided), false)
  assert.equal(isNewEvidence(decided, { ...decided, for: [...decided.for, 'telephone'] }), false)
  assert.equal(isNewEvidence(decided, { ...decided, for: ['birth-date'] }), false)
  assert.equal(isNewEvidence(decided, { ...decided, for: [...decided.for, 'ins'] }), true)
  assert.equal(isNewEvidence(decided, { ...decided, against: [] }), true)
})

test('any text at all is a name, and no key is longer than an index takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }), (family, given) => {
      const somebody = { birthName: family, givenNames: [given], sex: 'unknown', bornOn: '1985-03-12' }
      const keys = matchKeysOf(traits(somebody))
      assert.ok(keys.every((key) => key.length < 80 && key.isWellFormed()))
      compareTraits(traits(somebody), traits(somebody))
    }),
  )
})
