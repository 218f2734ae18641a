import assert from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { NoSnapshotError, UsageError } from '#errors'
import { openRepository, type Repository } from '#repository'
import { restic014, restic018 } from '../../../tests/peers/peers.ts'
import { startRestServer } from '../../../tests/peers/rest-server.ts'
import { factsOf, makeManyKinds, pseudoRandom } from './folder-facts.suite.ts'
import { type RestoreEvent, type RestoreOptions, type RestoreSummary, restore } from './restore/index.ts'
import { StockBench } from './stock-bench.suite.ts'

interface Outcome {
  readonly summary: RestoreSummary
  readonly findings: readonly string[]
  readonly items: readonly string[]
}

async function outcomeOf(repository: Repository, snapshot: string, options: RestoreOptions): Promise<Outcome> {
  const events: RestoreEvent[] = await Array.fromAsync(restore(repository, snapshot, { reportItems: true, ...options }))
  const last = events.at(-1)!
  assert.ok(last.kind === 'summary')
  return {
    summary: last.summary,
    findings: events.flatMap((event) =>
      event.kind === 'finding'
        ? [`${event.finding.severity} ${Buffer.from(event.finding.path)} ${event.finding.operation} ${event.finding.code}`]
        : [],
    ),
    items: events.flatMap((event) => (event.kind === 'item' ? [`${event.action} ${Buffer.from(event.path)}`] : [])),
  }
}

for (const [version, program] of [
  ['0.14', restic014()],
  ['0.18', restic018()],
] as const) {
  test(`everything that restic ${version} backed up comes back: content, times, modes, owners, attributes, links, devices`, async () => {
    await using bench = await StockBench.create()
    makeManyKinds(bench.source)
    await bench.restic(['backup', 'source'], { program })
    await using repository = await bench.open()
    const { summary, findings } = await outcomeOf(repository, 'latest', { target: bench.path('target'), verify: true })
    assert.deepEqual(findings, [])
    const facts = factsOf(bench.source)
    // restic 0.14 keeps no link target that is no UTF-8.
    const wanted = version === '0.14' ? facts.filter((line) => !line.startsWith('/links/bytes ')) : facts
    const found = factsOf(bench.path('target/source'))
    assert.deepEqual(version === '0.14' ? found.filter((line) => !line.startsWith('/links/bytes ')) : found, wanted)
    assert.equal(summary.failed, 0)
    assert.equal(summary.files.restored, facts.filter((line) => / file /.test(line)).length)
    // Second names are not read again.
    assert.equal(summary.verified, summary.files.restored - 2)
  })
}

test('a second run finds everything right and writes nothing', async () => {
  await using bench = await StockBench.create()
  makeManyKinds(bench.source)
  await bench.restic(['backup', 'source'])
  await using repository = await bench.open()
  await outcomeOf(repository, 'latest', { target: bench.path('target') })
  const { summary, findings } = await outcomeOf(repository, 'latest', { target: bench.path('target') })
  assert.deepEqual(findings, [])
  assert.equal(summary.bytesWritten, 0)
  assert.equal(summary.files.restored, 0)
  assert.deepEqual(factsOf(bench.path('target/source')), factsOf(bench.source))
})

for (const overwrite of ['always', 'if-changed'] as const) {
  test(`a file with a name outside the target is left alone there, though the snapshot knows other names of it (${overwrite})`, async () => {
    await using bench = await StockBench.create()
    await bench.write('first', 'one file')
    linkSync(join(bench.source, 'first'), join(bench.source, 'second'))
    await bench.restic(['backup', 'source'])
    await using repository = await bench.open()
    const [target, outside] = [bench.path('target'), bench.path('outside')]
    const [first, second] = [join(target, 'source/first'), join(target, 'source/second')]
    await outcomeOf(repository, 'latest', { target })
    const before = statSync(first, { bigint: true })
    const again = await outcomeOf(repository, 'latest', { target, overwrite })
    assert.equal(again.summary.bytesWritten, 0)
    assert.equal(statSync(second, { bigint: true }).ino, before.ino)
    linkSync(first, outside)
    chmodSync(outside, 0o640)
    const { summary } = await outcomeOf(repository, 'latest', { target, overwrite })
    assert.equal(summary.failed, 0)
    assert.equal(statSync(outside).mode & 0o777, 0o640)
    assert.equal(readFileSync(outside, 'utf8'), 'one file')
    assert.equal(statSync(outside).nlink, 1)
    assert.deepEqual(factsOf(join(target, 'source')), factsOf(bench.source))
  })
}

test('a repository on a server is restored, and another mirror gives what it has damaged', async () => {
  await using bench = await StockBench.create()
  await bench.fill(40, 3000, 'small')
  await bench.fill(3, 2_000_000, 'large')
  await bench.restic(['backup', 'source'])
  await using server = await startRestServer()
  const copy = await bench.copyTo('copy')
  cpSync(bench.repository, join(server.folder, 'there'), { recursive: true })
  for (const pack of await bench.names('data', copy)) {
    const path = join(server.folder, 'there', 'data', pack.slice(0, 2), pack)
    const bytes = readFileSync(path)
    bytes[40]! ^= 1
    chmodSync(path, 0o600)
    writeFileSync(path, bytes)
  }
  await using alone = await openRepository(`${server.address}there/`, { password: 'a test' })
  const damaged = await outcomeOf(alone, 'latest', { target: bench.path('damaged') })
  assert.ok(damaged.summary.failed > 0)
  await using both = await openRepository([`${server.address}there/`, copy], { password: 'a test' })
  const { summary, findings } = await outcomeOf(both, 'latest', { target: bench.path('target') })
  assert.deepEqual([summary.failed, findings], [0, []])
  assert.deepEqual(factsOf(bench.path('target/source')), factsOf(bench.source))
})

test('format version 1 is restored too', async () => {
  await using bench = await StockBench.create({ version: 1 })
  await bench.fill(3, 700_000)
  await bench.backup()
  await using repository = await bench.open()
  await outcomeOf(repository, 'latest', { target: bench.path('target') })
  assert.deepEqual(factsOf(bench.path('target/source')), factsOf(bench.source))
})

describe('into a folder where something is already', () => {
  let bench: StockBench
  let repository: Repository
  let target: string
  const old = new Date('2020-01-01T00:00:00Z')
  /** more than a piece may have, wherever the repository’s polynomial cuts it */
  const content = pseudoRandom(9_000_000)

  before(async () => {
    bench = await StockBench.create()
    mkdirSync(join(bench.source, 'sub'))
    await bench.write('big', content)
    await bench.write('small', 'small')
    await bench.write('sub/inner', 'inner')
    for (const name of ['big', 'small', 'sub/inner']) utimesSync(join(bench.source, name), old, old)
    await bench.restic(['backup', '.'], { cwd: bench.source })
    repository = await bench.open()
    target = bench.path('target')
  })
  after(async () => {
    await repository[Symbol.asyncDispose]()
    await bench[Symbol.asyncDispose]()
  })

  /** What was restored, then changed by somebody. */
  async function begin(change: () => void, options: Partial<RestoreOptions> = {}): Promise<Outcome> {
    rmSync(target, { recursive: true, force: true })
    await outcomeOf(repository, 'latest', { target })
    change()
    return outcomeOf(repository, 'latest', { target, ...options })
  }

  function damage(): void {
    const bytes = readFileSync(join(target, 'big'))
    bytes[1_000_000]! ^= 1
    writeFileSync(join(target, 'big'), bytes)
    utimesSync(join(target, 'big'), old, old)
  }

  test('only pieces that differ are written, in place', async () => {
    let inode = 0n
    const { summary, items } = await begin(() => {
      damage()
      inode = lstatSync(join(target, 'big'), { bigint: true }).ino
    })
    assert.ok(summary.bytesWritten > 0 && summary.bytesWritten < content.length)
    assert.equal(lstatSync(join(target, 'big'), { bigint: true }).ino, inode)
    assert.ok(readFileSync(join(target, 'big')).equals(content))
    assert.ok(items.includes('updated /big') && items.includes('unchanged /small'))
    assert.deepEqual(factsOf(target), factsOf(bench.source))
  })

  test('a file that is too long is cut, one that is too short is completed', async () => {
    await begin(() => {
      writeFileSync(join(target, 'big'), Buffer.concat([content, content]))
      writeFileSync(join(target, 'small'), 's')
    })
    assert.deepEqual(factsOf(target), factsOf(bench.source))
  })

  test('if-changed believes a file of the same size and time', async () => {
    const { items } = await begin(damage, { overwrite: 'if-changed' })
    assert.ok(items.includes('unchanged /big'))
    assert.ok(!readFileSync(join(target, 'big')).equals(content))
  })

  test('if-newer leaves what is newer, or of the same time', async () => {
    const { items } = await begin(
      () => {
        writeFileSync(join(target, 'small'), 'mine, newer')
        writeFileSync(join(target, 'sub/inner'), 'mine, older')
        utimesSync(join(target, 'sub/inner'), new Date(0), new Date(0))
      },
      { overwrite: 'if-newer' },
    )
    assert.equal(readFileSync(join(target, 'small'), 'utf8'), 'mine, newer')
    assert.equal(readFileSync(join(target, 'sub/inner'), 'utf8'), 'inner')
    assert.ok(items.includes('skipped /small') && items.includes('updated /sub/inner'))
  })

  test('never writes only what is missing', async () => {
    const { items } = await begin(
      () => {
        damage()
        rmSync(join(target, 'small'))
      },
      { overwrite: 'never' },
    )
    assert.ok(items.includes('restored /small') && items.includes('skipped /big'))
    assert.ok(!readFileSync(join(target, 'big')).equals(content))
  })

  test('delete removes what the snapshot does not have, and nothing that a pattern leaves out', async () => {
    const add = () => {
      mkdirSync(join(target, 'sub/more/deep'), { recursive: true })
      for (const name of ['extra', 'sub/extra', 'sub/more/deep/x']) writeFileSync(join(target, name), '')
    }
    const some = await begin(add, { delete: true, include: ['/sub/extra', '/sub/inner'] })
    assert.deepEqual(
      some.items.filter((item) => item.startsWith('deleted')),
      ['deleted /sub/extra'],
    )
    assert.ok(existsSync(join(target, 'extra')) && existsSync(join(target, 'sub/more')))
    const all = await begin(add, { delete: true })
    assert.deepEqual(all.items.filter((item) => item.startsWith('deleted')).sort(), [
      'deleted /extra',
      'deleted /sub/extra',
      'deleted /sub/more',
    ])
    assert.deepEqual(factsOf(target), factsOf(bench.source))
  })

  test('a dry run tells what would be done and writes nothing', async () => {
    let facts: string[] = []
    let rootChangedAt = 0n
    const { items, summary } = await begin(
      () => {
        damage()
        writeFileSync(join(target, 'extra'), '')
        rmSync(join(target, 'small'))
        facts = factsOf(target)
        rootChangedAt = statSync(target, { bigint: true }).ctimeNs
      },
      { dryRun: true, delete: true },
    )
    assert.deepEqual(items.toSorted(), [
      'deleted /extra',
      'restored /small',
      'unchanged /sub',
      'unchanged /sub/inner',
      'updated /big',
    ])
    assert.deepEqual(factsOf(target), facts)
    assert.equal(statSync(target, { bigint: true }).ctimeNs, rootChangedAt)
    assert.ok(summary.isDryRun)
  })

  test('a dry run into a folder that is not there does not make it', async () => {
    const nowhere = bench.path('nowhere/at/all')
    const { summary } = await outcomeOf(repository, 'latest', { target: nowhere, dryRun: true })
    assert.equal(summary.files.restored, 3)
    assert.ok(!existsSync(bench.path('nowhere')))
  })

  test('links in the way are replaced, never followed', async () => {
    const outside = bench.path('outside')
    mkdirSync(outside, { recursive: true })
    writeFileSync(join(outside, 'victim'), 'victim')
    await begin(() => {
      rmSync(join(target, 'sub'), { recursive: true })
      symlinkSync(outside, join(target, 'sub'))
      rmSync(join(target, 'small'))
      symlinkSync(join(outside, 'victim'), join(target, 'small'))
      rmSync(join(target, 'big'))
      linkSync(join(outside, 'victim'), join(target, 'big'))
    })
    assert.deepEqual(factsOf(target), factsOf(bench.source))
    assert.equal(readFileSync(join(outside, 'victim'), 'utf8'), 'victim')
    assert.ok(!existsSync(join(outside, 'inner')))
  })

  test('a read-only file is updated, a folder where a file belongs is not emptied unless deleting was asked for', async () => {
    const change = () => {
      damage()
      chmodSync(join(target, 'big'), 0o400)
      rmSync(join(target, 'small'))
      mkdirSync(join(target, 'small'))
      writeFileSync(join(target, 'small/precious'), '')
    }
    const { findings, summary } = await begin(change)
    assert.ok(readFileSync(join(target, 'big')).equals(content))
    assert.equal(summary.failed, 1)
    assert.deepEqual(findings, ['error /small content refused'])
    assert.ok(existsSync(join(target, 'small/precious')))
    const second = await begin(change, { delete: true })
    assert.equal(second.summary.failed, 0)
    assert.deepEqual(factsOf(target), factsOf(bench.source))
  })

  test('a folder of the snapshot comes alone, its content directly in the target', async () => {
    const part = bench.path('part')
    await outcomeOf(repository, 'latest:/sub', { target: part })
    assert.deepEqual(
      factsOf(part).map((line) => line.split(' ')[0]),
      ['/inner'],
    )
    await assert.rejects(outcomeOf(repository, 'latest:/nothing', { target: part }), UsageError)
    await assert.rejects(outcomeOf(repository, 'latest:/small', { target: part }), UsageError)
  })

  test('options that contradict each other are refused before anything happens', async () => {
    for (const options of [
      { include: ['a'], exclude: ['b'] },
      { dryRun: true, verify: true },
      { includeXattrs: ['a'], excludeXattrs: ['b'] },
      { exclude: ['['] },
    ]) {
      await assert.rejects(outcomeOf(repository, 'latest', { target: bench.path('refused'), ...options }), UsageError)
    }
    await assert.rejects(outcomeOf(repository, 'latest', { target: '/', delete: true }), UsageError)
    await assert.rejects(outcomeOf(repository, 'ffffffff', { target: bench.path('refused') }), NoSnapshotError)
    assert.ok(!existsSync(bench.path('refused')))
  })
})

test('patterns choose what stock restic chooses', async (context) => {
  await using bench = await StockBench.create()
  mkdirSync(join(bench.source, 'sub/deep'), { recursive: true })
  mkdirSync(join(bench.source, 'other'))
  for (const name of ['a.txt', 'sub/b.txt', 'sub/c.dat', 'sub/deep/d.txt', 'sub/deep/e.dat', 'other/deep']) {
    await bench.write(name, name)
  }
  await bench.restic(['backup', 'source'])
  await using repository = await bench.open()
  const cases: readonly Record<string, readonly string[]>[] = [
    { include: ['*.txt'] },
    { include: ['/source/sub'] },
    { iinclude: ['DEEP'] },
    { exclude: ['*.txt'] },
    { exclude: ['/source/sub/*', '!/source/sub/deep'] },
    { iexclude: ['SUB'] },
    { include: ['**/deep/*.dat'] },
  ]
  for (const [i, patterns] of cases.entries()) {
    await context.test(JSON.stringify(patterns), async () => {
      const flags = Object.entries(patterns).flatMap(([name, list]) => list.map((pattern) => `--${name}=${pattern}`))
      await bench.restic(['restore', 'latest', '--no-lock', '--target', bench.path(`theirs${i}`), ...flags])
      await outcomeOf(repository, 'latest', { target: bench.path(`ours${i}`), withoutLock: true, ...patterns })
      assert.deepEqual(factsOf(bench.path(`ours${i}`)), factsOf(bench.path(`theirs${i}`)))
    })
  }
})

test('holes stay holes when asked for, and the content is the same', async () => {
  await using bench = await StockBench.create()
  const bytes = Buffer.concat([pseudoRandom(600_000), Buffer.alloc(5_000_000), pseudoRandom(10), Buffer.alloc(2_000_000)])
  await bench.write('holes', bytes)
  await bench.backup()
  await using repository = await bench.open()
  await outcomeOf(repository, 'latest', { target: bench.path('dense') })
  await outcomeOf(repository, 'latest', { target: bench.path('sparse'), sparse: true, verify: true })
  assert.deepEqual(factsOf(bench.path('sparse')), factsOf(bench.path('dense')))
  assert.ok(readFileSync(bench.path('sparse/source/holes')).equals(bytes))
  const blocks = (path: string) => statSync(join(path, 'source/holes')).blocks
  assert.ok(blocks(bench.path('sparse')) * 512 < 1_000_000)
  assert.ok(blocks(bench.path('dense')) * 512 >= bytes.length)
})

test('attributes are chosen by patterns, owners by name or not at all', async () => {
  await using bench = await StockBench.create()
  makeManyKinds(bench.source)
  await bench.restic(['backup', 'source'])
  await using repository = await bench.open()
  await outcomeOf(repository, 'latest', {
    target: bench.path('target'),
    excludeXattrs: ['user.*', 'system.*'],
    ownership: 'none',
  })
  const facts = factsOf(bench.path('target/source'))
  assert.match(facts.find((line) => line.startsWith('/attributes/file '))!, /trusted\.long/)
  assert.ok(facts.every((line) => !/ user\.| system\./.test(line)))
  assert.match(facts.find((line) => line.startsWith('/owned '))!, / 0:0 /)
})
