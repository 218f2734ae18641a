import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeTestPractice } from '#testing'
import { DEFAULT_TIME_ZONE, FRENCH_TIME_ZONES, timeZoneOf, timeZoneSchema } from './time-zone.ts'
import { loadToday } from './today.ts'

test('a time zone is one of IANA’s, whatever its case', () => {
  for (const zone of [...FRENCH_TIME_ZONES, 'europe/paris', 'UTC'])
    assert.equal(timeZoneSchema.safeParse(zone).success, true, zone)
  for (const zone of ['Nowhere/Atlantis', '+02:00', '', 'Europe/Paris ', 'Europe/../Paris', 'x'.repeat(100)])
    assert.equal(timeZoneSchema.safeParse(zone).success, false, zone)
})

test('a practice that does not say is in Paris', () => {
  assert.equal(timeZoneOf('{}'), DEFAULT_TIME_ZONE)
  assert.equal(timeZoneOf('{"legalForm":"selarl","timeZone":"Indian/Reunion"}'), 'Indian/Reunion')
})

test('today is the day where the practice is', async () => {
  await using made = await makeTestPractice()
  const { db, id } = made.practice
  const now = Temporal.Instant.from('2026-03-02T22:30:00Z')
  const inZone = async (timeZone: string) => {
    await db
      .updateTable('practice')
      .set({ facts: JSON.stringify({ timeZone }) })
      .execute()
    return loadToday(db, id, now)
  }
  assert.equal(await loadToday(db, id, now), '2026-03-02')
  assert.equal(await inZone('Indian/Reunion'), '2026-03-03')
  assert.equal(await inZone('Pacific/Tahiti'), '2026-03-02')
})
