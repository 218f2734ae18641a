import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChartItem } from '@couronne/practice/contract'
import { faceOf, lookOf } from './tooth-look.ts'

const item = (mark: string | undefined, more: Partial<ChartItem> = {}): ChartItem => ({
  entryId: 'e',
  kind: 'procedure',
  state: 'there',
  label: '',
  surfaces: [],
  ...(mark === undefined ? {} : { mark }),
  ...more,
})

test('mesial is towards the middle, vestibular outwards, as the patient faces the reader', () => {
  assert.deepEqual(
    (['16', '26', '36', '46'] as const).map((fdi) => [faceOf(fdi, 'M'), faceOf(fdi, 'V')]),
    [
      ['right', 'top'],
      ['left', 'top'],
      ['left', 'bottom'],
      ['right', 'bottom'],
    ],
  )
})

test('a face that was filled after a caries is treated', () => {
  const items = [item('filling', { surfaces: ['M', 'O'] }), item('caries', { surfaces: ['O', 'D'] })]
  assert.deepEqual(lookOf('36', 'present', items).faces, { left: 'treated', middle: 'treated', right: 'care' })
})

test('what is planned is not there yet', () => {
  const look = lookOf('36', 'present', [item('crown', { state: 'planned' })])
  assert.equal(look.hasCrown, false)
  assert.equal(look.isPlanned, true)
})

test('a tooth that is found sound has no marks of before', () => {
  assert.deepEqual(lookOf('36', 'present', [item('sound'), item('caries', { surfaces: ['O'] })]).faces, {})
})
