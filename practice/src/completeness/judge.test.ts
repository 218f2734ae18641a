import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ENTRY_KINDS } from '#patients'
import { FUZZ_SEED } from '../../../tests/fuzz.ts'
import type { Fact } from './fact.ts'
import { parseFacts, printFacts } from './facts-text.ts'
import { judge } from './judge.ts'
import { RULES } from './rules/index.ts'
import { tagSet } from './tag-sets.ts'
import { ACT_TAGS, OTHER_TAGS, type Tag } from './tags.ts'

const TODAY = '2026-06-01'
const SINCE = '2025-03-02'
/** fast-check prints the seed of what failed. */
const RUNS = { seed: FUZZ_SEED, numRuns: process.env.COURONNE_CAMPAIGN === '1' ? 20_000 : 300 }
const options = { today: TODAY, since: SINCE }

const ids = Array.from({ length: 12 }, (_, i) => `entry-${i}`)
const arbitraryFact: fc.Arbitrary<Fact> = fc.record(
  {
    id: fc.constantFrom(...ids),
    kind: fc.constantFrom(...ENTRY_KINDS.filter((kind) => kind !== 'identity')),
    on: fc.constantFrom('2025-03-11', '2025-03-12', '2026-03', '2026-03-11', '2026-03-12', '2026-03-13', '2026'),
    set: fc.uniqueArray(fc.constantFrom(...ACT_TAGS, ...OTHER_TAGS), { maxLength: 12 }).map(tagSet),
    teeth: fc.uniqueArray(fc.constantFrom('36', '46'), { maxLength: 2 }),
    links: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 2 }),
  },
  { requiredKeys: ['id', 'kind', 'set', 'teeth', 'links'] },
)
const identity: Fact = {
  id: 'who',
  kind: 'identity',
  set: tagSet(['alive', 'named', 'minor-at-care']),
  teeth: [],
  links: [],
}
const arbitraryFacts = fc
  .uniqueArray(arbitraryFact, { selector: ({ id }) => id, maxLength: 12 })
  .map((facts) => [identity, ...facts])

test('what is met stays met, whatever is added', () => {
  fc.assert(
    fc.property(arbitraryFacts, arbitraryFacts, (facts, more) => {
      const known = new Set(facts.map(({ id }) => id))
      const before = judge({ facts }, RULES, options)
      const after = judge({ facts: [...facts, ...more.filter(({ id }) => !known.has(id))] }, RULES, options)
      for (const { rule, subject, state } of before.findings)
        if (state === 'met')
          assert.equal(after.findings.find((each) => each.rule === rule && each.subject === subject)?.state, 'met', rule)
    }),
    RUNS,
  )
})

test('the order of the entries does not matter', () => {
  fc.assert(
    fc.property(
      arbitraryFacts.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }))),
      ([facts, shuffled]) => {
        assert.deepEqual(judge({ facts: shuffled }, RULES, options), judge({ facts }, RULES, options))
      },
    ),
    RUNS,
  )
})

const EXTRACTION: readonly Tag[] = ['done', 'extraction', 'surgery', 'care']
const act = (over: Partial<Fact> = {}): Fact => ({
  id: 'act',
  kind: 'procedure',
  on: '2026-03-12',
  set: tagSet(EXTRACTION),
  teeth: ['46'],
  links: [],
  ...over,
})
const consentOf = (facts: Fact[], days = options) =>
  judge({ facts: [identity, ...facts] }, RULES, days).findings.find(({ rule }) => rule === 'consent-missing-for-surgery')

test('facts are read as they were kept', () => {
  fc.assert(
    fc.property(arbitraryFacts, fc.option(fc.constant('2026-01-05'), { nil: undefined }), (facts, openedOn) => {
      const read = parseFacts(printFacts({ openedOn, facts }))
      assert.deepEqual(judge(read, RULES, options), judge({ openedOn, facts }, RULES, options))
    }),
    RUNS,
  )
})

test('care before the chosen day is past, and judged all the same', () => {
  const past = consentOf([act({ on: '2025-03-01' })])
  assert.equal(past?.isPast, true)
  assert.equal(past?.state, 'missing')
  assert.equal(consentOf([act({ on: '2025-03-02' })])?.isPast, false)
})

test('of a year that is not over before the chosen day nobody says that it is past', () => {
  assert.equal(consentOf([act({ on: '2024' })])?.isPast, true)
  assert.equal(consentOf([act({ on: '2025' })])?.isPast, false)
})

test('a record in which nothing has happened since is past as a whole', () => {
  const who = (facts: Fact[]) =>
    judge({ facts: [identity, ...facts] }, RULES, options).findings.find(({ rule }) => rule === 'identity-incomplete')
  assert.equal(who([act({ on: '2019-03-12' })])?.isPast, true)
  assert.equal(who([act({ on: '2019-03-12' }), act({ id: 'next' })])?.isPast, false)
  assert.equal(judge({ openedOn: '2026-01-05', facts: [identity] }, RULES, options).findings[0]?.isPast, false)
})

test('another day, another tooth, another act: another finding; a fee or a note: the same', () => {
  const first = consentOf([act()])?.sameAs
  assert.notEqual(consentOf([act({ on: '2026-03-13' })])?.sameAs, first)
  assert.notEqual(consentOf([act({ teeth: ['47'] })])?.sameAs, first)
  assert.equal(consentOf([act({ set: tagSet([...EXTRACTION, 'signed-by-practitioner']) })])?.sameAs, first)
})

test('what may still be done in time says when that is over', () => {
  const note = judge({ facts: [identity, act({ set: tagSet(['done', 'care', 'treatment']) })] }, RULES, {
    ...options,
    today: '2026-03-13',
  })
  assert.equal(note.findings.find(({ rule }) => rule === 'care-without-note')?.state, 'due-later')
  assert.equal(note.nextOn, '2026-03-15')
})
