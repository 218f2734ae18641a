import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseList } from './rest-list.ts'

const bytesOf = (text: string) => Buffer.from(text)
const valuesOf = (text: string) => [...parseList(bytesOf(text))]

test('a list is what JSON says it is', () => {
  const entry = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.record({ name: fc.string({ unit: 'grapheme' }), size: fc.nat() }),
    fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null))),
  )
  const spaces = fc.constantFrom('', ' ', '\n', '\t\r\n ')
  fc.assert(
    fc.property(fc.array(entry), spaces, (list, space) => {
      const text = `${space}[${space}${list.map((each) => JSON.stringify(each)).join(`${space},${space}`)}${space}]${space}`
      assert.deepEqual(valuesOf(text), JSON.parse(text))
    }),
  )
})

test('a list longer than what is read at a time, with characters that stand at the seams', () => {
  const list = Array.from({ length: 20_000 }, (_, i) => ({ name: `é”${i}`, size: i }))
  assert.deepEqual(valuesOf(JSON.stringify(list)), list)
})

test('the end of the list may fall on the end of what is read at a time', () => {
  const list = `["${'x'.repeat(64 * 1024 - 4)}"]`
  assert.equal(list.length, 64 * 1024)
  for (const rest of ['', '\n', ' '.repeat(200_000)]) assert.equal(valuesOf(list + rest).length, 1)
  assert.throws(() => valuesOf(`${list}${' '.repeat(100_000)}x`), SyntaxError)
})

test('nothing is an empty list', () => {
  for (const text of ['[]', ' [ ] ', 'null', ' null\n']) assert.deepEqual(valuesOf(text), [])
})

test('what is no list is refused where it ends to be one', () => {
  const wrong = [
    '',
    '<html>',
    '{}',
    '[',
    '[1]',
    '[{}',
    '[{},]',
    '[{}}]',
    '[{"a":{}}]',
    '["a" "b"]',
    '["a"]x',
    '[[],[]]',
    'nullx',
    '["a\\x"]',
  ]
  for (const text of wrong) assert.throws(() => valuesOf(text), SyntaxError, text)
  const list = parseList(bytesOf('["a","b",1,"c"]'))
  assert.deepEqual([list.next().value, list.next().value], ['a', 'b'])
  assert.throws(() => list.next(), SyntaxError)
})

test('an entry without end is not looked for to the end', () => {
  assert.throws(() => valuesOf(`["${'x'.repeat(200_000)}"]`), SyntaxError)
})

test('values that are no entries are refused at the first one, however many follow', () => {
  const before = process.memoryUsage().heapUsed
  const junk = Buffer.concat([bytesOf('[[]'), Buffer.alloc(64 * 1024 * 1024, ',[]')])
  assert.throws(() => [...parseList(junk)], SyntaxError)
  assert.ok(process.memoryUsage().heapUsed - before < 50_000_000)
})
