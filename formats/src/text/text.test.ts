import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DayFormatDetector, parseDay } from './days.ts'
import { EncodingDetector } from './detect-encoding.ts'
import { decodeText, type Encoding } from './encodings.ts'
import { LINE_BYTES_MAX, readLines, type TextLine } from './lines.ts'

const ascii = new TextEncoder()

function detect(...pieces: Uint8Array[]) {
  const detector = new EncodingDetector()
  for (const piece of pieces) detector.add(piece)
  return detector.result()
}

/** As Node writes it; cp850 by our own table, backwards. */
function encode(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'utf-8':
      return ascii.encode(text)
    case 'utf-16le':
      return Buffer.from(text, 'utf16le')
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16()
    default: {
      const byte = new Map(Array.from({ length: 256 }, (_, i) => [decodeText(Uint8Array.of(i), encoding), i]))
      return Uint8Array.from(text, (character) => byte.get(character) ?? assert.fail(`${character} is not in ${encoding}`))
    }
  }
}

async function linesOf(bytes: Uint8Array, pieceBytes = bytes.length): Promise<TextLine[]> {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes))
  return Array.fromAsync(readLines(pieces, detect(bytes)))
}

const FRENCH = 'L’Héritier;Zoé;Noël;Çà et là;12 rue des Écoles;où;août;1 °C\r\nDupré;Éloïse;;;;;;\r\n'

for (const encoding of ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'macintosh'] as const)
  test(`French text in ${encoding} is recognised and read`, async () => {
    const bytes = encode(FRENCH, encoding)
    assert.deepEqual(detect(bytes), { encoding, markBytes: 0 })
    assert.equal((await linesOf(bytes, 7)).map(({ text }) => text).join(''), FRENCH)
  })

test('French text of a DOS program is recognised and read', async () => {
  const text = FRENCH.replace('’', "'")
  const bytes = encode(text, 'cp850')
  assert.equal(detect(bytes).encoding, 'cp850')
  assert.equal((await linesOf(bytes)).map((line) => line.text).join(''), text)
})

test('a byte order mark tells the encoding and is no text', async () => {
  const marks = { 'utf-8': [0xef, 0xbb, 0xbf], 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] } as const
  for (const [encoding, mark] of Object.entries(marks)) {
    const bytes = Uint8Array.from([...mark, ...encode('a;b', encoding as Encoding)])
    assert.deepEqual(detect(bytes), { encoding, markBytes: mark.length })
    assert.deepEqual(
      (await linesOf(bytes)).map(({ text }) => text),
      ['a;b'],
    )
  }
})

test('ASCII alone is UTF-8, and so is nothing', () => {
  assert.equal(detect(ascii.encode('NumPat;Nom\r\n1;DUPUY\r\n')).encoding, 'utf-8')
  assert.equal(detect().encoding, 'utf-8')
})

test('a file of two encodings is read line by line, and it is known how many lines are in which', async () => {
  const bytes = Buffer.concat([
    encode('un;Zoé\n', 'utf-8'),
    encode('deux;Zoé\n', 'windows-1252'),
    encode('trois\n', 'utf-8'),
    encode('quatre;Éloïse', 'windows-1252'),
  ])
  assert.deepEqual(detect(bytes), {
    encoding: 'utf-8',
    markBytes: 0,
    mixed: { otherEncoding: 'windows-1252', utf8Lines: 1, otherLines: 2 },
  })
  const lines = await linesOf(bytes)
  assert.equal(lines.map(({ text }) => text).join(''), 'un;Zoé\ndeux;Zoé\ntrois\nquatre;Éloïse')
  assert.deepEqual(
    lines.map(({ encoding }) => encoding),
    ['utf-8', 'windows-1252', 'utf-8', 'windows-1252'],
  )
})

test('bytes are UTF-8 exactly where TextDecoder says so, in whatever pieces they come', () => {
  const strict = new TextDecoder('utf-8', { fatal: true })
  const tricky = fc.constantFrom(
    0x41,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xe1,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
  )
  fc.assert(
    fc.property(fc.array(tricky, { maxLength: 8 }), fc.nat(8), (bytes, cut) => {
      const all = Uint8Array.from([0x41, ...bytes, 0x0a]) // the line's end: nothing is cut off
      let isUtf8 = true
      try {
        strict.decode(all)
      } catch {
        isUtf8 = false
      }
      const found = detect(all.subarray(0, cut), all.subarray(cut))
      assert.equal(found.encoding === 'utf-8' && found.mixed === undefined, isUtf8)
    }),
    { numRuns: 5_000 },
  )
})

test('lines end with LF, CR LF or CR, numbered from 1, in whatever pieces they come', async () => {
  const text = 'a\nb\r\nc\rd\r\r\n\ne'
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const)
    for (const pieceBytes of [1, 2, 3, 5, 100]) {
      const mark = encode('\ufeff', encoding)
      const lines = await linesOf(Buffer.concat([mark, encode(text, encoding)]), pieceBytes)
      assert.deepEqual(
        lines.map((line) => line.text),
        ['a\n', 'b\r\n', 'c\r', 'd\r', '\r\n', '\n', 'e'],
      )
      assert.deepEqual(
        lines.map((line) => line.number),
        [1, 2, 3, 4, 5, 6, 7],
      )
    }
})

test('a line without end is cut, and the next one read', async () => {
  const long = 'x'.repeat(3 * LINE_BYTES_MAX)
  for (const pieceBytes of [64 * 1024, 1_000_003, 10 * LINE_BYTES_MAX]) {
    const lines = await linesOf(ascii.encode(`a\n${long}\nb\n`), pieceBytes)
    assert.deepEqual(
      lines.map((line) => [line.text.length, line.isCut, line.number]),
      [
        [2, false, 1],
        [LINE_BYTES_MAX, true, 2],
        [2, false, 3],
      ],
    )
  }
})

test('a line of a hundred megabytes costs no more memory than a short one, whatever its bytes', () => {
  const piece = new Uint8Array(1024 ** 2).fill(0xe9)
  const detector = new EncodingDetector()
  const before = process.memoryUsage.rss()
  for (let i = 0; i < 100; i++) detector.add(piece)
  assert.deepEqual(detector.result(), { encoding: 'windows-1252', markBytes: 0 })
  assert.ok(process.memoryUsage.rss() - before < 50 * 1024 ** 2, `${process.memoryUsage.rss() - before} bytes more`)
})

test('of a file whose lines end with CR alone each line has its encoding too', () => {
  const bytes = Buffer.concat([encode('un;Zoé\r', 'utf-8'), encode('deux;Zoé\r', 'windows-1252')])
  assert.deepEqual(detect(bytes).mixed, { otherEncoding: 'windows-1252', utf8Lines: 1, otherLines: 1 })
})

test('the day format of a column is told by all of its values', () => {
  const format = (...values: string[]) => {
    const detector = new DayFormatDetector(2026)
    for (const value of values) detector.add(value)
    const found = detector.result()
    return found && [found.format, found.rival]
  }
  assert.deepEqual(format('24/01/1985', '00/00/0000', '', '31/02/1990', '01/01/1900'), ['dd/MM/yyyy', undefined])
  assert.deepEqual(format('01/24/1985', '03/04/1990'), ['MM/dd/yyyy', undefined])
  assert.deepEqual(format('03/04/1990', '05/06/1990'), ['dd/MM/yyyy', 'MM/dd/yyyy'])
  assert.deepEqual(format('03/03/1990'), ['dd/MM/yyyy', undefined])
  assert.deepEqual(format('1985-01-24 00:00:00', '1990-12-31'), ['yyyy-MM-dd', undefined])
  assert.deepEqual(format('24.01.85'), ['dd/MM/yy', undefined])
  assert.deepEqual(format('19850124'), ['yyyyMMdd', undefined])
  assert.deepEqual(format('24011985'), ['ddMMyyyy', undefined])
  assert.deepEqual(format('31071', '44987,5'), ['serial', undefined])
  assert.equal(format('MARTIN', 'DURAND', '24/01/1985'), undefined)
  assert.equal(format(''), undefined)
})

test('a day is a day of the calendar, part of one, none, or wrong', () => {
  const day = (text: string, format: Parameters<typeof parseDay>[1] = 'dd/MM/yyyy') => {
    const parsed = parseDay(text, format, 2026)
    return parsed.kind === 'day' ? parsed.on : parsed.kind === 'unknown' ? 'unknown' : parsed.why
  }
  assert.equal(day('24/01/1985'), '1985-01-24')
  assert.equal(day('4-1-1985 08:30'), '1985-01-04')
  assert.equal(day('29/02/2000'), '2000-02-29')
  assert.equal(day('29/02/1900'), 'no-such-day')
  assert.equal(day('31/02/1990'), 'no-such-day')
  assert.equal(day('00/00/0000'), 'unknown')
  assert.equal(day('01/01/1900'), 'unknown')
  assert.equal(day('00/00/1950'), '1950')
  assert.equal(day('00/03/1950'), '1950-03')
  assert.equal(day('00/13/1950'), 'no-such-day')
  assert.equal(day('12/00/1950'), 'no-such-day')
  assert.equal(day('12/03/0206'), 'no-such-day')
  assert.equal(day('1985-01-24'), 'not-in-this-format')
  assert.equal(day('24/01/26', 'dd/MM/yy'), '2026-01-24')
  assert.equal(day('24/01/27', 'dd/MM/yy'), '1927-01-24')
  assert.equal(day('00/00/00', 'dd/MM/yy'), 'unknown')
  assert.equal(day('31071', 'serial'), '1985-01-24')
  assert.equal(day('0', 'serial'), 'unknown')
})

test('whatever is in a column, no day comes out that the calendar has not', () => {
  const part = fc.stringMatching(/^[0-9/. :T-]{0,14}$/)
  fc.assert(
    fc.property(
      part,
      fc.constantFrom('dd/MM/yyyy', 'yyyy-MM-dd', 'dd/MM/yy', 'yyyyMMdd', 'ddMMyyyy', 'serial'),
      (text, format) => {
        const parsed = parseDay(text, format, 2026)
        if (parsed.kind === 'day')
          assert.equal(Temporal.PlainDate.from(`${parsed.on}-01-01`.slice(0, 10)).year, Number(parsed.on.slice(0, 4)))
      },
    ),
    { numRuns: 3_000 },
  )
})
