/** Cards and calendars that were made to take all time or all memory: each comes to an end, and what is not read is there unread. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { damage, FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { readCards } from './cards.ts'
import { readEvents } from './events.ts'

const RUNS = process.env.COURONNE_CAMPAIGN === '1' ? 20_000 : 300
/** A machine that does other things too is slow; what is made to take for ever takes longer than that. */
const TEXT_MS_MAX = 30_000
const [FROM, TO] = ['2016-01-01', '2028-12-31']

function event(rule: string, more = ''): string {
  return `BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20200229T080000\r\nRRULE:${rule}\r\n${more}END:VEVENT\r\n`
}

function timed<T>(what: string, work: () => T): T {
  const began = performance.now()
  const result = work()
  assert.ok(performance.now() - began < TEXT_MS_MAX, `${what.slice(0, 100)}: ${Math.round(performance.now() - began)} ms`)
  return result
}

test('a rule that never finds a day, or finds one each second, comes once, unread', () => {
  const rules = ['DAILY;BYMONTH=2;BYMONTHDAY=30', 'SECONDLY;BYMONTH=2;BYMONTHDAY=30', 'HOURLY;BYMONTHDAY=31;BYMONTH=2,4,6']
  for (const rule of [...rules, 'SECONDLY', 'MINUTELY;INTERVAL=2', 'DAILY;INTERVAL=0', 'WEEKLY;INTERVAL=99999999']) {
    const events = timed(rule, () => [...readEvents(event(`FREQ=${rule}`), FROM, TO)])
    assert.deepEqual(
      events.map((each) => each.event),
      [undefined],
      rule,
    )
  }
})

test('a thousand such rules cost no more than some', () => {
  const text = event('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30').repeat(1_000)
  const began = performance.now()
  assert.equal([...readEvents(text, FROM, TO)].length, 1_000)
  assert.ok(performance.now() - began < 60_000)
})

test('days that are left out and days that are added count, whatever the rule', () => {
  const more = 'EXDATE:20200301T080000\r\nEXDATE;VALUE=DATE:20200302\r\nRDATE:20200401T090000\r\n'
  const events = [...readEvents(event('FREQ=DAILY;COUNT=4', more), FROM, TO)]
  assert.deepEqual(
    events.map((each) => each.event?.start),
    ['2020-02-29T08:00', '2020-03-03T08:00', '2020-04-01T09:00'],
  )
})

test('rules of any words come to an end', (context) => {
  context.diagnostic(`COURONNE_SEED=${FUZZ_SEED}`)
  const words = ['BYMONTH', 'BYMONTHDAY', 'BYDAY', 'BYSETPOS', 'BYYEARDAY', 'BYWEEKNO', 'BYHOUR', 'BYSECOND', 'INTERVAL', 'COUNT']
  const values = ['1', '2', '13', '30', '-1', '366', '-366', 'MO', '5SU', '-53MO', '1,2,3', '0', '99999999', '', 'x']
  const frequencies = ['SECONDLY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'NEVER']
  for (let run = 0; run < RUNS; run++) {
    const random = generator(FUZZ_SEED + run)
    const one = <T>(list: readonly T[]) => list[random(list.length)]!
    const parts = Array.from({ length: random(4) }, () => `;${one(words)}=${one(values)}`)
    const rule = `FREQ=${one(frequencies)}${parts.join('')}`
    const events = timed(`COURONNE_SEED=${FUZZ_SEED + run} ${rule}`, () => [...readEvents(event(rule), FROM, TO)])
    assert.ok(events.length <= 2_001, rule)
  }
})

test('an event that repeats does not carry megabytes each time', () => {
  const events = [...readEvents(event('FREQ=DAILY;COUNT=1000', `DESCRIPTION:${'x'.repeat(100_000)}\r\n`), FROM, TO)]
  assert.deepEqual(
    events.map((each) => each.event),
    [undefined],
  )
})

test('lines that fold without end, or of which there are millions, are passed through', () => {
  const folded = `BEGIN:VCARD\r\nVERSION:3.0\r\nN:A;B\r\nNOTE:${'x\r\n '.repeat(700_000)}\r\nEND:VCARD\r\n`
  const blank = `BEGIN:VCARD\r\nVERSION:3.0\r\n${'\n'.repeat(20_000_000)}N:C;D\r\nEND:VCARD\r\n`
  const nested = `BEGIN:VCARD\r\n${'BEGIN:X\r\n'.repeat(100_000)}END:VCARD\r\n`
  const sound = 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:E;F\r\nEND:VCARD\r\n'
  for (const [what, text] of Object.entries({ folded, blank, nested })) {
    const began = performance.now()
    const cards = [...readCards(text + sound)]
    assert.equal(cards.at(-1)?.person?.familyName, 'E', what)
    assert.ok(performance.now() - began < TEXT_MS_MAX, `${what}: ${Math.round(performance.now() - began)} ms`)
  }
})

test('cards of 2.1 that are damaged are read or not, and end', () => {
  const sound = new TextEncoder().encode(
    'BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=x-unknown:L=E9vy;Ren=\n=E9e\nTEL;HOME:01\nBDAY:1950\nADR:;;1 rue;Lyon;;69000\nEND:VCARD\n',
  )
  assert.equal([...readCards(new TextDecoder().decode(sound))][0]?.person?.familyName, 'Lévy')
  for (let run = 0; run < RUNS; run++) {
    const text = new TextDecoder().decode(damage(sound, generator(FUZZ_SEED + run)))
    timed(`COURONNE_SEED=${FUZZ_SEED + run}`, () => [...readCards(text)])
  }
})
