import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { UsageError } from '#errors'
import { restic014 } from '../../../tests/peers/peers.ts'
import { planRewrite, rewrite } from './rewrite.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'
import { changeTags, planTag, type TagChange, tag } from './tag.ts'

describe('tag', { concurrency: 4 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    await bench.write('a', 'a')
    await bench.backup(['--tag', 'old,kept'])
    await bench.write('b', 'b')
    await bench.backup([], { program: restic014() })
  })
  after(() => bench[Symbol.asyncDispose]())

  const changes: [TagChange, string[]][] = [
    [{ set: ['new', 'newer'] }, ['--set', 'new,newer']],
    [{ add: ['more', 'old'] }, ['--add', 'more,old']],
    [{ remove: ['old'] }, ['--remove', 'old']],
    [{ add: ['x'], remove: ['kept'] }, ['--add', 'x', '--remove', 'kept']],
  ]
  for (const [i, [change, args]] of changes.entries()) {
    test(`says of snapshots what stock restic says: ${args.join(' ')}`, async () => {
      const [mine, theirs] = [await bench.copyTo(`mine-${i}`), await bench.copyTo(`theirs-${i}`)]
      await bench.restic(['tag', ...args], { repository: theirs })
      await using repository = await bench.open(mine)
      const plan = await planTag(repository, change)
      const last = await lastOf(tag(repository, plan))
      assert.deepEqual(last, { kind: 'summary', changedSnapshots: plan.changes.length })
      const facts = async (place: string) =>
        (await bench.snapshots(place)).map(({ time, tree, tags, original }) => ({
          time,
          tree,
          tags: [...(tags ?? [])].sort(),
          original,
        }))
      assert.deepEqual(await facts(mine), await facts(theirs))
      await bench.checkBoth(mine)
      assert.equal(await bench.restoreAll(mine), 2)
    })
  }

  test('the first ID stays the original through later changes', async () => {
    const place = await bench.copyTo('twice')
    await using repository = await bench.open(place)
    const before = new Set((await repository.snapshots()).map(({ id }) => id))
    await lastOf(tag(repository, await planTag(repository, { add: ['one'] })))
    await lastOf(tag(repository, await planTag(repository, { add: ['two'] })))
    for (const { original, id } of await repository.snapshots()) assert.ok(before.has(original!) && !before.has(id))
  })

  test('setting no tag takes all away', async () => {
    const place = await bench.copyTo('none')
    await using repository = await bench.open(place)
    await lastOf(tag(repository, await planTag(repository, { set: [''] })))
    assert.ok((await bench.snapshots(place)).every(({ tags }) => tags === undefined))
  })

  test('a snapshot that was forgotten since the plan was made does not come back', async () => {
    const place = await bench.copyTo('forgotten')
    await using repository = await bench.open(place)
    const plan = await planTag(repository, { add: ['late'] })
    const rewriting = await planRewrite(repository, { newHost: 'late' })
    const [gone, left] = plan.changes.map(({ snapshot }) => snapshot.id)
    await repository.storage.remove('snapshots', gone!)
    assert.deepEqual(await lastOf(rewrite(repository, rewriting)), { kind: 'summary', rewritten: 1 })
    assert.deepEqual(await lastOf(tag(repository, plan)), { kind: 'summary', changedSnapshots: 1 })
    const originals = (await bench.snapshots(place)).map(({ original }) => original)
    assert.deepEqual(originals, [left, left])
  })

  test('nothing changes when the tags are as asked', async () => {
    await using repository = await bench.open()
    assert.deepEqual((await planTag(repository, { remove: ['never there'] })).changes, [])
    await assert.rejects(planTag(repository, {}), UsageError)
    assert.equal(changeTags(['a'], { add: ['a'] }), undefined)
    assert.deepEqual(changeTags(['a', 'b'], { add: ['c', 'c', ''], remove: ['a'] }), ['b', 'c'])
  })
})
