import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printDuration, printNumber, printSize } from './terminal.ts'

test('numbers are written as the system writes them in each language', () => {
  const numbers = [0, 1, 12, 999, 1000, 12_345, 1_234_567, 987_654_321_012, 0.5, 2.5, 0.05, 99.95, 1234.56, -1, -1234.5]
  for (const language of ['fr', 'en'] as const) {
    for (const digits of [0, 1, 2]) {
      const options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
      for (const number of numbers)
        assert.equal(
          printNumber(number, language, digits),
          number.toLocaleString(language, options),
          `${number}, ${digits} digits`,
        )
    }
  }
})

test('sizes and durations have the units of the language', () => {
  assert.equal(printSize(1536, 'fr'), '1,5 Kio')
  assert.equal(printSize(1536, 'en'), '1.5 KiB')
  assert.equal(printSize(3 * 1024 ** 4, 'en'), '3.0 TiB')
  assert.equal(printDuration(800, 'fr'), '0,8 s')
  assert.equal(printDuration(125_000, 'fr'), '2 min 05 s')
  assert.equal(printDuration(4_800_000, 'en'), '1 h 20 min')
})
