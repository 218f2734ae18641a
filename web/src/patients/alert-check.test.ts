import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Messages } from '#messages'
import { checkInWords } from './alert-check.ts'
import { makeDays } from './days.ts'

const TODAY = '2026-03-12'

test('what was told a year ago holds, a day earlier it is to be asked again', () => {
  assert.equal(inWords('2025-03-12'), 'vérifié le 12/03/2025')
  assert.equal(inWords('2025-03-11'), 'à vérifier de nouveau : 11/03/2025')
})

test('what was told on a day that nobody knows is to be asked again', () => {
  assert.equal(inWords(undefined), 'à vérifier')
})

function inWords(checkedOn: string | undefined): string {
  const patients = {
    neverChecked: 'à vérifier',
    checkAgain: (day: string) => `à vérifier de nouveau : ${day}`,
    checkedOn: (day: string) => `vérifié le ${day}`,
  }
  return checkInWords(checkedOn, TODAY, { m: { patients } as Messages, days: makeDays('fr') })
}
