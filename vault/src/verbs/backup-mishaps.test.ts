/**
 * A destination that fails, loses replies, lies, cuts short, stalls or dies at its n-th call, while a backup runs: never a false success.
 * Either the backup fails, or the mirror is marked behind, or stock restic finds everything right. One n of each here; every n with
 * COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Mirror, Repository } from '#repository'
import { failing, localFolderStorage, type Storage, type StorageOperation } from '#storage'
import { type BackupSummary, backup } from './backup/index.ts'
import { catchUp } from './catch-up.ts'
import { type CheckFinding, check } from './check/index.ts'
import { heal } from './heal.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'
import { inTrouble, isSilentLoss, SEED, sample, TROUBLES, type Trouble } from './trouble.suite.ts'

/** What a run did, and what the destination did to it. */
interface Outcome {
  /** Absent when it failed. */
  readonly summary: BackupSummary | undefined
  /** The first call that went wrong. */
  readonly hit: StorageOperation | undefined
  readonly error: unknown
}

describe('a backup while its destination', { concurrency: 3 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    await bench.fill(3, 30_000, 'a')
    await bench.write('large', Buffer.alloc(700_000, 'a text that compresses '))
    await bench.backup()
    await bench.fill(3, 30_000, 'b')
    // The tree that any later backup has, from a rehearsal.
    const rehearsal = await bench.copyTo('rehearsal')
    await bench.remember((await backUp(bench, [localFolderStorage(rehearsal)])).tree)
  })
  after(() => bench[Symbol.asyncDispose]())

  for (const trouble of TROUBLES) {
    test(`${trouble.name}: it fails, or everything is right`, async (context) => {
      const folder = (n: number | string) => `alone-${trouble.name}-${n}`
      const calls = await countCalls(bench, [await bench.copyTo(folder('count'))], 0)
      for (const n of sample(calls, `${trouble.name} alone`)) {
        const place = await bench.copyTo(folder(n))
        const outcome = await run(bench, [place], 0, { ...trouble, at: n })
        context.diagnostic(`seed ${SEED}: call ${n} of ${calls}, ${describeCall(outcome)}`)
        if (isSilentLoss(trouble, outcome.hit)) await requireNamed(bench, [place], outcome.hit!)
        else {
          const count = await requireSound(bench, place)
          if (outcome.summary !== undefined) assert.equal(count, 2)
          await backUp(bench, [localFolderStorage(place)])
          assert.ok((await requireSound(bench, place)) >= 2)
        }
        await rm(place, { recursive: true })
      }
    })

    for (const sick of [0, 1] as const) {
      test(`${trouble.name}, the ${sick === 0 ? 'first' : 'second'} of two: the other has everything, and it catches up`, async (context) => {
        const copies = (n: number | string) =>
          Promise.all(['a', 'b'].map((mirror) => bench.copyTo(`two-${sick}-${trouble.name}-${n}-${mirror}`)))
        const calls = await countCalls(bench, await copies('count'), sick)
        for (const n of sample(calls, `${trouble.name} ${sick}`)) {
          const places = await copies(n)
          const outcome = await run(bench, places, sick, { ...trouble, at: n })
          context.diagnostic(`seed ${SEED}: call ${n} of ${calls}, ${describeCall(outcome)}`)
          await examineTwo(bench, places, sick, trouble, outcome)
          for (const place of places) await rm(place, { recursive: true })
        }
      })
    }
  }
})

async function examineTwo(
  bench: StockBench,
  places: readonly string[],
  sick: 0 | 1,
  trouble: Trouble,
  outcome: Outcome,
): Promise<void> {
  if (outcome.summary === undefined) throw outcome.error
  const healthy = places[1 - sick]!
  assert.equal(await requireSound(bench, healthy), 2)
  assert.equal(outcome.summary.mirrors[1 - sick]?.behind, undefined)
  if (isSilentLoss(trouble, outcome.hit)) {
    await requireNamed(bench, places, outcome.hit!)
    await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
    const last = await lastOf(heal(repository, { readData: 'all', workers: 1 }))
    assert.ok(last.kind === 'summary' && last.summary.isSound)
    assert.equal(await requireSound(bench, places[sick]!), 2)
  } else {
    const count = await requireSound(bench, places[sick]!)
    if (outcome.summary.mirrors[sick]?.behind === undefined) assert.equal(count, 2)
    await requireCatchUp(bench, places, sick)
  }
  await requireEqual(bench, places)
}

async function requireCatchUp(bench: StockBench, places: readonly string[], sick: 0 | 1): Promise<void> {
  await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
  const mirror: Mirror = repository.storage.mirrors[sick]!
  repository.storage.markBehind(mirror, { code: 'away', reason: 'was away' })
  const last = await lastOf(catchUp(repository, mirror))
  assert.ok(last.kind === 'summary' && last.summary.notCopied === 0)
}

/** The same objects, byte for byte: both are then as sound as the one that stock restic has judged. */
async function requireEqual(bench: StockBench, [a, b]: readonly string[]): Promise<void> {
  for (const kind of ['data', 'index', 'snapshots']) {
    const [ofA, ofB] = [await bench.names(kind, a), await bench.names(kind, b)]
    assert.deepEqual(ofA.sort(), ofB.sort(), kind)
    for (const name of ofA) {
      const path = kind === 'data' ? join(kind, name.slice(0, 2), name) : join(kind, name)
      assert.ok((await readFile(join(a!, path))).equals(await readFile(join(b!, path))), `${kind}/${name}`)
    }
  }
}

/** Stock restic finds nothing wrong, and restores every snapshot. @returns how many there are */
async function requireSound(bench: StockBench, place: string): Promise<number> {
  await bench.check({ repository: place })
  return bench.restoreAll(place)
}

/** Nobody was told when it happened: check tells, with the name of the object. */
async function requireNamed(bench: StockBench, places: readonly string[], { kind, name }: StorageOperation): Promise<void> {
  await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
  const findings: CheckFinding[] = []
  for await (const event of check(repository, { readData: 'all', workers: 1 })) {
    if (event.kind === 'finding' && event.finding.severity === 'error') findings.push(event.finding)
  }
  assert.ok(
    findings.some((finding) => finding.kind === kind && finding.object === name),
    `${kind}/${name} is not among: ${findings.map((finding) => `${finding.kind}/${finding.object}`).join()}`,
  )
}

/** Backs up with a destination that is in trouble at its n-th call. */
async function run(
  bench: StockBench,
  places: readonly string[],
  sick: 0 | 1,
  { at, ...trouble }: Trouble & { readonly at: number },
): Promise<Outcome> {
  const storages = places.map((place) => localFolderStorage(place))
  const troubled = inTrouble(storages[sick]!, trouble, at)
  storages[sick] = troubled.storage
  try {
    return { summary: await backUp(bench, storages), hit: troubled.hit(), error: undefined }
  } catch (error) {
    return { summary: undefined, hit: troubled.hit(), error }
  }
}

async function countCalls(bench: StockBench, places: readonly string[], sick: 0 | 1): Promise<number> {
  const storages: Storage[] = places.map((place) => localFolderStorage(place))
  const counted = failing(storages[sick]!, { mishap: 'fails', at: Number.POSITIVE_INFINITY })
  storages[sick] = counted
  await backUp(bench, storages)
  return counted.operations
}

async function backUp(bench: StockBench, storages: readonly Storage[]): Promise<BackupSummary> {
  await using repository: Repository = await bench.open(storages)
  const last = await lastOf(backup(repository, ['source'], { cwd: bench.folder, workers: 1 }))
  assert.ok(last.kind === 'summary')
  return last.summary
}

function describeCall({ hit, summary }: Outcome): string {
  return `${hit?.method} ${hit?.kind ?? ''}: ${summary === undefined ? 'failed' : 'done'}`
}
