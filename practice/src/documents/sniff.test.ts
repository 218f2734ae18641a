import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { damage, FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { agreesWithName, isActive } from './media-types.ts'
import { sniff } from './sniff.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/documents')
const OFFICE = 'application/vnd.openxmlformats-officedocument'

const REAL: Readonly<Record<string, string>> = {
  'letter.doc': 'application/msword',
  'table.xls': 'application/vnd.ms-excel',
  'slides.ppt': 'application/vnd.ms-powerpoint',
  'message.msg': 'application/vnd.ms-outlook',
  'letter.docx': `${OFFICE}.wordprocessingml.document`,
  'table.xlsx': `${OFFICE}.spreadsheetml.sheet`,
  'slides.pptx': `${OFFICE}.presentationml.presentation`,
  'letter.odt': 'application/vnd.oasis.opendocument.text',
  'letter.rtf': 'application/rtf',
  'page.pdf': 'application/pdf',
  'photo.jpg': 'image/jpeg',
  'picture.png': 'image/png',
  'picture.webp': 'image/webp',
  'scan.tif': 'image/tiff',
  'photo.heic': 'image/heic',
  'windows-1252.html': 'text/html; charset=windows-1252',
  'data.xml': 'application/xml',
  'packed.gz': 'application/gzip',
}

test('real files are what they are, and agree with their names', async () => {
  for (const [name, expected] of Object.entries(REAL)) {
    assert.equal(await typeOf(vector(name)), expected, name)
    assert.ok(agreesWithName(expected, name), name)
  }
})

test('the name is not believed: a program called a picture is a program, and that is told', async () => {
  const found = await typeOf(program())
  assert.equal(found, 'application/vnd.microsoft.portable-executable')
  assert.ok(!agreesWithName(found, 'sourire.jpg'))
  assert.ok(!agreesWithName('application/pdf', 'radio.JPG '))
  for (const name of ['', 'sans extension', 'a.inconnu', 'a.constructor', 'a.__proto__'])
    assert.ok(agreesWithName(found, name), name)
})

test('texts are told with their encoding', async () => {
  const french = 'Détartrage effectué – prochain contrôle dans 6 mois. Reçu : 43,38 €\r\n'
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['utf-8', Buffer.from(french)],
    ['utf-8', Buffer.from(`\ufeff${french}`)],
    ['utf-8', Buffer.from('plain')],
    ['windows-1252', Buffer.from('D\xe9tartrage effectu\xe9 \x96 43,38 \x80\r\n', 'latin1')],
    ['utf-16le', Buffer.from(`\ufeff${french}`, 'utf16le')],
    ['utf-16le', Buffer.from(french, 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${french}`, 'utf16le').swap16()],
    ['utf-16be', Buffer.from(french, 'utf16le').swap16()],
  ]
  for (const [charset, bytes] of cases) assert.equal(await typeOf(bytes), `text/plain; charset=${charset}`)
})

test('a text that begins like some binary format is a text', async () => {
  for (const text of [
    'BM : rendez-vous mardi',
    'MZ est venu',
    'II faut rappeler',
    'GIF89 est un format',
    'ID3 page 4',
    'FLV, oui',
  ])
    assert.equal(await typeOf(Buffer.from(text)), 'text/plain; charset=utf-8', text)
})

test('a multi-byte letter cut by the end of what is looked at does not make it another encoding', async () => {
  const bytes = Buffer.from('é'.repeat(2000))
  for (const cut of [1001, 1002])
    assert.equal(await sniff({ ...fileOf(bytes), head: bytes.subarray(0, cut) }), 'text/plain; charset=utf-8')
})

test('pages, drawings, scripts and shortcuts are active, however they are dressed', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['<!DOCTYPE html><p>', 'text/html'],
    ['  \n<!-- a --><HTML>', 'text/html'],
    ['\ufeff<script>alert(1)</script>', 'text/html'],
    ['<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', 'application/xhtml+xml'],
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', 'image/svg+xml'],
    ['<?xml version="1.0"?><!DOCTYPE svg PUBLIC "a" "b"><!-- c --><svg>', 'image/svg+xml'],
    ['<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><a/>', 'application/xml'],
    ['#!/bin/sh\nrm -rf /', 'application/x-shellscript'],
    ['@echo off\r\n', 'application/x-bat'],
    ['[InternetShortcut]\r\nURL=http://evil.example', 'application/x-mswinurl'],
    ['%!PS-Adobe', 'application/postscript'],
    ['Windows Registry Editor Version 5.00', 'application/x-ms-regedit'],
  ]
  for (const [text, expected] of cases) {
    const found = await typeOf(Buffer.from(text))
    assert.equal(found.split(';')[0], expected, text)
    assert.ok(isActive(found), text)
  }
  const elf = Buffer.concat([Buffer.from('7f454c460201010000000000000000000200', 'hex'), Buffer.alloc(100)])
  assert.ok(isActive(await typeOf(elf)))
  assert.ok(isActive(await typeOf(Buffer.from('0061736d01000000', 'hex'))))
})

test('DICOM is found with its preamble and without', async () => {
  const element = (group: number, number: number, vr: string, value: string, isLittle = true) => {
    const bytes = Buffer.alloc(8 + value.length)
    for (const [at, word] of [
      [0, group],
      [2, number],
      [6, value.length],
    ] as const)
      isLittle ? bytes.writeUInt16LE(word, at) : bytes.writeUInt16BE(word, at)
    bytes.write(vr, 4, 'latin1')
    bytes.write(value, 8, 'latin1')
    return bytes
  }
  const set = (isLittle = true) =>
    Buffer.concat([
      element(8, 5, 'CS', 'ISO_IR 100', isLittle),
      element(8, 0x16, 'UI', '1.2.840.10008.5.1.4.1.1.2\0', isLittle),
      element(8, 0x60, 'CS', 'CT', isLittle),
      Buffer.alloc(40),
    ])
  assert.equal(await typeOf(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), set()])), 'application/dicom')
  assert.equal(await typeOf(set()), 'application/dicom')
  assert.equal(await typeOf(set(false)), 'application/dicom')
  // A preamble may hold the header of a TIFF, so that both kinds of program read the file (PS3.10 §7.1).
  const dual = Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), Buffer.alloc(120), Buffer.from('DICM'), set()])
  assert.equal(await typeOf(dual), 'application/dicom')
  assert.notEqual(await typeOf(Buffer.from([8, 0, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])), 'application/dicom')
})

test('two formats in one file are the first of them', async () => {
  const page = Buffer.from('<html><script>alert(1)</script></html>')
  assert.equal(await typeOf(Buffer.concat([vector('picture.png'), page])), 'image/png')
  assert.equal(await typeOf(Buffer.concat([vector('photo.jpg'), vector('letter.docx')])), 'image/jpeg')
  const gifar = Buffer.concat([Buffer.from('GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0!\xf9\x04', 'latin1'), vector('letter.docx')])
  assert.equal(await typeOf(gifar), 'image/gif')
  const script = Buffer.from('GIF89a/*\x01\0*/=1;alert(1)', 'latin1')
  assert.ok(!(await typeOf(script)).startsWith('text/'))
})

test('nothing, noise and the truncated are known as such', async () => {
  assert.equal(await typeOf(Buffer.alloc(0)), 'application/octet-stream')
  assert.equal(await typeOf(Buffer.alloc(1000)), 'application/octet-stream')
  assert.equal(await typeOf(vector('picture.png').subarray(0, 12)), 'application/octet-stream')
  assert.equal(await typeOf(vector('letter.doc').subarray(0, 512)), 'application/x-cfb')
})

test('a bomb in an archive costs nothing to look at', async () => {
  const began = performance.now()
  const zeros = deflateRawSync(Buffer.alloc(64 * 1024 * 1024))
  await typeOf(zip('[Content_Types].xml', zeros, 64 * 1024 * 1024))
  await typeOf(zip('mimetype', zeros, 64 * 1024 * 1024))
  await typeOf(zip('mimetype', zeros, 0xffff_ffff))
  assert.ok(performance.now() - began < 3000, `${performance.now() - began} ms`)
})

test('damaged files of every kind get an answer, soon', async () => {
  const seeds = Object.keys(REAL).map(vector)
  const runs = process.env.COURONNE_CAMPAIGN === '1' ? 100_000 : 600
  for (let run = 0; run < runs; run++) {
    const seed = seeds[run % seeds.length] as Buffer
    const input = damage(seed.subarray(0, 20_000), generator(FUZZ_SEED + run))
    const began = performance.now()
    assert.match(await typeOf(input), /^[a-z0-9.+-]+\/[a-z0-9.+-]+(; charset=[a-z0-9-]+)?$/, `seed ${FUZZ_SEED + run}`)
    assert.ok(performance.now() - began < 2000, `seed ${FUZZ_SEED + run} takes too long`)
  }
})

test('any bytes get an answer', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      assert.match(await typeOf(bytes), /^[a-z0-9.+-]+\/[a-z0-9.+-]+(; charset=[a-z0-9-]+)?$/)
    }),
  ))

function vector(name: string): Buffer {
  return readFileSync(join(VECTORS, name))
}

function typeOf(bytes: Uint8Array): Promise<string> {
  return sniff(fileOf(bytes))
}

function fileOf(bytes: Uint8Array) {
  return {
    head: bytes,
    sizeBytes: bytes.length,
    readAt: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
  }
}

function program(): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write('MZ')
  bytes.writeUInt32LE(128, 60)
  bytes.write('PE\0\0', 128)
  return bytes
}

/** A local file header of a ZIP that claims what one likes. */
function zip(name: string, deflated: Uint8Array, claimedBytes: number): Buffer {
  const header = Buffer.alloc(30)
  header.write('PK\x03\x04', 0, 'latin1')
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(8, 8)
  header.writeUInt32LE(crc32(deflated), 14)
  header.writeUInt32LE(deflated.length, 18)
  header.writeUInt32LE(claimedBytes, 22)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, Buffer.from(name), deflated])
}
