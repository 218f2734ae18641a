import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { foldIns, foldNumber, foldTelephone, foldWords } from './fold.ts'

test('case, accents, ligatures, apostrophes and hyphens do not tell words apart', () => {
  assert.deepEqual(foldWords('Jean-Pierre D’ŒUVRE'), ['jean', 'pierre', 'd', 'oeuvre'])
  assert.deepEqual(foldWords('Lætitia  N\u02bcGuyen'), ['laetitia', 'n', 'guyen'])
  assert.deepEqual(foldWords('Ångström Łukasz Straße'), ['angstrom', 'lukasz', 'strasse'])
  assert.deepEqual(foldWords('E\u0301lodie'), foldWords('Élodie'))
})

test('a file number is the same with and without zeros and separators', () => {
  assert.equal(foldNumber('P-0012/A'), 'p0012a')
  assert.equal(foldNumber('000123'), foldNumber('123'))
  assert.equal(foldNumber('0'), '0')
})

test('a telephone number is the same in all the ways of writing it', () => {
  for (const written of ['06 12 34 56 78', '06.12.34.56.78', '+33612345678', '+33 (0)6 12 34 56 78', '0033 6 12 34 56 78'])
    assert.equal(foldTelephone(written), '0612345678', written)
  for (const written of ['0692 12 34 56', '+262 692 12 34 56', '00262692123456', '+262 (0)692 12 34 56'])
    assert.equal(foldTelephone(written), '0692123456', written)
  assert.equal(foldTelephone('+596 696 12 34 56'), foldTelephone('0696 12 34 56'))
  assert.equal(foldTelephone('+44 20 7946 0958'), '00442079460958')
})

test('an INS is who it names, with and without its check digits', () => {
  assert.equal(foldIns('1 85 03 2A 004 012 37'), '185032a004012')
})

test('any text gives words without marks, signs or halves of characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      for (const word of foldWords(text)) assert.match(word, /^[\p{L}\p{N}]{1,40}$/u)
    }),
    { numRuns: 2_000 },
  )
})
