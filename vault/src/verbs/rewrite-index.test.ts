import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IndexPack, PackEntry, PackId } from '#format'
import { PackListWriter } from './rewrite-index.ts'

test('packs go into files of bounded size, in their order, none twice and none lost', async () => {
  const blob: PackEntry = { id: '0'.repeat(64) as PackEntry['id'], type: 'data', offset: 0, length: 33, uncompressedLength: 0 }
  const packs = [10, 49_990, 1, 50_000, 20_000, 20_000, 9_999, 0, 0].map(
    (blobs, i): IndexPack => ({ id: `${i}` as PackId, blobs: new Array<PackEntry>(blobs).fill(blob) }),
  )
  const files: string[] = []
  const writer = new PackListWriter(async (some) => {
    files.push(some.map(({ id }) => id).join(''))
  })
  for (const pack of packs) await writer.add(pack)
  await writer.flush()
  await writer.flush()
  assert.deepEqual(files, ['01', '23', '45678'])
})
