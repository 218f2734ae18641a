import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from './check/index.ts'
import { planRepairSnapshots, repairSnapshots } from './repair/index.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

test('a tree with times that stock restic does not read is named by check, and mended without losing a file', async () => {
  await using bench = await StockBench.create()
  await bench.write('letter', 'Cher confrère,')
  await bench.backup()
  await using repository = await bench.open()
  await repository.loadIndex()
  const [old] = await repository.snapshots()
  const [folder] = await repository.loadTree(old!.tree)
  const damaged = async (json: Uint8Array, edit: (text: string) => string) => {
    const writer = repository.writer()
    const id = await writer.save('tree', Buffer.from(edit(Buffer.from(json).toString())))
    await writer.flush()
    return id
  }
  const subtree = await damaged(await repository.loadBlob('tree', folder!.subtree!), (text) =>
    text.replace(/"mtime":"[^"]*"/, '"mtime":"2024-02-30T00:00:00Z"'),
  )
  const tree = await damaged(await repository.loadBlob('tree', old!.tree), (text) => text.replace(folder!.subtree!, subtree))
  const { id, ...snapshot } = old!
  await repository.saveSnapshot({ ...snapshot, tree })
  await repository.storage.remove('snapshots', id)
  assert.notEqual((await bench.restic(['check'], { allow: 'any' })).status, 0)
  const findings = (await Array.fromAsync(check(repository))).flatMap((event) =>
    event.kind === 'finding' ? [event.finding] : [],
  )
  assert.deepEqual(
    findings.filter(({ severity }) => severity === 'error').map(({ code, object }) => [code, object]),
    [['tree-node', subtree]],
  )
  await lastOf(repairSnapshots(repository, await planRepairSnapshots(repository, { forget: true })))
  await bench.check()
  const { stdout } = await bench.restic(['dump', 'latest', '/source/letter'])
  assert.equal(stdout, 'Cher confrère,')
})
