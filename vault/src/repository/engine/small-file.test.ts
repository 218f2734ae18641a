import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SMALL_FILE_BYTES_MAX } from './regions.ts'
import { storeSmallFile } from './small-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'couronne-small-file-'))
const buffer = new Uint8Array(SMALL_FILE_BYTES_MAX + 1)
after(() => rmSync(folder, { recursive: true }))

test('what reading a file meets is its result; what storing it meets ends the run, for its chunk may be claimed', () => {
  const path = join(folder, 'file')
  const file = { path: Buffer.from(path), size: 7, mtimeNs: 0n }
  const store = () => {
    throw Object.assign(new RangeError('no room'), { code: 'ERR_OUT_OF_RANGE' })
  }
  const missing = storeSmallFile(file, buffer, store)
  assert.ok(missing.kind === 'failed' && missing.code === 'ENOENT')
  writeFileSync(path, 'content')
  assert.throws(() => storeSmallFile(file, buffer, store), { code: 'ERR_OUT_OF_RANGE' })
  const read = storeSmallFile(file, buffer, (chunk) => ({ id: Buffer.from(chunk).toString(), storedBytes: 1 }))
  assert.deepEqual(read, { kind: 'read', size: 7, chunk: { id: 'content', storedBytes: 1 }, changed: true })
})
