/** Archives as somebody might send them: what they hold comes out below their folder, or nothing does. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import { unpack } from './unpack.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-unpack-'))
after(() => rmSync(top, { recursive: true, force: true }))

let count = 0

interface Entry {
  /** bytes: in a code page that the archive does not tell */
  readonly name: string | Uint8Array
  readonly bytes: Buffer
  /** as Unix keeps it; a link is 0o120777 */
  readonly mode?: number
  readonly flags?: number
  /** what the archive says, where it does not say the truth */
  readonly claimedBytes?: number
}

/** A zip by APPNOTE.TXT 6.3: files deflated, the list at the end. */
function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = []
  const list: Buffer[] = []
  let at = 0
  for (const {
    name,
    bytes,
    mode = 0o100644,
    flags = typeof name === 'string' ? 0x800 : 0,
    claimedBytes = bytes.length,
  } of entries) {
    const packed = deflateRawSync(bytes)
    const called = Buffer.from(name as Uint8Array)
    const local = Buffer.alloc(30)
    const facts = [
      [4, 20],
      [6, flags],
      [8, 8],
    ] as const
    local.writeUInt32LE(0x04034b50)
    for (const [place, value] of facts) local.writeUInt16LE(value, place)
    local.writeUInt32LE(crc32(bytes), 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(claimedBytes, 22)
    local.writeUInt16LE(called.length, 26)
    const listed = Buffer.alloc(46)
    listed.writeUInt32LE(0x02014b50)
    listed.writeUInt16LE((3 << 8) | 20, 4)
    local.copy(listed, 6, 4, 30)
    listed.writeUInt32LE((mode << 16) >>> 0, 38)
    listed.writeUInt32LE(at, 42)
    parts.push(local, called, packed)
    list.push(listed, called)
    at += local.length + called.length + packed.length
  }
  const listBytes = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listBytes.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, listBytes, end])
}

async function unpacked(archive: Buffer, bytesWithoutRatio?: number): Promise<string> {
  const place = join(top, String(count++))
  mkdirSync(join(place, 'out'), { recursive: true })
  writeFileSync(join(place, 'a.zip'), archive)
  await unpack(join(place, 'a.zip'), join(place, 'out'), undefined, bytesWithoutRatio)
  return join(place, 'out')
}

const TEXT = Buffer.from('Nom;Prénom\r\n')

test('files and folders come out, whatever separates their names', async () => {
  const folder = await unpacked(
    zip([
      { name: 'DOCS/', bytes: Buffer.alloc(0) },
      { name: 'DOCS/a.txt', bytes: TEXT },
      { name: 'IMAGES\\b.txt', bytes: TEXT, flags: 0 },
      { name: 'é.csv', bytes: TEXT },
    ]),
  )
  assert.deepEqual(readdirSync(folder).toSorted(), ['DOCS', 'IMAGES', 'é.csv'])
  assert.deepEqual(readFileSync(join(folder, 'DOCS/a.txt')), TEXT)
})

test('a name that leads out, a link, a password, an archive that is cut off or lies: refused', async () => {
  const sound = zip([{ name: 'a.txt', bytes: TEXT }])
  const hostile: readonly [string, Buffer][] = [
    ['up', zip([{ name: '../escaped.txt', bytes: TEXT }])],
    ['up in the middle', zip([{ name: 'a/../../escaped.txt', bytes: TEXT }])],
    ['absolute', zip([{ name: '/tmp/escaped.txt', bytes: TEXT }])],
    ['a drive', zip([{ name: 'C:\\escaped.txt', bytes: TEXT }])],
    ['a link', zip([{ name: 'link', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 }])],
    ['a password', zip([{ name: 'a.txt', bytes: TEXT, flags: 0x801 }])],
    ['smaller than it is', zip([{ name: 'a.txt', bytes: Buffer.alloc(5_000), claimedBytes: 5 }])],
    [
      'twice the same name',
      zip([
        { name: 'a.txt', bytes: TEXT },
        { name: 'a.txt', bytes: TEXT },
      ]),
    ],
    ['cut off', sound.subarray(0, sound.length - 10)],
    ['nothing', Buffer.alloc(0)],
  ]
  for (const [what, archive] of hostile) await assert.rejects(unpacked(archive), { code: 'import-source' }, what)
  assert.equal(existsSync(join(top, 'escaped.txt')), false)
})

test('names in the code page of DOS or of Windows come out as they were written', async () => {
  const dos = (text: string) => Buffer.from(text.replaceAll('é', '\x82').replaceAll('È', '\xd4'), 'latin1')
  for (const inCodePage of [dos, (text: string) => Buffer.from(text, 'latin1')]) {
    const out = await unpacked(zip([{ name: inCodePage('Dossiers/Hélène/CRÈME é.txt'.replace('è', 'e')), bytes: TEXT }]))
    assert.deepEqual(readFileSync(join(out, 'Dossiers/Hélene/CRÈME é.txt')), TEXT)
  }
  await assert.rejects(unpacked(zip([{ name: dos('../é.txt'), bytes: TEXT }])), { code: 'import-source' })
})

test('what unpacks to far more than it is stops where it may not go on', async () => {
  const zeros = Buffer.alloc(4 * 1024 ** 2)
  const bomb = zip(Array.from({ length: 6 }, (_, i) => ({ name: `${i}.csv`, bytes: zeros })))
  assert.ok(bomb.length * 200 < 6 * zeros.length)
  await assert.rejects(unpacked(bomb, 1024 ** 2), { code: 'import-source', message: /more than it may/ })
})

test('each byte turned over: out below the folder, or refused by name', async () => {
  const archive = zip([
    { name: 'a/b.txt', bytes: TEXT },
    { name: 'c.txt', bytes: TEXT },
  ])
  for (let at = 0; at < archive.length; at++) {
    const changed = Buffer.from(archive)
    changed[at] = changed[at]! ^ 0xff
    await unpacked(changed).catch((error: { code?: string }) => assert.equal(error.code, 'import-source', `byte ${at}: ${error}`))
  }
  assert.deepEqual(
    readdirSync(top).filter((name) => !/^\d+$/.test(name)),
    [],
  )
})
