/**
 * Verbs that die: at their n-th call of the storage, and by kill -9. After each: stock restic finds nothing wrong, every snapshot
 * restores, and the next run comes to its end. Sampled here; every n with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Repository } from '#repository'
import { failing, localFolderStorage, type Storage, type StorageOperation } from '#storage'
import { copy, planCopy } from './copy.ts'
import { forget, planForget } from './forget.ts'
import { changePassword } from './key.ts'
import { migrate, planMigrate } from './migrate.ts'
import { type PruneMode, planPrune, prune } from './prune/index.ts'
import { planRewrite, rewrite } from './rewrite.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'
import { planTag, tag } from './tag.ts'
import { unlock } from './unlock.ts'

const CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
const NEXT_PASSWORD = 'the next'
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)

/** Between 0 and 1, the same for the same seed. */
const random = (() => {
  let state = SEED
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
})()

async function runPrune(repository: Repository, mode: PruneMode): Promise<void> {
  await using lock = await repository.lock({ purpose: 'prune', exclusive: mode === 'instant' })
  const plan = await planPrune(repository, { lock, mode, graceMs: 0, maxUnused: { bytes: 0 } })
  await lastOf(prune(repository, plan))
}

interface Victim {
  readonly name: string
  /** What is done until it dies; may be called again after that. */
  readonly run: (repository: Repository) => Promise<void>
  /** What must hold once it has come to its end. */
  readonly end?: (repository: Repository, place: string) => Promise<void>
  /** Snapshots that stock restic must see at any time. */
  readonly snapshots: readonly number[]
  readonly version?: 1
}

function victimsOf(bench: StockBench): Victim[] {
  return [
    { name: 'prune in two phases', run: (repository) => runPrune(repository, 'two-phase'), snapshots: [2] },
    {
      name: 'the second phase of a prune',
      run: async (repository) => {
        await runPrune(repository, 'two-phase')
        await runPrune(repository, 'two-phase')
      },
      end: async (_repository, place) => assert.ok(!(await bench.check({ repository: place })).includes('additional files')),
      snapshots: [2],
    },
    {
      name: 'prune alone',
      run: (repository) => runPrune(repository, 'instant'),
      end: async (_repository, place) => assert.ok(!(await bench.check({ repository: place })).includes('additional files')),
      snapshots: [2],
    },
    {
      name: 'forget',
      run: async (repository) => {
        await lastOf(
          forget(
            repository,
            await planForget(repository, { policy: { last: 1 }, groupBy: { host: true, paths: false, tags: false } }),
          ),
        )
      },
      snapshots: [1, 2],
    },
    {
      name: 'tag',
      run: async (repository) => {
        await lastOf(tag(repository, await planTag(repository, { add: ['added'] })))
      },
      end: async (repository) => assert.ok((await repository.snapshots()).every(({ tags }) => tags.includes('added'))),
      // Killed between the new snapshot and the removal of the old one, both are there.
      snapshots: [2, 3],
    },
    {
      name: 'rewrite with forget',
      run: async (repository) => {
        await lastOf(
          rewrite(repository, await planRewrite(repository, { newHost: 'another', exclude: ['nothing'], forget: true })),
        )
      },
      end: async (repository) => assert.ok((await repository.snapshots()).every(({ hostname }) => hostname === 'another')),
      snapshots: [2, 3],
    },
    {
      name: 'migrate',
      version: 1,
      run: async (repository) => {
        if (repository.config.version === 2) return
        await migrate(repository, await planMigrate(repository), { backupFolder: bench.path('configs') })
      },
      end: async (_repository, place) =>
        assert.equal((await bench.json<{ version: number }>(['cat', 'config'], { repository: place })).version, 2),
      snapshots: [2],
    },
  ]
}

async function fillBench(version: 1 | 2): Promise<StockBench> {
  const bench = await StockBench.create({ version })
  await bench.fillForPrune()
  return bench
}

/** Some of 1…count, spread over all of it; every one in a campaign. */
function* sample(count: number, size: number): Generator<number> {
  if (CAMPAIGN || count <= size) for (let n = 1; n <= count; n++) yield n
  else for (let i = 0; i < size; i++) yield Math.max(1, Math.round(((i + random()) / size) * count))
}

/** After a death: sound for stock restic, every snapshot whole; and the next run ends. */
async function examine(bench: StockBench, place: string, victim: Victim): Promise<void> {
  await bench.check({ repository: place })
  const count = await bench.restoreAll(place)
  assert.ok(victim.snapshots.includes(count), `${count} snapshots`)
  await using repository = await bench.open(place)
  await unlock(repository, { all: true })
  await victim.run(repository)
  await victim.end?.(repository, place)
  await bench.check({ repository: place })
  if (CAMPAIGN) await bench.restoreAll(place)
}

/**
 * Works on a storage that dies at a call. Giving back the lock, the last call of all, may fail unseen; removals that fail are reported by
 * verbs that can do without them.
 */
async function dieAt(n: number, place: string, work: (storage: Storage) => Promise<unknown>): Promise<void> {
  let failedElsewhere = false
  const notes = ({ method, kind }: StorageOperation) => {
    if (storage.operations + 1 >= n && !(method === 'remove' && kind !== 'index')) failedElsewhere = true
    return true
  }
  const storage = failing(localFolderStorage(place), { mishap: 'dies', at: n, concerns: notes })
  const outcome = await work(storage).then(
    () => 'ended',
    () => 'died',
  )
  assert.ok(outcome === 'died' || !failedElsewhere, `seed ${SEED}: survived call ${n} of ${storage.operations}`)
}

describe('dying at the n-th call of the storage', { concurrency: 3 }, () => {
  const benches = new Map<number, StockBench>()
  before(async () => {
    for (const version of [1, 2] as const) benches.set(version, await fillBench(version))
  })
  after(async () => {
    for (const bench of benches.values()) await bench[Symbol.asyncDispose]()
  })

  for (const { name, version } of victimsOf({} as StockBench)) {
    test(name, async (context) => {
      const bench = benches.get(version ?? 2)!
      const victim = victimsOf(bench).find((each) => each.name === name)!
      const folder = name.replaceAll(' ', '-')
      const calls = await countCalls(bench, await bench.copyTo(folder), victim)
      assert.ok(calls > 10)
      for (const n of sample(calls, 2)) {
        const place = await bench.copyTo(folder)
        context.diagnostic(`seed ${SEED}: call ${n} of ${calls}`)
        await dieAt(n, place, (storage) => runOn(bench, storage, victim))
        await examine(bench, place, victim)
      }
    })
  }

  for (const mode of ['two-phase', 'instant'] as const) {
    test(`prune (${mode}) on a storage that fails, loses replies, lies or cuts short once`, async (context) => {
      const bench = benches.get(2)!
      const victim: Victim = { name: mode, run: (repository) => runPrune(repository, mode), snapshots: [2] }
      const folder = `mishap-${mode}`
      const calls = await countCalls(bench, await bench.copyTo(folder), victim)
      for (const mishap of ['fails', 'loses-reply', 'lies', 'truncates'] as const) {
        for (const n of sample(calls, 2)) {
          context.diagnostic(`seed ${SEED}: ${mishap} at call ${n} of ${calls}`)
          const place = await bench.copyTo(folder)
          const storage = failing(localFolderStorage(place), { mishap, at: n })
          // It may notice and stop, or never need what went wrong: sound it must be.
          await runOn(bench, storage, victim).catch(() => undefined)
          await examine(bench, place, victim)
        }
      }
    })
  }

  test('a mirror that dies while prune works is left behind, and each mirror alone is whole', async (context) => {
    const bench = benches.get(2)!
    const calls = await countCalls(bench, await bench.copyTo('mirror-b'), {
      run: (repository) => runPrune(repository, 'instant'),
    })
    for (const n of sample(calls - 5, 3)) {
      context.diagnostic(`seed ${SEED}: call ${n} of ${calls}`)
      const [a, b] = [await bench.copyTo('mirror-a'), await bench.copyTo('mirror-b')]
      {
        const dying = failing(localFolderStorage(b), { mishap: 'dies', at: n })
        await using repository = await bench.open([localFolderStorage(a), dying])
        // What is only read may stop it at the beginning; then nothing has changed.
        await runPrune(repository, 'instant').catch(() => undefined)
      }
      for (const place of [a, b]) {
        await bench.check({ repository: place })
        assert.equal(await bench.restoreAll(place), 2)
      }
    }
  })

  test('copy: the destination dies', async () => {
    const bench = benches.get(2)!
    const copyTo = async (place: Parameters<StockBench['open']>[0]) => {
      await using source = await bench.open()
      await using destination = await bench.open(place)
      await lastOf(copy(source, destination, await planCopy(source, destination)))
    }
    await bench.init('count')
    const counted = failing(localFolderStorage(bench.path('count')), { mishap: 'fails', at: Number.POSITIVE_INFINITY })
    await copyTo([counted])
    for (const n of sample(counted.operations - 1, 2)) {
      const name = `copy-${n}`
      await bench.init(name)
      await dieAt(n, bench.path(name), (storage) => copyTo([storage]))
      await bench.check({ repository: bench.path(name) })
      assert.ok((await bench.restoreAll(bench.path(name))) <= 2)
      {
        await using repository = await bench.open(bench.path(name))
        await unlock(repository, { all: true })
      }
      await copyTo(bench.path(name))
      await bench.check({ repository: bench.path(name) })
      assert.equal(await bench.restoreAll(bench.path(name)), 2)
    }
  })

  test('key change: one of the two passwords opens at any time', async () => {
    const bench = benches.get(2)!
    const change = (repository: Repository) =>
      changePassword(repository, { current: 'a test', next: NEXT_PASSWORD }, { scrypt: { n: 2, r: 1, p: 1 } })
    const calls = await countCalls(bench, await bench.copyTo('key'), {
      run: async (repository) => void (await change(repository)),
    })
    for (const n of sample(calls, 3)) {
      const place = await bench.copyTo('key')
      await dieAt(n, place, (storage) => runOn(bench, storage, { run: async (repository) => void (await change(repository)) }))
      const opens = async (password: string) =>
        (await bench.restic(['snapshots', '--no-lock'], { repository: place, env: { RESTIC_PASSWORD: password }, allow: 'any' }))
          .status === 0
      const [old, next] = [await opens('a test'), await opens(NEXT_PASSWORD)]
      assert.ok(old || next)
      await using repository = await bench.open(place, { password: old ? 'a test' : NEXT_PASSWORD })
      await unlock(repository, { all: true })
      if (old) await change(repository)
      assert.deepEqual([await opens('a test'), await opens(NEXT_PASSWORD)], [false, true])
    }
  })
})

/** Runs to the end and says how many calls that took; the last, which gives back the lock, may fail unseen. */
async function countCalls(bench: StockBench, place: string, victim: Pick<Victim, 'run'>): Promise<number> {
  const storage = failing(localFolderStorage(place), { mishap: 'fails', at: Number.POSITIVE_INFINITY })
  await runOn(bench, storage, victim)
  return storage.operations - 1
}

async function runOn(bench: StockBench, storage: Storage, { run }: Pick<Victim, 'run'>): Promise<void> {
  await using repository = await bench.open([storage])
  await run(repository)
}

describe('kill -9', { concurrency: 2 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await fillBench(2)
  })
  after(() => bench[Symbol.asyncDispose]())

  const vault = fileURLToPath(new URL('../..', import.meta.url))

  /** Another process that prunes; `go` when it has opened the repository. @returns how long it ran after that */
  async function pruneElsewhere(place: string, mode: PruneMode, killAfterMs: number): Promise<number> {
    const script = `
      import { openRepository } from '#repository'
      import { planPrune, prune } from '#verbs'
      await using repository = await openRepository(${JSON.stringify(place)}, { password: 'a test' })
      process.stdout.write('go')
      for (let phase = 0; phase < 2; phase++) {
        await using lock = await repository.lock({ purpose: 'prune', exclusive: ${mode === 'instant'} })
        const plan = await planPrune(repository, { lock, mode: '${mode}', graceMs: 0, maxUnused: { bytes: 0 } })
        for await (const _ of prune(repository, plan)) {}
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: vault,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    const started = performance.now()
    const closed = once(child, 'close')
    await Promise.race([closed, pause(killAfterMs)])
    child.kill('SIGKILL')
    await closed
    return performance.now() - started
  }

  for (const mode of ['two-phase', 'instant'] as const) {
    test(`prune (${mode})`, async () => {
      const victim: Victim = { name: mode, run: (repository) => runPrune(repository, mode), snapshots: [2] }
      const wholeMs = await pruneElsewhere(await bench.copyTo(mode), mode, 60_000)
      for (let i = 0; i < (CAMPAIGN ? 40 : 2); i++) {
        const place = await bench.copyTo(mode)
        await pruneElsewhere(place, mode, random() * wholeMs)
        await examine(bench, place, victim)
      }
    })
  }
})
