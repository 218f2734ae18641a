import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { contentHeaders, parseRange, printFileName, rangeHeaders } from './content-headers.ts'

test('pictures, PDF and plain text may be shown, in a sandbox; nothing else is', () => {
  for (const type of [
    'image/png',
    'image/jpeg',
    'image/webp',
    'image/gif',
    'application/pdf',
    'text/plain; charset=windows-1252',
  ]) {
    const headers = contentHeaders(type, { fileName: 'a', isDownload: false })
    assert.equal(headers['content-type'], type)
    assert.match(headers['content-disposition'] ?? '', /^inline;/)
    assert.match(contentHeaders(type, { fileName: 'a', isDownload: true })['content-disposition'] ?? '', /^attachment;/)
  }
  const others = ['application/dicom', 'image/tiff', 'application/zip', 'text/csv', 'video/mp4', 'application/octet-stream']
  for (const type of others) {
    const headers = contentHeaders(type, { fileName: 'a', isDownload: false })
    assert.match(headers['content-disposition'] ?? '', /^attachment;/, type)
    assert.equal(headers['content-type'], type)
  }
})

test('what could act is handed over without its type', () => {
  for (const type of [
    'text/html; charset=utf-8',
    'image/svg+xml',
    'application/xml',
    'application/x-shellscript',
    'a/b\r\nx: y',
  ]) {
    const headers = contentHeaders(type, { fileName: 'a', isDownload: false })
    assert.equal(headers['content-type'], 'application/octet-stream')
    assert.match(headers['content-disposition'] ?? '', /^attachment;/)
  }
})

test('every answer forbids guessing, scripts and sharing', () => {
  for (const type of ['text/html', 'image/png', 'x/y']) {
    const headers = contentHeaders(type, { fileName: 'a', isDownload: false })
    assert.equal(headers['content-security-policy'], "sandbox; default-src 'none'")
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
  }
})

test('a file name travels whole, with an ASCII shadow (RFC 6266, RFC 8187)', () => {
  const disposition = (fileName: string) => contentHeaders('image/png', { fileName, isDownload: true })['content-disposition']
  assert.equal(disposition('radio.png'), `attachment; filename="radio.png"; filename*=UTF-8''radio.png`)
  assert.equal(
    disposition('Été (1)’s.png'),
    `attachment; filename="Ete (1)_s.png"; filename*=UTF-8''%C3%89t%C3%A9%20%281%29%E2%80%99s.png`,
  )
  assert.equal(disposition('100%.png'), `attachment; filename="100_.png"; filename*=UTF-8''100%25.png`)
})

test('a hostile name is shown safely', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['../../etc/passwd', 'etc passwd'],
    ['C:\\Windows\\system32\\cmd.exe', 'C Windows system32 cmd.exe'],
    ['a\0b\r\nX-Evil: 1.png', 'a b X-Evil 1.png'],
    ['photo\u202egnp.exe', 'photo gnp.exe'],
    ['"><script>.png', 'script .png'],
    ['con.png', '_con.png'],
    ['NUL', '_NUL'],
    ['...', 'document'],
    ['', 'document'],
    ['\ud800.png', 'png'],
    [`${'é'.repeat(1000)}.dcm`, `${'é'.repeat(146)}.dcm`],
    ['e\u0301', 'é'],
  ]
  for (const [name, shown] of cases) assert.equal(printFileName(name), shown, JSON.stringify(name))
})

test('a name of nothing but accents has a shadow all the same', () => {
  const header = contentHeaders('image/png', { fileName: '\u0301', isDownload: true })['content-disposition']
  assert.equal(header, `attachment; filename="document"; filename*=UTF-8''%CC%81`)
})

test('no name whatever breaks out of its header', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const header = contentHeaders('image/png', { fileName: name, isDownload: true })['content-disposition'] ?? ''
      assert.match(header, /^attachment; filename="[ !#-[\]-~]{1,150}"; filename\*=UTF-8''[A-Za-z0-9%._~!-]+$/)
      assert.ok([...printFileName(name)].length <= 150)
      assert.equal(printFileName(printFileName(name)), printFileName(name))
    }),
  ))

test('ranges as RFC 9110 §14 has them', () => {
  const part = (offset: number, lengthBytes: number) => ({ kind: 'part', offset, lengthBytes })
  const whole = { kind: 'whole' }
  const none = { kind: 'unsatisfiable' }
  const cases: readonly (readonly [string | undefined, object])[] = [
    [undefined, whole],
    ['bytes=0-0', part(0, 1)],
    ['bytes=0-', part(0, 1000)],
    ['bytes=500-599', part(500, 100)],
    ['BYTES=990-5000', part(990, 10)],
    ['bytes=-10', part(990, 10)],
    ['bytes=-5000', part(0, 1000)],
    ['bytes=1000-', none],
    ['bytes=1000-1001', none],
    ['bytes=-0', none],
    ['bytes=5-4', whole],
    ['bytes=-', whole],
    ['bytes=0-1,5-6', whole],
    ['lines=0-1', whole],
    ['bytes=a-b', whole],
    ['bytes=0x0-1', whole],
    ['bytes=99999999999999999999-', whole],
  ]
  for (const [header, expected] of cases) assert.deepEqual(parseRange(header, 1000), expected, String(header))
  assert.deepEqual(parseRange('bytes=0-', 0), none)
})

test('a part is only given of the document that the asker has the rest of', () => {
  assert.equal(parseRange('bytes=0-9', 1000, '"a"', '"a"').kind, 'part')
  assert.equal(parseRange('bytes=0-9', 1000, '"b"', '"a"').kind, 'whole')
})

test('any range header gives a part inside, or the whole', () =>
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,4}-\d{0,4}$/)), fc.nat(2000), (header, size) => {
      const asked = parseRange(header, size)
      if (asked.kind === 'part') assert.ok(asked.offset >= 0 && asked.lengthBytes > 0 && asked.offset + asked.lengthBytes <= size)
      const { status, headers } = rangeHeaders(asked, size)
      assert.equal(status, { whole: 200, part: 206, unsatisfiable: 416 }[asked.kind])
      if (asked.kind === 'part') assert.equal(headers['content-length'], `${asked.lengthBytes}`)
    }),
  ))
