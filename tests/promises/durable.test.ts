/**
 * Before success is said, everything is on the disk, in an order that a power cut at any moment cannot make a lie of. Shown from outside:
 * the system calls of whole processes.
 */
import assert from 'node:assert/strict'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { strace } from '../peers/peers.ts'
import { Workbench } from './workbench.ts'

const CALLS =
  'write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,link,linkat,rename,renameat,renameat2,mkdir,mkdirat,unlink,unlinkat'

/** A call, and where in the trace it began and ended: other threads work in between. */
interface Call {
  readonly name: string
  /** The file of the descriptor, or the first path. */
  readonly path: string
  /** Of link and rename: the new name. */
  readonly to: string
  readonly text: string
  readonly began: number
  readonly ended: number
}

describe('a trace of the system calls shows', () => {
  let bench: Workbench
  before(async () => {
    bench = await Workbench.create('durable')
    await bench.fill(6, 700_000, 'large')
    await bench.fill(60, 1_000, 'small')
    await mkdir(join(bench.source, 'folder'))
  })
  after(() => bench[Symbol.asyncDispose]())

  const trace = async (name: string, args: readonly string[], at: readonly string[]): Promise<Call[]> => {
    const file = bench.path(`${name}.trace`)
    const through = [strace(), '-f', '-y', '-s', '200', '-e', 'signal=none', '-e', `trace=${CALLS}`, '-o', file] as const
    await bench.couronneThrough(through, args, { at })
    const calls = parseTrace(await readFile(file, 'utf8'))
    await rm(file)
    return calls
  }

  test('init: key and configuration are durable before it is said that there is a repository', async () => {
    const place = bench.path('made')
    const calls = await trace('init', ['init', '--json'], [place])
    const saved = durableObjects(calls, place)
    assert.deepEqual([...saved.keys()].map((name) => name.split('/')[0]).sort(), ['config', 'keys'])
    assert.ok(saved.get('config')!.began > [...saved].find(([name]) => name !== 'config')![1].ended)
    requireAllBefore(saved, saidAt(calls, 'initialized'))
  })

  test('backup: packs before the index that names them, indexes before the snapshot, all before it is said, on each mirror', async () => {
    const places = [await bench.init(['a', 'b']), bench.path('b')]
    for (const round of ['first', 'second']) {
      await bench.fill(3, 300_000, round)
      const calls = await trace(`backup-${round}`, ['backup', '--json', 'source'], places)
      const said = saidAt(calls, 'summary')
      for (const place of places) {
        const saved = durableObjects(calls, place)
        requireAllBefore(saved, said)
        await requireOrder(bench, place, saved)
      }
    }
  })

  test('prune: nothing is deleted before what replaces it is durable', async () => {
    const place = await bench.init('pruned')
    await bench.backup({ at: place })
    await rm(join(bench.source, 'large0'))
    await rm(join(bench.source, 'small1'))
    await bench.backup({ at: place })
    await bench.restic(['forget', (await bench.snapshots(place))[0]!.id], { at: place })
    const calls = await trace('prune', ['prune', '--json', '--instant-delete', '--max-unused', '0'], [place])
    const saved = durableObjects(calls, place)
    const removals = calls.filter(
      ({ name, path }) => name === 'unlink' && /^(data|index)\/[0-9a-f/]+$/.test(path.slice(place.length + 1)),
    )
    const [index] = [...saved].filter(([name]) => name.startsWith('index/'))
    const packs = [...saved].filter(([name]) => name.startsWith('data/'))
    assert.ok(index && packs.length > 0 && removals.length > 1)
    for (const [name, { ended }] of packs) assert.ok(ended < index[1].began, `${name} is durable before the index that names it`)
    for (const { path, began } of removals) assert.ok(index[1].ended < began, `${path} goes after the new index is durable`)
    const lastIndex = removals.findLast(({ path }) => path.includes('/index/'))!
    for (const { path, began } of removals) {
      if (path.includes('/data/')) assert.ok(lastIndex.ended < began, `${path} goes after the index that named it`)
    }
  })

  test('key passwd: the new key is durable before the old one goes', async () => {
    const place = await bench.init('rekeyed')
    const next = bench.path('next')
    await bench.couronne(['backup', 'source'], { at: place })
    await writeFile(next, 'next\n')
    const calls = await trace('passwd', ['key', 'passwd', '--new-password-file', next], [place])
    const [key] = [...durableObjects(calls, place)].filter(([name]) => name.startsWith('keys/'))
    const gone = calls.find(({ name, path }) => name === 'unlink' && /\/keys\/[0-9a-f]{64}$/.test(path))
    assert.ok(key && gone && key[1].ended < gone.began)
  })
})

interface Saved {
  /** The call that gave it its name began. */
  readonly began: number
  /** The sync of its folder ended. */
  readonly ended: number
}

/** Objects that got their name, each written, synced, named, and its folder synced: `data/…`, `index/…` and when. Locks left out. */
function durableObjects(calls: readonly Call[], place: string): Map<string, Saved> {
  const saved = new Map<string, Saved>()
  for (const naming of calls) {
    if (!['link', 'rename'].includes(naming.name) || !naming.to.startsWith(`${place}/`)) continue
    const [kind] = naming.to.slice(place.length + 1).split('/')
    if (kind === 'locks') continue
    const syncs = calls.filter(({ name, path, began }) => name === 'fsync' && path === naming.path && began < naming.began)
    const writes = calls.filter(({ name, path }) => /write/.test(name) && path === naming.path)
    assert.ok(writes.length > 0, `${naming.path} was written`)
    const [synced] = syncs
    assert.ok(synced && writes.every(({ ended }) => ended < synced.began), `${naming.path} was synced after it was written`)
    assert.ok(synced.ended < naming.began, `${naming.path} was synced before it got its name`)
    const folder = dirname(naming.to)
    const folderSynced = calls.find(({ name, path, began }) => name === 'fsync' && path === folder && began > naming.ended)
    assert.ok(folderSynced, `the folder of ${naming.to} was synced afterwards`)
    const made = calls.find(({ name, path }) => name === 'mkdir' && path === folder)
    if (made) {
      const parentSynced = calls.find(
        ({ name, path, began }) => name === 'fsync' && path === dirname(folder) && began > made.ended,
      )
      assert.ok(parentSynced && parentSynced.ended < naming.began, `${folder} was made, and the folder above it synced`)
    }
    saved.set(`${kind}${kind === 'config' ? '' : `/${basename(naming.to)}`}`, { began: naming.began, ended: folderSynced.ended })
  }
  return saved
}

/** Where in the trace standard output was told. */
function saidAt(calls: readonly Call[], what: string): number {
  const said = calls.find(({ name, text }) => name === 'write' && text.startsWith('(1<') && text.includes(`\\"${what}\\"`))
  assert.ok(said, `${what} was said`)
  return said.began
}

function requireAllBefore(saved: ReadonlyMap<string, Saved>, said: number): void {
  assert.ok(saved.size > 0)
  for (const [name, { ended }] of saved) assert.ok(ended < said, `${name} was durable before it was said`)
}

/** Packs, then the index that names them; indexes, then the snapshot. */
async function requireOrder(bench: Workbench, place: string, saved: ReadonlyMap<string, Saved>): Promise<void> {
  const of = (kind: string) => [...saved].filter(([name]) => name.startsWith(`${kind}/`))
  const [indexes, snapshots] = [of('index'), of('snapshots')]
  assert.deepEqual([indexes.length > 0, snapshots.length, of('data').length > 1], [true, 1, true])
  const named = new Set<string>()
  for (const [name, { began, ended }] of indexes) {
    const { stdout } = await bench.restic(['cat', 'index', basename(name)], { at: place })
    for (const { id } of (JSON.parse(stdout) as { packs: { id: string }[] }).packs) {
      const pack = saved.get(`data/${id}`)
      assert.ok(pack && pack.ended < began, `data/${id} is durable before ${name} gets its name`)
      named.add(`data/${id}`)
    }
    assert.ok(ended < snapshots[0]![1].began, `${name} is durable before the snapshot gets its name`)
  }
  assert.deepEqual(
    of('data')
      .map(([name]) => name)
      .sort(),
    [...named].sort(),
  )
}

/** Lines as `812 fsync(17</a/b>) = 0`, or cut in two: `812 fsync(17</a/b> <unfinished ...>` and `812 <... fsync resumed>) = 0`. */
function parseTrace(trace: string): Call[] {
  const calls: Call[] = []
  const open = new Map<string, { began: number; name: string; text: string }>()
  for (const [at, line] of trace.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const [, resumed] = /^<\.\.\. (\w+) resumed>/.exec(rest) ?? []
    if (resumed !== undefined) {
      const begun = open.get(thread)
      assert.equal(begun?.name, resumed)
      open.delete(thread)
      if (!rest.includes(' = -1 ')) calls.push(parseCall(begun!.name, begun!.text, begun!.began, at))
      continue
    }
    const [, name, text = ''] = /^(\w+)(\(.*)$/.exec(rest) ?? []
    if (name === undefined) continue
    if (text.endsWith('<unfinished ...>')) open.set(thread, { began: at, name, text })
    else if (!text.includes(' = -1 ')) calls.push(parseCall(name, text, at, at))
  }
  return calls.sort((a, b) => a.began - b.began)
}

function parseCall(name: string, text: string, began: number, ended: number): Call {
  const [, descriptor] = /^\(\d+<([^>]*)>/.exec(text) ?? []
  const [path = '', to = ''] = descriptor === undefined ? [...text.matchAll(/"([^"]*)"/g)].map(([, each]) => each!) : [descriptor]
  const plain = name.replace(/^f(data)?sync$/, 'fsync').replace(/at2?$/, '')
  return { name: plain, path, to, text, began, ended }
}
