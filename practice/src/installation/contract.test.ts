import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changePractice, makePractice } from './contract.ts'

test('a practice’s name is one line that is seen: it is written into each new patient’s record', () => {
  const owner = { displayName: 'Camille Exemple', login: 'camille', password: 'gencive-arc-en-ciel-27', language: 'fr' }
  const isTaken = (name: string) => [
    makePractice.body.safeParse({ name, facts: {}, owner }).error?.issues.map(({ path }) => path.join('.')),
    changePractice.body.safeParse({ name, facts: {} }).error?.issues.map(({ path }) => path.join('.')),
  ]
  assert.deepEqual(isTaken('SELARL de l’Exemple'), [undefined, undefined])
  for (const name of ['SELARL\tde l’Exemple', 'SELARL\u202a', '\u0000'])
    assert.deepEqual(isTaken(name), [['name'], ['name']], JSON.stringify(name))
})
