import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compactIns, insDoubts, insKey, isIns } from './ins.ts'

// The NIR in the first example is the one that the social security prints on its own specimens of the Vitale card.
test('a right key is accepted, any other refused', () => {
  assert.equal(isIns('269054958815780'), true)
  assert.equal(isIns('250017505610063'), true)
  for (let key = 1; key <= 97; key++) {
    const ins = `2690549588157${String(key).padStart(2, '0')}`
    assert.equal(isIns(ins), key === 80, ins)
  }
})

test('Corsica counts: 2A as 19, 2B as 18', () => {
  assert.equal(insKey('1850120004001'), String(97 - (Number('1850120004001') % 97)).padStart(2, '0'))
  assert.equal(insKey('185012A004001'), String(97 - (Number('1850119004001') % 97)).padStart(2, '0'))
  assert.equal(insKey('185012B004001'), String(97 - (Number('1850118004001') % 97)).padStart(2, '0'))
  assert.equal(isIns(`185012A004001${insKey('185012A004001')}`), true)
  assert.equal(isIns(`185012B004001${insKey('185012A004001')}`), false)
  assert.equal(isIns(`185012C00400133`), false)
})

test('what is written with spaces is the same number', () => {
  assert.equal(compactIns('2 69 05 49 588 157 80'), '269054958815780')
  assert.equal(compactIns('1 85 01 2a\u00a0004 001 33'), '185012A00400133')
})

test('one wrong digit is always noticed', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[12]\d{12}$/), fc.nat(14), fc.integer({ min: 1, max: 9 }), (first13, place, shift) => {
      const ins = first13 + insKey(first13)
      const wrong = ins.slice(0, place) + ((Number(ins[place]) + shift) % 10) + ins.slice(place + 1)
      assert.equal(isIns(wrong), false)
    }),
  )
})

test('an INS that does not fit sex, year or month of birth is doubted, and what is not known is not', () => {
  const ins = '269054958815780'
  assert.deepEqual(insDoubts(ins, { sex: 'female', bornOn: '1969-05-12' }), [])
  assert.deepEqual(insDoubts(ins, { sex: 'female', bornOn: '1969' }), [])
  assert.deepEqual(insDoubts(ins, { sex: 'unknown' }), [])
  assert.deepEqual(insDoubts(ins, { sex: 'male', bornOn: '1970-06-12' }), ['sex', 'year', 'month'])
  assert.deepEqual(insDoubts('269204958815700', { sex: 'female', bornOn: '1969-05-12' }), [])
  assert.deepEqual(insDoubts('769054958815700', { sex: 'male', bornOn: '1969-05-12' }), [])
  assert.deepEqual(insDoubts('869054958815700', { sex: 'male', bornOn: '1969-05-12' }), ['sex'])
})
