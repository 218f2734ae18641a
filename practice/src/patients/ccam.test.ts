import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CCAM_LIST, ccamFindings, findCcam, isCcamCode } from './ccam.ts'

test('the list has 36 codes of the right shape, each once', () => {
  assert.equal(CCAM_LIST.length, 36)
  assert.equal(new Set(CCAM_LIST.map(({ code }) => code)).size, 36)
  assert.ok(CCAM_LIST.every(({ code }) => isCcamCode(code)))
})

test('a code is four capital letters and three digits', () => {
  assert.deepEqual(['HBMD049', 'hbmd049', 'HBMD49', 'SC12', 'HBMD0499', 'HBMD049 ', ''].filter(isCcamCode), ['HBMD049'])
})

test('a code that the list does not have is nothing to complain of', () => {
  assert.equal(findCcam('HBQK999'), undefined)
  assert.deepEqual(ccamFindings('HBQK999', []), [])
})

test('a wisdom tooth’s extraction is not a first molar’s', () => {
  assert.deepEqual(ccamFindings('HBGD004', ['48']), [])
  assert.deepEqual(ccamFindings('HBGD004', ['46']), ['tooth-does-not-fit'])
})

test('a deciduous tooth’s extraction is for deciduous teeth', () => {
  assert.deepEqual(ccamFindings('HBGD035', ['75']), [])
  assert.deepEqual(ccamFindings('HBGD035', ['35']), ['tooth-does-not-fit'])
  assert.deepEqual(ccamFindings('HBGD036', ['75']), ['tooth-does-not-fit'])
})

test('an act on one tooth lacks it, or has one too many', () => {
  assert.deepEqual(ccamFindings('HBMD042', []), ['tooth-missing'])
  assert.deepEqual(ccamFindings('HBMD042', ['16', '17']), ['too-many-teeth'])
  assert.deepEqual(ccamFindings('HBQK389', ['16', '17', '15']), [])
})
