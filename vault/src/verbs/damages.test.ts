/**
 * Five hundred seeded damages of one object: check names it, heal mends it, and what is read meanwhile is right or not given at all.
 * Forty of them here; all with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { VaultError } from '#errors'
import type { BlobLocation, Repository } from '#repository'
import { type MemoryStorage, memoryStorage } from '#storage'
import { check } from './check/index.ts'
import { type Damage, damageOne, readObjects, seeded, writeObjects } from './damage.suite.ts'
import { heal } from './heal.ts'
import { lastOf, StockBench } from './stock-bench.suite.ts'

const CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
const COUNT = CAMPAIGN ? 500 : 40
const FIRST = Number(process.env.COURONNE_SEED ?? (CAMPAIGN ? 0 : Date.now() % 1_000_000))
/** Every so often, what was healed is written into folders for stock restic to judge. */
const JUDGED_EVERY = CAMPAIGN ? 25 : 20

describe('one object is damaged on one of two mirrors', { concurrency: 4 }, () => {
  let bench: StockBench
  let pristine: Map<string, Uint8Array>
  let blobs: readonly { readonly location: BlobLocation; readonly hash: string }[]

  before(async () => {
    bench = await StockBench.create()
    for (let round = 0; round < 4; round++) {
      await bench.fill(3, 60_000, `round${round}-`)
      await bench.write(`text${round}`, `a text of round ${round} that compresses `.repeat(3000))
      await bench.backup()
    }
    pristine = await readObjects(bench.repository)
    await using repository = await bench.open()
    await repository.loadIndex()
    blobs = await Promise.all(
      [...repository.index.all()].map(async (location) => ({
        location,
        hash: hashOf(repository, await repository.loadBlobAt(location)),
      })),
    )
  })
  after(() => bench[Symbol.asyncDispose]())

  for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
    test(`seed ${seed}`, async (context) => {
      const random = seeded(seed)
      const mirrors = ['memory:a', 'memory:b'].map((location) => memoryStorage({ location, objects: new Map(pristine) }))
      const harmed = mirrors[Math.floor(random() * 2)]!
      const damage = damageOne(harmed, random)
      context.diagnostic(`seed ${seed}: ${damage.words} on ${harmed.location}`)
      await using repository = await bench.open(mirrors)
      await requireNamed(repository, damage, harmed)
      await requireRightReads(repository, blobs)
      await requireNothingWrong(bench, harmed, blobs)
      const last = await lastOf(heal(repository, { readData: 'all' }))
      assert.ok(last.kind === 'summary' && last.summary.isSound)
      assert.deepEqual(last.summary.left, [])
      for (const mirror of mirrors) requirePristine(mirror, pristine)
      if (seed % JUDGED_EVERY === 0) await judgeWithRestic(bench, mirrors, seed)
    })
  }
})

const hashOf = (repository: Repository, bytes: Uint8Array) => repository.primitives.sha256Hex(bytes)

/** Check names each object that was touched, as an error on that mirror. */
async function requireNamed(repository: Repository, { kind, objects }: Damage, harmed: MemoryStorage): Promise<void> {
  const named = new Set<string>()
  for await (const event of check(repository, { readData: 'all' })) {
    if (event.kind !== 'finding' || event.finding.severity !== 'error') continue
    const { kind: found, object, mirror, advice } = event.finding
    assert.equal(mirror, harmed.location)
    assert.notEqual(advice, '')
    named.add(`${found}/${object}`)
  }
  // A key file that is gone is not missed by its name: any other would do. That none is left is said.
  const isGone = objects.some((object) => !harmed.objects.has(`${kind}/${object}`))
  for (const object of objects) assert.ok(named.has(kind === 'keys' && isGone ? 'keys/' : `${kind}/${object}`), [...named].join())
}

/** With the other mirror beside it, everything is read as if nothing had happened. */
async function requireRightReads(
  repository: Repository,
  blobs: readonly { readonly location: BlobLocation; readonly hash: string }[],
): Promise<void> {
  for (const { location, hash } of blobs) assert.equal(hashOf(repository, await repository.loadBlobAt(location)), hash)
}

/** Alone, it gives right bytes, or an error that says what is wrong; wrong bytes never. */
async function requireNothingWrong(
  bench: StockBench,
  harmed: MemoryStorage,
  blobs: readonly { readonly location: BlobLocation; readonly hash: string }[],
): Promise<void> {
  try {
    await using repository = await bench.open([harmed])
    await repository.loadIndex()
    await repository.snapshots()
    for (const { location, hash } of blobs) {
      const bytes = await repository.loadBlob(location.type, location.id).catch(requireVaultError)
      if (bytes !== undefined) assert.equal(hashOf(repository, bytes), hash)
    }
  } catch (error) {
    requireVaultError(error)
  }
}

function requireVaultError(error: unknown): undefined {
  assert.ok(error instanceof VaultError, String(error))
}

function requirePristine({ objects, location }: MemoryStorage, pristine: ReadonlyMap<string, Uint8Array>): void {
  const there = [...objects].filter(([name]) => !name.startsWith('locks/'))
  assert.deepEqual(there.map(([name]) => name).sort(), [...pristine.keys()].sort(), location)
  for (const [name, bytes] of there) assert.ok(Buffer.compare(bytes, pristine.get(name)!) === 0, `${location}: ${name} differs`)
}

async function judgeWithRestic(bench: StockBench, mirrors: readonly MemoryStorage[], seed: number): Promise<void> {
  for (const [at, { objects }] of mirrors.entries()) {
    const folder = bench.path(`judged-${seed}-${at}`)
    await writeObjects(folder, objects)
    await bench.check({ repository: folder })
  }
}
