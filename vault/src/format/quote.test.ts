import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FormatError } from '#errors'
import { printName, quoteJson, quoteJsonBytes, quoteName, rawBytes, rawText, unquoteName } from './quote.ts'
import { encodeText } from './text.ts'

/** Bytes of text in which `\xNN` stands for one raw byte. */
function bytes(text: string): Uint8Array {
  const parts = text.split(/(\\x[0-9a-f]{2})/)
  return Uint8Array.from(
    parts.flatMap((part) => (part.startsWith('\\x') ? [Number.parseInt(part.slice(2), 16)] : [...encodeText(part)])),
  )
}

const NAMES: readonly (readonly [name: Uint8Array, quoted: string, json: string])[] = [
  [bytes('a"b'), 'a\\"b', '"a\\\\\\"b"'],
  [bytes('c:\\'), 'c:\\\\', '"c:\\\\\\\\"'],
  [bytes('\t'), '\\t', '"\\\\t"'],
  [bytes('\x07\b\f\n\r\v'), '\\a\\b\\f\\n\\r\\v', '"\\\\a\\\\b\\\\f\\\\n\\\\r\\\\v"'],
  [bytes('\x00\x01\x1f\x7f'), '\\x00\\x01\\x1f\\x7f', '"\\\\x00\\\\x01\\\\x1f\\\\x7f"'],
  [bytes('lat\\xe9n'), 'lat\\xe9n', '"lat\\\\xe9n"'],
  [bytes('\u00a0'), '\\u00a0', '"\\\\u00a0"'],
  [bytes('é<&>'), 'é<&>', '"é\\u003c\\u0026\\u003e"'],
  [bytes('\u{e0001}'), '\\U000e0001', '"\\\\U000e0001"'],
  [bytes("l'été 2°"), "l'été 2°", '"l\'été 2°"'],
  [bytes('e\u0301'), 'e\u0301', '"e\u0301"'],
  [
    bytes('\u00ad\u200d\ufeff\u2009\u202f\u3000'),
    '\\u00ad\\u200d\\ufeff\\u2009\\u202f\\u3000',
    '"\\\\u00ad\\\\u200d\\\\ufeff\\\\u2009\\\\u202f\\\\u3000"',
  ],
  [bytes('\u2028'), '\\u2028', '"\\\\u2028"'],
  [bytes('\ue000'), '\\ue000', '"\\\\ue000"'],
  [bytes('\ufffd'), '\ufffd', '"\ufffd"'],
  [bytes('\u{1f9b7}'), '\u{1f9b7}', '"\u{1f9b7}"'],
  [bytes('\\xed\\xa0\\x80'), '\\xed\\xa0\\x80', '"\\\\xed\\\\xa0\\\\x80"'],
  [bytes('\\xc3'), '\\xc3', '"\\\\xc3"'],
  [
    bytes('\\xc0\\x80\\xf5\\x80\\xe0\\x80\\x80'),
    '\\xc0\\x80\\xf5\\x80\\xe0\\x80\\x80',
    '"\\\\xc0\\\\x80\\\\xf5\\\\x80\\\\xe0\\\\x80\\\\x80"',
  ],
  [bytes('\\xe2\\x82é'), '\\xe2\\x82é', '"\\\\xe2\\\\x82é"'],
]

test('names are quoted as Go quotes them', () => {
  for (const [name, quoted, json] of NAMES) {
    assert.equal(quoteName(name), quoted)
    assert.equal(quoteJson(quoted), json)
    assert.deepEqual(unquoteName(quoted), name)
  }
})

test('which characters are printable is that of Unicode 15.0, whatever the runtime knows', () => {
  assert.equal(quoteName(encodeText('\u{1fae8}')), '\u{1fae8}')
  assert.equal(quoteName(encodeText('\u{1fae9}')), '\\U0001fae9')
  assert.equal(quoteName(encodeText('\u{2ebf0}')), '\\U0002ebf0')
})

test('any bytes survive quoting', () => {
  const mixed = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 100 }).map((text) => encodeText(text.toWellFormed())),
  )
  fc.assert(
    fc.property(mixed, (name) => {
      const quoted = quoteName(name)
      assert.deepEqual(unquoteName(quoted), name)
      assert.ok(quoted.isWellFormed() && !/[^ -\uffff]/.test(quoted))
    }),
    { numRuns: 1000 },
  )
})

test('any bytes survive as text', () => {
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 5 }),
    fc.string({ unit: 'binary' }).map((text) => encodeText(text)),
  )
  const law = fc.property(fc.array(pieces), (parts) => {
    const whole = Uint8Array.from(parts.flatMap((part) => [...part]))
    assert.deepEqual(rawBytes(rawText(whole)), whole)
  })
  fc.assert(law)
  assert.equal(rawText(bytes('user.\\xff\u{1f600}\\xc3')), 'user.\udcff\u{1f600}\udcc3')
})

test('octal escapes are read', () => {
  assert.deepEqual(unquoteName('\\101\\351\\000'), Uint8Array.of(65, 0xe9, 0))
})

test('text that is not quoted as it should be is refused', () => {
  const bad = ['"', 'a\nb', '\\', '\\q', '\\x1', '\\xg0', '\\400', '\\u12', '\\ud800', '\\U00110000', '\\Uffffffff', "\\'", '\\8']
  for (const text of bad) assert.throws(() => unquoteName(text), FormatError, text)
  for (const text of bad) assert.throws(() => unquoteName('é'.repeat(100) + text), FormatError, text)
})

test('JSON strings have the escapes of Go', () => {
  assert.equal(
    quoteJson('a"\\\n\r\t\b\f\u0000\u001f\u007f/<>&\u2028\u2029é\u{1f9b7}'),
    '"a\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u001f\u007f/\\u003c\\u003e\\u0026\\u2028\\u2029é\u{1f9b7}"',
  )
  assert.equal(quoteJson('a\ud800b\ufffd'), '"a\\ufffdb\ufffd"')
  assert.equal(quoteJsonBytes(bytes('a\\xe9\\xe9<\\xf0\\x9f\\xa6')), '"a\\ufffd\\ufffd\\u003c\\ufffd\\ufffd\\ufffd"')
  assert.equal(quoteJsonBytes(bytes('\ufffd\u2028')), '"\ufffd\\u2028"')
})

test('names are printed for people without anything that could disturb a terminal', () => {
  assert.equal(printName(encodeText('été «1».txt')), 'été «1».txt')
  assert.equal(printName(encodeText('Scan\u00a01')), 'Scan\u00a01')
  assert.equal(printName(encodeText('a\u001b[31mb')), '"a\\x1b[31mb"')
  assert.equal(printName(bytes('\\xe9')), '"\\xe9"')
})
