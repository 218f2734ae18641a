import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import { type BenchData, changeOnePercent, makeBenchData } from './data.ts'

const TOTAL_BYTES = 64 * 1024 ** 2
let temporary: string
let folder: string
let made: BenchData

before(() => {
  temporary = mkdtempSync(join(tmpdir(), 'couronne-bench-data-'))
  folder = join(temporary, 'one')
  made = makeBenchData(folder, TOTAL_BYTES, 'test')
})

after(() => rmSync(temporary, { recursive: true, force: true }))

test('the size is the one asked for, within a hundredth, and so is what the folder holds', () => {
  assert.ok(Math.abs(made.bytes / TOTAL_BYTES - 1) < 0.01, `${made.bytes} bytes`)
  const files = filesOf(folder)
  assert.equal(files.length, made.files)
  assert.equal(
    files.reduce((sum, file) => sum + file.bytes.length, 0),
    made.bytes,
  )
})

test('each kind compresses as the real thing does', () => {
  const share = (start: string) => ratio(filesOf(folder).filter((file) => file.path.startsWith(start)))
  assertBetween(share('base.sql'), 4.5, 6.5)
  assertBetween(share('images'), 1.6, 2.1)
  assertBetween(share('photos'), 0.99, 1.01)
})

test('a letter of 8 KiB compresses two and a half times', () => {
  const letters = filesOf(join(folder, 'documents'))
  const long = Buffer.concat(letters.map((letter) => letter.bytes.subarray(32))).subarray(0, 8192)
  assertBetween(ratio([{ bytes: long }]), 2, 3)
})

test('a change touches one hundredth of the bytes and leaves the rest as it is; all of it comes from the seed', () => {
  const again = join(temporary, 'again')
  makeBenchData(again, TOTAL_BYTES, 'test')
  const old = new Map(filesOf(folder).map((file) => [file.path, file.bytes]))
  const change = changeOnePercent(again, 'test')
  let changedBytes = 0
  for (const { path, bytes } of filesOf(again)) {
    const before = old.get(path)
    old.delete(path)
    if (before === undefined) changedBytes += bytes.length
    else if (hash(before) !== hash(bytes)) changedBytes += differingPages(before, bytes)
  }
  assert.deepEqual([...old.keys()], [], 'nothing disappears')
  assertBetween(change.bytes / made.bytes, 0.0095, 0.0105)
  assertBetween(changedBytes / made.bytes, 0.009, 0.012)
})

function assertBetween(value: number, least: number, most: number): void {
  assert.ok(value >= least && value <= most, `${value} should be between ${least} and ${most}`)
}

function filesOf(root: string): { readonly path: string; readonly bytes: Buffer }[] {
  const entries = readdirSync(root, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
  return entries.map((entry) => {
    const path = join(entry.parentPath, entry.name)
    return { path: relative(root, path), bytes: readFileSync(path) }
  })
}

/** How many times smaller zstd level 3 makes these, each alone. */
function ratio(files: readonly { readonly bytes: Buffer }[]): number {
  const compress = (bytes: Buffer) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }).length
  const sum = (size: (bytes: Buffer) => number) => files.reduce((total, file) => total + size(file.bytes), 0)
  return sum((bytes) => bytes.length) / sum(compress)
}

function differingPages(one: Buffer, other: Buffer): number {
  assert.equal(one.length, other.length)
  const page = 512
  let bytes = 0
  for (let at = 0; at < one.length; at += page)
    if (!one.subarray(at, at + page).equals(other.subarray(at, at + page))) bytes += page
  return bytes
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
