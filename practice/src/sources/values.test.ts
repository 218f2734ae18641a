import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCents, parseSex, parseSurfaces, parseTeeth, parseTime } from './values.ts'

test('a sex is a letter, a number or a form of address, and no other word, whatever objects call their members', () => {
  assert.deepEqual(['F', 'Mme', 'm.', '2', 'Garçon', 'x'].map(parseSex), [
    'female',
    'female',
    'male',
    'female',
    'male',
    'unknown',
  ])
  assert.deepEqual(['constructor', '__proto__', 'MARTIN', ''].map(parseSex), [undefined, undefined, undefined, undefined])
})

test('amounts, teeth, surfaces and times are read as programs write them', () => {
  assert.deepEqual(['81,94', '1 234,50 €', '1.234,50', '81.94', '12', 'gratuit'].map(parseCents), [
    8194,
    123450,
    123450,
    8194,
    1200,
    undefined,
  ])
  assert.deepEqual(parseTeeth('16/17 99'), { teeth: ['16', '17'], isAllTeeth: false })
  assert.deepEqual(parseTeeth('161726').teeth, ['16', '17', '26'])
  assert.deepEqual([parseSurfaces('m-o d'), parseSurfaces('Z')], [['M', 'O', 'D'], undefined])
  assert.deepEqual(['10h15', '9.05', '1015', '25:00'].map(parseTime), ['10:15', '09:05', '10:15', undefined])
})
