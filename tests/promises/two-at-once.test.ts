/**
 * Several processes at once on one repository: backups beside each other, beside a prune in two phases, beside forget, and stock restic
 * among them. What each acknowledged is there and whole.
 */
import assert from 'node:assert/strict'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SeededRandom } from '@couronne/samples'
import { planPrune, prune } from '@couronne/vault'
import { CAMPAIGN, digestOf, lastJson, objectsOf, SEED, Workbench } from './workbench.ts'

const ROUNDS = CAMPAIGN ? 60 : 3

/** A source of its own, beside the workbench's. */
interface Writer {
  readonly host: string
  readonly folder: string
}

describe('two processes at once', { concurrency: 2 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await Workbench.create('at-once')
    await bench.fill(6, 200_000, 'common')
    await bench.init('beginning')
    await bench.backup({ at: bench.path('beginning') })
    for (let i = 0; i < 3; i++) await rm(join(bench.source, `common${i}`))
    await bench.backup({ at: bench.path('beginning') })
    const [first] = await bench.snapshots(bench.path('beginning'))
    await bench.restic(['forget', first!.id], { at: bench.path('beginning') })
    await bench.fill(3, 200_000, 'common')
  })
  after(() => bench[Symbol.asyncDispose]())

  /** Half of what each has, all have; and half of that is in packs that a prune would take away. */
  const aWriter = async (host: string, name: string): Promise<Writer> => {
    const folder = bench.path(name, host)
    await mkdir(folder, { recursive: true })
    await cp(bench.source, join(folder, 'source'), { recursive: true, preserveTimestamps: true })
    const random = new SeededRandom(`${SEED} ${host}`)
    for (let i = 0; i < 4; i++) await writeFile(join(folder, 'source', `${host}${i}`), random.bytes(150_000))
    return { host, folder }
  }

  const backUp = async ({ host, folder }: Writer, at: string | readonly string[], by: 'couronne' | 'restic'): Promise<string> => {
    const args = ['backup', '--json', '--host', host, '--retry-lock', '2m', 'source']
    const { stdout } = await (by === 'couronne'
      ? bench.couronne(args, { at, cwd: folder })
      : bench.restic(args, { at: String(at), cwd: folder }))
    return lastJson<{ snapshot_id: string }>(stdout, 'summary').snapshot_id
  }

  /** What was acknowledged is there, and restores to what its source holds. */
  const requireWhole = async (place: string, saved: readonly (readonly [id: string, writer: Writer])[]): Promise<void> => {
    await bench.check(place)
    for (const [id, { folder }] of saved) {
      const restored = await bench.digestOfRestored(id, 'couronne', { at: place })
      assert.equal(restored, await digestOf(join(folder, 'source')), `snapshot ${id} restores to something else`)
    }
  }

  test('backups of ours and of stock restic into one repository, of two mirrors', async () => {
    const places = [await bench.copyOf('beginning', 'many-a'), await bench.copyOf('beginning', 'many-b')]
    const writers = await Promise.all(['one', 'two', 'three'].map((host) => aWriter(host, 'many')))
    const ids = await Promise.all(writers.map((writer) => backUp(writer, places, 'couronne')))
    const saved = ids.map((id, i) => [id, writers[i]!] as const)
    for (const place of places) await requireWhole(place, saved)
    assert.deepEqual(await objectsOf(places[1]!), await objectsOf(places[0]!))
    const [theirs, ours] = await Promise.all([
      backUp(writers[0]!, places[0]!, 'restic'),
      backUp(writers[1]!, places[0]!, 'couronne'),
    ])
    await requireWhole(places[0]!, [...saved, [theirs, writers[0]!], [ours, writers[1]!]])
  })

  test(`a prune in two phases beside backups, ${ROUNDS} times, with delays by chance`, async (context) => {
    const random = new SeededRandom(`${SEED} prune`)
    const writers = await Promise.all(['one', 'two'].map((host) => aWriter(host, 'pruned')))
    const name = 'beside-prune'
    await bench.init(name)
    const place = await bench.copyOf('beginning', name)
    const saved: (readonly [string, Writer])[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const delays = [0, 1, 2].map(() => random.below(1200))
      context.diagnostic(`seed ${SEED}: round ${round}, delays ${delays} ms`)
      const by = round % 3 === 2 ? 'restic' : 'couronne'
      const [first, second] = await Promise.all([
        pause(delays[0]).then(() => backUp(writers[0]!, place, by)),
        pause(delays[1]).then(() => backUp(writers[1]!, place, 'couronne')),
        pause(delays[2]).then(() => pruneNow(bench, place)),
      ])
      // A snapshot of stock restic may need a pack that was just marked: the next prune brings it back.
      if (by === 'restic') await pruneNow(bench, place)
      saved.push([first, writers[0]!], [second, writers[1]!])
      await requireWhole(place, saved.slice(-2))
      // What the next round needs again is then in packs that nobody needs.
      if (round % 2 === 0) {
        await bench.couronne(['forget', ...saved.splice(0).map(([id]) => id)], { at: place })
        await pruneNow(bench, place)
      }
    }
    for (let i = 0; i < 2; i++) await pruneNow(bench, place)
    await requireWhole(place, saved)
    assert.ok(!(await bench.check(place)).includes('additional files'))
  })

  test('forget beside backup: what was forgotten is gone, what was saved is whole', async () => {
    const place = await bench.copyOf('beginning', 'forgotten')
    const writers = await Promise.all(['one', 'two'].map((host) => aWriter(host, 'forgotten-source')))
    const old = await backUp(writers[0]!, place, 'couronne')
    const [saved] = await Promise.all([
      backUp(writers[1]!, place, 'couronne'),
      bench.couronne(['forget', old, '--retry-lock', '1m'], { at: place }),
    ])
    const ids = (await bench.snapshots(place)).map(({ id }) => id)
    assert.deepEqual([ids.includes(saved), ids.includes(old)], [true, false])
    await requireWhole(place, [[saved, writers[1]!]])
  })

  test('an instant prune waits for backups, or is refused: it never works beside one', async () => {
    const place = await bench.copyOf('beginning', 'instant')
    const writer = await aWriter('one', 'instant-source')
    const args = ['prune', '--instant-delete', '--max-unused', '0']
    const [id, refused] = await Promise.all([
      backUp(writer, place, 'couronne'),
      bench.couronne([...args, '--retry-lock', '2m'], { at: place }),
    ])
    assert.equal(refused.status, 0)
    await requireWhole(place, [[id, writer]])
    await using holder = await bench.open(place)
    await using _lock = await holder.lock({ exclusive: false })
    assert.equal((await bench.couronne(args, { at: place, allow: [11] })).status, 11)
  })
})

/** A prune that gives nobody any grace: everything depends on locks. */
async function pruneNow(bench: Workbench, place: string): Promise<void> {
  await using repository = await bench.open(place)
  await using lock = await repository.lock({ exclusive: false, purpose: 'prune' })
  const plan = await planPrune(repository, { lock, graceMs: 0, maxUnused: { bytes: 0 } })
  for await (const _event of prune(repository, plan));
}
