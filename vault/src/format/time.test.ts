import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FormatError } from '#errors'
import { isTime, parseTimeNs, printTime } from './time.ts'

test('times are printed as Go prints RFC3339Nano', () => {
  const base = parseTimeNs('2024-03-01T09:00:00Z')
  assert.equal(printTime(base, 0), '2024-03-01T09:00:00Z')
  assert.equal(printTime(base, 60), '2024-03-01T10:00:00+01:00')
  assert.equal(printTime(base, -210), '2024-03-01T05:30:00-03:30')
  assert.equal(printTime(base + 500_000_000n, 60), '2024-03-01T10:00:00.5+01:00')
  assert.equal(printTime(base + 1n, 0), '2024-03-01T09:00:00.000000001Z')
  assert.equal(printTime(base + 123_456_780n, 0), '2024-03-01T09:00:00.12345678Z')
  assert.equal(printTime(-1n, 0), '1969-12-31T23:59:59.999999999Z')
  assert.equal(printTime(0n, 0), '1970-01-01T00:00:00Z')
})

test('a year before 0 or after 9999 becomes 0 or 9999', () => {
  const second = 1_000_000_000n
  assert.equal(printTime(253402300800n * second, 0), '9999-01-01T00:00:00Z')
  assert.equal(printTime(253402300799n * second, 0), '9999-12-31T23:59:59Z')
  assert.equal(printTime(253402300799n * second, 60), '9999-01-01T00:59:59+01:00')
  assert.equal(printTime(2n ** 62n * 1000n, 0).slice(0, 4), '9999')
  assert.equal(printTime(-(2n ** 62n) * 1000n, 0).slice(0, 4), '0000')
})

test('a leap day moves to the first of March in a year that has none', () => {
  assert.equal(printTime(BigInt(Date.UTC(12000, 1, 29)) * 1_000_000n, 0), '9999-03-01T00:00:00Z')
})

test('times are read with any offset and any number of digits', () => {
  const expected = 1709283600_500_000_000n
  for (const text of [
    '2024-03-01T09:00:00.5Z',
    '2024-03-01T10:00:00.500+01:00',
    '2024-03-01t03:30:00.5-05:30',
    '2024-03-01T09:00:00.5000000009z',
  ]) {
    assert.equal(parseTimeNs(text), expected, text)
  }
  assert.equal(parseTimeNs('0001-01-01T00:00:00Z'), -62135596800_000_000_000n)
  assert.equal(parseTimeNs('0000-02-29T00:00:00Z'), -62162121600_000_000_000n)
})

test('what is printed reads back, and agrees with the calendar of the runtime', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -62167219200_000_000_000n + 10n ** 15n, max: 253402300799_000_000_000n - 10n ** 15n }),
      fc.integer({ min: -15 * 60, max: 15 * 60 }),
      (ns, offset) => {
        const text = printTime(ns, offset)
        assert.equal(parseTimeNs(text), ns)
        if (offset !== 0) return
        const milliseconds = Number((ns - (((ns % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n)
        assert.equal(text.slice(0, 19), new Date(milliseconds).toISOString().slice(0, 19))
      },
    ),
  )
})

test('what is no time is refused', () => {
  const bad = [
    '',
    '2024-03-01',
    '2024-03-01T10:00Z',
    '2024-03-01 10:00:00Z',
    '2024-03-01T10:00:00',
    '2024-13-01T10:00:00Z',
    '2024-00-01T10:00:00Z',
    '2023-02-29T10:00:00Z',
    '1900-02-29T10:00:00Z',
    '2024-04-31T10:00:00Z',
    '2024-03-01T24:00:00Z',
    '2024-03-01T10:60:00Z',
    '2024-03-01T10:00:60Z',
    '2024-03-01T10:00:00.Z',
    '2024-03-01T10:00:00+1:00',
    '2024-03-01T10:00:00+24:00',
    '2024-03-01T10:00:00+01:60',
    '-2024-03-01T10:00:00Z',
    `2024-03-01T10:00:00.${'1'.repeat(100)}Z`,
    '2024-03-01T10:00:00Z\n',
  ]
  for (const text of bad) assert.throws(() => parseTimeNs(text), FormatError, text)
})

test('a time that stock restic does not read is told from one that it reads', () => {
  for (const text of ['2024-02-29T23:59:59Z', '0001-01-01T00:00:00Z', '2024-03-01T10:00:00.123456789+01:00'])
    assert.ok(isTime(text), text)
  for (const text of ['', '2023-02-29T00:00:00Z', '2024-01-01T00:00:60Z', '10000-01-01T00:00:00Z', '2024-01-01 00:00:00Z']) {
    assert.ok(!isTime(text), text)
  }
})
