import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AREAS,
  archOf,
  DECIDUOUS_TEETH,
  dentitionOf,
  hasSurface,
  isInArea,
  isTooth,
  PERMANENT_TEETH,
  quadrantOf,
  sextantOf,
  successorOf,
  TEETH,
  toothClassOf,
} from './fdi.ts'

test('there are 52 teeth: 32 permanent and 20 deciduous, each once', () => {
  assert.equal(PERMANENT_TEETH.length, 32)
  assert.equal(DECIDUOUS_TEETH.length, 20)
  assert.equal(new Set(TEETH).size, 52)
})

test('a number is a tooth only in the shape that ISO 3950 gives it', () => {
  assert.deepEqual(
    ['36', '85', '39', '56', '86', '19', '9', '91', '10', '036', ' 36', ''].filter((text) => isTooth(text)),
    ['36', '85'],
  )
})

test('quadrants are counted alike in both dentitions', () => {
  assert.deepEqual(
    (['18', '21', '36', '48', '55', '61', '75', '85'] as const).map((tooth) => [
      quadrantOf(tooth),
      archOf(tooth),
      dentitionOf(tooth),
    ]),
    [
      [1, 'upper', 'permanent'],
      [2, 'upper', 'permanent'],
      [3, 'lower', 'permanent'],
      [4, 'lower', 'permanent'],
      [1, 'upper', 'deciduous'],
      [2, 'upper', 'deciduous'],
      [3, 'lower', 'deciduous'],
      [4, 'lower', 'deciduous'],
    ],
  )
})

test('a deciduous tooth is never a premolar', () => {
  assert.deepEqual((['11', '13', '14', '16', '51', '53', '54', '55'] as const).map(toothClassOf), [
    'incisor',
    'canine',
    'premolar',
    'molar',
    'incisor',
    'canine',
    'molar',
    'molar',
  ])
})

test('each tooth lies in one sextant, one quadrant, one arch and the mouth', () => {
  for (const tooth of TEETH) {
    const areas = AREAS.filter((area) => isInArea(tooth, area))
    assert.equal(areas.length, 4, `${tooth}: ${areas}`)
    assert.ok(areas.includes(sextantOf(tooth)))
  }
  assert.deepEqual((['16', '23', '26', '36', '41', '46'] as const).map(sextantOf), ['03', '04', '05', '06', '07', '08'])
})

test('front teeth have an edge, back teeth a face, and only upper ones a palate', () => {
  assert.equal(hasSurface('11', 'I'), true)
  assert.equal(hasSurface('11', 'O'), false)
  assert.equal(hasSurface('36', 'O'), true)
  assert.equal(hasSurface('36', 'P'), false)
  assert.equal(hasSurface('65', 'P'), true)
})

test('a deciduous molar gives way to a premolar', () => {
  assert.equal(successorOf('54'), '14')
  assert.equal(toothClassOf(successorOf('54') ?? '54'), 'premolar')
  assert.equal(successorOf('14'), undefined)
})
