/** Windows, places, lengths, names: what the viewer reckons. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lengthOf } from './length.ts'
import { contradictions } from './same-person.ts'
import { tableOf } from './shades.ts'
import { apply, applyBack, FITTING, matrixOf, type View, zoomAt } from './view.ts'

const BOX = { width: 400, height: 300 }
const PICTURE = { width: 1000, height: 740 }

test('the linear window is the one of the standard, PS3.3 C.11.2.1.2.1', () => {
  const levels = Float32Array.of(0, 2047, 2048, 4095)
  assert.deepEqual([...tableOf(levels, { center: 2048, width: 4096 }, 'linear')], [0, 127, 128, 255])
  assert.deepEqual([...tableOf(Float32Array.of(99, 100, 101), { center: 100.5, width: 1 }, 'linear')], [0, 0, 255])
  assert.deepEqual([...tableOf(Float32Array.of(0, 5, 10), { center: 5, width: 10 }, 'linear-exact')], [0, 128, 255])
  assert.equal(tableOf(Float32Array.of(40), { center: 40, width: 400 }, 'sigmoid')[0], 128)
})

test('a picture fits its box, whole and in the middle, lying too', () => {
  const corners = (view: View) => {
    const matrix = matrixOf(view, PICTURE, 1, BOX)
    return [apply(matrix, { x: 0, y: 0 }), apply(matrix, { x: PICTURE.width, y: PICTURE.height })]
  }
  const [from, to] = corners(FITTING)
  assert.deepEqual(
    [from, to],
    [
      { x: 0, y: 2 },
      { x: 400, y: 298 },
    ],
  )
  const [lyingFrom, lyingTo] = corners({ ...FITTING, turns: 1 })
  assert.ok(Math.abs((lyingFrom?.x ?? 0) - 311) < 1 && Math.abs((lyingTo?.x ?? 0) - 89) < 1)
  assert.deepEqual(
    [lyingFrom?.y, lyingTo?.y].map((y) => Math.round(y ?? 0)),
    [0, 300],
  )
})

test('a pixel that is twice as high as wide is drawn so', () => {
  const matrix = matrixOf(FITTING, { width: 100, height: 100 }, 2, { width: 400, height: 400 })
  assert.deepEqual(
    [apply(matrix, { x: 0, y: 0 }), apply(matrix, { x: 100, y: 100 })],
    [
      { x: 100, y: 0 },
      { x: 300, y: 400 },
    ],
  )
})

const VIEWS: readonly View[] = [0, 1, 2, 3].flatMap((turns) =>
  [false, true].flatMap((isFlipped) =>
    [0.3, 1, 7.5, 30].map((zoom) => ({ zoom, x: 37 * turns - 50, y: 12.5 * zoom, turns, isFlipped })),
  ),
)

test('from the picture to the box and back is where one was', () => {
  for (const view of VIEWS)
    for (const [x, y] of [
      [0, 0],
      [1000, 740],
      [12.25, 700],
    ] as const) {
      const matrix = matrixOf(view, PICTURE, 1.3, BOX)
      const back = applyBack(matrix, apply(matrix, { x, y }))
      assert.ok(Math.hypot(back.x - x, back.y - y) < 1e-6, JSON.stringify(view))
    }
})

test('zooming keeps what lies under the pointer there', () => {
  const at = { x: -120, y: 40 }
  for (const view of VIEWS)
    for (const factor of [0.5, 1.1, 2]) {
      const before = applyBack(matrixOf(view, PICTURE, 1, BOX), { x: BOX.width / 2 + at.x, y: BOX.height / 2 + at.y })
      const after = apply(matrixOf(zoomAt(view, factor, at), PICTURE, 1, BOX), before)
      assert.ok(Math.hypot(after.x - BOX.width / 2 - at.x, after.y - BOX.height / 2 - at.y) < 1e-6, JSON.stringify(view))
    }
})

test('a length is in millimetres where the picture has a scale, and says where it holds', () => {
  const [from, to] = [
    { x: 0, y: 0 },
    { x: 30, y: 40 },
  ]
  assert.deepEqual(lengthOf(from, to, undefined), { kind: 'pixels', value: 50 })
  assert.deepEqual(lengthOf(from, to, { at: 'patient', rowMm: 0.2, columnMm: 0.2 }), { kind: 'patient', value: 10 })
  const { kind, value } = lengthOf(from, to, { at: 'detector', rowMm: 0.1, columnMm: 0.2 })
  assert.deepEqual([kind, value.toFixed(3)], ['detector', '7.211'])
})

test('a name that a device cut, turned round or wrote without accents is the same person’s; another is not', () => {
  const helene = { birthName: 'Lefèvre', usedName: 'Beaulac', givenNames: ['Hélène', 'Marie'], bornOn: '1956-03-12' }
  for (const named of [
    { familyName: 'LEFEVRE', givenNames: 'Helene', bornOn: '1956-03-12' },
    { familyName: 'Beaulac', givenNames: 'Hélène Marie' },
    { familyName: 'BEAULAC-LEFEVRE', givenNames: 'HELENE' },
    { familyName: 'BEAULAC HELENE' },
    { familyName: 'Beaul', givenNames: 'Helene' },
    {},
  ])
    assert.deepEqual(contradictions(named, helene), [], JSON.stringify(named))
  assert.deepEqual(contradictions({ familyName: 'Versaire', givenNames: 'Anne' }, helene), ['name'])
  assert.deepEqual(contradictions({ familyName: 'Beaulac', givenNames: 'Anne' }, helene), ['name'])
  assert.deepEqual(contradictions({ familyName: 'Lefevre', givenNames: 'Helene', bornOn: '1965-03-12' }, helene), ['birth-date'])
  assert.deepEqual(contradictions({ bornOn: '1956-03-12' }, { ...helene, bornOn: '1956' }), [])
})
