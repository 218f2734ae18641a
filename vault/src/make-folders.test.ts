import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeFolders } from './make-folders.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-folders-'))
after(() => rmSync(top, { recursive: true }))

test('a folder is made with those above it, and the topmost new one is told', () => {
  assert.equal(makeFolders(join(top, 'a', 'b', 'c'), 0o700), join(top, 'a'))
  assert.equal(statSync(join(top, 'a', 'b', 'c')).mode & 0o777, 0o700)
  assert.equal(makeFolders(join(top, 'a', 'b', 'd'), 0o700), join(top, 'a', 'b', 'd'))
})

test('a folder that is there, itself or by a link, is left as it is', () => {
  mkdirSync(join(top, 'there'), { mode: 0o755 })
  symlinkSync('there', join(top, 'link'))
  for (const name of ['there', 'link']) assert.equal(makeFolders(join(top, name), 0o700), undefined)
  assert.equal(statSync(join(top, 'there')).mode & 0o777, 0o755)
})

test('a file in the way is an error', () => {
  writeFileSync(join(top, 'file'), '')
  assert.throws(() => makeFolders(join(top, 'file'), 0o700), { code: 'EEXIST' })
  assert.throws(() => makeFolders(join(top, 'file', 'below'), 0o700), { code: /EEXIST|ENOTDIR/ })
})

test('where the system makes no folders at all the attempt ends', () => {
  if (process.platform === 'linux') assert.throws(() => makeFolders('/proc/couronne/below', 0o700), { code: 'ENOENT' })
})
