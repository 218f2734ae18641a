import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openTarget } from '#files'
import { aNode } from './handmade.suite.ts'
import { OpenFiles } from './restore/open-files.ts'
import { WantedFile } from './restore/wanted-file.ts'

test('a file that was closed for a while and exchanged by somebody is neither cut nor written to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-open-files-'))
  try {
    await using target = await openTarget(folder)
    using openFiles = new OpenFiles(target)
    const files = Array.from({ length: 70 }, (_, i) => {
      const name = Buffer.from(`f${i}`)
      const node = aNode(name, 'file', { size: 10 })
      return new WantedFile({
        path: [name],
        shown: name,
        node,
        blobs: new Uint32Array(1),
        sizeBytes: 10,
        existed: false,
        isElsewhere: false,
      })
    })
    for (const file of files) {
      openFiles.acquire(file).write(Buffer.from('half.'), 0)
      openFiles.release(file)
      openFiles.keep(file)
    }
    const letter = 'the letter that somebody saved meanwhile'
    writeFileSync(join(folder, 'new'), letter)
    renameSync(join(folder, 'new'), join(folder, 'f0'))
    rmSync(join(folder, 'f1'))
    for (const file of files.slice(0, 2)) assert.throws(() => openFiles.acquire(file), { code: 'ESTALE' })
    assert.equal(readFileSync(join(folder, 'f0'), 'utf8'), letter)
    openFiles.acquire(files[2]!).write(Buffer.from('whole'), 5)
    assert.equal(readFileSync(join(folder, 'f2'), 'utf8'), 'half.whole')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
