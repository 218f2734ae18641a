/**
 * kill -9 at random points of whole processes: what was acknowledged is there, stock restic finds nothing wrong, every earlier snapshot
 * restores, and the next run comes to a right end. A dozen points here, two hundred and more with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SeededRandom } from '@couronne/samples'
import { CAMPAIGN, digestOf, objectsOf, PASSWORD, SEED, Workbench } from './workbench.ts'

const POINTS = CAMPAIGN ? 30 : 2
/** The larger, the longer the work, and the more different its moments. */
const SIZE = CAMPAIGN ? 600_000 : 250_000
const SMALL_FILES = CAMPAIGN ? 300 : 40
const NEXT_PASSWORD = 'the next'

interface Scene {
  readonly bench: Workbench
  /** Folders of the mirrors that the victim works on. */
  readonly places: readonly string[]
  /** Unused folders for anything else. */
  readonly extra: string
}

interface Victim {
  readonly name: string
  readonly mirrors: 1 | 2
  /** Arguments of `couronne vault`. */
  readonly args: (scene: Scene) => Promise<readonly string[]> | readonly string[]
  /** Brings the scene from the common beginning to where the victim starts. */
  readonly set?: (scene: Scene) => Promise<void>
  /** How many snapshots stock restic may see after the death. */
  readonly snapshots: readonly number[]
  /** What must hold when the next run has come to its end. */
  readonly end: (scene: Scene) => Promise<void>
  /** Mirrors that stock restic must find sound after the death; all when absent. */
  readonly isSound?: (scene: Scene) => readonly string[]
  /** Other passwords that may open after the death. */
  readonly passwords?: readonly string[]
}

const VICTIMS: readonly Victim[] = [
  {
    name: 'backup',
    mirrors: 1,
    args: () => ['backup', '--json', 'source'],
    snapshots: [2, 3],
    end: newestIsTheSource,
  },
  {
    name: 'backup to two mirrors',
    mirrors: 2,
    args: () => ['backup', '--json', 'source'],
    snapshots: [2, 3],
    end: async (scene) => {
      await newestIsTheSource(scene)
      // A pack that one mirror had taken when the death came, and no index names, is nobody's: prune takes it away.
      await scene.bench.couronne(['prune', '--instant-delete', '--max-unused', 'unlimited'], { at: scene.places })
      await bothAreEqual(scene)
    },
  },
  {
    name: 'prune in two phases',
    mirrors: 1,
    args: () => ['prune', '--max-unused', '0'],
    snapshots: [2],
    end: async ({ bench, places: [place] }) => {
      const { stdout } = await bench.couronne(['prune', '--dry-run', '--json', '--max-unused', '0'], { at: place! })
      const { packfiles } = JSON.parse(stdout.split('\n')[0]!) as { packfiles: { repack: number; remove_total: number } }
      assert.deepEqual([packfiles.repack, packfiles.remove_total], [0, 0])
    },
  },
  {
    name: 'prune alone in the repository, two mirrors',
    mirrors: 2,
    args: () => ['prune', '--instant-delete', '--max-unused', '0'],
    snapshots: [2],
    end: async (scene) => {
      await bothAreEqual(scene)
      const { stdout } = await scene.bench.restic(['prune', '--dry-run', '--max-unused', '0'], { at: scene.places[0]! })
      assert.match(stdout, /to delete: +0 blobs/)
    },
  },
  {
    name: 'heal',
    mirrors: 2,
    set: damageSecondMirror,
    isSound: ({ places: [first] }) => [first!],
    args: () => ['heal'],
    snapshots: [2],
    end: bothAreEqual,
  },
  {
    name: 'copy',
    mirrors: 1,
    set: async ({ bench, places: [place], extra }) => {
      await rm(place!, { recursive: true })
      await bench.copyOf('repository', bench.path(extra))
      await bench.init(place!)
    },
    args: ({ bench, extra }) => ['copy', '--from-repo', bench.path(extra)],
    snapshots: [0, 1, 2],
    end: async ({ bench, places: [place] }) => assert.equal((await bench.snapshots(place)).length, 2),
  },
  {
    name: 'key passwd',
    mirrors: 2,
    set: ({ bench }) => writeFile(bench.path('next'), `${NEXT_PASSWORD}\n`),
    args: ({ bench }) => ['key', 'passwd', '--new-password-file', bench.path('next')],
    passwords: [NEXT_PASSWORD],
    snapshots: [2],
    end: async ({ bench, places }) => {
      for (const at of places) {
        await bench.restic(['cat', 'config'], { at, password: NEXT_PASSWORD })
        assert.equal((await bench.restic(['cat', 'config'], { at, allow: 'any' })).status, 12)
      }
    },
  },
]

describe('kill -9', { concurrency: 2 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await beginning()
  })
  after(() => bench[Symbol.asyncDispose]())

  for (const victim of VICTIMS) {
    test(`${victim.name}: killed at ${POINTS} points`, async (context) => {
      const random = new SeededRandom(`${SEED} ${victim.name}`)
      const scene = (at: number): Scene => {
        const name = `${victim.name.replaceAll(/\W+/g, '-')}-${at}`
        const places = [`${name}-a`, `${name}-b`].slice(0, victim.mirrors)
        return { bench, places: places.map((each) => bench.path(each)), extra: `${name}-extra` }
      }
      const { workMs } = await runAndKill(victim, await prepare(victim, scene(0)), Number.POSITIVE_INFINITY)
      await tidy(scene(0))
      for (let point = 1; point <= POINTS; point++) {
        const prepared = await prepare(victim, scene(point))
        // Spread over all of the work.
        const afterMs = ((point - 1 + random.below(1000) / 1000) / POINTS) * workMs * 0.95
        const death = await runAndKill(victim, prepared, afterMs)
        context.diagnostic(
          `seed ${SEED}: point ${point}, ${afterMs.toFixed(0)} of ${workMs.toFixed(0)} ms: ${death.wasKilled ? 'killed' : 'had ended'}`,
        )
        await examine(victim, prepared, death)
        await tidy(prepared)
      }
    })
  }
})

/** Two snapshots after one that was forgotten, and a source that has changed since: packs used, partly used, unused. */
async function beginning(): Promise<Workbench> {
  const bench = await Workbench.create('killed')
  await bench.init('repository')
  await bench.fill(12, SIZE, 'a')
  await bench.fill(SMALL_FILES, 2_000, 'small')
  await bench.backup()
  await bench.fill(12, SIZE, 'b')
  for (let i = 0; i < 6; i++) await unlink(join(bench.source, `a${i}`))
  await bench.backup()
  await bench.fill(12, SIZE, 'c')
  for (let i = 0; i < 6; i++) await unlink(join(bench.source, `b${i}`))
  await bench.backup()
  const [first] = await bench.snapshots()
  await bench.restic(['forget', first!.id])
  await bench.fill(20, SIZE, 'd')
  await bench.fill(SMALL_FILES, 3_000, 'tiny')
  await unlink(join(bench.source, 'c0'))
  await bench.copyOf('repository', bench.path('rehearsal'))
  await bench.backup({ at: bench.path('rehearsal') })
  await rm(bench.path('rehearsal'), { recursive: true })
  return bench
}

async function prepare(victim: Victim, scene: Scene): Promise<Scene> {
  for (const place of scene.places) await scene.bench.copyOf('repository', place)
  await victim.set?.(scene)
  return scene
}

interface Death {
  /** From the first lock to the end. */
  readonly workMs: number
  readonly wasKilled: boolean
  readonly stdout: string
}

/** Kills so long after the first lock was written: until then nothing is. */
async function runAndKill(victim: Victim, scene: Scene, afterMs: number): Promise<Death> {
  const { bench, places } = scene
  const locks = watch(join(places[0]!, 'locks'))
  const child = bench.start(await victim.args(scene), { at: places })
  const said: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) child[stream]!.on('data', (bytes) => (said[stream] += bytes))
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  try {
    await Promise.race([once(locks, 'change'), closed])
    const started = performance.now()
    if (afterMs < Number.POSITIVE_INFINITY) {
      const timer = new AbortController()
      await Promise.race([closed, pause(afterMs, undefined, { signal: timer.signal })])
      timer.abort()
      child.kill('SIGKILL')
    }
    const [code, signal] = await closed
    assert.ok(signal === 'SIGKILL' || code === 0, `${victim.name} ended with ${code}: ${said.stderr}`)
    return { workMs: performance.now() - started, wasKilled: signal === 'SIGKILL', stdout: said.stdout }
  } finally {
    locks.close()
  }
}

/** After the death: sound for stock restic, whatever was said to be saved is there, all snapshots whole; and the next run ends. */
async function examine(victim: Victim, scene: Scene, { stdout }: Death): Promise<void> {
  const { bench, places } = scene
  const password = await findPassword(victim, scene)
  // Whoever is killed leaves locks on every mirror that it worked on.
  for (const at of places) await bench.restic(['unlock'], { at, password, allow: 'any' })
  const [, said] = /"snapshot_id":"([0-9a-f]{64})"/.exec(stdout) ?? []
  for (const place of victim.isSound?.(scene) ?? places) {
    await bench.check(place, password)
    const count = await bench.restoreAll(place, 'restic', password)
    assert.ok(victim.snapshots.includes(count), `${count} snapshots`)
    if (said !== undefined && place === places[0]) assert.equal((await bench.snapshots(place, [said])).length, 1)
  }
  if (await opensSomewhere(PASSWORD, scene)) await bench.couronne(await victim.args(scene), { at: places })
  if (places.length > 1) await bench.couronne(['mirror', 'sync'], { at: places, password: victim.passwords?.[0] ?? PASSWORD })
  await victim.end(scene)
  for (const place of places) {
    await bench.check(place, victim.passwords?.[0])
    await bench.restoreAll(place, 'couronne', victim.passwords?.[0])
  }
}

/** One password opens every mirror, whenever the change was interrupted. */
async function findPassword({ passwords = [] }: Victim, { bench, places }: Scene): Promise<string> {
  for (const password of [PASSWORD, ...passwords]) {
    const tries = await Promise.all(
      places.map((at) => bench.restic(['cat', 'config', '--no-lock'], { at, password, allow: 'any' })),
    )
    if (tries.every(({ status }) => status === 0)) return password
  }
  throw new Error('no password opens all mirrors')
}

/** A password that is being changed opens less and less; while it opens anything the change is not at its end. */
async function opensSomewhere(password: string, { bench, places }: Scene): Promise<boolean> {
  for (const at of places) {
    if ((await bench.restic(['cat', 'config', '--no-lock'], { at, password, allow: 'any' })).status === 0) return true
  }
  return false
}

async function newestIsTheSource({ bench, places: [place] }: Scene): Promise<void> {
  const newest = (await bench.snapshots(place)).at(-1)!
  assert.equal(await bench.digestOfRestored(newest.id, 'restic', { at: place! }), await digestOf(bench.source))
}

async function bothAreEqual({ places: [a, b] }: Scene): Promise<void> {
  assert.deepEqual(await objectsOf(b!), await objectsOf(a!))
}

/** One pack cut short, one gone, one with a flipped bit; a snapshot and an index that are junk. */
async function damageSecondMirror({ places: [, place] }: Scene): Promise<void> {
  const files = (await readdir(place!, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const of = (kind: string) =>
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => path.startsWith(join(place!, kind, '/')))
      .sort()
  const [first, second, third] = of('data')
  await truncate(first!, 1000)
  await unlink(second!)
  const bytes = await readFile(third!)
  bytes[bytes.length >> 1]! ^= 1
  await writeFile(third!, bytes)
  await writeFile(of('snapshots')[0]!, 'junk')
  await unlink(of('index')[0]!)
}

async function tidy({ bench, places, extra }: Scene): Promise<void> {
  for (const place of [...places, bench.path(extra)]) {
    await rm(place, { recursive: true, force: true })
    await rm(`${place}.state`, { recursive: true, force: true })
  }
}
