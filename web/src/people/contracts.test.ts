import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PracticeRole, Practitioner } from '@couronne/practice/contract'
import { hasLeft, mainContract, standingOf } from './contracts.ts'

const TODAY = '2026-11-27'
const contract = (fromOn: string, toOn?: string): PracticeRole => ({
  id: fromOn,
  status: 'remplacant',
  fromOn,
  ...(toOn === undefined ? {} : { toOn }),
})
const practitioner = (...roles: PracticeRole[]): Practitioner => ({ id: '1', familyName: 'Exemple', givenName: 'Sacha', roles })

test('a contract holds on its first day and on its last, and no other', () => {
  assert.equal(standingOf(contract('2026-11-27', '2026-11-27'), TODAY), 'holds')
  assert.equal(standingOf(contract('2020-01-01', '2026-11-26'), TODAY), 'ended')
  assert.equal(standingOf(contract('2026-11-28'), TODAY), 'to-come')
  assert.equal(standingOf(contract('2020-01-01'), TODAY), 'holds')
})

test('the contract that is shown first holds, or will, or was the last', () => {
  const [old, now, next] = [contract('2020-01-01', '2020-12-31'), contract('2026-01-01', '2026-12-31'), contract('2027-01-01')]
  assert.equal(mainContract(practitioner(old, now, next), TODAY), now)
  assert.equal(mainContract(practitioner(old, next), TODAY), next)
  assert.equal(mainContract(practitioner(contract('2019-01-01', '2019-12-31'), old), TODAY), old)
  assert.equal(mainContract(practitioner(), TODAY), undefined)
})

test('somebody has left when every contract has ended, and not before', () => {
  assert.equal(hasLeft(practitioner(contract('2020-01-01', '2026-11-26')), TODAY), true)
  assert.equal(hasLeft(practitioner(contract('2020-01-01', '2026-11-27')), TODAY), false)
  assert.equal(hasLeft(practitioner(contract('2020-01-01', '2020-12-31'), contract('2027-01-01')), TODAY), false)
  assert.equal(hasLeft(practitioner(), TODAY), false)
})
