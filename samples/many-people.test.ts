import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inventCrowd } from './many-people.ts'
import { SeededRandom } from './random.ts'

const crowd = (seed: string, count: number) => [...inventCrowd(new SeededRandom(seed), count)]

test('the same seed gives the same crowd', () => assert.deepEqual(crowd('one', 100), crowd('one', 100)))

test('a few names are borne by very many, and very many names by a few', () => {
  const names = Map.groupBy(crowd('names', 20_000), ({ birthName }) => birthName)
  const counts = [...names.values()].map(({ length }) => length)
  assert.ok((names.get('Martin')?.length ?? 0) > 100)
  assert.ok(counts.filter((count) => count <= 2).length > 5_000)
})

test('whoever has an INS has one of fifteen characters whose check digits are right', () => {
  for (const { ins } of crowd('ins', 2_000)) {
    if (ins === undefined) continue
    assert.match(ins, /^[12]\d{4}(\d\d|2A)\d{8}$/)
    assert.equal(97 - Number(BigInt(ins.slice(0, 13).replace('2A', '19')) % 97n), Number(ins.slice(13)))
  }
})
