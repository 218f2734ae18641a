import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { inflateSync } from 'node:zlib'
import { makePractice, type Practice } from './practice.ts'

let temporary: string
let practice: Practice

before(() => {
  temporary = mkdtempSync(join(tmpdir(), 'couronne-practice-'))
  practice = makePractice(join(temporary, 'one'), { seed: 'test', patients: 3 })
})

after(() => rmSync(temporary, { recursive: true, force: true }))

test('the same seed gives the same names, bytes and times', () => {
  const again = makePractice(join(temporary, 'again'), { seed: 'test', patients: 3 })
  assert.deepEqual(listing(again.folder), listing(practice.folder))
})

test('another seed gives other bytes', () => {
  const other = makePractice(join(temporary, 'other'), { seed: 'another', patients: 3 })
  assert.notDeepEqual(listing(other.folder), listing(practice.folder))
})

test('what is there is not overwritten', () => {
  const folder = join(temporary, 'mine')
  mkdirSync(folder)
  writeFileSync(join(folder, 'mine.txt'), 'mine')
  assert.throws(() => makePractice(folder), /not empty/)
})

test('the summary counts what is there', () => {
  const lines = listing(practice.folder)
  assert.equal(practice.files, lines.filter((line) => line.kind === 'file').length)
  assert.equal(practice.folders, lines.filter((line) => line.kind === 'folder').length)
  assert.equal(practice.links, lines.filter((line) => line.kind === 'link').length)
  const bytes = lines.reduce((sum, line) => sum + (line.kind === 'file' ? line.size : 0), 0)
  assert.equal(practice.bytes, bytes)
})

test('Linux holds every oddity', () => {
  assert.equal(practice.oddities.length, 13)
  const names = readdirSync(Buffer.from(join(practice.folder, 'À classer')), { encoding: 'buffer' })
  assert.ok(names.some((name) => Buffer.compare(Buffer.from(name.toString('utf8')), name) !== 0))
  assert.equal(statSync(join(practice.folder, 'À classer', 'sourire (copie).png')).nlink, 2)
})

test('the database is whole, and holds what the exports hold', () => {
  using database = new DatabaseSync(join(practice.folder, 'Base', 'cabinet.db'), { readOnly: true })
  assert.deepEqual({ ...database.prepare('pragma integrity_check').get() }, { integrity_check: 'ok' })
  const rows = database.prepare('select count(*) as count from procedures').get()
  const exported = new TextDecoder('windows-1252').decode(readFileSync(join(practice.folder, 'Exports', 'actes.csv')))
  assert.equal(rows?.count, exported.trimEnd().split('\r\n').length - 1)
  assert.match(exported, /Exérèse de la pulpe vivante d’une molaire permanente/)
})

test('radiographs are DICOM files of 12 bits', () => {
  const [bytes] = ofKind('Radios')
  assert.equal(bytes?.toString('latin1', 128, 132), 'DICM')
  const bitsStored = Buffer.from([0x28, 0, 0x01, 0x01, 0x55, 0x53, 2, 0])
  const at = bytes?.indexOf(bitsStored) ?? -1
  assert.equal(bytes?.readUInt16LE(at + bitsStored.length), 12)
})

test('photographs are PNG files with all their rows', () => {
  const [bytes] = ofKind('Photos')
  const at = bytes?.indexOf('IDAT') ?? -1
  const length = bytes?.readUInt32BE(at - 4) ?? 0
  assert.equal(inflateSync(bytes?.subarray(at + 4, at + 4 + length) ?? '').length, 360 * (1 + 480 * 3))
})

function ofKind(name: string): Buffer[] {
  const patients = join(practice.folder, 'Patients')
  return readdirSync(patients).flatMap((patient) => {
    const folder = join(patients, patient, name)
    return readdirSync(folder).map((file) => readFileSync(join(folder, file)))
  })
}

interface Line {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link'
  readonly size: number
  readonly mtimeMs: number
  readonly content: string
}

/** Everything below a folder, on bytes, since one name is not UTF-8. */
function listing(root: string, below: Buffer = Buffer.alloc(0)): Line[] {
  const folder = Buffer.concat([Buffer.from(root), below])
  const names = readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare)
  return names.flatMap((name) => {
    const relative = Buffer.concat([below, Buffer.from('/'), name])
    const path = Buffer.concat([Buffer.from(root), relative])
    const { size, mtimeMs, ...stats } = lstatSync(path)
    const isFolder = (stats.mode & 0o170000) === 0o040000
    const isLink = (stats.mode & 0o170000) === 0o120000
    const line = { path: relative.toString('hex') }
    if (isLink) return [{ ...line, kind: 'link', size: 0, mtimeMs: 0, content: readlinkSync(path) } as const]
    if (isFolder) return [{ ...line, kind: 'folder', size: 0, mtimeMs, content: '' } as const, ...listing(root, relative)]
    const content = createHash('sha256').update(readFileSync(path)).digest('hex')
    return [{ ...line, kind: 'file', size, mtimeMs, content } as const]
  })
}
