import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeFormat } from './format.ts'

const ZONES = ['America/Guadeloupe', 'America/Cayenne', 'Europe/Paris', 'Indian/Reunion', 'Pacific/Noumea', 'Pacific/Tahiti']

test('a day is the same day in Guadeloupe, in Guyane, in Paris and in Nouméa', () => {
  for (const zone of ZONES)
    inZone(zone, () => {
      assert.equal(makeFormat('fr').day('2026-01-01'), '1er janvier 2026', zone)
      assert.equal(makeFormat('en').day('2026-12-31'), '31 December 2026', zone)
    })
})

test('French has a first of the month, and no other', () => {
  const { day } = makeFormat('fr')
  assert.deepEqual([day('2026-05-01'), day('2026-05-11'), day('2026-05-21')], ['1er mai 2026', '11 mai 2026', '21 mai 2026'])
})

test('an instant is on the day that it was here', () => {
  inZone('America/Cayenne', () => assert.equal(makeFormat('fr').dayOf('2026-01-01T02:00:00Z'), '31 décembre 2025'))
  inZone('Indian/Reunion', () => assert.equal(makeFormat('fr').dayOf('2025-12-31T21:00:00Z'), '1er janvier 2026'))
})

function inZone(zone: string, work: () => void): void {
  const before = process.env.TZ
  process.env.TZ = zone
  try {
    work()
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
}
