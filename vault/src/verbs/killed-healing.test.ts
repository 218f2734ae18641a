/**
 * Heal, catching up and repair, killed by kill -9 at random points. After each: what was right is still right, there is no half object,
 * and the next run comes to its end. Sampled here; more with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { MirrorRegistry } from '#repository'
import { localFolderStorage } from '#storage'
import { readObjects, seeded } from './damage.suite.ts'
import { heal } from './heal.ts'
import { addMirror } from './mirror.ts'
import { planRepairIndex, repairIndex } from './repair/index.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'
import { unlock } from './unlock.ts'

const POINTS = process.env.COURONNE_CAMPAIGN === '1' ? 40 : 2
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000)
const vault = fileURLToPath(new URL('../..', import.meta.url))

/** Runs `script` in another process until it ends or its time is over, counted from when it says so. @returns how long it ran */
async function killed(script: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: vault,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const started = performance.now()
  const closed = once(child, 'close')
  await Promise.race([closed, pause(afterMs)])
  child.kill('SIGKILL')
  await closed
  return performance.now() - started
}

describe('kill -9', { concurrency: 3 }, () => {
  let bench: StockBench
  let pristine: Map<string, Uint8Array>
  before(async () => {
    bench = await StockBench.create()
    for (let round = 0; round < 5; round++) {
      await bench.fill(3, 70_000, `round${round}-`)
      await bench.backup()
    }
    pristine = await readObjects(bench.repository)
  })
  after(() => bench[Symbol.asyncDispose]())

  /** At random moments of a run that is not killed. */
  async function* moments(run: (afterMs: number) => Promise<number>): AsyncGenerator<number> {
    const whole = await run(60_000)
    const random = seeded(SEED)
    for (let point = 0; point < POINTS; point++) yield random() * whole
  }

  test('heal: each object is as it was or right, never in between', async (context) => {
    const [a, b] = [bench.path('heal-a'), bench.path('heal-b')]
    const harm = async () => {
      await bench.copyTo('heal-a')
      await bench.copyTo('heal-b')
      for (const name of pristine.keys()) {
        const [kind, id] = name.split('/') as [string, string]
        const path = join(b, kind === 'config' ? 'config' : kind === 'data' ? `data/${id.slice(0, 2)}/${id}` : name)
        if (kind === 'snapshots') await rm(path)
        else if (kind !== 'keys') {
          await chmod(path, 0o600)
          await appendFile(path, 'x')
        }
      }
    }
    const script = `
      import { openRepository } from '#repository'
      import { heal } from '#verbs'
      await using repository = await openRepository(${JSON.stringify([a, b])}, { password: 'a test' })
      process.stdout.write('go')
      for await (const _ of heal(repository, { readData: 'all' })) {}`
    const run = async (afterMs: number) => {
      await harm()
      return killed(script, afterMs)
    }
    for await (const afterMs of moments(run)) {
      context.diagnostic(`seed ${SEED}: after ${afterMs.toFixed()} ms`)
      await run(afterMs)
      for (const [name, bytes] of await readObjects(b)) {
        if (name.includes('-tmp-')) continue
        const right = pristine.get(name)!
        const isAsBefore = bytes.length === right.length + 1 && bytes.at(-1) === 0x78
        assert.ok(isAsBefore || Buffer.compare(bytes, right) === 0, name)
      }
      await using repository = await bench.open([localFolderStorage(a), localFolderStorage(b)])
      await unlock(repository, { all: true })
      const last = await lastOf(heal(repository, { readData: 'all' }))
      assert.ok(last.kind === 'summary' && last.summary.isSound)
      for (const place of [a, b]) {
        const objects = [...(await readObjects(place))].filter(([name]) => !name.includes('-tmp-'))
        assert.equal(objects.length, pristine.size)
        for (const [name, bytes] of objects) assert.ok(Buffer.compare(bytes, pristine.get(name)!) === 0, `${place} ${name}`)
      }
    }
  })

  test('adding a mirror: alone it is a whole repository of some time, or none yet', async (context) => {
    const [a, b, state] = [await bench.copyTo('add-a'), bench.path('add-b'), bench.path('add-state')]
    const script = `
      import { MirrorRegistry, openRepository } from '#repository'
      import { addMirror } from '#verbs'
      await using repository = await openRepository(${JSON.stringify(a)}, { password: 'a test' })
      const registry = new MirrorRegistry(repository.id, { folder: ${JSON.stringify(state)} })
      process.stdout.write('go')
      for await (const _ of addMirror(repository, registry, ${JSON.stringify(b)})) {}`
    const run = async (afterMs: number) => {
      for (const path of [b, state]) await rm(path, { recursive: true, force: true })
      return killed(script, afterMs)
    }
    for await (const afterMs of moments(run)) {
      context.diagnostic(`seed ${SEED}: after ${afterMs.toFixed()} ms`)
      await run(afterMs)
      const there = await readObjects(b).catch(() => new Map())
      if (there.has('config/')) {
        await bench.check({ repository: b })
        await bench.restoreAll(b)
      }
      await using repository = await bench.open(a)
      await unlock(repository, { all: true })
      const registry = new MirrorRegistry(repository.id, { folder: state })
      await lastOf(addMirror(repository, registry, b))
      assert.deepEqual(
        registry.list().map(({ behind }) => behind),
        [undefined, undefined],
      )
      await bench.check({ repository: b })
      assert.equal(await bench.restoreAll(b), 5)
    }
  })

  test('repair index: every snapshot restores at any moment, or does so after the next run', async (context) => {
    const place = bench.path('index')
    const script = `
      import { openRepository } from '#repository'
      import { planRepairIndex, repairIndex } from '#verbs'
      await using repository = await openRepository(${JSON.stringify(place)}, { password: 'a test' })
      process.stdout.write('go')
      for await (const _ of repairIndex(repository, await planRepairIndex(repository, { readAllPacks: true }))) {}`
    const run = async (afterMs: number) => {
      await bench.copyTo('index')
      return killed(script, afterMs)
    }
    for await (const afterMs of moments(run)) {
      context.diagnostic(`seed ${SEED}: after ${afterMs.toFixed()} ms`)
      await run(afterMs)
      await bench.check({ repository: place })
      assert.equal(await bench.restoreAll(place), 5)
      await using repository = await bench.open(place)
      await unlock(repository, { all: true })
      await lastOf(repairIndex(repository, await planRepairIndex(repository)))
      const { length } = await bench.names('index', place)
      assert.ok((await bench.check({ repository: place })).includes('no errors') && length > 0)
    }
  })
})
