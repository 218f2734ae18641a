import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseQuery } from './query.ts'

/** What was typed, and the readings of its parts: `?` before what may be missing. */
const EXAMPLES: readonly (readonly [typed: string, read: string])[] = [
  ['martin', 'martin'],
  ['  Jean-Pierre  d’Œuvré ', 'jean pierre ?d oeuvre'],
  ['MARTIN 12/03/1985', 'martin @1985-03-12'],
  ['12.3.85', '@1985-03-12|@2085-03-12'],
  ['12-3-1985', '@1985-03-12'],
  ['12 03 1985 martin', '@1985-03-12 martin'],
  ['1985-03-12', '@1985-03-12'],
  ['12031985', '@1985-03-12|=12031985|#12031985'],
  ['120385', '@1985-03-12|@2085-03-12|=120385|#120385'],
  ['12 mars 1985', '@1985-03-12'],
  ['1er août 90', '@1990-08-01|@2090-08-01'],
  ['mars 1985', '@1985-03'],
  ['03/1985', '@1985-03'],
  ['1985', '@1985|#1985'],
  ['mars', 'mars'],
  ['Martin né le 12/03/1985', 'martin ?ne ?le @1985-03-12'],
  ['31/02/1985', '#31021985'],
  ['00/03/1985', '@1985-03'],
  ['00/00/1985', '@1985'],
  ['+262 692 12 34 56', '+0692123456'],
  ['0692123456', '+0692123456|#692123456'],
  ['06 12 34 56 78', '+0612345678|#612345678'],
  ['06.12.34.56.78', '+0612345678|#612345678'],
  ['0612345678', '+0612345678|#612345678'],
  ['+33 6 12 34 56 78', '+0612345678|#33612345678'],
  ['0033 6 12 34 56 78', '+0612345678|#33612345678'],
  ['33612345678', '+0612345678|#33612345678'],
  ['33 6 12 34 56 78', '+0612345678|#33612345678'],
  ['tél. 06 12 34 56 78', '?tel +0612345678|#612345678'],
  ['dossier n° 123', '?dossier ?n #123'],
  ['St-Exupéry', 'st|saint exupery'],
  ['06 12', '+0612'],
  ['06 12 85', '+061285|@1985-12-06|@2085-12-06'],
  ['0612 martin', '+0612|#612 martin'],
  ['+44 20 7946 0958', '+00442079460958'],
  ['1 85 03 78 006 084 36', '=1850378006084|#185037800608436'],
  ['185037800608436', '=1850378006084|#185037800608436'],
  ['1 85 03 2A 004 012', '=185032a004012|#185032a004012'],
  ['00123', '+00123|#123'],
  ['A-1234', '#a1234'],
  ['P-0012/A', '#p0012a'],
  ['Mme Dupont née Martin', '?mme dupont ?nee martin'],
  ['madame', 'madame'],
  ['Мария', 'мария'],
  ["' ; % _ \0 * \ud800", ''],
]

for (const [typed, read] of EXAMPLES)
  test(`${JSON.stringify(typed)} is read as ${read}`, () => assert.equal(printed(typed), read))

test('a text that is nothing but words may be where the list goes on', () => {
  assert.equal(parseQuery('Le Goff, Anne-M').beginning, 'le goff anne m')
  assert.equal(parseQuery('martin 1985').beginning, undefined)
  assert.equal(parseQuery('').beginning, undefined)
})

test('any text is read, in a bounded number of bounded parts', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom(...'0123456789 /.-+()aeimnr\0\ud800%_\'"'), maxLength: 300 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const { parts } = parseQuery(text)
      assert.ok(parts.length <= 6)
      for (const { ways } of parts) {
        assert.ok(ways.length >= 1 && ways.length <= 8)
        for (const { word } of ways) assert.match(word, /^[@+#=]?[\p{L}\p{N}-]{1,40}$/u)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('ten thousand characters take no longer than a page of them', () => {
  for (const unit of ['m', '1', '0 ', '1 85 ', 'é', '-', "d'", '12/', 'ﷺ', '\ud800', 'a1']) {
    const started = performance.now()
    parseQuery(unit.repeat(10_000))
    assert.ok(performance.now() - started < 1_000, unit)
  }
})

function printed(typed: string): string {
  return parseQuery(typed)
    .parts.map(({ ways, isOptional }) => (isOptional ? '?' : '') + ways.map(({ word }) => word).join('|'))
    .join(' ')
}
