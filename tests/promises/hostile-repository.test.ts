/**
 * A destination in the hands of somebody else: junk among the objects of each kind, in each size; objects cut short, altered, exchanged, of
 * another repository, of another kind, from another time; keys by the dozen. What is wrong is named and passed over; what is sound restores;
 * no verb falls over, takes long or takes much memory.
 */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { SeededRandom } from '@couronne/samples'
import { gnuTime, type RunResult } from '../peers/peers.ts'
import { CAMPAIGN, digestOf, lastJson, SEED, type VaultOptions, Workbench } from './workbench.ts'

const KINDS = ['snapshots', 'index', 'data', 'keys'] as const
type Kind = (typeof KINDS)[number] | 'locks'
const PEAK_BYTES_MAX = 400e6
const HUGE_BYTES = 3 * 1024 ** 3
/** What lies among packs is read by a check of all data: large enough not to fit into the memory that we allow. */
const HUGE_PACK_BYTES = 700e6

interface Planted {
  readonly kind: Kind
  readonly name: string
  readonly sort: string
}

/** What an object can be instead of right; `of` gives a right one of that kind. */
interface Material {
  of(kind: Kind): Promise<Buffer>
  /** From a repository of another key. */
  foreign(kind: Kind): Promise<Buffer>
  readonly random: SeededRandom
}

const FORGERIES: Readonly<Record<string, (kind: Kind, from: Material) => Promise<Uint8Array>>> = {
  empty: async () => new Uint8Array(0),
  'one byte': async () => Uint8Array.of(0x7b),
  '31 bytes': async (_, { random }) => random.bytes(31),
  '32 bytes': async (_, { random }) => random.bytes(32),
  junk: async (_, { random }) => random.bytes(5000),
  'cut short': async (kind, from) => (await from.of(kind)).subarray(0, -7),
  altered: async (kind, from) => flipped(await from.of(kind), from.random),
  'of another repository': (kind, from) => from.foreign(kind),
  'of another kind': (kind, from) => from.of(kind === 'index' ? 'snapshots' : 'index'),
  'JSON in the clear': async () => new TextEncoder().encode('{"time":"2026-01-01T00:00:00Z","tree":"","paths":[]}'),
}

/** A key that somebody else added with a password of theirs: nothing tells it from one of ours. */
function mayBeGenuine({ kind, sort }: Planted): boolean {
  return kind === 'keys' && (sort === 'of another repository' || sort === 'altered')
}

/** Every verb that reads, and what it may end with. */
const READERS: readonly (readonly [args: readonly string[], ...allowed: number[]])[] = [
  [['snapshots'], 0],
  [['ls', 'latest'], 0],
  [['find', 'file*'], 0],
  [['stats'], 0],
  [['diff', 'latest~1', 'latest'], 0],
  [['dump', 'latest', '/source/file0'], 0],
  [['list', 'snapshots'], 0],
  [['list', 'index'], 0],
  [['list', 'packs'], 0],
  [['list', 'blobs'], 0],
  [['list', 'keys'], 0],
  [['key', 'list'], 0],
  [['cat', 'config'], 0],
  [['cat', 'masterkey'], 0, 1],
  [['mirror', 'list'], 0],
  [['forget', '--dry-run', '--keep-last', '1'], 0],
  [['rewrite', '--dry-run', '--exclude', 'file0'], 0],
  // A snapshot or an index that cannot be read could name anything: nothing is deleted then.
  [['prune', '--dry-run'], 0, 1],
]

const PACK_READERS = [
  ['ls', 'latest'],
  ['diff', 'latest~1', 'latest'],
  ['dump', 'latest', '/source/file0'],
  ['stats'],
  ['rewrite', '--dry-run', '--exclude', 'file0'],
  ['prune', '--dry-run'],
  ['check', '--read-data'],
] as const

describe('a hostile repository', { concurrency: 2 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await Workbench.create('hostile')
    await bench.init('beginning')
    for (let round = 0; round < 3; round++) {
      await bench.fill(4, 60_000, 'file')
      await bench.fill(2, 40_000, `round${round}-`)
      await bench.backup({ at: bench.path('beginning') })
    }
    await bench.init('foreign', { password: 'another' })
    await bench.couronne(['backup', 'source'], { at: bench.path('foreign'), password: 'another' })
    await bench.fill(2, 40_000, 'later')
  })
  after(() => bench[Symbol.asyncDispose]())

  const material = (purpose: string): Material => {
    const random = new SeededRandom(`${SEED} ${purpose}`)
    const anyOf = async (place: string, kind: Kind) => readFile(random.pick(await objects(bench.path(place), kind)))
    return {
      random,
      of: (kind) => anyOf('beginning', kind === 'locks' ? 'snapshots' : kind),
      foreign: (kind) => anyOf('foreign', kind === 'locks' ? 'snapshots' : kind),
    }
  }

  /** Runs a verb: it must end as it may, without falling over, and with little memory. */
  const survives = async (args: readonly string[], allowed: readonly number[], options: VaultOptions): Promise<RunResult> => {
    const peak = `${options.at}.peak-${randomBytes(4).toString('hex')}`
    const through = [gnuTime(), '-f', '%M', '-o', peak] as const
    const result = await bench.couronneThrough(through, args, { ...options, allow: 'any' })
    const words = `${args.join(' ')}: ended with ${result.status}: ${result.stderr}`
    assert.ok(allowed.includes(result.status), words)
    assert.ok(!/\n +at .*\.(ts|cjs):\d+/.test(result.stderr) && !result.stderr.includes('[unexpected]'), words)
    const bytes = Number(/(\d+)\s*$/.exec(await readFile(peak, 'utf8'))![1]) * 1024
    assert.ok(bytes < PEAK_BYTES_MAX, `${args.join(' ')}: ${Math.round(bytes / 1e6)} MB at its peak`)
    return result
  }

  /** Every verb survives; all three snapshots restore; check names what was planted; a backup is whole. */
  const examine = async (place: string, planted: readonly Planted[], readers = READERS): Promise<void> => {
    for (const [args, ...allowed] of readers) await survives(args, allowed, { at: place })
    assert.equal(JSON.parse((await survives(['snapshots', '--json'], [0], { at: place })).stdout).length, 3)
    for (const snapshot of ['latest', 'latest~2']) {
      await survives(['restore', snapshot, '--target', `${place}.${snapshot}`], [0], { at: place })
    }
    await requireNamed(place, planted)
    const { stdout } = await survives(['backup', '--json', 'source'], [0], { at: place })
    const id = lastJson<{ snapshot_id: string }>(stdout, 'summary').snapshot_id
    assert.equal(await bench.digestOfRestored(id, 'couronne', { at: place }), await digestOf(bench.source))
  }

  /** Check says of each object that something is wrong with it. */
  const requireNamed = async (place: string, planted: readonly Planted[]): Promise<void> => {
    const { stderr } = await survives(['check', '--read-data', '--json'], [0, 1], { at: place })
    const named = new Set(linesOf<{ kind: string; object: string }>(stderr).map(({ kind, object }) => `${kind}/${object}`))
    for (const { kind, name, sort } of planted)
      assert.ok(named.has(`${kind}/${name}`), `check does not name ${kind}/${name}, ${sort}`)
  }

  /** Puts a forgery where the destination lists it: by its own hash, so that the name says nothing. */
  const plant = async (place: string, kind: Kind, bytes: Uint8Array, sort = ''): Promise<Planted> => {
    const name = createHash('sha256').update(bytes).digest('hex')
    const file = join(place, kind, ...(kind === 'data' ? [name.slice(0, 2)] : []), name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, bytes)
    return { kind, name, sort }
  }

  /** A large file that takes no room. */
  const plantHuge = async (place: string, kind: Kind): Promise<Planted> => {
    const name = createHash('sha256').update(`huge ${kind}`).digest('hex')
    const file = join(place, kind, ...(kind === 'data' ? [name.slice(0, 2)] : []), name)
    await mkdir(dirname(file), { recursive: true })
    await using handle = await open(file, 'w')
    await handle.truncate(kind === 'data' ? HUGE_PACK_BYTES : HUGE_BYTES)
    return { kind, name, sort: 'huge' }
  }

  test('junk of every sort among objects of every kind', async () => {
    const place = await bench.copyOf('beginning', 'all')
    const from = material('all')
    const planted: Planted[] = []
    for (const kind of KINDS)
      for (const [sort, forge] of Object.entries(FORGERIES)) planted.push(await plant(place, kind, await forge(kind, from), sort))
    await examine(
      place,
      planted.filter((one) => !mayBeGenuine(one)),
    )
  })

  test('objects larger than any of their kind can be are named, and nobody loads them', async () => {
    const place = await bench.copyOf('beginning', 'huge')
    const planted: Planted[] = []
    for (const kind of KINDS) planted.push(await plantHuge(place, kind))
    await examine(place, planted)
  })

  if (CAMPAIGN) {
    for (const kind of KINDS) {
      for (const [sort, forge] of Object.entries(FORGERIES)) {
        test(`${sort}, alone among ${kind}`, async () => {
          const place = await bench.copyOf('beginning', `${kind}-${sort.replaceAll(' ', '-')}`)
          const one = await plant(place, kind, await forge(kind, material(`${kind} ${sort}`)), sort)
          await examine(place, mayBeGenuine(one) ? [] : [one])
          await rm(place, { recursive: true })
        })
      }
    }
  }

  test('twenty-five keys of others, and keys that ask for absurd work, keep nobody out', async () => {
    const place = await bench.copyOf('beginning', 'keys')
    const key = JSON.parse((await readFile((await objects(place, 'keys'))[0]!)).toString()) as Record<string, unknown>
    const foreign = JSON.parse((await material('keys').foreign('keys')).toString()) as Record<string, unknown>
    for (let i = 0; i < 25; i++) await plant(place, 'keys', encode({ ...foreign, username: `somebody ${i}` }))
    for (const absurd of [{ N: 2 ** 30 }, { r: 2 ** 24 }, { p: 2 ** 28 }, { N: 0 }, { N: -2 }, { salt: '' }, { data: 'AAAA' }]) {
      await plant(place, 'keys', encode({ ...key, ...absurd }))
    }
    const began = performance.now()
    await survives(['restore', 'latest', '--target', `${place}.restored`], [0], { at: place })
    assert.ok(performance.now() - began < 30_000)
    await examine(place, [], READERS.slice(0, 2))
  })

  test('junk among the locks is in everybody’s way, but not in that of who does not lock, or removes it', async () => {
    const place = await bench.copyOf('beginning', 'locks')
    const from = material('locks')
    for (const forge of Object.values(FORGERIES)) await plant(place, 'locks', await forge('locks', from))
    await plantHuge(place, 'locks')
    await survives(['backup', 'source'], [11], { at: place })
    await survives(['restore', '--no-lock', 'latest', '--target', `${place}.restored`], [0], { at: place })
    await survives(['unlock', '--remove-all'], [0], { at: place })
    await examine(place, [], READERS.slice(0, 2))
  })

  test('two packs that were exchanged, or one cut, altered or gone: what is sound restores, and nothing wrong', async () => {
    for (const harm of ['exchanged', 'cut', 'altered', 'gone'] as const) {
      const place = await bench.copyOf('beginning', `packs-${harm}`)
      const from = material(harm)
      const packs = await objects(place, 'data')
      const [first, second] = [from.random.pick(packs), from.random.pick(packs)]
      const bytes = await readFile(first)
      await rm(first)
      if (harm === 'exchanged') {
        await rename(second === first ? packs.find((pack) => pack !== first)! : second, first)
        await writeFile(second, bytes)
      } else if (harm === 'cut') await writeFile(first, bytes.subarray(0, from.random.below(bytes.length)))
      else if (harm === 'altered') await writeFile(first, flipped(bytes, from.random))
      for (const args of PACK_READERS) await survives(args, [0, 1], { at: place })
      for (const { id } of await bench.snapshots(place)) {
        const target = `${place}.${id.slice(0, 8)}`
        const { status } = await survives(['restore', id, '--target', target], [0, 1], { at: place })
        const [restored, expected] = [await contentsOf(join(target, 'source')), await bench.contentsOf(id, place)]
        for (const line of restored) assert.ok(expected.has(line), `${harm}: ${line} is not what was backed up`)
        if (status === 0) assert.equal(restored.size, expected.size)
      }
    }
  })

  test('indexes and snapshots from before a prune are brought back: check says what they lack, today’s snapshots restore', async () => {
    const place = await bench.copyOf('beginning', 'replayed')
    const [first] = await bench.snapshots(place)
    await bench.couronne(['forget', first!.id], { at: place })
    await bench.couronne(['prune', '--instant-delete', '--max-unused', '0'], { at: place })
    for (const kind of ['index', 'snapshots']) await cp(bench.path('beginning', kind), join(place, kind), { recursive: true })
    for (const [args] of READERS) await survives(args, [0, 1], { at: place })
    const { stdout, stderr } = await survives(['check', '--json'], [1], { at: place })
    assert.match(`${stdout}${stderr}`, /pack-missing|object-missing/)
    for (const { id } of (await bench.snapshots(place)).slice(1)) {
      const restored = filesIn(await bench.digestOfRestored(id, 'couronne', { at: place }))
      assert.deepEqual(restored, await bench.contentsOf(id, place))
    }
  })
})

async function objects(place: string, kind: string): Promise<string[]> {
  const entries = await readdir(join(place, kind), { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort()
}

/** The lines that are JSON. */
function linesOf<T>(text: string): T[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as T] : []))
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function flipped(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[random.below(copy.length)]! ^= 1 << random.below(8)
  return copy
}

/** Files with content, a line each: those without are folders. */
async function contentsOf(folder: string): Promise<Set<string>> {
  return filesIn(await digestOf(folder).catch(() => ''))
}

function filesIn(digest: string): Set<string> {
  return new Set(digest.split('\n').filter((line) => /[0-9a-f]{64}$/.test(line)))
}
