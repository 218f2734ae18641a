import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { COPIES_FOLDER, removeOldCopies } from './copy-before-migration.ts'

test('a copy goes after a month, once it was too old twice; nothing else goes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-copies-'))
  try {
    const now = Temporal.Instant.from('2026-03-31T12:00:00Z')
    assert.deepEqual(await removeOldCopies(folder, now, []), [])
    const [old, young] = ['before-0002-x-20260301T115959.999Z', 'before-0002-x-20260301T120000.000Z']
    for (const name of [old, young, 'kept by hand', 'before-0003-x-20250101T000000.000Z.unfinished'])
      mkdirSync(join(folder, COPIES_FOLDER, name), { recursive: true })
    assert.deepEqual(await removeOldCopies(folder, now, []), [old])
    assert.equal(readdirSync(join(folder, COPIES_FOLDER)).length, 4)
    assert.deepEqual(await removeOldCopies(folder, now, [old, young]), [old])
    assert.equal(readdirSync(join(folder, COPIES_FOLDER)).length, 3)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
