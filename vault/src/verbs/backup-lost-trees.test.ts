import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import type { BlobId } from '#format'
import { Mirror } from '#repository'
import { cached, failing, localFolderStorage, type Storage } from '#storage'
import { backup } from './backup/index.ts'
import { restore } from './restore/index.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

/** A repository with one snapshot of a folder in a folder; the pack of its trees. */
async function benchWithTrees() {
  const bench = await StockBench.create()
  await mkdir(join(bench.source, 'below'))
  for (let i = 0; i < 20; i++) await bench.write(`below/${i}`, `content ${i}`)
  const { tree } = await backUp(bench)
  await using repository = await bench.open()
  await repository.loadIndex()
  const { pack } = repository.index.find('tree', tree as BlobId)!
  return { bench, pack: join(bench.repository, 'data', pack.slice(0, 2), pack) }
}

async function backUp(bench: StockBench, storage?: Storage, late?: Storage) {
  await using repository = await bench.open(storage ?? bench.repository)
  if (late !== undefined) {
    const behind = { code: 'away', reason: 'was away', since: Temporal.Now.instant() }
    repository.storage.add(new Mirror(late, behind))
  }
  const last = await lastOf(backup(repository, ['source'], { cwd: bench.folder, workers: 1 }))
  assert.ok(last.kind === 'summary')
  await bench.remember(last.summary.tree)
  return last.summary
}

async function requireRestores(bench: StockBench, snapshots = 2): Promise<void> {
  assert.equal(await bench.restoreAll(), snapshots)
  await using repository = await bench.open()
  const target = bench.path('ours')
  await lastOf(restore(repository, 'latest', { target }))
  for (let i = 0; i < 20; i++) assert.equal(await readFile(join(target, 'source', 'below', `${i}`), 'utf8'), `content ${i}`)
}

describe('a backup after the trees of the one before were lost', { concurrency: 2 }, () => {
  const damages: Record<string, (pack: string) => Promise<void>> = {
    'their pack was deleted': (pack) => rm(pack),
    'every byte of their pack is wrong': async (pack) => {
      await chmod(pack, 0o600)
      await writeFile(
        pack,
        (await readFile(pack)).map((byte) => byte ^ 1),
      )
    },
  }
  for (const [name, damage] of Object.entries(damages)) {
    test(`stores them again and restores, with stock restic too: ${name}`, async () => {
      const { bench, pack } = await benchWithTrees()
      await using _ = bench
      await damage(pack)
      const { counts } = await backUp(bench)
      assert.equal(counts.tree_blobs, 3)
      await requireRestores(bench)
      assert.equal((await backUp(bench)).counts.tree_blobs, 0)
    })
  }

  test('fails when it cannot find out whether they are lost', async () => {
    const { bench, pack } = await benchWithTrees()
    await using _ = bench
    await rm(pack)
    const away = failing(localFolderStorage(bench.repository), {
      mishap: 'fails',
      at: 2,
      times: 1000,
      concerns: ({ method, kind }) => method === 'load' && kind === 'data',
    })
    await assert.rejects(backUp(bench, away), { code: 'storage-unreachable' })
    assert.equal((await bench.snapshots()).length, 1)
  })

  const copies: Record<string, (bench: StockBench, pack: string) => Promise<{ storage?: Storage; late?: Storage }>> = {
    'the cache': async (bench, pack) => {
      const options = { folder: bench.path('cache'), keepsPack: (name: string) => pack.endsWith(name) }
      const storage = cached(localFolderStorage(bench.repository), options)
      await mkdir(options.folder)
      await storage.load('data', basename(pack))
      return { storage }
    },
    'a mirror that is behind': async (bench) => ({ late: localFolderStorage(await bench.copyTo('late')) }),
  }
  for (const [name, keep] of Object.entries(copies)) {
    test(`stores again what only ${name} still has`, async () => {
      const { bench, pack } = await benchWithTrees()
      await using _ = bench
      const { storage, late } = await keep(bench, pack)
      await bench.write('beside', 'in a new tree above the one that stays')
      const { tree } = await backUp(bench)
      await using repository = await bench.open()
      await repository.loadIndex()
      const above = repository.index.find('tree', tree as BlobId)!.pack
      assert.ok(!pack.endsWith(above))
      await rm(join(bench.repository, 'data', above.slice(0, 2), above))
      await rm(pack)
      assert.equal((await backUp(bench, storage, late)).counts.tree_blobs, 3)
      await bench.restic(['forget', '--keep-last', '1'])
      await requireRestores(bench, 1)
    })
  }
})
