import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { CsvReader, type CsvRecord, RECORD_LINES_MAX } from './csv.ts'
import { detectDelimiter } from './detect-delimiter.ts'
import type { TextLine } from './lines.ts'

function linesOf(text: string): TextLine[] {
  return (text.match(/[^\r\n]*(\r\n|\r|\n)|[^\r\n]+$/g) ?? []).map((line, i) => ({
    text: line,
    number: i + 1,
    encoding: 'utf-8',
    isCut: false,
  }))
}

function read(text: string, delimiter = ';'): CsvRecord[] {
  const reader = new CsvReader(delimiter)
  return [...linesOf(text).flatMap((line) => [...reader.add(line)]), ...reader.end()]
}

const fieldsOf = (text: string, delimiter?: string) => read(text, delimiter).map(({ fields }) => fields)
const flawsOf = (text: string) => read(text).map(({ flaw }) => flaw)

test('what RFC 4180 allows is read as another parser reads it', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', ';', ',', '"', '\n', '\r\n', ' ', '') })
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(table, fc.constantFrom(';', ',', '\t'), fc.constantFrom('\n', '\r\n'), (rows, delimiter, lineBreak) => {
      const quoted = (text: string) => (/[";,\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
      const text = rows.map((row) => row.map(quoted).join(delimiter) + lineBreak).join('')
      const theirs = parse(text, { delimiter, relax_column_count: true, record_delimiter: lineBreak })
      assert.deepEqual(fieldsOf(text, delimiter), theirs)
      assert.deepEqual(theirs, rows)
      assert.ok(read(text, delimiter).every(({ flaw }) => flaw === undefined))
    }),
    { numRuns: 2_000 },
  )
})

test('whatever the file holds, each of its lines is in exactly one record, in its order', () => {
  const piece = fc.constantFrom('a', ';', '"', '"";', ';"', '\n', '\r\n', '\r', ' ')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('')
      const records = read(text)
      const starts = records.map(({ line }) => line)
      const lines = linesOf(text)
      assert.deepEqual(
        records.map((record, i) =>
          lines
            .slice(record.line - 1, (starts[i + 1] ?? lines.length + 1) - 1)
            .map((line) => line.text)
            .join('')
            .replace(/(\r\n|\r|\n)$/, ''),
        ),
        records.map((record) => record.text),
      )
      assert.equal(starts[0] ?? 1, 1)
    }),
    { numRuns: 3_000 },
  )
})

test('a quote in the middle of a text is taken for itself, and said', () => {
  assert.deepEqual(fieldsOf('1;5" disc;x'), [['1', '5" disc', 'x']])
  assert.deepEqual(flawsOf('1;5" disc;x'), [undefined])
  assert.deepEqual(fieldsOf('1;"Dr "Toto" Martin";x'), [['1', 'Dr "Toto" Martin', 'x']])
  assert.deepEqual(flawsOf('1;"Dr "Toto" Martin";x'), ['quote-inside'])
})

test('a quote that nothing closes costs its own line alone', () => {
  const text = '1;"sans fin\n2;b\n3;c\n'
  assert.deepEqual(fieldsOf(text), [
    ['1', '"sans fin'],
    ['2', 'b'],
    ['3', 'c'],
  ])
  assert.deepEqual(flawsOf(text), ['quote-not-closed', undefined, undefined])
})

test('a record goes over as many lines as a record may have, and not over one more', () => {
  const note = (lines: number) => `1;"${'x\n'.repeat(lines - 1)}x"\n2;b\n`
  assert.equal(read(note(RECORD_LINES_MAX)).length, 2)
  const over = read(note(RECORD_LINES_MAX + 1))
  assert.deepEqual([over[0]?.flaw, over[0]?.fields], ['quote-not-closed', ['1', '"x']])
  assert.deepEqual(over.at(-1)?.fields, ['2', 'b'])
})

test('a file full of quotes that nothing closes is read in the time of a file', () => {
  const hostile = '1;"a\n'.repeat(50_000)
  const records = read(hostile)
  assert.equal(records.length, 50_000)
})

test('the separator is the one that makes the records alike', () => {
  const of = (text: string) => detectDelimiter(linesOf(text))
  assert.deepEqual(of('NumPat;Nom\n1;DUPUY, Athanase\n2;LEROY\n'), { delimiter: ';', isSaid: false })
  assert.deepEqual(of('id,name,note\n1,"a;b",x\n2,c,"d;e;f"\n'), { delimiter: ',', isSaid: false })
  assert.deepEqual(of('a\tb\n1,5\t2\n'), { delimiter: '\t', isSaid: false })
  assert.deepEqual(of('sep=,\na;b\n'), { delimiter: ',', isSaid: true })
  assert.deepEqual(of('Nom\nDUPUY\n'), { delimiter: ';', isSaid: false })
  assert.deepEqual(of(''), { delimiter: ';', isSaid: false })
})
