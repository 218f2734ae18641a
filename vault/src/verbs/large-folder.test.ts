import assert from 'node:assert/strict'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { BLOB_BYTES_MAX, type BlobId, encodeBlob, encodeTree } from '#format'
import { backup } from './backup/index.ts'
import { check } from './check/index.ts'
import { aNode, Handmade } from './handmade.suite.ts'
import { planRepairPacks, planRepairSnapshots } from './repair/index.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

/** A link is longest in a tree: six bytes of JSON for each byte of its target. */
const LINK_BYTES = 4000
const LINKS = Math.ceil(BLOB_BYTES_MAX / (6 * LINK_BYTES))

test('a folder whose list is longer than is ever read is left out and named, and the rest is backed up', async () => {
  await using bench = await StockBench.create()
  await mkdir(join(bench.source, 'huge'))
  await bench.write('small', 'a file beside it')
  const target = Buffer.alloc(LINK_BYTES, 1)
  for (let i = 0; i < LINKS; i++) await symlink(target, join(bench.source, 'huge', `${i}`.padStart(7, '0')))
  await using repository = await bench.open()
  const last = await lastOf(backup(repository, ['source'], { cwd: bench.folder, workers: 1 }))
  assert.ok(last.kind === 'summary')
  assert.deepEqual(
    last.summary.unreadable.map(({ path, code }) => [path, code]),
    [[join(bench.source, 'huge'), 'TOO-LARGE']],
  )
  const [, source] = await repository.loadTree(last.summary.tree as BlobId)
  const names = (await repository.loadTree(source!.subtree!)).map(({ name }) => Buffer.from(name).toString())
  assert.deepEqual(names, ['small'])
})

test('a folder that another program wrote longer than we read is told, and no repair takes it for damaged', async () => {
  await using handmade = await Handmade.create()
  const { repository } = handmade
  const { bytes } = encodeBlob(repository.primitives, repository.key, encodeTree([]), 3)
  const huge = 'ab'.repeat(32) as BlobId
  const writer = repository.writer()
  await writer.saveStored('tree', huge, bytes, BLOB_BYTES_MAX + 1)
  await writer.flush()
  await handmade.snapshot([aNode('huge', 'dir', { subtree: huge })])
  for (const options of [{}, { readData: 'all' }] as const) {
    const events = await Array.fromAsync(check(repository, options))
    const codes = events.flatMap((event) => (event.kind === 'finding' ? [event.finding.code] : []))
    assert.deepEqual(codes, ['tree-too-large'])
  }
  await assert.rejects(planRepairSnapshots(repository), { code: 'refused' })
  await assert.rejects(planRepairPacks(repository, [repository.index.find('tree', huge)!.pack]), { code: 'refused' })
})
