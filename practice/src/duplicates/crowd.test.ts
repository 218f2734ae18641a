import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inventCrowd, SeededRandom } from '@couronne/samples'
import { parseBody } from '#patients'
import { compareTraits } from './compare.ts'
import { Crowd, type Newcomer } from './crowd.ts'
import { SharedKeys } from './shared-keys.ts'
import { type ComparedIdentity, comparedOf, traitsOf } from './traits.ts'

const ZOE = { birthName: 'Dupont', givenNames: ['Zoé'], sex: 'female', bornOn: '1972-06-18' } satisfies ComparedIdentity

/** Comes in hundreds, and remembers who came. */
async function addAll(crowd: Crowd, people: readonly Newcomer[]): Promise<[later: number, earlier: number][]> {
  const pairs: [number, number][] = []
  const load = async (numbers: readonly number[]) =>
    new Map(people.filter(({ number }) => numbers.includes(number)).map(({ number, identity }) => [number, identity]))
  for (let at = 0; at < people.length; at += 100) {
    const some = people.slice(at, at + 100)
    for (const [i, found] of (await crowd.add(some, load)).entries())
      for (const { id } of found) pairs.push([some[i]?.number ?? 0, id])
  }
  return pairs
}

test('somebody who comes twice is found the second time, in the same hundred or a later one', async () => {
  const people = Array.from({ length: 250 }, (_, i) => ({
    number: i + 2,
    identity: { ...ZOE, birthName: `Nom${i}`, bornOn: `19${10 + (i % 80)}-0${1 + (i % 9)}-1${i % 10}` },
  }))
  people[10] = { number: 12, identity: { ...ZOE, birthName: 'DUPOND' } }
  people[40] = { number: 42, identity: { ...ZOE, birthName: 'Dupont' } }
  people[240] = { number: 242, identity: { ...ZOE, birthName: 'dupont' } }
  const pairs = (await addAll(new Crowd(), people)).filter(([later]) => later === 42 || later === 242)
  assert.deepEqual(pairs, [
    [42, 12],
    [242, 42],
    [242, 12],
  ])
})

test('a crowd is compared as one would pair by pair', async () => {
  const crowd = [...inventCrowd(new SeededRandom('crowd'), 200)]
  const once = crowd.map(({ number, sex, telephones, ins: _ins, ...names }) =>
    parseBody('identity', {
      ...names,
      fileNumber: `C${number}`,
      sex: sex === 'F' ? 'female' : 'male',
      telephones: telephones.map((telephone) => ({ number: telephone })),
    }),
  )
  const people = [...once, ...once.filter((_, i) => i % 10 === 0)].map((identity, i) => ({ number: i + 2, identity }))
  const found = new Set((await addAll(new Crowd(), people)).map((pair) => pair.join(' ')))
  const traits = people.map(({ identity }) => traitsOf(identity))
  const expected = traits.flatMap((one, i) =>
    traits.slice(0, i).flatMap((other, j) => {
      const { certainty } = compareTraits(one, other)
      return certainty === 'sure' || certainty === 'probable' ? [`${i + 2} ${j + 2}`] : []
    }),
  )
  assert.ok(expected.length >= 20)
  assert.deepEqual(
    expected.filter((pair) => !found.has(pair)),
    [],
  )
})

test('a placeholder that a whole crowd bears makes no crowd of pairs', async () => {
  const people = Array.from({ length: 5_000 }, (_, i) => ({ number: i + 2, identity: { ...ZOE, bornOn: '1900-01-01' } }))
  const pairs = await addAll(new Crowd(), people)
  assert.ok(pairs.length < 60 * 10, `${pairs.length} pairs`)
})

test('who stands under a key is told of, newest first, however many keys there are', () => {
  const keys = new SharedKeys()
  for (let i = 0; i < 50_000; i++) assert.deepEqual(keys.add(`key ${i}`, i), [])
  for (let i = 0; i < 50_000; i += 997) assert.deepEqual(keys.add(`key ${i}`, i + 1), [i])
  assert.deepEqual(keys.add('key 0', 7), [1, 0])
})

test('what is compared is kept, and nothing else of an identity', () => {
  const none = { status: 'provisional', flags: [], telephones: [], emails: [], addresses: [] }
  assert.deepEqual(comparedOf(parseBody('identity', { ...ZOE, note: 'x', fileNumber: '12' })), { ...ZOE, ...none })
})
