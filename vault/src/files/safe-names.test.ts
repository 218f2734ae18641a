import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Jail } from './jail.ts'
import { NameKeeper, placeOf } from './safe-names.ts'

function aKeeper(folds: boolean): { actual: (name: string) => string | undefined; told: () => number } {
  let told = 0
  const keeper = new NameKeeper(
    new Jail('/'),
    () => told++,
    () => folds,
  )
  const actual = (name: string) => keeper.actual(placeOf([Buffer.from(name)])).at(-1)
  return { actual, told: () => told }
}

test('names that differ by case, or by dots and blanks at the end, are kept apart where these are one', () => {
  const { actual, told } = aKeeper(true)
  const names = ['a', 'A', 'a.', 'letter.txt', 'letter.txt ', 'LETTER.TXT. .', 'a~2', 'other']
  const places = names.map(actual)
  const strip = (name = '') => name.toLowerCase().replace(/[. ]+$/, '')
  assert.equal(new Set(places.map(strip)).size, names.length, places.join(', '))
  assert.deepEqual([places[0], places[3], places[7]], ['a', 'letter.txt', 'other'])
  assert.equal(told(), 5)
  assert.deepEqual(names.map(actual), places)
})

test('where names are told apart each keeps its own', () => {
  const { actual, told } = aKeeper(false)
  for (const name of ['a', 'A', 'a.', 'a ']) assert.equal(actual(name), name)
  assert.equal(told(), 0)
})
