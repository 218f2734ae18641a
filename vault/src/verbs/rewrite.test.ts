import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RefusedError, UsageError } from '#errors'
import type { BlobId } from '#format'
import { restic014 } from '../../../tests/peers/peers.ts'
import { aNode, Handmade } from './handmade.suite.ts'
import { planRewrite, type RewriteOptions, rewrite } from './rewrite.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

describe('rewrite', { concurrency: 4 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    for (const folder of ['letters', 'letters/été', 'images']) await mkdir(join(bench.source, folder))
    await bench.fill(3, 50_000, 'images/scan')
    await bench.write('letters/été/à lire.TXT', 'x')
    await bench.write('letters/secret.txt', 'secret')
    await bench.write('notes.txt', 'notes')
    await bench.backup(['--tag', 'first'])
    await bench.write('letters/été/second.txt', 'y')
    await bench.backup([], { program: restic014() })
  })
  after(() => bench[Symbol.asyncDispose]())

  async function runRewrite(place: string, options: RewriteOptions): Promise<void> {
    await using repository = await bench.open(place)
    await lastOf(rewrite(repository, await planRewrite(repository, options)))
  }

  const facts = async (place: string) =>
    (await bench.snapshots(place))
      .map(({ time, tree, tags, original, hostname }) => ({ time, tree, tags, original, hostname }))
      .sort(byTree)
  const byTree = (a: { tree: string; tags: readonly string[] | undefined }, b: typeof a) =>
    a.tree + a.tags < b.tree + b.tags ? -1 : 1

  const excludes: [RewriteOptions, string[]][] = [
    [{ exclude: ['secret.txt'] }, ['--exclude', 'secret.txt']],
    [{ exclude: ['*.txt', '!notes.txt'] }, ['--exclude', '*.txt', '--exclude', '!notes.txt']],
    [{ iexclude: ['*.TXT'] }, ['--iexclude', '*.TXT']],
    [{ exclude: ['/source/letters/été'] }, ['--exclude', '/source/letters/été']],
    [{ exclude: ['/**/images/*'], forget: true }, ['--exclude', '/**/images/*', '--forget']],
    [{ exclude: ['*'] }, ['--exclude', '*']],
    [{ exclude: ['second.txt'], forget: true }, ['--exclude', 'second.txt', '--forget']],
  ]
  for (const [i, [options, args]] of excludes.entries()) {
    test(`gives the trees that stock restic gives: ${args.join(' ')}`, async () => {
      const [mine, theirs] = [await bench.copyTo(`mine-${i}`), await bench.copyTo(`theirs-${i}`)]
      await bench.restic(['rewrite', ...args], { repository: theirs })
      await runRewrite(mine, options)
      assert.deepEqual(await facts(mine), await facts(theirs))
      await bench.checkBoth(mine)
    })
  }

  test('another host and another time', async () => {
    const [mine, theirs] = [await bench.copyTo('mine-meta'), await bench.copyTo('theirs-meta')]
    const args = ['--new-host', 'cabinet', '--new-time', '2023-07-01 08:00:00']
    await bench.restic(['rewrite', ...args], { repository: theirs, env: { TZ: 'Europe/Paris' } })
    const newTime = Temporal.ZonedDateTime.from('2023-07-01T08:00:00[Europe/Paris]')
    await runRewrite(mine, { newHost: 'cabinet', newTime })
    assert.deepEqual(await facts(mine), await facts(theirs))
    assert.equal(await bench.restoreAll(mine), 4)
  })

  test('a snapshot without anything to exclude stays as it is', async () => {
    await using repository = await bench.open()
    const plan = await planRewrite(repository, { exclude: ['second.txt'] })
    assert.equal(plan.changes.length, 1)
    assert.equal(plan.changes[0]!.contents!.files, 6)
    assert.deepEqual((await planRewrite(repository, { exclude: ['never there'] })).changes, [])
    await assert.rejects(planRewrite(repository, {}), UsageError)
    await assert.rejects(planRewrite(repository, { exclude: ['[a'] }), UsageError)
  })

  test('a plan stores nothing', async () => {
    const place = await bench.copyTo('plan')
    const before = await bench.names('.', place)
    await using repository = await bench.open(place)
    assert.equal((await planRewrite(repository, { exclude: ['notes.txt'] })).changes.length, 2)
    assert.deepEqual((await bench.names('.', place)).sort(), before.sort())
  })

  test('a tree with something of others in it is refused rather than stripped', async () => {
    const place = await bench.copyTo('foreign')
    await using repository = await bench.open(place)
    await repository.loadIndex()
    const [snapshot] = await repository.snapshots()
    const json = new TextDecoder().decode(await repository.loadBlob('tree', snapshot!.tree))
    const writer = repository.writer()
    const tree: BlobId = await writer.save('tree', new TextEncoder().encode(json.replace('"name"', '"private":1,"name"')))
    await writer.flush()
    await repository.saveSnapshot({ ...snapshot!, tree })
    await assert.rejects(planRewrite(repository, { exclude: ['x'] }), RefusedError)
  })

  test('a folder that stands in more places than can be counted is looked at once', async () => {
    await using made = await Handmade.create()
    let below = await made.tree([aNode('secret', 'file'), aNode('kept', 'file')])
    for (let level = 0; level < 40; level++) {
      below = await made.tree(['a', 'b'].map((name) => aNode(name, 'dir', { subtree: below })))
    }
    await made.snapshotOf(below)
    const exclude = ['secret', '/a/a/secret', 'b/secret']
    const { changes } = await planRewrite(made.repository, { exclude, signal: AbortSignal.timeout(60_000) })
    assert.equal(changes[0]!.contents!.files, 2 ** 40)
  })

  test('what was excluded is gone after forget and prune, and the rest restores', async () => {
    const place = await bench.copyTo('gone')
    await runRewrite(place, { exclude: ['secret.txt'], forget: true })
    await bench.restic(['prune', '--max-unused', '0'], { repository: place })
    const { stdout } = await bench.restic(['find', '--no-lock', 'secret.txt'], { repository: place })
    assert.equal(stdout.trim(), '')
    await bench.checkBoth(place)
  })
})
