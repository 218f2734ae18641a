/** Scripts that read JSON: the same fields with the same values as restic 0.18, on one repository or on equal ones. */
import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Desk, jsonLines, jsonLinesAmong, PASSWORD } from './desk.ts'

type Json = Record<string, unknown>

describe('JSON', { concurrency: 2 }, () => {
  let desk: Desk
  let repository: string
  let ids: readonly string[]

  before(async () => {
    desk = new Desk()
    repository = await desk.newRepository()
    const source = desk.newSource()
    const backup = ['-r', repository, 'backup', 'practice']
    await desk.restic([...backup, '--tag', 'first,weekly', '--host', 'alpha'])
    appendFileSync(join(source, 'base.sql'), 'commit;\n')
    chmodSync(join(source, 'letters/letter.txt'), 0o600)
    rmSync(join(source, 'link'))
    await desk.restic([...backup, '--host', 'alpha'])
    await desk.restic([...backup, '--host', 'beta', '--tag', 'weekly'])
    const { stdout } = await desk.restic(['-r', repository, 'snapshots', '--json'])
    ids = (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)
  })
  after(() => desk[Symbol.asyncDispose]())

  /** What both print on standard output, with the same arguments. */
  async function both(args: readonly string[], place = repository): Promise<{ ours: string; theirs: string }> {
    const full = ['-r', place, '--no-lock', '--json', ...args]
    const [ours, theirs] = await Promise.all([desk.vault(full), desk.restic(['--no-cache', ...full])])
    return { ours: ours.stdout, theirs: theirs.stdout }
  }

  const documents: readonly (readonly [title: string, args: () => readonly string[]])[] = [
    ['snapshots', () => ['snapshots']],
    ['snapshots --group-by host,tags', () => ['snapshots', '--group-by', 'host,tags']],
    ['snapshots --latest 1', () => ['snapshots', '--latest', '1']],
    ['snapshots ID', () => ['snapshots', ids[1]!.slice(0, 10)]],
    ['snapshots --host --tag', () => ['snapshots', '--host', 'alpha', '--tag', 'first,weekly']],
    ['snapshots --tag of none', () => ['snapshots', '--tag', 'nowhere']],
    ['find', () => ['find', '*.txt']],
    ['find in no snapshot', () => ['find', 'nothing-like-it']],
    ['find --oldest', () => ['find', '--oldest', '2026-02-01', '*']],
    ['stats', () => ['stats']],
    ['stats latest', () => ['stats', 'latest']],
    ['stats --mode raw-data', () => ['stats', '--mode', 'raw-data']],
    ['stats --mode files-by-contents', () => ['stats', '--mode', 'files-by-contents']],
    ['stats --mode blobs-per-file', () => ['stats', '--mode', 'blobs-per-file']],
    ['forget --dry-run', () => ['forget', '--keep-daily', '2', '--keep-last', '1', '--keep-tag', 'first', '--dry-run']],
    ['forget --group-by', () => ['forget', '--group-by', '', '--keep-within', '7d', '--keep-last', '1', '--dry-run']],
    [
      'forget with all rules',
      () => [
        ...['forget', '--dry-run', '--keep-hourly', '1', '--keep-weekly', '1', '--keep-monthly', '2', '--keep-yearly', '1'],
        ...['--keep-within-hourly', '2h', '--keep-within-daily', '1d', '--keep-within-weekly', '7d'],
        ...['--keep-within-monthly', '1m', '--keep-within-yearly', '1y'],
      ],
    ],
    ['cat config', () => ['cat', 'config']],
    ['cat snapshot', () => ['cat', 'snapshot', ids[0]!]],
  ]
  for (const [title, args] of documents) {
    test(`${title}: the same document`, async () => {
      const { ours, theirs } = await both(args())
      assert.deepEqual(inOrder(JSON.parse(ours)), inOrder(JSON.parse(theirs)))
    })
  }

  const streams: readonly (readonly [title: string, args: () => readonly string[]])[] = [
    ['ls', () => ['ls', 'latest']],
    ['ls with a folder', () => ['ls', '--host', 'alpha', 'latest', '/practice/letters']],
    ['ls --sort size --reverse', () => ['ls', '--sort', 'size', '--reverse', 'latest']],
    ['diff', () => ['diff', ids[0]!, ids[1]!]],
    ['diff --metadata of folders', () => ['diff', '--metadata', `${ids[0]}:/practice/letters`, `${ids[1]}:/practice/letters`]],
    ['check', () => ['check']],
    ['check --read-data', () => ['check', '--read-data']],
  ]
  for (const [title, args] of streams) {
    test(`${title}: the same lines`, async () => {
      const { ours, theirs } = await both(args())
      const [expected, found] = [jsonLines(theirs), jsonLines(ours)]
      assert.ok(expected.length > 0)
      // What is ours beside is allowed; nothing of restic's is missing or different.
      assert.deepEqual(
        found.map((line, i) => pick(line, expected[i])),
        expected,
      )
    })
  }

  test('find --blob and --tree: the same objects in the same places', async () => {
    const { stdout } = await desk.restic(['-r', repository, '--no-lock', 'cat', 'tree', `${ids[1]}:/practice`])
    const { nodes } = JSON.parse(stdout) as { nodes: { name: string; content?: string[]; subtree?: string }[] }
    const blob = nodes.find(({ name }) => name === 'base.sql')?.content?.[0]
    const tree = nodes.find(({ name }) => name === 'letters')?.subtree
    for (const args of [
      ['find', '--blob', blob!],
      ['find', '--tree', tree!],
    ]) {
      const { ours, theirs } = await both(args)
      assert.deepEqual(byPlace(JSON.parse(ours) as Json[]), byPlace(JSON.parse(theirs) as Json[]), args.join(' '))
    }
  })

  test('key list: the same keys', async () => {
    const { ours, theirs } = await both(['key', 'list'])
    const [expected, found] = [JSON.parse(theirs) as Json[], JSON.parse(ours) as Json[]]
    assert.deepEqual(
      found.map((key, i) => pick(key, expected[i])),
      expected,
    )
  })

  test('init, backup, tag, forget, restore: the same fields, the same figures', async () => {
    const ours = join(desk.path('ours'))
    const theirs = join(desk.path('theirs'))
    cpSync(await desk.newRepository('empty'), ours, { recursive: true })
    cpSync(desk.path('empty'), theirs, { recursive: true })
    desk.newSource('twice', 7)
    const pair = async (args: readonly string[]) => {
      const [a, b] = [await desk.vault(['-r', ours, ...args]), await desk.restic(['-r', theirs, '--no-cache', ...args])]
      const [lines, stockLines] = [jsonLines(a.stdout), jsonLinesAmong(b.stdout)]
      return [summaryOf(lines), summaryOf(stockLines), lines, stockLines] as const
    }

    for (const args of [
      ['backup', '--json', '-v', 'twice', '--host', 'h'],
      ['backup', '--json', '-v', 'twice', '--host', 'h'],
    ]) {
      const [mine, stock, lines, stockLines] = await pair(args)
      requireFields(mine, stock, ['total_duration', 'backup_start', 'backup_end', 'snapshot_id', 'data_added_packed'])
      const items = (all: readonly Json[]) =>
        all
          .filter(({ message_type, item }) => message_type === 'verbose_status' && item !== '')
          .map(({ action, item, data_size }) => ({ action, item, data_size }))
          .sort((a, b) => String(a.item).localeCompare(String(b.item)))
      assert.deepEqual(items(lines), items(stockLines))
      requireStatusFields(lines, ['percent_done', 'total_files', 'files_done', 'total_bytes', 'bytes_done'])
    }
    appendFileSync(desk.path('twice/base.sql'), 'more\n')
    const [dry, stockDry] = await pair(['backup', '--json', 'twice', '--host', 'h', '--dry-run'])
    assert.equal(dry.dry_run, true)
    requireFields(
      dry,
      stockDry,
      ['total_duration', 'backup_start', 'backup_end', 'snapshot_id', 'data_added_packed'],
      ['snapshot_id'],
    )

    const [tagged, stockTagged] = await pair(['tag', '--json', '--add', 'new', 'latest'])
    assert.deepEqual(tagged, stockTagged)

    for (const [place, name] of [
      [ours, 'out-ours'],
      [theirs, 'out-theirs'],
    ] as const)
      await desk.restic(['-r', place, 'restore', 'latest', '--target', desk.path(name), '--include', '/twice/letters'])
    const restore = async (extra: readonly string[]) => {
      const a = await desk.vault(['-r', ours, 'restore', 'latest', '--json', '--target', desk.path('out-ours'), ...extra])
      const b = await desk.restic(['-r', theirs, 'restore', 'latest', '--json', '--target', desk.path('out-theirs'), ...extra])
      return [jsonLines(a.stdout), jsonLinesAmong(b.stdout)] as const
    }
    const [mine, stock] = (await restore([])).map(summaryOf)
    requireFields(mine!, stock!, ['seconds_elapsed'])
    desk.write('out-ours/stray', 'x')
    desk.write('out-theirs/stray', 'x')
    const [again, stockAgain] = await restore(['--delete', '-vv'])
    requireFields(summaryOf(again), summaryOf(stockAgain), ['seconds_elapsed'])
    const items = (lines: readonly Json[]) =>
      lines
        .filter(({ message_type }) => message_type === 'verbose_status')
        .map(({ action, item, size }) => ({ action, item: String(item).replace(/^.*out-(ours|theirs)/, 'target'), size }))
        .sort((a, b) => String(a.item).localeCompare(String(b.item)))
    assert.deepEqual(items(again), items(stockAgain))
  })

  test('init says what restic says', async () => {
    const a = await desk.vault(['-r', desk.path('new-ours'), 'init', '--json'])
    const b = await desk.restic(['-r', desk.path('new-theirs'), 'init', '--json'])
    const [ours, theirs] = [JSON.parse(a.stdout) as Json, JSON.parse(b.stdout) as Json]
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort())
    assert.deepEqual([ours.message_type, ours.repository], [theirs.message_type, desk.path('new-ours')])
    assert.match(String(ours.id), /^[0-9a-f]{64}$/)
  })

  test('what ends a run is told as JSON on standard error, with restic’s code', async () => {
    for (const [args, env, code] of [
      [['-r', desk.path('nowhere'), 'snapshots'], {}, 10],
      [['-r', repository, 'snapshots'], { RESTIC_PASSWORD: 'wrong' }, 12],
      [['-r', repository, 'restore', 'ffffffff', '--target', desk.path('t')], {}, 1],
    ] as const) {
      const [ours, theirs] = await Promise.all([
        desk.vault([...args, '--json'], { env, allow: [code] }),
        desk.restic([...args, '--json', '--no-cache'], { env, allow: [code] }),
      ])
      const [told, stock] = [jsonLines(ours.stderr).at(-1)!, jsonLines(theirs.stderr).at(-1)!]
      assert.deepEqual([told.message_type, told.code], [stock.message_type, stock.code])
      assert.ok(typeof told.message === 'string' && typeof told.advice === 'string')
      assert.equal(ours.stdout, '')
    }
  })

  test('files that cannot be read, and damage, are told as JSON on standard error', async () => {
    const place = await desk.newRepository('partly')
    desk.newSource('partly-read')
    const args = ['-r', place, 'backup', '--json', 'partly-read', desk.path('not there')]
    const result = await desk.vault(args, { allow: [3] })
    const [error] = jsonLines(result.stderr)
    assert.equal(error?.message_type, 'error')
    assert.deepEqual(Object.keys(error?.error as Json), ['message'])
    assert.deepEqual([typeof error?.during, error?.item], ['string', desk.path('not there')])
    const summary = summaryOf(jsonLines(result.stdout))
    assert.equal(summary.message_type, 'summary')

    const { stdout } = await desk.vault(['-r', place, 'list', 'packs', '--json'])
    const { id } = jsonLines(stdout)[0] as { id: string }
    rmSync(join(place, 'data', id.slice(0, 2), id))
    const [ours, theirs] = await Promise.all([
      desk.vault(['-r', place, '--no-lock', 'check', '--json'], { allow: [1] }),
      desk.restic(['-r', place, '--no-lock', '--no-cache', 'check', '--json'], { allow: [1] }),
    ])
    const [mine, stock] = [summaryOf(jsonLines(ours.stdout)), summaryOf(jsonLinesAmong(theirs.stdout))]
    for (const field of Object.keys(stock)) assert.ok(field in mine, field)
    assert.ok(Number(mine.num_errors) > 0 && Number(stock.num_errors) > 0)
    assert.ok(jsonLines(ours.stderr).some(({ message_type, object }) => message_type === 'error' && object === id))
  })

  test('the password is nowhere in what is printed, whatever goes wrong', async () => {
    const address = `rest:http://practice:${encodeURIComponent(PASSWORD)}@127.0.0.1:9/practice/`
    const { stdout, stderr } = await desk.vault(['-r', address, '-r', repository, 'snapshots', '-vv'], {
      allow: 'any',
      env: { COURONNE_DEBUG: '1' },
    })
    assert.match(stderr, /rest:http:\/\/practice@127\.0\.0\.1:9\/practice\//)
    for (const text of [stdout, stderr])
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) assert.ok(!text.includes(secret), text)
  })
})

/** Restic gives groups in no order. */
function inOrder(document: unknown): unknown {
  if (!Array.isArray(document)) return document
  const key = ({ host, paths, tags, group_key }: Json) => JSON.stringify([host, paths, tags, group_key])
  return document.some((each: Json) => 'group_key' in each || 'keep' in each)
    ? document.toSorted((a: Json, b: Json) => key(a).localeCompare(key(b)))
    : document
}

/** Of a line, the fields that the other one has. */
function pick(line: Json, like: Json | undefined): Json {
  return Object.fromEntries(Object.keys(like ?? {}).map((name) => [name, line[name]]))
}

function byPlace(objects: readonly Json[]): string[] {
  return objects.map(({ packs: _, ...object }) => JSON.stringify(object, Object.keys(object).sort())).sort()
}

function summaryOf(lines: readonly Json[]): Json {
  const line = lines.at(-1)
  assert.equal(line?.message_type, 'summary')
  return line!
}

/** Every field of restic's is there with its value; of those that vary, the type is compared. */
function requireFields(ours: Json, theirs: Json, varying: readonly string[], absent: readonly string[] = []): void {
  for (const [name, value] of Object.entries(theirs)) {
    if (absent.includes(name)) continue
    if (varying.includes(name)) assert.equal(typeof ours[name], typeof value, name)
    else assert.deepEqual(ours[name], value, name)
  }
}

function requireStatusFields(lines: readonly Json[], names: readonly string[]): void {
  const status = lines.filter(({ message_type }) => message_type === 'status')
  assert.ok(status.length > 0)
  for (const line of status) {
    assert.equal(typeof line.percent_done, 'number')
    for (const name of Object.keys(line)) {
      assert.ok(
        [...names, 'message_type', 'seconds_elapsed', 'seconds_remaining', 'error_count', 'current_files'].includes(name),
        name,
      )
    }
  }
}
